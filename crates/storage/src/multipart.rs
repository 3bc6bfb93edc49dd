//! Multipart uploads: large objects in parts, finished or aborted by name.

use std::fmt;

use time::OffsetDateTime;

use crate::body::UploadBody;
use crate::client::Client;
use crate::error::Result;
use crate::names::{BucketName, ObjectKey};
use crate::objects::{PutOptions, Stored};

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
    /// Its ETag, with the quotes taken off.
    pub etag: String,
}

/// A part to put the object together from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletedPart {
    /// 1 to 10,000.
    pub number: u32,
    /// The ETag that the server gave.
    pub etag: String,
}

/// A part as the server lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartInfo {
    /// 1 to 10,000.
    pub number: u32,
    /// Its size in bytes.
    pub size: u64,
    /// Its ETag, with the quotes taken off.
    pub etag: String,
    /// When it was written.
    pub last_modified: Option<OffsetDateTime>,
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

impl Client {
    /// Starts an upload in parts. What is not finished must be aborted, or it takes space unseen.
    pub async fn create_multipart_upload(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
        options: &PutOptions,
    ) -> Result<UploadId> {
        todo!("{bucket}{key}{options:?}")
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
        todo!("{bucket}{key}{upload}{number}{body:?}")
    }

    /// Puts the object together from parts in ascending order. An answer of 200 that holds an error is an error.
    pub async fn complete_multipart_upload(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
        upload: &UploadId,
        parts: &[CompletedPart],
    ) -> Result<Stored> {
        todo!("{bucket}{key}{upload}{parts:?}")
    }

    /// Throws an unfinished upload away. One that is no longer there is no error.
    pub async fn abort_multipart_upload(&self, bucket: &BucketName, key: &ObjectKey, upload: &UploadId) -> Result<()> {
        todo!("{bucket}{key}{upload}")
    }

    /// All parts the server has of an upload.
    pub async fn list_parts(&self, bucket: &BucketName, key: &ObjectKey, upload: &UploadId) -> Result<Vec<PartInfo>> {
        todo!("{bucket}{key}{upload}")
    }

    /// All unfinished uploads in a bucket.
    pub async fn list_multipart_uploads(&self, bucket: &BucketName) -> Result<Vec<UnfinishedUpload>> {
        todo!("{bucket}")
    }
}
