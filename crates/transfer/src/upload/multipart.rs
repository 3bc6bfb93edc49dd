//! Uploads in parts. Whatever happens, what was begun is either completed or aborted.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use dipper_storage::{BucketName, Client, CompletedPart, ErrorKind, ObjectKey, PutOptions, UploadBody, UploadId};
use tokio::task::JoinSet;

use super::{Guard, Sending, Sent, is_taken};
use crate::context::{Context, Interrupt};
use crate::error::{Error, Result};
use crate::files::{Buffers, FilePart, SourceFile, blocking};
use crate::parts::PartPlan;
use crate::progress::ItemBytes;

/// How long aborting may hold up the end of a job. An upload that could not be aborted is said in the log.
const ABORT_PATIENCE: Duration = Duration::from_secs(10);

/// One upload in parts, shared by its workers.
struct Parts {
    client: Client,
    bucket: BucketName,
    key: ObjectKey,
    upload: UploadId,
    source: Arc<SourceFile>,
    buffers: Arc<Buffers>,
    bytes: ItemBytes,
    plan: PartPlan,
    next: AtomicU32,
    stored: Mutex<Vec<CompletedPart>>,
}

impl Sending<'_> {
    pub(super) async fn send_parts(&self, key: &ObjectKey, plan: PartPlan, guard: Guard) -> Result<Sent> {
        let (client, bucket) = (&self.spec.client, &self.spec.bucket);
        let mut options = self.options();
        options.if_none_match = guard != Guard::Off;
        let begin = || async {
            client
                .create_multipart_upload(bucket, key, &options)
                .await
                .map_err(Error::from)
        };
        let parts = Arc::new(Parts {
            client: client.clone(),
            bucket: bucket.clone(),
            key: key.clone(),
            upload: self.context.request(Interrupt::BetweenTries, begin).await?,
            source: self.source.clone(),
            buffers: self.context.buffers.clone(),
            bytes: self.bytes.clone(),
            plan,
            next: AtomicU32::new(0),
            stored: Mutex::default(),
        });
        let outcome = self.send_and_complete(&parts, options, guard).await;
        if !matches!(outcome, Ok(Sent::Stored)) {
            parts.abort(self.context).await;
        }
        outcome
    }

    async fn send_and_complete(&self, parts: &Arc<Parts>, mut options: PutOptions, guard: Guard) -> Result<Sent> {
        send_all(self.context, parts).await?;
        let source = self.source.clone();
        blocking(move || source.check()).await?;
        // Servers such as Ceph RGW 16 leave the condition of a completion unread, so it is looked as well.
        if guard == Guard::Seen && self.size_of(&parts.key).await?.is_some() {
            return Ok(Sent::Taken);
        }
        match self.complete(parts, &options).await {
            Err(error) if error.kind() == ErrorKind::Unsupported && guard == Guard::Seen => {
                options.if_none_match = false;
                self.complete(parts, &options).await
            }
            Err(error) if guard != Guard::Off && is_taken(&error) => Ok(Sent::Taken),
            outcome => outcome,
        }
    }

    async fn complete(&self, parts: &Parts, options: &PutOptions) -> Result<Sent> {
        let mut tries = 0;
        let complete = || {
            tries += 1;
            parts.complete(options)
        };
        match self.context.request(Interrupt::BetweenTries, complete).await {
            // The first try may have arrived although its answer was lost: the upload is then gone and the object there.
            Err(error) if tries > 1 && (error.kind() == ErrorKind::NotFound || is_taken(&error)) => {
                let ours = self.size_of(&parts.key).await? == Some(self.source.length());
                if ours { Ok(Sent::Stored) } else { Err(error) }
            }
            outcome => outcome.map(|()| Sent::Stored),
        }
    }
}

/// Sends all parts with as many workers as there may be requests. The first failure stops the others.
async fn send_all(context: &Context, parts: &Arc<Parts>) -> Result<()> {
    let context = context.child();
    let mut workers = JoinSet::new();
    for _ in 0..context.width.min(parts.plan.count as usize) {
        let (context, parts) = (context.clone(), parts.clone());
        workers.spawn(async move { parts.send_some(&context).await });
    }
    let mut outcome = Ok(());
    while let Some(ended) = workers.join_next().await {
        let ended =
            ended.unwrap_or_else(|error| Err(Error::new(ErrorKind::Internal, format!("A part ended badly: {error}"))));
        if ended.is_err() {
            context.cancel.cancel();
            outcome = outcome.and(ended);
        }
    }
    outcome
}

impl Parts {
    async fn send_some(&self, context: &Context) -> Result<()> {
        loop {
            let index = self.next.fetch_add(1, Relaxed);
            if index >= self.plan.count {
                return Ok(());
            }
            let part = self.send_one(context, index).await?;
            self.stored.lock().unwrap_or_else(PoisonError::into_inner).push(part);
        }
    }

    async fn send_one(&self, context: &Context, index: u32) -> Result<CompletedPart> {
        let range = self.plan.range(index, self.source.length());
        let part = FilePart::new(self.source.clone(), range, self.buffers.clone(), self.bytes.clone());
        let number = index + 1;
        let (reading, wanted) = (part.clone(), self.client.config().compatibility.checksum);
        let checksum = blocking(move || reading.checksum(wanted)).await?;
        let attempt = || async {
            let body = UploadBody::source(Arc::new(part.clone()), part.length());
            let body = checksum.into_iter().fold(body, UploadBody::with_checksum);
            let stored = self
                .client
                .upload_part(&self.bucket, &self.key, &self.upload, number, body)
                .await;
            stored.map_err(|error| part.take_trouble().unwrap_or_else(|| error.into()))
        };
        let stored = context.request(Interrupt::AtOnce, attempt).await?;
        Ok(CompletedPart {
            number,
            etag: stored.etag,
        })
    }

    async fn complete(&self, options: &PutOptions) -> Result<()> {
        let mut parts = self.stored.lock().unwrap_or_else(PoisonError::into_inner).clone();
        parts.sort_by_key(|part| part.number);
        self.client
            .complete_multipart_upload(&self.bucket, &self.key, &self.upload, &parts, options)
            .await?;
        Ok(())
    }

    async fn abort(&self, context: &Context) {
        let attempt = || async {
            self.client
                .abort_multipart_upload(&self.bucket, &self.key, &self.upload)
                .await
                .map_err(Error::from)
        };
        let aborted = tokio::time::timeout(ABORT_PATIENCE, context.request(Interrupt::Never, attempt)).await;
        if !matches!(aborted, Ok(Ok(()))) {
            tracing::warn!(key = %self.key, upload = %self.upload, "an unfinished upload stays behind on the server");
        }
    }
}
