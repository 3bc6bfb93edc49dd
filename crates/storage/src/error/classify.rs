//! The one place where an S3 code and an HTTP status become a kind.

use super::ErrorKind;

/// The kind of an answer that says "no". The code decides where it is known, else the status.
#[rustfmt::skip]
pub(crate) fn classify(code: Option<&str>, status: Option<u16>) -> ErrorKind {
    use ErrorKind as K;
    match (code.unwrap_or_default(), status.unwrap_or_default()) {
        ("RequestTimeTooSkewed" | "RequestExpired", _) => K::ClockSkew,
        ("InvalidAccessKeyId" | "SignatureDoesNotMatch" | "InvalidToken" | "ExpiredToken" | "TokenRefreshRequired"
            | "InvalidSecurity" | "NotSignedUp" | "AuthorizationHeaderMalformed" | "CredentialsNotSupported", _)
        | ("", 401) => K::InvalidCredentials,
        ("QuotaExceeded" | "ServiceQuotaExceeded" | "InsufficientStorage" | "XMinioStorageFull", _)
        | (_, 507) => K::DiskFull,
        ("AccessDenied" | "AllAccessDisabled" | "AccountProblem" | "InvalidObjectState" | "UserSuspended"
            | "MissingSecurityHeader" | "AccessForbidden" | "Forbidden", _)
        | ("", 403) => K::AccessDenied,
        ("NoSuchBucket" | "NoSuchKey" | "NoSuchUpload" | "NoSuchVersion" | "NoSuchBucketPolicy" | "NotFound"
            | "NoSuchLifecycleConfiguration" | "NoSuchTagSet" | "NoSuchCORSConfiguration", _)
        | ("", 404 | 410) => K::NotFound,
        ("BucketAlreadyExists" | "BucketAlreadyOwnedByYou" | "BucketNotEmpty" | "OperationAborted"
            | "ConditionalRequestConflict" | "TooManyBuckets" | "InvalidBucketState" | "ObjectAlreadyExists", _)
        | ("", 409) => K::Conflict,
        ("PreconditionFailed" | "InvalidRange" | "NotModified", _)
        | (_, 304 | 412 | 416) => K::PreconditionFailed,
        ("SlowDown" | "ServiceUnavailable" | "Throttling" | "ThrottlingException" | "TooManyRequests"
            | "RequestLimitExceeded", _)
        | (_, 429 | 503) => K::Throttled,
        ("RequestTimeout" | "RequestTimeoutException", _) | (_, 408 | 504) => K::Timeout,
        ("BadDigest" | "XAmzContentSHA256Mismatch" | "IncompleteBody" | "XAmzContentChecksumMismatch", _) => K::Corrupt,
        ("NotImplemented" | "MethodNotAllowed" | "AccessControlListNotSupported" | "UnsupportedOperation"
            | "InvalidStorageClass" | "XNotImplemented", _)
        | (_, 405 | 501) => K::Unsupported,
        ("InternalError" | "InternalServerError", _) | (_, 500..=599) => K::Network,
        (_, 300..=499) => K::InvalidInput,
        ("", _) => K::Internal,
        (_, _) => K::InvalidInput,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_decides_before_the_status() {
        assert_eq!(classify(Some("SlowDown"), Some(400)), ErrorKind::Throttled);
        assert_eq!(classify(Some("RequestTimeTooSkewed"), Some(403)), ErrorKind::ClockSkew);
        assert_eq!(
            classify(Some("SignatureDoesNotMatch"), Some(403)),
            ErrorKind::InvalidCredentials
        );
        assert_eq!(classify(Some("InvalidStorageClass"), Some(400)), ErrorKind::Unsupported);
    }

    #[test]
    fn the_status_decides_where_there_is_no_code() {
        let table = [
            (301, ErrorKind::InvalidInput),
            (400, ErrorKind::InvalidInput),
            (401, ErrorKind::InvalidCredentials),
            (403, ErrorKind::AccessDenied),
            (404, ErrorKind::NotFound),
            (405, ErrorKind::Unsupported),
            (409, ErrorKind::Conflict),
            (412, ErrorKind::PreconditionFailed),
            (416, ErrorKind::PreconditionFailed),
            (429, ErrorKind::Throttled),
            (500, ErrorKind::Network),
            (501, ErrorKind::Unsupported),
            (502, ErrorKind::Network),
            (503, ErrorKind::Throttled),
            (504, ErrorKind::Timeout),
            (507, ErrorKind::DiskFull),
        ];
        for (status, kind) in table {
            assert_eq!(classify(None, Some(status)), kind, "{status}");
        }
    }

    #[test]
    fn an_error_inside_a_200_has_a_kind() {
        assert_eq!(classify(Some("InternalError"), None), ErrorKind::Network);
        assert_eq!(classify(Some("SlowDown"), None), ErrorKind::Throttled);
        assert_eq!(classify(Some("Strange"), None), ErrorKind::InvalidInput);
    }
}
