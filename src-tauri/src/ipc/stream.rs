//! Streams to the page: a pump takes batches from `dipper-app` and hands them to a channel, until either end is gone.
//!
//! A pump holds at most one batch: while the page is busy, what follows gathers in `dipper-app`, which keeps the newest
//! of each. Nothing here is unbounded.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use serde::Serialize;
use tauri::ipc::Channel;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The running pumps, each with a number by which the page stops it.
#[derive(Debug, Default)]
pub(crate) struct Pumps {
    next: AtomicU32,
    running: Mutex<HashMap<u32, CancellationToken>>,
    tasks: TaskTracker,
}

impl Pumps {
    /// Sends what `next` gives, mapped to the wire, until it ends, the page is gone, or [`stop`](Self::stop).
    pub(crate) fn start<T, W>(&self, mut source: impl Source<T>, channel: Channel<W>) -> u32
    where
        T: Send + 'static,
        W: From<T> + Serialize + Send + Sync + Clone + 'static,
    {
        let (id, stopped) = self.register();
        self.tasks.spawn(async move {
            while let Some(Some(batch)) = stopped.run_until_cancelled(source.next()).await {
                if channel.send(W::from(batch)).is_err() {
                    break;
                }
            }
        });
        id
    }

    /// Registers something that is pushed from elsewhere, such as drops, until it is stopped.
    pub(crate) fn register(&self) -> (u32, CancellationToken) {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let token = CancellationToken::new();
        self.lock().insert(id, token.clone());
        (id, token)
    }

    /// Stops a pump. An unknown number is no error: it may have ended by itself.
    pub(crate) fn stop(&self, id: u32) {
        if let Some(token) = self.lock().remove(&id) {
            token.cancel();
        }
    }

    /// Stops all: the page was loaded again and knows none of them.
    pub(crate) fn stop_all(&self) {
        for (_, token) in self.lock().drain() {
            token.cancel();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u32, CancellationToken>> {
        self.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Where batches come from.
pub(crate) trait Source<T>: Send + 'static {
    /// The next batch; `None` at the end.
    fn next(&mut self) -> impl Future<Output = Option<T>> + Send;
}

impl Source<dipper_app::TransferBatch> for dipper_app::TransferChanges {
    async fn next(&mut self) -> Option<dipper_app::TransferBatch> {
        Some(self.next().await)
    }
}

impl Source<Vec<dipper_app::Event>> for dipper_app::EventChanges {
    async fn next(&mut self) -> Option<Vec<dipper_app::Event>> {
        self.next().await
    }
}

/// A view's status: the newest one, at once and then after every change.
#[derive(Debug)]
pub(crate) struct Newest<T>(tokio::sync::watch::Receiver<T>);

impl<T> Newest<T> {
    /// Follows this receiver, beginning with the value it has now.
    pub(crate) fn of(mut receiver: tokio::sync::watch::Receiver<T>) -> Self {
        receiver.mark_changed();
        Self(receiver)
    }
}

impl<T: Clone + Send + Sync + 'static> Source<T> for Newest<T> {
    async fn next(&mut self) -> Option<T> {
        self.0.changed().await.ok()?;
        Some(self.0.borrow_and_update().clone())
    }
}
