//! Folders of a download, made as they are needed and never outside the chosen one.
//!
//! Each step goes from one open folder to the next and follows no symbolic link: whoever planted one does not get our
//! files. Where the name of a folder is taken by something else (the objects `a` and `a/b` can live side by side, a file
//! and a folder cannot), a numbered one stands in for it, the same for everything below.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use dipper_storage::ErrorKind;

use super::place::{Kind, Place};
use crate::error::{Error, Result};
use crate::names::numbered;

/// The folders below one chosen folder.
#[derive(Debug)]
pub(crate) struct Folders {
    root: Place,
    /// What the folders of names (as keys have them) are really called.
    known: Mutex<HashMap<Vec<String>, String>>,
}

impl Folders {
    /// Makes the chosen folder if it is missing. That one may be a link: the user chose it.
    pub(crate) fn below(root: &Path) -> Result<Self> {
        let about = |source| Error::disk("make the folder", root, source);
        fs::create_dir_all(root).map_err(about)?;
        Ok(Self {
            root: Place::open(root).map_err(about)?,
            known: Mutex::default(),
        })
    }

    /// The folder of these names below the chosen one, made if missing. Blocks.
    pub(crate) fn make(&self, names: &[String]) -> Result<Place> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut folder = self.root.clone();
        for depth in 1..=names.len() {
            // One that is gone, or a link by now, is made anew.
            let before = known.get(&names[..depth]).and_then(|name| folder.folder(name).ok());
            folder = if let Some(before) = before {
                before
            } else {
                let (name, made) = make_one(&folder, &names[depth - 1])?;
                known.insert(names[..depth].to_vec(), name);
                made
            };
        }
        Ok(folder)
    }
}

impl Folders {
    /// Where the folder of these names is if nothing stands in its way. Makes nothing.
    pub(crate) fn guess(root: &Path, names: &[String]) -> PathBuf {
        names.iter().fold(root.to_owned(), |folder, name| folder.join(name))
    }
}

/// A folder of this name, or of the first numbered one that is free or a folder.
fn make_one(parent: &Place, wanted: &str) -> Result<(String, Place)> {
    for number in 1..=9_999 {
        let name = if number == 1 {
            wanted.to_owned()
        } else {
            numbered(wanted, number)
        };
        let about = |source| Error::disk("make the folder", &parent.path().join(&name), source);
        match parent.make_folder(&name) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(about(error)),
            Err(_) if parent.kind(&name) != Some(Kind::Folder) => {}
            _ => {
                let folder = parent.folder(&name).map_err(about)?;
                return Ok((name, folder));
            }
        }
    }
    let path = parent.path().join(wanted);
    Err(Error::new(
        ErrorKind::Conflict,
        format!("Could not make the folder `{}`: its name is taken", path.display()),
    ))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn names(text: &str) -> Vec<String> {
        text.split('/').map(str::to_owned).collect()
    }

    #[test]
    fn k04_a_file_in_the_way_gets_a_numbered_folder_beside_it() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a"), "file").unwrap();
        let folders = Folders::below(root.path()).unwrap();
        assert_eq!(folders.make(&names("a/b")).unwrap().path(), root.path().join("a (2)/b"));
        assert_eq!(folders.make(&names("a/c")).unwrap().path(), root.path().join("a (2)/c"));
        assert_eq!(folders.make(&names("d")).unwrap().path(), root.path().join("d"));
        assert_eq!(
            Folders::below(root.path()).unwrap().make(&names("d")).unwrap().path(),
            root.path().join("d"),
            "it is used again"
        );
    }

    #[test]
    #[cfg(unix)]
    fn k02_a_planted_link_is_not_followed() {
        let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(outside.path(), root.path().join("a")).unwrap();
        let folders = Folders::below(root.path()).unwrap();
        assert_eq!(folders.make(&names("a/b")).unwrap().path(), root.path().join("a (2)/b"));
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    }
}
