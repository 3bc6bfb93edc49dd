//! The one error that crosses the boundary. The page branches on `code` and shows the words.

use std::sync::Arc;

use dipper_app::{Error, ErrorKind};
use serde::Serialize;
use specta::Type;

/// A result of a command.
pub(crate) type Answer<T> = Result<T, IpcError>;

/// What went wrong, in words for people, with the facts a support request needs.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IpcError {
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    pub(crate) retryable: bool,
    pub(crate) details: Box<ErrorDetails>,
}

/// What the page may branch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ErrorCode {
    NotFound,
    AccessDenied,
    InvalidCredentials,
    Conflict,
    PreconditionFailed,
    Throttled,
    Network,
    Timeout,
    Tls,
    Unsupported,
    InvalidInput,
    LocalIo,
    DiskFull,
    Corrupt,
    ClockSkew,
    Partial,
    Cancelled,
    Keychain,
    StalePlan,
    Internal,
}

/// The facts beside the words.
#[derive(Debug, Clone, Default, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorDetails {
    pub(crate) operation: Option<String>,
    pub(crate) bucket: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) s3_code: Option<String>,
    pub(crate) status: Option<u16>,
    pub(crate) request_id: Option<String>,
    pub(crate) server_message: Option<String>,
    /// The form field at fault.
    pub(crate) field: Option<String>,
}

impl IpcError {
    /// An error of the shell itself: something of this computer did not work.
    pub(crate) fn shell(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            code: ErrorCode::LocalIo,
            message: message.into(),
            hint: Some(hint.into()),
            retryable: false,
            details: Box::default(),
        }
    }
}

impl From<ErrorKind> for ErrorCode {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::AccessDenied => Self::AccessDenied,
            ErrorKind::InvalidCredentials => Self::InvalidCredentials,
            ErrorKind::Conflict => Self::Conflict,
            ErrorKind::PreconditionFailed => Self::PreconditionFailed,
            ErrorKind::Throttled => Self::Throttled,
            ErrorKind::Network => Self::Network,
            ErrorKind::Timeout => Self::Timeout,
            ErrorKind::Tls => Self::Tls,
            ErrorKind::Unsupported => Self::Unsupported,
            ErrorKind::InvalidInput => Self::InvalidInput,
            ErrorKind::LocalIo => Self::LocalIo,
            ErrorKind::DiskFull => Self::DiskFull,
            ErrorKind::Corrupt => Self::Corrupt,
            ErrorKind::ClockSkew => Self::ClockSkew,
            ErrorKind::Partial => Self::Partial,
            ErrorKind::Cancelled => Self::Cancelled,
            ErrorKind::Keychain => Self::Keychain,
            ErrorKind::StalePlan => Self::StalePlan,
            _ => Self::Internal,
        }
    }
}

impl From<&Error> for IpcError {
    fn from(error: &Error) -> Self {
        let owned = |text: &str| text.to_owned();
        Self {
            code: error.kind().into(),
            message: error.to_string(),
            hint: error.hint().map(owned),
            retryable: error.is_retryable(),
            details: Box::new(ErrorDetails {
                operation: Some(error.operation().to_owned()),
                bucket: error.bucket().map(owned),
                key: error.key().map(owned),
                s3_code: error.s3_code().map(owned),
                status: error.status(),
                request_id: error.request_id().map(owned),
                server_message: error.server_message().map(owned),
                field: error.field().map(owned),
            }),
        }
    }
}

impl From<Error> for IpcError {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl From<Arc<Error>> for IpcError {
    fn from(error: Arc<Error>) -> Self {
        Self::from(error.as_ref())
    }
}
