//! Buckets: list, create, look at, delete.

use time::OffsetDateTime;

use crate::acl::{CannedAcl, Owner};
use crate::client::Client;
use crate::error::Result;
use crate::names::BucketName;

/// The buckets of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BucketList {
    /// Who owns them.
    pub owner: Option<Owner>,
    /// The buckets, in the server's order.
    pub buckets: Vec<Bucket>,
}

/// One bucket of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its name.
    pub name: BucketName,
    /// When it was created.
    pub created: Option<OffsetDateTime>,
}

/// How to create a bucket.
#[derive(Clone, Debug, Default)]
pub struct CreateBucketOptions {
    /// Its first ACL; the server's default is private.
    pub canned_acl: Option<CannedAcl>,
    /// Whether its objects can be locked, which can only be decided now.
    pub object_lock: bool,
}

/// What creating a bucket came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateOutcome {
    /// It is new.
    Created,
    /// It was there before and is yours.
    AlreadyYours,
}

/// What a server tells about a bucket without listing it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BucketInfo {
    /// Its region.
    pub region: Option<String>,
    /// How many objects it has, where the server says so (Ceph RGW does).
    pub object_count: Option<u64>,
    /// How many bytes it holds, where the server says so (Ceph RGW does).
    pub bytes_used: Option<u64>,
}

/// Whether a bucket keeps old versions of its objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versioning {
    /// Never switched on.
    Off,
    /// On.
    Enabled,
    /// Switched off again; old versions are still there.
    Suspended,
    /// The server has no versions.
    Unsupported,
}

impl Client {
    /// All buckets of the account.
    pub async fn list_buckets(&self) -> Result<BucketList> {
        todo!()
    }

    /// Creates a bucket. One of the same name that is yours already is no error; one of someone else's is a `Conflict`.
    pub async fn create_bucket(&self, bucket: &BucketName, options: &CreateBucketOptions) -> Result<CreateOutcome> {
        todo!("{bucket}{options:?}")
    }

    /// Deletes an empty bucket; one that is not empty is a `Conflict`.
    pub async fn delete_bucket(&self, bucket: &BucketName) -> Result<()> {
        todo!("{bucket}")
    }

    /// Whether the bucket is there and may be seen, and what the server tells about it.
    pub async fn head_bucket(&self, bucket: &BucketName) -> Result<BucketInfo> {
        todo!("{bucket}")
    }

    /// Whether the bucket keeps old versions.
    pub async fn bucket_versioning(&self, bucket: &BucketName) -> Result<Versioning> {
        todo!("{bucket}")
    }
}
