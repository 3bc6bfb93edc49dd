//! The event log: every S3 call with time, status and request id, and nothing secret. Kept in memory, the last 5,000.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dipper_storage::{CallObserver, CallRecord};
use time::OffsetDateTime;
use tokio::sync::watch;

use crate::App;

/// A day of browsing; about 2 MB.
const MOST_KEPT: usize = 5_000;
/// Batches are at least this far apart.
const PAUSE: Duration = Duration::from_millis(100);

/// One HTTP request that was made for an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Counts up from 1, without gaps.
    pub sequence: u64,
    /// When it was sent.
    pub at: OffsetDateTime,
    /// The account's name.
    pub account: String,
    /// The S3 operation, such as `PutObject`.
    pub operation: String,
    /// The HTTP method.
    pub method: String,
    /// Path and query, without signatures.
    pub target: String,
    /// The HTTP status; `None` when there was no answer.
    pub status: Option<u16>,
    /// How long it took.
    pub duration_ms: u64,
    /// The server's name for the request.
    pub request_id: Option<String>,
    /// Bytes of bodies sent.
    pub bytes_sent: u64,
    /// Bytes of bodies received.
    pub bytes_received: u64,
    /// The S3 code or the network's cause.
    pub error: Option<String>,
}

impl Event {
    /// Whether there was no answer, or one that says no.
    fn failed(&self) -> bool {
        self.error.is_some() || self.status.is_none_or(|status| status >= 400)
    }
}

/// The last events of all accounts. Clones share one log.
#[derive(Clone)]
pub(crate) struct EventLog {
    kept: Arc<Mutex<Kept>>,
    latest: Arc<watch::Sender<u64>>,
}

#[derive(Default)]
struct Kept {
    last: u64,
    events: VecDeque<Event>,
}

impl Default for EventLog {
    fn default() -> Self {
        Self {
            kept: Arc::default(),
            latest: Arc::new(watch::Sender::new(0)),
        }
    }
}

impl EventLog {
    /// What writes the calls of one account's client into the log.
    pub(crate) fn observer(&self, account_name: &str) -> Arc<dyn CallObserver> {
        Arc::new(Observer {
            account: account_name.to_owned(),
            log: self.clone(),
        })
    }

    /// The last `count` events that failed, oldest first.
    pub(crate) fn latest_failures(&self, count: usize) -> Vec<Event> {
        let kept = lock(&self.kept);
        let mut failures: Vec<_> = kept
            .events
            .iter()
            .rev()
            .filter(|event| event.failed())
            .take(count)
            .cloned()
            .collect();
        failures.reverse();
        failures
    }

    fn write(&self, account: &str, call: &CallRecord) {
        let mut kept = lock(&self.kept);
        kept.last += 1;
        let sequence = kept.last;
        if kept.events.len() == MOST_KEPT {
            kept.events.pop_front();
        }
        kept.events.push_back(Event {
            sequence,
            at: call.at,
            account: account.to_owned(),
            operation: call.operation.clone(),
            method: call.method.clone(),
            target: call.target.clone(),
            status: call.status,
            duration_ms: u64::try_from(call.duration.as_millis()).unwrap_or(u64::MAX),
            request_id: call.request_id.clone(),
            bytes_sent: call.bytes_sent,
            bytes_received: call.bytes_received,
            error: call.error.clone(),
        });
        drop(kept);
        self.latest.send_replace(sequence);
    }
}

struct Observer {
    account: String,
    log: EventLog,
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observer")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

impl CallObserver for Observer {
    fn call(&self, call: &CallRecord) {
        self.log.write(&self.account, call);
    }
}

/// Follows the event log.
pub struct EventChanges {
    kept: Arc<Mutex<Kept>>,
    latest: watch::Receiver<u64>,
    seen: u64,
}

impl EventChanges {
    /// The next events, oldest first: at first all that are kept, then new ones, at most ten times a second. Never empty.
    /// `None` when the app and all that works for it have ended. Nothing is lost when this is dropped while it waits,
    /// short of 5,000 newer events.
    pub async fn next(&mut self) -> Option<Vec<Event>> {
        loop {
            let first = self.seen == 0;
            let seen = self.seen;
            self.latest.wait_for(|latest| *latest > seen).await.ok()?;
            if !first {
                tokio::time::sleep(PAUSE).await;
            }
            let kept = lock(&self.kept);
            let new: Vec<_> = kept
                .events
                .iter()
                .filter(|event| event.sequence > seen)
                .cloned()
                .collect();
            self.seen = kept.last;
            if !new.is_empty() {
                return Some(new);
            }
        }
    }
}

impl App {
    /// Follows the event log, from the oldest event that is kept.
    pub fn watch_events(&self) -> EventChanges {
        let log = &self.parts.events;
        EventChanges {
            kept: Arc::clone(&log.kept),
            latest: log.latest.subscribe(),
            seen: 0,
        }
    }

    /// Forgets the events so far. Later ones count on from there.
    pub fn clear_events(&self) {
        lock(&self.parts.events.kept).events.clear();
    }
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn call(target: &str) -> CallRecord {
        CallRecord {
            at: OffsetDateTime::UNIX_EPOCH,
            operation: "GetObject".into(),
            method: "GET".into(),
            target: target.into(),
            status: Some(200),
            duration: Duration::from_millis(12),
            request_id: Some("tx1".into()),
            bytes_sent: 0,
            bytes_received: 12,
            error: None,
            bucket: None,
            key: None,
        }
    }

    fn watch(log: &EventLog) -> EventChanges {
        EventChanges {
            kept: Arc::clone(&log.kept),
            latest: log.latest.subscribe(),
            seen: 0,
        }
    }

    fn targets(events: &[Event]) -> Vec<&str> {
        events.iter().map(|event| event.target.as_str()).collect()
    }

    #[tokio::test]
    async fn a_watcher_gets_what_is_kept_and_then_what_is_new() {
        let log = EventLog::default();
        let observer = log.observer("Research cloud");
        observer.call(&call("/a"));
        observer.call(&call("/b"));
        let mut changes = watch(&log);
        let first = changes.next().await.unwrap();
        assert_eq!(targets(&first), ["/a", "/b"]);
        assert_eq!((first[0].sequence, first[0].account.as_str()), (1, "Research cloud"));
        observer.call(&call("/c"));
        assert_eq!(targets(&changes.next().await.unwrap()), ["/c"]);
    }

    #[tokio::test]
    async fn only_the_last_5000_are_kept() {
        let log = EventLog::default();
        let observer = log.observer("a");
        for n in 0..MOST_KEPT + 10 {
            observer.call(&call(&format!("/{n}")));
        }
        let events = watch(&log).next().await.unwrap();
        assert_eq!((events.len(), events[0].target.as_str()), (MOST_KEPT, "/10"));
    }

    #[tokio::test]
    async fn a_watcher_ends_with_the_log() {
        let log = EventLog::default();
        let observer = log.observer("a");
        observer.call(&call("/a"));
        let mut changes = watch(&log);
        drop((log, observer));
        assert_eq!(changes.next().await.unwrap().len(), 1);
        assert!(changes.next().await.is_none());
    }
}
