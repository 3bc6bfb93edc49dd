//! Whether anything changed since something was made.
//!
//! A stamp is a small file with the fingerprint of what the thing was made from. It is written only after the making
//! succeeded, so an interrupted run makes it again.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::repository;

/// A fingerprint of files, by their names and contents.
pub(crate) fn of_files(paths: &[PathBuf]) -> Result<String, Failure> {
    let mut hasher = DefaultHasher::new();
    for path in paths {
        path.hash(&mut hasher);
        let content = fs::read(repository::root().join(path));
        content
            .map_err(Failure::io(format!("read {}", path.display())))?
            .hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Whether the stamp says this fingerprint. No stamp is another fingerprint.
pub(crate) fn is_current(stamp: &Path, fingerprint: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|text| text == fingerprint)
}

/// Writes the stamp.
pub(crate) fn record(stamp: &Path, fingerprint: &str) -> Result<(), Failure> {
    if let Some(folder) = stamp.parent() {
        fs::create_dir_all(folder).map_err(Failure::io(format!("make {}", folder.display())))?;
    }
    fs::write(stamp, fingerprint).map_err(Failure::io(format!("write {}", stamp.display())))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_change_of_content_is_noticed_and_a_stamp_remembers() {
        let folder = tempfile::tempdir().unwrap();
        let (file, stamp) = (folder.path().join("file"), folder.path().join("deep/stamp"));
        fs::write(&file, "one").unwrap();
        let first = of_files(std::slice::from_ref(&file)).unwrap();
        assert!(!is_current(&stamp, &first));
        record(&stamp, &first).unwrap();
        assert!(is_current(&stamp, &first));
        fs::write(&file, "two").unwrap();
        assert!(!is_current(&stamp, &of_files(&[file]).unwrap()));
    }
}
