//! Folders of a download, made as they are needed and never outside the chosen one.
//!
//! Each step is looked at by itself and a symbolic link is not followed: whoever planted one does not get our files. Where
//! the name of a folder is taken by something else (the objects `a` and `a/b` can live side by side, a file and a folder
//! cannot), a numbered one stands in for it, the same for everything below.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use dipper_storage::ErrorKind;

use crate::error::{Error, Result};
use crate::names::numbered;

/// The folders below one chosen folder.
#[derive(Debug)]
pub(crate) struct Folders {
    root: PathBuf,
    /// Where the folders of names (as keys have them) really are.
    known: Mutex<HashMap<Vec<String>, PathBuf>>,
}

impl Folders {
    /// Makes the chosen folder if it is missing. That one may be a link: the user chose it.
    pub(crate) fn below(root: &Path) -> Result<Self> {
        fs::create_dir_all(root).map_err(|source| Error::disk("make the folder", root, source))?;
        Ok(Self {
            root: root.to_owned(),
            known: Mutex::default(),
        })
    }

    /// The folder of these names below the chosen one, made if missing. Blocks.
    pub(crate) fn make(&self, names: &[String]) -> Result<PathBuf> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut folder = self.root.clone();
        for depth in 1..=names.len() {
            if let Some(path) = known.get(&names[..depth]) {
                folder.clone_from(path);
                continue;
            }
            folder = make_one(&folder, &names[depth - 1])?;
            known.insert(names[..depth].to_vec(), folder.clone());
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

fn make_one(parent: &Path, name: &str) -> Result<PathBuf> {
    for number in 1..=9_999 {
        let path = parent.join(if number == 1 {
            name.to_owned()
        } else {
            numbered(name, number)
        });
        match fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(Error::disk("make the folder", &path, error));
            }
            Err(_) => {}
        }
        // symlink_metadata does not follow: a link to a folder is not a folder here.
        if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir()) {
            return Ok(path);
        }
    }
    let path = parent.join(name);
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
    fn a_file_in_the_way_gets_a_numbered_folder_beside_it() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a"), "file").unwrap();
        let folders = Folders::below(root.path()).unwrap();
        assert_eq!(folders.make(&names("a/b")).unwrap(), root.path().join("a (2)/b"));
        assert_eq!(folders.make(&names("a/c")).unwrap(), root.path().join("a (2)/c"));
        assert_eq!(folders.make(&names("d")).unwrap(), root.path().join("d"));
        assert_eq!(
            Folders::below(root.path()).unwrap().make(&names("d")).unwrap(),
            root.path().join("d"),
            "it is used again"
        );
    }

    #[test]
    #[cfg(unix)]
    fn a_planted_link_is_not_followed() {
        let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(outside.path(), root.path().join("a")).unwrap();
        let folders = Folders::below(root.path()).unwrap();
        assert_eq!(folders.make(&names("a/b")).unwrap(), root.path().join("a (2)/b"));
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    }
}
