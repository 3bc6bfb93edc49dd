//! Buckets: list, create, look at, delete.

use aws_sdk_s3::types::{BucketVersioningStatus, CreateBucketConfiguration};
use time::OffsetDateTime;

use crate::acl::{CannedAcl, Owner};
use crate::call::{clock_skew, send};
use crate::client::{Client, moment};
use crate::error::{ErrorKind, Result};
use crate::names::BucketName;
use crate::transport::Answer;
use crate::walk::Walk;

/// The buckets of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BucketList {
    /// Who owns them.
    pub owner: Option<Owner>,
    /// The buckets, in the server's order.
    pub buckets: Vec<Bucket>,
    /// The names of those that no request could name, exactly as the server told them; empty where it told none.
    pub unusable: Vec<String>,
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
        Ok(self.list_buckets_with_skew().await?.0)
    }

    /// All buckets, and this computer's clock minus the server's.
    pub(crate) async fn list_buckets_with_skew(&self) -> Result<(BucketList, Option<i64>)> {
        let mut list = BucketList::default();
        let mut token: Option<String> = None;
        let mut walk = Walk::default();
        loop {
            let call = self.call("ListBuckets").expecting(Answer::Listing);
            let request = self.sdk().list_buckets().set_continuation_token(token.clone());
            let page = send!(call, request)?;
            for bucket in page.buckets() {
                let told = bucket.name().unwrap_or_default();
                match BucketName::parse(told) {
                    Ok(name) => list.buckets.push(Bucket {
                        name,
                        created: moment(bucket.creation_date()),
                    }),
                    Err(_) => list.unusable.push(told.to_owned()),
                }
            }
            list.owner = list.owner.or_else(|| page.owner().and_then(owner_of));
            let next = page
                .continuation_token()
                .filter(|token| !token.is_empty())
                .map(str::to_owned);
            if next.is_none() {
                return Ok((list, clock_skew(call.answered("date"), self.now())));
            }
            walk.goes_on_at(&next, &call)?;
            token = next;
        }
    }

    /// Creates a bucket. One of the same name that is yours already is no error; one of someone else's is a `Conflict`.
    ///
    /// Ceph RGW answers a second creation like the first, so this looks before it creates.
    pub async fn create_bucket(&self, bucket: &BucketName, options: &CreateBucketOptions) -> Result<CreateOutcome> {
        let was_there = self.head_bucket(bucket).await.is_ok();
        let call = self.bucket_call("CreateBucket", bucket).with_digest();
        let mut request = self.sdk().create_bucket().bucket(bucket.as_str());
        request = request.set_acl(options.canned_acl.map(|acl| acl.as_str().into()));
        if options.object_lock {
            request = request.object_lock_enabled_for_bucket(true);
        }
        let region = self.config().signing_region();
        if self.config().compatibility.location_constraint && region != "us-east-1" {
            let place = CreateBucketConfiguration::builder()
                .location_constraint(region.into())
                .build();
            request = request.create_bucket_configuration(place);
        }
        let created = send!(call, request);
        match created {
            Ok(_) if was_there => Ok(CreateOutcome::AlreadyYours),
            Ok(_) => Ok(CreateOutcome::Created),
            Err(error) if error.s3_code() == Some("BucketAlreadyOwnedByYou") => Ok(CreateOutcome::AlreadyYours),
            Err(error) => Err(error),
        }
    }

    /// Deletes an empty bucket; one that is not empty is a `Conflict`.
    pub async fn delete_bucket(&self, bucket: &BucketName) -> Result<()> {
        let call = self.bucket_call("DeleteBucket", bucket);
        let request = self.sdk().delete_bucket().bucket(bucket.as_str());
        send!(call, request)?;
        Ok(())
    }

    /// Whether the bucket is there and may be seen, and what the server tells about it.
    pub async fn head_bucket(&self, bucket: &BucketName) -> Result<BucketInfo> {
        let call = self.bucket_call("HeadBucket", bucket);
        let request = self.sdk().head_bucket().bucket(bucket.as_str());
        send!(call, request)?;
        let number = |name: &str| call.answered(name).and_then(|value| value.parse().ok());
        Ok(BucketInfo {
            region: call.answered("x-amz-bucket-region").map(str::to_owned),
            object_count: number("x-rgw-object-count"),
            bytes_used: number("x-rgw-bytes-used"),
        })
    }

    /// Whether the bucket keeps old versions.
    pub async fn bucket_versioning(&self, bucket: &BucketName) -> Result<Versioning> {
        let call = self.bucket_call("GetBucketVersioning", bucket);
        let request = self.sdk().get_bucket_versioning().bucket(bucket.as_str());
        let answer = send!(call, request);
        match answer {
            Ok(answer) => Ok(match answer.status() {
                Some(BucketVersioningStatus::Enabled) => Versioning::Enabled,
                Some(BucketVersioningStatus::Suspended) => Versioning::Suspended,
                _ => Versioning::Off,
            }),
            Err(error) if error.kind() == ErrorKind::Unsupported && error.not_s3().is_none() => {
                Ok(Versioning::Unsupported)
            }
            Err(error) => Err(error),
        }
    }
}

pub(crate) fn owner_of(owner: &aws_sdk_s3::types::Owner) -> Option<Owner> {
    let id = owner.id()?.to_owned();
    Some(Owner {
        id,
        display_name: owner.display_name().filter(|name| !name.is_empty()).map(str::to_owned),
    })
}
