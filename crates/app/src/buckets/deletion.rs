//! Deleting a bucket: counted first, confirmed with the token of that count, counted again, and only then done.
//!
//! An empty bucket is deleted at once. One that is not becomes a transfer that empties it and deletes it at the end; its
//! name has to be typed. If anything was added or removed since the count that was shown, nothing is done.

use dipper_catalog::{Counted, count};
use dipper_storage::{BucketName, Client, ErrorKind as StorageKind, ListRequest, MAX_DELETE_KEYS, MAX_KEYS_PER_PAGE};
use dipper_storage::{Prefix, Versioning};
use dipper_transfer::{EmptyBucketSpec, JobSpec};
use tokio_util::sync::CancellationToken;

use super::{DeleteBucketPlan, bucket_name};
use crate::error::{Error, ErrorKind, Result};
use crate::operations::CountProgress;
use crate::plans::require_typed_name;
use crate::{AccountId, App, PlanToken};

const DELETE: &str = "deleteBucket";
/// As many keys as a dialog shows.
const FIRST_KEYS: u16 = 5;

/// What was counted and shown, stored with its token.
struct DeleteBucket {
    account: AccountId,
    bucket: BucketName,
    contents: Contents,
}

/// What is in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Contents {
    objects: u64,
    bytes: u64,
    unfinished_uploads: u64,
}

impl Contents {
    fn is_empty(self) -> bool {
        self.objects == 0 && self.unfinished_uploads == 0
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
        let counting = async {
            let versioning = client.bucket_versioning(&bucket).await?;
            let contents = contents(&client, &bucket, running.cancel_token(), progress).await?;
            let first = first_keys(&client, &bucket).await?;
            Ok::<_, Error>((versioning, contents, first))
        };
        let (versioning, contents, first) = tokio::select! {
            counted = counting => counted?,
            () = running.cancel_token().cancelled() => return Err(cancelled(&bucket)),
        };
        refuse_versions(&bucket, versioning, contents)?;
        let token = self.parts.plans.issue(DeleteBucket {
            account: account.clone(),
            bucket: bucket.clone(),
            contents,
        })?;
        Ok(DeleteBucketPlan {
            token,
            bucket: bucket.to_string(),
            empty: contents.is_empty(),
            objects: contents.objects,
            bytes: contents.bytes,
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
        let planned: DeleteBucket = self.parts.plans.take(DELETE, token)?;
        let DeleteBucket {
            account,
            bucket,
            contents: shown,
        } = planned;
        if !shown.is_empty() {
            require_typed_name(DELETE, bucket.as_str(), typed_name)?;
        }
        let client = self.client(&account).await?;
        if contents(&client, &bucket, &CancellationToken::new(), &|_| ()).await? != shown {
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
        };
        Ok(Some(
            self.parts.work.engine.start(JobSpec::EmptyAndDeleteBucket(spec)).get(),
        ))
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

async fn contents(
    client: &Client,
    bucket: &BucketName,
    cancel: &CancellationToken,
    progress: &(dyn Fn(CountProgress) + Send + Sync),
) -> Result<Contents> {
    let tell = |Counted { objects, bytes }, done| progress(CountProgress { objects, bytes, done });
    let all = count(client, bucket, &Prefix::default(), cancel, |so_far| tell(so_far, false)).await?;
    let all = all.ok_or_else(|| cancelled(bucket))?;
    let unfinished_uploads = match client.list_multipart_uploads(bucket).await {
        Ok(uploads) => uploads.len() as u64,
        Err(error) if error.kind() == StorageKind::Unsupported => 0,
        Err(error) => return Err(error.into()),
    };
    tell(all, true);
    Ok(Contents {
        objects: all.objects,
        bytes: all.bytes,
        unfinished_uploads,
    })
}

async fn first_keys(client: &Client, bucket: &BucketName) -> Result<Vec<String>> {
    let request = ListRequest {
        max_keys: FIRST_KEYS,
        ..ListRequest::new(bucket.clone())
    };
    let page = client.list_page(&request).await?;
    Ok(page.objects.into_iter().map(|object| object.key.to_string()).collect())
}

/// One request for every page that is listed and every batch that is deleted, one for each upload, one for the bucket.
fn requests(contents: Contents) -> u64 {
    let pages = contents.objects.div_ceil(u64::from(MAX_KEYS_PER_PAGE)).max(1);
    let batches = contents.objects.div_ceil(MAX_DELETE_KEYS as u64);
    pages + batches + contents.unfinished_uploads + 1
}

/// Emptying a bucket that keeps versions would only hide its objects behind delete markers, and it could still not be
/// deleted: better refused before anything is touched.
fn refuse_versions(bucket: &BucketName, versioning: Versioning, contents: Contents) -> Result<()> {
    if contents.objects == 0 || !matches!(versioning, Versioning::Enabled | Versioning::Suspended) {
        return Ok(());
    }
    let message =
        format!("“{bucket}” can’t be emptied: it keeps old versions, and those can’t be removed with Dipper yet.");
    let hint = "Remove all versions with another tool, or with a lifecycle rule, then delete the empty bucket.";
    Err(Error::new(ErrorKind::Unsupported, "planDeleteBucket", message)
        .with_bucket(bucket.as_str())
        .with_hint(hint))
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
        let of = |objects, unfinished_uploads| {
            requests(Contents {
                objects,
                bytes: 0,
                unfinished_uploads,
            })
        };
        assert_eq!(of(0, 0), 2);
        assert_eq!(of(1, 0), 3);
        assert_eq!(of(1_000, 0), 3);
        assert_eq!(of(1_001, 2), 7);
    }
}
