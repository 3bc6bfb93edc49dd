//! Copies whose source is written `tenant:bucket/key`.
//!
//! s3s refuses such a source before any of our code runs, and its own header cannot be changed before the signature,
//! which covers it, is verified. So these requests take s3s's custom route: behind the verified signature the header
//! is rewritten to the plain bucket, and the request goes on to the same operations in a second, inner service, which
//! asks for no signature because none that it could verify is left.

use async_trait::async_trait;
use http::{Extensions, HeaderMap, HeaderValue, Method, Uri, header};
use percent_encoding::percent_decode_str;
use s3s::route::S3Route;
use s3s::service::S3Service;
use s3s::{Body, HttpRequest, S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use super::error;
use crate::names::Names;

const COPY_SOURCE: &str = "x-amz-copy-source";

/// The custom route. Like every operation behind it, it is the owner's alone (s3s's default check of routes).
pub(crate) struct TenantCopy {
    pub(crate) names: Names,
    pub(crate) inner: S3Service,
}

#[async_trait]
impl S3Route for TenantCopy {
    fn is_match(&self, method: &Method, _uri: &Uri, headers: &HeaderMap, _extensions: &mut Extensions) -> bool {
        *method == Method::PUT
            && source(headers).is_some_and(|(bucket, _)| bucket.contains(':') && !bucket.starts_with("arn:"))
    }

    async fn call(&self, request: S3Request<Body>) -> S3Result<S3Response<Body>> {
        let invalid = || error(S3ErrorCode::InvalidArgument, "The copy source is bucket/key.");
        let (bucket, key) = source(&request.headers).ok_or_else(invalid)?;
        let plain = format!("{}/{key}", self.names.bucket(&bucket)?);
        let mut headers = request.headers;
        headers.insert(COPY_SOURCE, HeaderValue::from_str(&plain).map_err(|_| invalid())?);
        headers.remove(header::AUTHORIZATION);
        let mut inner = HttpRequest::new(request.input);
        *inner.method_mut() = request.method;
        *inner.uri_mut() = without_signature(&request.uri).ok_or_else(invalid)?;
        *inner.headers_mut() = headers;
        let answer = self.inner.call(inner).await.map_err(|failed| {
            tracing::error!(?failed, "a copy could not be answered");
            S3Error::new(S3ErrorCode::InternalError)
        })?;
        let (parts, body) = answer.into_parts();
        let mut response = S3Response::with_status(body, parts.status);
        response.headers = parts.headers;
        Ok(response)
    }
}

/// The decoded bucket of a copy source, and the rest as it was written.
fn source(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(COPY_SOURCE)?.to_str().ok()?;
    let value = value
        .strip_prefix('/')
        .or_else(|| value.strip_prefix("%2F"))
        .unwrap_or(value);
    let (bucket, key) = value
        .split_once('/')
        .or_else(|| value.split_once("%2F"))
        .or_else(|| value.split_once("%2f"))?;
    Some((
        percent_decode_str(bucket).decode_utf8().ok()?.into_owned(),
        key.to_owned(),
    ))
}

fn without_signature(uri: &Uri) -> Option<Uri> {
    let signing = ["X-Amz-", "AWSAccessKeyId=", "Signature=", "Expires="];
    let kept: Vec<&str> = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !signing.iter().any(|name| pair.starts_with(name)))
        .collect();
    format!("{}?{}", uri.path(), kept.join("&")).parse().ok()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn sources_are_taken_apart_in_every_spelling() {
        for value in ["/t:b/a%2Fc", "t:b/a%2Fc", "t%3Ab/a%2Fc", "%2Ft%3Ab%2Fa%2Fc"] {
            let headers = [(COPY_SOURCE.parse().unwrap(), value.parse().unwrap())]
                .into_iter()
                .collect();
            assert_eq!(
                source(&headers).unwrap(),
                ("t:b".to_owned(), "a%2Fc".to_owned()),
                "{value}"
            );
        }
    }

    #[test]
    fn only_the_signature_leaves_the_query() {
        let uri = Uri::from_static("/b/k?X-Amz-Signature=x&partNumber=1&Expires=3&uploadId=u");
        assert_eq!(
            without_signature(&uri).unwrap().to_string(),
            "/b/k?partNumber=1&uploadId=u"
        );
    }
}
