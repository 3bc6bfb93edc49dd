//! How much is done at a time: bytes a second in each direction, and jobs side by side.
//!
//! A *pipe* is one direction of the whole engine, a *lane* what one job has of it. While a pipe has no limit, a piece costs
//! one atomic load. With a limit, whoever is about to move bytes claims them and waits. One task a pipe deals them out, to
//! one job after the other and in small steps: jobs share fairly, however many connections each of them has, and no
//! connection is silent for long, which servers take for an end.
//!
//! ```text
//!   bodies, pieces ──► Lane::claim ──► what waits, by job ──► Pipe::deal: one job after the other, as time allows
//! ```
//!
//! Nobody holds anything while bytes are on their way: what was dealt to a body that does not go on is lost, and nobody
//! waits for it.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use crate::job::JobId;

/// How much is done at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes a second that go up, over all jobs; less than 16 KiB counts as 16 KiB. `None` is no limit.
    pub up: Option<u64>,
    /// Bytes a second that come down, over all jobs; less than 16 KiB counts as 16 KiB. `None` is no limit.
    pub down: Option<u64>,
    /// Jobs at work at the same time; others wait for their turn. One at least.
    pub jobs: usize,
}

impl Default for Limits {
    /// No limit to the bytes, and four jobs: a large one, and room for what comes meanwhile.
    fn default() -> Self {
        Self {
            up: None,
            down: None,
            jobs: 4,
        }
    }
}

/// Slower than this, servers and what stands before them take a body for dead.
const LEAST: u64 = 16 * 1024;
/// How many steps a second's bytes are dealt out in, unless they would be smaller than [`SMALLEST_STEP`].
const STEPS: u64 = 64;
const SMALLEST_STEP: u64 = 1024;
/// So many bytes a second has each body of a job at least. Fewer bodies at a time send as much, each is done sooner, and
/// the connections that they leave are free for what has no limit.
const FOR_A_BODY: u64 = 256 * 1024;
/// What was not dealt in time is dealt as soon as it can be, so far back.
const CATCH_UP: Duration = Duration::from_millis(250);

/// One direction of an engine.
#[derive(Debug, Default)]
pub(crate) struct Pipe {
    /// Bytes a second; 0 is no limit.
    rate: AtomicU64,
    /// What waits, by job; the first job is served next.
    waiting: Mutex<VecDeque<(JobId, VecDeque<Asked>)>>,
    news: Notify,
    /// A body has ended, or the limit changed.
    room: Notify,
}

/// Bytes that somebody waits for.
#[derive(Debug)]
struct Asked {
    most: usize,
    deal: oneshot::Sender<usize>,
}

impl Pipe {
    /// Changes the limit, for what is under way too.
    pub(crate) fn set(&self, limit: Option<u64>) {
        self.rate.store(limit.map_or(0, |rate| rate.max(LEAST)), Relaxed);
        self.news.notify_one();
        self.room.notify_waiters();
    }

    /// What a job has of it.
    pub(crate) fn lane(self: &Arc<Self>, job: JobId) -> Lane {
        Lane {
            pipe: self.clone(),
            job,
            bodies: Arc::default(),
        }
    }

    /// Deals out what is claimed, for ever.
    pub(crate) async fn deal(&self) {
        let mut due = Instant::now();
        loop {
            let (rate, now) = (self.rate(), Instant::now());
            if rate > 0 && due > now {
                // A new limit counts at once, so it is asked for again; so is what only waits, which costs little.
                _ = tokio::time::timeout_at(due, self.news.notified()).await;
                continue;
            }
            match self.serve(step(rate)) {
                Some(bytes) if rate > 0 => {
                    let begin = due.max(now.checked_sub(CATCH_UP).unwrap_or(now));
                    due = begin + time_of(bytes, rate);
                }
                Some(_) => {}
                None => self.news.notified().await,
            }
        }
    }

    /// Serves whoever is next, and says with how much.
    fn serve(&self, step: usize) -> Option<usize> {
        loop {
            let Asked { most, deal } = self.next()?;
            let bytes = most.min(step);
            // Who does not wait any more takes nothing.
            if deal.send(bytes).is_ok() {
                return Some(bytes);
            }
        }
    }

    fn next(&self) -> Option<Asked> {
        let mut waiting = self.waiting();
        let (job, mut claims) = waiting.pop_front()?;
        let first = claims.pop_front();
        if !claims.is_empty() {
            waiting.push_back((job, claims));
        }
        first
    }

    fn ask(&self, job: JobId, most: usize) -> oneshot::Receiver<usize> {
        let (deal, answer) = oneshot::channel();
        let asked = Asked { most, deal };
        let mut waiting = self.waiting();
        match waiting.iter_mut().find(|(other, _)| *other == job) {
            Some((_, claims)) => claims.push_back(asked),
            None => waiting.push_back((job, VecDeque::from([asked]))),
        }
        drop(waiting);
        self.news.notify_one();
        answer
    }

    fn rate(&self) -> u64 {
        self.rate.load(Relaxed)
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<(JobId, VecDeque<Asked>)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The most that is dealt at a time.
fn step(rate: u64) -> usize {
    if rate == 0 {
        return usize::MAX;
    }
    usize::try_from((rate / STEPS).max(SMALLEST_STEP)).unwrap_or(usize::MAX)
}

fn time_of(bytes: usize, rate: u64) -> Duration {
    let nanos = bytes as u128 * 1_000_000_000 / u128::from(rate.max(1));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

/// What one job has of a pipe. Clones are the same lane.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    pipe: Arc<Pipe>,
    job: JobId,
    bodies: Arc<AtomicUsize>,
}

impl Lane {
    /// Whether there is no limit.
    pub(crate) fn is_free(&self) -> bool {
        self.pipe.rate() == 0
    }

    /// Asks for some of these bytes, at least one.
    pub(crate) fn claim(&self, most: usize) -> Claim {
        let answer = (!self.is_free() && most > 0).then(|| self.pipe.ask(self.job, most));
        Claim { most, answer }
    }

    /// Waits until all of these bytes may have moved.
    pub(crate) async fn spend(&self, bytes: usize) {
        let mut left = bytes;
        while left > 0 {
            left -= self.claim(left).await;
        }
    }

    /// Waits until the job may have one more body of this length under way. Small ones, which the whole pipe takes in a
    /// second, always may.
    pub(crate) async fn body(&self, length: u64) -> BodyPermit<'_> {
        let rate = self.pipe.rate();
        if rate == 0 || length <= rate {
            return BodyPermit(None);
        }
        loop {
            let room = self.pipe.room.notified();
            tokio::pin!(room);
            // From here on no end of another is missed.
            room.as_mut().enable();
            if self.enter() {
                return BodyPermit(Some(self));
            }
            room.await;
        }
    }

    fn enter(&self) -> bool {
        let most = match self.pipe.rate() {
            0 => usize::MAX,
            rate => usize::try_from(rate / FOR_A_BODY).unwrap_or(usize::MAX).max(1),
        };
        let one_more = |under_way| (under_way < most).then_some(under_way + 1);
        self.bodies.fetch_update(Relaxed, Relaxed, one_more).is_ok()
    }
}

/// Bytes that may move as soon as it is ready.
#[derive(Debug)]
pub(crate) struct Claim {
    most: usize,
    answer: Option<oneshot::Receiver<usize>>,
}

impl Future for Claim {
    type Output = usize;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<usize> {
        let Self { most, answer } = self.get_mut();
        let Some(answer) = answer else {
            return Poll::Ready(*most);
        };
        // What waits is dropped only with its engine, and then nothing moves any more.
        Pin::new(answer).poll(cx).map(|dealt| dealt.unwrap_or(*most))
    }
}

/// One of the large bodies that a job may have under way.
#[derive(Debug)]
pub(crate) struct BodyPermit<'a>(Option<&'a Lane>);

impl Drop for BodyPermit<'_> {
    fn drop(&mut self) {
        if let Some(lane) = self.0 {
            lane.bodies.fetch_sub(1, Relaxed);
            lane.pipe.room.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests;
