//! The one place where an S3 code and an HTTP status become a kind.

use super::ErrorKind;

/// The kind of an answer that says "no". The code decides where it is known, else the status.
pub(crate) fn classify(code: Option<&str>, status: Option<u16>) -> ErrorKind {
    use ErrorKind as K;
    match (code.unwrap_or_default(), status.unwrap_or_default()) {
        ("RequestTimeTooSkewed" | "RequestExpired", _) => K::ClockSkew,
        (
            "InvalidAccessKeyId"
            | "SignatureDoesNotMatch"
            | "InvalidToken"
            | "ExpiredToken"
            | "TokenRefreshRequired"
            | "InvalidSecurity"
            | "NotSignedUp"
            | "AuthorizationHeaderMalformed"
            | "CredentialsNotSupported",
            _,
        ) => K::InvalidCredentials,
        ("QuotaExceeded" | "ServiceQuotaExceeded" | "InsufficientStorage" | "XMinioStorageFull", _) | (_, 507) => {
            K::DiskFull
        }
        (
            "AccessDenied"
            | "AllAccessDisabled"
            | "AccountProblem"
            | "InvalidObjectState"
            | "UserSuspended"
            | "MissingSecurityHeader"
            | "AccessForbidden"
            | "Forbidden",
            _,
        ) => K::AccessDenied,
        (
            "NoSuchBucket"
            | "NoSuchKey"
            | "NoSuchUpload"
            | "NoSuchVersion"
            | "NoSuchBucketPolicy"
            | "NotFound"
            | "NoSuchLifecycleConfiguration"
            | "NoSuchTagSet"
            | "NoSuchCORSConfiguration",
            _,
        ) => K::NotFound,
        (
            "BucketAlreadyExists"
            | "BucketAlreadyOwnedByYou"
            | "BucketNotEmpty"
            | "OperationAborted"
            | "ConditionalRequestConflict"
            | "TooManyBuckets"
            | "InvalidBucketState"
            | "ObjectAlreadyExists",
            _,
        ) => K::Conflict,
        ("PreconditionFailed" | "InvalidRange" | "NotModified", _) | (_, 304 | 412 | 416) => K::PreconditionFailed,
        ("SlowDown" | "Throttling" | "ThrottlingException" | "TooManyRequests" | "RequestLimitExceeded", _)
        | (_, 429) => K::Throttled,
        ("RequestTimeout" | "RequestTimeoutException", _) | (_, 408 | 504) => K::Timeout,
        ("BadDigest" | "XAmzContentSHA256Mismatch" | "IncompleteBody" | "XAmzContentChecksumMismatch", _) => K::Corrupt,
        (
            "NotImplemented"
            | "MethodNotAllowed"
            | "AccessControlListNotSupported"
            | "UnsupportedOperation"
            | "InvalidStorageClass"
            | "XNotImplemented",
            _,
        )
        | (_, 405 | 501) => K::Unsupported,
        ("", 401) => K::InvalidCredentials,
        ("", 403) => K::AccessDenied,
        ("", 404 | 410) => K::NotFound,
        ("", 409) => K::Conflict,
        (_, 503) => K::Throttled,
        (_, 500..=599) => K::Network,
        (_, 300..=499) => K::InvalidInput,
        _ => K::Internal,
    }
}
