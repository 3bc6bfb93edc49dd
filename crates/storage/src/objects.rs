//! Objects: look at, read, write, copy, delete.

use bytes::Bytes;
use time::OffsetDateTime;

use crate::acl::CannedAcl;
use crate::body::UploadBody;
use crate::client::Client;
use crate::error::{Error, Result};
use crate::names::{BucketName, ObjectKey};

/// An object in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectRef<'a> {
    /// The bucket.
    pub bucket: &'a BucketName,
    /// The key.
    pub key: &'a ObjectKey,
}

/// What a server tells about an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectInfo {
    /// Its key.
    pub key: ObjectKey,
    /// Its whole size in bytes.
    pub size: u64,
    /// When it was last written.
    pub last_modified: Option<OffsetDateTime>,
    /// Its ETag, with the quotes taken off.
    pub etag: Option<String>,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    /// `Content-Disposition`.
    pub content_disposition: Option<String>,
    /// `Content-Encoding`.
    pub content_encoding: Option<String>,
    /// `Content-Language`.
    pub content_language: Option<String>,
    /// `Expires`, as the server has it.
    pub expires: Option<String>,
    /// Its storage class; absent usually means `STANDARD`.
    pub storage_class: Option<String>,
    /// Its version.
    pub version_id: Option<String>,
    /// User metadata without the `x-amz-meta-` in front, sorted by name, RFC 2047 words decoded.
    pub metadata: Vec<(String, String)>,
    /// `x-amz-server-side-encryption`.
    pub server_side_encryption: Option<String>,
    /// How many parts it was uploaded in, where the server says so.
    pub parts: Option<u32>,
    /// Checksums the server keeps: algorithm (`crc32c`, `sha256` …) and base64 value.
    pub checksums: Vec<(String, String)>,
    /// `x-amz-restore`, of archived objects.
    pub restore: Option<String>,
    /// `x-amz-website-redirect-location`.
    pub website_redirect: Option<String>,
}

/// Some bytes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteRange {
    /// From the first to the last byte, both included, counted from 0.
    Between {
        /// The first byte.
        first: u64,
        /// The last byte.
        last: u64,
    },
    /// From this byte to the end.
    From(u64),
    /// The last so many bytes.
    Last(u64),
}

/// Which bytes a server sent, and of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentRange {
    /// The first byte.
    pub first: u64,
    /// The last byte, included.
    pub last: u64,
    /// The whole size.
    pub total: Option<u64>,
}

/// How to read an object.
#[derive(Clone, Debug, Default)]
pub struct GetOptions {
    /// Only these bytes.
    pub range: Option<ByteRange>,
    /// Only if the object still has this ETag.
    pub if_match: Option<String>,
    /// This version.
    pub version: Option<String>,
}

/// How to write an object.
#[derive(Clone, Debug, Default)]
pub struct PutOptions {
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    /// `Content-Disposition`.
    pub content_disposition: Option<String>,
    /// `Content-Encoding`.
    pub content_encoding: Option<String>,
    /// `Content-Language`.
    pub content_language: Option<String>,
    /// Its ACL; the server's default is private.
    pub canned_acl: Option<CannedAcl>,
    /// Only if no object has this key. Servers that do not know it may ignore it.
    pub if_none_match: bool,
    /// Its storage class.
    pub storage_class: Option<String>,
    /// User metadata: names without `x-amz-meta-`. Values that a header cannot hold are sent as RFC 2047 words.
    pub metadata: Vec<(String, String)>,
}

/// How to copy an object. A copy is private unless an ACL is given.
#[derive(Clone, Debug, Default)]
pub struct CopyOptions {
    /// New headers and metadata instead of the source's.
    pub replace: Option<PutOptions>,
    /// The copy's ACL.
    pub canned_acl: Option<CannedAcl>,
    /// Only if the source still has this ETag.
    pub source_if_match: Option<String>,
}

/// What was stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// Its ETag, with the quotes taken off.
    pub etag: Option<String>,
    /// Its version.
    pub version_id: Option<String>,
}

/// What came of deleting many.
#[derive(Clone, Debug, Default)]
pub struct DeleteReport {
    /// How many are gone.
    pub deleted: u64,
    /// Which are not, and why.
    pub failed: Vec<(ObjectKey, Error)>,
}

/// The bytes of an object as they arrive. Dropping it closes the connection.
#[derive(Debug)]
pub struct ObjectStream {
    /// What the server tells about the object.
    pub info: ObjectInfo,
    /// Which bytes these are, when a range was asked for.
    pub content_range: Option<ContentRange>,
    /// How many bytes will come.
    pub length: u64,
}

impl ObjectStream {
    /// The next piece, `None` at the end. Never more bytes than `length`; fewer is an error of kind `Corrupt`.
    /// Cancelling a call loses nothing.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        todo!()
    }

    /// All bytes, if they are at most `limit`; more is `InvalidInput`.
    pub async fn collect(self, limit: u64) -> Result<Bytes> {
        todo!("{limit}")
    }
}

impl Client {
    /// What the server tells about an object.
    pub async fn head_object(&self, bucket: &BucketName, key: &ObjectKey) -> Result<ObjectInfo> {
        todo!("{bucket}{key}")
    }

    /// Starts reading an object. A server that ignores the range is `Unsupported`.
    pub async fn get_object(&self, bucket: &BucketName, key: &ObjectKey, options: &GetOptions) -> Result<ObjectStream> {
        todo!("{bucket}{key}{options:?}")
    }

    /// Writes an object of at most 5 GiB in one request.
    pub async fn put_object(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
        body: UploadBody,
        options: &PutOptions,
    ) -> Result<Stored> {
        todo!("{bucket}{key}{body:?}{options:?}")
    }

    /// Deletes an object; one that is not there is no error.
    pub async fn delete_object(&self, bucket: &BucketName, key: &ObjectKey) -> Result<()> {
        todo!("{bucket}{key}")
    }

    /// Deletes many, 1,000 a request. Keys that XML cannot hold, and all keys where the server has no `DeleteObjects`,
    /// go one by one. Fails as a whole only when nothing can be deleted; else each key's own failure is in the report.
    pub async fn delete_objects(&self, bucket: &BucketName, keys: &[ObjectKey]) -> Result<DeleteReport> {
        todo!("{bucket}{keys:?}")
    }

    /// Copies an object of at most 5 GiB inside the server.
    pub async fn copy_object(&self, from: ObjectRef<'_>, to: ObjectRef<'_>, options: &CopyOptions) -> Result<Stored> {
        todo!("{from:?}{to:?}{options:?}")
    }
}
