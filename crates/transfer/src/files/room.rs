//! Whether a disk has room for what is to come.
//!
//! Nothing is set aside: on memory and network disks that would mean to write it all twice. So a disk that fills up
//! meanwhile is met later, by the write that finds no room.

use std::path::Path;

use dipper_storage::ErrorKind;

use crate::error::{Error, Result};

const MIB: u64 = 1024 * 1024;

/// Fails with `DiskFull` where the disk of this folder has less room than `wanted` bytes. A disk that does not tell has
/// room.
pub(crate) fn is_there(folder: &Path, file: &Path, wanted: u64) -> Result<()> {
    let Some(free) = free(folder).filter(|free| *free < wanted) else {
        return Ok(());
    };
    let message = format!(
        "Could not write `{}`: it needs {} MiB more, and its disk has {} MiB left",
        file.display(),
        wanted.div_ceil(MIB),
        free / MIB
    );
    Err(Error::new(ErrorKind::DiskFull, message)
        .with_path(file)
        .with_hint("Free some space on that disk, then retry."))
}

#[cfg(unix)]
#[expect(
    clippy::useless_conversion,
    reason = "the counts are smaller numbers on some systems"
)]
fn free(folder: &Path) -> Option<u64> {
    let disk = nix::sys::statvfs::statvfs(folder).ok()?;
    u64::from(disk.blocks_available()).checked_mul(u64::from(disk.fragment_size()))
}

/// Windows sets room aside when a file gets its length, and says so when there is none.
#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn l02_what_cannot_fit_is_refused_with_both_figures() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        is_there(folder.path(), &file, 1).unwrap();
        let error = is_there(folder.path(), &file, u64::MAX).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DiskFull);
        assert!(error.to_string().contains("17592186044416 MiB"), "{error}");
        is_there(&folder.path().join("missing"), &file, u64::MAX).unwrap();
    }
}
