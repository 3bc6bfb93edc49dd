//! A crew works through the items of a job, some at a time, and writes down how each ended.

use std::sync::Arc;

use dipper_storage::ErrorKind;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, JoinSet};

use crate::context::Context;
use crate::crash::crash_point;
use crate::error::{Error, Result};
use crate::feed::Feed;
use crate::job::ItemStanding;
use crate::journal::Item;
use crate::parts::parts_for;

/// How an item ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// It is done.
    Done,
    /// Its name was taken, and that means to leave it.
    Skipped,
}

/// An item in parts takes four slots of sixteen, so that few are unfinished at a time and small ones are not held up.
const LARGE_WEIGHT: usize = 4;

/// Does `work` with everything that is left of a job. Fails only where the journal does.
pub(crate) async fn work_through<F>(context: &Context, work: impl Fn(Item) -> F) -> Result<()>
where
    F: Future<Output = Result<Settled>> + Send + 'static,
{
    let mut crew = Crew::new(context);
    let mut feed = Feed::start(context);
    let outcome = loop {
        let item = match feed.next().await {
            Ok(Some(item)) => item,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        };
        let in_parts = parts_for(item.size).count > 1;
        let Some(slot) = crew.slot(if in_parts { LARGE_WEIGHT } else { 1 }).await else {
            break Ok(());
        };
        crew.work(slot, &item, work(item.clone()));
    };
    crew.finish().await;
    feed.finish().await;
    outcome
}

/// Whether a disk of this computer is full: what comes next would not fit either.
fn is_out_of_room(error: &Error) -> bool {
    error.kind() == ErrorKind::DiskFull && error.storage().is_none()
}

/// Stops the run and says why, once. Everything that is left stays open: a retry goes on with it.
fn stop_for(context: &Context, key: &str, error: &Error) {
    if !context.cancel.is_cancelled() {
        context.cancel.cancel();
        context.job.item_failed(key, error);
    }
}

/// Room for one item, or for a share of the crew.
struct Slot(OwnedSemaphorePermit);

/// Works on items. Memory is bounded by the slots: an item is taken on only when there is one.
struct Crew {
    context: Context,
    slots: Arc<Semaphore>,
    tasks: JoinSet<()>,
}

impl Crew {
    fn new(context: &Context) -> Self {
        Self {
            context: context.clone(),
            slots: Arc::new(Semaphore::new(context.width)),
            tasks: JoinSet::new(),
        }
    }

    /// Waits until `weight` of the slots are free; `None` once the job is to stop.
    async fn slot(&mut self, weight: usize) -> Option<Slot> {
        let weight = u32::try_from(weight.clamp(1, self.context.width)).unwrap_or(1);
        let slot = self.slots.clone().acquire_many_owned(weight);
        tokio::pin!(slot);
        loop {
            tokio::select! {
                biased;
                () = self.context.cancel.cancelled() => return None,
                Some(ended) = self.tasks.join_next() => self.look_at(ended),
                slot = &mut slot => return slot.ok().map(Slot),
            }
        }
    }

    /// Begins with an item. Its end is written down before its slot is free again.
    fn work(&mut self, slot: Slot, item: &Item, work: impl Future<Output = Result<Settled>> + Send + 'static) {
        let (context, number, key) = (self.context.clone(), item.number, item.key.clone());
        self.tasks.spawn(async move {
            let _slot = slot.0;
            let outcome = work.await;
            crash_point!("item.before_settle");
            match outcome {
                Ok(Settled::Done) => context.settle(number, ItemStanding::Done).await,
                Ok(Settled::Skipped) => context.settle(number, ItemStanding::Skipped).await,
                // It stays begun: the next run looks at it.
                Err(error) if error.is_cancelled() => {}
                Err(error) if is_out_of_room(&error) => stop_for(&context, &key, &error),
                Err(error) => {
                    context.job.item_failed(&key, &error);
                    context.settle(number, ItemStanding::Failed).await;
                }
            }
            crash_point!("item.after_settle");
        });
    }

    /// Waits for all items under way.
    async fn finish(mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            self.look_at(ended);
        }
    }

    fn look_at(&self, ended: Result<(), JoinError>) {
        if let Err(error) = ended {
            let message = format!("The work on an item ended badly: {error}");
            self.context
                .job
                .item_failed("", &Error::new(ErrorKind::Internal, message));
        }
    }
}
