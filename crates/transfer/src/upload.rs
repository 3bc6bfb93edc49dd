//! Uploads: each file is opened, fingerprinted, and sent in one piece or in parts; before the last byte leaves it is looked
//! at again, so what is stored is one state of the file.

mod multipart;

use std::sync::Arc;

use dipper_storage::{CannedAcl, Checksum, ErrorKind, ObjectInfo, ObjectKey, PutOptions, UploadBody};

use crate::context::{Context, Interrupt};
use crate::crash::crash_point;
use crate::crew::{self, Settled};
use crate::error::{Error, Result};
use crate::files::{FilePart, SourceFile, blocking};
use crate::journal::Item;
use crate::names::numbered;
use crate::parts::parts_for;
use crate::progress::ItemBytes;
use crate::spec::ConflictPolicy;

/// Up to this size a file is read before it is sent: it is then one state of the file for certain, and goes with a
/// checksum. Sixteen of them are 16 MiB.
const SMALL: u64 = 1024 * 1024;
/// How many numbered keys are tried: `name (2)` to `name (999)`.
const KEYS_TRIED: u32 = 999;

/// Uploads everything that is left.
pub(crate) async fn run(context: &Context, canned_acl: Option<CannedAcl>) -> Result<()> {
    crew::work_through(context, |item| upload(context.child(), item, canned_acl)).await
}

async fn upload(context: Context, item: Item, canned_acl: Option<CannedAcl>) -> Result<Settled> {
    let path = item.path.clone().unwrap_or_default();
    let key = ObjectKey::parse(&item.key)?;
    let source = Arc::new(blocking(move || SourceFile::open(&path)).await?);
    crash_point!("upload.after_open");
    context.job.progress.resize(item.size, source.length());
    let bytes = context.item_bytes();
    let sending = Sending {
        context: &context,
        item: &item,
        key: &key,
        canned_acl,
        source: &source,
        bytes: &bytes,
    };
    let outcome = sending.under_the_policy().await;
    if !matches!(outcome, Ok(Settled::Done)) {
        bytes.reset();
    }
    match outcome {
        Ok(Settled::Skipped) => context.job.progress.resize(source.length(), 0),
        Ok(Settled::Done) => {}
        // The next run plans with the size of the list again.
        Err(_) => context.job.progress.resize(source.length(), item.size),
    }
    outcome
}

/// One file on its way.
struct Sending<'a> {
    context: &'a Context,
    item: &'a Item,
    key: &'a ObjectKey,
    canned_acl: Option<CannedAcl>,
    source: &'a Arc<SourceFile>,
    bytes: &'a ItemBytes,
}

/// What became of sending to one key.
enum Sent {
    Stored,
    /// The key is taken, and nothing was changed.
    Taken,
}

/// What keeps somebody's object from being replaced.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guard {
    /// Nothing: replacing was agreed to.
    Off,
    /// The server's condition, and there was no object just before.
    Seen,
    /// The server's condition alone: these keys may write but not look.
    Unseen,
}

impl Sending<'_> {
    async fn under_the_policy(&self) -> Result<Settled> {
        let key = self.key;
        let policy = self.item.options.conflict.unwrap_or_default();
        self.leave_what_will_not_go_on().await;
        if policy == ConflictPolicy::Overwrite {
            if !self.arrived_before(key).await? {
                self.send_to(key, Guard::Off).await?;
            }
            return Ok(Settled::Done);
        }
        if let Sent::Stored = self.send_if_free(key).await? {
            return Ok(Settled::Done);
        }
        if policy == ConflictPolicy::Skip {
            return Ok(Settled::Skipped);
        }
        for number in 2..=KEYS_TRIED {
            if let Sent::Stored = self.send_if_free(&numbered_key(key, number)?).await? {
                return Ok(Settled::Done);
            }
        }
        let message = format!("Could not upload `{key}`: that key and all numbered ones are taken");
        Err(Error::new(ErrorKind::Conflict, message).with_hint("Upload it under another name."))
    }

    async fn send_if_free(&self, key: &ObjectKey) -> Result<Sent> {
        let in_parts = parts_for(self.source.length()).count > 1;
        let guard = match self.look_at(key).await {
            Ok(Some(found)) if self.is_ours(&found).await? => return Ok(self.stored_before()),
            Ok(Some(_)) => return Ok(Sent::Taken),
            Ok(None) => Guard::Seen,
            // Not in parts: too many servers leave the condition of a completion unread.
            Err(error) if error.kind() == ErrorKind::AccessDenied && !in_parts => Guard::Unseen,
            Err(error) => return Err(error),
        };
        self.bytes.reset();
        self.send_to(key, guard).await
    }

    async fn send_to(&self, key: &ObjectKey, guard: Guard) -> Result<Sent> {
        let plan = parts_for(self.source.length());
        if plan.count > 1 {
            self.send_parts(key, plan, guard).await
        } else {
            self.send_whole(key, guard).await
        }
    }

    async fn send_whole(&self, key: &ObjectKey, guard: Guard) -> Result<Sent> {
        let mut options = self.options();
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
                let (body, part) = match &body {
                    Whole::Bytes(bytes) => (UploadBody::bytes(bytes.clone()), None),
                    Whole::Part(part, checksum) => {
                        let body = UploadBody::source(Arc::new(part.clone()), part.length());
                        (
                            checksum.iter().copied().fold(body, UploadBody::with_checksum),
                            Some(part),
                        )
                    }
                };
                async move {
                    let (client, bucket) = (&self.context.client, self.context.job.bucket());
                    let stored = client.put_object(bucket, key, body, options).await;
                    stored.map_err(|error| part.and_then(FilePart::take_trouble).unwrap_or_else(|| error.into()))
                }
            })
            .await;
        crash_point!("upload.after_put");
        match outcome {
            Ok(_) => {}
            Err(error) if options.if_none_match && is_taken(&error) => {
                // Our own first try may have arrived although its answer was lost.
                let there = self.look_at(key).await?;
                if tries == 1 || there.is_none_or(|there| there.size != self.source.length()) {
                    return Ok(Sent::Taken);
                }
            }
            // The answers of all tries may have been lost, and what they stored be there.
            Err(error) if error.kind().is_retryable() => match self.look_at(key).await {
                Ok(Some(there)) if self.holds_the_file(&there).await? => {}
                _ => return Err(error),
            },
            Err(error) => return Err(error),
        }
        if let Whole::Bytes(bytes) = &body {
            self.bytes.add(bytes.len() as u64);
        }
        Ok(Sent::Stored)
    }

    async fn body(&self) -> Result<Whole> {
        let length = self.source.length();
        // What is in memory goes out at one go, and a limit is kept in small steps.
        if length == 0 || (length <= SMALL && self.context.up.is_free()) {
            let source = self.source.clone();
            return Ok(Whole::Bytes(blocking(move || source.read_all()).await?));
        }
        let part = self.part(0, length);
        let (reading, wanted) = (part.clone(), self.context.client.config().compatibility.checksum);
        let checksum = blocking(move || reading.checksum(wanted)).await?;
        Ok(Whole::Part(part, checksum))
    }

    fn part(&self, offset: u64, length: u64) -> FilePart {
        FilePart::new(
            self.source.clone(),
            (offset, length),
            self.context.outlet(),
            self.bytes.clone(),
        )
    }

    /// The object that has this key, if there is one.
    async fn look_at(&self, key: &ObjectKey) -> Result<Option<ObjectInfo>> {
        let (client, bucket) = (&self.context.client, self.context.job.bucket());
        let attempt = || async { client.head_object(bucket, key).await.map_err(Error::from) };
        match self.context.request(Interrupt::AtOnce, attempt).await {
            Ok(info) => Ok(Some(info)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether an earlier run stored this very file under the key and its answer was lost. A key pair that may not look
    /// does not know, and sends again.
    async fn arrived_before(&self, key: &ObjectKey) -> Result<bool> {
        if !self.item.begun || self.goes_on(key) {
            return Ok(false);
        }
        let ours = match self.look_at(key).await {
            Ok(Some(found)) => self.is_ours(&found).await?,
            Ok(None) => false,
            Err(error) if error.kind() == ErrorKind::AccessDenied => false,
            Err(error) => return Err(error),
        };
        if ours {
            self.stored_before();
        }
        Ok(ours)
    }

    /// Whether an object is what an earlier run of this item stored.
    async fn is_ours(&self, found: &ObjectInfo) -> Result<bool> {
        Ok(self.item.begun && self.holds_the_file(found).await?)
    }

    /// Whether an object has the length of the file, and the `ETag` that the file gives.
    async fn holds_the_file(&self, found: &ObjectInfo) -> Result<bool> {
        if found.size != self.source.length() {
            return Ok(false);
        }
        let source = self.source.clone();
        let etag = blocking(move || source.etag(parts_for(source.length()))).await?;
        Ok(found.etag.as_deref() == Some(etag.as_str()))
    }

    /// Counts what an earlier run sent.
    fn stored_before(&self) -> Sent {
        self.bytes.reset();
        self.bytes.add(self.source.length());
        Sent::Stored
    }

    fn options(&self) -> PutOptions {
        let guessed = || content_type_of(self.key.as_str()).to_owned();
        PutOptions {
            content_type: Some(self.item.options.content_type.clone().unwrap_or_else(guessed)),
            canned_acl: self.canned_acl,
            ..PutOptions::default()
        }
    }
}

/// The content type an object gets by its key when nobody names one.
pub fn content_type_of(key: &str) -> &'static str {
    mime_guess::from_path(key)
        .first_raw()
        .unwrap_or("application/octet-stream")
}

/// The body of a file that goes in one request.
enum Whole {
    Bytes(bytes::Bytes),
    Part(FilePart, Option<Checksum>),
}

/// Whether a conditional write was refused because somebody has the key.
fn is_taken(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::PreconditionFailed)
        || error.storage().and_then(dipper_storage::Error::s3_code) == Some("ConditionalRequestConflict")
}

fn numbered_key(key: &ObjectKey, number: u32) -> Result<ObjectKey> {
    let (folder, name) = key
        .as_str()
        .rsplit_once('/')
        .map_or(("", key.as_str()), |(folder, name)| {
            (&key.as_str()[..=folder.len()], name)
        });
    Ok(ObjectKey::parse(&format!("{folder}{}", numbered(name, number)))?)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn numbers_go_into_the_last_part_of_a_key() {
        let numbered = |key: &str| numbered_key(&ObjectKey::parse(key).unwrap(), 2).unwrap().to_string();
        assert_eq!(numbered("a.b/photo.jpg"), "a.b/photo (2).jpg");
        assert_eq!(numbered("photo"), "photo (2)");
        assert!(
            numbered_key(&ObjectKey::parse(&"x".repeat(1022)).unwrap(), 2).is_err(),
            "it would be too long"
        );
    }
}
