//! A server, a proxy in front of it, an engine, and what a test knows of what must be true in the end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dipper_storage::{
    BucketName, CannedAcl, Client, Config, CreateBucketOptions, Credentials, Endpoint, GetOptions, ListRequest,
    ObjectKey, ObjectVersion, Prefix, PutOptions, Scheme, Timeouts, UploadBody, UploadChecksum, UploadId,
};
use dipper_testkit::{FaultProxy, Keys, Rgw};
use dipper_transfer::{
    AclSpec, ConflictPolicy, DeleteSpec, DownloadConflict, DownloadSpec, Engine, EngineOptions, JobId, JobSnapshot,
    JobSpec, JobState, LineOptions, UploadItem, UploadSpec,
};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

pub(crate) const MIB: usize = 1024 * 1024;
/// An object that goes in two parts.
pub(crate) const LARGE: usize = 16 * MIB;
/// An object that goes in one piece and is read while it is sent.
pub(crate) const MIDDLE: usize = 3 * MIB;
pub(crate) const SMALL: usize = 64 * 1024;

pub(crate) const ACCOUNT: &str = "Account";
/// How much faster than usual everything waits.
pub(crate) const FASTER: u32 = 20;
/// No row may take longer.
const LIMIT: Duration = Duration::from_mins(2);
const KEYS: (&str, &str) = ("FAULTSACCESSKEY00000", "faultsSecretKey000000000000000000000000");

/// What belongs to somebody else and must stay as it is.
const FOREIGN_OBJECT: &str = "foreign/object";
const FOREIGN_UPLOAD: &str = "foreign/upload";
const FOREIGN_FILE: &str = ".other.part";

pub(crate) struct World {
    pub(crate) proxy: FaultProxy,
    /// Past the proxy.
    pub(crate) direct: Client,
    /// Through the proxy.
    pub(crate) client: Client,
    pub(crate) bucket: BucketName,
    pub(crate) engine: Engine,
    pub(crate) files: TempDir,
    /// SHA-256 of what must be an object's content if it is there at all.
    pub(crate) objects: BTreeMap<String, [u8; 32]>,
    /// The same of files that come down.
    pub(crate) downloads: BTreeMap<String, [u8; 32]>,
    foreign_upload: UploadId,
    local: Option<(dipper_local::Server, TempDir)>,
}

/// Runs a row on Local storage.
pub(crate) fn on_local(row: impl AsyncFnOnce(&mut World)) {
    run(async {
        let folder = TempDir::new().unwrap();
        let options = dipper_local::Options {
            folder: folder.path().join("storage"),
            port: None,
            access_key_id: KEYS.0.to_owned(),
            secret_access_key: KEYS.1.into(),
            tenant: "fedcba9876543210fedcba9876543210".to_owned(),
        };
        let local = dipper_local::Server::start(options).await.unwrap();
        let endpoint = format!("http://{}", local.address());
        let mut world = World::new(&endpoint, KEYS, UploadChecksum::Crc64Nvme).await;
        world.local = Some((local, folder));
        row(&mut world).await;
    });
}

/// Runs a row on Ceph RGW, or says that it could not.
pub(crate) fn on_rgw(row: impl AsyncFnOnce(&mut World)) {
    let gateway = match Rgw::shared() {
        Err(error) if std::env::var_os("CI").is_none() => {
            eprintln!("NOT PROVED on Ceph RGW: {error}");
            return;
        }
        gateway => gateway.expect("Ceph RGW runs"),
    };
    let user = &gateway.users().tenant;
    let keys = (user.access_key_id.as_str(), user.secret_access_key.as_str());
    run(async {
        let mut world = World::new(gateway.endpoint(), keys, UploadChecksum::ContentMd5).await;
        row(&mut world).await;
    });
}

fn run(row: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async { tokio::time::timeout(LIMIT, row).await.expect("nothing is stuck") });
}

pub(crate) fn config(endpoint: &str, keys: (&str, &str), checksum: UploadChecksum) -> Config {
    let mut config = Config::new(Endpoint::parse(endpoint, Scheme::Http).unwrap());
    config.credentials = Some(credentials(keys));
    config.compatibility.checksum = checksum;
    config
}

fn credentials(keys: (&str, &str)) -> Credentials {
    Credentials {
        access_key_id: keys.0.to_owned(),
        secret_access_key: keys.1.into(),
        session_token: None,
    }
}

/// The real ones, divided.
pub(crate) fn timeouts() -> Timeouts {
    let usual = Timeouts::default();
    Timeouts {
        connect: usual.connect / FASTER,
        first_byte: usual.first_byte / FASTER,
        slow_operation: usual.slow_operation / FASTER,
        idle: usual.idle / FASTER,
        crawl: usual.crawl / FASTER,
    }
}

/// The usual engine, in a hurry.
pub(crate) fn engine_options() -> EngineOptions {
    EngineOptions {
        line: LineOptions::default().faster(FASTER),
        ..EngineOptions::default()
    }
}

impl World {
    async fn new(origin: &str, keys: (&str, &str), checksum: UploadChecksum) -> Self {
        let signing = Keys {
            access_key_id: keys.0.to_owned(),
            secret_access_key: keys.1.to_owned(),
            region: "us-east-1".to_owned(),
        };
        let proxy = FaultProxy::start(origin, Some(signing)).await.unwrap();
        eprintln!("FAULT_SEED={}", proxy.seed());
        let direct = Client::new(config(origin, keys, checksum)).unwrap();
        let client = Client::new(config(&proxy.endpoint(), keys, checksum)).unwrap();
        let bucket = unused_name();
        direct
            .create_bucket(&bucket, &CreateBucketOptions::default())
            .await
            .unwrap();
        let engine = Engine::new(engine_options()).unwrap();
        let files = TempDir::new().unwrap();
        std::fs::create_dir(files.path().join("down")).unwrap();
        std::fs::write(files.path().join("down").join(FOREIGN_FILE), "theirs").unwrap();
        let foreign = key(FOREIGN_UPLOAD);
        let foreign_upload = direct
            .create_multipart_upload(&bucket, &foreign, &PutOptions::default())
            .await
            .unwrap();
        let world = Self {
            proxy,
            direct,
            client,
            bucket,
            engine,
            files,
            objects: BTreeMap::new(),
            downloads: BTreeMap::new(),
            foreign_upload,
            local: None,
        };
        world.put_directly(FOREIGN_OBJECT, b"theirs").await;
        world
    }

    /// From now on the client waits a twentieth as long as usual. Not for rows about other things: a busy computer answers
    /// late too.
    pub(crate) fn be_impatient(&mut self) {
        let mut config = self.client.config().clone();
        config.timeouts = timeouts();
        self.client = Client::new(config).unwrap();
    }

    // The only three places that speak to the engine about jobs.

    pub(crate) async fn start(&self, spec: JobSpec) -> JobId {
        self.engine.start(spec).await.unwrap()
    }

    pub(crate) async fn join(&self, id: JobId) -> JobSnapshot {
        self.engine.join(id).await.unwrap()
    }

    pub(crate) async fn run(&self, spec: JobSpec) -> JobSnapshot {
        let id = self.start(spec).await;
        self.join(id).await
    }

    /// A file to be uploaded to the key of the same name.
    pub(crate) fn source(&mut self, name: &str, length: usize) -> PathBuf {
        let bytes = content(length, name);
        let path = self.files.path().join(name);
        std::fs::write(&path, &bytes).unwrap();
        self.objects.insert(name.to_owned(), Sha256::digest(&bytes).into());
        path
    }

    /// An object to be downloaded to the file of the same name.
    pub(crate) async fn object(&mut self, name: &str, length: usize) -> Vec<u8> {
        let bytes = content(length, name);
        self.put_directly(name, &bytes).await;
        let digest: [u8; 32] = Sha256::digest(&bytes).into();
        self.objects.insert(name.to_owned(), digest);
        self.downloads.insert(name.to_owned(), digest);
        bytes
    }

    pub(crate) async fn put_directly(&self, name: &str, bytes: &[u8]) {
        let body = UploadBody::bytes(bytes.to_vec());
        let options = PutOptions::default();
        self.direct
            .put_object(&self.bucket, &key(name), body, &options)
            .await
            .unwrap();
    }

    pub(crate) fn upload(&self, sources: &[PathBuf]) -> JobSpec {
        let item = |path: &PathBuf| UploadItem {
            source: path.clone(),
            key: key(path.file_name().unwrap().to_str().unwrap()),
            size: path.metadata().unwrap().len(),
            modified: None,
            content_type: None,
            conflict: ConflictPolicy::Overwrite,
        };
        JobSpec::Upload(UploadSpec {
            client: self.client.clone(),
            account: ACCOUNT.to_owned(),
            bucket: self.bucket.clone(),
            items: sources.iter().map(item).collect(),
            canned_acl: None,
        })
    }

    pub(crate) fn download(&self, objects: &[(&str, usize)]) -> JobSpec {
        JobSpec::Download(DownloadSpec {
            client: self.client.clone(),
            account: ACCOUNT.to_owned(),
            bucket: self.bucket.clone(),
            objects: objects.iter().map(|(name, size)| (key(name), *size as u64)).collect(),
            folders: Vec::new(),
            base: Prefix::default(),
            folder: self.down(),
            conflict: DownloadConflict::KeepBoth,
        })
    }

    pub(crate) fn delete(&self, names: impl IntoIterator<Item = String>) -> JobSpec {
        JobSpec::Delete(DeleteSpec {
            client: self.client.clone(),
            account: ACCOUNT.to_owned(),
            bucket: self.bucket.clone(),
            objects: names.into_iter().map(|name| ObjectVersion::from(key(&name))).collect(),
        })
    }

    pub(crate) fn publish(&self, names: &[&str]) -> JobSpec {
        JobSpec::SetAcl(AclSpec {
            client: self.client.clone(),
            account: ACCOUNT.to_owned(),
            bucket: self.bucket.clone(),
            keys: names.iter().map(|name| key(name)).collect(),
            prefixes: Vec::new(),
            canned_acl: CannedAcl::PublicRead,
        })
    }

    pub(crate) fn down(&self) -> PathBuf {
        self.files.path().join("down")
    }

    /// Asserts that nothing went wrong that must not, and that everything was done.
    pub(crate) async fn all_done(&self, job: &JobSnapshot) {
        assert_eq!(job.state, JobState::Done, "{:?}", job.errors);
        let complaints = self.judge(job).await;
        assert!(complaints.is_empty(), "{complaints:?}");
    }

    /// What is wrong with the world after a job, whatever was done to it. Computed from the files as they were, the
    /// server's own store and the disk; never by what the engine says.
    pub(crate) async fn judge(&self, job: &JobSnapshot) -> Vec<String> {
        let mut complaints = Vec::new();
        let settled = job.items_done + job.items_failed + job.items_skipped;
        if !job.state.is_finished() || (job.state != JobState::Cancelled && settled != job.items_total) {
            complaints.push(format!("stuck: {settled} of {} in {:?}", job.items_total, job.state));
        }
        if job.state == JobState::Failed && job.errors.iter().any(|error| error.message.is_empty()) {
            complaints.push("a failure without a cause".to_owned());
        }
        self.judge_objects(job, &mut complaints).await;
        self.judge_files(job, &mut complaints);
        complaints
    }

    async fn judge_objects(&self, job: &JobSnapshot, complaints: &mut Vec<String>) {
        let uploads = job.kind == dipper_transfer::JobKind::Upload;
        let there = self.keys().await;
        for name in &there {
            let bytes = self.get_directly(name).await;
            let digest: [u8; 32] = Sha256::digest(&bytes).into();
            match self.objects.get(name) {
                Some(wanted) if *wanted == digest => {}
                None if name == FOREIGN_OBJECT && bytes == b"theirs" => {}
                _ => complaints.push(format!("`{name}` holds what nobody sent")),
            }
        }
        if !there.iter().any(|name| name == FOREIGN_OBJECT) {
            complaints.push("a foreign object is gone".to_owned());
        }
        let missing: Vec<_> = self.objects.keys().filter(|name| !there.contains(name)).collect();
        if uploads && missing.len() as u64 > job.items_failed {
            complaints.push(format!("done and not there: {missing:?}"));
        }
        let unfinished = self.direct.list_multipart_uploads(&self.bucket).await.unwrap();
        let (theirs, ours): (Vec<_>, Vec<_>) = unfinished
            .iter()
            .partition(|upload| upload.upload_id == self.foreign_upload);
        if theirs.len() != 1 {
            complaints.push("a foreign upload is gone".to_owned());
        }
        if !ours.is_empty() {
            complaints.push(format!("unfinished uploads of ours: {ours:?}"));
        }
    }

    fn judge_files(&self, job: &JobSnapshot, complaints: &mut Vec<String>) {
        let downloads = job.kind == dipper_transfer::JobKind::Download;
        let mut whole = 0;
        for entry in std::fs::read_dir(self.down()).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let bytes = std::fs::read(&path).unwrap();
            let digest: [u8; 32] = Sha256::digest(&bytes).into();
            match self.downloads.get(&name) {
                Some(wanted) if *wanted == digest => whole += 1,
                None if name == FOREIGN_FILE && bytes == b"theirs" => {}
                _ => complaints.push(format!("the file `{name}` should not be there, or not like this")),
            }
        }
        if !self.down().join(FOREIGN_FILE).exists() {
            complaints.push("a foreign file is gone".to_owned());
        }
        if downloads && whole < job.items_done {
            complaints.push(format!("{} done and {whole} whole files", job.items_done));
        }
    }

    pub(crate) async fn keys(&self) -> Vec<String> {
        let mut request = ListRequest::new(self.bucket.clone());
        let mut keys = Vec::new();
        loop {
            let page = self.direct.list_page(&request).await.unwrap();
            keys.extend(page.objects.into_iter().map(|object| object.key.to_string()));
            request.continuation = page.next;
            if request.continuation.is_none() {
                return keys;
            }
        }
    }

    pub(crate) async fn get_directly(&self, name: &str) -> Vec<u8> {
        let options = GetOptions::default();
        let stream = self
            .direct
            .get_object(&self.bucket, &key(name), &options)
            .await
            .unwrap();
        stream.collect(u64::MAX).await.unwrap().to_vec()
    }
}

/// Bytes that differ from place to place and from name to name.
pub(crate) fn content(length: usize, name: &str) -> Vec<u8> {
    let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut state = seed | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

pub(crate) fn key(name: &str) -> ObjectKey {
    ObjectKey::parse(name).unwrap()
}

/// Unique across the processes of a run, which share one gateway.
fn unused_name() -> BucketName {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    BucketName::parse(&format!("f{}-{nanos:x}-{count}", std::process::id())).unwrap()
}

/// The memory that this process has at this moment, in bytes.
pub(crate) fn resident() -> u64 {
    let pages: u64 = std::fs::read_to_string(Path::new("/proc/self/statm"))
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    pages * 4096
}
