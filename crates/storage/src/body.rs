//! The bytes of an upload: some in memory, or a source that is read while they are sent.

use std::fmt;
use std::sync::Arc;

use aws_sdk_s3::primitives::{ByteStream, SdkBody};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use crc_fast::CrcAlgorithm;
use md5::{Digest, Md5};

use crate::call::Call;
use crate::config::UploadChecksum;
use crate::error::{ErrorKind, Result};
use crate::limits::MAX_PUT_SIZE;

/// The body of a request as the connection pulls it. A failing source ends the request with kind `LocalIo`.
pub type BoxBody = http_body_util::combinators::BoxBody<Bytes, std::io::Error>;

/// Something that can be read from its beginning any number of times, once for every try.
pub trait BodySource: Send + Sync {
    /// A fresh body that will yield exactly the promised number of bytes.
    fn open(&self) -> Result<BoxBody>;
}

/// A checksum that was computed beforehand and goes with the body as a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// `Content-MD5`.
    Md5([u8; 16]),
    /// `x-amz-checksum-crc32c`.
    Crc32c(u32),
    /// `x-amz-checksum-crc64nvme`.
    Crc64Nvme(u64),
}

/// What is uploaded.
#[derive(Clone)]
pub struct UploadBody {
    pub(crate) content: Content,
    pub(crate) checksum: Option<Checksum>,
}

#[derive(Clone)]
pub(crate) enum Content {
    Bytes(Bytes),
    Source(Arc<dyn BodySource>, u64),
}

/// A [`Checksum`] that is being computed.
#[derive(Debug)]
pub struct RunningChecksum(Running);

#[derive(Debug)]
enum Running {
    Md5(Md5),
    Crc32c(Box<crc_fast::Digest>),
    Crc64Nvme(Box<crc_fast::Digest>),
}

impl RunningChecksum {
    /// One of this kind that has seen nothing yet.
    pub fn new(wanted: UploadChecksum) -> Option<Self> {
        let crc = |algorithm| Box::new(crc_fast::Digest::new(algorithm));
        Some(Self(match wanted {
            UploadChecksum::ContentMd5 => Running::Md5(Md5::new()),
            UploadChecksum::Crc32c => Running::Crc32c(crc(CrcAlgorithm::Crc32Iscsi)),
            UploadChecksum::Crc64Nvme => Running::Crc64Nvme(crc(CrcAlgorithm::Crc64Nvme)),
            UploadChecksum::None => return None,
        }))
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            Running::Md5(md5) => md5.update(bytes),
            Running::Crc32c(crc) | Running::Crc64Nvme(crc) => crc.update(bytes),
        }
    }

    /// The checksum of all bytes.
    pub fn finish(self) -> Checksum {
        match self.0 {
            Running::Md5(md5) => Checksum::Md5(md5.finalize().into()),
            // A CRC of 32 bits has no more.
            Running::Crc32c(crc) => Checksum::Crc32c(u32::try_from(crc.finalize()).unwrap_or_default()),
            Running::Crc64Nvme(crc) => Checksum::Crc64Nvme(crc.finalize()),
        }
    }
}

impl UploadBody {
    /// Bytes in memory. The checksum that the server's [`Compatibility`](crate::Compatibility) asks for is computed and
    /// sent with them.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self {
            content: Content::Bytes(bytes.into()),
            checksum: None,
        }
    }

    /// `length` bytes that `source` yields while they are sent. Nothing is read twice: a checksum is sent only if one is
    /// given with [`UploadBody::with_checksum`].
    pub fn source(source: Arc<dyn BodySource>, length: u64) -> Self {
        Self {
            content: Content::Source(source, length),
            checksum: None,
        }
    }

    /// Sends this checksum, which must be the body's own.
    #[must_use]
    pub fn with_checksum(self, checksum: Checksum) -> Self {
        Self {
            checksum: Some(checksum),
            ..self
        }
    }

    /// The number of bytes.
    pub fn len(&self) -> u64 {
        match &self.content {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::Source(_, length) => *length,
        }
    }

    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl UploadBody {
    /// The length as the SDK wants it; more than 5 GiB is `InvalidInput`.
    pub(crate) fn length(&self, call: &Call) -> Result<i64> {
        match i64::try_from(self.len()) {
            Ok(length) if self.len() <= MAX_PUT_SIZE => Ok(length),
            _ => Err(call
                .error(ErrorKind::InvalidInput)
                .with_detail("one request may carry at most 5 GiB")),
        }
    }

    /// The checksum that goes with it.
    pub(crate) fn checksum(&self, wanted: UploadChecksum) -> Option<Checksum> {
        self.checksum.or_else(|| match &self.content {
            Content::Bytes(bytes) => Checksum::of(bytes, wanted),
            Content::Source(..) => None,
        })
    }

    /// The body as it is sent, and its checksum.
    pub(crate) fn prepare(self, wanted: UploadChecksum) -> Result<(ByteStream, Option<Checksum>)> {
        let checksum = self.checksum(wanted);
        let stream = match self.content {
            Content::Bytes(bytes) => ByteStream::from(bytes),
            Content::Source(source, _) => ByteStream::new(SdkBody::from_body_1_x(source.open()?)),
        };
        Ok((stream, checksum))
    }
}

impl Checksum {
    /// The checksum of bytes in memory, of the kind that the server is given.
    pub fn of(bytes: &[u8], wanted: UploadChecksum) -> Option<Self> {
        let mut running = RunningChecksum::new(wanted)?;
        running.update(bytes);
        Some(running.finish())
    }

    /// As a header.
    pub(crate) fn header(&self) -> (String, String) {
        let (name, value) = match self {
            Self::Md5(digest) => ("content-md5", BASE64_STANDARD.encode(digest)),
            Self::Crc32c(crc) => ("x-amz-checksum-crc32c", BASE64_STANDARD.encode(crc.to_be_bytes())),
            Self::Crc64Nvme(crc) => ("x-amz-checksum-crc64nvme", BASE64_STANDARD.encode(crc.to_be_bytes())),
        };
        (name.to_owned(), value)
    }
}

impl fmt::Debug for UploadBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadBody")
            .field("length", &self.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check values of the catalogue of CRCs, and of RFC 1321.
    #[test]
    fn checksums_are_the_published_ones() {
        let header = |wanted| Checksum::of(b"123456789", wanted).map(|checksum| checksum.header());
        let sent = |name: &str, bytes: &[u8]| Some((name.to_owned(), BASE64_STANDARD.encode(bytes)));
        assert_eq!(
            header(UploadChecksum::Crc32c),
            sent("x-amz-checksum-crc32c", &[0xe3, 0x06, 0x92, 0x83])
        );
        let crc64: [u8; 8] = 0xae8b_1486_0a79_9888_u64.to_be_bytes();
        assert_eq!(
            header(UploadChecksum::Crc64Nvme),
            sent("x-amz-checksum-crc64nvme", &crc64)
        );
        assert_eq!(
            header(UploadChecksum::ContentMd5),
            Some(("content-md5".into(), "JfnnlDI7RTiF9RgfG2JNCw==".into()))
        );
        assert_eq!(header(UploadChecksum::None), None);
    }
}
