//! What the engine keeps of a job in memory: figures, state, errors, and whether it is to stop. What is left to do is in the
//! journal.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use dipper_storage::BucketName;
use time::OffsetDateTime;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::job::{ItemError, JobId, JobKind, JobSnapshot, JobState};
use crate::journal::Standing;
use crate::progress::{Progress, Speed};
use crate::work::{Description, Task};

/// Errors that a snapshot shows. The figures count all of them.
const ERRORS_KEPT: usize = 100;

/// What stays the same of a job.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) id: JobId,
    pub(crate) account: String,
    pub(crate) server: String,
    pub(crate) bucket: BucketName,
    pub(crate) task: Task,
    pub(crate) description: Description,
    pub(crate) created_at: OffsetDateTime,
}

/// A job.
#[derive(Debug)]
pub(crate) struct Job {
    identity: Identity,
    pub(crate) progress: Arc<Progress>,
    turn: AtomicU64,
    record: Mutex<Record>,
    state: watch::Sender<JobState>,
}

#[derive(Debug)]
struct Record {
    started_at: Option<OffsetDateTime>,
    finished_at: Option<OffsetDateTime>,
    errors: Vec<ItemError>,
    cancel: CancellationToken,
    stop: Option<Stop>,
    speed: Speed,
}

/// Why a job is to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// For good: what is unfinished is cleaned up.
    Cancel,
    /// Until somebody says so: what was reached is kept.
    Pause,
    /// Until the next process takes it up.
    Suspend,
}

/// What a job from the journal had come to.
#[derive(Debug, Default)]
pub(crate) struct Past {
    pub(crate) started_at: Option<OffsetDateTime>,
    pub(crate) finished_at: Option<OffsetDateTime>,
    pub(crate) errors: Vec<ItemError>,
    /// Where it was moved to; else its turn is its id.
    pub(crate) turn: Option<u64>,
}

impl Job {
    pub(crate) fn new(
        identity: Identity,
        state: JobState,
        standing: &Standing,
        past: Past,
        cancel: CancellationToken,
    ) -> Self {
        let progress = Progress::default();
        progress.restore(standing);
        Self {
            turn: AtomicU64::new(past.turn.unwrap_or(identity.id.0)),
            identity,
            progress: Arc::new(progress),
            record: Mutex::new(Record {
                started_at: past.started_at,
                finished_at: past.finished_at,
                errors: past.errors,
                cancel,
                stop: None,
                speed: Speed::default(),
            }),
            state: watch::Sender::new(state),
        }
    }

    pub(crate) fn id(&self) -> JobId {
        self.identity.id
    }

    pub(crate) fn account(&self) -> &str {
        &self.identity.account
    }

    /// Where the account was when the job was made.
    pub(crate) fn server(&self) -> &str {
        &self.identity.server
    }

    pub(crate) fn bucket(&self) -> &BucketName {
        &self.identity.bucket
    }

    pub(crate) fn task(&self) -> &Task {
        &self.identity.task
    }

    pub(crate) fn kind(&self) -> JobKind {
        self.identity.task.kind()
    }

    pub(crate) fn created_at(&self) -> OffsetDateTime {
        self.identity.created_at
    }

    /// Orders the jobs that wait.
    pub(crate) fn turn(&self) -> u64 {
        self.turn.load(Relaxed)
    }

    /// It was moved, or another one was.
    pub(crate) fn take_turn(&self, turn: u64) {
        self.turn.store(turn, Relaxed);
    }

    pub(crate) fn state(&self) -> JobState {
        *self.state.borrow()
    }

    pub(crate) fn states(&self) -> watch::Receiver<JobState> {
        self.state.subscribe()
    }

    /// Has the job stop; a stronger wish wins over a weaker one.
    pub(crate) fn stop(&self, stop: Stop) {
        let mut record = self.record();
        if record.stop != Some(Stop::Cancel) {
            record.stop = Some(stop);
        }
        record.cancel.cancel();
    }

    /// Why the job is to stop, if it is. A token that was cancelled from above means that the engine was dropped.
    pub(crate) fn stopping(&self) -> Option<Stop> {
        let record = self.record();
        record
            .stop
            .or_else(|| record.cancel.is_cancelled().then_some(Stop::Suspend))
    }

    pub(crate) fn cancellation(&self) -> CancellationToken {
        self.record().cancel.clone()
    }

    pub(crate) fn begin(&self, now: OffsetDateTime) {
        self.record().started_at.get_or_insert(now);
        self.state.send_replace(JobState::Running);
    }

    /// The run has ended.
    pub(crate) fn end(&self, state: JobState, now: OffsetDateTime) {
        let mut record = self.record();
        record.finished_at = state.is_finished().then_some(now);
        record.speed.forget();
        // Under the lock: nobody sees a job at work that has ended.
        self.state.send_replace(state);
    }

    /// Goes back to the queue with the figures of the journal.
    pub(crate) fn requeue(&self, standing: &Standing, cancel: CancellationToken) {
        let mut record = self.record();
        record.cancel = cancel;
        record.stop = None;
        record.errors.clear();
        record.finished_at = None;
        self.progress.restore(standing);
        self.state.send_replace(JobState::Queued);
    }

    pub(crate) fn errors(&self) -> Vec<ItemError> {
        self.record().errors.clone()
    }

    pub(crate) fn item_failed(&self, name: &str, error: &Error) {
        tracing::info!(job = %self.id(), name, %error, "an item failed");
        self.progress.items_failed.fetch_add(1, Relaxed);
        let mut record = self.record();
        if record.errors.len() < ERRORS_KEPT {
            record.errors.push(error.to_item_error(name));
        }
    }

    pub(crate) fn snapshot(&self, now: Instant) -> JobSnapshot {
        let mut record = self.record();
        let (progress, state) = (&self.progress, self.state());
        let bytes_done = progress.bytes_done.load(Relaxed);
        let moves_bytes = matches!(
            self.kind(),
            JobKind::Upload | JobKind::Download | JobKind::Copy | JobKind::Move
        );
        let known = moves_bytes && !progress.listing.load(Relaxed);
        let bytes_total = known.then(|| progress.bytes_total.load(Relaxed));
        let bytes_per_second = if state == JobState::Running {
            record.speed.sample(now, bytes_done)
        } else {
            0
        };
        let left = bytes_total
            .filter(|_| bytes_per_second > 0)
            .map(|total| total.saturating_sub(bytes_done));
        let identity = &self.identity;
        JobSnapshot {
            id: identity.id,
            kind: self.kind(),
            account: identity.account.clone(),
            bucket: identity.bucket.clone(),
            from_account: identity.task.origin().map(|origin| origin.account.clone()),
            title: identity.description.title.clone(),
            place: identity.description.place.clone(),
            state,
            items_total: progress.items_total.load(Relaxed),
            items_done: progress.items_done.load(Relaxed),
            items_failed: progress.items_failed.load(Relaxed),
            items_skipped: progress.items_skipped.load(Relaxed),
            bytes_total,
            bytes_done,
            bytes_per_second,
            seconds_left: left.map(|left| left.div_ceil(bytes_per_second)),
            started_at: record.started_at,
            finished_at: record.finished_at,
            turn: self.turn(),
            waits: None,
            errors: record.errors.clone(),
            keys: identity.description.keys.clone(),
        }
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn job() -> Job {
        let identity = Identity {
            id: JobId::from_number(1),
            account: "Test".to_owned(),
            server: "server".to_owned(),
            bucket: BucketName::parse("bucket").unwrap(),
            task: Task::Delete,
            description: Description {
                title: String::new(),
                place: String::new(),
                keys: Vec::new(),
            },
            created_at: OffsetDateTime::UNIX_EPOCH,
        };
        let (standing, past) = (Standing::default(), Past::default());
        Job::new(identity, JobState::Queued, &standing, past, CancellationToken::new())
    }

    /// Whoever waits for the end takes the first of both for it.
    #[test]
    fn the_end_of_a_job_and_its_time_are_seen_together() {
        let job = Arc::new(job());
        let (at, begin) = (OffsetDateTime::UNIX_EPOCH, Instant::now());
        let looked = std::thread::spawn({
            let job = job.clone();
            move || {
                while job.state() != JobState::Paused {
                    let seen = job.snapshot(begin);
                    assert_eq!(seen.finished_at.is_some(), seen.state.is_finished(), "{:?}", seen.state);
                }
            }
        });
        for _ in 0..20_000 {
            job.requeue(&Standing::default(), CancellationToken::new());
            job.begin(at);
            job.end(JobState::Done, at);
        }
        job.end(JobState::Paused, at);
        looked.join().unwrap();
    }
}
