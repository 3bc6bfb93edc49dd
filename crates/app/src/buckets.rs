//! Buckets: list, make, add by name, forget. Deleting one, which is planned first, is in `deletion`.

mod deletion;

use std::collections::BTreeSet;

use dipper_storage::{
    BucketName, CreateBucketOptions, CreateOutcome, ErrorKind as StorageKind, NameRuleKind, Versioning,
};
use dipper_storage::{Owner, new_name_problems};
use time::OffsetDateTime;

use crate::accounts::AccountKind;
use crate::error::{Error, ErrorKind, Result};
use crate::names;
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
    /// Buckets whose names no request could name, in a form that can be shown.
    pub unusable: Vec<String>,
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
    /// How many older versions of objects.
    pub old_versions: u64,
    /// How many delete markers.
    pub delete_markers: u64,
    /// The bytes of all of them.
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
        let client = self.client(account).await?;
        let taken_at = OffsetDateTime::now_utc();
        let (listed, listing_denied) = match client.list_buckets().await {
            Ok(listed) => (listed, None),
            Err(error) if error.kind() == StorageKind::AccessDenied => {
                let hint = "Keys limited to one bucket may not list. Add the buckets you may open by name.";
                (
                    dipper_storage::BucketList::default(),
                    Some(Error::from(error).with_hint(hint)),
                )
            }
            Err(error) => return Err(error.into()),
        };
        let suggested_project_id = listed.owner.as_ref().and_then(tenant);
        let unusable = listed.unusable.iter().map(|name| names::shown(name)).collect();
        let mut buckets: Vec<_> = listed.buckets.iter().map(Bucket::listed).collect();
        let known: BTreeSet<_> = buckets.iter().map(|bucket| bucket.name.clone()).collect();
        let added = self.parts.database.added_buckets(account).await?;
        buckets.extend(
            added
                .into_iter()
                .filter(|name| !known.contains(name))
                .map(Bucket::added),
        );
        buckets.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(BucketList {
            buckets,
            listing_denied,
            unusable,
            suggested_project_id,
            taken_at,
        })
    }

    /// The rules for new bucket names, and which of them this name keeps.
    pub async fn bucket_name_rules(&self, account: &AccountId, name: &str) -> Result<Vec<NameRule>> {
        let kind = self.saved_account(account).await?.kind;
        let rules = new_name_problems(name).into_iter();
        // What Amazon keeps for itself is free to take anywhere else.
        let rules = rules.filter(|rule| kind == AccountKind::Amazon || rule.rule != NameRuleKind::Reserved);
        Ok(rules
            .map(|rule| NameRule {
                ok: rule.ok,
                text: rule.text.to_owned(),
            })
            .collect())
    }

    /// Makes a bucket.
    pub async fn create_bucket(&self, account: &AccountId, name: &str) -> Result<CreatedBucket> {
        let rules = self.bucket_name_rules(account, name).await?;
        if let Some(broken) = rules.iter().find(|rule| !rule.ok) {
            let message = format!("A bucket can’t be called “{name}”. The rule: {}.", broken.text);
            return Err(Error::field_at_fault("createBucket", "name", message));
        }
        let bucket = bucket_name(name)?;
        let made = self
            .client(account)
            .await?
            .create_bucket(&bucket, &CreateBucketOptions::default())
            .await;
        let made = made.map_err(|error| match error.kind() {
            StorageKind::Conflict | StorageKind::InvalidInput => Error::from(error).with_field("name"),
            _ => error.into(),
        })?;
        Ok(CreatedBucket {
            name: name.to_owned(),
            already_yours: made == CreateOutcome::AlreadyYours,
        })
    }

    /// Adds a bucket that the server does not list, after one request that proves it can be reached.
    pub async fn add_bucket_by_name(&self, account: &AccountId, name: &str) -> Result<Bucket> {
        let name = name.trim();
        let bucket = bucket_name(name)?;
        let seen = self.client(account).await?.head_bucket(&bucket).await;
        seen.map_err(|error| match error.kind() {
            StorageKind::NotFound => Error::from(error).with_field("name"),
            StorageKind::AccessDenied => Error::from(error)
                .with_field("name")
                .with_hint("The bucket is there, or the server doesn’t say. This key may not open it: ask its owner."),
            _ => error.into(),
        })?;
        self.parts.database.add_bucket(account, name).await?;
        Ok(Bucket::added(name.to_owned()))
    }

    /// Takes an added bucket off the list. Nothing on the server changes.
    pub async fn forget_bucket(&self, account: &AccountId, name: &str) -> Result<()> {
        if self.parts.database.forget_bucket(account, name).await? {
            return Ok(());
        }
        let error = Error::new(
            ErrorKind::NotFound,
            "forgetBucket",
            format!("“{name}” was not added by name."),
        );
        Err(error.with_bucket(name).with_hint("Refresh the list of buckets."))
    }
}

impl Bucket {
    fn listed(bucket: &dipper_storage::Bucket) -> Self {
        Self {
            name: bucket.name.to_string(),
            created: bucket.created,
            added: false,
        }
    }

    fn added(name: String) -> Self {
        Self {
            name,
            created: None,
            added: true,
        }
    }
}

/// A bucket's name from a form.
fn bucket_name(name: &str) -> Result<BucketName> {
    BucketName::parse(name).map_err(|error| Error::from(error).with_field("name"))
}

/// The tenant of an owner id like `tenant$user`, as Ceph writes it.
fn tenant(owner: &Owner) -> Option<String> {
    let (tenant, user) = owner.id.split_once('$')?;
    (!tenant.is_empty() && !user.is_empty()).then(|| tenant.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_read_from_the_owner() {
        let of = |id: &str| {
            tenant(&Owner {
                id: id.into(),
                display_name: None,
            })
        };
        assert_eq!(of("3f9c2a$research").as_deref(), Some("3f9c2a"));
        for other in ["research", "$research", "3f9c2a$", ""] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
