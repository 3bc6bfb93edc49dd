//! What the engine keeps of a job: figures, state, errors, and the work that is left.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use dipper_storage::BucketName;
use time::OffsetDateTime;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::job::{ItemError, JobId, JobKind, JobSnapshot, JobState};
use crate::progress::{Progress, Speed};
use crate::work::{Description, Work};

/// Errors that a snapshot shows. The figures count all of them.
const ERRORS_KEPT: usize = 100;

/// A job.
#[derive(Debug)]
pub(crate) struct Job {
    id: JobId,
    kind: JobKind,
    account: String,
    bucket: BucketName,
    description: Description,
    pub(crate) progress: Arc<Progress>,
    record: Mutex<Record>,
    state: watch::Sender<JobState>,
}

#[derive(Debug)]
struct Record {
    started_at: Option<OffsetDateTime>,
    finished_at: Option<OffsetDateTime>,
    errors: Vec<ItemError>,
    cancel: CancellationToken,
    /// What is to be done; taken while it is being done.
    work: Option<Work>,
    speed: Speed,
}

impl Job {
    pub(crate) fn new(id: JobId, work: Work, cancel: CancellationToken) -> Self {
        let progress = Progress::default();
        let (items, bytes) = work.known();
        progress.begin(items, bytes);
        Self {
            id,
            kind: work.kind(),
            account: work.account().to_owned(),
            bucket: work.bucket().clone(),
            description: work.describe(),
            progress: Arc::new(progress),
            record: Mutex::new(Record {
                started_at: None,
                finished_at: None,
                errors: Vec::new(),
                cancel,
                work: Some(work),
                speed: Speed::default(),
            }),
            state: watch::Sender::new(JobState::Queued),
        }
    }

    pub(crate) fn account(&self) -> &str {
        &self.account
    }

    pub(crate) fn state(&self) -> JobState {
        *self.state.borrow()
    }

    pub(crate) fn states(&self) -> watch::Receiver<JobState> {
        self.state.subscribe()
    }

    pub(crate) fn cancel(&self) {
        self.record().cancel.cancel();
    }

    pub(crate) fn cancellation(&self) -> CancellationToken {
        self.record().cancel.clone()
    }

    /// Takes the work to do it, and says how much is known of it.
    pub(crate) fn begin(&self, now: OffsetDateTime) -> Option<Work> {
        let mut record = self.record();
        let work = record.work.take()?;
        record.started_at.get_or_insert(now);
        drop(record);
        self.state.send_replace(JobState::Running);
        Some(work)
    }

    /// Takes the work back that never began.
    pub(crate) fn withdraw(&self) -> Option<Work> {
        self.record().work.take()
    }

    /// The run has ended; `left` is what another one would have to do. `None` where a run that broke took it along.
    pub(crate) fn end(&self, left: Option<Work>, now: OffsetDateTime) {
        let mut record = self.record();
        let rest = left.as_ref().is_some_and(|left| !left.is_empty());
        let state = if rest && record.cancel.is_cancelled() {
            JobState::Cancelled
        } else if rest || !record.errors.is_empty() {
            JobState::Failed
        } else {
            JobState::Done
        };
        record.work = left;
        record.finished_at = Some(now);
        record.speed.forget();
        drop(record);
        self.state.send_replace(state);
    }

    /// Goes back to the queue if the job has ended and something is left to do.
    pub(crate) fn requeue(&self, cancel: CancellationToken) -> bool {
        let mut record = self.record();
        if !self.state().is_finished() || record.work.as_ref().is_none_or(Work::is_empty) {
            return false;
        }
        record.cancel = cancel;
        record.errors.clear();
        record.finished_at = None;
        let (items, bytes) = record.work.as_ref().map_or((0, 0), Work::known);
        self.progress.begin(items, bytes);
        self.state.send_replace(JobState::Queued);
        true
    }

    pub(crate) fn item_failed(&self, name: &str, error: &Error) {
        tracing::info!(job = %self.id, name, %error, "an item failed");
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
        let moves_bytes = matches!(self.kind, JobKind::Upload | JobKind::Download);
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
        JobSnapshot {
            id: self.id,
            kind: self.kind,
            account: self.account.clone(),
            bucket: self.bucket.clone(),
            title: self.description.title.clone(),
            place: self.description.place.clone(),
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
            errors: record.errors.clone(),
            keys: self.description.keys.clone(),
        }
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
