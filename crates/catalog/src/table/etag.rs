//! An `ETag` in eighteen bytes. Nearly all are an MD5 in hex, with the number of parts behind it after a multipart upload.

/// An `ETag` of the usual forms: 32 hex digits, or those and `-parts`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Etag {
    digest: [u8; 16],
    parts: u16,
}

/// In [`Etag::parts`]: there is none, or it has another form.
const NO_ETAG: u16 = u16::MAX;

impl Etag {
    /// `None` for other forms, and for those that would not come back as they are.
    pub(super) fn parse(etag: &str) -> Option<Self> {
        let (hex, parts) = match etag.split_once('-') {
            Some((hex, parts)) => (hex, parts.parse().ok().filter(|count| (1..=10_000).contains(count))?),
            None => (etag, 0),
        };
        if hex.len() != 32 || hex.bytes().any(|byte| !matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        let digest = u128::from_str_radix(hex, 16).ok()?.to_be_bytes();
        let parsed = Self { digest, parts };
        (parsed.text() == etag).then_some(parsed)
    }

    pub(super) fn text(self) -> String {
        let digest = u128::from_be_bytes(self.digest);
        if self.parts == 0 {
            format!("{digest:032x}")
        } else {
            format!("{digest:032x}-{}", self.parts)
        }
    }

    /// Stands for none, or for one of another form.
    pub(super) fn none() -> Self {
        Self {
            digest: [0; 16],
            parts: NO_ETAG,
        }
    }

    pub(super) fn is_none(self) -> bool {
        self.parts == NO_ETAG
    }
}
