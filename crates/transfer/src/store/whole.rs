//! An object that is stored in one request.

use std::sync::Arc;

use dipper_storage::{Checksum, ErrorKind, ObjectKey, PutOptions, UploadBody};

use tokio::sync::SemaphorePermit;

use super::{Guard, Sent, Source, Stored, Storing, is_taken};
use crate::context::{Context, Interrupt};
use crate::copy::SourceObject;
use crate::crash::crash_point;
use crate::error::Result;
use crate::files::{FilePart, SourceFile, blocking};
use crate::journal::Evidence;

/// Up to this size a file is read before it is sent: it is then one state of the file for certain, and goes with a
/// checksum. Sixteen of them are 16 MiB.
const SMALL: u64 = 1024 * 1024;

/// The body of an object that goes in one request.
enum Whole<'a> {
    Bytes(bytes::Bytes),
    /// With the room that it takes.
    Passing {
        bytes: bytes::Bytes,
        _room: SemaphorePermit<'a>,
    },
    Part(FilePart, Option<Checksum>),
}

impl Storing<'_> {
    pub(super) async fn send_whole(&self, key: &ObjectKey, guard: Guard) -> Result<Sent> {
        if let Source::Object(object) = self.source {
            self.announce(key, object).await?;
            if object.is_inside() {
                return self.copy(key, object).await;
            }
        }
        let mut options = self.options.clone();
        options.if_none_match = guard != Guard::Off;
        let outcome = self.put(key, &options).await;
        match outcome {
            // A server without conditional writes: the look just before has to do.
            Err(error) if error.kind() == ErrorKind::Unsupported && guard == Guard::Seen => {
                options.if_none_match = false;
                self.put(key, &options).await
            }
            outcome => outcome,
        }
    }

    /// Says which key is about to get the object, where its `ETag` will not tell that it has.
    async fn announce(&self, key: &ObjectKey, object: &SourceObject) -> Result<()> {
        if object.keeps_its_etag() {
            return Ok(());
        }
        let Context { job, journal, .. } = self.context;
        let copying = Evidence::Copying {
            key: key.to_string(),
            at: time::OffsetDateTime::now_utc().unix_timestamp(),
        };
        journal.reach(job.id(), self.item.number, copying).await?;
        crash_point!("copy.after_announce");
        Ok(())
    }

    /// Has the server copy it. That takes no condition on the target: the look just before has to do.
    async fn copy(&self, key: &ObjectKey, object: &SourceObject) -> Result<Sent> {
        crash_point!("copy.before_request");
        let attempt = || object.copy_to(self.context, key, self.options.canned_acl);
        let etag = match self.context.request(Interrupt::AtOnce, attempt).await {
            Ok(etag) => etag,
            Err(error) if error.kind() == ErrorKind::PreconditionFailed => return Err(object.changed()),
            Err(error) => return Err(error),
        };
        crash_point!("copy.after_request");
        self.bytes.add(self.source.length());
        Ok(Sent::Stored(Stored { key: key.clone(), etag }))
    }

    async fn put(&self, key: &ObjectKey, options: &PutOptions) -> Result<Sent> {
        let body = self.body().await?;
        let _permit = self
            .context
            .unless_cancelled(self.context.up.body(self.source.length()))
            .await?;
        crash_point!("upload.before_put");
        let mut tries = 0;
        let outcome = self
            .context
            .request(Interrupt::AtOnce, || {
                tries += 1;
                body.put(self.context, key, options)
            })
            .await;
        crash_point!("upload.after_put");
        let etag = match outcome {
            Ok(etag) => etag,
            Err(error) if options.if_none_match && is_taken(&error) => {
                // Our own first try may have arrived although its answer was lost.
                match self.look_at(key).await? {
                    Some(there) if tries > 1 && there.size == self.source.length() => there.etag,
                    _ => return Ok(Sent::Taken),
                }
            }
            // The answers of all tries may have been lost, and what they stored be there.
            Err(error) if error.kind().is_retryable() => match self.look_at(key).await {
                Ok(Some(there)) if self.source.is_in(&there).await? => there.etag,
                _ => return Err(error),
            },
            Err(error) => return Err(error),
        };
        if let Whole::Bytes(bytes) | Whole::Passing { bytes, .. } = &body {
            self.bytes.add(bytes.len() as u64);
        }
        Ok(Sent::Stored(Stored { key: key.clone(), etag }))
    }

    async fn body(&self) -> Result<Whole<'_>> {
        match self.source {
            Source::File(file) => self.body_of(file).await,
            Source::Object(object) => {
                let (bytes, room) = object.read_all().await?;
                Ok(Whole::Passing { bytes, _room: room })
            }
        }
    }

    async fn body_of(&self, file: &Arc<SourceFile>) -> Result<Whole<'_>> {
        let (file, length) = (file.clone(), file.length());
        // What is in memory goes out at one go, and a limit is kept in small steps.
        if length == 0 || (length <= SMALL && self.context.up.is_free()) {
            return Ok(Whole::Bytes(blocking(move || file.read_all()).await?));
        }
        let part = FilePart::new(file, (0, length), self.context.outlet(), self.bytes.clone());
        let (reading, wanted) = (part.clone(), self.context.client.config().compatibility.checksum);
        let checksum = blocking(move || reading.checksum(wanted)).await?;
        Ok(Whole::Part(part, checksum))
    }
}

impl Whole<'_> {
    async fn put(&self, context: &Context, key: &ObjectKey, options: &PutOptions) -> Result<Option<String>> {
        let (body, part) = match self {
            Self::Bytes(bytes) | Self::Passing { bytes, .. } => (UploadBody::bytes(bytes.clone()), None),
            Self::Part(part, checksum) => {
                let body = UploadBody::source(Arc::new(part.clone()), part.length());
                (
                    checksum.iter().copied().fold(body, UploadBody::with_checksum),
                    Some(part),
                )
            }
        };
        let stored = context
            .client
            .put_object(context.job.bucket(), key, body, options)
            .await;
        match stored {
            Ok(stored) => Ok(stored.etag),
            Err(error) => Err(part.and_then(FilePart::take_trouble).unwrap_or_else(|| error.into())),
        }
    }
}
