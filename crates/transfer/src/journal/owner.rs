//! Who runs a job. A lease is a locked file: the system lets go of it the moment its process ends, however it ends, so
//! nothing has to be renewed, nobody waits for a time to pass, and a computer that slept loses nothing.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::retry::random;

const FOLDER: &str = "leases";

/// One engine among those that share a journal.
#[derive(Debug)]
pub(crate) struct Owner {
    name: String,
    /// Where the locks are; `None` for a journal in memory, which nobody shares.
    folder: Option<PathBuf>,
    /// Held as long as we live.
    _lock: Option<File>,
}

impl Owner {
    /// Takes a lease under a new name. Blocks.
    pub(super) fn new(journal: Option<&Path>) -> Result<Self> {
        let name = format!("{}-{:016x}", std::process::id(), random());
        let folder = journal.map(|journal| journal.join(FOLDER));
        let lock = folder.as_deref().map(|folder| take(folder, &name)).transpose()?;
        Ok(Self {
            name,
            folder,
            _lock: lock,
        })
    }

    /// Our name in the journal.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether this owner still runs; we ourselves do. The file of one that does not is removed. Blocks.
    pub(super) fn is_alive(&self, owner: &str) -> bool {
        if owner == self.name {
            return true;
        }
        let Some(path) = self.folder.as_ref().map(|folder| folder.join(owner)) else {
            return false;
        };
        let Ok(file) = File::open(&path) else { return false };
        match file.try_lock() {
            // A lock that cannot be asked for is not taken over: better a job that waits than one that runs twice.
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => true,
            Ok(()) => {
                _ = fs::remove_file(&path);
                false
            }
        }
    }
}

fn take(folder: &Path, name: &str) -> Result<File> {
    let path = folder.join(name);
    let unlocked = folder.join(format!(".{name}"));
    let about = |source| Error::disk("write", &path, source);
    fs::create_dir_all(folder).map_err(about)?;
    let file = File::create_new(&unlocked).map_err(about)?;
    file.lock().map_err(about)?;
    // Under its name only once it is locked: nobody sees it free.
    fs::rename(&unlocked, &path).map_err(about)?;
    Ok(file)
}

impl Drop for Owner {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            _ = fs::remove_file(folder.join(&self.name));
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn an_owner_is_alive_until_it_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let one = Owner::new(Some(folder.path())).unwrap();
        let other = Owner::new(Some(folder.path())).unwrap();
        assert!(one.is_alive(other.name()) && one.is_alive(one.name()));
        let name = other.name().to_owned();
        drop(other);
        assert!(!one.is_alive(&name));
        fs::write(folder.path().join(FOLDER).join("crashed"), "").unwrap();
        assert!(
            !one.is_alive("crashed"),
            "a file that nobody holds is a process that was killed"
        );
        assert!(!folder.path().join(FOLDER).join("crashed").exists());
    }
}
