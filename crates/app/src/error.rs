//! The one error of this crate.
//!
//! Its words are for people: what was tried, on what, why it failed; then a hint, what can be done. What a support
//! request needs (S3 code, status, request id) stays beside the words. It never holds a secret or a signed link.

use std::fmt;
use std::sync::Arc;

use dipper_storage::ErrorKind as StorageKind;

/// A result of this crate.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of thing went wrong; the only thing callers branch on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bucket, object, account or view is not there.
    NotFound,
    /// The server knows the key and refuses this request.
    AccessDenied,
    /// The server does not accept the access key or the signature.
    InvalidCredentials,
    /// Something with that name is in the way, or the state does not allow the request.
    Conflict,
    /// A condition sent with the request did not hold.
    PreconditionFailed,
    /// The server asks to slow down.
    Throttled,
    /// The server could not be reached.
    Network,
    /// The server did not answer in time.
    Timeout,
    /// The secure connection could not be made or trusted.
    Tls,
    /// The server does not offer this.
    Unsupported,
    /// What was typed or asked cannot be.
    InvalidInput,
    /// A file or folder of this computer could not be used.
    LocalIo,
    /// The disk is full.
    DiskFull,
    /// The answer or the stored data is damaged.
    Corrupt,
    /// The clocks of this computer and the server differ too much.
    ClockSkew,
    /// Some of many things failed.
    Partial,
    /// Stopped on request. Not a failure.
    Cancelled,
    /// The system's keychain is missing, locked or failing.
    Keychain,
    /// The plan this needs is missing, used, too old, or no longer what was shown.
    StalePlan,
    /// A bug.
    Internal,
}

impl ErrorKind {
    /// Whether trying the same again may help.
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::Throttled | Self::Network | Self::Timeout)
    }
}

/// What went wrong, in words for people and with the facts a support request needs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Error(Box<Facts>);

#[derive(Clone, Debug)]
struct Facts {
    kind: ErrorKind,
    operation: String,
    message: String,
    hint: Option<String>,
    retryable: bool,
    bucket: Option<String>,
    key: Option<String>,
    s3_code: Option<String>,
    status: Option<u16>,
    request_id: Option<String>,
    server_message: Option<String>,
    field: Option<&'static str>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of this crate's own: `message` says what was tried, on what, why it failed.
    pub(crate) fn new(kind: ErrorKind, operation: &str, message: impl Into<String>) -> Self {
        Self(Box::new(Facts {
            kind,
            operation: operation.to_owned(),
            message: message.into(),
            hint: None,
            retryable: kind.is_retryable(),
            bucket: None,
            key: None,
            s3_code: None,
            status: None,
            request_id: None,
            server_message: None,
            field: None,
            source: None,
        }))
    }

    /// A form field that cannot be used as it is. `field` is its name on the wire (`endpoint`, `accessKeyId`, …).
    pub(crate) fn field_at_fault(operation: &str, field: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidInput, operation, message).with_field(field)
    }

    /// Refusal of a plan that is missing, used, too old, or not what was shown any more.
    pub(crate) fn stale_plan(operation: &str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::StalePlan, operation, message)
            .with_hint("Look at it again, then confirm what is shown now.")
    }

    /// A failure of the transfer engine.
    pub(crate) fn of_transfer(operation: &str, cause: dipper_transfer::Error) -> Self {
        let error = Self::new(cause.kind().into(), operation, cause.to_string());
        let error = match cause.hint() {
            Some(hint) => error.with_hint(hint),
            None => error,
        };
        error.with_source(cause)
    }

    /// A broken promise between parts of this program.
    pub(crate) fn internal(operation: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let source = source.into();
        Self::new(
            ErrorKind::Internal,
            operation,
            format!("Something inside Dipper failed: {source}."),
        )
        .with_source(source)
    }

    /// The same error with what the user can do.
    #[must_use]
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// The same error at a form field, named as on the wire.
    #[must_use]
    pub(crate) fn with_field(mut self, field: &'static str) -> Self {
        self.0.field = Some(field);
        self
    }

    /// The same error about a bucket.
    #[must_use]
    pub(crate) fn with_bucket(mut self, bucket: impl Into<String>) -> Self {
        self.0.bucket = Some(bucket.into());
        self
    }

    /// The same error about a key.
    #[must_use]
    pub(crate) fn with_key(mut self, key: impl Into<String>) -> Self {
        self.0.key = Some(key.into());
        self
    }

    /// The same error with its cause, for logs.
    #[must_use]
    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// What kind of thing went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What the user can do about it.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Whether trying the same again may help.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// What was being done: an S3 operation (`ListBuckets`), a method of [`App`](crate::App) in its wire spelling
    /// (`deleteBucket`), or the part of it that failed (`database`, `keychain`).
    pub fn operation(&self) -> &str {
        &self.0.operation
    }

    /// The bucket it happened on.
    pub fn bucket(&self) -> Option<&str> {
        self.0.bucket.as_deref()
    }

    /// The key it happened on.
    pub fn key(&self) -> Option<&str> {
        self.0.key.as_deref()
    }

    /// The server's error code, such as `NoSuchBucket`.
    pub fn s3_code(&self) -> Option<&str> {
        self.0.s3_code.as_deref()
    }

    /// The HTTP status.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The server's name for this request, for its operators.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The server's own words.
    pub fn server_message(&self) -> Option<&str> {
        self.0.server_message.as_deref()
    }

    /// The form field at fault, named as on the wire.
    pub fn field(&self) -> Option<&'static str> {
        self.0.field
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn std::error::Error + 'static))
    }
}

impl From<dipper_storage::Error> for Error {
    fn from(error: dipper_storage::Error) -> Self {
        let kind = ErrorKind::from(error.kind());
        Self(Box::new(Facts {
            kind,
            operation: error.operation().to_owned(),
            message: error.to_string(),
            hint: error.hint(),
            retryable: error.kind().is_retryable(),
            bucket: error.bucket().map(ToString::to_string),
            key: error.key().map(ToString::to_string),
            s3_code: error.s3_code().map(str::to_owned),
            status: error.status(),
            request_id: error.request_id().map(str::to_owned),
            server_message: error.server_message().map(str::to_owned),
            field: None,
            source: Some(Arc::new(error)),
        }))
    }
}

impl From<StorageKind> for ErrorKind {
    fn from(kind: StorageKind) -> Self {
        match kind {
            StorageKind::NotFound => Self::NotFound,
            StorageKind::AccessDenied => Self::AccessDenied,
            StorageKind::InvalidCredentials => Self::InvalidCredentials,
            StorageKind::Conflict => Self::Conflict,
            StorageKind::PreconditionFailed => Self::PreconditionFailed,
            StorageKind::Throttled => Self::Throttled,
            StorageKind::Network => Self::Network,
            StorageKind::Timeout => Self::Timeout,
            StorageKind::Tls => Self::Tls,
            StorageKind::Unsupported => Self::Unsupported,
            StorageKind::InvalidInput => Self::InvalidInput,
            StorageKind::LocalIo => Self::LocalIo,
            StorageKind::DiskFull => Self::DiskFull,
            StorageKind::Corrupt => Self::Corrupt,
            StorageKind::ClockSkew => Self::ClockSkew,
            StorageKind::Partial => Self::Partial,
            StorageKind::Cancelled => Self::Cancelled,
            _ => Self::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_why_and_what_to_do() {
        let error = Error::stale_plan("deleteBucket", "Nothing was deleted.").with_bucket("photos");
        assert_eq!(error.to_string(), "Nothing was deleted.");
        assert_eq!(error.hint(), Some("Look at it again, then confirm what is shown now."));
        assert_eq!(
            (error.kind(), error.bucket(), error.is_retryable()),
            (ErrorKind::StalePlan, Some("photos"), false)
        );
    }

    #[test]
    fn a_server_s_facts_are_kept() {
        let cause = dipper_storage::BucketName::parse("a/b").map(drop).err();
        let error = cause.map(|cause| Error::from(cause).with_field("name"));
        let facts = error
            .as_ref()
            .map(|error| (error.kind(), error.field(), error.operation()));
        assert_eq!(facts, Some((ErrorKind::InvalidInput, Some("name"), "ParseBucketName")));
    }
}
