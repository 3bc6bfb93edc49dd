//! Long plans that can be cancelled by the id the window chose for them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::App;

/// How far a count has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CountProgress {
    /// Objects (or files) counted so far.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Whether that was all.
    pub done: bool,
}

type Running = Arc<Mutex<HashMap<String, CancellationToken>>>;

/// The long plans that run now.
#[derive(Default)]
pub(crate) struct Operations {
    running: Running,
}

impl Operations {
    /// Registers a running plan; it is known until the returned guard is dropped. An id that is in use is cancelled and
    /// taken over: the window asks anew only when it has given up on the first answer.
    pub(crate) fn begin(&self, id: &str) -> Operation {
        let cancel = CancellationToken::new();
        let before = lock(&self.running).insert(id.to_owned(), cancel.clone());
        if let Some(before) = before {
            before.cancel();
        }
        Operation {
            id: id.to_owned(),
            cancel,
            running: Arc::clone(&self.running),
        }
    }
}

/// A running plan. Dropping it, by returning or by being cancelled from outside, also stops what it started.
pub(crate) struct Operation {
    id: String,
    cancel: CancellationToken,
    running: Running,
}

impl Operation {
    /// What the work below watches.
    pub(crate) fn cancel_token(&self) -> &CancellationToken {
        &self.cancel
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        let mut running = lock(&self.running);
        // An operation that took the id over has cancelled this one and stays registered.
        if !self.cancel.is_cancelled() {
            running.remove(&self.id);
        }
        drop(running);
        self.cancel.cancel();
    }
}

impl App {
    /// Cancels the running plan of that id. One that has ended is no error.
    pub fn cancel_operation(&self, operation: &str) {
        let cancel = lock(&self.parts.operations.running).remove(operation);
        if let Some(cancel) = cancel {
            cancel.cancel();
        }
    }
}

fn lock(running: &Running) -> std::sync::MutexGuard<'_, HashMap<String, CancellationToken>> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_known_while_it_runs() {
        let operations = Operations::default();
        let operation = operations.begin("count");
        assert!(lock(&operations.running).contains_key("count"));
        let cancel = operation.cancel_token().clone();
        drop(operation);
        assert!(cancel.is_cancelled());
        assert!(lock(&operations.running).is_empty());
    }

    #[test]
    fn an_id_used_again_cancels_the_first_and_names_the_second() {
        let operations = Operations::default();
        let first = operations.begin("count");
        let second = operations.begin("count");
        assert!(first.cancel_token().is_cancelled());
        drop(first);
        assert!(lock(&operations.running).contains_key("count"));
        assert!(!second.cancel_token().is_cancelled());
    }
}
