//! Deleting a bucket: counted first, confirmed with the token of that count, counted again, and only then done.
//!
//! An empty bucket is deleted at once. One that is not becomes a transfer that empties it and deletes it at the end; its
//! name has to be typed. If anything was added or removed since the count that was shown, nothing is done; and the
//! transfer deletes exactly what was counted, so that a bucket to which something comes later stays.

use dipper_catalog::{Counted, count, count_versions, fingerprint};
use dipper_storage::{BucketName, Client, ErrorKind as StorageKind, MAX_DELETE_KEYS, MAX_KEYS_PER_PAGE, ObjectKey};
use dipper_storage::{ObjectVersion, Prefix, UnfinishedUpload, Versioning};
use dipper_transfer::{EmptyBucketSpec, JobSpec};
use tokio_util::sync::CancellationToken;

use super::{DeleteBucketPlan, bucket_name};
use crate::error::{Error, ErrorKind, Result};
use crate::operations::CountProgress;
use crate::plans::require_typed_name;
use crate::{AccountId, App, PlanToken};

const DELETE: &str = "deleteBucket";
/// As many keys as a dialog shows.
const FIRST_KEYS: usize = 5;

/// What was counted and shown, stored with its token.
struct DeleteBucket {
    account: AccountId,
    bucket: BucketName,
    versioning: Versioning,
    contents: Contents,
}

/// What is in a bucket. The fingerprint is also that of the unfinished uploads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Contents {
    counted: Counted,
    unfinished_uploads: u64,
}

impl Contents {
    fn is_empty(self) -> bool {
        self.counted.all() == 0 && self.unfinished_uploads == 0
    }
}

impl App {
    /// Counts what deleting a bucket would take away. Deletes nothing.
    pub async fn plan_delete_bucket(
        &self,
        account: &AccountId,
        bucket: &str,
        progress: &(dyn Fn(CountProgress) + Send + Sync),
        operation: &str,
    ) -> Result<DeleteBucketPlan> {
        let bucket = bucket_name(bucket)?;
        let client = self.client(account).await?;
        let running = self.parts.operations.begin(operation);
        let mut first: Vec<String> = Vec::new();
        let counting = async {
            let versioning = client.bucket_versioning(&bucket).await?;
            let looking = Look {
                client: &client,
                bucket: &bucket,
                versioning,
                cancel: running.cancel_token(),
            };
            let note = |key: &ObjectKey, _: Option<&str>| {
                if first.len() < FIRST_KEYS && first.last().is_none_or(|last| last != key.as_str()) {
                    first.push(key.to_string());
                }
            };
            let (contents, _) = looking.contents(progress, note).await?;
            Ok::<_, Error>((versioning, contents))
        };
        let (versioning, contents) = tokio::select! {
            counted = counting => counted?,
            () = running.cancel_token().cancelled() => return Err(cancelled(&bucket)),
        };
        let token = self.parts.plans.issue(DeleteBucket {
            account: account.clone(),
            bucket: bucket.clone(),
            versioning,
            contents,
        })?;
        Ok(DeleteBucketPlan {
            token,
            bucket: bucket.to_string(),
            empty: contents.is_empty(),
            objects: contents.counted.objects,
            old_versions: contents.counted.old_versions,
            delete_markers: contents.counted.delete_markers,
            bytes: contents.counted.bytes,
            unfinished_uploads: contents.unfinished_uploads,
            versioning,
            first,
            requests: requests(contents),
            asks_for_name: !contents.is_empty(),
        })
    }

    /// Deletes the planned bucket. The id of the job, when it has to be emptied first.
    ///
    /// Refused with [`StalePlan`](crate::ErrorKind::StalePlan) when the contents are not what was shown any more, and with
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) at `typedName` when the name was not typed; both spend the token.
    pub async fn delete_bucket(&self, token: &PlanToken, typed_name: Option<&str>) -> Result<Option<u64>> {
        let DeleteBucket {
            account,
            bucket,
            versioning,
            contents: shown,
        } = self.parts.plans.take(DELETE, token)?;
        if !shown.is_empty() {
            require_typed_name(DELETE, bucket.as_str(), typed_name)?;
        }
        let client = self.client(&account).await?;
        let looking = Look {
            client: &client,
            bucket: &bucket,
            versioning,
            cancel: &CancellationToken::new(),
        };
        let mut objects = Vec::new();
        let keep = |key: &ObjectKey, version: Option<&str>| {
            objects.push(ObjectVersion {
                key: key.clone(),
                version_id: version.map(str::to_owned),
            });
        };
        let (now, uploads) = looking.contents(&|_| (), keep).await?;
        if now != shown {
            return Err(changed(&bucket));
        }
        if shown.is_empty() {
            self.delete_empty(&client, &account, &bucket).await?;
            return Ok(None);
        }
        let spec = EmptyBucketSpec {
            client,
            account: account.to_string(),
            bucket,
            objects,
            uploads,
        };
        let job = self.start_job(DELETE, JobSpec::EmptyAndDeleteBucket(spec)).await?;
        Ok(Some(job.get()))
    }

    async fn delete_empty(&self, client: &Client, account: &AccountId, bucket: &BucketName) -> Result<()> {
        let deleted = client.delete_bucket(bucket).await;
        deleted.map_err(|error| match error.s3_code() {
            Some("BucketNotEmpty") => not_empty(bucket, error),
            _ => error.into(),
        })?;
        self.parts.database.forget_bucket(account, bucket.as_str()).await?;
        Ok(())
    }
}

/// A look into a bucket.
struct Look<'a> {
    client: &'a Client,
    bucket: &'a BucketName,
    versioning: Versioning,
    cancel: &'a CancellationToken,
}

impl Look<'_> {
    /// Counts everything, telling `each` of every object, or of every version where the bucket keeps or kept them.
    async fn contents(
        &self,
        progress: &(dyn Fn(CountProgress) + Send + Sync),
        mut each: impl FnMut(&ObjectKey, Option<&str>) + Send,
    ) -> Result<(Contents, Vec<UnfinishedUpload>)> {
        let Self {
            client, bucket, cancel, ..
        } = *self;
        let tell = |so_far: Counted, done| {
            progress(CountProgress {
                objects: so_far.all(),
                bytes: so_far.bytes,
                done,
            });
        };
        let counted = if matches!(self.versioning, Versioning::Enabled | Versioning::Suspended) {
            let hear = |so_far, page: &[dipper_storage::ListedVersion]| {
                for version in page {
                    each(&version.key, Some(&version.version_id));
                }
                tell(so_far, false);
            };
            count_versions(client, bucket, cancel, hear).await?
        } else {
            let hear = |so_far, page: &[dipper_storage::ListedObject]| {
                for object in page {
                    each(&object.key, None);
                }
                tell(so_far, false);
            };
            count(client, bucket, &Prefix::default(), cancel, hear).await?
        };
        let mut counted = counted.ok_or_else(|| cancelled(bucket))?;
        let uploads = match client.list_multipart_uploads(bucket).await {
            Ok(uploads) => uploads,
            Err(error) if error.kind() == StorageKind::Unsupported => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        tell(counted, true);
        let marks = uploads
            .iter()
            .map(|upload| fingerprint((&upload.key, upload.upload_id.as_str())));
        counted.fingerprint = marks.fold(counted.fingerprint, u64::wrapping_add);
        let unfinished_uploads = uploads.len() as u64;
        let contents = Contents {
            counted,
            unfinished_uploads,
        };
        Ok((contents, uploads))
    }
}

/// One request for every page that is listed and every batch that is deleted, one for each upload, one for the bucket.
fn requests(contents: Contents) -> u64 {
    let all = contents.counted.all();
    let pages = all.div_ceil(u64::from(MAX_KEYS_PER_PAGE)).max(1);
    let batches = all.div_ceil(MAX_DELETE_KEYS as u64);
    pages + batches + contents.unfinished_uploads + 1
}

fn changed(bucket: &BucketName) -> Error {
    let message = format!("Nothing was deleted: what is in “{bucket}” has changed since it was counted.");
    Error::stale_plan(DELETE, message).with_bucket(bucket.as_str())
}

fn not_empty(bucket: &BucketName, cause: dipper_storage::Error) -> Error {
    let message =
        format!("“{bucket}” was not deleted: no objects are listed in it, and the server says that it is not empty.");
    let hint = "It may hold old versions or delete markers. Remove them first.";
    Error::new(ErrorKind::Conflict, DELETE, message)
        .with_bucket(bucket.as_str())
        .with_hint(hint)
        .with_source(cause)
}

fn cancelled(bucket: &BucketName) -> Error {
    let message = format!("Counting what is in “{bucket}” was stopped. Nothing was deleted.");
    Error::new(ErrorKind::Cancelled, "planDeleteBucket", message).with_bucket(bucket.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_page_batch_and_upload() {
        let of = |objects, old_versions, unfinished_uploads| {
            requests(Contents {
                counted: Counted {
                    objects,
                    old_versions,
                    ..Counted::default()
                },
                unfinished_uploads,
            })
        };
        assert_eq!(of(0, 0, 0), 2);
        assert_eq!(of(1, 0, 0), 3);
        assert_eq!(of(600, 400, 0), 3);
        assert_eq!(of(600, 401, 2), 7);
    }
}
