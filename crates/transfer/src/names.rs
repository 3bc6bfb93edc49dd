//! Keys to file names that are safe on every system, and back.

use std::path::PathBuf;

/// The path that a key becomes, relative to a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalName {
    /// Folders and file name, each safe by itself.
    pub components: Vec<String>,
    /// Whether the key ends in `/`: the marker of a folder.
    pub is_folder: bool,
}

impl LocalName {
    /// The path below the chosen folder.
    pub fn to_path(&self) -> PathBuf {
        self.components.iter().collect()
    }
}

/// The safe relative path of a key.
pub fn local_name(key: &str) -> LocalName {
    let _ = key;
    todo!()
}
