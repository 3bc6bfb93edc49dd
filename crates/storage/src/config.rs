//! What a [`Client`](crate::Client) is built from: where, who, and how this server differs from others.
//!
//! Everything that servers do differently is a field of [`Compatibility`], decided once by whoever makes the account;
//! nothing in this crate looks at host names while it works.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use time::OffsetDateTime;

use crate::endpoint::Endpoint;
use crate::names::{BucketName, ObjectKey};

/// Where "now" comes from. Ordinary clients use [`OffsetDateTime::now_utc`]; tests give a clock that is wrong.
pub type Clock = fn() -> OffsetDateTime;

/// A key pair, and the token that comes with temporary ones.
#[derive(Clone)]
pub struct Credentials {
    /// The access key id. Not a secret.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: SecretString,
    /// The session token of temporary credentials.
    pub session_token: Option<SecretString>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

/// Where the bucket's name stands in a URL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Addressing {
    /// `https://host/bucket/key`.
    Path,
    /// `https://bucket.host/key`.
    VirtualHost,
    /// Virtual host for Amazon's endpoints, path for all others.
    #[default]
    Auto,
}

/// How requests are signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignatureVersion {
    /// AWS Signature Version 4.
    #[default]
    V4,
    /// The older HMAC-SHA1 signature, for servers that know nothing else.
    V2,
}

/// The checksum header that uploads carry so that the server can refuse what arrived damaged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UploadChecksum {
    /// `Content-MD5`, verified by everything that speaks S3.
    #[default]
    ContentMd5,
    /// `x-amz-checksum-crc32c`.
    Crc32c,
    /// `x-amz-checksum-crc64nvme`.
    Crc64Nvme,
    /// No header.
    None,
}

/// Which listing a server is asked for first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListVersion {
    /// `ListObjects`.
    V1,
    /// `ListObjectsV2`; the older one is used when the server does not know it.
    #[default]
    V2,
}

/// How a server differs from others. The default is right for Ceph RGW and for everything old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compatibility {
    /// The checksum header of uploads.
    pub checksum: UploadChecksum,
    /// The listing to ask for first.
    pub list_version: ListVersion,
    /// Whether `DeleteObjects` may be used. Without it keys are deleted one by one.
    pub multi_delete: bool,
    /// Whether `UploadPartCopy` may be used. Ceph RGW 16 can be stopped altogether by a source key with a `%`.
    pub upload_part_copy: bool,
    /// Whether a new bucket names its region in the request, as Amazon wants outside `us-east-1`.
    pub location_constraint: bool,
}

impl Default for Compatibility {
    fn default() -> Self {
        Self {
            checksum: UploadChecksum::ContentMd5,
            list_version: ListVersion::V2,
            multi_delete: true,
            upload_part_copy: false,
            location_constraint: false,
        }
    }
}

impl Compatibility {
    /// What Amazon S3 itself understands.
    pub fn amazon() -> Self {
        Self {
            checksum: UploadChecksum::Crc64Nvme,
            upload_part_copy: true,
            location_constraint: true,
            ..Self::default()
        }
    }
}

/// How long to wait for a server before giving up. Retrying is the caller's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For the name lookup, the TCP connection and the TLS handshake together.
    pub connect: Duration,
    /// For the first byte of an answer once the request has stopped moving.
    pub first_byte: Duration,
    /// The same for requests that make the server copy data: `CopyObject`, `CompleteMultipartUpload`, `UploadPartCopy`.
    pub slow_operation: Duration,
    /// Between two pieces of an answer's body.
    pub idle: Duration,
    /// How long an answer may crawl along below 1 KiB a second.
    pub crawl: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(30),
            slow_operation: Duration::from_mins(10),
            idle: Duration::from_secs(20),
            crawl: Duration::from_mins(1),
        }
    }
}

/// One HTTP request as the event log keeps it. Nothing in it is secret.
#[derive(Clone, Debug)]
pub struct CallRecord {
    /// When the request was started.
    pub at: OffsetDateTime,
    /// The S3 operation, such as `PutObject`, or `Unsigned GET`.
    pub operation: String,
    /// The HTTP method.
    pub method: String,
    /// Path and query as sent, without the parameters that sign or identify.
    pub target: String,
    /// The HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// From the start until the body was read to its end, given up, or the request failed.
    pub duration: Duration,
    /// The server's id of the request.
    pub request_id: Option<String>,
    /// Bytes of the request's body that were handed to the connection.
    pub bytes_sent: u64,
    /// Bytes of the answer's body that were read.
    pub bytes_received: u64,
    /// The S3 error code, or what went wrong on the network.
    pub error: Option<String>,
    /// The bucket.
    pub bucket: Option<BucketName>,
    /// The key.
    pub key: Option<ObjectKey>,
}

/// Hears of every HTTP request after it ended. Called on the tasks that do the work: it must be quick and never block.
pub trait CallObserver: Send + Sync + fmt::Debug {
    /// One request has ended.
    fn call(&self, call: &CallRecord);
}

/// An observer for those who keep no log.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoObserver;

impl CallObserver for NoObserver {
    fn call(&self, _call: &CallRecord) {}
}

/// Everything a client needs to know. [`Config::new`] fills in the defaults.
#[derive(Clone, Debug)]
pub struct Config {
    /// The server.
    pub endpoint: Endpoint,
    /// The key pair; without one requests are not signed.
    pub credentials: Option<Credentials>,
    /// The region to sign for. Empty means `us-east-1`.
    pub region: String,
    /// Where the bucket's name stands.
    pub addressing: Addressing,
    /// How requests are signed.
    pub signature: SignatureVersion,
    /// The Project ID (tenant), used in links and in unsigned requests.
    pub project_id: Option<String>,
    /// Certificates trusted in addition to the system's, for this client only.
    pub ca_certificate_pem: Option<Vec<u8>>,
    /// The SHA-256 of the one server certificate that the user chose to trust, whatever else is wrong with it.
    pub pinned_certificate_sha256: Option<[u8; 32]>,
    /// How the server differs from others.
    pub compatibility: Compatibility,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// Who hears of the requests.
    pub observer: Arc<dyn CallObserver>,
    /// Where the time comes from.
    pub clock: Clock,
}

impl Config {
    /// Defaults for `endpoint`: no credentials, V4, `Auto` addressing, no log.
    pub fn new(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            credentials: None,
            region: String::new(),
            addressing: Addressing::default(),
            signature: SignatureVersion::default(),
            project_id: None,
            ca_certificate_pem: None,
            pinned_certificate_sha256: None,
            compatibility: Compatibility::default(),
            timeouts: Timeouts::default(),
            observer: Arc::new(NoObserver),
            clock: OffsetDateTime::now_utc,
        }
    }

    /// The region to sign for.
    pub fn signing_region(&self) -> &str {
        if self.region.is_empty() {
            "us-east-1"
        } else {
            &self.region
        }
    }
}
