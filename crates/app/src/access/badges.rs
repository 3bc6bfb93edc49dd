//! The access column: one quiet look per visible row, at most eight requests at once over all windows.

use std::sync::Arc;

use dipper_storage::{Acl, BucketName, Client, Grantee, ObjectKey, Right};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::facts::{Setting, known, read_policy, setting};
use super::policy::Policy;
use super::strangers::{Deed, Place, Source, Strangers};
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
        let place = Place::Bucket(bucket.as_str());
        Ok(badge(place, setting(&acl), setting(&policy)))
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
        let policy = known(read_policy(&open.client, &open.bucket).await)?;
        let (client, bucket, policy) = (&open.client, &open.bucket, setting(&policy));
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
        policy: Setting<'_, Policy>,
        key: &str,
    ) -> Result<AccessBadge> {
        if key.ends_with('/') {
            return Ok(AccessBadge {
                access: Access::Unknown,
                reason: None,
            });
        }
        let place = Place::Object(bucket.as_str(), key);
        if Strangers::of(place, Ok(None), policy).may(Deed::Read) {
            return Ok(badge(place, Ok(None), policy));
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
        let acl = client.object_acl(bucket, &key).await;
        let acl = acl.map_err(|error| Arc::new(Error::from(error)));
        Ok(badge(place, setting(&acl), policy))
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

/// What the settings say, the most first, in one word and its reason.
fn badge(place: Place<'_>, acl: Setting<'_, Acl>, policy: Setting<'_, Policy>) -> AccessBadge {
    let says = Strangers::of(place, acl, policy);
    let is_bucket = matches!(place, Place::Bucket(_));
    let (access, words) = match is_bucket {
        _ if says.may(Deed::Write) => (Access::Public, "Anyone can write or delete"),
        _ if says.may(Deed::Permit) => (Access::Public, "Anyone can change who may reach it"),
        true if says.may(Deed::List) => (Access::Public, "Anyone can list it"),
        true if says.may(Deed::Read) => (Access::Public, "Anyone can read its objects"),
        true if says.may(Deed::ReadSome) => (Access::Partly, "Anyone can read some of its objects"),
        false if says.may(Deed::Read) => (Access::Public, "Anyone can read it"),
        _ if says.may(Deed::Other) => (Access::Partly, "Anyone can see something of it"),
        _ if says.may(Deed::WithAccount) => (Access::Partly, "Anyone with an account has rights to it"),
        _ => return quiet(&says, is_bucket, acl.err().or(policy.err())),
    };
    let by = match (says.opened_by(Source::Acl), says.opened_by(Source::Policy)) {
        (true, true) => "its ACL and the bucket policy",
        (true, false) => "its ACL",
        _ => "the bucket policy",
    };
    AccessBadge {
        access,
        reason: Some(format!("{words}, by {by}")),
    }
}

/// The badge where nothing is known to be open: private only if everything was read and is clear.
fn quiet(says: &Strangers, is_bucket: bool, unread: Option<&Error>) -> AccessBadge {
    let unknown = match unread {
        Some(error) => Some(error.to_string()),
        None if says.may(Deed::Unclear) => Some("A statement or group may let strangers in".to_owned()),
        None if says.may(Deed::Unread) => Some("This server keeps neither ACLs nor policies".to_owned()),
        None => None,
    };
    let own = is_bucket.then(|| "By its ACL and policy; objects may have ACLs of their own".to_owned());
    AccessBadge {
        access: if unknown.is_some() {
            Access::Unknown
        } else {
            Access::Private
        },
        reason: unknown.or(own),
    }
}
