//! Folders by their paths, where there is nothing better in the standard library. Each step is looked at by itself, as
//! late as can be; to make links, Windows asks for a right that users do not have.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::{Access, Kind};

#[derive(Debug)]
pub(super) struct Dir(PathBuf);

impl Dir {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        fs::read_dir(path)?;
        Ok(Self(path.to_owned()))
    }

    pub(super) fn folder(&self, name: &str) -> io::Result<Self> {
        match self.kind(name)? {
            Kind::Folder => Ok(Self(self.0.join(name))),
            Kind::File(_) | Kind::Other => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    pub(super) fn make_folder(&self, name: &str) -> io::Result<()> {
        fs::create_dir(self.0.join(name))
    }

    pub(super) fn kind(&self, name: &str) -> io::Result<Kind> {
        let found = fs::symlink_metadata(self.0.join(name))?;
        Ok(if found.is_file() {
            Kind::File(found.len())
        } else if found.is_dir() {
            Kind::Folder
        } else {
            Kind::Other
        })
    }

    pub(super) fn create_new(&self, name: &str) -> io::Result<File> {
        File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(self.0.join(name))
    }

    pub(super) fn file(&self, name: &str, access: Access) -> io::Result<File> {
        if !matches!(self.kind(name)?, Kind::File(_)) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let write = access == Access::ReadWrite;
        File::options().read(true).write(write).open(self.0.join(name))
    }

    pub(super) fn link(&self, from: &str, to: &str) -> io::Result<()> {
        fs::hard_link(self.0.join(from), self.0.join(to))
    }

    pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.0.join(from), self.0.join(to))
    }

    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.0.join(name))
    }

    /// Windows has no such thing: its file system journals names by itself.
    pub(super) fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}
