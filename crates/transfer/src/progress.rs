//! Counting without an audience: atomics that the work adds to, and a speed made of them when somebody looks.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::job::ItemStanding;
use crate::journal::Standing;

/// How far back a speed looks: long enough to be calm, short enough to notice a change.
const SPEED_WINDOW: Duration = Duration::from_secs(5);
/// Samples closer together than this say nothing new.
const SAMPLE_GAP: Duration = Duration::from_millis(200);

/// The figures of one job.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    pub(crate) items_total: AtomicU64,
    pub(crate) items_done: AtomicU64,
    pub(crate) items_failed: AtomicU64,
    pub(crate) items_skipped: AtomicU64,
    pub(crate) bytes_total: AtomicU64,
    pub(crate) bytes_done: AtomicU64,
    /// Whether prefixes are still being listed, so that the totals may grow.
    pub(crate) listing: AtomicBool,
}

impl Progress {
    /// Takes the figures of the journal, before a run begins.
    pub(crate) fn restore(&self, standing: &Standing) {
        self.items_total.store(standing.items, Relaxed);
        self.items_done.store(standing.done, Relaxed);
        self.items_skipped.store(standing.skipped, Relaxed);
        self.items_failed.store(standing.failed, Relaxed);
        self.bytes_total.store(standing.bytes, Relaxed);
        self.bytes_done.store(standing.bytes_done, Relaxed);
        self.listing.store(standing.listing, Relaxed);
    }

    /// Counts items that ended well.
    pub(crate) fn settled(&self, standing: ItemStanding, items: u64) {
        match standing {
            ItemStanding::Done => _ = self.items_done.fetch_add(items, Relaxed),
            ItemStanding::Skipped => _ = self.items_skipped.fetch_add(items, Relaxed),
            ItemStanding::Waiting | ItemStanding::Begun | ItemStanding::Failed => {}
        }
    }

    pub(crate) fn found(&self, items: u64, bytes: u64) {
        self.items_total.fetch_add(items, Relaxed);
        self.bytes_total.fetch_add(bytes, Relaxed);
    }

    /// An item turned out to have another size than was planned for it.
    pub(crate) fn resize(&self, planned: u64, actual: u64) {
        self.bytes_total.fetch_add(actual.wrapping_sub(planned), Relaxed);
    }
}

/// The bytes of one item as they move. What an attempt counted is taken back if it came to nothing.
#[derive(Clone, Debug)]
pub(crate) struct ItemBytes {
    job: Arc<Progress>,
    item: Arc<AtomicU64>,
}

impl ItemBytes {
    pub(crate) fn new(job: Arc<Progress>) -> Self {
        Self {
            job,
            item: Arc::default(),
        }
    }

    pub(crate) fn add(&self, bytes: u64) {
        self.item.fetch_add(bytes, Relaxed);
        self.job.bytes_done.fetch_add(bytes, Relaxed);
    }

    pub(crate) fn take_back(&self, bytes: u64) {
        self.item.fetch_sub(bytes, Relaxed);
        self.job.bytes_done.fetch_sub(bytes, Relaxed);
    }

    /// Takes everything back: the item failed or begins again.
    pub(crate) fn reset(&self) {
        self.job.bytes_done.fetch_sub(self.item.swap(0, Relaxed), Relaxed);
    }
}

/// Bytes a second over the last few seconds, whoever asks and how often.
#[derive(Debug, Default)]
pub(crate) struct Speed {
    samples: VecDeque<(Instant, u64)>,
}

impl Speed {
    pub(crate) fn sample(&mut self, now: Instant, bytes: u64) -> u64 {
        if self
            .samples
            .back()
            .is_none_or(|(at, _)| now.saturating_duration_since(*at) >= SAMPLE_GAP)
        {
            self.samples.push_back((now, bytes));
        }
        while self.samples.len() > 2 && now.saturating_duration_since(self.samples[1].0) >= SPEED_WINDOW {
            self.samples.pop_front();
        }
        let Some((since, before)) = self.samples.front() else {
            return 0;
        };
        let elapsed = now.saturating_duration_since(*since).as_millis().max(1);
        let per_second = u128::from(bytes.saturating_sub(*before)) * 1000 / elapsed;
        if elapsed < SAMPLE_GAP.as_millis() {
            0
        } else {
            u64::try_from(per_second).unwrap_or(u64::MAX)
        }
    }

    pub(crate) fn forget(&mut self) {
        self.samples.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_is_that_of_the_last_seconds() {
        let (mut speed, begin) = (Speed::default(), Instant::now());
        let at = |millis| begin + Duration::from_millis(millis);
        assert_eq!(speed.sample(at(0), 0), 0, "nothing is known yet");
        assert_eq!(speed.sample(at(1000), 5_000_000), 5_000_000);
        for second in 2..=20 {
            speed.sample(at(second * 1000), 5_000_000 + (second - 1) * 100);
        }
        assert_eq!(
            speed.sample(at(21_000), 5_000_000 + 2000),
            100,
            "the burst is long over"
        );
        assert_eq!(speed.sample(at(22_000), 0), 0, "bytes taken back are no speed");
    }

    #[test]
    fn bytes_of_failed_attempts_are_taken_back() {
        let job = Arc::new(Progress::default());
        let (one, other) = (ItemBytes::new(job.clone()), ItemBytes::new(job.clone()));
        one.add(10);
        other.add(5);
        one.take_back(3);
        assert_eq!(job.bytes_done.load(Relaxed), 12);
        one.reset();
        assert_eq!(job.bytes_done.load(Relaxed), 5);
        job.resize(100, 40);
        job.found(1, 100);
        assert_eq!(job.bytes_total.load(Relaxed), 40);
    }
}
