//! Multipart uploads: large objects in parts, finished or aborted by name.

mod listing;

use std::fmt;

use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart as SdkPart};
use time::OffsetDateTime;

use crate::body::{Checksum, UploadBody};
use crate::call::{Call, sdk_key, send};
use crate::client::{Client, etag_of};
use crate::error::{ErrorKind, Result};
use crate::limits::MAX_PARTS;
use crate::names::{BucketName, ObjectKey};
use crate::objects::{ByteRange, ObjectRef, PutOptions, Stored, check_etag};
use crate::transport::Answer;

/// The server's id of an unfinished upload.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UploadId(String);

impl UploadId {
    /// An id that was kept from before.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A part that the server has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartStored {
    /// Its `ETag`, with the quotes taken off.
    pub etag: String,
}

/// A part to put the object together from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletedPart {
    /// 1 to 10,000.
    pub number: u32,
    /// The `ETag` that the server gave.
    pub etag: String,
}

/// A part as the server lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartInfo {
    /// 1 to 10,000.
    pub number: u32,
    /// Its size in bytes.
    pub size: u64,
    /// Its `ETag`, with the quotes taken off.
    pub etag: String,
    /// When it was written.
    pub last_modified: Option<OffsetDateTime>,
}

/// One part of an unfinished upload.
#[derive(Clone, Copy, Debug)]
pub struct PartRef<'a> {
    /// The object it will become.
    pub object: ObjectRef<'a>,
    /// The upload.
    pub upload: &'a UploadId,
    /// 1 to 10,000.
    pub number: u32,
}

/// An upload that was started and neither finished nor aborted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnfinishedUpload {
    /// The key it would become.
    pub key: ObjectKey,
    /// Its id.
    pub upload_id: UploadId,
    /// When it was started.
    pub initiated: Option<OffsetDateTime>,
}

/// The one header of [`PutOptions`] that an upload in parts carries at its end and not at its start.
const IF_NONE_MATCH: &str = "if-none-match";

impl Client {
    /// Starts an upload in parts. What is not finished must be aborted, or it takes space unseen.
    pub async fn create_multipart_upload(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
        options: &PutOptions,
    ) -> Result<UploadId> {
        let call = self.object_call("CreateMultipartUpload", bucket, key);
        let headers = options.headers(&call)?;
        let call = call.headers(headers.into_iter().filter(|(name, _)| name != IF_NONE_MATCH));
        let request = self
            .sdk()
            .create_multipart_upload()
            .bucket(bucket.as_str())
            .key(sdk_key(key));
        let created = send!(call, request)?;
        match created.upload_id() {
            Some(id) if !id.is_empty() => Ok(UploadId::new(id)),
            _ => Err(call
                .error(ErrorKind::Corrupt)
                .with_detail("the server gave the upload no id")),
        }
    }

    /// Uploads one part, 5 MiB to 5 GiB; the last may be smaller. A part of the same number is replaced.
    pub async fn upload_part(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
        upload: &UploadId,
        number: u32,
        body: UploadBody,
    ) -> Result<PartStored> {
        let call = self.object_call("UploadPart", bucket, key).upload(upload.as_str());
        let length = body.length(&call)?;
        let (stream, checksum) = body.prepare(self.config().compatibility.checksum)?;
        let part = part_number(&call, number)?;
        let call = call.headers(checksum.as_ref().map(Checksum::header));
        let request = self.sdk().upload_part().bucket(bucket.as_str()).key(sdk_key(key));
        let request = request
            .upload_id(upload.as_str())
            .part_number(part)
            .content_length(length)
            .body(stream);
        let stored = send!(call, request)?;
        let part = part_stored(&call, stored.e_tag())?;
        check_etag(&call, checksum.as_ref(), Some(&part.etag))?;
        Ok(part)
    }

    /// Fills a part from bytes of another object inside the server, if that still has this `ETag`. `Unsupported` unless the
    /// account's compatibility allows it: Ceph RGW 16 decodes the source twice and can be stopped by one with a `%`.
    pub async fn upload_part_copy(
        &self,
        from: ObjectRef<'_>,
        to: PartRef<'_>,
        range: Option<ByteRange>,
        if_match: Option<&str>,
    ) -> Result<PartStored> {
        let call = self
            .object_call("UploadPartCopy", to.object.bucket, to.object.key)
            .upload(to.upload.as_str());
        let call = call.expecting(Answer::SlowDocument);
        if !self.config().compatibility.upload_part_copy {
            return Err(call.error(ErrorKind::Unsupported));
        }
        let part = part_number(&call, to.number)?;
        let request = self
            .sdk()
            .upload_part_copy()
            .bucket(to.object.bucket.as_str())
            .key(sdk_key(to.object.key));
        let request = request
            .upload_id(to.upload.as_str())
            .part_number(part)
            .copy_source(from.copy_source())
            .set_copy_source_if_match(if_match.map(str::to_owned));
        let request = request.set_copy_source_range(range.map(|range| range.to_string()));
        let copied = send!(call, request)?;
        part_stored(&call, copied.copy_part_result().and_then(|result| result.e_tag()))
    }

    /// Puts the object together from parts in ascending order, under the condition of the options it was started with. An
    /// answer of 200 that holds an error is an error.
    pub async fn complete_multipart_upload(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
        upload: &UploadId,
        parts: &[CompletedPart],
        options: &PutOptions,
    ) -> Result<Stored> {
        let call = self
            .object_call("CompleteMultipartUpload", bucket, key)
            .upload(upload.as_str());
        let headers = options.headers(&call)?;
        let call = call.headers(headers.into_iter().filter(|(name, _)| name == IF_NONE_MATCH));
        let call = call.expecting(Answer::SlowDocument).with_digest();
        if parts.is_empty() || !parts.is_sorted_by(|a, b| a.number < b.number) {
            return Err(call
                .error(ErrorKind::InvalidInput)
                .with_detail("the parts are not in ascending order"));
        }
        let mut document = CompletedMultipartUpload::builder();
        for part in parts {
            let number = part_number(&call, part.number)?;
            let etag = format!("\"{}\"", part.etag);
            document = document.parts(SdkPart::builder().part_number(number).e_tag(etag).build());
        }
        let request = self
            .sdk()
            .complete_multipart_upload()
            .bucket(bucket.as_str())
            .key(sdk_key(key));
        let request = request.upload_id(upload.as_str()).multipart_upload(document.build());
        let stored = send!(call, request)?;
        // Ceph RGW 16 leaves the ETag empty; that it names the object at all is what proves the end.
        let told = [stored.e_tag(), stored.key(), stored.location()]
            .into_iter()
            .flatten()
            .any(|text| !text.is_empty());
        if !told {
            return Err(call
                .error(ErrorKind::Corrupt)
                .with_detail("the server did not say that the object is complete"));
        }
        Ok(Stored {
            etag: stored.e_tag().and_then(etag_of),
            version_id: stored.version_id().map(str::to_owned),
        })
    }

    /// Throws an unfinished upload away. One that is no longer there is no error.
    pub async fn abort_multipart_upload(&self, bucket: &BucketName, key: &ObjectKey, upload: &UploadId) -> Result<()> {
        let call = self
            .object_call("AbortMultipartUpload", bucket, key)
            .upload(upload.as_str());
        let request = self
            .sdk()
            .abort_multipart_upload()
            .bucket(bucket.as_str())
            .key(sdk_key(key));
        let request = request.upload_id(upload.as_str());
        match send!(call, request) {
            Err(error) if !matches!(error.s3_code(), Some("NoSuchUpload" | "NoSuchKey")) => Err(error),
            _ => Ok(()),
        }
    }
}

fn part_number(call: &Call, number: u32) -> Result<i32> {
    match i32::try_from(number) {
        Ok(part) if (1..=MAX_PARTS).contains(&number) => Ok(part),
        _ => Err(call
            .error(ErrorKind::InvalidInput)
            .with_detail(format!("there is no part {number}; S3 counts from 1 to 10,000"))),
    }
}

fn part_stored(call: &Call, etag: Option<&str>) -> Result<PartStored> {
    match etag.and_then(etag_of) {
        Some(etag) => Ok(PartStored { etag }),
        None => Err(call
            .error(ErrorKind::Corrupt)
            .with_detail("the server gave the part no ETag")),
    }
}
