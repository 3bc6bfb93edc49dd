//! Uploads in parts. What was begun is completed, kept to go on with, or aborted; the journal knows which.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use dipper_storage::{
    CompletedPart, ErrorKind, ObjectInfo, ObjectKey, ObjectRef, PartRef, PartStored, PutOptions, UploadBody, UploadId,
};
use tokio::task::JoinSet;

use super::{Guard, Sent, Source, Stored, Storing, is_taken};
use crate::clean;
use crate::context::{Context, Interrupt};
use crate::crash::crash_point;
use crate::error::{Error, Result};
use crate::files::{FilePart, SourceFile, blocking};
use crate::journal::{Evidence, Item, Part};
use crate::parts::PartPlan;
use crate::progress::ItemBytes;

/// One upload in parts, shared by its workers.
struct Parts {
    item: u32,
    key: ObjectKey,
    upload: UploadId,
    source: Source,
    bytes: ItemBytes,
    plan: PartPlan,
    /// The parts that are to be sent, from 0.
    missing: Vec<u32>,
    next: AtomicUsize,
    stored: Mutex<Vec<CompletedPart>>,
}

impl Storing<'_> {
    pub(super) async fn send_parts(&self, key: &ObjectKey, plan: PartPlan, guard: Guard) -> Result<Sent> {
        let mut options = self.options.clone();
        options.if_none_match = guard != Guard::Off;
        let going_on = match self.unfinished(key) {
            Some(upload) => self.parts_there(key, &upload, plan).await?.map(|there| (upload, there)),
            None => None,
        };
        if going_on.is_none()
            && let Some(stored) = self.arrived(key).await?
        {
            return Ok(Sent::Stored(stored));
        }
        let (upload, there) = match going_on {
            Some(known) => known,
            None => (self.begin(key, &options).await?, Vec::new()),
        };
        let parts = Arc::new(self.parts(key, upload, plan, there));
        let outcome = self.send_and_complete(&parts, options, guard).await;
        match &outcome {
            Ok(Sent::Stored(_)) => {}
            // It goes on where it was: with the next try, or when the job is taken up again.
            Err(error) if error.is_cancelled() || error.kind().is_retryable() => {}
            _ => self.give_up(&parts).await,
        }
        outcome
    }

    /// Begins an upload. That it is about to be is written down first, and what it is called after.
    async fn begin(&self, key: &ObjectKey, options: &PutOptions) -> Result<UploadId> {
        let Context {
            client, job, journal, ..
        } = self.context;
        let at = time::OffsetDateTime::now_utc().unix_timestamp();
        let beginning = Evidence::Beginning {
            key: key.to_string(),
            at,
        };
        crash_point!("parts.before_beginning");
        journal.reach(job.id(), self.item.number, beginning).await?;
        crash_point!("parts.after_beginning");
        let mut tries = 0;
        let begin = || {
            tries += 1;
            async {
                let begun = client.create_multipart_upload(job.bucket(), key, options).await;
                begun.map_err(Error::from)
            }
        };
        let upload = self.context.request(Interrupt::BetweenTries, begin).await?;
        crash_point!("parts.after_create");
        if tries > 1 {
            // An earlier try may have begun one too, and its answer was lost.
            clean::abort_just_begun(self.context, key.as_str(), at, Some(&upload)).await?;
        }
        let sending = Evidence::Sending {
            key: key.to_string(),
            upload: upload.to_string(),
            source: self.source.state(),
        };
        journal.reach(job.id(), self.item.number, sending).await?;
        crash_point!("parts.after_sending");
        Ok(upload)
    }

    fn parts(&self, key: &ObjectKey, upload: UploadId, plan: PartPlan, there: Vec<CompletedPart>) -> Parts {
        let is_there = |index: &u32| there.iter().any(|part| part.number == index + 1);
        let missing = (0..plan.count).filter(|index| !is_there(index)).collect();
        for part in &there {
            self.bytes.add(plan.range(part.number - 1, self.source.length()).1);
        }
        Parts {
            item: self.item.number,
            key: key.clone(),
            upload,
            source: self.source.clone(),
            bytes: self.bytes.clone(),
            plan,
            missing,
            next: AtomicUsize::new(0),
            stored: Mutex::new(there),
        }
    }

    async fn send_and_complete(&self, parts: &Arc<Parts>, mut options: PutOptions, guard: Guard) -> Result<Sent> {
        send_all(self.context, parts).await?;
        self.source.check().await?;
        // Servers such as Ceph RGW 16 leave the condition of a completion unread, so it is looked as well.
        if guard == Guard::Seen && self.look_at(&parts.key).await?.is_some() {
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
            parts.complete(self.context, options)
        };
        match self.context.request(Interrupt::BetweenTries, complete).await {
            // The first try may have arrived although its answer was lost: the upload is then gone and the object there.
            Err(error) if tries > 1 && !error.is_cancelled() => {
                let there = self.look_at(&parts.key).await?;
                let ours = there.filter(|there| parts.made(there)).ok_or(error)?;
                Ok(parts.stored(ours.etag))
            }
            outcome => outcome.map(|etag| parts.stored(etag)),
        }
    }

    /// Aborts what will not go on.
    async fn give_up(&self, parts: &Parts) {
        let sending = Evidence::Sending {
            key: parts.key.to_string(),
            upload: parts.upload.to_string(),
            source: self.source.state(),
        };
        let item = Item {
            evidence: Some(sending),
            ..self.item.clone()
        };
        clean::tidy(self.context, &item).await;
        self.context.journal.lose(self.context.job.id(), self.item.number).await;
    }
}

/// Sends all parts with as many workers as there may be requests. The first failure stops the others.
async fn send_all(context: &Context, parts: &Arc<Parts>) -> Result<()> {
    let context = context.child();
    let mut workers = JoinSet::new();
    for _ in 0..context.width.min(parts.missing.len()) {
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
        while let Some(index) = self.missing.get(self.next.fetch_add(1, Relaxed)) {
            crash_point!("parts.before_part");
            let part = self.send_one(context, *index).await?;
            crash_point!("parts.after_part");
            let there = Part {
                number: part.number,
                etag: part.etag.clone(),
            };
            self.stored.lock().unwrap_or_else(PoisonError::into_inner).push(part);
            context.journal.part(context.job.id(), self.item, there).await;
            crash_point!("parts.after_note");
        }
        Ok(())
    }

    async fn send_one(&self, context: &Context, index: u32) -> Result<CompletedPart> {
        let (number, range) = (index + 1, self.plan.range(index, self.source.length()));
        let stored = match &self.source {
            Source::File(file) => self.send_file_part(context, file, number, range).await?,
            Source::Object(object) => {
                let to = PartRef {
                    object: ObjectRef {
                        bucket: context.job.bucket(),
                        key: &self.key,
                    },
                    upload: &self.upload,
                    number,
                };
                let stored = object.send_part(context, to, range).await?;
                self.bytes.add(range.1);
                stored
            }
        };
        Ok(CompletedPart {
            number,
            etag: stored.etag,
        })
    }

    async fn send_file_part(
        &self,
        context: &Context,
        file: &Arc<SourceFile>,
        number: u32,
        range: (u64, u64),
    ) -> Result<PartStored> {
        let part = FilePart::new(file.clone(), range, context.outlet(), self.bytes.clone());
        let (client, bucket) = (&context.client, context.job.bucket());
        let (reading, wanted) = (part.clone(), client.config().compatibility.checksum);
        let checksum = blocking(move || reading.checksum(wanted)).await?;
        let _permit = context.unless_cancelled(context.up.body(part.length())).await?;
        let attempt = || async {
            let body = UploadBody::source(Arc::new(part.clone()), part.length());
            let body = checksum.into_iter().fold(body, UploadBody::with_checksum);
            let stored = client.upload_part(bucket, &self.key, &self.upload, number, body).await;
            stored.map_err(|error| part.take_trouble().unwrap_or_else(|| error.into()))
        };
        context.request(Interrupt::AtOnce, attempt).await
    }

    fn stored(&self, etag: Option<String>) -> Sent {
        Sent::Stored(Stored {
            key: self.key.clone(),
            etag,
        })
    }

    /// Whether an object looks like what these parts make: the same length, and as many parts where its `ETag` tells.
    fn made(&self, found: &ObjectInfo) -> bool {
        let parts = found.etag.as_deref().and_then(|etag| etag.rsplit_once('-'));
        let as_many = parts.is_none_or(|(_, count)| count == self.plan.count.to_string());
        found.size == self.source.length() && as_many
    }

    async fn complete(&self, context: &Context, options: &PutOptions) -> Result<Option<String>> {
        let mut parts = self.stored.lock().unwrap_or_else(PoisonError::into_inner).clone();
        parts.sort_by_key(|part| part.number);
        let (client, bucket) = (&context.client, context.job.bucket());
        crash_point!("parts.before_complete");
        let stored = client
            .complete_multipart_upload(bucket, &self.key, &self.upload, &parts, options)
            .await?;
        crash_point!("parts.after_complete");
        Ok(stored.etag)
    }
}
