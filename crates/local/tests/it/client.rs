//! A client that sends exactly what it is told, and signs it the four ways S3 knows. Nothing of it is shared with the
//! server or with the rest of the program, so that one mistake cannot hide another.

mod signing;

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use bytes::Bytes;
use dipper_local::{Options, Server};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use time::OffsetDateTime;

pub(crate) const TENANT: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const OWNER: &str = "0123456789abcdef0123456789abcdef$local";
pub(crate) const ACCESS_KEY: &str = "AKIDLOCAL";
pub(crate) const SECRET_KEY: &str = "a-secret-only-for-tests";

/// A server in a folder of its own, and the owner's client for it.
pub(crate) struct Fixture {
    pub(crate) server: Server,
    pub(crate) client: Client,
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) fn options(folder: &Path) -> Options {
    Options {
        folder: folder.to_owned(),
        port: None,
        access_key_id: ACCESS_KEY.to_owned(),
        secret_access_key: SECRET_KEY.to_owned().into(),
        tenant: TENANT.to_owned(),
    }
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(options(folder.path())).await.unwrap();
        let client = Client::new(server.address());
        Self { server, client, folder }
    }

    /// With a bucket `bucket`.
    pub(crate) async fn with_bucket() -> Self {
        let fixture = Self::start().await;
        fixture.client.put("/bucket", "").await.expect_status(200);
        fixture
    }

    /// The object files on the disk.
    pub(crate) fn files(&self) -> usize {
        files(self.folder.path())
    }

    /// Waits until there are so many: a file goes a moment after the answer that it went with.
    #[track_caller]
    pub(crate) fn expect_files(&self, number: usize) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            for _ in 0..500 {
                if self.files() == number {
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            panic!(
                "{} files instead of {number} after five seconds, {caller}",
                self.files()
            );
        }
    }
}

pub(crate) fn files(folder: &Path) -> usize {
    let shards = std::fs::read_dir(folder.join("objects")).unwrap();
    let stored: usize = shards
        .map(|shard| std::fs::read_dir(shard.unwrap().path()).unwrap().count())
        .sum();
    stored + std::fs::read_dir(folder.join("incoming")).unwrap().count()
}

/// How a request is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    V4,
    V2,
    No,
}

/// A request about to be sent. Path and query are raw, as they go over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Call {
    pub(crate) fn new(method: Method, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    fn target(&self) -> String {
        if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query)
        }
    }

    fn pairs(&self) -> Vec<(String, String)> {
        let pairs = self.query.split('&').filter(|pair| !pair.is_empty());
        pairs
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .collect()
    }
}

pub(crate) fn get(target: &str) -> Call {
    Call::new(Method::GET, target)
}

pub(crate) fn put(target: &str) -> Call {
    Call::new(Method::PUT, target)
}

pub(crate) fn post(target: &str) -> Call {
    Call::new(Method::POST, target)
}

pub(crate) fn delete(target: &str) -> Call {
    Call::new(Method::DELETE, target)
}

pub(crate) fn head(target: &str) -> Call {
    Call::new(Method::HEAD, target)
}

/// An answer, read whole.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    #[track_caller]
    pub(crate) fn expect_status(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }

    /// The answer must be this error.
    #[track_caller]
    pub(crate) fn expect_error(self, status: u16, code: &str) -> Self {
        let answer = self.expect_status(status);
        assert_eq!(answer.element("Code"), code, "{}", answer.text());
        answer
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The text of all elements of this name, in order, with entities resolved.
    pub(crate) fn elements(&self, name: &str) -> Vec<String> {
        let text = self.text();
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let parts = text.split(&open).skip(1);
        parts.map(|part| unescape(part.split(&close).next().unwrap())).collect()
    }

    #[track_caller]
    pub(crate) fn element(&self, name: &str) -> String {
        self.elements(name)
            .into_iter()
            .next()
            .unwrap_or_else(|| panic!("no {name} in {}", self.text()))
    }
}

fn unescape(text: &str) -> String {
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'");
    text.replace("&amp;", "&")
}

/// A client with a pair of keys.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    /// What to take for now when signing.
    pub(crate) clock_offset: time::Duration,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            access_key: ACCESS_KEY.to_owned(),
            secret_key: SECRET_KEY.to_owned(),
            clock_offset: time::Duration::ZERO,
        }
    }

    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc() + self.clock_offset
    }

    pub(crate) async fn get(&self, target: &str) -> Answer {
        self.send(get(target), Sign::V4).await
    }

    pub(crate) async fn put(&self, target: &str, body: impl Into<Bytes>) -> Answer {
        self.send(put(target).body(body), Sign::V4).await
    }

    pub(crate) async fn delete(&self, target: &str) -> Answer {
        self.send(delete(target), Sign::V4).await
    }

    /// What a stranger sees.
    pub(crate) async fn stranger(&self, target: &str) -> Answer {
        self.send(get(target), Sign::No).await
    }

    pub(crate) async fn v4(&self, call: Call) -> Answer {
        self.send(call, Sign::V4).await
    }

    pub(crate) async fn send(&self, call: Call, sign: Sign) -> Answer {
        self.try_send(call, sign).await.unwrap()
    }

    /// A call as it goes over the wire, signed: to be changed behind its signer's back and sent unsigned.
    pub(crate) fn signed(&self, mut call: Call, sign: Sign) -> Call {
        match sign {
            Sign::V4 => self.sign_v4(&mut call),
            Sign::V2 => self.sign_v2(&mut call),
            Sign::No => {}
        }
        call
    }

    /// Fails when the connection breaks.
    pub(crate) async fn try_send(&self, call: Call, sign: Sign) -> Result<Answer, Box<dyn std::error::Error>> {
        exchange(self.address, &self.signed(call, sign)).await
    }
}

pub(crate) fn unix_now() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(&text.replace('+', " "))
        .decode_utf8()
        .unwrap()
        .into_owned()
}

fn decode_path(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .unwrap()
        .into_owned()
}

/// Percent-encodes everything that is not unreserved.
pub(crate) fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").unwrap();
        }
        encoded
    })
}

/// The same, but slashes stay.
pub(crate) fn encode_path(text: &str) -> String {
    encode(text).replace("%2F", "/")
}

/// Sends a request over a connection of its own.
pub(crate) async fn exchange(address: SocketAddr, call: &Call) -> Result<Answer, Box<dyn std::error::Error>> {
    let stream = tokio::net::TcpStream::connect(address).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let mut request = Request::builder().method(call.method.clone()).uri(call.target());
    if !call.headers.iter().any(|(name, _)| name == "host") {
        request = request.header("host", address.to_string());
    }
    for (name, value) in &call.headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(call.body.clone()))?;
    let talk = async {
        let (parts, body) = sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok::<_, hyper::Error>(Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        })
    };
    tokio::pin!(talk, connection);
    tokio::select! {
        biased;
        answer = &mut talk => Ok(answer?),
        ended = &mut connection => {
            ended?;
            Ok(talk.await?)
        }
    }
}
