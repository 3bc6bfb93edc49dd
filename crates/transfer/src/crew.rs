//! A crew works through the items of a job, some at a time, and keeps what could not be done.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use dipper_storage::ErrorKind;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{Id, JoinError, JoinSet};

use crate::context::Context;
use crate::error::{Error, Result};

/// How an item ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// It is done.
    Done,
    /// Its name was taken, and that means to leave it.
    Skipped,
}

/// Room for one item, or for a share of the crew.
pub(crate) struct Slot(OwnedSemaphorePermit);

/// Works on items of type `T`. Memory is bounded by the slots: an item is taken on only when there is one.
pub(crate) struct Crew<T> {
    context: Context,
    name: fn(&T) -> String,
    slots: Arc<Semaphore>,
    tasks: JoinSet<Result<Settled>>,
    under_way: HashMap<Id, T>,
    left: Vec<T>,
}

impl<T> Crew<T> {
    pub(crate) fn new(context: &Context, name: fn(&T) -> String) -> Self {
        Self {
            context: context.clone(),
            name,
            slots: Arc::new(Semaphore::new(context.width)),
            tasks: JoinSet::new(),
            under_way: HashMap::new(),
            left: Vec::new(),
        }
    }

    /// Waits until `weight` of the slots are free; `None` once the job is cancelled.
    pub(crate) async fn slot(&mut self, weight: usize) -> Option<Slot> {
        let weight = u32::try_from(weight.clamp(1, self.context.width)).unwrap_or(1);
        let slot = self.slots.clone().acquire_many_owned(weight);
        tokio::pin!(slot);
        loop {
            tokio::select! {
                biased;
                () = self.context.cancel.cancelled() => return None,
                Some(ended) = self.tasks.join_next_with_id() => self.settle(ended),
                slot = &mut slot => return slot.ok().map(Slot),
            }
        }
    }

    /// Begins with an item.
    pub(crate) fn work(&mut self, slot: Slot, item: T, work: impl Future<Output = Result<Settled>> + Send + 'static) {
        let task = self.tasks.spawn(async move {
            let _slot = slot.0;
            work.await
        });
        self.under_way.insert(task.id(), item);
    }

    /// Keeps an item for another time without trying it.
    pub(crate) fn leave(&mut self, item: T) {
        self.left.push(item);
    }

    /// Waits for all items under way and hands back what failed, was cancelled or left.
    pub(crate) async fn finish(mut self) -> Vec<T> {
        while let Some(ended) = self.tasks.join_next_with_id().await {
            self.settle(ended);
        }
        self.left
    }

    fn settle(&mut self, ended: Result<(Id, Result<Settled>), JoinError>) {
        let (id, outcome) = match ended {
            Ok((id, outcome)) => (id, outcome),
            Err(error) => (
                error.id(),
                Err(Error::new(
                    ErrorKind::Internal,
                    format!("The work ended badly: {error}"),
                )),
            ),
        };
        let Some(item) = self.under_way.remove(&id) else { return };
        let job = &self.context.job;
        match outcome {
            Ok(Settled::Done) => _ = job.progress.items_done.fetch_add(1, Relaxed),
            Ok(Settled::Skipped) => _ = job.progress.items_skipped.fetch_add(1, Relaxed),
            Err(error) => {
                if !error.is_cancelled() {
                    job.item_failed(&(self.name)(&item), &error);
                }
                self.left.push(item);
            }
        }
    }
}
