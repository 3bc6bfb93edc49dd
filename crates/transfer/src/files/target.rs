//! A file that is downloaded: written under a temporary name beside its place, and put there whole or not at all.
//!
//! Putting it there never replaces anything: a hard link fails where a name is taken, on every usual file system. Where
//! there are no hard links (FAT), the name is taken first by making an empty file of it, which is then renamed over.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dipper_storage::ErrorKind;

use super::buffers::CHUNK;
use super::place::{Access, Kind, Place};
use super::positional::{read_exact_at, write_all_at};
use super::room;
use crate::crash::crash_point;
use crate::error::{Error, Result};
use crate::names::numbered;
use crate::spec::DownloadConflict;

/// How many numbered names are tried before giving up: `name (2)` to `name (9999)`.
const NAMES_TRIED: u32 = 9_999;

/// A file on its way in. Dropping it without [`Target::commit`] or [`Target::keep`] removes it.
#[derive(Debug)]
pub(crate) struct Target {
    folder: Place,
    name: String,
    /// The temporary name.
    mark: String,
    temporary: PathBuf,
    file: Arc<File>,
    stays: bool,
}

impl Target {
    /// Makes the temporary file for `name` in `folder`. It is called `mark`, which no other download has: a file of that
    /// name is what an earlier run left, and goes.
    pub(crate) fn create(folder: Place, name: &str, mark: &str) -> Result<Self> {
        let about = |source| Error::disk("write", &folder.path().join(name), source);
        let file = match folder.create_new(mark) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                folder.remove(mark).map_err(about)?;
                folder.create_new(mark).map_err(about)?
            }
            made => made.map_err(about)?,
        };
        Ok(Self::of(folder, name, mark, file))
    }

    /// Goes on with the temporary file of an earlier run if it is there with this length.
    pub(crate) fn reopen(folder: &Place, name: &str, mark: &str, length: u64) -> Option<Self> {
        // Looked at once it is open: whatever takes the name meanwhile, we write into a file of ours or none.
        let file = folder.file(mark, Access::ReadWrite).ok()?;
        (file.metadata().ok()?.len() == length).then(|| Self::of(folder.clone(), name, mark, file))
    }

    fn of(folder: Place, name: &str, mark: &str, file: File) -> Self {
        Self {
            temporary: folder.path().join(mark),
            folder,
            name: name.to_owned(),
            mark: mark.to_owned(),
            file: Arc::new(file),
            stays: false,
        }
    }

    /// Where the bytes are until the file has its name.
    pub(crate) fn temporary(&self) -> &Path {
        &self.temporary
    }

    /// The folder it will be in, and its name there unless that is taken.
    pub(crate) fn place(&self) -> (&Path, &str) {
        (self.folder.path(), &self.name)
    }

    /// How long the file is now.
    pub(crate) fn length(&self) -> Result<u64> {
        let metadata = self.file.metadata().map_err(|source| self.about("look at", source))?;
        Ok(metadata.len())
    }

    /// Fails with `DiskFull` where so many bytes more would not fit.
    pub(crate) fn has_room(&self, bytes: u64) -> Result<()> {
        room::is_there(self.folder.path(), &self.path(), bytes)
    }

    /// Makes what was written durable. Blocks.
    pub(crate) fn sync(&self) -> Result<()> {
        self.file.sync_data().map_err(|source| self.about("write", source))
    }

    /// Leaves the temporary file there, for another run to go on with.
    pub(crate) fn keep(&mut self) {
        self.stays = true;
    }

    /// Whether something, even a broken link, has this name. Only [`Target::commit`] decides for certain.
    pub(crate) fn is_taken(folder: &Place, name: &str) -> bool {
        folder.kind(name).is_some()
    }

    /// Whether a file of this name, or of a numbered one, has this length.
    pub(crate) fn has_length(folder: &Place, name: &str, length: u64) -> bool {
        let mut kinds = (1..=NAMES_TRIED).map_while(|number| folder.kind(&numbered_name(name, number)));
        kinds.any(|kind| kind == Kind::File(length))
    }

    /// Writes at an offset, inline. Shared by all ranges of the file.
    pub(crate) fn write_at(&self, bytes: &[u8], offset: u64) -> Result<()> {
        write_all_at(&self.file, bytes, offset).map_err(|source| self.about("write", source))
    }

    /// Hands out a range of what was written, piece by piece. Blocks.
    pub(crate) fn read(&self, offset: u64, length: u64, mut each: impl FnMut(&[u8])) -> Result<()> {
        let mut buffer = vec![0; CHUNK];
        let mut at = 0;
        while at < length {
            let piece = usize::try_from(length - at).unwrap_or(CHUNK).min(CHUNK);
            let read = read_exact_at(&self.file, &mut buffer[..piece], offset + at);
            read.map_err(|source| self.about("read", source))?;
            each(&buffer[..piece]);
            at += piece as u64;
        }
        Ok(())
    }

    /// Forgets everything written and takes `length` as the size to come.
    pub(crate) fn resize(&self, length: u64) -> Result<()> {
        self.file
            .set_len(0)
            .and_then(|()| self.file.set_len(length))
            .map_err(|source| self.about("write", source))
    }

    /// Makes the bytes durable, if they are as many as they should be. Blocks until the disk has everything.
    pub(crate) fn finish(&self, length: u64) -> Result<()> {
        let about = |source| self.about("write", source);
        let written = self.file.metadata().map_err(about)?.len();
        if written != length {
            let path = self.path();
            let message = format!(
                "Could not write `{}`: {written} bytes arrived instead of {length}",
                path.display()
            );
            return Err(Error::new(ErrorKind::Corrupt, message).with_path(&path));
        }
        self.file.sync_all().map_err(about)
    }

    /// Puts the finished file in its place. `None` if the name is taken and that means to skip. Blocks until the disk has
    /// its name.
    pub(crate) fn commit(mut self, conflict: DownloadConflict) -> Result<Option<PathBuf>> {
        let Some(path) = self.settle_in(conflict)? else {
            return Ok(None);
        };
        self.folder.sync().map_err(|source| self.about("write", source))?;
        crash_point!("target.after_sync");
        self.stays = true;
        Ok(Some(path))
    }

    /// Whether the file has its name already: an earlier run gave it that and did not come to remove the temporary name.
    pub(crate) fn is_placed(&self) -> Result<bool> {
        for number in 1..=NAMES_TRIED {
            let name = numbered_name(&self.name, number);
            match self.folder.kind(&name) {
                None => return Ok(false),
                Some(Kind::File(_)) if self.is_in(&name).map_err(|source| self.about("compare", source))? => {
                    return Ok(true);
                }
                Some(_) => {}
            }
        }
        Ok(false)
    }

    /// Whether the file of this name holds the same bytes.
    fn is_in(&self, name: &str) -> io::Result<bool> {
        same_bytes(&self.file, &self.folder.file(name, Access::Read)?)
    }

    fn settle_in(&self, conflict: DownloadConflict) -> Result<Option<PathBuf>> {
        for number in 1..=NAMES_TRIED {
            let name = numbered_name(&self.name, number);
            let path = self.folder.path().join(&name);
            match move_without_replacing(&self.folder, &self.mark, &name) {
                Ok(()) => return Ok(Some(path)),
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(Error::disk("write", &path, error));
                }
                Err(_) if conflict == DownloadConflict::Skip => return Ok(None),
                Err(_) => {}
            }
        }
        Err(too_many(&self.path()))
    }

    /// Where the file goes unless that name is taken.
    fn path(&self) -> PathBuf {
        self.folder.path().join(&self.name)
    }

    fn about(&self, tried: &str, source: io::Error) -> Error {
        Error::disk(tried, &self.path(), source)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if !self.stays
            && let Err(error) = self.folder.remove(&self.mark)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(path = %self.temporary.display(), %error, "a temporary file stays behind");
        }
    }
}

fn numbered_name(name: &str, number: u32) -> String {
    if number == 1 {
        name.to_owned()
    } else {
        numbered(name, number)
    }
}

/// Whether two files hold the same bytes.
fn same_bytes(one: &File, other: &File) -> io::Result<bool> {
    let length = one.metadata()?.len();
    if other.metadata()?.len() != length {
        return Ok(false);
    }
    let (mut here, mut there) = (vec![0; CHUNK], vec![0; CHUNK]);
    let mut at = 0;
    while at < length {
        let piece = usize::try_from(length - at).unwrap_or(CHUNK).min(CHUNK);
        read_exact_at(one, &mut here[..piece], at)?;
        read_exact_at(other, &mut there[..piece], at)?;
        if here[..piece] != there[..piece] {
            return Ok(false);
        }
        at += piece as u64;
    }
    Ok(true)
}

/// Gives a file another name in its folder; fails with `AlreadyExists` where that is taken, even at the same moment.
fn move_without_replacing(folder: &Place, from: &str, to: &str) -> io::Result<()> {
    match folder.link(from, to) {
        Ok(()) => {
            crash_point!("target.after_link");
            folder.remove(from)?;
            crash_point!("target.after_unlink");
            Ok(())
        }
        Err(error) if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound) => Err(error),
        Err(_) => rename_over_own(folder, from, to),
    }
}

/// For disks without hard links. A crash between the two steps leaves an empty file, never half a one.
fn rename_over_own(folder: &Place, from: &str, to: &str) -> io::Result<()> {
    drop(folder.create_new(to)?);
    folder.rename(from, to).inspect_err(|_| drop(folder.remove(to)))
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

    use std::fs;

    use super::*;

    const MARK: &str = ".mark.dipper-part";

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn place(folder: &Path) -> Place {
        Place::open(folder).unwrap()
    }

    fn written(folder: &Path, bytes: &[u8]) -> Target {
        let target = Target::create(place(folder), "a.txt", MARK).unwrap();
        target.write_at(bytes, 0).unwrap();
        target
    }

    fn placed(target: Target, conflict: DownloadConflict) -> Option<PathBuf> {
        target.finish(1).unwrap();
        target.commit(conflict).unwrap()
    }

    #[test]
    fn a_taken_name_gets_a_number_and_nothing_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        for bytes in [b"1", b"2", b"3"] {
            placed(written(folder.path(), bytes), DownloadConflict::KeepBoth).unwrap();
        }
        assert_eq!(names(folder.path()), ["a (2).txt", "a (3).txt", "a.txt"]);
        assert_eq!(fs::read(folder.path().join("a.txt")).unwrap(), b"1");
        assert_eq!(placed(written(folder.path(), b"4"), DownloadConflict::Skip), None);
        assert_eq!(names(folder.path()).len(), 3, "the skipped one left nothing behind");
    }

    #[test]
    fn what_is_dropped_or_short_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        drop(written(folder.path(), b"half"));
        let short = written(folder.path(), b"half").finish(8).unwrap_err();
        assert_eq!(short.kind(), ErrorKind::Corrupt);
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn a_kept_file_is_gone_on_with_and_another_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut target = written(folder.path(), b"half");
        target.keep();
        drop(target);
        assert!(
            Target::reopen(&place(folder.path()), "a.txt", MARK, 5).is_none(),
            "another length"
        );
        let target = Target::reopen(&place(folder.path()), "a.txt", MARK, 4).unwrap();
        target.write_at(b"ow", 2).unwrap();
        target.finish(4).unwrap();
        let path = target.commit(DownloadConflict::KeepBoth).unwrap().unwrap();
        assert_eq!(fs::read(path).unwrap(), b"haow");
        assert_eq!(names(folder.path()), ["a.txt"]);
    }

    #[test]
    fn a_file_that_has_its_name_already_is_recognised() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.txt"), "2").unwrap();
        let target = written(folder.path(), b"1");
        assert!(!target.is_placed().unwrap());
        fs::hard_link(target.temporary(), folder.path().join("a (2).txt")).unwrap();
        assert!(target.is_placed().unwrap());
    }

    #[test]
    fn a_disk_without_hard_links_does_not_replace_either() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        let place = place(folder.path());
        fs::write(&from, "new").unwrap();
        rename_over_own(&place, "from", "to").unwrap();
        fs::write(&from, "newer").unwrap();
        assert_eq!(
            rename_over_own(&place, "from", "to").unwrap_err().kind(),
            io::ErrorKind::AlreadyExists
        );
        assert_eq!(fs::read(&to).unwrap(), b"new");
    }
}
