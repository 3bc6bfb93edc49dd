//! A server with a bucket, an engine, and what tests ask them.

use std::path::{Path, PathBuf};

use dipper_local::{Options, Server};
use dipper_storage::{
    BucketName, Client, Config, CreateBucketOptions, Credentials, Endpoint, GetOptions, ListRequest, ObjectKey, Prefix,
    PutOptions, Scheme, UploadBody,
};
use dipper_transfer::{
    ConflictPolicy, DownloadConflict, DownloadSpec, Engine, EngineOptions, JobSnapshot, JobSpec, JobState, UploadItem,
    UploadSpec,
};
use tempfile::TempDir;

pub(crate) const MIB: usize = 1024 * 1024;

/// Local storage with one bucket, an engine, and a folder for files.
pub(crate) struct World {
    pub(crate) client: Client,
    pub(crate) bucket: BucketName,
    pub(crate) engine: Engine,
    pub(crate) files: TempDir,
    endpoint: String,
    _server: Option<Server>,
    _storage: Option<TempDir>,
}

pub(crate) fn key(key: &str) -> ObjectKey {
    ObjectKey::parse(key).unwrap()
}

/// Bytes that differ from place to place.
pub(crate) fn content(length: usize, seed: u64) -> Vec<u8> {
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

pub(crate) fn client_for(endpoint: &str) -> Client {
    client_with_key(endpoint, "test-key")
}

fn client_with_key(endpoint: &str, key_id: &str) -> Client {
    let mut config = Config::new(Endpoint::parse(endpoint, Scheme::Http).unwrap());
    config.credentials = Some(Credentials {
        access_key_id: key_id.to_owned(),
        secret_access_key: "test-secret".into(),
        session_token: None,
    });
    Client::new(config).unwrap()
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with_key("test-key").await
    }

    /// A server that takes this key.
    pub(crate) async fn with_key(key_id: &str) -> Self {
        let storage = tempfile::tempdir().unwrap();
        let options = Options {
            folder: storage.path().join("store"),
            port: None,
            access_key_id: key_id.to_owned(),
            secret_access_key: "test-secret".into(),
            tenant: "tenant".to_owned(),
        };
        let server = Server::start(options).await.unwrap();
        let endpoint = format!("http://{}", server.address());
        let client = client_with_key(&endpoint, key_id);
        let bucket = BucketName::parse("bucket").unwrap();
        client
            .create_bucket(&bucket, &CreateBucketOptions::default())
            .await
            .unwrap();
        let engine = Engine::new(EngineOptions::default()).unwrap();
        Self {
            client,
            bucket,
            engine,
            files: tempfile::tempdir().unwrap(),
            endpoint,
            _server: Some(server),
            _storage: Some(storage),
        }
    }

    /// The same bucket of a world in another process.
    pub(crate) fn elsewhere(client: Client) -> Self {
        Self {
            client,
            bucket: BucketName::parse("bucket").unwrap(),
            engine: Engine::new(EngineOptions::default()).unwrap(),
            files: tempfile::tempdir().unwrap(),
            endpoint: String::new(),
            _server: None,
            _storage: None,
        }
    }

    /// Where the server listens.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) async fn put(&self, name: &str, bytes: &[u8]) {
        let body = UploadBody::bytes(bytes.to_vec());
        self.client
            .put_object(&self.bucket, &key(name), body, &PutOptions::default())
            .await
            .unwrap();
    }

    pub(crate) async fn get(&self, name: &str) -> Vec<u8> {
        let stream = self
            .client
            .get_object(&self.bucket, &key(name), &GetOptions::default())
            .await
            .unwrap();
        stream.collect(u64::MAX).await.unwrap().to_vec()
    }

    pub(crate) async fn keys(&self) -> Vec<String> {
        let mut request = ListRequest::new(self.bucket.clone());
        let mut keys = Vec::new();
        loop {
            let page = self.client.list_page(&request).await.unwrap();
            keys.extend(page.objects.into_iter().map(|object| object.key.to_string()));
            request.continuation = page.next;
            if request.continuation.is_none() {
                return keys;
            }
        }
    }

    pub(crate) fn upload(&self, items: &[(&Path, &str)], conflict: ConflictPolicy) -> UploadSpec {
        let item = |(path, name): &(&Path, &str)| UploadItem {
            source: path.to_path_buf(),
            key: key(name),
            size: std::fs::metadata(path).map_or(0, |metadata| metadata.len()),
            modified: None,
            content_type: None,
            conflict,
        };
        UploadSpec {
            client: self.client.clone(),
            account: "Test".to_owned(),
            bucket: self.bucket.clone(),
            items: items.iter().map(item).collect(),
            canned_acl: None,
        }
    }

    pub(crate) fn download(&self, objects: &[(&str, usize)], folders: &[&str]) -> DownloadSpec {
        DownloadSpec {
            client: self.client.clone(),
            account: "Test".to_owned(),
            bucket: self.bucket.clone(),
            objects: objects.iter().map(|(name, size)| (key(name), *size as u64)).collect(),
            folders: folders.iter().map(|prefix| Prefix::new(*prefix)).collect(),
            base: Prefix::default(),
            folder: self.path("downloads"),
            conflict: DownloadConflict::KeepBoth,
        }
    }

    pub(crate) async fn run(&self, spec: JobSpec) -> JobSnapshot {
        let id = self.engine.start(spec).await.unwrap();
        self.engine.join(id).await.unwrap()
    }

    pub(crate) async fn run_well(&self, spec: JobSpec) -> JobSnapshot {
        let job = self.run(spec).await;
        assert_eq!(job.state, JobState::Done, "{:?}", job.errors);
        assert_eq!(job.items_done + job.items_skipped, job.items_total);
        if let Some(total) = job.bytes_total {
            assert_eq!(job.bytes_done, total);
        }
        job
    }

    pub(crate) async fn unfinished_uploads(&self) -> usize {
        self.client.list_multipart_uploads(&self.bucket).await.unwrap().len()
    }
}

/// Every file below a folder, with `/`, sorted.
pub(crate) fn files_below(folder: &Path) -> Vec<String> {
    fn walk(folder: &Path, prefix: &str, found: &mut Vec<String>) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for entry in entries {
            let entry = entry.unwrap();
            let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
            if entry.file_type().unwrap().is_dir() {
                walk(&entry.path(), &format!("{name}/"), found);
            } else {
                found.push(name);
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, "", &mut found);
    found.sort();
    found
}

/// Random numbers that `FAULT_SEED` brings back. The seed is printed: a test that fails shows it.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new() -> Self {
        let told = std::env::var("FAULT_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = told.unwrap_or_else(|| u64::from(std::process::id()));
        println!("FAULT_SEED={seed}");
        Self::of(seed)
    }

    pub(crate) fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// This program again, behind others (`strace …`), with one test of those that only run when they are named.
#[cfg(unix)]
pub(crate) fn again(behind: &[&str], test: &str) -> std::process::Command {
    let this = std::env::current_exe().unwrap();
    let words = behind
        .iter()
        .copied()
        .map(std::ffi::OsStr::new)
        .chain([this.as_os_str()]);
    let words: Vec<_> = words.collect();
    let mut command = std::process::Command::new(words[0]);
    command
        .args(&words[1..])
        .args(["--exact", test, "--ignored", "--nocapture"]);
    command
}

/// Runs a test of that kind and fails with what it said.
#[cfg(unix)]
pub(crate) fn passes(behind: &[&str], test: &str) {
    let output = again(behind, test).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}
