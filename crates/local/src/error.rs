//! Why local storage could not be opened. Errors of S3 requests are answers on the wire (`failure`), not this type.

use std::fmt;
use std::path::{Path, PathBuf};

type Source = Box<dyn std::error::Error + Send + Sync>;

/// The reasons a server can fail to start.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Another process serves this folder. Its server can be used instead when the port is known.
    FolderLocked {
        /// The process that holds the folder, where it could be read.
        by_pid: Option<u32>,
        /// The loopback port that process listens on, once it listens.
        port: Option<u16>,
    },
    /// The operating system refused to let us listen on any loopback port.
    Listen,
    /// A file or folder could not be read or written.
    Io,
    /// The disk is full.
    DiskFull,
    /// The database in the folder is missing although there are objects, is damaged, or cannot be opened.
    Database,
    /// The folder was written by a newer version of this program.
    NewerSchema {
        /// The version found in the folder.
        found: i64,
        /// The newest version this program understands.
        supported: i64,
    },
    /// An option cannot be used, for example a tenant with a slash in it.
    InvalidInput,
}

/// An error of starting or stopping the server: what was tried, on which folder, and why it failed.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    operation: &'static str,
    path: PathBuf,
    source: Option<Source>,
}

impl Error {
    /// The reason, for code to branch on.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// What the user can do about it, if anything is known to help.
    pub fn hint(&self) -> Option<&'static str> {
        match self.kind {
            ErrorKind::FolderLocked { .. } => Some("Close the other program, or use the server it already runs."),
            ErrorKind::DiskFull => Some("Free some space on this disk and try again."),
            ErrorKind::NewerSchema { .. } => Some("Open it with the newer version, or update this one."),
            ErrorKind::Io => Some("Check that the folder exists and that you may write to it."),
            ErrorKind::Database => Some("Restore the folder from a backup, or choose another folder."),
            ErrorKind::Listen | ErrorKind::InvalidInput => None,
        }
    }

    pub(crate) fn new(kind: ErrorKind, operation: &'static str, path: &Path) -> Self {
        Self {
            kind,
            operation,
            path: path.to_owned(),
            source: None,
        }
    }

    pub(crate) fn io(operation: &'static str, path: &Path, source: std::io::Error) -> Self {
        let kind = match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => ErrorKind::DiskFull,
            _ => ErrorKind::Io,
        };
        Self::new(kind, operation, path).with_source(source)
    }

    pub(crate) fn database(operation: &'static str, path: &Path, source: rusqlite::Error) -> Self {
        let kind = match source.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => ErrorKind::DiskFull,
            _ => ErrorKind::Database,
        };
        Self::new(kind, operation, path).with_source(source)
    }

    pub(crate) fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Could not {} `{}`: ", self.operation, self.path.display())?;
        match &self.kind {
            ErrorKind::FolderLocked { by_pid: Some(pid), .. } => write!(f, "it is in use by process {pid}."),
            ErrorKind::FolderLocked { by_pid: None, .. } => write!(f, "it is in use by another process."),
            ErrorKind::Listen => write!(f, "no port of this computer's loopback address could be opened."),
            ErrorKind::Io => write!(f, "a file could not be read or written."),
            ErrorKind::DiskFull => write!(f, "the disk is full."),
            ErrorKind::Database => write!(f, "its database is missing, damaged or cannot be opened."),
            ErrorKind::NewerSchema { found, supported } => {
                write!(
                    f,
                    "it has format {found}, and this version understands formats up to {supported}."
                )
            }
            ErrorKind::InvalidInput => write!(f, "an option is not valid."),
        }?;
        self.hint().map_or(Ok(()), |hint| write!(f, " {hint}"))
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(kind: ErrorKind) -> String {
        Error::new(kind, "open the local storage folder", Path::new("/data")).to_string()
    }

    #[test]
    fn messages_say_what_where_why_and_what_to_do() {
        assert_eq!(
            rendered(ErrorKind::FolderLocked {
                by_pid: Some(7),
                port: Some(9000)
            }),
            "Could not open the local storage folder `/data`: it is in use by process 7. Close the other program, or use \
             the server it already runs."
        );
        assert_eq!(
            rendered(ErrorKind::NewerSchema { found: 9, supported: 1 }),
            "Could not open the local storage folder `/data`: it has format 9, and this version understands formats up \
             to 1. Open it with the newer version, or update this one."
        );
        assert_eq!(
            rendered(ErrorKind::DiskFull),
            "Could not open the local storage folder `/data`: the disk is full. Free some space on this disk and try \
             again."
        );
    }
}
