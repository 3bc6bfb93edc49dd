//! The bytes of an upload: some in memory, or a source that is read while they are sent.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::error::Result;

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

impl fmt::Debug for UploadBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadBody")
            .field("length", &self.len())
            .field("checksum", &self.checksum)
            .finish()
    }
}
