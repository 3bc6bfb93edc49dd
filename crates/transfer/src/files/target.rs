//! A file that is downloaded: written under a temporary name beside its place, and put there whole or not at all.
//!
//! Putting it there never replaces anything: a hard link fails where a name is taken, on every usual file system. Where
//! there are no hard links (FAT), the name is taken first by making an empty file of it, which is then renamed over.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dipper_storage::ErrorKind;

use super::positional::write_all_at;
use crate::error::{Error, Result};
use crate::names::numbered;
use crate::spec::DownloadConflict;

/// How many numbered names are tried before giving up: `name (2)` to `name (9999)`.
const NAMES_TRIED: u32 = 9_999;

/// A file on its way in. Dropping it without [`Target::commit`] removes it.
#[derive(Debug)]
pub(crate) struct Target {
    folder: PathBuf,
    name: String,
    temporary: PathBuf,
    file: Arc<File>,
    committed: bool,
}

impl Target {
    /// Makes the temporary file `.name.dipper-part` in `folder`, or a numbered one where that name is taken: it may be
    /// another program's.
    pub(crate) fn create(folder: &Path, name: &str) -> Result<Self> {
        let plain = format!(".{name}.dipper-part");
        let numbers = (2..=NAMES_TRIED).map(|number| format!(".{name}.{number}.dipper-part"));
        for temporary in std::iter::once(plain).chain(numbers) {
            let temporary = folder.join(temporary);
            match File::create_new(&temporary) {
                Ok(file) => {
                    let (folder, name) = (folder.to_owned(), name.to_owned());
                    return Ok(Self {
                        folder,
                        name,
                        temporary,
                        file: Arc::new(file),
                        committed: false,
                    });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Error::disk("write", &folder.join(name), error)),
            }
        }
        Err(too_many(&folder.join(name)))
    }

    /// Whether something, even a broken link, has this name. Only [`Target::commit`] decides for certain.
    pub(crate) fn is_taken(folder: &Path, name: &str) -> bool {
        fs::symlink_metadata(folder.join(name)).is_ok()
    }

    /// Writes at an offset, inline. Shared by all ranges of the file.
    pub(crate) fn write_at(&self, bytes: &[u8], offset: u64) -> Result<()> {
        write_all_at(&self.file, bytes, offset).map_err(|source| self.about("write", source))
    }

    /// Forgets everything written and takes `length` as the size to come.
    pub(crate) fn resize(&self, length: u64) -> Result<()> {
        self.file
            .set_len(0)
            .and_then(|()| self.file.set_len(length))
            .map_err(|source| self.about("write", source))
    }

    /// Makes the bytes durable and puts the file in its place. `None` if the name is taken and that means to skip.
    /// Blocks until the disk has everything.
    pub(crate) fn commit(mut self, length: u64, conflict: DownloadConflict) -> Result<Option<PathBuf>> {
        let about = |source| self.about("write", source);
        let written = self.file.metadata().map_err(about)?.len();
        if written != length {
            let path = self.folder.join(&self.name);
            let message = format!(
                "Could not write `{}`: {written} bytes arrived instead of {length}",
                path.display()
            );
            return Err(Error::new(ErrorKind::Corrupt, message).with_path(&path));
        }
        self.file.sync_all().map_err(about)?;
        let Some(path) = self.place(conflict)? else {
            return Ok(None);
        };
        sync_folder(&self.folder).map_err(about)?;
        self.committed = true;
        Ok(Some(path))
    }

    fn place(&self, conflict: DownloadConflict) -> Result<Option<PathBuf>> {
        for number in 1..=NAMES_TRIED {
            let path = self.folder.join(if number == 1 {
                self.name.clone()
            } else {
                numbered(&self.name, number)
            });
            match move_without_replacing(&self.temporary, &path) {
                Ok(()) => return Ok(Some(path)),
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(Error::disk("write", &path, error));
                }
                Err(_) if conflict == DownloadConflict::Skip => return Ok(None),
                Err(_) => {}
            }
        }
        Err(too_many(&self.folder.join(&self.name)))
    }

    fn about(&self, tried: &str, source: io::Error) -> Error {
        Error::disk(tried, &self.folder.join(&self.name), source)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if !self.committed
            && let Err(error) = fs::remove_file(&self.temporary)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(path = %self.temporary.display(), %error, "a temporary file stays behind");
        }
    }
}

/// Gives a file another name in the same folder; fails with `AlreadyExists` where that is taken, even at the same moment.
fn move_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from),
        Err(error) if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound) => Err(error),
        Err(_) => rename_over_own(from, to),
    }
}

/// For disks without hard links. A crash between the two steps leaves an empty file, never half a one.
fn rename_over_own(from: &Path, to: &Path) -> io::Result<()> {
    drop(File::create_new(to)?);
    fs::rename(from, to).inspect_err(|_| drop(fs::remove_file(to)))
}

/// Makes the names in a folder durable. Windows has no such thing: its file system journals names by itself.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

fn too_many(path: &Path) -> Error {
    let message = format!(
        "Could not write `{}`: that name and all numbered ones are taken",
        path.display()
    );
    Error::new(ErrorKind::Conflict, message)
        .with_path(path)
        .with_hint("Choose another folder.")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn written(folder: &Path, bytes: &[u8]) -> Target {
        let target = Target::create(folder, "a.txt").unwrap();
        target.write_at(bytes, 0).unwrap();
        target
    }

    #[test]
    fn a_taken_name_gets_a_number_and_nothing_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        for bytes in [b"1", b"2", b"3"] {
            written(folder.path(), bytes)
                .commit(1, DownloadConflict::KeepBoth)
                .unwrap()
                .unwrap();
        }
        assert_eq!(names(folder.path()), ["a (2).txt", "a (3).txt", "a.txt"]);
        assert_eq!(fs::read(folder.path().join("a.txt")).unwrap(), b"1");
        assert_eq!(
            written(folder.path(), b"4").commit(1, DownloadConflict::Skip).unwrap(),
            None
        );
        assert_eq!(names(folder.path()).len(), 3, "the skipped one left nothing behind");
    }

    #[test]
    fn what_is_dropped_or_short_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        drop(written(folder.path(), b"half"));
        let short = written(folder.path(), b"half")
            .commit(8, DownloadConflict::KeepBoth)
            .unwrap_err();
        assert_eq!(short.kind(), ErrorKind::Corrupt);
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn another_programs_temporary_file_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".a.txt.dipper-part"), "theirs").unwrap();
        written(folder.path(), b"1")
            .commit(1, DownloadConflict::KeepBoth)
            .unwrap();
        assert_eq!(names(folder.path()), [".a.txt.dipper-part", "a.txt"]);
        assert_eq!(fs::read(folder.path().join(".a.txt.dipper-part")).unwrap(), b"theirs");
    }

    #[test]
    fn a_disk_without_hard_links_does_not_replace_either() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::write(&from, "new").unwrap();
        rename_over_own(&from, &to).unwrap();
        fs::write(&from, "newer").unwrap();
        assert_eq!(
            rename_over_own(&from, &to).unwrap_err().kind(),
            io::ErrorKind::AlreadyExists
        );
        assert_eq!(fs::read(&to).unwrap(), b"new");
    }
}
