//! The event log: every S3 call with time, status and request id, and nothing secret. Kept in memory, the last 5,000.

use time::OffsetDateTime;

use crate::App;

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

#[derive(Default)]
pub(crate) struct EventLog;

/// Follows the event log.
pub struct EventChanges;

impl EventChanges {
    /// The next events, oldest first: at first all that are kept, then new ones, at most ten times a second. `None` when
    /// the app has ended. Safe to drop while waiting.
    pub async fn next(&mut self) -> Option<Vec<Event>> {
        todo!()
    }
}

impl App {
    /// Follows the event log, from the oldest event that is kept.
    pub fn watch_events(&self) -> EventChanges {
        todo!()
    }

    /// Forgets the events so far.
    pub fn clear_events(&self) {
        todo!()
    }
}
