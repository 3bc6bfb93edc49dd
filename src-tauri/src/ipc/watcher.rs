//! What is pushed to the page from the window's own events: one page listens, the newest one.

use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use tauri::ipc::Channel;
use tokio_util::sync::CancellationToken;

use super::stream::Pumps;

/// The page that is told, if one asked to be.
pub(crate) struct Watcher<T>(Mutex<Option<(Channel<T>, CancellationToken)>>);

impl<T> Default for Watcher<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Serialize> Watcher<T> {
    /// Tells this channel from now on, and no earlier one; the number stops it.
    pub(crate) fn watch(&self, pumps: &Pumps, channel: Channel<T>) -> u32 {
        let (id, stopped) = pumps.register();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((channel, stopped));
        id
    }

    /// Tells the page; whether one listened.
    pub(crate) fn tell(&self, event: T) -> bool {
        let watcher = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watcher
            .as_ref()
            .is_some_and(|(channel, stopped)| !stopped.is_cancelled() && channel.send(event).is_ok())
    }
}
