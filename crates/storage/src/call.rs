//! One call of the SDK: what it is about on the way out, what it means when it fails on the way back.
//!
//! A [`Call`] rides along as an interceptor. It tells the transport what the request is for, adds the headers that the
//! SDK does not know of, adds `Content-MD5` to documents (the only digest that every server checks), and keeps the
//! answer's headers for those who need more than the SDK hands out. With the same knowledge it turns the SDK's errors
//! into ours.

use std::error::Error as StdError;
use std::sync::{Arc, OnceLock};

use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::{BoxError, ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::http::Headers;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};

use crate::config::Clock;
use crate::error::{Error, ErrorKind, classify};
use crate::names::{BucketName, ObjectKey};
use crate::place::encode_path;
use crate::transport::{Answer, Fault, Tag, find};

mod answer;
mod short;
mod xml;

pub(crate) use answer::{Document, clock_skew, retry_after};
pub(crate) use short::{Payload, Short};
pub(crate) use xml::{Damaged, read as read_xml};

/// Sends a request of the SDK as this call; what goes wrong becomes our error. The SDK's requests have no trait in common,
/// so no function can say this once.
macro_rules! send {
    ($call:expr, $request:expr) => {
        $request
            .customize()
            .interceptor($call.clone())
            .send()
            .await
            .map_err(|error| $call.failed(error))
    };
}

pub(crate) use send;

/// One call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    tag: Tag,
    upload_id: Option<String>,
    clock: Clock,
    headers: Vec<(String, String)>,
    digest: bool,
    answer: Arc<OnceLock<Headers>>,
}

impl Call {
    pub(crate) fn new(operation: &'static str, clock: Clock) -> Self {
        Self {
            tag: Tag {
                operation,
                bucket: None,
                key: None,
                answer: Answer::Document,
            },
            upload_id: None,
            clock,
            headers: Vec::new(),
            digest: false,
            answer: Arc::default(),
        }
    }

    pub(crate) fn bucket(mut self, bucket: &BucketName) -> Self {
        self.tag.bucket = Some(bucket.clone());
        self
    }

    pub(crate) fn key(mut self, key: &ObjectKey) -> Self {
        self.tag.key = Some(key.clone());
        self
    }

    pub(crate) fn upload(mut self, upload_id: &str) -> Self {
        self.upload_id = Some(upload_id.to_owned());
        self
    }

    pub(crate) fn expecting(mut self, answer: Answer) -> Self {
        self.tag.answer = answer;
        self
    }

    /// Adds headers before signing; they replace the SDK's own.
    pub(crate) fn headers(mut self, headers: impl IntoIterator<Item = (String, String)>) -> Self {
        self.headers.extend(headers);
        self
    }

    /// Adds the `Content-MD5` of the body, which must be in memory.
    pub(crate) fn with_digest(mut self) -> Self {
        self.digest = true;
        self
    }

    /// A header of the answer, once the call has succeeded.
    pub(crate) fn answered(&self, header: &str) -> Option<&str> {
        self.answer.get()?.get(header)
    }

    /// All headers of the answer, once the call has succeeded.
    pub(crate) fn answer_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.answer.get().into_iter().flat_map(Headers::iter)
    }

    /// An error of this call.
    pub(crate) fn error(&self, kind: ErrorKind) -> Error {
        self.about(Error::new(kind, self.tag.operation))
    }

    /// A fault of this call's body.
    pub(crate) fn fault(&self, fault: Fault) -> Error {
        self.about(fault.into_error(self.tag.operation))
    }

    /// What the SDK's error means.
    pub(crate) fn failed<E>(&self, error: SdkError<E, HttpResponse>) -> Error
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        if let Some(fault) = find::<Fault>(&error) {
            return self.fault(fault.clone());
        }
        match error {
            SdkError::ServiceError(refusal) => self.refused(refusal.err(), refusal.raw()),
            SdkError::ResponseError(unread) => self.unreadable(&Document::of(unread.raw())),
            other => self.error(ErrorKind::Internal).with_detail(last_words(&other)),
        }
    }

    fn refused<E: ProvideErrorMetadata>(&self, refusal: &E, response: &HttpResponse) -> Error {
        let status = response.status().as_u16();
        let document = Document::of(response);
        let Some(code) = refusal.code().or_else(|| response.headers().get("x-amz-error-code")) else {
            return self.refused_without_code(status, &document, response);
        };
        let refused_with_200 = response.status().is_success();
        let kind = classify(Some(code), (!refused_with_200).then_some(status));
        self.with_answer(self.error(kind).with_s3_code(code), response)
            .with_server_message(refusal.message().unwrap_or_default())
    }

    fn refused_without_code(&self, status: u16, document: &Document, response: &HttpResponse) -> Error {
        let error = match document {
            Document::Nothing | Document::Xml(_) if status >= 300 => self.error(classify(None, Some(status))),
            _ if status >= 500 => self.error(classify(None, Some(status))),
            other => self.unreadable(other),
        };
        self.with_answer(error, response)
    }

    /// An answer that is no S3 answer at all, or a page of another kind.
    fn unreadable(&self, document: &Document) -> Error {
        match document {
            Document::Nothing => self
                .error(ErrorKind::Corrupt)
                .with_detail("the server's answer is empty"),
            Document::Xml(root) if !root.is_empty() && root != self.expected_root() => {
                let words = format!("the server answered with a `{root}` document, so it does not support this");
                self.error(ErrorKind::Unsupported).with_detail(words)
            }
            Document::Xml(_) => self
                .error(ErrorKind::Corrupt)
                .with_detail("the server's answer is damaged"),
            Document::Html => self.not_s3("a web page"),
            Document::Other => self.not_s3("something that is not XML"),
        }
    }

    fn not_s3(&self, what: &str) -> Error {
        self.error(ErrorKind::Unsupported).with_not_s3(what)
    }

    fn expected_root(&self) -> &'static str {
        match self.tag.operation {
            "ListBuckets" => "ListAllMyBucketsResult",
            "ListObjects" | "ListObjectsV2" => "ListBucketResult",
            "ListObjectVersions" => "ListVersionsResult",
            "GetBucketAcl" | "GetObjectAcl" => "AccessControlPolicy",
            "GetBucketVersioning" => "VersioningConfiguration",
            "DeleteObjects" => "DeleteResult",
            "CopyObject" => "CopyObjectResult",
            "UploadPartCopy" => "CopyPartResult",
            "CreateMultipartUpload" => "InitiateMultipartUploadResult",
            "CompleteMultipartUpload" => "CompleteMultipartUploadResult",
            "ListParts" => "ListPartsResult",
            "ListMultipartUploads" => "ListMultipartUploadsResult",
            _ => "",
        }
    }

    fn with_answer(&self, error: Error, response: &HttpResponse) -> Error {
        let header = |name: &str| response.headers().get(name);
        error
            .with_status(response.status().as_u16())
            .with_request_id(header("x-amz-request-id").map(str::to_owned))
            .with_retry_after(retry_after(header("retry-after")))
            .with_clock_skew(clock_skew(header("date"), (self.clock)()))
    }

    fn about(&self, error: Error) -> Error {
        let error = match &self.tag.bucket {
            Some(bucket) => error.with_bucket(bucket),
            None => error,
        };
        let error = match &self.tag.key {
            Some(key) => error.with_key(key),
            None => error,
        };
        match &self.upload_id {
            Some(id) => error.with_upload_id(id),
            None => error,
        }
    }
}

/// What stands in for a key that the SDK takes for missing because there is nothing but white space in it.
const STAND_IN: &str = "white-space";

/// The key as the SDK is given it. [`Call`] puts the real one into the path.
pub(crate) fn sdk_key(key: &ObjectKey) -> &str {
    if is_blank(key) { STAND_IN } else { key.as_str() }
}

fn is_blank(key: &ObjectKey) -> bool {
    key.as_str().trim().is_empty()
}

/// The path and query with the real key where the stand-in was.
fn with_real_key(uri: &str, key: &ObjectKey) -> String {
    let (path, query) = uri.split_at(uri.find('?').unwrap_or(uri.len()));
    let place = path.strip_suffix(STAND_IN).unwrap_or(path);
    format!("{place}{}{query}", encode_path(key.as_str()))
}

fn last_words(error: &dyn StdError) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        words = source.to_string();
        next = source.source();
    }
    words
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Call {
    fn name(&self) -> &'static str {
        "Call"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        request.add_extension(self.tag.clone());
        if let Some(key) = self.tag.key.as_ref().filter(|key| is_blank(key)) {
            let uri = with_real_key(request.uri(), key);
            request.set_uri(uri)?;
        }
        for (name, value) in &self.headers {
            request.headers_mut().try_insert(name.clone(), value.clone())?;
        }
        if self.digest
            && let Some(body) = request.body().bytes()
        {
            let digest = BASE64_STANDARD.encode(Md5::digest(body));
            request.headers_mut().insert("content-md5", digest);
        }
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // Set once: a call is one request, retries being off.
        let _ = self.answer.set(context.response().headers().clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_key_of_white_space_is_put_back() {
        let key = ObjectKey::parse(" \u{3000}").unwrap();
        let sent = format!("http://host/white-space/{}?x-id=PutObject", sdk_key(&key));
        assert_eq!(
            with_real_key(&sent, &key),
            "http://host/white-space/%20%E3%80%80?x-id=PutObject"
        );
        assert_eq!(sdk_key(&ObjectKey::parse(" a").unwrap()), " a");
    }
}
