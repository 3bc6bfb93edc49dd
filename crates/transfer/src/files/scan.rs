//! Planning an upload: which files lie under what was dropped. No network.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

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

/// Looks through files and folders. Folders keep their name and what is in them; symbolic links are not followed. Blocks: call
/// it where that is allowed. Stops early when `cancel` is, with what it found until then.
pub fn scan(paths: &[PathBuf], cancel: &CancellationToken) -> Scan {
    let mut scan = Scan::default();
    for path in paths {
        let Some(name) = path.file_name() else {
            // A path such as `/` or `..` has no name of its own to give to keys; what is in it has.
            scan.folder(path, "", cancel);
            continue;
        };
        match name.to_str() {
            Some(name) => scan.look(path, name, cancel),
            None => scan.skip(path, SkipReason::NotUnicode),
        }
    }
    scan.items.sort_by(|a, b| a.relative.cmp(&b.relative));
    scan.skipped.sort_by(|a, b| a.path.cmp(&b.path));
    scan
}

impl Scan {
    fn skip(&mut self, path: &Path, reason: SkipReason) {
        self.skipped.push(Skipped {
            path: path.to_owned(),
            reason,
        });
    }

    fn unreadable(&mut self, path: &Path, error: &io::Error) {
        self.skip(path, SkipReason::Unreadable(crate::error::reason(error)));
    }

    fn look(&mut self, path: &Path, relative: &str, cancel: &CancellationToken) {
        let metadata = match fs::symlink_metadata(path) {
            Ok(metadata) => metadata,
            Err(error) => return self.unreadable(path, &error),
        };
        let kind = metadata.file_type();
        if kind.is_symlink() {
            self.skip(path, SkipReason::Symlink);
        } else if kind.is_dir() {
            self.folder(path, relative, cancel);
        } else if kind.is_file() {
            self.total_bytes = self.total_bytes.saturating_add(metadata.len());
            let modified = metadata.modified().ok().map(OffsetDateTime::from);
            self.items.push(ScannedFile {
                path: path.to_owned(),
                relative: relative.to_owned(),
                size: metadata.len(),
                modified,
            });
        } else {
            self.skip(path, SkipReason::Special);
        }
    }

    /// Walks without recursion: how deep folders lie is not limited by our stack.
    fn folder(&mut self, path: &Path, relative: &str, cancel: &CancellationToken) {
        let mut waiting = vec![(path.to_owned(), relative.to_owned())];
        while let Some((folder, relative)) = waiting.pop() {
            if cancel.is_cancelled() {
                return;
            }
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) => {
                    self.unreadable(&folder, &error);
                    continue;
                }
            };
            for entry in entries {
                match entry {
                    Ok(entry) => self.entry(&entry, &relative, &mut waiting, cancel),
                    Err(error) => self.unreadable(&folder, &error),
                }
            }
        }
    }

    fn entry(
        &mut self,
        entry: &fs::DirEntry,
        parent: &str,
        waiting: &mut Vec<(PathBuf, String)>,
        cancel: &CancellationToken,
    ) {
        let (path, name) = (entry.path(), entry.file_name());
        let Some(name) = name.to_str() else {
            return self.skip(&path, SkipReason::NotUnicode);
        };
        let relative = if parent.is_empty() {
            name.to_owned()
        } else {
            format!("{parent}/{name}")
        };
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => waiting.push((path, relative)),
            Ok(_) => self.look(&path, &relative, cancel),
            Err(error) => self.unreadable(&path, &error),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn folders_keep_their_paths() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("holiday");
        fs::create_dir_all(folder.join("deep/er")).unwrap();
        fs::write(folder.join("deep/er/b.txt"), "22").unwrap();
        fs::write(folder.join("a.txt"), "1").unwrap();
        fs::write(root.path().join("single"), "333").unwrap();
        let scan = scan(&[folder, root.path().join("single")], &CancellationToken::new());
        let found: Vec<_> = scan
            .items
            .iter()
            .map(|item| (item.relative.as_str(), item.size))
            .collect();
        assert_eq!(
            found,
            [("holiday/a.txt", 1), ("holiday/deep/er/b.txt", 2), ("single", 3)]
        );
        assert_eq!((scan.total_bytes, scan.skipped.len()), (6, 0));
        assert!(scan.items.iter().all(|item| item.modified.is_some()));
    }

    #[test]
    #[cfg(unix)]
    fn what_is_no_file_is_skipped_with_its_reason() {
        use std::os::unix::ffi::OsStringExt;
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("folder");
        fs::create_dir(&folder).unwrap();
        std::os::unix::fs::symlink(root.path(), folder.join("circle")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(folder.join("socket")).unwrap();
        fs::write(folder.join(std::ffi::OsString::from_vec(vec![b'n', 0xff])), "").unwrap();
        let missing = root.path().join("missing");
        let scan = scan(&[folder.clone(), missing.clone()], &CancellationToken::new());
        assert!(scan.items.is_empty());
        let reason = |path: &Path| {
            scan.skipped
                .iter()
                .find(|skipped| skipped.path == path)
                .map(|skipped| &skipped.reason)
        };
        assert_eq!(reason(&folder.join("circle")), Some(&SkipReason::Symlink));
        assert_eq!(reason(&folder.join("socket")), Some(&SkipReason::Special));
        assert!(matches!(reason(&missing), Some(SkipReason::Unreadable(_))));
        assert!(
            scan.skipped
                .iter()
                .any(|skipped| skipped.reason == SkipReason::NotUnicode)
        );
        assert_eq!(scan.skipped.len(), 4);
    }

    #[test]
    fn a_cancelled_scan_stops() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a"), "1").unwrap();
        let cancel = CancellationToken::new();
        cancel.cancel();
        assert!(scan(&[root.path().to_owned()], &cancel).items.is_empty());
    }
}
