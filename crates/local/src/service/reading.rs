//! Reading one object: conditions, ranges and parts, and the headers that describe it.

use http::{HeaderMap, HeaderValue, header};
use s3s::dto::{
    ChecksumMode, ETag, ETagCondition, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, Range,
    StorageClass, StreamingBlob, Timestamp,
};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Result};

use super::describe::{DEFAULT_CONTENT_TYPE, set_checksums};
use super::{Service, error, length, timestamp};
use crate::access::Judged;
use crate::failure::custom;
use crate::files::{Files, Slice, cut};
use crate::store::objects::{Object, OpenObject};

/// Conditions of a request on the object it reads.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    pub(super) matching: Option<ETagCondition>,
    pub(super) not_matching: Option<ETagCondition>,
    pub(super) modified_since: Option<Timestamp>,
    pub(super) unmodified_since: Option<Timestamp>,
}

/// How a condition fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unmet {
    /// The client has the object already: 304 for reads.
    NotModified,
    /// 412.
    Precondition,
}

impl Conditions {
    /// In the order of RFC 9110: an `ETag` speaks before a date, and a date only where no `ETag` does.
    pub(super) fn check(&self, object: &Object) -> Result<(), Unmet> {
        let is = |condition: &ETagCondition| condition.as_etag().is_none_or(|etag| etag.value() == object.etag);
        let modified = timestamp(object.modified - object.modified.rem_euclid(1000));
        match (&self.matching, &self.unmodified_since) {
            (Some(condition), _) if !is(condition) => return Err(Unmet::Precondition),
            (None, Some(since)) if modified > *since => return Err(Unmet::Precondition),
            _ => {}
        }
        match (&self.not_matching, &self.modified_since) {
            (Some(condition), _) if is(condition) => Err(Unmet::NotModified),
            (None, Some(since)) if modified <= *since => Err(Unmet::NotModified),
            _ => Ok(()),
        }
    }

    fn check_read(&self, object: &Object) -> S3Result<()> {
        self.check(object).map_err(|unmet| match unmet {
            Unmet::Precondition => precondition_failed(),
            Unmet::NotModified => not_modified(object),
        })
    }
}

pub(super) fn precondition_failed() -> S3Error {
    error(
        S3ErrorCode::PreconditionFailed,
        "At least one of the pre-conditions you specified did not hold.",
    )
}

fn not_modified(object: &Object) -> S3Error {
    let mut unmet = S3Error::new(S3ErrorCode::NotModified);
    let mut headers = HeaderMap::new();
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{}\"", object.etag)) {
        headers.insert(header::ETAG, etag);
    }
    unmet.set_headers(headers);
    unmet
}

/// The bytes a read is about.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Window {
    start: u64,
    length: u64,
    /// Whether it is less than the object asked for as such.
    is_partial: bool,
    parts: Option<i32>,
}

fn window(open: &OpenObject, range: Option<Range>, part: Option<i32>) -> S3Result<Window> {
    let size = open.object.size;
    let parts = open
        .segments
        .iter()
        .map(|segment| segment.part)
        .filter(|part| *part > 0);
    let count = parts.collect::<std::collections::BTreeSet<_>>().len();
    let parts = i32::try_from(count).ok().filter(|count| *count > 0);
    match (range, part) {
        (Some(_), Some(_)) => Err(error(
            S3ErrorCode::InvalidRequest,
            "Cannot specify both Range header and partNumber query parameter.",
        )),
        (None, None) => Ok(Window {
            start: 0,
            length: size,
            is_partial: false,
            parts: None,
        }),
        (Some(range), None) => {
            let bytes = range.check(size).ok().filter(|bytes| !bytes.is_empty());
            let bytes = bytes.ok_or_else(|| out_of_range(size))?;
            Ok(Window {
                start: bytes.start,
                length: bytes.end - bytes.start,
                is_partial: true,
                parts: None,
            })
        }
        (None, Some(number)) => {
            let (start, length) = part_window(open, number).ok_or_else(|| {
                let message = "The requested part number is not satisfiable.";
                custom("InvalidPartNumber", http::StatusCode::RANGE_NOT_SATISFIABLE, message)
            })?;
            Ok(Window {
                start,
                length,
                is_partial: length > 0,
                parts,
            })
        }
    }
}

/// Start and length of a part; an object from a single request is its own part 1.
fn part_window(open: &OpenObject, number: i32) -> Option<(u64, u64)> {
    if open.segments.iter().all(|segment| segment.part == 0) {
        return (number == 1).then_some((0, open.object.size));
    }
    let number = i64::from(number);
    let start = open.segments.iter().take_while(|segment| segment.part != number);
    let start: u64 = start.map(|segment| segment.slice.length).sum();
    let mut of_part = open.segments.iter().filter(|segment| segment.part == number).peekable();
    of_part.peek()?;
    Some((start, of_part.map(|segment| segment.slice.length).sum()))
}

fn out_of_range(size: u64) -> S3Error {
    let mut refused = error(S3ErrorCode::InvalidRange, "The requested range is not satisfiable.");
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_str(&format!("bytes */{size}")) {
        headers.insert(header::CONTENT_RANGE, value);
        // s3s puts these headers in the place of its own.
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    }
    refused.set_headers(headers);
    refused
}

/// Fills the fields that `GetObjectOutput` and `HeadObjectOutput` share.
macro_rules! describe {
    ($output:ident, $object:expr, $window:expr, $with_checksums:expr) => {{
        let Object {
            size,
            etag,
            modified,
            storage_class,
            attributes,
            checksums,
            ..
        } = $object;
        let window: &Window = $window;
        if window.is_partial {
            let last = window.start + window.length - 1;
            $output.content_range = Some(format!("bytes {}-{last}/{size}", window.start));
        }
        $output.accept_ranges = Some("bytes".to_owned());
        $output.content_length = Some(length(window.length));
        $output.parts_count = window.parts;
        $output.e_tag = Some(ETag::Strong(etag));
        $output.last_modified = Some(timestamp(modified));
        $output.storage_class = Some(StorageClass::from(storage_class));
        $output.content_type = attributes
            .content_type
            .or_else(|| Some(DEFAULT_CONTENT_TYPE.to_owned()));
        $output.cache_control = attributes.cache_control;
        $output.content_disposition = attributes.content_disposition;
        $output.content_encoding = attributes.content_encoding;
        $output.content_language = attributes.content_language;
        $output.expires = attributes.expires.map(timestamp);
        $output.metadata = Some(attributes.metadata.into_iter().collect());
        if $with_checksums && !window.is_partial {
            $output.checksum_type = checksums.kind();
            set_checksums!($output, checksums);
        }
    }};
}

impl Service {
    pub(super) async fn get_object(&self, request: S3Request<GetObjectInput>) -> S3Result<GetObjectOutput> {
        let input = request.input;
        let conditions = Conditions {
            matching: input.if_match,
            not_matching: input.if_none_match,
            modified_since: input.if_modified_since,
            unmodified_since: input.if_unmodified_since,
        };
        let open = self
            .store
            .open_object(self.names.bucket(&input.bucket)?, input.key)
            .await?;
        Judged::check(&request.extensions, &open.object)?;
        conditions.check_read(&open.object)?;
        let window = window(&open, input.range, input.part_number)?;
        let slices: Vec<Slice> = open.segments.into_iter().map(|segment| segment.slice).collect();
        let bytes = Files::read(open.lease, cut(&slices, window.start, window.length));
        let mut output = GetObjectOutput {
            body: Some(StreamingBlob::wrap(bytes)),
            ..GetObjectOutput::default()
        };
        describe!(
            output,
            open.object,
            &window,
            wants_checksums(input.checksum_mode.as_ref())
        );
        Ok(output)
    }

    pub(super) async fn head_object(&self, request: S3Request<HeadObjectInput>) -> S3Result<HeadObjectOutput> {
        let input = request.input;
        let conditions = Conditions {
            matching: input.if_match,
            not_matching: input.if_none_match,
            modified_since: input.if_modified_since,
            unmodified_since: input.if_unmodified_since,
        };
        let open = self
            .store
            .open_object(self.names.bucket(&input.bucket)?, input.key)
            .await?;
        Judged::check(&request.extensions, &open.object)?;
        conditions.check_read(&open.object)?;
        let window = window(&open, input.range, input.part_number)?;
        let mut output = HeadObjectOutput::default();
        describe!(
            output,
            open.object,
            &window,
            wants_checksums(input.checksum_mode.as_ref())
        );
        // s3s applies these to a GET by itself.
        output.content_type = input.response_content_type.or(output.content_type);
        output.cache_control = input.response_cache_control.or(output.cache_control);
        output.content_disposition = input.response_content_disposition.or(output.content_disposition);
        output.content_encoding = input.response_content_encoding.or(output.content_encoding);
        output.content_language = input.response_content_language.or(output.content_language);
        output.expires = input.response_expires.or(output.expires);
        Ok(output)
    }
}

fn wants_checksums(mode: Option<&ChecksumMode>) -> bool {
    mode.is_some_and(|mode| mode.as_str() == ChecksumMode::ENABLED)
}
