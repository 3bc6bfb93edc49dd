//! Buckets: list, make, add by name, forget, and the planned deletion.

use dipper_storage::Versioning;
use time::OffsetDateTime;

use crate::error::{Error, Result};
use crate::operations::CountProgress;
use crate::{AccountId, App, PlanToken};

/// A bucket in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// When it was made, if the server said.
    pub created: Option<OffsetDateTime>,
    /// Whether it was added by name and is not in the server's list.
    pub added: bool,
}

/// The buckets of an account.
#[derive(Debug)]
pub struct BucketList {
    /// By name.
    pub buckets: Vec<Bucket>,
    /// Why the server gave no list; only added buckets are shown then.
    pub listing_denied: Option<Error>,
    /// A Project ID that the owner's id suggests.
    pub suggested_project_id: Option<String>,
    /// When the server was asked.
    pub taken_at: OffsetDateTime,
}

/// One naming rule, live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameRule {
    /// Whether the name keeps it.
    pub ok: bool,
    /// The rule in words.
    pub text: String,
}

/// What making a bucket did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedBucket {
    /// Its name.
    pub name: String,
    /// Whether it was there before, as one of yours.
    pub already_yours: bool,
}

/// What deleting a bucket would take away.
#[derive(Clone, Debug)]
pub struct DeleteBucketPlan {
    /// Confirms it.
    pub token: PlanToken,
    /// The bucket.
    pub bucket: String,
    /// Whether nothing is in it.
    pub empty: bool,
    /// How many objects are in it.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Unfinished multipart uploads, which go too.
    pub unfinished_uploads: u64,
    /// Whether the bucket keeps versions.
    pub versioning: Versioning,
    /// The first few keys.
    pub first: Vec<String>,
    /// About how many requests it takes.
    pub requests: u64,
    /// Whether the bucket's name must be typed.
    pub asks_for_name: bool,
}

impl App {
    /// The buckets the server lists and those added by name. A refused listing is part of the answer.
    pub async fn list_buckets(&self, account: &AccountId) -> Result<BucketList> {
        todo!("{account}")
    }

    /// The rules for new bucket names, and which of them this name keeps.
    pub fn bucket_name_rules(&self, account: &AccountId, name: &str) -> Vec<NameRule> {
        todo!("{account} {name}")
    }

    /// Makes a bucket.
    pub async fn create_bucket(&self, account: &AccountId, name: &str) -> Result<CreatedBucket> {
        todo!("{account} {name}")
    }

    /// Adds a bucket that the server does not list, after one request that proves it can be reached.
    pub async fn add_bucket_by_name(&self, account: &AccountId, name: &str) -> Result<Bucket> {
        todo!("{account} {name}")
    }

    /// Takes an added bucket off the list. Nothing on the server changes.
    pub async fn forget_bucket(&self, account: &AccountId, name: &str) -> Result<()> {
        todo!("{account} {name}")
    }

    /// Counts what deleting a bucket would take away.
    pub async fn plan_delete_bucket(
        &self,
        account: &AccountId,
        bucket: &str,
        progress: &(dyn Fn(CountProgress) + Send + Sync),
        operation: &str,
    ) -> Result<DeleteBucketPlan> {
        progress(CountProgress::default());
        todo!("{account} {bucket} {operation}")
    }

    /// Deletes the planned bucket. The id of the job, when it has to be emptied first.
    pub async fn delete_bucket(&self, token: &PlanToken, typed_name: Option<&str>) -> Result<Option<u64>> {
        todo!("{token:?} {typed_name:?}")
    }
}
