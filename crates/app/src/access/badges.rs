//! The access column: one quiet look per visible row, at most eight requests at once over all windows.

use dipper_storage::{Acl, BucketName, Client, Grantee, ObjectKey, Right};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::facts::{known, read_policy};
use super::policy::Policy;
use super::{Access, AccessBadge};
use crate::error::{Error, ErrorKind, Result};
use crate::views::ViewId;
use crate::work::SIDE_BY_SIDE;
use crate::{AccountId, App};

/// As many rows are ever on a screen.
const MOST_ROWS: usize = 200;

impl App {
    /// The access of a bucket, for its row: by its ACL and its policy, unproved.
    pub async fn bucket_access(&self, account: &AccountId, bucket: &str) -> Result<AccessBadge> {
        let client = self.client(account).await?;
        let bucket = BucketName::parse(bucket)?;
        let permit = self
            .parts
            .work
            .reads
            .badges
            .acquire()
            .await
            .map_err(|cause| Error::internal("bucketAccess", cause))?;
        let acl = known(client.bucket_acl(&bucket).await.map_err(Error::from))?;
        let policy = known(read_policy(&client, &bucket).await)?;
        drop(permit);
        let policy = policy.as_ref().ok();
        let by_acl = |right| acl.as_ref().is_ok_and(|acl| acl.allows(&Grantee::AllUsers, right));
        let by_policy =
            |action: &str, resource: &str| policy.is_some_and(|policy| policy.lets_anyone(action, resource));
        Ok(if by_acl(Right::Write) {
            badge(Access::Public, "Anyone can write into it, by its ACL")
        } else if by_acl(Right::Read) {
            badge(Access::Public, "Anyone can list it, by its ACL")
        } else if policy.is_some_and(|policy| policy.opens_all_objects(bucket.as_str())) {
            badge(Access::Public, "Anyone can read its objects, by its policy")
        } else if by_policy("s3:ListBucket", bucket.as_str()) {
            badge(Access::Public, "Anyone can list it, by its policy")
        } else {
            match acl {
                Err(error) => badge(Access::Unknown, &error.to_string()),
                Ok(_) => AccessBadge {
                    access: Access::Private,
                    reason: None,
                },
            }
        })
    }

    /// The access of visible rows, in the order of `keys` (at most 200), with at most 8 requests at once. A folder has none.
    pub async fn row_access(&self, view: &ViewId, keys: &[String]) -> Result<Vec<AccessBadge>> {
        const OPERATION: &str = "rowAccess";
        if keys.len() > MOST_ROWS {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                OPERATION,
                "Only the rows on the screen are looked at, 200 at most.",
            ));
        }
        let open = self.parts.work.views.get(OPERATION, view)?;
        let client = self.client(&open.account_id).await?;
        let policy = known(read_policy(&client, &open.bucket).await)?.ok();
        let (client, bucket, policy) = (&client, &open.bucket, policy.as_ref());
        let looks = keys.iter().map(|key| self.row_badge(client, bucket, policy, key));
        stream::iter(looks.collect::<Vec<_>>())
            .buffered(SIDE_BY_SIDE)
            .try_collect()
            .await
    }

    async fn row_badge(
        &self,
        client: &Client,
        bucket: &BucketName,
        policy: Option<&Policy>,
        key: &str,
    ) -> Result<AccessBadge> {
        if key.ends_with('/') {
            return Ok(AccessBadge {
                access: Access::Unknown,
                reason: None,
            });
        }
        if policy.is_some_and(|policy| policy.lets_anyone("s3:GetObject", &format!("{bucket}/{key}"))) {
            return Ok(badge(Access::Public, "Anyone can read it, by the bucket's policy"));
        }
        let key = ObjectKey::parse(key)?;
        let _permit = self
            .parts
            .work
            .reads
            .badges
            .acquire()
            .await
            .map_err(|cause| Error::internal("rowAccess", cause))?;
        Ok(match client.object_acl(bucket, &key).await {
            Ok(acl) if is_public(&acl) => badge(Access::Public, "Anyone can read it, by its ACL"),
            Ok(_) => AccessBadge {
                access: Access::Private,
                reason: None,
            },
            Err(error) => badge(Access::Unknown, &error.to_string()),
        })
    }
}

/// How many of these objects have an ACL that lets anyone read; `None` when one of them could not be looked at.
pub(crate) async fn count_public(client: &Client, bucket: &BucketName, keys: &[ObjectKey]) -> Option<u64> {
    let looks = keys
        .iter()
        .map(|key| async move { client.object_acl(bucket, key).await.ok().map(|acl| is_public(&acl)) });
    let looks: Vec<Option<bool>> = stream::iter(looks.collect::<Vec<_>>())
        .buffer_unordered(SIDE_BY_SIDE)
        .collect()
        .await;
    looks
        .into_iter()
        .try_fold(0, |count, public| Some(count + u64::from(public?)))
}

fn is_public(acl: &Acl) -> bool {
    acl.allows(&Grantee::AllUsers, Right::Read)
}

fn badge(access: Access, reason: &str) -> AccessBadge {
    AccessBadge {
        access,
        reason: Some(reason.to_owned()),
    }
}
