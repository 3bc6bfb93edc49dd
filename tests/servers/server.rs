//! The servers of the suite, and what the cases need of them.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dipper_storage::{
    BucketName, Client, Config, CreateBucketOptions, Credentials, Endpoint, GetOptions, ObjectKey, ObjectVersion,
    PutOptions, Scheme, SignatureVersion, UploadBody,
};
use dipper_testkit::Rgw;
use dipper_testkit::http::Stranger;
use secrecy::SecretString;
use tempfile::TempDir;

/// No case may take longer; the odd names are some 2,000 requests.
const LIMIT: Duration = Duration::from_mins(4);
const LOCAL_TENANT: &str = "fedcba9876543210fedcba9876543210";

/// A server and the way to speak to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Local,
    LocalV2,
    Rgw,
    RgwTls,
    RgwV2,
}

impl Kind {
    pub(crate) const ALL: [Self; 5] = [Self::Local, Self::LocalV2, Self::Rgw, Self::RgwTls, Self::RgwV2];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Local => "Local storage",
            Self::LocalV2 => "Local storage with V2 signatures",
            Self::Rgw => "Ceph RGW",
            Self::RgwTls => "Ceph RGW over TLS",
            Self::RgwV2 => "Ceph RGW with V2 signatures",
        }
    }

    fn is_local(self) -> bool {
        matches!(self, Self::Local | Self::LocalV2)
    }

    fn signature(self) -> SignatureVersion {
        match self {
            Self::LocalV2 | Self::RgwV2 => SignatureVersion::V2,
            _ => SignatureVersion::V4,
        }
    }
}

/// A running server, an account on it, and someone who has none.
pub(crate) struct Server {
    pub(crate) client: Client,
    pub(crate) stranger: Stranger,
    /// Another user, where the server has more than one.
    pub(crate) other: Option<Client>,
    pub(crate) tenant: String,
    _local: Option<(dipper_local::Server, TempDir)>,
}

/// Runs one case on one server, or says that it could not.
pub(crate) fn run(kind: Kind, case: impl AsyncFnOnce(&Server)) {
    let gateway = if kind.is_local() { None } else { Some(Rgw::shared()) };
    let gateway = match gateway {
        Some(Err(error)) if std::env::var_os("CI").is_none() => {
            eprintln!("NOT PROVED on {}: {error}", kind.name());
            return;
        }
        other => other.map(|result| result.expect("Ceph RGW runs")),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let server = match gateway {
            Some(gateway) => Server::gateway(kind, gateway),
            None => Server::local(kind).await,
        };
        tokio::time::timeout(LIMIT, case(&server))
            .await
            .expect("the case ends in time");
    });
}

impl Server {
    async fn local(kind: Kind) -> Self {
        let folder = TempDir::new().unwrap();
        let (id, secret) = ("LOCALACCESSKEY000000", "localSecretKey00000000000000000000000000");
        let options = dipper_local::Options {
            folder: folder.path().join("storage"),
            port: None,
            access_key_id: id.to_owned(),
            secret_access_key: SecretString::from(secret),
            tenant: LOCAL_TENANT.to_owned(),
        };
        let local = dipper_local::Server::start(options).await.unwrap();
        let endpoint = format!("http://{}", local.address());
        let client = Client::new(config(kind, &endpoint, None, LOCAL_TENANT, (id, secret))).unwrap();
        let stranger = Stranger::new();
        Self {
            client,
            stranger,
            other: None,
            tenant: LOCAL_TENANT.to_owned(),
            _local: Some((local, folder)),
        }
    }

    fn gateway(kind: Kind, gateway: &Rgw) -> Self {
        let authority = (kind == Kind::RgwTls).then(|| gateway.ca_certificate_path().expect("started with TLS"));
        let endpoint = match kind {
            Kind::RgwTls => gateway.tls_endpoint().expect("started with TLS"),
            _ => gateway.endpoint(),
        };
        let tenant = gateway.tenant();
        let client = |user: &dipper_testkit::User| {
            let keys = (user.access_key_id.as_str(), user.secret_access_key.as_str());
            Client::new(config(kind, endpoint, authority, tenant, keys)).unwrap()
        };
        let users = gateway.users();
        Self {
            client: client(&users.tenant),
            stranger: authority.map_or_else(Stranger::new, |authority| Stranger::trusting(authority).unwrap()),
            other: Some(client(&users.second)),
            tenant: tenant.to_owned(),
            _local: None,
        }
    }

    /// The same account with something changed.
    pub(crate) fn client_with(&self, change: impl FnOnce(&mut Config)) -> Client {
        let mut config = self.client.config().clone();
        change(&mut config);
        Client::new(config).unwrap()
    }

    /// A new bucket of a name that nobody else uses.
    pub(crate) async fn bucket(&self) -> BucketName {
        let bucket = unused_name();
        self.client
            .create_bucket(&bucket, &CreateBucketOptions::default())
            .await
            .unwrap();
        bucket
    }

    pub(crate) async fn put(&self, bucket: &BucketName, name: &str, text: &str) -> ObjectKey {
        let key = key(name);
        let body = UploadBody::bytes(text.to_owned());
        self.client
            .put_object(bucket, &key, body, &PutOptions::default())
            .await
            .unwrap();
        key
    }

    pub(crate) async fn get(&self, bucket: &BucketName, key: &ObjectKey) -> Vec<u8> {
        let stream = self
            .client
            .get_object(bucket, key, &GetOptions::default())
            .await
            .unwrap();
        stream.collect(64 * 1024 * 1024).await.unwrap().to_vec()
    }
}

fn config(kind: Kind, endpoint: &str, authority: Option<&Path>, tenant: &str, keys: (&str, &str)) -> Config {
    Config {
        credentials: Some(Credentials {
            access_key_id: keys.0.to_owned(),
            secret_access_key: SecretString::from(keys.1),
            session_token: None,
        }),
        signature: kind.signature(),
        project_id: Some(tenant.to_owned()),
        ca_certificate_pem: authority.map(|path| std::fs::read(path).unwrap()),
        ..Config::new(Endpoint::parse(endpoint, Scheme::Https).unwrap())
    }
}

/// Unique across the processes of a run, which share one gateway.
pub(crate) fn unused_name() -> BucketName {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    BucketName::parse(&format!("t{}-{nanos:x}-{count}", std::process::id())).unwrap()
}

/// The objects of these keys as they are now.
pub(crate) fn now(keys: &[ObjectKey]) -> Vec<ObjectVersion> {
    keys.iter().cloned().map(ObjectVersion::from).collect()
}

pub(crate) fn key(name: &str) -> ObjectKey {
    ObjectKey::parse(name).unwrap()
}
