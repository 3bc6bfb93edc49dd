//! The event log's record of one request, written when the request is over, however it ended.

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use http::{Request, Response};

use super::Tag;
use super::body::Progress;
use super::fault::Fault;
use crate::config::{CallObserver, CallRecord, Clock};

/// How much of an error's body is kept to find its code in.
const ERROR_HEAD: usize = 4 * 1024;

/// A record that is handed to the observer when it is dropped.
pub(super) struct Record {
    observer: Arc<dyn CallObserver>,
    started: Instant,
    progress: Progress,
    head: Vec<u8>,
    call: CallRecord,
}

impl Record {
    pub(super) fn start<B>(
        observer: Arc<dyn CallObserver>,
        clock: Clock,
        request: &Request<B>,
        tag: &Tag,
        progress: Progress,
    ) -> Self {
        let call = CallRecord {
            at: clock(),
            operation: tag.operation.to_owned(),
            method: request.method().to_string(),
            target: target(request.uri()),
            status: None,
            duration: Duration::ZERO,
            request_id: None,
            bytes_sent: 0,
            bytes_received: 0,
            error: None,
            bucket: tag.bucket.clone(),
            key: tag.key.clone(),
        };
        Self {
            observer,
            started: Instant::now(),
            progress,
            head: Vec::new(),
            call,
        }
    }

    pub(super) fn answered<B>(&mut self, response: &Response<B>) {
        self.call.status = Some(response.status().as_u16());
        self.call.request_id = response
            .headers()
            .get("x-amz-request-id")
            .and_then(|id| id.to_str().ok())
            .map(str::to_owned);
    }

    /// Counts bytes of the answer; returns how many there were so far.
    pub(super) fn received(&mut self, data: &[u8]) -> u64 {
        if self.is_refusal() && self.head.len() < ERROR_HEAD {
            self.head
                .extend_from_slice(&data[..data.len().min(ERROR_HEAD - self.head.len())]);
        }
        self.call.bytes_received += data.len() as u64;
        self.call.bytes_received
    }

    pub(super) fn failed(&mut self, fault: &Fault) {
        self.call.error = Some(fault.to_string());
    }

    fn is_refusal(&self) -> bool {
        self.call.status.is_some_and(|status| status >= 300)
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.call.duration = self.started.elapsed();
        self.call.bytes_sent = self.progress.bytes();
        if self.call.error.is_none() {
            self.call.error = match self.call.status {
                None => Some("cancelled".to_owned()),
                Some(_) if self.is_refusal() => error_code(&self.head),
                Some(_) => None,
            };
        }
        self.observer.call(&self.call);
    }
}

/// The text of `<Code>` in an error document.
pub(crate) fn error_code(document: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(document);
    let (_, rest) = text.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    (!code.is_empty() && code.len() <= 100).then(|| code.to_owned())
}

/// Path and query without what signs or identifies.
fn target(uri: &http::Uri) -> String {
    const HIDDEN: [&str; 3] = ["signature", "awsaccesskeyid", "expires"];
    let Some(query) = uri.query() else {
        return uri.path().to_owned();
    };
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
            !name.starts_with("x-amz-") && name != "x-id" && !HIDDEN.contains(&name.as_str())
        })
        .collect();
    if kept.is_empty() {
        uri.path().to_owned()
    } else {
        format!("{}?{}", uri.path(), kept.join("&"))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_record_holds_no_signature() {
        let of = |text: &str| target(&text.parse().unwrap());
        assert_eq!(of("http://h/b/k?x-id=PutObject"), "/b/k");
        assert_eq!(
            of("http://h/b/k?X-Amz-Signature=1&versionId=2&X-Amz-Credential=3"),
            "/b/k?versionId=2"
        );
        assert_eq!(of("http://h/b/k?Signature=1&Expires=2&AWSAccessKeyId=3"), "/b/k");
        assert_eq!(of("http://h/b?list-type=2&prefix=a%20b"), "/b?list-type=2&prefix=a%20b");
    }

    #[test]
    fn the_code_of_an_error_document_is_found() {
        assert_eq!(
            error_code(b"<Error><Code>NoSuchKey</Code><Message>m</Message></Error>").as_deref(),
            Some("NoSuchKey")
        );
        assert_eq!(error_code(b"<html></html>"), None);
        assert_eq!(error_code(b"<Error><Code>cut"), None);
    }
}
