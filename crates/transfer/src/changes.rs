//! Watching an engine: batches of what changed, at most four a second, the first one complete.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::engine::Shared;
use crate::job::{JobId, JobKind, JobSnapshot, JobState};

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
    /// Jobs that are paused.
    pub paused: u64,
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

/// Four batches a second: what a person can follow.
const GAP: Duration = Duration::from_millis(250);

/// One watcher of an engine.
pub struct Changes {
    shared: Arc<Shared>,
    changed: watch::Receiver<u64>,
    sequence: u64,
    last: Option<tokio::time::Instant>,
    /// What was said last of each job.
    told: BTreeMap<JobId, JobSnapshot>,
}

impl Changes {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            changed: shared.changes(),
            shared,
            sequence: 0,
            last: None,
            told: BTreeMap::new(),
        }
    }

    /// Waits for the next batch: the first comes at once and is complete, later ones come when something changed, at most
    /// four a second. A state that a job ends in is never left out. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Batch {
        loop {
            if let Some(last) = self.last {
                tokio::time::sleep_until(last + GAP).await;
                // While jobs are at work their figures change by themselves; else only a state can.
                if !self.told.values().any(|job| job.state == JobState::Running) {
                    // The engine holds the sender and we hold the engine: this cannot fail.
                    _ = self.changed.changed().await;
                }
            }
            self.changed.mark_unchanged();
            self.last = Some(tokio::time::Instant::now());
            let batch = self.collect();
            if batch.full || !batch.jobs.is_empty() || !batch.removed.is_empty() {
                self.sequence = batch.sequence;
                return batch;
            }
        }
    }

    /// No `await` in here: what is told is handed out.
    fn collect(&mut self) -> Batch {
        let snapshots: Vec<JobSnapshot> = self.shared.all().iter().map(|job| self.shared.snapshot(job)).collect();
        let totals = Totals::of(&snapshots);
        let present: BTreeSet<JobId> = snapshots.iter().map(|job| job.id).collect();
        let removed: Vec<JobId> = self.told.keys().filter(|id| !present.contains(id)).copied().collect();
        self.told.retain(|id, _| present.contains(id));
        let mut jobs = snapshots;
        jobs.retain(|job| self.told.get(&job.id) != Some(job));
        self.told.extend(jobs.iter().map(|job| (job.id, job.clone())));
        Batch {
            sequence: self.sequence + 1,
            full: self.sequence == 0,
            jobs,
            removed,
            totals,
        }
    }
}

impl Totals {
    fn of(jobs: &[JobSnapshot]) -> Self {
        let mut totals = Self::default();
        let mut elsewhere = 0;
        for job in jobs {
            match job.state {
                JobState::Running => totals.running += 1,
                JobState::Queued => totals.queued += 1,
                JobState::Paused => totals.paused += 1,
                JobState::Failed => totals.failed += 1,
                JobState::Done => totals.done += 1,
                JobState::Cancelled => {}
            }
            if !job.state.is_finished() {
                totals.bytes_done += job.bytes_done;
                totals.bytes_total = totals
                    .bytes_total
                    .saturating_add(job.bytes_total.unwrap_or(job.bytes_done));
            }
            match job.kind {
                JobKind::Upload => totals.up_per_second += job.bytes_per_second,
                JobKind::Download => totals.down_per_second += job.bytes_per_second,
                // Inside a server or between two: neither up nor down, but it is over some time.
                _ => elsewhere += job.bytes_per_second,
            }
        }
        let speed = totals.up_per_second + totals.down_per_second + elsewhere;
        let left = totals.bytes_total.saturating_sub(totals.bytes_done);
        totals.seconds_left = (speed > 0).then(|| left.div_ceil(speed));
        totals
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes")
            .field("sequence", &self.sequence)
            .finish_non_exhaustive()
    }
}
