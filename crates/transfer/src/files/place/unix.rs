//! Folders by their descriptors.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use nix::fcntl::{AtFlags, OFlag, openat, renameat};
use nix::sys::stat::{Mode, SFlag, fstatat, mkdirat};
use nix::unistd::{UnlinkatFlags, linkat, unlinkat};

use super::{Access, Kind};

#[derive(Debug)]
pub(super) struct Dir(OwnedFd);

impl Dir {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(File::open(path)?.into()))
    }

    pub(super) fn folder(&self, name: &str) -> io::Result<Self> {
        self.open_at(name, OFlag::O_RDONLY | OFlag::O_DIRECTORY).map(Self)
    }

    pub(super) fn make_folder(&self, name: &str) -> io::Result<()> {
        Ok(mkdirat(&self.0, name, Mode::from_bits_truncate(0o777))?)
    }

    pub(super) fn kind(&self, name: &str) -> io::Result<Kind> {
        let found = fstatat(&self.0, name, AtFlags::AT_SYMLINK_NOFOLLOW)?;
        Ok(match SFlag::from_bits_truncate(found.st_mode) & SFlag::S_IFMT {
            SFlag::S_IFREG => Kind::File(u64::try_from(found.st_size).unwrap_or_default()),
            SFlag::S_IFDIR => Kind::Folder,
            _ => Kind::Other,
        })
    }

    pub(super) fn create_new(&self, name: &str) -> io::Result<File> {
        self.open_at(name, OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL)
            .map(File::from)
    }

    pub(super) fn file(&self, name: &str, access: Access) -> io::Result<File> {
        let access = match access {
            Access::Read => OFlag::O_RDONLY,
            Access::ReadWrite => OFlag::O_RDWR,
        };
        // Without waiting for the other end, should it be a pipe.
        self.open_at(name, access | OFlag::O_NONBLOCK).map(File::from)
    }

    pub(super) fn link(&self, from: &str, to: &str) -> io::Result<()> {
        Ok(linkat(&self.0, from, &self.0, to, AtFlags::empty())?)
    }

    pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        Ok(renameat(&self.0, from, &self.0, to)?)
    }

    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        Ok(unlinkat(&self.0, name, UnlinkatFlags::NoRemoveDir)?)
    }

    pub(super) fn sync(&self) -> io::Result<()> {
        File::from(self.0.try_clone()?).sync_all()
    }

    fn open_at(&self, name: &str, how: OFlag) -> io::Result<OwnedFd> {
        let how = how | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        Ok(openat(&self.0, name, how, Mode::from_bits_truncate(0o666))?)
    }
}
