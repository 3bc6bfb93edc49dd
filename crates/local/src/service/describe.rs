//! What requests say about objects, in the store's words: attributes, storage class, access, conditions, checksums.

use s3s::dto::{ChecksumAlgorithm, ETagCondition, IfMatch, IfNoneMatch, StorageClass, Timestamp};
use s3s::{S3ErrorCode, S3Result, TrailingHeaders};
use time::OffsetDateTime;

use super::{Service, error};
use crate::acl::{Acl, Resource, Wanted};
use crate::digest::{Algorithm, Checksums, Digest, Expected};
use crate::failure::Failure;
use crate::store::{Attributes, Condition};

/// S3's type of an object that was given none.
pub(super) const DEFAULT_CONTENT_TYPE: &str = "binary/octet-stream";

/// Collects the attributes of inputs that carry the same fields under the same names.
macro_rules! attributes {
    ($input:expr) => {
        $crate::store::Attributes {
            content_type: $input.content_type.take(),
            cache_control: $input.cache_control.take(),
            content_disposition: $input.content_disposition.take(),
            content_encoding: $input.content_encoding.take(),
            content_language: $input.content_language.take(),
            expires: $input.expires.take().map($crate::service::describe::milliseconds),
            metadata: $input.metadata.take().unwrap_or_default().into_iter().collect(),
        }
    };
}

/// Collects what inputs of the same field names say about an access control list; only some can grant WRITE, or have a
/// document.
macro_rules! wanted_acl {
    ($input:expr) => {
        $crate::acl::Wanted {
            canned: $input.acl.take().map(|acl| acl.as_str().to_owned()),
            read: $input.grant_read.take(),
            write: None,
            read_acp: $input.grant_read_acp.take(),
            write_acp: $input.grant_write_acp.take(),
            full_control: $input.grant_full_control.take(),
            document: None,
        }
    };
}

/// Collects the checksum values of inputs and parts that carry them under the same names.
macro_rules! checksums {
    ($input:expr) => {
        $crate::digest::Checksums {
            crc32: $input.checksum_crc32.take(),
            crc32c: $input.checksum_crc32c.take(),
            crc64nvme: $input.checksum_crc64nvme.take(),
            sha1: $input.checksum_sha1.take(),
            sha256: $input.checksum_sha256.take(),
            composite: None,
        }
    };
}

/// Sets the checksum fields of an output, and leaves the others.
macro_rules! set_checksums {
    ($output:expr, $checksums:expr) => {{
        let checksums: $crate::digest::Checksums = $checksums;
        $output.checksum_crc32 = checksums.crc32;
        $output.checksum_crc32c = checksums.crc32c;
        $output.checksum_crc64nvme = checksums.crc64nvme;
        $output.checksum_sha1 = checksums.sha1;
        $output.checksum_sha256 = checksums.sha256;
    }};
}

pub(super) use {attributes, checksums, set_checksums, wanted_acl};

/// Unix milliseconds of the protocol's timestamp.
pub(super) fn milliseconds(time: Timestamp) -> i64 {
    let time: OffsetDateTime = time.into();
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// `aws-chunked` is how a body travelled, not how the object is encoded.
pub(super) fn without_transfer_coding(mut attributes: Attributes) -> Attributes {
    attributes.content_encoding = attributes.content_encoding.and_then(|encoding| {
        let kept: Vec<&str> = encoding
            .split(',')
            .map(str::trim)
            .filter(|coding| *coding != "aws-chunked")
            .collect();
        (!kept.is_empty()).then(|| kept.join(","))
    });
    attributes
}

/// The two storage classes that mean something on one disk: none at all. Others would promise what is not done.
pub(super) fn storage_class(asked: Option<StorageClass>) -> S3Result<String> {
    let class = asked.map_or_else(|| StorageClass::STANDARD.to_owned(), |class| class.as_str().to_owned());
    if class == StorageClass::STANDARD || class == StorageClass::REDUCED_REDUNDANCY {
        return Ok(class);
    }
    Err(error(
        S3ErrorCode::InvalidStorageClass,
        "Local storage has STANDARD and REDUCED_REDUNDANCY.",
    ))
}

/// The condition on what a write replaces.
pub(super) fn condition(if_match: Option<IfMatch>, if_none_match: Option<IfNoneMatch>) -> S3Result<Condition> {
    match (if_match, if_none_match) {
        (None, None) => Ok(Condition::None),
        (None, Some(ETagCondition::Any)) => Ok(Condition::Absent),
        (Some(ETagCondition::Any), None) => Ok(Condition::Present),
        (Some(ETagCondition::ETag(etag)), None) => Ok(Condition::Etag(etag.into_value())),
        _ => Err(error(
            S3ErrorCode::NotImplemented,
            "A write can have If-Match, or If-None-Match with *.",
        )),
    }
}

/// What the body should hash to.
pub(super) fn expected(
    content_md5: Option<&str>,
    checksums: Checksums,
    algorithm: Option<&ChecksumAlgorithm>,
) -> S3Result<Expected> {
    Ok(Expected {
        md5: content_md5.map(Expected::parse_md5).transpose()?,
        checksums,
        algorithm: algorithm
            .map(|algorithm| Algorithm::parse(algorithm.as_str()))
            .transpose()?,
    })
}

/// Compares checksums that came behind the body.
pub(super) fn verify_trailers(trailers: Option<&TrailingHeaders>, digest: &Digest) -> Result<(), Failure> {
    let mut expected = Expected::default();
    if let Some(trailers) = trailers {
        trailers.read(|headers| {
            for algorithm in Algorithm::ALL {
                let value = headers.get(algorithm.header()).and_then(|value| value.to_str().ok());
                if let Some(value) = value {
                    expected.checksums.set(algorithm, value.to_owned());
                }
            }
        });
    }
    expected.verify(digest)
}

impl Service {
    /// The list an object is written with: private unless the request says otherwise.
    pub(super) fn object_acl(&self, wanted: Wanted) -> S3Result<Acl> {
        let acl = Acl::wanted(wanted, Resource::Object, self.names.owner_id())?;
        Ok(acl.unwrap_or_else(|| Acl::private(self.names.owner_id())))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_coding_of_the_transfer_is_not_stored() {
        let stored = |encoding: &str| {
            let attributes = Attributes {
                content_encoding: Some(encoding.to_owned()),
                ..Attributes::default()
            };
            without_transfer_coding(attributes).content_encoding
        };
        assert_eq!(stored("aws-chunked"), None);
        assert_eq!(stored("gzip, aws-chunked").unwrap(), "gzip");
        assert_eq!(stored("gzip").unwrap(), "gzip");
    }

    #[test]
    fn storage_classes_that_promise_more_are_refused() {
        let class = |name: &'static str| storage_class(Some(StorageClass::from_static(name)));
        assert_eq!(storage_class(None).unwrap(), "STANDARD");
        assert_eq!(class("REDUCED_REDUNDANCY").unwrap(), "REDUCED_REDUNDANCY");
        assert_eq!(class("GLACIER").unwrap_err().code(), &S3ErrorCode::InvalidStorageClass);
    }
}
