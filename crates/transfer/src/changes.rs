//! Watching an engine: batches of what changed, at most four a second, the first one complete.

use crate::job::{JobId, JobSnapshot};

/// What changed since the batch before.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Counts the batches of one watcher from 1.
    pub sequence: u64,
    /// Whether `jobs` are all there are; true for the first batch.
    pub full: bool,
    /// The jobs that changed, oldest first.
    pub jobs: Vec<JobSnapshot>,
    /// Jobs that are gone from the list.
    pub removed: Vec<JobId>,
    /// The figures of all jobs together.
    pub totals: Totals,
}

/// All jobs together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Jobs at work.
    pub running: u64,
    /// Jobs that wait.
    pub queued: u64,
    /// Jobs that failed.
    pub failed: u64,
    /// Jobs that are done.
    pub done: u64,
    /// Bytes moved by jobs at work.
    pub bytes_done: u64,
    /// Bytes in all of jobs at work or waiting, as far as they are known.
    pub bytes_total: u64,
    /// Bytes a second going up.
    pub up_per_second: u64,
    /// Bytes a second coming down.
    pub down_per_second: u64,
    /// Seconds to the end at this speed.
    pub seconds_left: Option<u64>,
}

/// One watcher of an engine.
#[derive(Debug)]
pub struct Changes(());

impl Changes {
    /// Waits for the next batch: the first comes at once and is complete, later ones come when something changed, at most
    /// four a second. A state that a job ends in is never left out. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Batch {
        todo!()
    }
}
