//! What a stranger sees: one request without credentials.

use std::time::{Duration, Instant};

use aws_smithy_types::body::SdkBody;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use time::OffsetDateTime;

use crate::call::Document;
use crate::client::Client;
use crate::error::Error;
use crate::links::{Link, LinkOptions};
use crate::names::{BucketName, ObjectKey};
use crate::transport::{Answer, Fault, Tag};

const OPERATION: &str = "Unsigned GET";

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

impl Probe {
    /// What the server answered, in HTTP's words: `200 OK`, `403 Forbidden`.
    pub fn answer(&self) -> String {
        let status = self.status.map(|status| (status, StatusCode::from_u16(status)));
        match status {
            Some((_, Ok(status))) => status.to_string().trim_end_matches(" <unknown status code>").to_owned(),
            Some((status, Err(_))) => status.to_string(),
            None => "no answer".to_owned(),
        }
    }
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
    /// Whether anyone can read the object: one GET such as a browser sends, with the Project ID where there is one. Its
    /// status is what a stranger gets; of the object nothing is read, and the connection is closed over the rest.
    pub async fn probe_object(&self, bucket: &BucketName, key: &ObjectKey) -> Probe {
        let link = self.public_url(bucket, Some(key), &LinkOptions::default());
        self.probe_link(&link, bucket, Some(key)).await
    }

    /// Whether anyone can list the bucket: one GET for one key, with the Project ID where there is one.
    pub async fn probe_bucket_listing(&self, bucket: &BucketName) -> Probe {
        let link = self.public_url(bucket, None, &LinkOptions::default());
        self.probe_link(&link, bucket, None).await
    }

    /// Whether anyone can use this very link to an object, or to the list of a bucket: its scheme and Project ID may be
    /// others than the account's.
    pub async fn probe_link(&self, link: &Link, bucket: &BucketName, key: Option<&ObjectKey>) -> Probe {
        let (url, answer) = match key {
            Some(_) => (link.url(), Answer::Object),
            None => (link.url() + "?max-keys=1", Answer::Document),
        };
        let tag = Tag {
            operation: OPERATION,
            bucket: Some(bucket.clone()),
            key: key.cloned(),
            answer,
        };
        self.probe(url, &tag).await
    }

    async fn probe(&self, url: String, tag: &Tag) -> Probe {
        let at = self.now();
        let started = Instant::now();
        let (status, outcome) = match self.ask(&url, tag).await {
            Ok((status, outcome)) => (Some(status), outcome),
            Err(fault) => (None, ProbeOutcome::Unreachable(about(fault.into_error(OPERATION), tag))),
        };
        Probe {
            url,
            status,
            duration: started.elapsed(),
            outcome,
            at,
        }
    }

    async fn ask(&self, url: &str, tag: &Tag) -> Result<(u16, ProbeOutcome), Fault> {
        let request = Request::get(url)
            .body(SdkBody::empty())
            .map_err(|error| Fault::Request(error.to_string()))?;
        let response = self.transport().send(request, tag).await?;
        let status = response.status().as_u16();
        let outcome = match status {
            200 if tag.key.is_none() => listing_outcome(&response.into_body().collect().await?.to_bytes()),
            200 => ProbeOutcome::Open,
            401 | 403 => ProbeOutcome::Refused,
            404 => ProbeOutcome::NotFound,
            other => ProbeOutcome::Other(other),
        };
        Ok((status, outcome))
    }
}

fn about(error: Error, tag: &Tag) -> Error {
    let error = tag.bucket.iter().fold(error, Error::with_bucket);
    tag.key.iter().fold(error, Error::with_key)
}

/// A list is a list only if it looks like one: a proxy's page of greeting proves nothing.
fn listing_outcome(body: &[u8]) -> ProbeOutcome {
    match Document::sniff(body) {
        Document::Xml(root) if root == "ListBucketResult" => ProbeOutcome::Open,
        _ => ProbeOutcome::Other(200),
    }
}
