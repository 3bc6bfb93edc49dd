//! Storing one object under a key, from whatever it comes: in one request or in parts, under the policy for keys that are
//! taken, and known as done though its answer was lost. What is stored is one state of its source.

mod claims;
mod multipart;
mod resume;
mod source;
mod whole;

use dipper_storage::{BucketName, ErrorKind, ObjectInfo, ObjectKey, PutOptions};

use crate::context::{Context, Interrupt};
use crate::error::{Error, Result};
use crate::journal::{Evidence, Item};
use crate::names::numbered;
use crate::progress::ItemBytes;
use crate::spec::ConflictPolicy;

use claims::Claim;
pub(crate) use claims::Claims;
pub(crate) use source::{Source, SourceState};

/// How many numbered keys are tried: `name (2)` to `name (999)`.
const KEYS_TRIED: u32 = 999;

/// One object on its way under a key.
pub(crate) struct Storing<'a> {
    pub(crate) context: &'a Context,
    pub(crate) item: &'a Item,
    pub(crate) source: &'a Source,
    /// The key it is meant for, and how the object is described.
    pub(crate) key: &'a ObjectKey,
    pub(crate) options: &'a PutOptions,
    pub(crate) bytes: ItemBytes,
}

/// An object that is there.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) key: ObjectKey,
    /// Its `ETag`, where the server told it.
    pub(crate) etag: Option<String>,
}

/// What became of sending to one key.
enum Sent {
    Stored(Stored),
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

impl Storing<'_> {
    /// Stores it, unless its key is taken and that means to leave what is there: `None`. Counts what is moved.
    pub(crate) async fn run(&self) -> Result<Option<Stored>> {
        let (progress, planned, length) = (&self.context.job.progress, self.item.size, self.source.length());
        progress.resize(planned, length);
        let outcome = self.under_the_policy().await;
        if !matches!(outcome, Ok(Some(_))) {
            self.bytes.reset();
        }
        match outcome {
            Ok(Some(_)) => {}
            Ok(None) => progress.resize(length, 0),
            // The next run plans with the size of the list again.
            Err(_) => progress.resize(length, planned),
        }
        outcome
    }

    async fn under_the_policy(&self) -> Result<Option<Stored>> {
        let (key, policy) = (self.key, self.item.options.conflict.unwrap_or_default());
        self.leave_what_will_not_go_on().await;
        if policy == ConflictPolicy::Overwrite {
            let _mine = self.claim(key).await?;
            if let Some(stored) = self.arrived_before(key).await? {
                return Ok(Some(stored));
            }
            return match self.send_to(key, Guard::Off).await? {
                Sent::Stored(stored) => Ok(Some(stored)),
                Sent::Taken => Err(Error::new(ErrorKind::Internal, "A key that may be replaced was taken")),
            };
        }
        if let Sent::Stored(stored) = self.send_if_free(key).await? {
            return Ok(Some(stored));
        }
        if policy == ConflictPolicy::Skip {
            return Ok(None);
        }
        for number in 2..=KEYS_TRIED {
            if let Sent::Stored(stored) = self.send_if_free(&numbered_key(key, number)?).await? {
                return Ok(Some(stored));
            }
        }
        let message = format!("Could not store `{key}`: that key and all numbered ones are taken");
        Err(Error::new(ErrorKind::Conflict, message).with_hint("Choose another name for it."))
    }

    async fn send_if_free(&self, key: &ObjectKey) -> Result<Sent> {
        let _mine = self.claim(key).await?;
        let in_parts = self.source.plan().count > 1;
        let guard = match self.look_at(key).await {
            Ok(Some(found)) if self.is_ours(key, &found).await? => return Ok(self.stored_before(key, found)),
            Ok(Some(_)) => return Ok(Sent::Taken),
            Ok(None) => Guard::Seen,
            // Not in parts: too many servers leave the condition of a completion unread. Nor by copying, which has none.
            Err(error) if error.kind() == ErrorKind::AccessDenied && !in_parts && !self.source.is_inside() => {
                Guard::Unseen
            }
            Err(error) => return Err(error),
        };
        self.bytes.reset();
        self.send_to(key, guard).await
    }

    async fn send_to(&self, key: &ObjectKey, guard: Guard) -> Result<Sent> {
        let plan = self.source.plan();
        if plan.count > 1 {
            self.send_parts(key, plan, guard).await
        } else {
            self.send_whole(key, guard).await
        }
    }

    /// Waits until nobody else of this process stores under the key.
    async fn claim(&self, key: &ObjectKey) -> Result<Claim<'_>> {
        let Context { job, claims, .. } = self.context;
        let name = format!("{}/{}/{key}", job.server(), job.bucket());
        self.context.unless_cancelled(claims.claim(name)).await
    }

    /// The object that has this key, if there is one.
    async fn look_at(&self, key: &ObjectKey) -> Result<Option<ObjectInfo>> {
        self.context.look_at(self.context.job.bucket(), key).await
    }

    /// What an earlier run stored under the key, if its answer was lost and it is this very source. A key pair that may not
    /// look does not know, and sends again.
    async fn arrived_before(&self, key: &ObjectKey) -> Result<Option<Stored>> {
        if !self.item.begun || self.goes_on(key) {
            return Ok(None);
        }
        match self.look_at(key).await {
            Ok(Some(found)) if self.is_ours(key, &found).await? => Ok(Some(self.count_before(key, found))),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == ErrorKind::AccessDenied => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether an object is what an earlier run of this item stored.
    async fn is_ours(&self, key: &ObjectKey, found: &ObjectInfo) -> Result<bool> {
        if !self.item.begun {
            return Ok(false);
        }
        let announced = matches!(&self.item.evidence, Some(Evidence::Copying { key: begun, at })
            if begun == key.as_str() && is_since(found, *at) && found.size == self.source.length());
        Ok(announced || self.source.is_in(found).await?)
    }

    fn stored_before(&self, key: &ObjectKey, found: ObjectInfo) -> Sent {
        Sent::Stored(self.count_before(key, found))
    }

    /// Counts what an earlier run sent.
    fn count_before(&self, key: &ObjectKey, found: ObjectInfo) -> Stored {
        self.bytes.reset();
        self.bytes.add(self.source.length());
        Stored {
            key: key.clone(),
            etag: found.etag,
        }
    }
}

impl Context {
    /// The object that has this key, if there is one.
    pub(crate) async fn look_at(&self, bucket: &BucketName, key: &ObjectKey) -> Result<Option<ObjectInfo>> {
        let attempt = || async { self.client.head_object(bucket, key).await.map_err(Error::from) };
        match self.request(Interrupt::AtOnce, attempt).await {
            Ok(info) => Ok(Some(info)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Whether an object was written since a moment, as far as two clocks can tell.
fn is_since(found: &ObjectInfo, at: i64) -> bool {
    let skew = crate::clean::SKEW.whole_seconds();
    found
        .last_modified
        .is_some_and(|written| written.unix_timestamp() >= at.saturating_sub(skew))
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
