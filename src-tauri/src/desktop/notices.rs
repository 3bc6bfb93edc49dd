//! A word from the system when a long batch of transfers has ended and nobody looks at the window.
//!
//! A batch begins when something runs and nothing did before, and ends when nothing runs or waits any more. One notice a
//! batch is all there is; where the system shows none, nothing is missed but that.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use dipper_app::{App, JobState, TransferBatch};
use tauri::{AppHandle, Manager};
use tokio::sync::watch;

use super::taskbar::Bar;
use super::window::LABEL;

/// Whoever waits for less is still there to see the end.
const LONG: Duration = Duration::from_secs(30);
/// A desktop that was asked to start something which shows notices may take its time; nobody waits longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether a batch is under way, or has ended without its notice.
pub(crate) struct Notices(watch::Sender<bool>);

impl Default for Notices {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Notices {
    /// Follows the transfers for as long as the program runs, and has the task bar follow them too.
    pub(crate) fn follow(&self, handle: &AppHandle, app: &App) {
        let (handle, mut changes, under_way) = (handle.clone(), app.watch_transfers(), self.0.clone());
        tauri::async_runtime::spawn(async move {
            let (mut batch, mut bar) = (Batch::default(), Bar::default());
            loop {
                let told = changes.next().await;
                bar.follow(&handle, &told.totals);
                let ended = batch.take(&told, Instant::now());
                if let Some(text) = ended.and_then(Ended::words)
                    && !is_in_front(&handle)
                {
                    show(text).await;
                }
                under_way.send_replace(batch.since.is_some());
            }
        });
    }

    /// Waits until what has ended was said.
    pub(crate) async fn said(&self) {
        // The sender is ours, so this ends only with the state waited for.
        drop(self.0.subscribe().wait_for(|under_way| !under_way).await);
    }
}

/// The jobs that worked since nothing did.
#[derive(Default)]
struct Batch {
    since: Option<Instant>,
    jobs: BTreeMap<u64, JobState>,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ended {
    lasted: Duration,
    done: usize,
    failed: usize,
}

impl Batch {
    fn take(&mut self, told: &TransferBatch, now: Instant) -> Option<Ended> {
        for job in &told.jobs {
            let at_work = matches!(job.state, JobState::Running | JobState::Queued);
            if at_work || self.jobs.contains_key(&job.id) {
                self.jobs.insert(job.id, job.state);
            }
        }
        if self.since.is_none() && !self.jobs.is_empty() {
            self.since = Some(now);
        }
        if told.totals.running + told.totals.queued > 0 {
            return None;
        }
        let since = self.since.take()?;
        let jobs = std::mem::take(&mut self.jobs);
        let count = |state| jobs.values().filter(|other| **other == state).count();
        Some(Ended {
            lasted: now.duration_since(since),
            done: count(JobState::Done),
            failed: count(JobState::Failed),
        })
    }
}

impl Ended {
    /// What is said of it; nothing of a short one, nor where somebody paused or cancelled everything.
    fn words(self) -> Option<String> {
        let all = self.done + self.failed;
        if self.lasted < LONG || all == 0 {
            return None;
        }
        Some(match (self.failed, all) {
            (0, 1) => "1 transfer is done".to_owned(),
            (0, _) => format!("{all} transfers are done"),
            (1, 1) => "1 transfer failed. Dipper says why.".to_owned(),
            _ => format!("{} of {all} transfers failed. Dipper says why.", self.failed),
        })
    }
}

fn is_in_front(handle: &AppHandle) -> bool {
    let window = handle.get_webview_window(LABEL);
    window.is_some_and(|window| window.is_visible().unwrap_or(false) && window.is_focused().unwrap_or(false))
}

async fn show(text: String) {
    let shown = tauri::async_runtime::spawn_blocking(move || {
        let mut notice = notify_rust::Notification::new();
        notice.appname("Dipper").summary("Dipper").body(&text).show().map(drop)
    });
    match tokio::time::timeout(PATIENCE, shown).await {
        Ok(Ok(Err(error))) => tracing::info!(%error, "the desktop shows no notices"),
        Ok(_) => {}
        Err(_) => tracing::info!("the desktop did not answer about a notice"),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use dipper_app::{AccountId, Job, JobKind, TransferTotals};

    use super::*;

    fn job(id: u64, state: JobState) -> Job {
        Job {
            id,
            kind: JobKind::Upload,
            account_id: AccountId::from("a"),
            bucket: String::new(),
            title: String::new(),
            place: String::new(),
            state,
            items_total: 1,
            items_done: 0,
            items_failed: 0,
            items_skipped: 0,
            bytes_total: None,
            bytes_done: 0,
            bytes_per_second: 0,
            seconds_left: None,
            started_at: None,
            finished_at: None,
            turn: id,
            waits: None,
            errors: Vec::new(),
            first_key: None,
            result: None,
        }
    }

    fn told(jobs: &[(u64, JobState)], running: u64) -> TransferBatch {
        TransferBatch {
            sequence: 1,
            full: false,
            jobs: jobs.iter().map(|(id, state)| job(*id, *state)).collect(),
            removed: Vec::new(),
            totals: TransferTotals {
                running,
                ..TransferTotals::default()
            },
        }
    }

    #[test]
    fn a_long_batch_is_told_once_with_what_failed_in_it() {
        let (mut batch, begin) = (Batch::default(), Instant::now());
        let at = |seconds| begin + Duration::from_secs(seconds);
        // What ended in an earlier run belongs to no batch.
        assert_eq!(batch.take(&told(&[(1, JobState::Failed)], 0), at(0)), None);
        assert_eq!(
            batch.take(&told(&[(2, JobState::Running), (3, JobState::Queued)], 1), at(1)),
            None
        );
        assert_eq!(
            batch.take(&told(&[(2, JobState::Done), (3, JobState::Running)], 1), at(20)),
            None
        );
        let ended = batch.take(&told(&[(3, JobState::Failed)], 0), at(40)).unwrap();
        assert_eq!((ended.done, ended.failed), (1, 1));
        assert_eq!(ended.words().unwrap(), "1 of 2 transfers failed. Dipper says why.");
        assert_eq!(batch.take(&told(&[], 0), at(50)), None, "and not again");
        assert_eq!(batch.take(&told(&[(4, JobState::Running)], 1), at(60)), None);
        let short = batch.take(&told(&[(4, JobState::Done)], 0), at(70)).unwrap();
        assert_eq!(short.words(), None, "a short one is no news");
    }

    #[test]
    fn what_was_paused_or_cancelled_by_somebody_is_no_news() {
        let (mut batch, begin) = (Batch::default(), Instant::now());
        batch.take(&told(&[(1, JobState::Running), (2, JobState::Running)], 2), begin);
        let ended = told(&[(1, JobState::Paused), (2, JobState::Cancelled)], 0);
        let ended = batch.take(&ended, begin + Duration::from_mins(2)).unwrap();
        assert_eq!(ended.words(), None);
    }
}
