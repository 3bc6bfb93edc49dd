//! The errors of this crate: those of the disk, and those of `storage` passed on as they are.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dipper_storage::ErrorKind;

use crate::job::ItemError;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something of a transfer failed: what was tried, on what, why, and what one can do.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    path: Option<PathBuf>,
    storage: Option<Box<dipper_storage::Error>>,
    source: Option<io::Error>,
    /// Whether the file that was sent became another meanwhile.
    changed: bool,
}

impl Error {
    /// The kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What the user can do.
    pub fn hint(&self) -> Option<String> {
        match &self.storage {
            Some(error) => error.hint(),
            None => self.hint.clone(),
        }
    }

    /// The file or folder it was about.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The error of the server or the network, when it was that.
    pub fn storage(&self) -> Option<&dipper_storage::Error> {
        self.storage.as_deref()
    }

    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
            path: None,
            storage: None,
            source: None,
            changed: false,
        }
    }

    pub(crate) fn cancelled() -> Self {
        Self::new(ErrorKind::Cancelled, "Cancelled")
    }

    /// A failure of the disk: `tried` reads like "read" or "make the folder".
    pub(crate) fn disk(tried: &str, path: &Path, source: io::Error) -> Self {
        let kind = match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::DiskFull,
            io::ErrorKind::NotFound => ErrorKind::NotFound,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ErrorKind::AccessDenied,
            _ => ErrorKind::LocalIo,
        };
        let hint = match kind {
            ErrorKind::DiskFull => Some("Free some space on that disk, then retry."),
            ErrorKind::NotFound => Some("It may have been moved or deleted since it was chosen."),
            ErrorKind::AccessDenied => Some("Your user is not allowed to do that there."),
            _ => None,
        };
        let message = format!("Could not {tried} `{}`: {}", path.display(), reason(&source));
        Self {
            hint: hint.map(str::to_owned),
            ..Self::new(kind, message).with_path(path).with_source(source)
        }
    }

    /// The file that is sent is not the one any more that was opened. It is begun with anew once, so whoever reads this
    /// has a file that does not hold still.
    pub(crate) fn file_changed(path: &Path) -> Self {
        let message = format!(
            "Could not upload `{}`: the file keeps changing while it is uploaded",
            path.display()
        );
        Self {
            changed: true,
            ..Self::new(ErrorKind::Conflict, message)
                .with_path(path)
                .with_hint("Retry when no program writes to it any more.")
        }
    }

    /// Whether the file that was sent became another meanwhile.
    pub(crate) fn is_change(&self) -> bool {
        self.changed
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn with_path(mut self, path: &Path) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    pub(crate) fn with_source(mut self, source: io::Error) -> Self {
        self.source = Some(source);
        self
    }

    /// How long the server asked to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        self.storage.as_ref().and_then(|error| error.retry_after())
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.kind == ErrorKind::Cancelled
    }

    /// What a snapshot says of it.
    pub(crate) fn to_item_error(&self, name: &str) -> ItemError {
        let storage = self.storage();
        ItemError {
            name: name.to_owned(),
            message: self.to_string(),
            hint: self.hint(),
            kind: self.kind,
            code: storage.and_then(|error| error.s3_code().map(str::to_owned)),
            request_id: storage.and_then(|error| error.request_id().map(str::to_owned)),
        }
    }
}

/// The system's words without its error number.
pub(crate) fn reason(source: &io::Error) -> String {
    let text = source.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.storage {
            Some(error) => error.fmt(f),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.storage {
            Some(error) => error.source(),
            None => self.source.as_ref().map(|source| source as _),
        }
    }
}

impl From<dipper_storage::Error> for Error {
    fn from(error: dipper_storage::Error) -> Self {
        Self {
            kind: error.kind(),
            message: String::new(),
            hint: None,
            path: None,
            storage: Some(Box::new(error)),
            source: None,
            changed: false,
        }
    }
}
