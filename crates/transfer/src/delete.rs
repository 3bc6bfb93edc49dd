//! Deleting: a thousand objects or versions a request, exactly those that were named.

use std::collections::HashMap;

use dipper_storage::{ErrorKind, MAX_DELETE_KEYS, ObjectKey, ObjectVersion, UploadId};
use futures_util::StreamExt as _;
use tokio::task::JoinSet;

use crate::context::{Context, Interrupt};
use crate::crash::crash_point;
use crate::error::{Error, Result};
use crate::job::ItemStanding;
use crate::journal::{Item, Role};
use crate::retry::ATTEMPTS;

/// What one request takes.
const BATCH: u32 = 1_000;
const _: () = assert!(BATCH as usize == MAX_DELETE_KEYS);
/// Batches under way at once. More would only queue up inside the server.
const BATCHES: usize = 4;
/// Questions side by side about items whose outcome is not known.
const QUESTIONS: usize = 8;

/// Deletes everything that is left.
pub(crate) async fn run(context: &Context) -> Result<()> {
    let mut batches = JoinSet::new();
    let mut after = 0;
    let outcome = loop {
        if context.cancel.is_cancelled() {
            break Ok(());
        }
        if batches.len() == BATCHES {
            collect(&mut batches, context).await;
        }
        let claimed = context
            .journal
            .claim(context.job.id(), Role::Object, after, BATCH)
            .await;
        let items = match claimed {
            Ok(items) => items,
            Err(error) => break Err(error),
        };
        let Some(last) = items.last() else { break Ok(()) };
        after = last.number;
        batches.spawn(delete_batch(context.clone(), items));
    };
    while !batches.is_empty() {
        collect(&mut batches, context).await;
    }
    outcome
}

async fn collect(batches: &mut JoinSet<Result<()>>, context: &Context) {
    let outcome = match batches.join_next().await {
        Some(Ok(outcome)) => outcome,
        Some(Err(error)) => Err(Error::new(ErrorKind::Internal, format!("A batch ended badly: {error}"))),
        None => Ok(()),
    };
    match outcome {
        Err(error) if !error.is_cancelled() => context.job.item_failed("a batch", &error),
        _ => {}
    }
}

/// Deletes some. What failed in a way that may pass is tried again.
async fn delete_batch(context: Context, items: Vec<Item>) -> Result<()> {
    let mut numbers = HashMap::with_capacity(items.len());
    for item in still_meant(&context, items).await? {
        let object = ObjectVersion {
            key: ObjectKey::parse(&item.key)?,
            version_id: item.options.version_id,
        };
        numbers.insert(object, item.number);
    }
    let (client, bucket) = (&context.client, context.job.bucket());
    let mut objects: Vec<ObjectVersion> = numbers.keys().cloned().collect();
    objects.sort();
    for failed in 1.. {
        if objects.is_empty() {
            break;
        }
        let attempt = || async { Ok(client.delete_objects(bucket, &objects).await?) };
        crash_point!("delete.before_request");
        let report = match context.request(Interrupt::BetweenTries, attempt).await {
            Ok(report) => report,
            Err(error) if error.is_cancelled() => return Err(error),
            Err(error) => {
                fail(&context, objects.iter().map(|object| (object, &error)), &numbers).await;
                return Ok(());
            }
        };
        crash_point!("delete.after_request");
        let failures: Vec<(ObjectVersion, Error)> = report
            .failed
            .into_iter()
            .map(|(object, error)| (object, error.into()))
            .collect();
        let (again, given_up): (Vec<_>, Vec<_>) = failures
            .into_iter()
            .partition(|(_, error)| error.kind().is_retryable() && failed < ATTEMPTS);
        let is_left = |object: &ObjectVersion| again.iter().chain(&given_up).any(|(left, _)| left == object);
        let done = objects.iter().filter(|object| !is_left(object));
        let done: Vec<u32> = done.filter_map(|object| numbers.get(object).copied()).collect();
        context.settle_all(done, ItemStanding::Done).await;
        crash_point!("delete.after_settle");
        fail(
            &context,
            given_up.iter().map(|(object, error)| (object, error)),
            &numbers,
        )
        .await;
        objects = again.iter().map(|(object, _)| object.clone()).collect();
        if let Some((_, error)) = again.first() {
            context.pause(Interrupt::AtOnce, failed, error).await?;
        }
    }
    Ok(())
}

async fn fail<'a>(
    context: &Context,
    failed: impl Iterator<Item = (&'a ObjectVersion, &'a Error)>,
    numbers: &HashMap<ObjectVersion, u32>,
) {
    let mut settled = Vec::new();
    for (object, error) in failed {
        context.job.item_failed(object.key.as_str(), error);
        settled.extend(numbers.get(object).copied());
    }
    context.settle_all(settled, ItemStanding::Failed).await;
}

/// Leaves out what an interrupted run may have deleted and somebody has written anew since: nobody was asked about that
/// one. A version is never written anew.
async fn still_meant(context: &Context, items: Vec<Item>) -> Result<Vec<Item>> {
    let (asked, mut meant): (Vec<Item>, Vec<Item>) = items
        .into_iter()
        .partition(|item| item.begun && item.options.version_id.is_none());
    if asked.is_empty() {
        return Ok(meant);
    }
    let looked = asked.into_iter().map(|item| async move {
        let key = ObjectKey::parse(&item.key)?;
        let attempt = || async { Ok(context.client.head_object(context.job.bucket(), &key).await?) };
        let newer = match context.request(Interrupt::AtOnce, attempt).await {
            Ok(info) => info.last_modified.is_some_and(|at| at > context.job.created_at()),
            Err(error) if error.is_cancelled() => return Err(error),
            // Gone is what it should be, and what may not be looked at is deleted as before.
            Err(_) => false,
        };
        Ok::<_, Error>((item, newer))
    });
    let mut looked = futures_util::stream::iter(looked).buffer_unordered(QUESTIONS);
    let mut spared = Vec::new();
    while let Some(answer) = looked.next().await {
        let (item, newer) = answer?;
        if newer {
            spared.push(item.number);
        } else {
            meant.push(item);
        }
    }
    context.settle_all(spared, ItemStanding::Done).await;
    Ok(meant)
}

/// Empties a bucket of what the job names and deletes it.
pub(crate) async fn empty_bucket(context: &Context) -> Result<()> {
    run(context).await?;
    let id = context.job.id();
    let uploads = context.journal.claim(id, Role::Upload, 0, u32::MAX).await?;
    for upload in uploads {
        crash_point!("empty.before_abort");
        if context.cancel.is_cancelled() || !settled(context, &upload, abort(context, &upload).await).await {
            return Ok(());
        }
        crash_point!("empty.after_abort");
    }
    let before_bucket = context.journal.standing(id).await?;
    if context.cancel.is_cancelled() || before_bucket.failed > 0 || before_bucket.open > 1 {
        return Ok(());
    }
    for bucket in context.journal.claim(id, Role::Bucket, 0, 1).await? {
        let delete = || async {
            context
                .client
                .delete_bucket(context.job.bucket())
                .await
                .map_err(Error::from)
        };
        crash_point!("empty.before_bucket");
        let deleted = match context.request(Interrupt::BetweenTries, delete).await {
            Err(error) if bucket.begun && error.kind() == ErrorKind::NotFound => Ok(()),
            deleted => deleted,
        };
        crash_point!("empty.after_bucket");
        settled(context, &bucket, deleted).await;
    }
    Ok(())
}

/// Aborts an unfinished upload; one that is gone, finished or aborted by someone else, needs no more.
async fn abort(context: &Context, upload: &Item) -> Result<()> {
    let key = ObjectKey::parse(&upload.key)?;
    let id = UploadId::new(upload.options.upload_id.clone().unwrap_or_default());
    let (client, bucket) = (&context.client, context.job.bucket());
    let abort = || async {
        client
            .abort_multipart_upload(bucket, &key, &id)
            .await
            .map_err(Error::from)
    };
    context.request(Interrupt::BetweenTries, abort).await
}

/// Writes down how an item ended; whether it is done.
async fn settled(context: &Context, item: &Item, result: Result<()>) -> bool {
    match result {
        Ok(()) => {
            context.settle(item.number, ItemStanding::Done).await;
            return true;
        }
        Err(error) if error.is_cancelled() => {}
        Err(error) => {
            context.job.item_failed(&item.key, &error);
            context.settle(item.number, ItemStanding::Failed).await;
        }
    }
    false
}
