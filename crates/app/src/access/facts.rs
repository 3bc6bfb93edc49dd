//! What the server keeps about a target's access: its access control lists (of at most [`READ_LIMIT`] objects) and the
//! bucket's policy. Read together, remembered under a token, so that changes are made to what was shown and nothing else.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use dipper_storage::{Acl, BucketName, Client, ErrorKind as StorageKind, ListRequest, ObjectKey, Prefix};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use tokio::sync::Semaphore;

use super::policy::Policy;
use super::{PermissionsKind, strangers, survey};
use crate::App;
use crate::error::{Error, ErrorKind, Result};
use crate::random;
use crate::targets::{Entries, Resolved, Subject, Target};
use crate::words;
use crate::work::SIDE_BY_SIDE;

/// Permissions of up to so many objects are read and edited one by one; more are changed by a job.
pub(super) const READ_LIMIT: usize = 200;
/// As many readings are remembered; a window shows one at a time.
const REMEMBERED: usize = 16;

/// What was read about a target.
pub(super) struct Facts {
    pub(super) resolved: Resolved,
    pub(super) kind: PermissionsKind,
    /// The lists in the order of the keys; `None` for the bucket's own. Or why there are none to read.
    pub(super) acls: Result<Vec<(Option<ObjectKey>, Acl)>, Arc<Error>>,
    /// The keys looked at.
    pub(super) keys: Vec<ObjectKey>,
    /// Whether these are all objects of the target.
    pub(super) complete: bool,
    /// The policy, or why it is not known.
    pub(super) policy: Result<Policy, Arc<Error>>,
    /// Who a stranger is, at the beginning of a sentence.
    pub(super) anyone: &'static str,
}

/// A setting as it is known: none on a server without such a thing, an error where it may not be read.
pub(super) type Setting<'a, T> = Result<Option<&'a T>, &'a Error>;

/// What a reading says about its setting.
pub(super) fn setting<T>(read: &Result<T, Arc<Error>>) -> Setting<'_, T> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if error.kind() == ErrorKind::Unsupported => Ok(None),
        Err(error) => Err(error),
    }
}

impl Facts {
    /// The bucket's own list.
    pub(super) fn bucket_acl(&self) -> Setting<'_, Acl> {
        setting(&self.acls).map(|acls| acls.and_then(|acls| acls.first()).map(|(_, acl)| acl))
    }

    /// The bucket's policy.
    pub(super) fn policy(&self) -> Setting<'_, Policy> {
        setting(&self.policy)
    }
}

/// Lists that were read, for changes to be bound to.
pub(super) struct ReadAcls {
    pub(super) target: Target,
    pub(super) kind: PermissionsKind,
    pub(super) acls: Vec<(Option<ObjectKey>, Acl)>,
    pub(super) complete: bool,
}

/// What was read lately, and the gate for requests made for badges.
pub(crate) struct Reads {
    recent: Mutex<VecDeque<(String, Arc<ReadAcls>)>>,
    pub(super) surveys: survey::Recent,
    pub(super) badges: Semaphore,
}

impl Default for Reads {
    fn default() -> Self {
        Self {
            recent: Mutex::default(),
            surveys: survey::Recent::default(),
            badges: Semaphore::new(SIDE_BY_SIDE),
        }
    }
}

impl Reads {
    pub(super) fn remember(&self, read: ReadAcls) -> Result<String> {
        let token = random::hex_id()?;
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.truncate(REMEMBERED - 1);
        recent.push_front((token.clone(), Arc::new(read)));
        Ok(token)
    }

    pub(super) fn get(&self, operation: &str, token: &str, target: &Target) -> Result<Arc<ReadAcls>> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let found = recent
            .iter()
            .find(|(known, read)| known == token && read.target == *target);
        found.map(|(_, read)| Arc::clone(read)).ok_or_else(|| {
            Error::stale_plan(operation, "These permissions were read too long ago.")
                .with_hint("Reload them, then change them.")
        })
    }
}

impl App {
    /// Reads everything known about a target's access.
    pub(super) async fn access_facts(&self, operation: &str, target: &Target) -> Result<Facts> {
        let resolved = self.resolve(operation, target).await?;
        let account = self.account(&resolved.account_id).await?;
        let (client, bucket) = (&resolved.client, &resolved.bucket);
        let (kind, keys, complete) = match &resolved.subject {
            Subject::Bucket => (PermissionsKind::Bucket, Vec::new(), true),
            Subject::Entries(entries) => {
                let (keys, complete) = first_keys(client, bucket, entries).await?;
                (PermissionsKind::Objects, keys, complete)
            }
        };
        let (acls, policy) = futures_util::join!(read_acls(client, bucket, kind, &keys), read_policy(client, bucket));
        let (acls, policy) = (known(acls)?, known(policy)?);
        Ok(Facts {
            resolved,
            kind,
            acls,
            keys,
            complete,
            policy,
            anyone: strangers::anyone(account.kind),
        })
    }
}

impl Facts {
    /// What was looked at, as a sentence goes on: `3 objects`, `the first 200 of 250 objects`.
    pub(super) fn looked_at(&self) -> String {
        let read = self.keys.len() as u64;
        if self.complete {
            return words::counted(read, "object");
        }
        match &self.resolved.subject {
            Subject::Entries(entries) if entries.folders.is_empty() => {
                let all = words::counted(entries.objects.len() as u64, "object");
                format!("the first {} of {all}", words::count(read))
            }
            _ => format!("the first {}", words::counted(read, "object")),
        }
    }
}

/// Reads the lists of the keys, or the bucket's.
pub(super) async fn read_acls(
    client: &Client,
    bucket: &BucketName,
    kind: PermissionsKind,
    keys: &[ObjectKey],
) -> Result<Vec<(Option<ObjectKey>, Acl)>> {
    if kind == PermissionsKind::Bucket {
        return Ok(vec![(None, client.bucket_acl(bucket).await?)]);
    }
    let reading = keys.iter().map(|key| async move {
        let acl = client.object_acl(bucket, key).await?;
        Ok::<_, Error>((Some(key.clone()), acl))
    });
    stream::iter(reading.collect::<Vec<_>>())
        .buffered(SIDE_BY_SIDE)
        .try_collect()
        .await
}

/// Reads the bucket's policy.
pub(super) async fn read_policy(client: &Client, bucket: &BucketName) -> Result<Policy> {
    Policy::parse(client.bucket_policy(bucket).await?.as_deref())
}

/// A refusal, or a server without such a thing, is itself something to know; anything else ends the reading.
pub(super) fn known<T>(read: Result<T>) -> Result<Result<T, Arc<Error>>> {
    use crate::ErrorKind::{AccessDenied, Corrupt, Unsupported};
    match read {
        Err(error) if matches!(error.kind(), AccessDenied | Unsupported | Corrupt) => Ok(Err(Arc::new(error))),
        Err(error) => Err(error),
        Ok(value) => Ok(Ok(value)),
    }
}

/// The first keys of a selection, those below folders after those selected themselves, and whether they are all.
async fn first_keys(client: &Client, bucket: &BucketName, entries: &Entries) -> Result<(Vec<ObjectKey>, bool)> {
    let mut keys: Vec<ObjectKey> = entries
        .objects
        .iter()
        .take(READ_LIMIT)
        .map(|object| object.key.clone())
        .collect();
    let mut complete = entries.objects.len() <= READ_LIMIT;
    for folder in &entries.folders {
        if keys.len() >= READ_LIMIT {
            return Ok((keys, false));
        }
        complete &= first_below(client, bucket, folder, &mut keys).await?;
    }
    Ok((keys, complete))
}

async fn first_below(client: &Client, bucket: &BucketName, folder: &Prefix, keys: &mut Vec<ObjectKey>) -> Result<bool> {
    let mut request = ListRequest::new(bucket.clone());
    request.prefix = folder.clone();
    loop {
        let page = client.list_page(&request).await?;
        let room = READ_LIMIT - keys.len();
        let all_fit = page.objects.len() <= room;
        keys.extend(page.objects.into_iter().take(room).map(|object| object.key));
        match page.next {
            None => return Ok(all_fit),
            Some(_) if !all_fit || keys.len() >= READ_LIMIT => return Ok(false),
            Some(next) => request.continuation = Some(next),
        }
    }
}

/// Whether an error of the storage means that the server has no access control lists.
pub(super) fn has_no_acls(error: &Error) -> bool {
    error.kind() == StorageKind::Unsupported.into()
}
