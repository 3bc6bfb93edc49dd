//! Deleting: a thousand objects or versions a request, exactly those that were named.

use std::sync::atomic::Ordering::Relaxed;

use dipper_storage::{BucketName, Client, ErrorKind, MAX_DELETE_KEYS, ObjectVersion, UnfinishedUpload};
use tokio::task::JoinSet;

use crate::context::{Context, Interrupt};
use crate::error::{Error, Result};
use crate::retry::ATTEMPTS;
use crate::spec::EmptyBucketSpec;
use crate::work::Bucket;

/// Batches under way at once. More would only queue up inside the server.
const BATCHES: usize = 4;

/// Deletes all of them and hands back what is left.
pub(crate) async fn run(
    context: &Context,
    client: &Client,
    bucket: &BucketName,
    objects: Vec<ObjectVersion>,
) -> Vec<ObjectVersion> {
    let mut batches: JoinSet<Vec<ObjectVersion>> = JoinSet::new();
    let mut kept = Vec::new();
    let mut rest = objects.into_iter();
    while !context.cancel.is_cancelled() {
        let batch: Vec<_> = rest.by_ref().take(MAX_DELETE_KEYS).collect();
        if batch.is_empty() {
            break;
        }
        if batches.len() == BATCHES {
            collect(&mut batches, &mut kept, context).await;
        }
        let (context, client, bucket) = (context.clone(), client.clone(), bucket.clone());
        batches.spawn(async move { delete_batch(&context, &client, &bucket, batch).await });
    }
    while !batches.is_empty() {
        collect(&mut batches, &mut kept, context).await;
    }
    kept.extend(rest);
    kept
}

async fn collect(batches: &mut JoinSet<Vec<ObjectVersion>>, kept: &mut Vec<ObjectVersion>, context: &Context) {
    match batches.join_next().await {
        Some(Ok(objects)) => kept.extend(objects),
        Some(Err(error)) => {
            context.job.item_failed(
                "a batch",
                &Error::new(ErrorKind::Internal, format!("A batch ended badly: {error}")),
            );
        }
        None => {}
    }
}

/// Deletes some and hands back those that are still there. What failed in a way that may pass is tried again.
async fn delete_batch(
    context: &Context,
    client: &Client,
    bucket: &BucketName,
    mut objects: Vec<ObjectVersion>,
) -> Vec<ObjectVersion> {
    let mut kept = Vec::new();
    for failed in 1.. {
        let attempt = || async { Ok(client.delete_objects(bucket, &objects).await?) };
        let report = match context.request(Interrupt::BetweenTries, attempt).await {
            Ok(report) => report,
            Err(error) => {
                if !error.is_cancelled() {
                    for object in &objects {
                        context.job.item_failed(object.key.as_str(), &error);
                    }
                }
                break;
            }
        };
        context.job.progress.items_done.fetch_add(report.deleted, Relaxed);
        let mut again = None;
        objects.clear();
        for (object, error) in report.failed {
            let error = Error::from(error);
            if error.kind().is_retryable() && failed < ATTEMPTS {
                objects.push(object);
                again = Some(error);
            } else {
                context.job.item_failed(object.key.as_str(), &error);
                kept.push(object);
            }
        }
        let Some(error) = again else { break };
        if context.pause(Interrupt::AtOnce, failed, &error).await.is_err() {
            break;
        }
    }
    kept.append(&mut objects);
    kept
}

/// Empties a bucket of what the spec names and deletes it. The spec keeps what is left.
pub(crate) async fn empty_bucket(context: &Context, spec: &mut EmptyBucketSpec) -> Bucket {
    let objects = std::mem::take(&mut spec.objects);
    spec.objects = run(context, &spec.client, &spec.bucket, objects).await;
    while !context.cancel.is_cancelled()
        && let Some(upload) = spec.uploads.last()
    {
        let aborted = abort(context, &spec.client, &spec.bucket, upload).await;
        if settled(context, upload.key.as_str(), aborted).is_none() {
            return Bucket::Left;
        }
        spec.uploads.pop();
    }
    if !spec.objects.is_empty() || context.cancel.is_cancelled() {
        return Bucket::Left;
    }
    let delete = || async { spec.client.delete_bucket(&spec.bucket).await.map_err(Error::from) };
    let deleted = context.request(Interrupt::BetweenTries, delete).await;
    match settled(context, spec.bucket.as_str(), deleted) {
        Some(()) => Bucket::Gone,
        None => Bucket::Left,
    }
}

/// Aborts an unfinished upload; one that is gone, finished or aborted by someone else, needs no more.
async fn abort(context: &Context, client: &Client, bucket: &BucketName, upload: &UnfinishedUpload) -> Result<()> {
    let abort = || async {
        client
            .abort_multipart_upload(bucket, &upload.key, &upload.upload_id)
            .await
            .map_err(Error::from)
    };
    context.request(Interrupt::BetweenTries, abort).await
}

/// Counts an item that is done, or tells that it failed.
fn settled(context: &Context, name: &str, result: Result<()>) -> Option<()> {
    match result {
        Ok(()) => {
            context.job.progress.items_done.fetch_add(1, Relaxed);
            return Some(());
        }
        Err(error) if error.is_cancelled() => {}
        Err(error) => context.job.item_failed(name, &error),
    }
    None
}
