//! The second half of a move: the source goes, but only when its copy is there and whole, and only if it still is what was
//! copied. That it is about to go is written down first, so that a process which ends here is taken up without copying
//! again.

use dipper_storage::{ErrorKind, ObjectKey};

use super::SourceObject;
use crate::context::{Context, Interrupt};
use crate::crash::crash_point;
use crate::error::{Error, Result};
use crate::journal::{Evidence, Item};
use crate::store::Stored;

/// A copy was just made.
pub(super) async fn now(context: &Context, item: &Item, source: &SourceObject, stored: &Stored) -> Result<()> {
    let state = Moved {
        from: source.info().key.clone(),
        source: source.info().etag.clone(),
        size: source.length(),
        copy: stored.clone(),
    };
    state.copy_is_whole(context).await?;
    context
        .journal
        .reach(context.job.id(), item.number, state.evidence())
        .await?;
    crash_point!("move.after_removing");
    state.remove(context).await
}

/// An earlier run made the copy and wrote it down.
pub(super) async fn again(context: &Context, item: &Item) -> Result<()> {
    let Some(state) = Moved::read(item)? else { return Ok(()) };
    state.copy_is_whole(context).await?;
    state.remove(context).await
}

/// A source and its copy.
struct Moved {
    from: ObjectKey,
    /// The source's `ETag`.
    source: Option<String>,
    size: u64,
    copy: Stored,
}

impl Moved {
    fn read(item: &Item) -> Result<Option<Self>> {
        let Some(Evidence::Removing {
            key,
            size,
            etag,
            source,
        }) = item.evidence.clone()
        else {
            return Ok(None);
        };
        Ok(Some(Self {
            from: ObjectKey::parse(&item.key)?,
            source,
            size,
            copy: Stored {
                key: ObjectKey::parse(&key)?,
                etag,
            },
        }))
    }

    fn evidence(&self) -> Evidence {
        Evidence::Removing {
            key: self.copy.key.to_string(),
            size: self.size,
            etag: self.copy.etag.clone(),
            source: self.source.clone(),
        }
    }

    async fn copy_is_whole(&self, context: &Context) -> Result<()> {
        let there = context.look_at(context.job.bucket(), &self.copy.key).await?;
        let is_whole = there
            .is_some_and(|there| there.size == self.size && (self.copy.etag.is_none() || there.etag == self.copy.etag));
        if is_whole {
            return Ok(());
        }
        let message = format!(
            "Could not move `{}`: its copy `{}` is not what was stored there",
            self.from, self.copy.key
        );
        Err(Error::new(ErrorKind::Conflict, message)
            .with_hint("The source is still there. Look at what has the key now before you retry."))
    }

    async fn remove(&self, context: &Context) -> Result<()> {
        let (there, bucket) = context.at_origin();
        match there.look_at(&bucket, &self.from).await? {
            None => return Ok(()),
            Some(found) if found.size == self.size && found.etag == self.source => {}
            Some(_) => return Err(self.is_newer()),
        }
        crash_point!("move.before_delete");
        let attempt = || async { Ok(there.client.delete_object(&bucket, &self.from).await?) };
        there.request(Interrupt::BetweenTries, attempt).await?;
        crash_point!("move.after_delete");
        Ok(())
    }

    fn is_newer(&self) -> Error {
        let message = format!(
            "Could not move `{}`: it was written anew after it was copied",
            self.from
        );
        let hint = format!(
            "`{}` is its older state; the newer one stays where it is.",
            self.copy.key
        );
        Error::new(ErrorKind::Conflict, message).with_hint(hint)
    }
}
