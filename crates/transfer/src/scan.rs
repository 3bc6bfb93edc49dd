//! Planning an upload: which files lie under what was dropped. No network.

use std::path::PathBuf;

use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

/// What was found under some paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// The files, in the order of their relative names.
    pub items: Vec<ScannedFile>,
    /// What will not be uploaded, and why.
    pub skipped: Vec<Skipped>,
    /// Bytes of all items.
    pub total_bytes: u64,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScannedFile {
    /// The file.
    pub path: PathBuf,
    /// Its name below what was dropped, with `/`: `photo.jpg`, or `holiday/photo.jpg` out of the folder `holiday`.
    pub relative: String,
    /// Bytes.
    pub size: u64,
    /// When it was last changed.
    pub modified: Option<OffsetDateTime>,
}

/// Something that will not be uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// What.
    pub path: PathBuf,
    /// Why.
    pub reason: SkipReason,
}

/// Why something is not uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// A symbolic link: it may point anywhere, or in circles.
    Symlink,
    /// A pipe, a socket or a device.
    Special,
    /// A name that is not Unicode: no key can hold it.
    NotUnicode,
    /// The system would not let us look at it, in its words.
    Unreadable(String),
}

/// Looks through files and folders. Folders keep their name and what is in them; symbolic links are not followed. Blocks: call it
/// where that is allowed. Stops early when `cancel` is, with what it found until then.
pub fn scan(paths: &[PathBuf], cancel: &CancellationToken) -> Scan {
    let _ = (paths, cancel);
    todo!()
}
