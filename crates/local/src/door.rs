//! Before and after s3s: what a request must look like to be let in, and the last touches to an answer.
//!
//! s3s routes by the query parameters it knows and ignores the others: `DELETE /bucket?anything` would delete the
//! bucket. Here every parameter must be one this server acts on; the rest is answered `NotImplemented`. The same goes
//! for headers that ask for something which is not done, such as encryption: nothing is accepted and then ignored.
//!
//! It also closes what s3s leaves open: a Host header that is not ours (DNS rebinding), `x-amz-*` headers added to a
//! signed request, V2 dates that are too old, V4 links that live longer than a week, and checksums of XML bodies.

mod documents;
mod signatures;

use documents::Finding;
pub(crate) use documents::MAX_DOCUMENT;

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};

use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use percent_encoding::percent_decode_str;
use s3s::service::S3Service;
use s3s::{Body, S3Error, S3ErrorCode, S3Result};

/// A request as hyper hands it over.
type Arrived = Request<hyper::body::Incoming>;

/// The way into one server.
pub(crate) struct Door {
    pub(crate) service: S3Service,
    pub(crate) port: u16,
    pub(crate) owner_id: String,
    pub(crate) requests: AtomicU64,
}

/// What a path addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Root,
    Bucket,
    Object,
}

/// Parameters of signatures; who sends them wrongly learns it from the signature check.
const SIGNING: [&str; 9] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
    "AWSAccessKeyId",
    "Signature",
    "Expires",
];

const OVERRIDES: [&str; 6] = [
    "response-content-type",
    "response-content-language",
    "response-expires",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
];

/// Headers that ask for something this server does not do.
const UNSUPPORTED_HEADERS: [&str; 8] = [
    "x-amz-server-side-encryption",
    "x-amz-copy-source-server-side-encryption",
    "x-amz-object-lock",
    "x-amz-bucket-object-lock-enabled",
    "x-amz-tagging",
    "x-amz-website-redirect-location",
    "x-amz-write-offset-bytes",
    "x-amz-security-token",
];

impl Door {
    /// Answers one request.
    pub(crate) async fn answer(&self, request: Arrived) -> Response<Body> {
        let is_head = request.method() == Method::HEAD;
        let mut response = match self.let_in(request) {
            Ok((request, finding)) => self.serve(request, &finding).await,
            Err(error) => refused(error),
        };
        // s3s sends 206 for a range of a GET only.
        if is_head && response.status() == StatusCode::OK && response.headers().contains_key(header::CONTENT_RANGE) {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        }
        let id = format!("{:016X}", self.requests.fetch_add(1, Ordering::Relaxed));
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert("x-amz-request-id", id);
        }
        response
    }

    async fn serve(&self, request: Request<Body>, finding: &Finding) -> Response<Body> {
        let answer = self.service.call(request).await;
        if let Some(error) = finding.take() {
            return refused(error);
        }
        answer.unwrap_or_else(|error| internal(&error))
    }

    fn let_in(&self, request: Arrived) -> S3Result<(Request<Body>, Finding)> {
        self.check_host(&request)?;
        signatures::check_readable(request.headers())?;
        let parameters = parameters(request.uri())?;
        let target = target(request.uri());
        check_parameters(request.method(), target, &parameters)?;
        self.check_headers(request.method(), request.headers())?;
        if !signatures::check(request.headers(), &parameters)? {
            check_strangers_parameters(&parameters)?;
        }
        documents::watch(request, target, &parameters)
    }

    /// Only names of this computer's loopback address, with our port: a web page whose own name was made to point here
    /// cannot talk to us.
    fn check_host(&self, request: &Arrived) -> S3Result<()> {
        let named = |authority: &str| {
            let (name, port) = authority.rsplit_once(':').unwrap_or((authority, "80"));
            (name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost")) && port == self.port.to_string()
        };
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let host = hosts.next().and_then(|host| host.to_str().ok());
        let in_uri = request
            .uri()
            .authority()
            .is_none_or(|authority| named(authority.as_str()));
        if host.is_some_and(named) && hosts.next().is_none() && in_uri {
            return Ok(());
        }
        let message = "This server answers only to 127.0.0.1 and localhost with its own port.";
        Err(S3Error::with_message(S3ErrorCode::AccessDenied, message))
    }

    fn check_headers(&self, method: &Method, headers: &HeaderMap) -> S3Result<()> {
        for name in headers.keys() {
            let name = name.as_str();
            let is_unsupported = UNSUPPORTED_HEADERS
                .iter()
                .any(|unsupported| name.starts_with(unsupported));
            if is_unsupported && name != "x-amz-tagging-directive" {
                return Err(not_implemented(format!(
                    "Local storage does not support the header {name}."
                )));
            }
        }
        let is = |name: &str, value: &str| {
            headers
                .get(name)
                .is_some_and(|found| found.as_bytes() == value.as_bytes())
        };
        if is("x-amz-object-ownership", "BucketOwnerEnforced") || is("x-amz-tagging-directive", "REPLACE") {
            return Err(not_implemented(
                "Local storage does not support this header's value.".to_owned(),
            ));
        }
        if *method == Method::DELETE && headers.contains_key(header::IF_MATCH) {
            return Err(not_implemented(
                "Local storage does not support conditional deletes.".to_owned(),
            ));
        }
        if *method == Method::POST && starts_with(headers, &header::CONTENT_TYPE, "multipart/form-data") {
            return Err(not_implemented(
                "Local storage does not support uploads by HTML form.".to_owned(),
            ));
        }
        for name in ["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"] {
            if headers.contains_key(name) && !is(name, &self.owner_id) {
                return Err(S3Error::with_message(
                    S3ErrorCode::AccessDenied,
                    "The bucket belongs to another owner.",
                ));
            }
        }
        Ok(())
    }
}

fn refused(error: S3Error) -> Response<Body> {
    error.to_http_response().unwrap_or_else(|error| internal(&error))
}

fn internal(error: &dyn std::fmt::Debug) -> Response<Body> {
    tracing::error!(?error, "a request could not be answered");
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

fn not_implemented(message: String) -> S3Error {
    S3Error::with_message(S3ErrorCode::NotImplemented, message)
}

fn starts_with(headers: &HeaderMap, name: &header::HeaderName, prefix: &str) -> bool {
    let value = headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    value
        .get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Decoded names and values of the query. A name that occurs twice is refused: s3s leaves such a parameter out of what
/// a V2 signature covers, but routes by it.
fn parameters(uri: &Uri) -> S3Result<Vec<(String, String)>> {
    let query = uri.query().unwrap_or_default();
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Ok((decode(name)?, decode(value)?))
    });
    let parameters: Vec<(String, String)> = pairs.collect::<S3Result<_>>()?;
    let mut names = HashSet::new();
    if parameters.iter().all(|(name, _)| names.insert(name)) {
        return Ok(parameters);
    }
    let message = "A query parameter is given twice.";
    Err(S3Error::with_message(S3ErrorCode::InvalidArgument, message))
}

/// As s3s does it, except that s3s puts a sign in the place of bytes that are not UTF-8, and would act on another name.
fn decode(text: &str) -> S3Result<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| S3ErrorCode::InvalidURI.into())
}

/// Decoded first and split then, as s3s does it.
fn target(uri: &Uri) -> Target {
    let decoded = percent_decode_str(uri.path()).decode_utf8_lossy();
    match decoded.strip_prefix('/') {
        None | Some("") => Target::Root,
        Some(path) => match path.split_once('/') {
            None | Some((_, "")) => Target::Bucket,
            Some(_) => Target::Object,
        },
    }
}

/// What each kind of request may ask for.
fn known(method: &Method, target: Target) -> &'static [&'static str] {
    match (method.as_str(), target) {
        ("GET" | "HEAD", Target::Root) => &["prefix", "max-buckets", "continuation-token"],
        ("GET", Target::Bucket) => &[
            "acl",
            "location",
            "policy",
            "policyStatus",
            "uploads",
            "versioning",
            "versions",
            "list-type",
            "prefix",
            "delimiter",
            "marker",
            "start-after",
            "continuation-token",
            "max-keys",
            "encoding-type",
            "fetch-owner",
            "key-marker",
            "upload-id-marker",
            "version-id-marker",
            "max-uploads",
        ],
        ("PUT", Target::Bucket) => &["acl", "policy"],
        ("POST", Target::Bucket) => &["delete"],
        ("DELETE", Target::Bucket) => &["policy"],
        ("GET", Target::Object) => &[
            "acl",
            "uploadId",
            "max-parts",
            "part-number-marker",
            "partNumber",
            "versionId",
        ],
        ("HEAD", Target::Object) => &["partNumber", "versionId"],
        ("PUT", Target::Object) => &["acl", "partNumber", "uploadId", "versionId"],
        ("POST", Target::Object) => &["uploads", "uploadId"],
        ("DELETE", Target::Object) => &["uploadId", "versionId"],
        _ => &[],
    }
}

fn check_parameters(method: &Method, target: Target, parameters: &[(String, String)]) -> S3Result<()> {
    let reads_object = target == Target::Object && matches!(method.as_str(), "GET" | "HEAD");
    for (name, _) in parameters {
        let name = name.as_str();
        let is_known = known(method, target).contains(&name)
            || SIGNING.contains(&name)
            || name == "x-id"
            || (reads_object && OVERRIDES.contains(&name));
        if !is_known {
            return Err(not_implemented(format!(
                "Local storage does not support the query parameter {name:?} here."
            )));
        }
    }
    let value = |wanted: &str| {
        parameters
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.as_str())
    };
    if value("list-type").is_some_and(|version| version != "2") {
        return Err(S3Error::with_message(
            S3ErrorCode::InvalidArgument,
            "The list type is 2, or not given.",
        ));
    }
    if value("versionId").is_some_and(|version| version != crate::store::NULL_VERSION) {
        return Err(S3Error::with_message(
            S3ErrorCode::NoSuchVersion,
            "Local storage keeps no versions.",
        ));
    }
    // s3s would take a part without its number, or without its upload, for a whole object.
    if *method == Method::PUT && value("partNumber").is_some() != value("uploadId").is_some() {
        let message = "A part is put with both partNumber and uploadId.";
        return Err(S3Error::with_message(S3ErrorCode::InvalidArgument, message));
    }
    Ok(())
}

/// A link to a public object must not turn it into a web page, or into a file of another name.
fn check_strangers_parameters(parameters: &[(String, String)]) -> S3Result<()> {
    if parameters.iter().any(|(name, _)| OVERRIDES.contains(&name.as_str())) {
        let message = "Response headers can be asked for only in a signed request.";
        return Err(S3Error::with_message(S3ErrorCode::InvalidRequest, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(method: &Method, uri: &'static str) -> S3Result<()> {
        let uri = Uri::from_static(uri);
        check_parameters(method, target(&uri), &parameters(&uri)?)
    }

    #[test]
    fn paths_address_what_s3s_takes_them_for() {
        for (path, expected) in [
            ("/", Target::Root),
            ("/bucket", Target::Bucket),
            ("/bucket/", Target::Bucket),
            ("/t:bucket/a", Target::Object),
            ("/bucket//", Target::Object),
            ("/bucket%2Fkey", Target::Object),
        ] {
            assert_eq!(target(&Uri::from_static(path)), expected, "{path}");
        }
    }

    #[test]
    fn unknown_parameters_never_fall_through_to_another_operation() {
        for (method, uri) in [
            (Method::DELETE, "/bucket?anything"),
            (Method::DELETE, "/bucket?lifecycle"),
            (Method::DELETE, "/bucket/key?legal-hold"),
            (Method::PUT, "/bucket/key?tagging"),
            (Method::GET, "/bucket?lifecycle"),
            (Method::GET, "/bucket?usage"),
        ] {
            let error = checked(&method, uri).err();
            assert_eq!(
                error.as_ref().map(S3Error::code),
                Some(&S3ErrorCode::NotImplemented),
                "{method} {uri}"
            );
        }
        assert!(checked(&Method::GET, "/bucket?list-type=2&prefix=a%2Fb&delimiter=%2F").is_ok());
        assert!(checked(&Method::GET, "/bucket/key?X-Amz-Signature=x&response-content-type=a").is_ok());
    }

    #[test]
    fn doubled_parameters_are_refused() {
        assert!(checked(&Method::PUT, "/bucket/key?acl&acl").is_err());
        assert!(checked(&Method::PUT, "/bucket/key?acl&%61cl").is_err());
    }

    #[test]
    fn half_a_part_is_refused() {
        assert!(checked(&Method::PUT, "/bucket/key?uploadId=x").is_err());
        assert!(checked(&Method::PUT, "/bucket/key?partNumber=1").is_err());
        assert!(checked(&Method::PUT, "/bucket/key?partNumber=1&uploadId=x").is_ok());
    }
}
