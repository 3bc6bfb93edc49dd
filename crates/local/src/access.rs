//! What a stranger may do. A signed request is the owner's and may do everything; an unsigned one only reads, and only
//! what a bucket policy or an access control list opens to everyone.
//!
//! A policy's Deny refuses, its Allow permits, and where it is silent the ACL decides. Whether a key exists is told
//! only to those who could list the bucket, as on S3.

use async_trait::async_trait;
use http::Extensions;
use rusqlite::Connection;
use s3s::access::{S3Access, S3AccessContext};
use s3s::{S3Error, S3ErrorCode, S3Result};

use crate::acl::Permission;
use crate::failure::Failure;
use crate::names::Names;
use crate::policy::{Policy, Verdict};
use crate::store::Store;
use crate::store::buckets::{Rights, bucket_rights};
use crate::store::objects::{Object, current};

/// The guard before every S3 operation.
pub(crate) struct Access {
    pub(crate) store: Store,
    pub(crate) names: Names,
}

/// What an operation reads: the action a policy calls it, and the permission that opens it in an ACL, if one does.
struct Reading {
    action: &'static str,
    of_bucket: Option<Permission>,
    of_object: Option<Permission>,
}

/// The operations that can be open to strangers. Every other one is the owner's.
fn reading(operation: &str) -> Option<Reading> {
    let (action, of_bucket, of_object) = match operation {
        "GetObject" | "HeadObject" => ("s3:GetObject", None, Some(Permission::Read)),
        "GetObjectAcl" => ("s3:GetObjectAcl", None, Some(Permission::ReadAcp)),
        "ListObjects" | "ListObjectsV2" | "HeadBucket" => ("s3:ListBucket", Some(Permission::Read), None),
        "ListMultipartUploads" => ("s3:ListBucketMultipartUploads", Some(Permission::Read), None),
        "ListObjectVersions" => ("s3:ListBucketVersions", Some(Permission::Read), None),
        "GetBucketAcl" => ("s3:GetBucketAcl", Some(Permission::ReadAcp), None),
        "GetBucketLocation" => ("s3:GetBucketLocation", None, None),
        "GetBucketPolicy" => ("s3:GetBucketPolicy", None, None),
        "GetBucketPolicyStatus" => ("s3:GetBucketPolicyStatus", None, None),
        "GetBucketVersioning" => ("s3:GetBucketVersioning", None, None),
        "ListParts" => ("s3:ListMultipartUploadParts", None, None),
        _ => return None,
    };
    Some(Reading {
        action,
        of_bucket,
        of_object,
    })
}

#[async_trait]
impl S3Access for Access {
    async fn check(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        if context.credentials().is_some() {
            return Ok(());
        }
        let (Some(reading), Some(bucket)) = (reading(context.s3_op().name()), context.s3_path().get_bucket_name())
        else {
            return Err(denied());
        };
        let bucket = self.names.bucket(bucket)?;
        let key = context.s3_path().get_object_key().map(str::to_owned);
        let tenant = self.names.tenant().to_owned();
        let leave = self.store.database.read(move |connection| {
            let rights = bucket_rights(connection, &bucket)?;
            let stranger = Stranger {
                tenant: &tenant,
                bucket: &bucket,
                rights: &rights,
            };
            stranger.may(connection, &reading, key.as_deref())
        });
        match leave.await? {
            Leave::No => Err(denied()),
            Leave::Whatever => Ok(()),
            Leave::Object(judged) => {
                context.extensions_mut().insert(judged);
                Ok(())
            }
        }
    }
}

/// What a stranger may read.
enum Leave {
    No,
    /// Whatever is at the key, or the bucket.
    Whatever,
    Object(Judged),
}

/// The object that an unsigned request was let in for: its row, or none when nothing was at its key. It rides along with
/// the request, because a private one may have been put in its place when it comes to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Judged(Option<i64>);

impl Judged {
    /// Fails if the request was let in for another object than the one it found.
    pub(crate) fn check(extensions: &Extensions, found: &Object) -> S3Result<()> {
        match extensions.get::<Self>() {
            Some(Self(judged)) if *judged != Some(found.id) => {
                let message = "The object was replaced while it was asked for; try again.";
                Err(S3Error::with_message(S3ErrorCode::SlowDown, message))
            }
            _ => Ok(()),
        }
    }
}

fn denied() -> S3Error {
    S3Error::with_message(S3ErrorCode::AccessDenied, "This is not open to unsigned requests.")
}

/// Somebody who signs nothing, before one bucket.
struct Stranger<'a> {
    tenant: &'a str,
    bucket: &'a str,
    rights: &'a Rights,
}

impl Stranger<'_> {
    fn may(&self, connection: &Connection, reading: &Reading, key: Option<&str>) -> Result<Leave, Failure> {
        let verdict = self.verdict(reading.action, key);
        let whatever = |opened| if opened { Leave::Whatever } else { Leave::No };
        if verdict == Verdict::Denied {
            return Ok(Leave::No);
        }
        let Some(key) = key else {
            return Ok(whatever(
                verdict == Verdict::Allowed || self.acl_opens(reading.of_bucket),
            ));
        };
        // What is not about the object itself, such as the parts of one to be, only a policy opens.
        let Some(permission) = reading.of_object else {
            return Ok(whatever(verdict == Verdict::Allowed));
        };
        match current(connection, self.bucket, key) {
            Ok(_) if verdict == Verdict::Allowed => Ok(Leave::Whatever),
            Ok(object) if object.acl.grants_everyone(permission) => Ok(Leave::Object(Judged(Some(object.id)))),
            Ok(_) => Ok(Leave::No),
            // The operation itself will say that there is no such key.
            Err(Failure::S3(error)) if *error.code() == S3ErrorCode::NoSuchKey && self.may_list() => {
                Ok(Leave::Object(Judged(None)))
            }
            Err(Failure::S3(error)) if *error.code() == S3ErrorCode::NoSuchKey => Ok(Leave::No),
            Err(error) => Err(error),
        }
    }

    fn may_list(&self) -> bool {
        match self.verdict("s3:ListBucket", None) {
            Verdict::Denied => false,
            Verdict::Allowed => true,
            Verdict::Silent => self.acl_opens(Some(Permission::Read)),
        }
    }

    fn acl_opens(&self, permission: Option<Permission>) -> bool {
        permission.is_some_and(|permission| self.rights.acl.grants_everyone(permission))
    }

    fn verdict(&self, action: &str, key: Option<&str>) -> Verdict {
        let Some(text) = &self.rights.policy else {
            return Verdict::Silent;
        };
        // A policy was parsed before it was stored; one that no longer parses must not open anything.
        Policy::parse(text, self.tenant, self.bucket)
            .map_or(Verdict::Denied, |policy| policy.judge(action, self.bucket, key))
    }
}
