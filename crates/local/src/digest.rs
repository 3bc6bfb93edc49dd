//! Checksums of object bytes: what a client sent with them, what we computed, what is stored and shown again.
//!
//! MD5 is always computed, because it is the `ETag`. The others only when a client sends or asks for them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use md5::{Digest as _, Md5};
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Sha1, Sha256};
use s3s::{S3Error, S3ErrorCode, dto};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// A checksum algorithm of S3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Algorithm {
    Crc32,
    Crc32c,
    Crc64Nvme,
    Sha1,
    Sha256,
}

impl Algorithm {
    pub(crate) const ALL: [Self; 5] = [Self::Crc32, Self::Crc32c, Self::Crc64Nvme, Self::Sha1, Self::Sha256];

    /// The name S3 gives it, in `x-amz-checksum-algorithm`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Crc32 => dto::ChecksumAlgorithm::CRC32,
            Self::Crc32c => dto::ChecksumAlgorithm::CRC32C,
            Self::Crc64Nvme => dto::ChecksumAlgorithm::CRC64NVME,
            Self::Sha1 => dto::ChecksumAlgorithm::SHA1,
            Self::Sha256 => dto::ChecksumAlgorithm::SHA256,
        }
    }

    /// The header that carries its value, also as a trailer.
    pub(crate) fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    pub(crate) fn parse(name: &str) -> Result<Self, S3Error> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| {
                S3Error::with_message(S3ErrorCode::InvalidRequest, "This checksum algorithm is not supported.")
            })
    }
}

/// Checksum values in base64, by algorithm, as stored with an object or a part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Checksums {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) crc32: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) crc32c: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) crc64nvme: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sha1: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<String>,
    /// Whether the values are of the whole object or made of its parts' values; none for an object without checksums.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) composite: Option<bool>,
}

impl Checksums {
    pub(crate) fn get(&self, algorithm: Algorithm) -> Option<&str> {
        match algorithm {
            Algorithm::Crc32 => &self.crc32,
            Algorithm::Crc32c => &self.crc32c,
            Algorithm::Crc64Nvme => &self.crc64nvme,
            Algorithm::Sha1 => &self.sha1,
            Algorithm::Sha256 => &self.sha256,
        }
        .as_deref()
    }

    pub(crate) fn set(&mut self, algorithm: Algorithm, value: String) {
        let slot = match algorithm {
            Algorithm::Crc32 => &mut self.crc32,
            Algorithm::Crc32c => &mut self.crc32c,
            Algorithm::Crc64Nvme => &mut self.crc64nvme,
            Algorithm::Sha1 => &mut self.sha1,
            Algorithm::Sha256 => &mut self.sha256,
        };
        *slot = Some(value);
    }

    pub(crate) fn algorithms(&self) -> impl Iterator<Item = Algorithm> + '_ {
        Algorithm::ALL
            .into_iter()
            .filter(|algorithm| self.get(*algorithm).is_some())
    }

    /// `FULL_OBJECT` or `COMPOSITE`, where there is a checksum.
    pub(crate) fn kind(&self) -> Option<dto::ChecksumType> {
        let name = if self.composite? {
            dto::ChecksumType::COMPOSITE
        } else {
            dto::ChecksumType::FULL_OBJECT
        };
        Some(dto::ChecksumType::from_static(name))
    }
}

/// What a client said the bytes should hash to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expected {
    pub(crate) md5: Option<[u8; 16]>,
    pub(crate) checksums: Checksums,
    /// Asked for by name, or announced as a trailer: computed although no value came in front.
    pub(crate) algorithm: Option<Algorithm>,
}

impl Expected {
    /// Parses a `Content-MD5` value.
    pub(crate) fn parse_md5(value: &str) -> Result<[u8; 16], S3Error> {
        BASE64
            .decode(value)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| S3Error::with_message(S3ErrorCode::InvalidDigest, "The Content-MD5 header is not valid."))
    }

    pub(crate) fn hasher(&self) -> Hasher {
        Hasher::new(self.checksums.algorithms().chain(self.algorithm))
    }

    /// Compares with what was computed.
    pub(crate) fn verify(&self, digest: &Digest) -> Result<(), Failure> {
        let md5_differs = self.md5.is_some_and(|md5| md5 != digest.md5);
        let differs = |algorithm| self.checksums.get(algorithm) != digest.checksums.get(algorithm);
        if md5_differs || self.checksums.algorithms().any(differs) {
            let message = "The checksum sent with the data does not match the data that arrived.";
            return Err(S3Error::with_message(S3ErrorCode::BadDigest, message).into());
        }
        Ok(())
    }
}

/// What some bytes hashed to.
#[derive(Debug, Clone)]
pub(crate) struct Digest {
    pub(crate) md5: [u8; 16],
    pub(crate) checksums: Checksums,
}

impl Digest {
    /// The `ETag` of an object that came in one piece: its MD5.
    pub(crate) fn etag(&self) -> String {
        hex::encode(self.md5)
    }
}

/// Computes MD5 and the wanted checksums in one pass.
pub(crate) struct Hasher {
    md5: Md5,
    others: ChecksumHasher,
    any: bool,
}

impl Hasher {
    pub(crate) fn new(wanted: impl Iterator<Item = Algorithm>) -> Self {
        let mut others = ChecksumHasher::default();
        let mut any = false;
        for algorithm in wanted {
            any = true;
            match algorithm {
                Algorithm::Crc32 => others.crc32 = Some(Crc32::new()),
                Algorithm::Crc32c => others.crc32c = Some(Crc32c::new()),
                Algorithm::Crc64Nvme => others.crc64nvme = Some(Crc64Nvme::new()),
                Algorithm::Sha1 => others.sha1 = Some(Sha1::new()),
                Algorithm::Sha256 => others.sha256 = Some(Sha256::new()),
            }
        }
        Self {
            md5: Md5::new(),
            others,
            any,
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        if self.any {
            self.others.update(bytes);
        }
    }

    pub(crate) fn finish(self) -> Digest {
        let sums = self.others.finalize();
        let checksums = Checksums {
            crc32: sums.checksum_crc32,
            crc32c: sums.checksum_crc32c,
            crc64nvme: sums.checksum_crc64nvme,
            sha1: sums.checksum_sha1,
            sha256: sums.checksum_sha256,
            composite: self.any.then_some(false),
        };
        Digest {
            md5: self.md5.finalize().into(),
            checksums,
        }
    }
}

/// The `ETag` of a multipart object: the MD5 of its parts' MD5s, and their number.
pub(crate) fn multipart_etag(parts: &[[u8; 16]]) -> String {
    format!("{}-{}", hex::encode(Md5::digest(parts.concat())), parts.len())
}

/// The composite checksum of a multipart object: the checksum of its parts' checksums, and their number.
pub(crate) fn composite(algorithm: Algorithm, parts: &[String]) -> Option<String> {
    let mut hasher = Hasher::new(std::iter::once(algorithm));
    for part in parts {
        hasher.update(&BASE64.decode(part).ok()?);
    }
    let digest = hasher.finish();
    Some(format!("{}-{}", digest.checksums.get(algorithm)?, parts.len()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn checksums_match_published_check_values() {
        let mut hasher = Hasher::new(Algorithm::ALL.into_iter());
        hasher.update(b"123456789");
        let digest = hasher.finish();
        let raw = |algorithm| BASE64.decode(digest.checksums.get(algorithm).unwrap()).unwrap();
        assert_eq!(hex::encode(raw(Algorithm::Crc32)), "cbf43926");
        assert_eq!(hex::encode(raw(Algorithm::Crc32c)), "e3069283");
        assert_eq!(hex::encode(raw(Algorithm::Crc64Nvme)), "ae8b14860a799888");
        assert_eq!(digest.etag(), "25f9e794323b453885f5181f1b624d0b");
    }

    #[test]
    fn an_md5_header_must_be_sixteen_bytes_of_base64() {
        assert!(Expected::parse_md5("rL0Y20zC+Fzt72VPzMSk2A==").is_ok());
        assert!(Expected::parse_md5("AAAA").is_err());
        assert!(Expected::parse_md5("not base64").is_err());
    }

    #[test]
    fn a_multipart_etag_counts_its_parts() {
        let parts = [[0_u8; 16], [1_u8; 16]];
        assert!(multipart_etag(&parts).ends_with("-2"));
        assert_ne!(multipart_etag(&parts), multipart_etag(&[[1; 16], [0; 16]]));
    }
}
