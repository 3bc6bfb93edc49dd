//! What can go wrong with a test's servers, in the one shape every crate of Dipper uses.

use std::error::Error as StdError;
use std::fmt;

/// Something the test kit could not do: what it tried, and why that failed.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    operation: String,
    context: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kinds of failure a test may want to tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A program that is needed is not installed; the message names it.
    Missing,
    /// A program ended, or answered that it would not.
    Failed,
    /// Something was not ready in its time.
    Timeout,
    /// A connection failed or spoke something other than HTTP.
    Network,
    /// A file or folder could not be read or written.
    LocalIo,
    /// What was handed in makes no sense.
    InvalidInput,
}

impl Error {
    /// An error of this kind, met while trying to do `operation` ("start ceph-mon").
    pub(crate) fn new(kind: ErrorKind, operation: impl Into<String>) -> Self {
        Self {
            kind,
            operation: operation.into(),
            context: String::new(),
            source: None,
        }
    }

    /// The same error, saying more: a path, an address, the end of a log.
    pub(crate) fn with_context(mut self, context: impl Into<String>) -> Self {
        self.context = context.into();
        self
    }

    /// The same error, with its cause.
    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// A closure for `map_err` on input and output.
    pub(crate) fn io(operation: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::new(ErrorKind::LocalIo, operation).with_source(source)
    }

    /// A closure for `map_err` on anything that happened on a connection.
    pub(crate) fn network<E: Into<Box<dyn StdError + Send + Sync>>>(
        operation: impl Into<String>,
    ) -> impl FnOnce(E) -> Self {
        move |source| Self::new(ErrorKind::Network, operation).with_source(source)
    }

    /// The kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {}", self.operation)?;
        match self.kind {
            ErrorKind::Missing => write!(f, ": not installed (`cargo xtask setup` installs what the tests need)")?,
            ErrorKind::Timeout => write!(f, ": not ready in time")?,
            _ => {}
        }
        if !self.context.is_empty() {
            write!(f, ": {}", self.context)?;
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
