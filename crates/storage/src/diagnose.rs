//! "Test connection": tells apart everything that can be wrong with an account.

use std::time::Duration;

use time::OffsetDateTime;

use crate::acl::Owner;
use crate::client::Client;
use crate::error::Error;

/// What a test of the connection found.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// The result.
    pub outcome: Outcome,
    /// How long it took.
    pub elapsed: Duration,
    /// `TLS 1.3`, when the connection is encrypted.
    pub tls_version: Option<String>,
    /// This computer's clock minus the server's, in seconds, where the server told its time.
    pub skew_seconds: Option<i64>,
    /// The tenant, when the owner's id looks like `tenant$user`.
    pub suggested_project_id: Option<String>,
}

/// What is right or wrong with an account.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It works.
    Connected {
        /// How many buckets there are.
        bucket_count: usize,
        /// Who owns them.
        owner: Option<Owner>,
    },
    /// The server does not know the access key.
    WrongAccessKey,
    /// The secret does not belong to the access key.
    WrongSecret,
    /// The host's name leads nowhere.
    NameNotFound,
    /// Nothing listens at that address and port.
    Refused,
    /// No answer in time.
    TimedOut,
    /// The server's certificate is not trusted.
    CertificateNotTrusted {
        /// The certificate it showed.
        certificate: Option<CertificateInfo>,
        /// Why it is not trusted.
        reason: String,
    },
    /// The clocks differ too much for signatures to be accepted.
    ClockWrong {
        /// This computer's clock minus the server's.
        skew_seconds: i64,
    },
    /// The credentials are right and may not list buckets; one can be added by name.
    ListingDenied,
    /// Something answers, and it is not S3.
    NotS3 {
        /// What it looks like.
        what: String,
    },
    /// `https` was asked of a port that speaks plain HTTP.
    ServerSpeaksPlainHttp,
    /// `http` was asked of a port that speaks TLS.
    ServerWantsTls,
    /// Something else.
    Other(Error),
}

/// The certificate that a server showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateInfo {
    /// Whom it names.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// Its SHA-256, for pinning.
    pub sha256: [u8; 32],
    /// Valid from.
    pub not_before: Option<OffsetDateTime>,
    /// Valid until.
    pub not_after: Option<OffsetDateTime>,
}

impl Client {
    /// Tries to connect and to list the buckets, and says what stands in the way.
    pub async fn diagnose(&self) -> Diagnosis {
        todo!()
    }
}
