//! What a request asks for, read from its method, path, query and headers.

use http::{HeaderMap, Method, Uri};
use percent_encoding::percent_decode_str;

/// A request as rules see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) operation: &'static str,
    pub(super) key: String,
    pub(super) part: Option<u32>,
    pub(super) has_trailer: bool,
    pub(super) has_range: bool,
    pub(super) is_about_an_acl: bool,
    /// The region that it is signed for.
    pub(super) region: Option<String>,
}

impl Asked {
    pub(super) fn of(method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let path = uri.path().trim_start_matches('/');
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let query = Query(uri.query().unwrap_or_default());
        let copies = headers.contains_key("x-amz-copy-source");
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let payload = text("x-amz-content-sha256").unwrap_or_default();
        Self {
            operation: match (bucket, key) {
                ("", _) => "ListBuckets",
                (_, "") => on_bucket(method, &query),
                _ => on_object(method, &query, copies),
            },
            key: percent_decode_str(key).decode_utf8_lossy().into_owned(),
            part: query.value("partNumber").and_then(|number| number.parse().ok()),
            has_trailer: headers.contains_key("x-amz-trailer") || payload.starts_with("STREAMING-"),
            has_range: headers.contains_key("range"),
            is_about_an_acl: query.has("acl") || headers.contains_key("x-amz-acl"),
            region: text("authorization")
                .and_then(|header| header.split("Credential=").nth(1))
                .and_then(|scope| scope.split('/').nth(2))
                .map(str::to_owned),
        }
    }
}

fn on_bucket(method: &Method, query: &Query) -> &'static str {
    match (method.as_str(), query) {
        ("GET", query) if query.has("uploads") => "ListMultipartUploads",
        ("GET", query) if query.has("versions") => "ListObjectVersions",
        ("GET", query) if query.has("versioning") => "GetBucketVersioning",
        ("GET", query) if query.has("acl") => "GetBucketAcl",
        ("GET", query) if query.has("policy") => "GetBucketPolicy",
        ("GET", query) if query.value("list-type") == Some("2") => "ListObjectsV2",
        ("GET", _) => "ListObjects",
        ("HEAD", _) => "HeadBucket",
        ("POST", query) if query.has("delete") => "DeleteObjects",
        ("PUT", query) if query.has("acl") => "PutBucketAcl",
        ("PUT", query) if query.has("policy") => "PutBucketPolicy",
        ("PUT", _) => "CreateBucket",
        ("DELETE", query) if query.has("policy") => "DeleteBucketPolicy",
        ("DELETE", _) => "DeleteBucket",
        _ => "",
    }
}

fn on_object(method: &Method, query: &Query, copies: bool) -> &'static str {
    match (method.as_str(), query) {
        ("GET", query) if query.has("uploadId") => "ListParts",
        ("GET", query) if query.has("acl") => "GetObjectAcl",
        ("GET", _) => "GetObject",
        ("HEAD", _) => "HeadObject",
        ("PUT", query) if query.has("partNumber") && copies => "UploadPartCopy",
        ("PUT", query) if query.has("partNumber") => "UploadPart",
        ("PUT", query) if query.has("acl") => "PutObjectAcl",
        ("PUT", _) if copies => "CopyObject",
        ("PUT", _) => "PutObject",
        ("POST", query) if query.has("uploads") => "CreateMultipartUpload",
        ("POST", query) if query.has("uploadId") => "CompleteMultipartUpload",
        ("DELETE", query) if query.has("uploadId") => "AbortMultipartUpload",
        ("DELETE", _) => "DeleteObject",
        _ => "",
    }
}

struct Query<'a>(&'a str);

impl<'a> Query<'a> {
    fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    fn value(&self, name: &str) -> Option<&'a str> {
        self.0
            .split('&')
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn operations_are_told_by_method_and_query() {
        let of = |method: &str, target: &str| {
            let asked = Asked::of(&method.parse().unwrap(), &target.parse().unwrap(), &HeaderMap::new());
            (asked.operation, asked.key, asked.part)
        };
        assert_eq!(of("GET", "/"), ("ListBuckets", String::new(), None));
        assert_eq!(of("GET", "/b?list-type=2&prefix=a").0, "ListObjectsV2");
        assert_eq!(of("GET", "/b/?prefix=a").0, "ListObjects");
        assert_eq!(of("POST", "/b?delete").0, "DeleteObjects");
        assert_eq!(
            of("PUT", "/b/k%20%2F/x?partNumber=7&uploadId=u&x-id=UploadPart"),
            ("UploadPart", "k //x".to_owned(), Some(7))
        );
        assert_eq!(of("POST", "/b/k?uploadId=u").0, "CompleteMultipartUpload");
        assert_eq!(of("DELETE", "/b/k").0, "DeleteObject");
        assert_eq!(of("HEAD", "/b/k").0, "HeadObject");
    }
}
