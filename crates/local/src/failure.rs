//! Why a request inside the server failed, on its way to becoming an S3 answer.
//!
//! Store and files raise it with `?`; the edge (`service`, `access`) turns it into an `S3Error` in one place. What
//! is the caller's fault keeps its S3 code; what is ours is logged here and answered as an internal error without
//! paths or SQL in it.

use s3s::{S3Error, S3ErrorCode};

/// An S3 error, or the database or a file failing underneath.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{0}")]
    S3(S3Error),
    #[error("the database failed")]
    Database(#[from] rusqlite::Error),
    #[error("a file failed")]
    Io(#[from] std::io::Error),
    #[error("stored data cannot be read")]
    Stored(#[from] serde_json::Error),
    #[error("the server is closing")]
    Closing,
}

impl Failure {
    fn is_disk_full(&self) -> bool {
        match self {
            Self::Database(error) => error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull),
            Self::Io(error) => {
                matches!(
                    error.kind(),
                    std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded
                )
            }
            _ => false,
        }
    }
}

impl From<S3Error> for Failure {
    fn from(error: S3Error) -> Self {
        Self::S3(error)
    }
}

impl From<S3ErrorCode> for Failure {
    fn from(code: S3ErrorCode) -> Self {
        Self::S3(S3Error::new(code))
    }
}

impl From<Failure> for S3Error {
    fn from(failure: Failure) -> Self {
        if failure.is_disk_full() {
            return custom(
                "InsufficientStorage",
                http::StatusCode::INSUFFICIENT_STORAGE,
                "The disk is full.",
            );
        }
        match failure {
            Failure::S3(error) => error,
            Failure::Closing => S3Error::with_message(S3ErrorCode::ServiceUnavailable, "The server is closing."),
            other => {
                tracing::error!(error = ?other, "local storage failed");
                S3Error::with_message(
                    S3ErrorCode::InternalError,
                    "Local storage failed; see the program's log.",
                )
            }
        }
    }
}

/// An error with a code that s3s has no name for.
pub(crate) fn custom(code: &'static str, status: http::StatusCode, message: &'static str) -> S3Error {
    let mut error = S3Error::with_message(S3ErrorCode::Custom(code.into()), message);
    error.set_status_code(status);
    error
}
