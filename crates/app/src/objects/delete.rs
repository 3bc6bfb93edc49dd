//! Deleting what is selected: counted and shown first, counted again before the first object goes. What is deleted are the
//! keys that were counted, and no others that come to the same folders later.

use std::ops::Add;

use dipper_catalog::Counted;
use dipper_storage::{BucketName, Client, ListedObject, ObjectKey, ObjectVersion, Prefix, Versioning};
use dipper_transfer::{DeleteSpec, JobSpec};
use tokio_util::sync::CancellationToken;

use super::{DeleteLine, DeleteObjectsPlan, OBJECTS_WITHOUT_NAME};
use crate::access;
use crate::error::{Error, ErrorKind, Result};
use crate::plans::require_typed_name;
use crate::targets::{Entries, Resolved, Target, last_name};
use crate::views::ViewId;
use crate::words;
use crate::{AccountId, App, CountProgress, PlanToken};

const SHOWN_LINES: usize = 20;
/// So many objects are looked at for "3 of these are public": one request each, while a dialog opens.
const LOOKED_AT: usize = 50;

/// What a delete token is bound to.
struct PlannedDelete {
    account_id: AccountId,
    client: Client,
    bucket: BucketName,
    keys: Vec<ObjectKey>,
    folders: Vec<Prefix>,
    below_folders: Counted,
    asks_for_name: bool,
}

impl App {
    /// Counts what deleting a selection would remove; a folder means everything below `folder/`.
    pub async fn plan_delete_objects(
        &self,
        view: &ViewId,
        selection_id: &str,
        progress: &(dyn Fn(CountProgress) + Send + Sync),
        operation: &str,
    ) -> Result<DeleteObjectsPlan> {
        let selection = Target::Selection {
            view_id: view.clone(),
            selection_id: selection_id.to_owned(),
        };
        self.plan_delete(&selection, progress, operation).await
    }

    /// Counts what deleting objects and folders would remove. Whether single objects are public is looked at for a
    /// selection only: that is asked for by a dialog.
    pub async fn plan_delete(
        &self,
        target: &Target,
        progress: &(dyn Fn(CountProgress) + Send + Sync),
        operation: &str,
    ) -> Result<DeleteObjectsPlan> {
        let running = self.parts.operations.begin(operation);
        let (resolved, entries) = self.resolve_entries("planDeleteObjects", target).await?;
        let Resolved {
            account_id,
            client,
            bucket,
            ..
        } = resolved;
        let selected = Counted {
            objects: entries.objects.len() as u64,
            bytes: entries.bytes(),
            ..Counted::default()
        };
        let hear = |below: Counted, _: &[ListedObject]| progress(shown(selected + below, false));
        let below = count_folders(&client, &bucket, &entries.folders, running.cancel_token(), hear).await?;
        let all_below = below.iter().copied().fold(Counted::default(), Add::add);
        let all = selected + all_below;
        progress(shown(all, true));
        // A key that may not ask is told what is safe to believe: that nothing is kept.
        let versioning = client
            .bucket_versioning(&bucket)
            .await
            .unwrap_or(Versioning::Unsupported);
        let keys: Vec<ObjectKey> = entries.objects.iter().map(|object| object.key.clone()).collect();
        let is_selection = matches!(target, Target::Selection { .. });
        let small = is_selection && entries.folders.is_empty() && keys.len() <= LOOKED_AT;
        let public_count = if small {
            access::count_public(&client, &bucket, &keys).await
        } else {
            None
        };
        let (lines, more) = lines(&entries, &below);
        let folders = entries.folders.len() as u64;
        let asks_for_name = all.objects > OBJECTS_WITHOUT_NAME;
        let name = bucket.to_string();
        let token = self.parts.plans.issue(PlannedDelete {
            account_id,
            client,
            bucket,
            keys,
            folders: entries.folders,
            below_folders: all_below,
            asks_for_name,
        })?;
        Ok(DeleteObjectsPlan {
            token,
            objects: all.objects,
            bytes: all.bytes,
            folders,
            lines,
            more,
            versioning,
            requests: all.objects.div_ceil(1_000),
            asks_for_name,
            bucket: name,
            public_count,
        })
    }

    /// Starts the planned delete and gives its job. Refused when what lies below the folders is not what was counted, and
    /// without the bucket's typed name where the plan asks for it.
    pub async fn delete_objects(&self, token: &PlanToken, typed_name: Option<&str>) -> Result<u64> {
        const OPERATION: &str = "deleteObjects";
        let planned: PlannedDelete = self.parts.plans.take(OPERATION, token)?;
        if planned.asks_for_name {
            require_typed_name(OPERATION, planned.bucket.as_str(), typed_name)?;
        }
        let client = planned.client;
        let cancel = CancellationToken::new();
        let mut keys = planned.keys;
        let keep = |_, page: &[ListedObject]| keys.extend(page.iter().map(|object| object.key.clone()));
        let now = count_folders(&client, &planned.bucket, &planned.folders, &cancel, keep).await?;
        let now = now.into_iter().fold(Counted::default(), Add::add);
        if now != planned.below_folders {
            let message = changed(planned.below_folders.objects, now.objects);
            return Err(Error::stale_plan(OPERATION, message).with_bucket(planned.bucket.as_str()));
        }
        let spec = DeleteSpec {
            client,
            account: planned.account_id.to_string(),
            bucket: planned.bucket,
            objects: keys.into_iter().map(ObjectVersion::from).collect(),
        };
        Ok(self.start_job(OPERATION, JobSpec::Delete(spec)).await?.get())
    }
}

fn changed(before: u64, now: u64) -> String {
    if before == now {
        let before = words::counted(before, "object");
        return format!("Nothing was deleted: the folders hold {before}, but not those that were shown.");
    }
    format!(
        "Nothing was deleted: the folders held {} when this was shown and hold {} now.",
        words::counted(before, "object"),
        words::count(now)
    )
}

/// What lies below each folder, one after the other; `hear` is told the sum so far with each page.
async fn count_folders(
    client: &Client,
    bucket: &BucketName,
    folders: &[Prefix],
    cancel: &CancellationToken,
    mut hear: impl FnMut(Counted, &[ListedObject]) + Send,
) -> Result<Vec<Counted>> {
    let mut all = Vec::with_capacity(folders.len());
    let mut before = Counted::default();
    for folder in folders {
        let hear = |so_far, page: &[ListedObject]| hear(before + so_far, page);
        let counted = dipper_catalog::count(client, bucket, folder, cancel, hear)
            .await?
            .ok_or_else(stopped)?;
        before = before + counted;
        all.push(counted);
    }
    Ok(all)
}

fn shown(counted: Counted, done: bool) -> CountProgress {
    CountProgress {
        objects: counted.objects,
        bytes: counted.bytes,
        done,
    }
}

fn stopped() -> Error {
    Error::new(
        ErrorKind::Cancelled,
        "planDeleteObjects",
        "Stopped. Nothing was deleted.",
    )
}

/// The first entries to read; folders last, as their lines say most.
fn lines(entries: &Entries, below: &[Counted]) -> (Vec<DeleteLine>, u64) {
    let objects = entries.objects.iter().map(|object| DeleteLine {
        name: last_name(object.key.as_str()),
        detail: words::size(object.size),
    });
    let folders = entries.folders.iter().zip(below).map(|(folder, below)| DeleteLine {
        name: format!("{}/", last_name(folder.as_str())),
        detail: format!(
            "and everything below it: {}, {}",
            words::counted(below.objects, "object"),
            words::size(below.bytes)
        ),
    });
    let room = SHOWN_LINES.saturating_sub(entries.folders.len()).max(SHOWN_LINES / 2);
    let lines: Vec<DeleteLine> = objects.take(room).chain(folders).take(SHOWN_LINES).collect();
    let more = entries.objects.len() + entries.folders.len() - lines.len();
    (lines, more as u64)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::targets::Selected;

    fn entries(objects: usize, folders: usize) -> Entries {
        let key = |number: usize| ObjectKey::parse(&format!("k{number}")).unwrap();
        Entries {
            objects: (0..objects)
                .map(|n| Selected {
                    key: key(n),
                    size: 4_820_000,
                    last_modified: None,
                })
                .collect(),
            folders: (0..folders).map(|n| Prefix::new(format!("2026/f{n}/"))).collect(),
            base: Prefix::default(),
        }
    }

    #[test]
    fn lines_say_size_and_what_a_folder_holds() {
        let below = [Counted {
            objects: 1_186,
            bytes: 44_000_000,
            ..Counted::default()
        }];
        let (lines, more) = lines(&entries(1, 1), &below);
        assert_eq!(more, 0);
        assert_eq!((lines[0].name.as_str(), lines[0].detail.as_str()), ("k0", "4.82 MB"));
        assert_eq!(lines[1].name, "f0/");
        assert_eq!(
            lines[1].detail,
            "and everything below it: 1\u{2009}186 objects, 44.0 MB"
        );
    }

    #[test]
    fn lines_and_the_rest_add_up() {
        for (objects, folders) in [(3, 0), (100, 0), (0, 100), (100, 1), (100, 15), (15, 100)] {
            let (lines, more) = lines(&entries(objects, folders), &vec![Counted::default(); folders]);
            assert!(lines.len() <= SHOWN_LINES);
            assert_eq!(lines.len() as u64 + more, (objects + folders) as u64);
        }
    }
}
