//! Transfers as they are shown: the engine's jobs in words, in batches at most four times a second.

mod control;
mod limits;

use std::collections::HashMap;

use dipper_transfer::{
    Changes, ItemError, ItemStanding, ItemView, JobId, JobKind, JobSnapshot, JobSpec, JobState, LineState, LineStatus,
};
use time::OffsetDateTime;

pub use limits::TransferLimits;

use crate::error::{Error, ErrorKind, Result};
use crate::names;
use crate::words;
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
    /// Orders the jobs that wait: the one with the smallest is next.
    pub turn: u64,
    /// What it waits for while it works, in words.
    pub waits: Option<String>,
    /// The first failures.
    pub errors: Vec<JobError>,
    /// The first key it touches.
    pub first_key: Option<String>,
    /// What came of it, in words; only what was checked.
    pub result: Option<String>,
}

/// Most objects that one look into a job gives.
const MOST_ITEMS: u32 = 1000;

/// One object of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferItem {
    /// Its number, which orders the objects of a job; from 1.
    pub number: u32,
    /// Its key, as it is shown.
    pub name: String,
    /// Its bytes.
    pub size: u64,
    /// Where it stands.
    pub standing: ItemStanding,
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
    /// Jobs that are paused.
    pub paused: u64,
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

/// What was taken up of an earlier run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TakenUpTransfers {
    /// Jobs that go on by themselves.
    pub resumed: u64,
    /// Jobs that were paused and still are.
    pub paused: u64,
    /// Objects of both that were done before.
    pub items_kept: u64,
    /// Their bytes.
    pub bytes_kept: u64,
    /// Accounts whose transfers wait until they can be opened.
    pub waiting_accounts: u64,
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
pub struct TransferChanges {
    changes: Changes,
    states: HashMap<JobId, JobState>,
}

impl TransferChanges {
    /// The next batch: the first at once, later ones when something changed, at most four a second. Dropping the future
    /// loses nothing.
    pub async fn next(&mut self) -> TransferBatch {
        let batch = self.changes.next().await;
        if batch.full {
            self.states.clear();
        }
        self.states.extend(batch.jobs.iter().map(|job| (job.id, job.state)));
        for gone in &batch.removed {
            self.states.remove(gone);
        }
        let cancelled = self
            .states
            .values()
            .filter(|state| **state == JobState::Cancelled)
            .count() as u64;
        TransferBatch {
            sequence: batch.sequence,
            full: batch.full,
            jobs: batch.jobs.into_iter().map(Job::from).collect(),
            removed: batch.removed.into_iter().map(JobId::get).collect(),
            totals: totals(batch.totals, cancelled),
        }
    }
}

impl App {
    /// Follows all jobs.
    pub fn watch_transfers(&self) -> TransferChanges {
        TransferChanges {
            changes: self.parts.work.engine.watch(),
            states: HashMap::new(),
        }
    }

    /// How many jobs run or wait, for whoever is about to end the program.
    pub fn transfers_under_way(&self) -> u64 {
        self.parts.work.engine.unfinished() as u64
    }

    /// Waits until a job has ended, and gives it as it ended.
    pub async fn wait_for_transfer(&self, id: u64) -> Result<Job> {
        const OPERATION: &str = "waitForTransfer";
        let ended = self.parts.work.engine.join(self.known_job(OPERATION, id)?).await;
        ended.map(Job::from).ok_or_else(|| gone(OPERATION))
    }

    /// Waits until no job runs or waits, whatever became of them.
    pub async fn until_transfers_rest(&self) {
        let mut changes = self.parts.work.engine.watch();
        while self.transfers_under_way() > 0 {
            changes.next().await;
        }
    }

    /// The objects of a job behind a number, of one standing or of all, a thousand at most.
    pub async fn transfer_items(
        &self,
        id: u64,
        which: Option<ItemStanding>,
        after: u32,
        most: u32,
    ) -> Result<Vec<TransferItem>> {
        const OPERATION: &str = "transferItems";
        let job = self.known_job(OPERATION, id)?;
        let engine = &self.parts.work.engine;
        let items = engine.items(job, which, after, most.min(MOST_ITEMS)).await;
        let items = items.map_err(|cause| Error::of_transfer(OPERATION, cause))?;
        Ok(items.into_iter().map(TransferItem::from).collect())
    }

    /// Puts a job into the journal and the queue.
    pub(crate) async fn start_job(&self, operation: &str, spec: JobSpec) -> Result<JobId> {
        let started = self.parts.work.engine.start(spec).await;
        started.map_err(|cause| Error::of_transfer(operation, cause))
    }

    /// Stops all transfers where they are and waits until that is written down; the next run goes on from there.
    pub async fn shut_down_transfers(&self) {
        self.parts.work.engine.shut_down().await;
    }

    pub(super) fn known_job(&self, operation: &str, id: u64) -> Result<JobId> {
        let id = JobId::from_number(id);
        match self.parts.work.engine.job(id) {
            Some(_) => Ok(id),
            None => Err(gone(operation)),
        }
    }
}

fn gone(operation: &str) -> Error {
    Error::new(
        ErrorKind::NotFound,
        operation,
        "This transfer is no longer on the list.",
    )
}

impl From<JobSnapshot> for Job {
    fn from(job: JobSnapshot) -> Self {
        let result = result(&job);
        Self {
            id: job.id.get(),
            kind: job.kind,
            account_id: AccountId::from(job.account),
            bucket: job.bucket.to_string(),
            title: names::shown(&job.title),
            place: names::shown(&job.place),
            state: job.state,
            items_total: job.items_total,
            items_done: job.items_done,
            items_failed: job.items_failed,
            items_skipped: job.items_skipped,
            bytes_total: job.bytes_total,
            bytes_done: job.bytes_done,
            bytes_per_second: job.bytes_per_second,
            seconds_left: job.seconds_left,
            started_at: job.started_at,
            finished_at: job.finished_at,
            turn: job.turn,
            waits: job.waits.map(waits),
            errors: job.errors.into_iter().map(JobError::from).collect(),
            first_key: job.keys.into_iter().next(),
            result,
        }
    }
}

impl From<ItemView> for TransferItem {
    fn from(item: ItemView) -> Self {
        Self {
            number: item.number,
            name: names::shown(&item.key),
            size: item.size,
            standing: item.standing,
        }
    }
}

impl From<ItemError> for JobError {
    fn from(error: ItemError) -> Self {
        Self {
            name: names::shown(&error.name),
            message: error.message,
            hint: error.hint,
            code: error.kind.into(),
            request_id: error.request_id,
        }
    }
}

/// What a job waits for, and what a person can do about it.
fn waits(line: LineStatus) -> String {
    let reason = line.reason.map(|reason| format!(" {reason}")).unwrap_or_default();
    match line.state {
        LineState::Down => format!("Waiting for a connection; it goes on by itself.{reason}"),
        LineState::Held => format!("Waiting for new keys: edit the account, and it goes on by itself.{reason}"),
        LineState::Busy | LineState::Open => "The server is busy, so requests go out slowly.".to_owned(),
    }
}

/// What came of a job that ended well. A length is checked in every download before its file gets its name.
fn result(job: &JobSnapshot) -> Option<String> {
    if job.state != JobState::Done {
        return None;
    }
    let done = words::counted(job.items_done, "object");
    let mut text = match job.kind {
        JobKind::Upload => format!("{done} stored"),
        JobKind::Download => format!("{} saved, sizes match", words::counted(job.items_done, "file")),
        JobKind::Copy => format!("{done} copied"),
        JobKind::Move => format!("{done} moved"),
        JobKind::Delete => format!("{done} deleted"),
        JobKind::EmptyAndDeleteBucket => format!("{done} and the bucket deleted"),
        JobKind::SetAcl => format!("access of {done} changed"),
    };
    if job.items_skipped > 0 {
        let skipped = words::count(job.items_skipped);
        text = format!("{text}, {skipped} left as they were");
    }
    Some(text)
}

fn totals(totals: dipper_transfer::Totals, cancelled: u64) -> TransferTotals {
    TransferTotals {
        running: totals.running,
        queued: totals.queued,
        paused: totals.paused,
        failed: totals.failed,
        done: totals.done,
        cancelled,
        bytes_done: totals.bytes_done,
        bytes_total: totals.bytes_total,
        up_per_second: totals.up_per_second,
        down_per_second: totals.down_per_second,
        seconds_left: totals.seconds_left,
    }
}
