//! The one error of this crate: what was tried, on what, why it failed, and what the user can do.
//!
//! A [`kind`](Error::kind) is for programs, the text is for people, the S3 code and the request id are for reports. HTTP
//! status and S3 code become a kind in one place, `classify`. Nothing here holds a secret: a server's own message is cut
//! short and only quoted when it adds something.

mod classify;
mod words;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use classify::classify;

use crate::names::{BucketName, ObjectKey};
use crate::transport::Fault;

/// What every function of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in the few kinds that programs tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bucket, object or upload does not exist.
    NotFound,
    /// The server knows who asks and refuses.
    AccessDenied,
    /// The access key, the secret or the token is wrong or expired.
    InvalidCredentials,
    /// The state of things forbids it: the name is taken, the bucket is not empty.
    Conflict,
    /// `If-Match`, `If-None-Match` or a range was not met.
    PreconditionFailed,
    /// The server asks for fewer requests.
    Throttled,
    /// The server was not reached, the connection broke, or the server failed inside.
    Network,
    /// The server did not answer in time.
    Timeout,
    /// The encrypted connection could not be made or trusted.
    Tls,
    /// This server cannot do it.
    Unsupported,
    /// What was asked for makes no sense; nothing was sent, or the server said so.
    InvalidInput,
    /// A file on this computer could not be read or written.
    LocalIo,
    /// No space is left: a quota on the server or the disk here.
    DiskFull,
    /// What arrived is not what was promised.
    Corrupt,
    /// The clocks of this computer and the server differ too much.
    ClockSkew,
    /// Some of it was done.
    Partial,
    /// The user stopped it. Not a failure.
    Cancelled,
    /// A mistake of ours.
    Internal,
}

impl ErrorKind {
    /// Whether the same request may succeed if sent again later.
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::Throttled | Self::Network | Self::Timeout | Self::Corrupt)
    }
}

/// Why an operation failed. Cheap to clone.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    operation: &'static str,
    bucket: Option<BucketName>,
    key: Option<ObjectKey>,
    upload_id: Option<String>,
    detail: Option<String>,
    s3_code: Option<String>,
    status: Option<u16>,
    request_id: Option<String>,
    server_message: Option<String>,
    retry_after: Option<Duration>,
    clock_skew: Option<i64>,
    not_s3: Option<String>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, operation: &'static str) -> Self {
        Self(Box::new(Inner {
            kind,
            operation,
            bucket: None,
            key: None,
            upload_id: None,
            detail: None,
            s3_code: None,
            status: None,
            request_id: None,
            server_message: None,
            retry_after: None,
            clock_skew: None,
            not_s3: None,
            source: None,
        }))
    }

    pub(crate) fn invalid_input(operation: &'static str, detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidInput, operation).with_detail(detail)
    }

    /// The reason in our own words, instead of the kind's usual ones. No full stop.
    pub(crate) fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    pub(crate) fn with_bucket(mut self, bucket: &BucketName) -> Self {
        self.0.bucket = Some(bucket.clone());
        self
    }

    pub(crate) fn with_key(mut self, key: &ObjectKey) -> Self {
        self.0.key = Some(key.clone());
        self
    }

    pub(crate) fn with_upload_id(mut self, upload_id: &str) -> Self {
        self.0.upload_id = Some(upload_id.to_owned());
        self
    }

    pub(crate) fn with_s3_code(mut self, code: &str) -> Self {
        self.0.s3_code = Some(code.to_owned());
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.0.request_id = request_id;
        self
    }

    /// Keeps the server's words if there are any; 300 characters are enough for a sentence.
    pub(crate) fn with_server_message(mut self, message: &str) -> Self {
        let words: String = message.chars().filter(|c| !c.is_control()).take(300).collect();
        let words = words.trim().trim_end_matches('.').to_owned();
        self.0.server_message = (!words.is_empty()).then_some(words);
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    pub(crate) fn with_clock_skew(mut self, seconds: Option<i64>) -> Self {
        self.0.clock_skew = seconds;
        self
    }

    /// Something answered that is no S3 server: `what` it looks like.
    pub(crate) fn with_not_s3(mut self, what: &str) -> Self {
        self.0.not_s3 = Some(what.to_owned());
        self.with_detail(format!("what answered is not an S3 server: it sent {what}"))
    }

    pub(crate) fn not_s3(&self) -> Option<&str> {
        self.0.not_s3.as_deref()
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What the user can do about it: one or two sentences.
    pub fn hint(&self) -> Option<String> {
        words::hint(&self.0)
    }

    /// The S3 operation that failed.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// The server's error code, such as `NoSuchBucket`.
    pub fn s3_code(&self) -> Option<&str> {
        self.0.s3_code.as_deref()
    }

    /// The HTTP status.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The server's id of the request, for its operators.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// What the server said in its own words.
    pub fn server_message(&self) -> Option<&str> {
        self.0.server_message.as_deref()
    }

    /// The bucket it was about.
    pub fn bucket(&self) -> Option<&BucketName> {
        self.0.bucket.as_ref()
    }

    /// The key it was about.
    pub fn key(&self) -> Option<&ObjectKey> {
        self.0.key.as_ref()
    }

    /// The multipart upload it was about.
    pub fn upload_id(&self) -> Option<&str> {
        self.0.upload_id.as_deref()
    }

    /// How long the server asks to wait before the next try.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether no connection could be made: the network is down, or the server is.
    pub fn is_unreachable(&self) -> bool {
        self.fault().is_some_and(Fault::is_unreachable)
    }

    /// Whether the answer was given up because it crawled. [`GetOptions::however_slow`](crate::GetOptions) lets it.
    pub fn is_crawl(&self) -> bool {
        self.fault() == Some(&Fault::Crawl)
    }

    /// Whether the client has learned from this refusal, so that the same request may succeed at once: the clock, or the
    /// bucket's region. What could be sent twice was; a body that is read while it is sent could not.
    pub fn may_be_healed(&self) -> bool {
        let codes = ["AuthorizationHeaderMalformed", "PermanentRedirect", "TemporaryRedirect"];
        self.kind() == ErrorKind::ClockSkew
            || self.s3_code().is_some_and(|code| codes.contains(&code))
            || matches!(self.status(), Some(301 | 307 | 308))
    }

    fn fault(&self) -> Option<&Fault> {
        self.0.source.as_deref()?.downcast_ref()
    }

    /// This computer's clock minus the server's, in seconds, where the server told its time.
    pub fn clock_skew(&self) -> Option<i64> {
        self.0.clock_skew
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        words::sentence(&self.0, f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("operation", &self.0.operation)
            .field("bucket", &self.0.bucket)
            .field("key", &self.0.key)
            .field("detail", &self.0.detail)
            .field("s3_code", &self.0.s3_code)
            .field("status", &self.0.status)
            .field("request_id", &self.0.request_id)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}
