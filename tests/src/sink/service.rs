//! What a sink answers.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::ops::RangeInclusive;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use md5::{Digest, Md5};

use super::memory::{Memory, Stored};
use super::operation::{Asked, Operation};
use super::reply::{Content, Reply, document, empty, refusal, with};
use super::set::{Filling, Set};
use super::tally::Tally;

/// When everything was last changed.
const MODIFIED: &str = "Wed, 01 Jan 2025 00:00:00 GMT";
/// The same as listings have it.
const MODIFIED_ISO: &str = "2025-01-01T00:00:00.000Z";
/// Up to this size the MD5 of what is stored is worked out: clients compare it. Larger objects come in parts.
const DIGESTED: u64 = 1024 * 1024;
/// The `ETag` of what came in parts, before the dash.
const NO_DIGEST: &str = "0123456789abcdef0123456789abcdef";
/// The most keys of a page.
const PAGE: usize = 1000;

/// Answers requests. Nothing in here waits for anything but the network.
#[derive(Debug, Default)]
pub(super) struct Service {
    memory: Mutex<Memory>,
}

impl Service {
    /// The answer to one request; the request's body is read to its end first.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Result<Reply, Infallible> {
        let (head, body) = request.into_parts();
        let asked = Asked::of(head);
        self.memory().count(asked.operation);
        let reply = match asked.operation {
            Operation::PutObject | Operation::UploadPart => match swallow(&asked, body).await {
                Some(swallowed) => self.taken(asked, swallowed),
                None => refusal(StatusCode::BAD_REQUEST, "IncompleteBody"),
            },
            _ => match body.collect().await {
                Ok(body) => self.asked(asked, &body.to_bytes()),
                Err(_) => refusal(StatusCode::BAD_REQUEST, "IncompleteBody"),
            },
        };
        Ok(with(reply, REQUEST_ID, "5157C0FFEE"))
    }

    pub(super) fn take(&self) -> Tally {
        self.memory().take()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An object or a part has come in.
    fn taken(&self, asked: Asked, swallowed: Swallowed) -> Reply {
        let mut memory = self.memory();
        memory.tally.bytes_in += swallowed.size;
        let etag = swallowed.etag.unwrap_or_else(|| format!("\"{NO_DIGEST}-1\""));
        if asked.operation == Operation::UploadPart {
            let number = asked.parameter("partNumber").and_then(|number| number.parse().ok());
            let (Some(upload), Some(number)) = (asked.parameter("uploadId"), number) else {
                return refusal(StatusCode::BAD_REQUEST, "InvalidArgument");
            };
            if !memory.part(upload, number, swallowed.size) {
                return refusal(StatusCode::NOT_FOUND, "NoSuchUpload");
            }
        } else {
            let object = Stored {
                size: swallowed.size,
                etag: etag.clone(),
            };
            memory.store(asked.key, object);
        }
        with(empty(StatusCode::OK), header::ETAG, &etag)
    }

    fn asked(&self, asked: Asked, body: &[u8]) -> Reply {
        match asked.operation {
            Operation::HeadBucket | Operation::CreateBucket => empty(StatusCode::OK),
            Operation::ListBuckets => document(BUCKETS),
            Operation::ListObjects | Operation::ListObjectsV2 => listing(&asked),
            Operation::ListMultipartUploads => document(NO_UPLOADS),
            Operation::DeleteObjects => self.delete_all(&String::from_utf8_lossy(body)),
            Operation::DeleteObject => {
                self.memory().delete(&asked.key);
                empty(StatusCode::NO_CONTENT)
            }
            Operation::HeadObject | Operation::GetObject => self.object(&asked),
            Operation::CreateMultipartUpload
            | Operation::ListParts
            | Operation::CompleteMultipartUpload
            | Operation::AbortMultipartUpload => self.upload(asked),
            Operation::PutObject | Operation::UploadPart | Operation::Other => {
                refusal(StatusCode::NOT_IMPLEMENTED, "NotImplemented")
            }
        }
    }

    fn upload(&self, asked: Asked) -> Reply {
        let mut memory = self.memory();
        if asked.operation == Operation::CreateMultipartUpload {
            let id = memory.begin();
            return document(&format!(
                "<InitiateMultipartUploadResult><Bucket>{}</Bucket><Key>{}</Key><UploadId>{id}</UploadId>\
                 </InitiateMultipartUploadResult>",
                escape(&asked.bucket),
                escape(&asked.key)
            ));
        }
        let id = asked.parameter("uploadId").unwrap_or_default();
        let parts = match asked.operation {
            Operation::ListParts => memory.parts(id),
            _ => memory.end(id),
        };
        let Some(parts) = parts else {
            return refusal(StatusCode::NOT_FOUND, "NoSuchUpload");
        };
        match asked.operation {
            Operation::ListParts => document(&list_of(&asked, &parts)),
            Operation::AbortMultipartUpload => empty(StatusCode::NO_CONTENT),
            _ => {
                let etag = format!("\"{NO_DIGEST}-{}\"", parts.len());
                let text = format!(
                    "<CompleteMultipartUploadResult><Bucket>{}</Bucket><Key>{}</Key><ETag>{}</ETag>\
                     </CompleteMultipartUploadResult>",
                    escape(&asked.bucket),
                    escape(&asked.key),
                    escape(&etag)
                );
                let size = parts.values().sum();
                memory.store(asked.key, Stored { size, etag });
                document(&text)
            }
        }
    }

    /// Deletes what a document names. The keys are echoed as they came, so nothing needs to be read out of them.
    fn delete_all(&self, request: &str) -> Reply {
        let mut text = String::from("<DeleteResult>");
        let mut memory = self.memory();
        for behind in request.split("<Key>").skip(1) {
            let Some((key, _)) = behind.split_once("</Key>") else {
                return refusal(StatusCode::BAD_REQUEST, "MalformedXML");
            };
            memory.delete(key);
            if !request.contains("<Quiet>true</Quiet>") {
                text.push_str("<Deleted><Key>");
                text.push_str(key);
                text.push_str("</Key></Deleted>");
            }
        }
        text.push_str("</DeleteResult>");
        document(&text)
    }

    /// An object, or what is to be said about it.
    fn object(&self, asked: &Asked) -> Reply {
        let set = Set::around(&asked.key).filter(|set| set.holds(&asked.key));
        let stored = self.memory().object(&asked.key);
        let Some(Stored { size, etag }) = stored.or_else(|| set.map(made_up)) else {
            return refusal(StatusCode::NOT_FOUND, "NoSuchKey");
        };
        if asked.header("if-match").is_some_and(|wanted| wanted != etag) {
            return refusal(StatusCode::PRECONDITION_FAILED, "PreconditionFailed");
        }
        let range = asked.header("range").map(|range| range_of(range, size));
        let Some((first, length)) = range.unwrap_or(Some((0, size))) else {
            return refusal(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange");
        };
        let mut reply = empty(StatusCode::OK);
        if range.is_some() {
            *reply.status_mut() = StatusCode::PARTIAL_CONTENT;
            let told = format!("bytes {first}-{}/{size}", (first + length).saturating_sub(1));
            reply = with(reply, header::CONTENT_RANGE, &told);
        }
        if asked.operation == Operation::GetObject {
            self.memory().tally.bytes_out += length;
            *reply.body_mut() = Content::Object(Filling::new(first, length));
        }
        for (name, value) in [
            (header::CONTENT_LENGTH, length.to_string().as_str()),
            (header::ETAG, &etag),
            (header::LAST_MODIFIED, MODIFIED),
            (header::ACCEPT_RANGES, "bytes"),
            (header::CONTENT_TYPE, "application/octet-stream"),
        ] {
            reply = with(reply, name, value);
        }
        reply
    }
}

const REQUEST_ID: header::HeaderName = header::HeaderName::from_static("x-amz-request-id");
const BUCKETS: &str = "<ListAllMyBucketsResult><Owner><ID>sink</ID></Owner><Buckets><Bucket><Name>sink</Name>\
                       <CreationDate>2025-01-01T00:00:00.000Z</CreationDate></Bucket></Buckets></ListAllMyBucketsResult>";
const NO_UPLOADS: &str = "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>";

/// What came in and went away.
struct Swallowed {
    size: u64,
    etag: Option<String>,
}

/// Reads a body to its end; `None` if it broke off.
async fn swallow(asked: &Asked, mut body: Incoming) -> Option<Swallowed> {
    let framed = asked
        .header("x-amz-decoded-content-length")
        .and_then(|length| length.parse().ok());
    let told = asked
        .header("content-length")
        .and_then(|length| length.parse::<u64>().ok());
    let mut digest = (framed.is_none() && told.is_some_and(|size| size <= DIGESTED)).then(Md5::new);
    let mut size = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.ok()?;
        let Some(data) = frame.data_ref() else { continue };
        size += data.len() as u64;
        if let Some(digest) = &mut digest {
            digest.update(data);
        }
    }
    Some(Swallowed {
        // What the client wrapped its bytes in is not counted.
        size: framed.unwrap_or(size),
        etag: digest.map(|digest| format!("\"{}\"", hex::encode(digest.finalize()))),
    })
}

/// A made-up object. Every `ETag` is worked out once.
fn made_up(set: Set) -> Stored {
    static KNOWN: Mutex<BTreeMap<u64, String>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let etag = known.entry(set.size).or_insert_with(|| set.etag()).clone();
    Stored { size: set.size, etag }
}

/// The first byte and the length of a `Range` header; `None` if there is nothing of it.
fn range_of(header: &str, size: u64) -> Option<(u64, u64)> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    let last_of_all = size.checked_sub(1)?;
    let range: RangeInclusive<u64> = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) => first..=last.min(last_of_all),
        (Ok(first), Err(_)) => first..=last_of_all,
        (Err(_), Ok(count)) => size.saturating_sub(count)..=last_of_all,
        (Err(_), Err(_)) => return None,
    };
    (!range.is_empty()).then(|| (*range.start(), range.end() - range.start() + 1))
}

/// One page. What clients stored is not listed; no prefix lists everything there could be, which is nothing.
fn listing(asked: &Asked) -> Reply {
    let prefix = asked.parameter("prefix").unwrap_or_default();
    let set = Set::around(prefix);
    let range = set.map_or(0..0, |set| set.beginning_with(prefix));
    let behind = ["continuation-token", "start-after", "marker"]
        .iter()
        .find_map(|name| asked.parameter(name).filter(|key| !key.is_empty()));
    let first = match (set, behind) {
        (Some(set), Some(key)) => set.behind(key).max(range.start),
        _ => range.start,
    };
    let most = asked.parameter("max-keys").and_then(|most| most.parse().ok());
    let end = first.saturating_add(most.unwrap_or(PAGE).min(PAGE)).min(range.end);
    let mut text = String::with_capacity(64 * 1024);
    let second = asked.operation == Operation::ListObjectsV2;
    let (page, more) = (first..end.max(first), end < range.end);
    let head = format!(
        "<ListBucketResult><Name>{}</Name><Prefix>{}</Prefix><MaxKeys>{PAGE}</MaxKeys><KeyCount>{}</KeyCount>\
         <IsTruncated>{more}</IsTruncated>",
        escape(&asked.bucket),
        escape(prefix),
        page.len()
    );
    text.push_str(&head);
    let Some(set) = set else {
        return document(&(text + "</ListBucketResult>"));
    };
    if more && let Some(last) = page.clone().next_back() {
        let name = if second { "NextContinuationToken" } else { "NextMarker" };
        // Writing into a string cannot fail.
        _ = write!(text, "<{name}>{}</{name}>", set.key(last));
    }
    let etag = escape(&made_up(set).etag);
    for index in page {
        // Writing into a string cannot fail.
        _ = write!(
            text,
            "<Contents><Key>{}</Key><LastModified>{MODIFIED_ISO}</LastModified><ETag>{etag}</ETag><Size>{}</Size>\
             <StorageClass>STANDARD</StorageClass></Contents>",
            set.key(index),
            set.size
        );
    }
    document(&(text + "</ListBucketResult>"))
}

fn list_of(asked: &Asked, parts: &BTreeMap<u32, u64>) -> String {
    let mut text = format!(
        "<ListPartsResult><Bucket>{}</Bucket><Key>{}</Key><IsTruncated>false</IsTruncated>",
        escape(&asked.bucket),
        escape(&asked.key)
    );
    for (number, size) in parts {
        _ = write!(
            text,
            "<Part><PartNumber>{number}</PartNumber><LastModified>{MODIFIED_ISO}</LastModified>\
             <ETag>&quot;{NO_DIGEST}-1&quot;</ETag><Size>{size}</Size></Part>"
        );
    }
    text + "</ListPartsResult>"
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
