//! The storage of one test: Local storage's server of its own, or the shared gateway behind a gate that can be narrowed
//! and shut; an account on it, and two who look from outside: the owner with the same keys, and a stranger with none.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use dipper_local::{Options, Server};
use dipper_storage::{
    BucketName, Client, Config, CreateBucketOptions, Credentials, Endpoint, ErrorKind, GetOptions, ListRequest,
    ObjectKey, PutOptions, Scheme, UploadBody,
};
use dipper_testkit::http::Stranger;
use dipper_testkit::{Rgw, User};
use dipper_tests::story::AccountForm;
use secrecy::SecretString;
use tempfile::TempDir;

use crate::gate::Gate;

const ACCESS_KEY_ID: &str = "CLOUDACCESSKEY000000";
const SECRET: &str = "cloudSecretKey00000000000000000000000000";
const TENANT: &str = "fedcba9876543210fedcba9876543210";
/// More than any object here.
const LARGEST: u64 = 128 * 1024 * 1024;

/// A server with its account.
pub(crate) struct Cloud {
    pub(crate) account: AccountForm,
    pub(crate) owner: Owner,
    pub(crate) stranger: Stranger,
    tenant: String,
    _server: Option<Server>,
    _folder: Option<TempDir>,
}

impl Cloud {
    /// Local storage's server, with nothing in it.
    pub(crate) async fn local() -> Self {
        let folder = TempDir::new().unwrap();
        let cloud = Self::over(&folder.path().join("cloud")).await;
        Self {
            _folder: Some(folder),
            ..cloud
        }
    }

    /// A server over what another one left in this folder, as soon as that one has let go of it.
    pub(crate) async fn over(folder: &Path) -> Self {
        let options = || Options {
            folder: folder.to_owned(),
            port: None,
            access_key_id: ACCESS_KEY_ID.to_owned(),
            secret_access_key: SecretString::from(SECRET),
            tenant: TENANT.to_owned(),
        };
        let mut server = Server::start(options()).await;
        for _ in 0..300 {
            if server.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            server = Server::start(options()).await;
        }
        let server = server.unwrap();
        let address = server.address().to_string();
        Self {
            _server: Some(server),
            ..Self::at(&address, TENANT, (ACCESS_KEY_ID, SECRET))
        }
    }

    /// The shared gateway with the project's user; others use it too, so buckets need names of their own.
    pub(crate) fn rgw() -> Self {
        let gateway = Rgw::shared().unwrap();
        Self::of(gateway, &gateway.users().tenant)
    }

    /// The shared gateway with another user.
    pub(crate) fn of(gateway: &Rgw, user: &User) -> Self {
        let address = gateway.endpoint().trim_start_matches("http://");
        let keys = (user.access_key_id.as_str(), user.secret_access_key.as_str());
        Self::at(address, gateway.tenant(), keys)
    }

    fn at(address: &str, tenant: &str, keys: (&str, &str)) -> Self {
        Self {
            account: AccountForm {
                name: "Test cloud".to_owned(),
                endpoint: address.to_owned(),
                tls: false,
                access_key_id: keys.0.to_owned(),
                secret_access_key: keys.1.to_owned(),
                project_id: Some(tenant.to_owned()),
                ca_certificate: None,
            },
            owner: Owner::new(&format!("http://{address}"), keys),
            stranger: Stranger::new(),
            tenant: tenant.to_owned(),
            _server: None,
            _folder: None,
        }
    }

    /// A gate before the server; the account then goes through it, everyone else past it.
    pub(crate) async fn put_gate(&mut self) -> Gate {
        let gate = Gate::before(self.account.endpoint.parse().unwrap()).await;
        self.account.endpoint = gate.address().to_string();
        gate
    }

    /// Where a stranger finds this `bucket`, `bucket?query` or `bucket/key`.
    pub(crate) fn url(&self, place: &str) -> String {
        format!("{}/{}:{place}", self.owner.0.config().endpoint, self.tenant)
    }

    /// The status a stranger gets there.
    pub(crate) async fn opens(&self, place: &str) -> u16 {
        let answer = self.stranger.get(&self.url(place)).await.unwrap();
        answer.status.as_u16()
    }
}

/// Somebody with keys who looks at the server without the program under test.
pub(crate) struct Owner(pub(crate) Client);

impl Owner {
    fn new(endpoint: &str, keys: (&str, &str)) -> Self {
        let config = Config {
            credentials: Some(Credentials {
                access_key_id: keys.0.to_owned(),
                secret_access_key: SecretString::from(keys.1),
                session_token: None,
            }),
            ..Config::new(Endpoint::parse(endpoint, Scheme::Http).unwrap())
        };
        Self(Client::new(config).unwrap())
    }

    pub(crate) async fn create(&self, bucket: &str) {
        let options = CreateBucketOptions::default();
        self.0.create_bucket(&name(bucket), &options).await.unwrap();
    }

    pub(crate) async fn put(&self, bucket: &str, key: &str, bytes: impl Into<Bytes>) {
        let body = UploadBody::bytes(bytes.into());
        let options = PutOptions::default();
        self.0
            .put_object(&name(bucket), &self::key(key), body, &options)
            .await
            .unwrap();
    }

    /// A multipart upload that nobody finishes.
    pub(crate) async fn start_upload(&self, bucket: &str, key: &str) {
        let options = PutOptions::default();
        self.0
            .create_multipart_upload(&name(bucket), &self::key(key), &options)
            .await
            .unwrap();
    }

    pub(crate) async fn get(&self, bucket: &str, key: &str) -> Bytes {
        let options = GetOptions::default();
        let stream = self.0.get_object(&name(bucket), &self::key(key), &options).await;
        stream.unwrap().collect(LARGEST).await.unwrap()
    }

    /// All keys with their sizes.
    pub(crate) async fn keys(&self, bucket: &str) -> BTreeMap<String, u64> {
        let mut request = ListRequest::new(name(bucket));
        let mut keys = BTreeMap::new();
        loop {
            let page = self.0.list_page(&request).await.unwrap();
            keys.extend(page.objects.iter().map(|object| (object.key.to_string(), object.size)));
            let Some(next) = page.next else {
                return keys;
            };
            request.continuation = Some(next);
        }
    }

    pub(crate) async fn buckets(&self) -> Vec<String> {
        let list = self.0.list_buckets().await.unwrap();
        list.buckets.iter().map(|bucket| bucket.name.to_string()).collect()
    }

    /// Whether the server says that there is no such bucket.
    pub(crate) async fn misses(&self, bucket: &str) -> bool {
        let found = self.0.head_bucket(&name(bucket)).await;
        found.is_err_and(|error| error.kind() == ErrorKind::NotFound)
    }
}

pub(crate) fn name(bucket: &str) -> BucketName {
    BucketName::parse(bucket).unwrap()
}

pub(crate) fn key(key: &str) -> ObjectKey {
    ObjectKey::parse(key).unwrap()
}
