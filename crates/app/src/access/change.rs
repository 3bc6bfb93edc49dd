//! Editing single grants: planned against what was read, applied only if the server still has exactly that.

use dipper_storage::{Acl, BucketName, Client, ObjectKey};
use futures_util::stream::{self, StreamExt as _};

use super::facts::{ReadAcls, read_acls};
use super::{Audience, GrantChange, NewGrantee, PermissionPlan, PermissionsKind, grid};
use crate::App;
use crate::PlanToken;
use crate::error::{Error, ErrorKind, Result};
use crate::targets::{Target, last_name};
use crate::words;
use crate::work::SIDE_BY_SIDE;

/// What a token for changed permissions is bound to.
struct PlannedChange {
    target: Target,
    kind: PermissionsKind,
    changes: Vec<AclChange>,
}

/// One list that changes, with what it was when it was shown.
struct AclChange {
    key: Option<ObjectKey>,
    before: Acl,
    after: Acl,
}

#[expect(
    clippy::unused_async,
    reason = "every method of the façade is async, whatever it needs today"
)]
impl App {
    /// Plans changes to single grants, bound to what was read.
    pub async fn plan_permission_change(
        &self,
        target: &Target,
        read_token: &str,
        changes: &[GrantChange],
        added: &[NewGrantee],
    ) -> Result<PermissionPlan> {
        const OPERATION: &str = "planPermissionChange";
        let read = self.parts.work.reads.get(OPERATION, read_token, target)?;
        refuse_unusable(OPERATION, &read, added)?;
        let planned: Vec<AclChange> = read
            .acls
            .iter()
            .filter_map(|(key, before)| {
                let after = grid::changed(before, read.kind, changes, added);
                (after != *before).then(|| AclChange {
                    key: key.clone(),
                    before: before.clone(),
                    after,
                })
            })
            .collect();
        if planned.is_empty() {
            return Err(Error::new(ErrorKind::InvalidInput, OPERATION, "Nothing would change."));
        }
        let publishes = planned
            .iter()
            .filter_map(|change| grid::publishes(&change.before, &change.after))
            .reduce(|one, other| if one == Audience::Anyone { one } else { other });
        let before = in_words(planned.iter().map(|change| &change.before));
        let after = in_words(planned.iter().map(|change| &change.after));
        let count = planned.len() as u64;
        let objects = if read.kind == PermissionsKind::Bucket { 0 } else { count };
        let token = self.parts.plans.issue(PlannedChange {
            target: target.clone(),
            kind: read.kind,
            changes: planned,
        })?;
        // Each list is read again before it is written.
        Ok(PermissionPlan {
            token,
            publishes,
            before,
            after,
            objects,
            requests: 2 * count,
        })
    }

    /// Applies planned changes. Refused, with nothing done, when the server's permissions are not those that were shown. If
    /// some objects fail, the others are changed and the error names the first failure.
    pub async fn apply_permission_change(&self, token: &PlanToken) -> Result<()> {
        const OPERATION: &str = "applyPermissionChange";
        let planned: PlannedChange = self.parts.plans.take(OPERATION, token)?;
        let resolved = self.resolve(OPERATION, &planned.target).await?;
        let (client, bucket) = (&resolved.client, &resolved.bucket);
        let keys: Vec<ObjectKey> = planned.changes.iter().filter_map(|change| change.key.clone()).collect();
        let now = read_acls(client, bucket, planned.kind, &keys).await?;
        if now
            .iter()
            .map(|(_, acl)| acl)
            .ne(planned.changes.iter().map(|change| &change.before))
        {
            return Err(Error::stale_plan(
                OPERATION,
                "Nothing was changed: the permissions on the server are not those that were shown.",
            )
            .with_bucket(bucket.as_str()));
        }
        let writes: Vec<(Option<ObjectKey>, AclWrite)> = planned
            .changes
            .into_iter()
            .map(|change| (change.key, AclWrite::Exact(change.after)))
            .collect();
        write_acls(OPERATION, client, bucket, writes).await
    }
}

fn refuse_unusable(operation: &str, read: &ReadAcls, added: &[NewGrantee]) -> Result<()> {
    if !read.complete {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            operation,
            "Single grants of more than 200 objects cannot be edited at once.",
        )
        .with_hint("Select fewer, or use Make public and Make private, which have no limit."));
    }
    if added
        .iter()
        .any(|new| new.value.trim().is_empty() || new.value.chars().any(char::is_control))
    {
        return Err(Error::field_at_fault(
            operation,
            "value",
            "Type the user's id or e-mail address.",
        ));
    }
    Ok(())
}

/// A list to write.
pub(super) enum AclWrite {
    Canned(dipper_storage::CannedAcl),
    Exact(Acl),
}

/// Writes lists, eight at once. What can be written is; the first failure is the error, with how many there were.
pub(super) async fn write_acls(
    operation: &str,
    client: &Client,
    bucket: &BucketName,
    writes: Vec<(Option<ObjectKey>, AclWrite)>,
) -> Result<()> {
    let all = writes.len();
    let writes = writes.into_iter().map(|(key, write)| async move {
        let outcome = match (&key, &write) {
            (None, AclWrite::Canned(canned)) => client.put_bucket_canned_acl(bucket, *canned).await,
            (None, AclWrite::Exact(acl)) => client.put_bucket_acl(bucket, acl).await,
            (Some(key), AclWrite::Canned(canned)) => client.put_object_canned_acl(bucket, key, *canned).await,
            (Some(key), AclWrite::Exact(acl)) => client.put_object_acl(bucket, key, acl).await,
        };
        (key, outcome)
    });
    let outcomes: Vec<_> = stream::iter(writes.collect::<Vec<_>>())
        .buffered(SIDE_BY_SIDE)
        .collect()
        .await;
    let failed: Vec<_> = outcomes
        .into_iter()
        .filter_map(|(key, outcome)| Some((key, outcome.err()?)))
        .collect();
    let count = failed.len();
    match failed.into_iter().next() {
        None => Ok(()),
        Some((_, error)) if all == 1 => Err(error.into()),
        Some((key, error)) => {
            let name = key.map_or_else(|| bucket.to_string(), |key| last_name(key.as_str()));
            let message = format!(
                "{} of {} were not changed; “{name}”: {error}",
                words::count(count as u64),
                words::counted(all as u64, "object")
            );
            Err(Error::new(ErrorKind::Partial, operation, message)
                .with_bucket(bucket.as_str())
                .with_source(error))
        }
    }
}

/// Grants in words; of several lists, each line with how many have it.
fn in_words<'a>(acls: impl Iterator<Item = &'a Acl>) -> Vec<String> {
    let mut lines: Vec<(String, u64)> = Vec::new();
    let mut all = 0;
    for acl in acls {
        all += 1;
        for line in grid::in_words(acl) {
            match lines.iter_mut().find(|(known, _)| *known == line) {
                Some((_, count)) => *count += 1,
                None => lines.push((line, 1)),
            }
        }
    }
    lines
        .into_iter()
        .map(|(line, count)| {
            if count == all {
                line
            } else {
                format!("{line} ({count} of {all})")
            }
        })
        .collect()
}
