//! Objects: look at, read, write, copy, delete.

mod delete;
mod info;
mod short;
mod stream;

use aws_sdk_s3::types::MetadataDirective;
use http::{HeaderName, HeaderValue};
use time::OffsetDateTime;

pub use delete::DeleteReport;
pub(crate) use info::has_plain_etag;
pub use stream::{ByteRange, ContentRange, GetOptions, ObjectStream};

use crate::acl::CannedAcl;
use crate::body::{Checksum, UploadBody};
use crate::call::{Call, sdk_key, send};
use crate::client::{Client, etag_of};
use crate::error::{ErrorKind, Result};
use crate::integrity::md5_of_etag;
use crate::metadata;
use crate::names::{BucketName, ObjectKey};
use crate::place::{encode_component, encode_path};
use crate::transport::Answer;
use crate::versions::ObjectVersion;

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
    /// Its `ETag`, with the quotes taken off.
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
    /// Whether nothing says that the `ETag` is no MD5: encryption with a key of the user's or of a key service would.
    pub has_plain_etag: bool,
    /// How many parts it was uploaded in, where the server says so.
    pub parts: Option<u32>,
    /// Checksums the server keeps: algorithm (`crc32c`, `sha256` …) and base64 value.
    pub checksums: Vec<(String, String)>,
    /// `x-amz-restore`, of archived objects.
    pub restore: Option<String>,
    /// `x-amz-website-redirect-location`.
    pub website_redirect: Option<String>,
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
    /// Only if the source still has this `ETag`.
    pub source_if_match: Option<String>,
}

/// What was stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// Its `ETag`, with the quotes taken off.
    pub etag: Option<String>,
    /// Its version.
    pub version_id: Option<String>,
}

impl PutOptions {
    /// All of it as headers. Fails with `InvalidInput` on what a header cannot hold.
    pub(crate) fn headers(&self, call: &Call) -> Result<Vec<(String, String)>> {
        let plain = [
            ("content-type", &self.content_type),
            ("cache-control", &self.cache_control),
            ("content-disposition", &self.content_disposition),
            ("content-encoding", &self.content_encoding),
            ("content-language", &self.content_language),
            ("x-amz-storage-class", &self.storage_class),
        ];
        let mut headers: Vec<(String, String)> = Vec::new();
        for (name, value) in plain {
            if let Some(value) = value {
                headers.push((name.to_owned(), value.clone()));
            }
        }
        if let Some(acl) = self.canned_acl {
            headers.push(("x-amz-acl".to_owned(), acl.as_str().to_owned()));
        }
        if self.if_none_match {
            headers.push(("if-none-match".to_owned(), "*".to_owned()));
        }
        for (name, value) in &self.metadata {
            headers.push((
                format!("x-amz-meta-{}", name.to_ascii_lowercase()),
                metadata::encode(value),
            ));
        }
        for (name, value) in &headers {
            if HeaderName::from_bytes(name.as_bytes()).is_err() || HeaderValue::from_str(value).is_err() {
                let words = format!("`{name}` has a name or a value that HTTP cannot carry");
                return Err(call.error(ErrorKind::InvalidInput).with_detail(words));
            }
        }
        Ok(headers)
    }
}

impl Client {
    /// What the server tells about an object.
    pub async fn head_object(&self, bucket: &BucketName, key: &ObjectKey) -> Result<ObjectInfo> {
        let call = self.object_call("HeadObject", bucket, key);
        let request = self.sdk().head_object().bucket(bucket.as_str()).key(sdk_key(key));
        send!(call, request)?;
        Ok(ObjectInfo::from_headers(key, &call))
    }

    /// The same with the checksums that the server keeps; like reading the object, this may need its encryption key.
    pub async fn head_object_with_checksums(&self, bucket: &BucketName, key: &ObjectKey) -> Result<ObjectInfo> {
        let call = self
            .object_call("HeadObject", bucket, key)
            .headers([info::checksums_wanted()]);
        let request = self.sdk().head_object().bucket(bucket.as_str()).key(sdk_key(key));
        send!(call, request)?;
        Ok(ObjectInfo::from_headers(key, &call))
    }

    /// Writes an object of at most 5 GiB in one request.
    pub async fn put_object(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
        body: UploadBody,
        options: &PutOptions,
    ) -> Result<Stored> {
        let call = self.object_call("PutObject", bucket, key);
        let headers = options.headers(&call)?;
        let length = body.length(&call)?;
        if self.has_a_short_way() {
            let call = call.clone().headers(headers.clone());
            match self.put_short(call, (bucket, key), body.clone()).await {
                Err(error) if self.has_to_heal(&error) => {}
                stored => return stored,
            }
        }
        let (stream, checksum) = body.prepare(self.config().compatibility.checksum)?;
        let call = call.headers(headers).headers(checksum.as_ref().map(Checksum::header));
        let request = self.sdk().put_object().bucket(bucket.as_str()).key(sdk_key(key));
        let request = request.content_length(length).body(stream);
        let stored = send!(call, request)?;
        let etag = stored.e_tag().and_then(etag_of);
        check_etag(&call, checksum.as_ref(), etag.as_deref())?;
        Ok(Stored {
            etag,
            version_id: stored.version_id().map(str::to_owned),
        })
    }

    /// Deletes an object; one that is not there is no error.
    pub async fn delete_object(&self, bucket: &BucketName, key: &ObjectKey) -> Result<()> {
        self.delete_version(bucket, &key.clone().into()).await
    }

    /// Deletes an object, or one version of it for ever; what is not there is no error.
    pub async fn delete_version(&self, bucket: &BucketName, object: &ObjectVersion) -> Result<()> {
        let call = self.object_call("DeleteObject", bucket, &object.key);
        let request = self.sdk().delete_object().bucket(bucket.as_str());
        let request = request
            .key(sdk_key(&object.key))
            .set_version_id(object.version_id.clone());
        let deleted = send!(call, request);
        match deleted {
            Err(error) if !matches!(error.s3_code(), Some("NoSuchKey" | "NoSuchVersion")) => Err(error),
            _ => Ok(()),
        }
    }

    /// Copies an object of at most 5 GiB inside the server.
    pub async fn copy_object(&self, from: ObjectRef<'_>, to: ObjectRef<'_>, options: &CopyOptions) -> Result<Stored> {
        let call = self
            .object_call("CopyObject", to.bucket, to.key)
            .expecting(Answer::SlowDocument);
        let mut request = self.sdk().copy_object().bucket(to.bucket.as_str()).key(sdk_key(to.key));
        request = request
            .copy_source(from.copy_source())
            .set_copy_source_if_match(options.source_if_match.clone());
        request = request.set_acl(options.canned_acl.map(|acl| acl.as_str().into()));
        let mut headers = Vec::new();
        if let Some(replace) = &options.replace {
            request = request.metadata_directive(MetadataDirective::Replace);
            headers = replace.headers(&call)?;
        }
        let call = call.headers(headers);
        let copied = send!(call, request)?;
        let etag = copied
            .copy_object_result()
            .and_then(|result| result.e_tag())
            .and_then(etag_of);
        if etag.is_none() {
            // A 200 that began before the copy and ended without it.
            return Err(call
                .error(ErrorKind::Corrupt)
                .with_detail("the server did not say that the copy is complete"));
        }
        Ok(Stored {
            etag,
            version_id: copied.version_id().map(str::to_owned),
        })
    }
}

/// Compares an `ETag` that looks like an MD5 with the MD5 that went along: `Corrupt` if the server stored other bytes.
pub(crate) fn check_etag(call: &Call, sent: Option<&Checksum>, etag: Option<&str>) -> Result<()> {
    let stored = etag.and_then(md5_of_etag).filter(|_| has_plain_etag(call));
    match (sent, stored) {
        (Some(Checksum::Md5(sent)), Some(stored)) if *sent != stored => Err(call
            .error(ErrorKind::Corrupt)
            .with_detail("the server stored other bytes than those sent")),
        _ => Ok(()),
    }
}

impl ObjectRef<'_> {
    /// As `x-amz-copy-source` wants it: encoded once.
    pub(crate) fn copy_source(&self) -> String {
        format!(
            "{}/{}",
            encode_component(self.bucket.as_str()),
            encode_path(self.key.as_str())
        )
    }
}
