//! An app over a fresh folder, and servers for it to talk to.

use std::net::SocketAddr;
use std::sync::Arc;

use dipper_app::{
    AccountDraft, AccountId, AccountKind, Addressing, App, AppOptions, Scheme, SecretString, SignatureVersion,
    VaultKind,
};
use dipper_local::{Options, Server};
use dipper_storage::{BucketName, Client, Config, Credentials, Endpoint, ObjectKey, PutOptions, UploadBody};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// A secret that no other text in a test contains by chance.
pub(crate) const SECRET: &str = "CANARY+s3cr3t/9f1e27aa83c0d1b4e5f60718";
pub(crate) const KEY_ID: &str = "DIPPERTESTKEYID00001";
pub(crate) const TENANT: &str = "3f9c2a7d4be04d1f8a6e5b90c2d17c1b";

/// Options for an app that keeps secrets in memory.
pub(crate) fn in_memory(folder: &TempDir) -> AppOptions {
    AppOptions {
        vault: VaultKind::Memory,
        ..AppOptions::new(folder.path().join("data"))
    }
}

/// An app over a folder of its own.
pub(crate) async fn app() -> (App, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let app = App::start(in_memory(&folder)).await.unwrap();
    (app, folder)
}

/// A form that names a server, which may be spoken to in the clear.
pub(crate) fn draft(endpoint: &str) -> AccountDraft {
    AccountDraft {
        id: None,
        name: "Research cloud".into(),
        kind: AccountKind::S3Compatible,
        endpoint: endpoint.into(),
        port: None,
        tls: false,
        plain_http_consent: true,
        access_key_id: KEY_ID.into(),
        secret_access_key: Some(SecretString::from(SECRET)),
        project_id: None,
        region: String::new(),
        addressing: Addressing::Path,
        signature: SignatureVersion::V4,
        ca_token: None,
        remove_ca: false,
        pinned_certificate: None,
    }
}

/// An app with one account on a server of its own.
pub(crate) struct Story {
    pub(crate) app: App,
    pub(crate) account: AccountId,
    pub(crate) endpoint: String,
    pub(crate) folder: TempDir,
    _server: Server,
}

pub(crate) async fn story() -> Story {
    let (app, folder) = app().await;
    let server = Server::start(Options {
        folder: folder.path().join("server"),
        port: None,
        access_key_id: KEY_ID.into(),
        secret_access_key: SecretString::from(SECRET),
        tenant: TENANT.into(),
    });
    let server = server.await.unwrap();
    let endpoint = server.address().to_string();
    let account = app.save_account(draft(&endpoint)).await.unwrap().id;
    Story {
        app,
        account,
        endpoint,
        folder,
        _server: server,
    }
}

impl Story {
    /// Puts a text where it belongs without asking the app, as another program would.
    pub(crate) async fn put(&self, bucket: &str, key: &str, text: &'static str) {
        let (bucket, key) = (BucketName::parse(bucket).unwrap(), ObjectKey::parse(key).unwrap());
        let body = UploadBody::bytes(text);
        self.client()
            .put_object(&bucket, &key, body, &PutOptions::default())
            .await
            .unwrap();
    }

    /// Deletes an object without asking the app, as another program would.
    pub(crate) async fn delete(&self, bucket: &str, key: &str) {
        let (bucket, key) = (BucketName::parse(bucket).unwrap(), ObjectKey::parse(key).unwrap());
        self.client().delete_object(&bucket, &key).await.unwrap();
    }

    fn client(&self) -> Client {
        client(&self.endpoint, KEY_ID, SECRET)
    }
}

/// Another program with these keys.
pub(crate) fn client(endpoint: &str, key_id: &str, secret: &str) -> Client {
    let mut config = Config::new(Endpoint::parse(endpoint, Scheme::Http).unwrap());
    config.credentials = Some(Credentials {
        access_key_id: key_id.into(),
        secret_access_key: SecretString::from(secret),
        session_token: None,
    });
    config.addressing = Addressing::Path;
    Client::new(config).unwrap()
}

/// A server that is none of ours: it answers every request as it is told, by request line.
pub(crate) struct Scripted {
    pub(crate) address: SocketAddr,
    _task: JoinSet<()>,
}

impl Scripted {
    /// `answer` gets the request line and gives the status line and the body.
    pub(crate) async fn start(answer: impl Fn(&str) -> (&'static str, String) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answer = Arc::new(answer);
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let answer = Arc::clone(&answer);
                connections.spawn(async move {
                    let mut request = Vec::new();
                    // What is no HTTP, a TLS greeting for example, gets its answer at once.
                    while request.first().is_none_or(u8::is_ascii_uppercase) && !is_whole(&request) {
                        if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
                            return;
                        }
                    }
                    let request = String::from_utf8_lossy(&request);
                    let line = request.lines().next().unwrap_or_default();
                    let (status, body) = answer(line);
                    let length = body.len();
                    let body = if line.starts_with("HEAD") { "" } else { &body };
                    let head =
                        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
                    stream.write_all(head.as_bytes()).await.unwrap_or_default();
                });
            }
        });
        Self { address, _task: task }
    }
}

/// Whether a request has arrived with its body.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

/// An S3 error document.
pub(crate) fn s3_error(code: &str) -> String {
    format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message></Message><RequestId>tx1</RequestId></Error>")
}
