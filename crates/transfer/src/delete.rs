//! Deleting: a thousand keys a request, while the prefixes are still being listed.

use std::sync::atomic::Ordering::Relaxed;

use dipper_storage::{BucketName, Client, ErrorKind, MAX_DELETE_KEYS, ObjectKey};
use tokio::task::JoinSet;

use crate::context::{Context, Interrupt};
use crate::error::{Error, Result};
use crate::retry::ATTEMPTS;
use crate::spec::EmptyBucketSpec;
use crate::targets::{Object, Stream, Targets};

/// Batches under way at once. More would only queue up inside the server.
const BATCHES: usize = 4;

/// Deletes everything and hands back what is left.
pub(crate) async fn run(context: &Context, client: &Client, bucket: &BucketName, targets: Targets) -> Targets {
    let mut stream = Stream::start(context, client, bucket, targets);
    let mut batches: JoinSet<Vec<ObjectKey>> = JoinSet::new();
    let mut kept = Vec::new();
    let mut batch = Vec::new();
    loop {
        let object = stream.next().await;
        let last = object.is_none();
        batch.extend(object.map(|object| object.key));
        if batch.len() < MAX_DELETE_KEYS && !last {
            continue;
        }
        if batches.len() == BATCHES {
            collect(&mut batches, &mut kept, context).await;
        }
        let keys = std::mem::take(&mut batch);
        if context.cancel.is_cancelled() {
            kept.extend(keys);
        } else if !keys.is_empty() {
            let (context, client, bucket) = (context.clone(), client.clone(), bucket.clone());
            batches.spawn(async move { delete_batch(&context, &client, &bucket, keys).await });
        }
        if last {
            break;
        }
    }
    while !batches.is_empty() {
        collect(&mut batches, &mut kept, context).await;
    }
    let mut left = stream.rest();
    left.objects.extend(kept.into_iter().map(|key| Object { key, size: 0 }));
    left
}

async fn collect(batches: &mut JoinSet<Vec<ObjectKey>>, kept: &mut Vec<ObjectKey>, context: &Context) {
    match batches.join_next().await {
        Some(Ok(keys)) => kept.extend(keys),
        Some(Err(error)) => {
            context.job.item_failed(
                "a batch",
                &Error::new(ErrorKind::Internal, format!("A batch ended badly: {error}")),
            );
        }
        None => {}
    }
}

/// Deletes some keys and hands back those that are still there. Keys that failed in a way that may pass are tried again.
async fn delete_batch(
    context: &Context,
    client: &Client,
    bucket: &BucketName,
    mut keys: Vec<ObjectKey>,
) -> Vec<ObjectKey> {
    let mut kept = Vec::new();
    for failed in 1.. {
        let attempt = || async { Ok(client.delete_objects(bucket, &keys).await?) };
        let report = match context.request(Interrupt::BetweenTries, attempt).await {
            Ok(report) => report,
            Err(error) => {
                if !error.is_cancelled() {
                    for key in &keys {
                        context.job.item_failed(key.as_str(), &error);
                    }
                }
                break;
            }
        };
        context.job.progress.items_done.fetch_add(report.deleted, Relaxed);
        let mut again = None;
        keys.clear();
        for (key, error) in report.failed {
            let error = Error::from(error);
            if error.kind().is_retryable() && failed < ATTEMPTS {
                keys.push(key);
                again = Some(error);
            } else {
                context.job.item_failed(key.as_str(), &error);
                kept.push(key);
            }
        }
        let Some(error) = again else { break };
        if context.pause(Interrupt::AtOnce, failed, &error).await.is_err() {
            break;
        }
    }
    kept.append(&mut keys);
    kept
}

/// Empties a bucket of objects and unfinished uploads and deletes it. Says whether it is gone.
pub(crate) async fn empty_bucket(context: &Context, spec: &EmptyBucketSpec, everything: Targets) -> bool {
    let left = run(context, &spec.client, &spec.bucket, everything).await;
    if !left.is_empty() || context.cancel.is_cancelled() {
        return false;
    }
    match delete_bucket(context, &spec.client, &spec.bucket).await {
        Ok(()) => {
            context.job.progress.items_done.fetch_add(1, Relaxed);
            true
        }
        Err(error) => {
            if !error.is_cancelled() {
                context.job.item_failed(spec.bucket.as_str(), &error);
            }
            false
        }
    }
}

async fn delete_bucket(context: &Context, client: &Client, bucket: &BucketName) -> Result<()> {
    let list = || async { client.list_multipart_uploads(bucket).await.map_err(Error::from) };
    for upload in context.request(Interrupt::AtOnce, list).await? {
        let abort = || async {
            client
                .abort_multipart_upload(bucket, &upload.key, &upload.upload_id)
                .await
                .map_err(Error::from)
        };
        context.request(Interrupt::BetweenTries, abort).await?;
    }
    let delete = || async { client.delete_bucket(bucket).await.map_err(Error::from) };
    context.request(Interrupt::BetweenTries, delete).await
}
