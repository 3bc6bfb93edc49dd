//! Transfers as they are shown: the engine's jobs in words, in batches at most four times a second.

use dipper_transfer::{JobKind, JobState};
use time::OffsetDateTime;

use crate::error::{ErrorKind, Result};
use crate::{AccountId, App};

/// A job as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its number.
    pub id: u64,
    /// What it does.
    pub kind: JobKind,
    /// The account.
    pub account_id: AccountId,
    /// The bucket.
    pub bucket: String,
    /// "hello.txt" or "7 files".
    pub title: String,
    /// "to field-photos/2026/".
    pub place: String,
    /// How it stands.
    pub state: JobState,
    /// Objects in it, so far as known.
    pub items_total: u64,
    /// Objects done.
    pub items_done: u64,
    /// Objects that failed.
    pub items_failed: u64,
    /// Objects left out by its policy.
    pub items_skipped: u64,
    /// Bytes in it, when known.
    pub bytes_total: Option<u64>,
    /// Bytes moved.
    pub bytes_done: u64,
    /// Its speed.
    pub bytes_per_second: u64,
    /// Time left, when it can be told.
    pub seconds_left: Option<u64>,
    /// When it began.
    pub started_at: Option<OffsetDateTime>,
    /// When it ended.
    pub finished_at: Option<OffsetDateTime>,
    /// The first failures.
    pub errors: Vec<JobError>,
    /// The first key it touches.
    pub first_key: Option<String>,
    /// What came of it, in words; only what was checked.
    pub result: Option<String>,
}

/// Why one object of a job failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobError {
    /// The object's or file's name.
    pub name: String,
    /// What happened.
    pub message: String,
    /// What can be done.
    pub hint: Option<String>,
    /// The kind of failure.
    pub code: ErrorKind,
    /// The server's id of the request.
    pub request_id: Option<String>,
}

/// All jobs together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TransferTotals {
    /// Jobs that work.
    pub running: u64,
    /// Jobs that wait.
    pub queued: u64,
    /// Jobs that failed.
    pub failed: u64,
    /// Jobs done.
    pub done: u64,
    /// Jobs cancelled.
    pub cancelled: u64,
    /// Bytes moved by running jobs.
    pub bytes_done: u64,
    /// Bytes of running and waiting jobs.
    pub bytes_total: u64,
    /// Upload speed.
    pub up_per_second: u64,
    /// Download speed.
    pub down_per_second: u64,
    /// Time left for all, when it can be told.
    pub seconds_left: Option<u64>,
}

/// What changed since the batch before.
#[derive(Debug, Clone, PartialEq)]
pub struct TransferBatch {
    /// Counts batches; a gap means one was missed.
    pub sequence: u64,
    /// Whether `jobs` holds all jobs rather than the changed ones.
    pub full: bool,
    /// The jobs.
    pub jobs: Vec<Job>,
    /// Jobs that are no longer kept.
    pub removed: Vec<u64>,
    /// All jobs together.
    pub totals: TransferTotals,
}

/// The changes of all jobs, for one audience. The first batch is full.
pub struct TransferChanges {}

impl TransferChanges {
    /// The next batch, at most four a second; `None` when Dipper shuts down.
    pub async fn next(&mut self) -> Option<TransferBatch> {
        todo!()
    }
}

impl App {
    /// Follows all jobs.
    pub fn watch_transfers(&self) -> TransferChanges {
        todo!()
    }
    /// Stops a job and cleans up after it.
    pub async fn cancel_transfer(&self, _id: u64) -> Result<()> {
        todo!()
    }
    /// Stops every job.
    pub async fn cancel_all_transfers(&self) -> Result<()> {
        todo!()
    }
    /// Tries what failed or was cancelled again.
    pub async fn retry_transfer(&self, _id: u64) -> Result<()> {
        todo!()
    }
    /// Takes finished jobs off the list.
    pub async fn clear_finished_transfers(&self) -> Result<()> {
        todo!()
    }
}
