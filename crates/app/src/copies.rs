//! Copies and moves: objects and folders to another place, inside one account or from one to another.

use dipper_storage::{BucketName, ObjectKey, Prefix};
use dipper_transfer::{ConflictPolicy, CopyAccess, CopyFolder, CopyObject, CopySpec, JobSpec, Place};

use crate::error::Result;
use crate::targets::{Entries, Target};
use crate::{AccountId, App};

/// Where copies go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyTarget {
    /// The account.
    pub account_id: AccountId,
    /// The bucket.
    pub bucket: String,
    /// What they are called there.
    pub name: CopyName,
}

/// What copies are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyName {
    /// Below this folder, which ends in `/` or is empty, by what their keys have behind the base of what is copied.
    Below(String),
    /// Exactly this: for one object.
    Exactly(String),
}

/// How to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyChoices {
    /// What to do where a key is taken.
    pub conflict: ConflictPolicy,
    /// Who may read the copies.
    pub access: CopyAccess,
    /// Whether each source goes once its copy is there and whole: a move.
    pub remove: bool,
}

impl App {
    /// Starts copying objects and folders and gives the job. Folders are listed while it runs. `InvalidInput` is what would
    /// land on itself or on each other.
    pub async fn copy_target(&self, from: &Target, to: &CopyTarget, choices: CopyChoices) -> Result<u64> {
        let operation = if choices.remove { "move" } else { "copy" };
        let (resolved, entries) = self.resolve_entries(operation, from).await?;
        let (objects, folders) = name(&entries, &to.name)?;
        let spec = CopySpec {
            from: Place {
                client: resolved.client,
                account: resolved.account_id.to_string(),
                bucket: resolved.bucket,
            },
            to: Place {
                client: self.client(&to.account_id).await?,
                account: to.account_id.to_string(),
                bucket: BucketName::parse(&to.bucket)?,
            },
            objects,
            folders,
            conflict: choices.conflict,
            access: choices.access,
            remove: choices.remove,
        };
        Ok(self.start_job(operation, JobSpec::Copy(spec)).await?.get())
    }
}

/// What each object and each folder becomes.
fn name(entries: &Entries, name: &CopyName) -> Result<(Vec<CopyObject>, Vec<CopyFolder>)> {
    let base = entries.base.as_str();
    let named = |key: &str| match name {
        CopyName::Below(folder) => format!("{folder}{}", key.strip_prefix(base).unwrap_or(key)),
        CopyName::Exactly(exact) => exact.clone(),
    };
    let objects = entries.objects.iter().map(|object| {
        Ok(CopyObject {
            to: ObjectKey::parse(&named(object.key.as_str()))?,
            from: object.key.clone(),
            size: object.size,
        })
    });
    let folders = entries.folders.iter().map(|folder| CopyFolder {
        from: folder.clone(),
        to: Prefix::new(named(folder.as_str())),
    });
    Ok((objects.collect::<Result<_>>()?, folders.collect()))
}
