//! Errors in words: one sentence that says what was tried, on what and why it failed, and a hint that helps.

use std::fmt;

use super::{ErrorKind, Inner};

/// "Could not delete bucket `acme`: the bucket is not empty."
pub(super) fn sentence(error: &Inner, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "Could not {}{}: {}", verb(error.operation), on(error), reason(error))?;
    f.write_str(".")
}

fn verb(operation: &str) -> &str {
    match operation {
        "ListBuckets" => "list the buckets",
        "CreateBucket" => "create",
        "DeleteBucket" | "DeleteObject" | "DeleteObjects" => "delete",
        "HeadBucket" => "look at",
        "HeadObject" => "read the properties of",
        "GetBucketVersioning" => "read the versioning of",
        "PutBucketVersioning" => "change the versioning of",
        "ListObjects" | "ListObjectsV2" => "list",
        "ListObjectVersions" => "list the versions in",
        "GetObject" => "download",
        "PutObject" => "upload",
        "CopyObject" => "copy to",
        "CreateMultipartUpload" => "start the upload of",
        "UploadPart" | "UploadPartCopy" => "upload a part of",
        "CompleteMultipartUpload" => "finish the upload of",
        "AbortMultipartUpload" => "abort the upload of",
        "ListParts" => "list the uploaded parts of",
        "ListMultipartUploads" => "list the unfinished uploads in",
        "GetBucketAcl" | "GetObjectAcl" => "read the permissions of",
        "PutBucketAcl" | "PutObjectAcl" => "change the permissions of",
        "GetBucketPolicy" => "read the policy of",
        "PutBucketPolicy" => "change the policy of",
        "DeleteBucketPolicy" => "remove the policy of",
        "PresignedUrl" => "make a link to",
        "Unsigned GET" => "look without credentials at",
        "Client" => "set up the connection",
        "Diagnose" => "test the connection",
        "ParseEndpoint" => "understand the endpoint",
        "ParseBucketName" => "use this bucket name",
        "ParseKey" => "use this key",
        other => other,
    }
}

fn on(error: &Inner) -> String {
    match (&error.bucket, &error.key) {
        (Some(bucket), Some(key)) => format!(" `{key}` in bucket `{bucket}`"),
        (Some(bucket), None) => format!(" bucket `{bucket}`"),
        (None, Some(key)) => format!(" `{key}`"),
        (None, None) => String::new(),
    }
}

/// Why: our own words where there are some, else the code's, else the kind's; the server's words where ours say little.
fn reason(error: &Inner) -> String {
    if let Some(detail) = &error.detail {
        return detail.clone();
    }
    if let Some(words) = error.s3_code.as_deref().and_then(code_words) {
        return words.to_owned();
    }
    let words = kind_words(error.kind);
    if !matches!(
        error.kind,
        ErrorKind::InvalidInput | ErrorKind::Network | ErrorKind::Internal
    ) {
        return words.to_owned();
    }
    match (&error.server_message, &error.s3_code, error.status) {
        (Some(message), _, _) => format!("{words} (the server says: {message})"),
        (None, Some(code), _) => format!("{words} (the server's code is {code})"),
        (None, None, Some(status)) => format!("{words} (HTTP status {status})"),
        (None, None, None) => words.to_owned(),
    }
}

fn code_words(code: &str) -> Option<&'static str> {
    Some(match code {
        "NoSuchBucket" => "there is no such bucket",
        "NoSuchKey" => "there is no such object",
        "NoSuchUpload" => "this upload no longer exists",
        "BucketAlreadyExists" => "the name is taken by someone else",
        "BucketAlreadyOwnedByYou" => "you already have a bucket of this name",
        "BucketNotEmpty" => "the bucket is not empty",
        "TooManyBuckets" => "the account may not have more buckets",
        "InvalidAccessKeyId" | "NotSignedUp" => "the server does not know this access key",
        "SignatureDoesNotMatch" => "the secret access key is wrong",
        "ExpiredToken" => "the session token has expired",
        "InvalidToken" => "the session token is wrong",
        "QuotaExceeded" | "ServiceQuotaExceeded" => "the quota is used up",
        "EntityTooLarge" => "the object is too large for this server",
        "EntityTooSmall" => "a part is smaller than 5 MiB",
        "BadDigest" => "the data arrived damaged",
        "InvalidRange" => "the object has no such range of bytes",
        "InvalidStorageClass" => "this server does not have that storage class",
        "AccessControlListNotSupported" => "this bucket does not use access control lists",
        "MalformedPolicy" => "the server does not accept this policy",
        "InvalidBucketName" => "the server does not accept this name",
        "KeyTooLongError" => "the key is too long for this server",
        "PermanentRedirect" | "TemporaryRedirect" => "the bucket is in another region",
        _ => return None,
    })
}

fn kind_words(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound => "it does not exist",
        ErrorKind::AccessDenied => "access denied",
        ErrorKind::InvalidCredentials => "the credentials are not accepted",
        ErrorKind::Conflict => "something else has changed it or stands in the way",
        ErrorKind::PreconditionFailed => "it is not in the expected state; someone may have changed it",
        ErrorKind::Throttled => "the server is busy and asks to slow down",
        ErrorKind::Network => "the server or the connection failed",
        ErrorKind::Timeout => "the server did not answer in time",
        ErrorKind::Tls => "the secure connection could not be made",
        ErrorKind::Unsupported => "this server does not support it",
        ErrorKind::InvalidInput => "the server does not accept the request",
        ErrorKind::LocalIo => "a file on this computer could not be read or written",
        ErrorKind::DiskFull => "there is no space left",
        ErrorKind::Corrupt => "the answer is not what it should be",
        ErrorKind::ClockSkew => "this computer's clock and the server's differ too much",
        ErrorKind::Partial => "only some of it was done",
        ErrorKind::Cancelled => "it was cancelled",
        ErrorKind::Internal => "an unexpected problem inside Dipper",
    }
}

pub(super) fn hint(error: &Inner) -> Option<String> {
    if error.not_s3.is_some() {
        return Some("Check the endpoint, the port and the path in the account's settings.".to_owned());
    }
    if let Some(code) = error.s3_code.as_deref()
        && let Some(text) = code_hint(code)
    {
        return Some(text.to_owned());
    }
    let text = match error.kind {
        ErrorKind::AccessDenied => match permission(error.operation) {
            Some((permission, on)) => return Some(format!("This key needs {permission} on {on}.")),
            None => "Ask the owner of the account for the permission.",
        },
        ErrorKind::InvalidCredentials => "Check the access key and the secret key in the account's settings.",
        ErrorKind::ClockSkew => return Some(clock_hint(error.clock_skew)),
        ErrorKind::Throttled => "Try again in a moment.",
        ErrorKind::Network => "Check the connection and try again.",
        ErrorKind::Timeout => "Check the endpoint and the port, or try again later.",
        ErrorKind::Tls => "Check the certificate; a company's own CA can be given in the account's settings.",
        ErrorKind::DiskFull => "Delete what is not needed, or ask for a larger quota.",
        ErrorKind::PreconditionFailed => "Refresh, and try again on what is there now.",
        ErrorKind::Corrupt => "Try again; if it stays, the server or something between is at fault.",
        ErrorKind::NotFound if error.key.is_some() => "It may have been deleted; refresh the list.",
        ErrorKind::NotFound if error.bucket.is_some() => "Check the name, and that the account is the right one.",
        _ => return None,
    };
    Some(text.to_owned())
}

fn code_hint(code: &str) -> Option<&'static str> {
    Some(match code {
        "InvalidAccessKeyId" | "NotSignedUp" => "Check the access key id, and that the endpoint is the right one.",
        "SignatureDoesNotMatch" => "Enter the secret access key again; a space or a letter may be missing.",
        "ExpiredToken" | "InvalidToken" => "Get new temporary credentials.",
        "BucketAlreadyExists" => "Choose another name: bucket names are shared by all users of a server.",
        "BucketNotEmpty" => "Empty the bucket first, including unfinished uploads and old versions.",
        "TooManyBuckets" => "Delete a bucket, or ask for a higher limit.",
        "AccessControlListNotSupported" => "Use a bucket policy instead.",
        "AuthorizationHeaderMalformed" | "PermanentRedirect" | "TemporaryRedirect" => {
            "Set the bucket's region and endpoint in the account's settings."
        }
        "BadDigest" => "Try again; the data was damaged on the way.",
        _ => return None,
    })
}

fn permission(operation: &str) -> Option<(&'static str, &'static str)> {
    Some(match operation {
        "ListBuckets" => ("s3:ListAllMyBuckets", "the account; a bucket can also be added by name"),
        "CreateBucket" => ("s3:CreateBucket", "the account"),
        "DeleteBucket" => ("s3:DeleteBucket", "the bucket"),
        "HeadBucket" | "ListObjects" | "ListObjectsV2" => ("s3:ListBucket", "the bucket"),
        "GetObject" | "HeadObject" => ("s3:GetObject", "the object"),
        "PutObject" | "CreateMultipartUpload" | "UploadPart" | "CompleteMultipartUpload" | "CopyObject" => {
            ("s3:PutObject", "the bucket")
        }
        "ListObjectVersions" => ("s3:ListBucketVersions", "the bucket"),
        "GetBucketVersioning" => ("s3:GetBucketVersioning", "the bucket"),
        "PutBucketVersioning" => ("s3:PutBucketVersioning", "the bucket"),
        "DeleteObject" | "DeleteObjects" => ("s3:DeleteObject", "the object"),
        "ListMultipartUploads" => ("s3:ListBucketMultipartUploads", "the bucket"),
        "GetBucketAcl" => ("s3:GetBucketAcl", "the bucket"),
        "PutBucketAcl" => ("s3:PutBucketAcl", "the bucket"),
        "GetObjectAcl" => ("s3:GetObjectAcl", "the object"),
        "PutObjectAcl" => ("s3:PutObjectAcl", "the object"),
        "GetBucketPolicy" => ("s3:GetBucketPolicy", "the bucket"),
        "PutBucketPolicy" => ("s3:PutBucketPolicy", "the bucket"),
        "DeleteBucketPolicy" => ("s3:DeleteBucketPolicy", "the bucket"),
        _ => return None,
    })
}

fn clock_hint(skew: Option<i64>) -> String {
    let Some(skew) = skew else {
        return "Set this computer's clock.".to_owned();
    };
    let seconds = skew.unsigned_abs();
    let amount = match seconds {
        0..=119 => format!("{seconds} seconds"),
        120..=7_199 => format!("{} minutes", seconds / 60),
        _ => format!("{} hours", seconds / 3_600),
    };
    let direction = if skew > 0 { "ahead of" } else { "behind" };
    format!("This computer's clock is {amount} {direction} the server's; set it and try again.")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use crate::error::{Error, classify};
    use crate::names::{BucketName, ObjectKey};

    fn error(operation: &'static str, code: &str, status: u16) -> Error {
        let code = (!code.is_empty()).then_some(code);
        let error = Error::new(classify(code, Some(status)), operation).with_status(status);
        code.into_iter().fold(error, Error::with_s3_code)
    }

    fn rendered(error: &Error) -> String {
        format!("{error} {}", error.hint().unwrap_or_default())
            .trim()
            .to_owned()
    }

    #[test]
    fn messages_say_what_on_what_why_and_what_to_do() {
        let bucket = BucketName::parse("acme").unwrap();
        let key = ObjectKey::parse("photos/a b.jpg").unwrap();
        let on_bucket = |operation, code, status| rendered(&error(operation, code, status).with_bucket(&bucket));
        let on_object =
            |operation, code, status| rendered(&error(operation, code, status).with_bucket(&bucket).with_key(&key));
        assert_eq!(
            on_bucket("ListObjectsV2", "AccessDenied", 403),
            "Could not list bucket `acme`: access denied. This key needs s3:ListBucket on the bucket."
        );
        assert_eq!(
            on_bucket("DeleteBucket", "BucketNotEmpty", 409),
            "Could not delete bucket `acme`: the bucket is not empty. Empty the bucket first, including unfinished uploads and old versions."
        );
        assert_eq!(
            on_bucket("CreateBucket", "BucketAlreadyExists", 409),
            "Could not create bucket `acme`: the name is taken by someone else. Choose another name: bucket names are shared by all users of a server."
        );
        assert_eq!(
            on_object("HeadObject", "", 404),
            "Could not read the properties of `photos/a b.jpg` in bucket `acme`: it does not exist. It may have been deleted; refresh the list."
        );
        assert_eq!(
            on_object("PutObject", "QuotaExceeded", 403),
            "Could not upload `photos/a b.jpg` in bucket `acme`: the quota is used up. Delete what is not needed, or ask for a larger quota."
        );
        assert_eq!(
            on_object("PutObjectAcl", "AccessControlListNotSupported", 400),
            "Could not change the permissions of `photos/a b.jpg` in bucket `acme`: this bucket does not use access control lists. Use a bucket policy instead."
        );
        assert_eq!(
            rendered(&error("ListBuckets", "SignatureDoesNotMatch", 403)),
            "Could not list the buckets: the secret access key is wrong. Enter the secret access key again; a space or a letter may be missing."
        );
    }

    #[test]
    fn an_unknown_refusal_says_what_the_server_said() {
        let strange = error("PutBucketPolicy", "Strange", 400);
        assert_eq!(
            rendered(&strange),
            "Could not change the policy of: the server does not accept the request (the server's code is Strange)."
        );
        let talkative = strange.with_server_message("No such principal.\r\n");
        assert_eq!(
            rendered(&talkative),
            "Could not change the policy of: the server does not accept the request (the server says: No such principal)."
        );
        assert_eq!(
            rendered(&error("ListBuckets", "", 502)),
            "Could not list the buckets: the server or the connection failed (HTTP status 502). Check the connection and try again."
        );
    }

    #[test]
    fn a_wrong_clock_is_told_by_how_much() {
        let skewed =
            |seconds| rendered(&error("ListBuckets", "RequestTimeTooSkewed", 403).with_clock_skew(Some(seconds)));
        assert_eq!(
            skewed(-1_230),
            "Could not list the buckets: this computer's clock and the server's differ too much. \
             This computer's clock is 20 minutes behind the server's; set it and try again."
        );
        assert!(skewed(90).contains("90 seconds ahead of the server's"));
        assert!(skewed(7_300).contains("2 hours ahead of"));
    }

    #[test]
    fn a_server_cannot_write_a_novel_into_a_message() {
        let novel = error("ListBuckets", "Strange", 400).with_server_message(&"word ".repeat(10_000));
        assert!(novel.to_string().len() < 500);
    }
}
