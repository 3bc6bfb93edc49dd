//! Test connection: what happened, why, and one way on, in words.

use dipper_storage::Scheme;
use time::OffsetDateTime;

use crate::error::Result;
use crate::{AccountDraft, App};

/// What an endpoint was understood as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `http` or `https`.
    pub scheme: Scheme,
    /// The host.
    pub host: String,
    /// The port, when it is not the scheme's own.
    pub port: Option<u16>,
    /// `""` or a path such as `/s3`.
    pub base_path: String,
    /// All of it as a URL.
    pub url: String,
}

/// How a test of the connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionOutcome {
    /// The server answered with its buckets.
    Connected,
    /// The server does not know the access key id.
    WrongAccessKey,
    /// The secret does not belong to the access key id.
    WrongSecret,
    /// No such name in DNS.
    NameNotFound,
    /// Nothing listens there.
    Refused,
    /// No answer in time.
    TimedOut,
    /// The server's certificate is not trusted.
    CertificateNotTrusted,
    /// The clocks differ too much.
    ClockWrong,
    /// The keys work but may not list buckets.
    ListingDenied,
    /// Something answers, but not S3.
    NotS3,
    /// TLS was asked of a port that speaks plain HTTP.
    PlainHttp,
    /// Plain HTTP was asked of a port that speaks TLS.
    NeedsTls,
    /// Anything else; the words say what.
    Other,
}

/// How the answer is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It works.
    Ok,
    /// It does not.
    Bad,
    /// It needs a decision.
    Note,
    /// It works with limits.
    Info,
}

/// The answer of a test, in words.
#[derive(Clone, Debug)]
pub struct ConnectionReport {
    /// How it ended.
    pub outcome: ConnectionOutcome,
    /// How it is meant.
    pub tone: Tone,
    /// One line: what happened.
    pub title: String,
    /// Why, and what to do.
    pub text: String,
    /// The server's own words, status and request id.
    pub server_answer: Option<String>,
    /// How many buckets it listed.
    pub buckets: Option<u64>,
    /// How long it took.
    pub elapsed_ms: u64,
    /// Our clock minus the server's.
    pub skew_seconds: Option<i64>,
    /// A Project ID that the owner's id suggests.
    pub suggested_project_id: Option<String>,
    /// The server's certificate, when it is not trusted.
    pub certificate: Option<Certificate>,
}

/// A server's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it names.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// Its SHA-256, lower-case hex.
    pub sha256: String,
    /// Valid from.
    pub not_before: OffsetDateTime,
    /// Valid until.
    pub not_after: OffsetDateTime,
}

impl App {
    /// What we understand an endpoint as. A scheme or port inside the text wins over the fields beside it.
    pub fn parse_endpoint(&self, endpoint: &str, port: Option<u16>, tls: bool) -> Result<Endpoint> {
        todo!("{endpoint} {port:?} {tls}")
    }

    /// The Project ID inside a pasted console address: its 32 hex digits.
    pub fn suggest_project_id(&self, pasted: &str) -> Option<String> {
        todo!("{pasted}")
    }

    /// Tries the connection a form describes. Saves nothing.
    pub async fn test_account(&self, draft: AccountDraft) -> Result<ConnectionReport> {
        todo!("{draft:?}")
    }
}
