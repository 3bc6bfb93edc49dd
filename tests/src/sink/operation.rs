//! Which operation of S3 a request is, by its method, its path and the parameters' names.

use std::collections::HashMap;
use std::fmt;

use http::request::Parts;
use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;

/// The operations a sink knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// `GET /`.
    ListBuckets,
    /// `HEAD /bucket`.
    HeadBucket,
    /// `PUT /bucket`.
    CreateBucket,
    /// `GET /bucket?list-type=2`.
    ListObjectsV2,
    /// `GET /bucket`.
    ListObjects,
    /// `GET /bucket?uploads`.
    ListMultipartUploads,
    /// `POST /bucket?delete`.
    DeleteObjects,
    /// `HEAD /bucket/key`.
    HeadObject,
    /// `GET /bucket/key`.
    GetObject,
    /// `PUT /bucket/key`.
    PutObject,
    /// `DELETE /bucket/key`.
    DeleteObject,
    /// `POST /bucket/key?uploads`.
    CreateMultipartUpload,
    /// `PUT /bucket/key?partNumber&uploadId`.
    UploadPart,
    /// `GET /bucket/key?uploadId`.
    ListParts,
    /// `POST /bucket/key?uploadId`.
    CompleteMultipartUpload,
    /// `DELETE /bucket/key?uploadId`.
    AbortMultipartUpload,
    /// Everything else.
    Other,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A request taken apart.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) operation: Operation,
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) headers: HeaderMap,
    parameters: HashMap<String, String>,
}

impl Asked {
    pub(super) fn of(request: Parts) -> Self {
        let (bucket, key) = match request.uri.path().trim_start_matches('/').split_once('/') {
            Some((bucket, key)) => (decode(bucket), decode(key)),
            None => (decode(request.uri.path().trim_start_matches('/')), String::new()),
        };
        let query = request.uri.query().unwrap_or_default();
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let parameters = pairs
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decode(name), decode(&value.replace('+', " "))))
            .collect();
        let mut asked = Self {
            operation: Operation::Other,
            bucket,
            key,
            headers: request.headers,
            parameters,
        };
        asked.operation = asked.which(&request.method);
        asked
    }

    /// A parameter's value.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// A header's value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn has(&self, name: &str) -> bool {
        self.parameters.contains_key(name)
    }

    fn which(&self, method: &Method) -> Operation {
        if self.bucket.is_empty() {
            return Operation::ListBuckets;
        }
        if self.key.is_empty() {
            return self.on_the_bucket(method);
        }
        let upload = self.has("uploadId");
        let subresource = ["acl", "tagging", "retention", "legal-hold", "attributes"];
        if subresource.iter().any(|name| self.has(name)) {
            return Operation::Other;
        }
        match (method.as_str(), upload) {
            ("HEAD", _) => Operation::HeadObject,
            ("GET", false) => Operation::GetObject,
            ("GET", true) => Operation::ListParts,
            ("PUT", false) if !self.headers.contains_key("x-amz-copy-source") => Operation::PutObject,
            ("PUT", true) => Operation::UploadPart,
            ("POST", false) if self.has("uploads") => Operation::CreateMultipartUpload,
            ("POST", true) => Operation::CompleteMultipartUpload,
            ("DELETE", false) => Operation::DeleteObject,
            ("DELETE", true) => Operation::AbortMultipartUpload,
            _ => Operation::Other,
        }
    }

    fn on_the_bucket(&self, method: &Method) -> Operation {
        // Parameters that a listing may have; any other names something of the bucket, such as its policy.
        const OF_A_LISTING: [&str; 10] = [
            "prefix",
            "delimiter",
            "marker",
            "max-keys",
            "encoding-type",
            "fetch-owner",
            "start-after",
            "continuation-token",
            "list-type",
            "x-id",
        ];
        let plain = self
            .parameters
            .keys()
            .all(|name| OF_A_LISTING.contains(&name.as_str()) || name.starts_with("X-Amz-"));
        match method.as_str() {
            "HEAD" => Operation::HeadBucket,
            "PUT" if plain => Operation::CreateBucket,
            "POST" if self.has("delete") => Operation::DeleteObjects,
            "GET" if self.has("uploads") => Operation::ListMultipartUploads,
            "GET" if plain && self.parameter("list-type") == Some("2") => Operation::ListObjectsV2,
            "GET" if plain => Operation::ListObjects,
            _ => Operation::Other,
        }
    }
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
