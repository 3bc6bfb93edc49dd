//! Bodies that are documents (XML, JSON), not object bytes: read whole within a limit, and checked against the checksums
//! sent with them. s3s parses them without looking at `Content-MD5` or `x-amz-checksum-*`, and answers a wrong payload
//! hash with an internal error.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use s3s::{Body, S3Error, S3ErrorCode, S3Result};

use super::{Arrived, Target, signatures};
use crate::digest::{Algorithm, Expected, Hasher};
use crate::failure::custom;

/// The largest document: a thousand keys of 1,024 bytes to delete, every byte written as an XML escape of six.
pub(crate) const MAX_DOCUMENT: usize = 8 * 1024 * 1024;

/// Reads and checks the body of a request that carries a document; passes any other on as it comes.
pub(super) async fn verify(
    request: Arrived,
    target: Target,
    parameters: &[(String, String)],
) -> S3Result<Request<Body>> {
    let has = |wanted: &str| parameters.iter().any(|(name, _)| name == wanted);
    let is_document = match (request.method(), target) {
        (&Method::PUT | &Method::POST, Target::Bucket) => true,
        (&Method::PUT, Target::Object) => has("acl"),
        (&Method::POST, Target::Object) => has("uploadId"),
        _ => false,
    };
    // An unsigned request is refused without its body being read. A chunked one is decoded and checked by s3s.
    let is_streamed =
        header(request.headers(), "x-amz-content-sha256").is_some_and(|hash| hash.starts_with("STREAMING-"));
    if !is_document || is_streamed || !signatures::is_signed(request.headers(), parameters) {
        return Ok(request.map(Body::from));
    }
    let (parts, body) = request.into_parts();
    let bytes = Limited::new(body, MAX_DOCUMENT)
        .collect()
        .await
        .map_err(|error| unreadable(error.as_ref()))?
        .to_bytes();
    check(&parts.headers, &bytes)?;
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

fn unreadable(error: &(dyn std::error::Error + Send + Sync + 'static)) -> S3Error {
    let code = if error.is::<LengthLimitError>() {
        S3ErrorCode::MaxMessageLengthExceeded
    } else {
        S3ErrorCode::IncompleteBody
    };
    S3Error::new(code)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn check(headers: &HeaderMap, bytes: &Bytes) -> S3Result<()> {
    let md5 = header(headers, "content-md5").map(Expected::parse_md5).transpose()?;
    let mut expected = Expected {
        md5,
        ..Expected::default()
    };
    for algorithm in Algorithm::ALL {
        if let Some(value) = header(headers, algorithm.header()) {
            expected.checksums.set(algorithm, value.to_owned());
        }
    }
    let mut hasher = expected.hasher();
    hasher.update(bytes);
    expected.verify(&hasher.finish())?;
    let hash = header(headers, "x-amz-content-sha256").filter(|hash| *hash != "UNSIGNED-PAYLOAD");
    match hash {
        Some(hash) if !is_sha256(hash, bytes) => {
            let message = "The x-amz-content-sha256 header does not match the data that arrived.";
            Err(custom(
                "XAmzContentSHA256Mismatch",
                http::StatusCode::BAD_REQUEST,
                message,
            ))
        }
        _ => Ok(()),
    }
}

fn is_sha256(hash: &str, bytes: &Bytes) -> bool {
    let mut hasher = Hasher::new(std::iter::once(Algorithm::Sha256));
    hasher.update(bytes);
    let digest = hasher.finish();
    let actual = digest
        .checksums
        .get(Algorithm::Sha256)
        .and_then(|value| BASE64.decode(value).ok());
    actual.is_some_and(|actual| hex::encode(actual).eq_ignore_ascii_case(hash))
}
