//! A folder that files are put into, held open.
//!
//! Whatever somebody does to the path that led here, even put a link in its place, what is made is made in the folder that
//! was opened. Names are single ones, without a slash, and a link under such a name is never followed.

#[cfg(not(unix))]
mod path;
#[cfg(unix)]
mod unix;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[cfg(not(unix))]
use path::Dir;
#[cfg(unix)]
use unix::Dir;

/// An open folder. Clones are the same one.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    path: PathBuf,
    dir: Arc<Dir>,
}

/// What lies under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A file and its length.
    File(u64),
    Folder,
    /// A link, or something stranger.
    Other,
}

/// What a file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    ReadWrite,
}

impl Place {
    /// The folder of this path. The path may go over links: somebody chose it.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            dir: Arc::new(Dir::open(path)?),
        })
    }

    /// Where it was when it was opened.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of this name.
    pub(crate) fn folder(&self, name: &str) -> io::Result<Self> {
        Ok(Self {
            path: self.path.join(name),
            dir: Arc::new(self.dir.folder(name)?),
        })
    }

    pub(crate) fn make_folder(&self, name: &str) -> io::Result<()> {
        self.dir.make_folder(name)
    }

    /// What this name is; `None` where there is nothing, or nobody may look.
    pub(crate) fn kind(&self, name: &str) -> Option<Kind> {
        self.dir.kind(name).ok()
    }

    /// A new file to write and, where a range is looked at again, to read.
    pub(crate) fn create_new(&self, name: &str) -> io::Result<File> {
        self.dir.create_new(name)
    }

    /// The file of this name.
    pub(crate) fn file(&self, name: &str, access: Access) -> io::Result<File> {
        let file = self.dir.file(name, access)?;
        if file.metadata()?.is_file() {
            Ok(file)
        } else {
            Err(io::ErrorKind::InvalidInput.into())
        }
    }

    /// Gives a file another name here beside its own; fails with `AlreadyExists` where that is taken.
    pub(crate) fn link(&self, from: &str, to: &str) -> io::Result<()> {
        self.dir.link(from, to)
    }

    /// Gives a file another name here, whatever has it.
    pub(crate) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.dir.rename(from, to)
    }

    /// Takes a file's name away.
    pub(crate) fn remove(&self, name: &str) -> io::Result<()> {
        self.dir.remove(name)
    }

    /// Makes the names in it durable. Blocks.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.dir.sync()
    }
}

#[cfg(all(test, unix))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn k02_a_place_stays_where_it_is_and_follows_no_link() {
        let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (inner, aside) = (root.path().join("inner"), root.path().join("aside"));
        fs::create_dir(&inner).unwrap();
        fs::write(outside.path().join("theirs"), "theirs").unwrap();
        let place = Place::open(root.path()).unwrap().folder("inner").unwrap();
        fs::rename(&inner, &aside).unwrap();
        symlink(outside.path(), &inner).unwrap();
        drop(place.create_new("new").unwrap());
        place.link("new", "other").unwrap();
        place.remove("new").unwrap();
        place.sync().unwrap();
        assert_eq!(place.kind("other"), Some(Kind::File(0)));
        assert!(aside.join("other").is_file());
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
        assert!(Place::open(root.path()).unwrap().folder("inner").is_err());

        symlink(outside.path().join("theirs"), aside.join("link")).unwrap();
        assert_eq!(place.kind("link"), Some(Kind::Other));
        assert!(place.file("link", Access::ReadWrite).is_err());
        assert!(place.create_new("link").is_err());
    }
}
