//! Paths as SQLite and JSON keep them: byte for byte, since a path need not be Unicode.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A path as bytes.
#[cfg(unix)]
pub(super) fn to_bytes(path: &Path) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()
}

/// The path of [`to_bytes`].
#[cfg(unix)]
pub(super) fn from_bytes(bytes: Vec<u8>) -> PathBuf {
    <OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes).into()
}

/// A path as bytes: its UTF-16 units, little end first.
#[cfg(windows)]
pub(super) fn to_bytes(path: &Path) -> Vec<u8> {
    let units = std::os::windows::ffi::OsStrExt::encode_wide(path.as_os_str());
    units.flat_map(u16::to_le_bytes).collect()
}

/// The path of [`to_bytes`].
#[cfg(windows)]
pub(super) fn from_bytes(bytes: Vec<u8>) -> PathBuf {
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    <OsString as std::os::windows::ffi::OsStringExt>::from_wide(&units).into()
}

/// Paths in JSON: text where they are Unicode, else a row of bytes. For `#[serde(with = "exact_path")]`.
pub(crate) mod exact_path {
    use super::{Path, PathBuf};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Spelled<'a> {
        Text(std::borrow::Cow<'a, str>),
        Bytes(Vec<u8>),
    }

    /// Writes a path.
    pub(crate) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
        let spelled = match path.to_str() {
            Some(text) => Spelled::Text(text.into()),
            None => Spelled::Bytes(super::to_bytes(path)),
        };
        spelled.serialize(serializer)
    }

    /// Reads it back.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
        Ok(match Spelled::deserialize(deserializer)? {
            Spelled::Text(text) => PathBuf::from(text.into_owned()),
            Spelled::Bytes(bytes) => super::from_bytes(bytes),
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Holder(#[serde(with = "exact_path")] PathBuf);

    #[test]
    #[cfg(unix)]
    fn paths_come_back_byte_for_byte() {
        for bytes in [&b"/a/b"[..], "/é/名".as_bytes(), b"/not\xff\xfeunicode"] {
            let path = from_bytes(bytes.to_vec());
            assert_eq!(to_bytes(&path), bytes);
            let holder = Holder(path);
            let text = serde_json::to_string(&holder).unwrap();
            assert_eq!(serde_json::from_str::<Holder>(&text).unwrap(), holder);
        }
    }
}
