//! What a stranger sees: one request without credentials.

use std::time::Duration;

use time::OffsetDateTime;

use crate::client::Client;
use crate::error::Error;
use crate::names::{BucketName, ObjectKey};

/// What one unsigned request came to.
#[derive(Clone, Debug)]
pub struct Probe {
    /// The address asked for.
    pub url: String,
    /// The HTTP status.
    pub status: Option<u16>,
    /// How long it took.
    pub duration: Duration,
    /// What it means.
    pub outcome: ProbeOutcome,
    /// When it was made.
    pub at: OffsetDateTime,
}

/// What an unsigned request proves.
#[derive(Clone, Debug)]
pub enum ProbeOutcome {
    /// Anyone can read it.
    Open,
    /// A stranger is refused.
    Refused,
    /// A stranger is told that it does not exist.
    NotFound,
    /// Another status.
    Other(u16),
    /// The server was not reached.
    Unreachable(Error),
}

impl Client {
    /// Whether anyone can read the object: one GET of its first byte, with the Project ID where there is one.
    pub async fn probe_object(&self, bucket: &BucketName, key: &ObjectKey) -> Probe {
        todo!("{bucket}{key}")
    }

    /// Whether anyone can list the bucket: one GET for one key, with the Project ID where there is one.
    pub async fn probe_bucket_listing(&self, bucket: &BucketName) -> Probe {
        todo!("{bucket}")
    }
}
