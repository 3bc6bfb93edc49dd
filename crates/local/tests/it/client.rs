//! A client that sends exactly what it is told, and signs it the four ways S3 knows. Nothing of it is shared with the
//! server or with the rest of the program, so that one mistake cannot hide another.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use dipper_local::{Options, Server};
use hmac::{Hmac, Mac};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::macros::format_description;

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

    /// Fails when the connection breaks.
    pub(crate) async fn try_send(&self, mut call: Call, sign: Sign) -> Result<Answer, Box<dyn std::error::Error>> {
        match sign {
            Sign::V4 => self.sign_v4(&mut call),
            Sign::V2 => self.sign_v2(&mut call),
            Sign::No => {}
        }
        exchange(self.address, &call).await
    }

    fn sign_v4(&self, call: &mut Call) {
        let date = amz_date(self.now());
        let hash = call
            .headers
            .iter()
            .find(|(name, _)| name == "x-amz-content-sha256")
            .map(|(_, value)| value.clone());
        let hash = hash.unwrap_or_else(|| {
            // Hashing megabytes without optimisation, here and in the server, would take most of the tests' time.
            let is_large = call.body.len() > 1_000_000;
            let hash = if is_large {
                "UNSIGNED-PAYLOAD".to_owned()
            } else {
                hex::encode(Sha256::digest(&call.body))
            };
            call.headers.push(("x-amz-content-sha256".to_owned(), hash.clone()));
            hash
        });
        call.headers.push(("x-amz-date".to_owned(), date.clone()));
        let mut signed: Vec<(String, String)> = call.headers.clone();
        signed.push(("host".to_owned(), self.address.to_string()));
        signed.sort();
        let names: Vec<&str> = signed.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(";");
        let canonical = canonical_request(call, &call.pairs(), &signed, &names, &hash);
        let signature = self.v4_signature(&date, &canonical);
        let credential = self.credential(&date);
        call.headers.push((
            "authorization".to_owned(),
            format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"),
        ));
    }

    /// A V4 link: path and query.
    pub(crate) fn presign_v4(&self, mut call: Call, expires: u32) -> String {
        let date = amz_date(self.now());
        let credential = self.credential(&date).replace('/', "%2F");
        let auth = format!(
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}&X-Amz-Date={date}&X-Amz-Expires={expires}\
             &X-Amz-SignedHeaders=host"
        );
        call.query = if call.query.is_empty() {
            auth
        } else {
            format!("{}&{auth}", call.query)
        };
        let signed = [("host".to_owned(), self.address.to_string())];
        let canonical = canonical_request(&call, &call.pairs(), &signed, "host", "UNSIGNED-PAYLOAD");
        let signature = self.v4_signature(&date, &canonical);
        format!("{}&X-Amz-Signature={signature}", call.target())
    }

    fn credential(&self, date: &str) -> String {
        format!("{}/{}/us-east-1/s3/aws4_request", self.access_key, &date[..8])
    }

    fn v4_signature(&self, date: &str, canonical: &str) -> String {
        let scope = format!("{}/us-east-1/s3/aws4_request", &date[..8]);
        let hashed = hex::encode(Sha256::digest(canonical));
        let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{hashed}");
        let mut key = format!("AWS4{}", self.secret_key).into_bytes();
        for step in [&date[..8], "us-east-1", "s3", "aws4_request", &to_sign] {
            key = hmac_sha256(&key, step);
        }
        hex::encode(key)
    }

    fn sign_v2(&self, call: &mut Call) {
        let format =
            format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
        let date = self.now().format(format).unwrap();
        call.headers.push(("date".to_owned(), date.clone()));
        let signature = self.v2_signature(call, &date);
        call.headers.push((
            "authorization".to_owned(),
            format!("AWS {}:{signature}", self.access_key),
        ));
    }

    /// A V2 link that works until a Unix time, with the parameters in the order of Python's old boto.
    pub(crate) fn presign_v2(&self, call: &Call, until: i64) -> String {
        let signature = self.v2_signature(call, &until.to_string());
        let signature = signature.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        let separator = if call.query.is_empty() { '?' } else { '&' };
        format!(
            "{}{separator}Signature={signature}&Expires={until}&AWSAccessKeyId={}",
            call.target(),
            self.access_key
        )
    }

    fn v2_signature(&self, call: &Call, date: &str) -> String {
        let find = |wanted: &str| {
            call.headers
                .iter()
                .find(|(name, _)| name == wanted)
                .map_or("", |(_, value)| value)
        };
        let mut text = format!(
            "{}\n{}\n{}\n{date}\n",
            call.method,
            find("content-md5"),
            find("content-type")
        );
        let mut amz: Vec<_> = call
            .headers
            .iter()
            .filter(|(name, _)| name.starts_with("x-amz-"))
            .collect();
        amz.sort();
        for (name, value) in amz {
            writeln!(text, "{name}:{value}").unwrap();
        }
        text.push_str(&call.path);
        let known = [
            "acl",
            "delete",
            "location",
            "partNumber",
            "policy",
            "uploadId",
            "uploads",
            "versioning",
        ];
        let mut pairs = call.pairs();
        pairs.sort();
        let pairs = pairs
            .into_iter()
            .filter(|(name, _)| known.contains(&name.as_str()) || name.starts_with("response-"));
        let pairs: Vec<String> = pairs
            .map(|(n, v)| if v.is_empty() { n } else { format!("{n}={}", decode(&v)) })
            .collect();
        if !pairs.is_empty() {
            write!(text, "?{}", pairs.join("&")).unwrap();
        }
        let mut mac = Hmac::<sha1::Sha1>::new_from_slice(self.secret_key.as_bytes()).unwrap();
        mac.update(text.as_bytes());
        BASE64.encode(mac.finalize().into_bytes())
    }
}

pub(crate) fn unix_now() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

fn amz_date(time: OffsetDateTime) -> String {
    time.format(format_description!("[year][month][day]T[hour][minute][second]Z"))
        .unwrap()
}

fn hmac_sha256(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn canonical_request(
    call: &Call,
    query: &[(String, String)],
    headers: &[(String, String)],
    names: &str,
    hash: &str,
) -> String {
    let mut query: Vec<String> = query
        .iter()
        .map(|(name, value)| format!("{}={}", encode(&decode(name)), encode(&decode(value))))
        .collect();
    query.sort();
    let path = encode_path(&decode_path(&call.path));
    let mut text = format!("{}\n{path}\n{}\n", call.method, query.join("&"));
    for (name, value) in headers {
        writeln!(text, "{name}:{}", value.trim()).unwrap();
    }
    write!(text, "\n{names}\n{hash}").unwrap();
    text
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
