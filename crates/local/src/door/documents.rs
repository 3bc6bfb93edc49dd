//! Bodies that are documents (XML, JSON), not object bytes: bounded, and checked against the checksums sent with them.
//! s3s parses them without looking at `Content-MD5` or `x-amz-checksum-*`, and answers a wrong payload hash and a document
//! that is too large with an internal error.
//!
//! They are looked at while s3s reads them, which it does only once it has verified the signature: a document that nobody
//! signed is never collected. What is wrong with one is kept beside it, for the door to answer.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, Request};
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use s3s::{Body, S3Error, S3ErrorCode, S3Result};

use super::{Arrived, Target};
use crate::digest::{Algorithm, Expected, Hasher};
use crate::failure::custom;

/// The largest document: a thousand keys of 1,024 bytes to delete, every byte written as an XML escape of six.
pub(crate) const MAX_DOCUMENT: usize = 8 * 1024 * 1024;

/// What was found wrong with a document, once it has been read.
#[derive(Debug, Clone, Default)]
pub(super) struct Finding(Arc<Mutex<Option<S3Error>>>);

impl Finding {
    fn keep(&self, error: S3Error) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    pub(super) fn take(&self) -> Option<S3Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Watches over the body of a request that carries a document; passes any other on as it comes.
pub(super) fn watch(
    request: Arrived,
    target: Target,
    parameters: &[(String, String)],
) -> S3Result<(Request<Body>, Finding)> {
    let has = |wanted: &str| parameters.iter().any(|(name, _)| name == wanted);
    let is_document = match (request.method(), target) {
        (&Method::PUT | &Method::POST, Target::Bucket) => true,
        (&Method::PUT, Target::Object) => has("acl"),
        (&Method::POST, Target::Object) => has("uploadId"),
        _ => false,
    };
    let finding = Finding::default();
    // A chunked one is decoded and checked by s3s.
    let is_streamed =
        header(request.headers(), "x-amz-content-sha256").is_some_and(|hash| hash.starts_with("STREAMING-"));
    if !is_document || is_streamed {
        return Ok((request.map(Body::from), finding));
    }
    let (parts, body) = request.into_parts();
    let mut document = Document {
        check: Some(Check::of(&parts, target)?),
        body,
        size: 0,
        finding: finding.clone(),
    };
    if document.body.is_end_stream() {
        // s3s need not ask for bytes that are not there.
        document.finish()?;
    }
    Ok((Request::from_parts(parts, Body::http_body(document)), finding))
}

/// A document on its way to s3s.
struct Document {
    body: Incoming,
    size: usize,
    /// Until the end has been seen.
    check: Option<Check>,
    finding: Finding,
}

/// Ends the reading of a document; the reason is its [`Finding`].
#[derive(Debug, thiserror::Error)]
#[error("the document is refused")]
struct Refused;

impl Document {
    fn read(&mut self, bytes: &Bytes) -> S3Result<()> {
        self.size += bytes.len();
        if self.size > MAX_DOCUMENT {
            return Err(S3ErrorCode::MaxMessageLengthExceeded.into());
        }
        if let Some(check) = &mut self.check {
            check.hasher.update(bytes);
        }
        // Before the last bytes are handed on: s3s compares the payload hash as soon as it has them.
        if self.body.is_end_stream() {
            self.finish()
        } else {
            Ok(())
        }
    }

    fn finish(&mut self) -> S3Result<()> {
        self.check.take().map_or(Ok(()), Check::finish)
    }
}

impl hyper::body::Body for Document {
    type Data = Bytes;
    type Error = Refused;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Refused>>> {
        let read = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
            Some(Ok(frame)) => match frame.data_ref() {
                Some(bytes) => self.read(bytes).map(|()| Some(frame)),
                None => Ok(Some(frame)),
            },
            Some(Err(_broken)) => Err(S3ErrorCode::IncompleteBody.into()),
            None => self.finish().map(|()| None),
        };
        Poll::Ready(match read {
            Ok(frame) => frame.map(Ok),
            Err(error) => {
                self.finding.keep(error);
                Some(Err(Refused))
            }
        })
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// What the bytes should hash to.
struct Check {
    expected: Expected,
    /// The payload hash, in hexadecimal.
    sha256: Option<String>,
    hasher: Hasher,
}

impl Check {
    fn of(request: &Parts, target: Target) -> S3Result<Self> {
        let headers = &request.headers;
        let sha256 = header(headers, "x-amz-content-sha256").filter(|hash| *hash != "UNSIGNED-PAYLOAD");
        let mut expected = Expected {
            md5: header(headers, "content-md5").map(Expected::parse_md5).transpose()?,
            algorithm: sha256.map(|_| Algorithm::Sha256),
            ..Expected::default()
        };
        // Those that complete an upload carry the checksum of the object, not of the list of its parts.
        let of_document = target != Target::Object || request.method != Method::POST;
        for algorithm in Algorithm::ALL.into_iter().filter(|_| of_document) {
            if let Some(value) = header(headers, algorithm.header()) {
                expected.checksums.set(algorithm, value.to_owned());
            }
        }
        Ok(Self {
            hasher: expected.hasher(),
            expected,
            sha256: sha256.map(str::to_owned),
        })
    }

    fn finish(self) -> S3Result<()> {
        let digest = self.hasher.finish();
        self.expected.verify(&digest)?;
        let Some(wanted) = self.sha256 else { return Ok(()) };
        let computed = digest.checksums.get(Algorithm::Sha256);
        let computed = computed.and_then(|value| BASE64.decode(value).ok()).map(hex::encode);
        if computed.is_some_and(|computed| computed.eq_ignore_ascii_case(&wanted)) {
            return Ok(());
        }
        let message = "The x-amz-content-sha256 header does not match the data that arrived.";
        Err(custom(
            "XAmzContentSHA256Mismatch",
            http::StatusCode::BAD_REQUEST,
            message,
        ))
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
