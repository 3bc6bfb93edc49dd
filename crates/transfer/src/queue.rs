//! Whose turn it is: jobs wait in their order, and so many at a time are at work.
//!
//! Every job has a *turn*, a number that it keeps for life unless it is moved: moving deals the turns of those that wait out
//! anew among them, so no two ever have the same, and the order is the same after a restart.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::job::JobId;

/// Where a job that waits is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Move {
    /// Before all others.
    Top,
    /// Before the one that it is behind now.
    Up,
    /// Behind the one that it is before now.
    Down,
    /// Behind all others.
    Bottom,
}

impl Move {
    /// Where among `others` it comes to stand.
    fn place(self, at: usize, others: usize) -> usize {
        match self {
            Self::Top => 0,
            Self::Up => at.saturating_sub(1),
            Self::Down => (at + 1).min(others),
            Self::Bottom => others,
        }
    }
}

/// The jobs that wait, and how many are at work.
#[derive(Debug)]
pub(crate) struct Queue(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    at_once: usize,
    at_work: usize,
    /// By their turns.
    waiting: Vec<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    turn: u64,
    job: JobId,
    call: oneshot::Sender<AtWork>,
}

impl Queue {
    /// An empty one, for so many jobs at once.
    pub(crate) fn new(at_once: usize) -> Self {
        Self(Mutex::new(Inner {
            at_once: at_once.max(1),
            at_work: 0,
            waiting: Vec::new(),
        }))
    }

    /// How many jobs are at work at once from now on; those that are stay.
    pub(crate) fn set_at_once(self: &Arc<Self>, at_once: usize) {
        self.inner().at_once = at_once.max(1);
        self.call();
    }

    /// Lets a job wait.
    pub(crate) fn line_up(self: &Arc<Self>, job: JobId, turn: u64) -> InLine {
        let (call, called) = oneshot::channel();
        let mut inner = self.inner();
        let at = inner.waiting.partition_point(|other| other.turn <= turn);
        inner.waiting.insert(at, Waiting { turn, job, call });
        drop(inner);
        self.call();
        InLine {
            queue: self.clone(),
            job,
            called,
        }
    }

    /// Moves a job that waits, and says who has another turn by that. Nothing happens to one that does not wait.
    pub(crate) fn shift(&self, job: JobId, to: Move) -> Vec<(JobId, u64)> {
        let mut inner = self.inner();
        let waiting = &mut inner.waiting;
        let Some(at) = waiting.iter().position(|other| other.job == job) else {
            return Vec::new();
        };
        let turns: Vec<u64> = waiting.iter().map(|other| other.turn).collect();
        let moved = waiting.remove(at);
        waiting.insert(to.place(at, waiting.len()), moved);
        let mut changed = Vec::new();
        for (waiting, turn) in waiting.iter_mut().zip(turns) {
            if waiting.turn != turn {
                waiting.turn = turn;
                changed.push((waiting.job, turn));
            }
        }
        changed
    }

    /// Calls those whose turn it is.
    fn call(self: &Arc<Self>) {
        while let Some(call) = self.next() {
            // What is sent to one that has left comes back here, and is dropped: the next one is called.
            drop(call.send(AtWork(self.clone())));
        }
    }

    fn next(&self) -> Option<oneshot::Sender<AtWork>> {
        let mut inner = self.inner();
        if inner.at_work >= inner.at_once || inner.waiting.is_empty() {
            return None;
        }
        inner.at_work += 1;
        Some(inner.waiting.remove(0).call)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the queue; dropping it leaves.
#[derive(Debug)]
pub(crate) struct InLine {
    queue: Arc<Queue>,
    job: JobId,
    called: oneshot::Receiver<AtWork>,
}

impl InLine {
    /// Waits for the turn.
    pub(crate) async fn called(mut self) -> Option<AtWork> {
        (&mut self.called).await.ok()
    }
}

impl Drop for InLine {
    fn drop(&mut self) {
        self.queue.inner().waiting.retain(|other| other.job != self.job);
    }
}

/// A turn: while it is held its job counts as being at work.
#[derive(Debug)]
pub(crate) struct AtWork(Arc<Queue>);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.inner().at_work -= 1;
        self.0.call();
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use futures_util::FutureExt as _;

    use super::*;

    /// A queue in which job 0 works and others wait, by number.
    fn queue(waiting: u64) -> (Arc<Queue>, AtWork, Vec<InLine>) {
        let queue = Arc::new(Queue::new(1));
        let at_work = queue.line_up(JobId(0), 0).called().now_or_never().unwrap().unwrap();
        let lines = (1..=waiting).map(|id| queue.line_up(JobId(id), id)).collect();
        (queue, at_work, lines)
    }

    fn order(queue: &Queue) -> Vec<u64> {
        queue.inner().waiting.iter().map(|waiting| waiting.job.0).collect()
    }

    #[test]
    fn a_job_is_moved_among_those_that_wait() {
        let (queue, _at_work, _lines) = queue(4);
        let shifted = |job, to| {
            let changed = queue.shift(JobId(job), to);
            (order(&queue), changed.len())
        };
        assert_eq!(shifted(3, Move::Top), (vec![3, 1, 2, 4], 3));
        assert_eq!(shifted(3, Move::Down), (vec![1, 3, 2, 4], 2));
        assert_eq!(shifted(4, Move::Up), (vec![1, 3, 4, 2], 2));
        assert_eq!(shifted(1, Move::Bottom), (vec![3, 4, 2, 1], 4));
        assert_eq!(shifted(3, Move::Up), (vec![3, 4, 2, 1], 0), "it is the first");
        assert_eq!(shifted(1, Move::Down), (vec![3, 4, 2, 1], 0), "it is the last");
        assert_eq!(
            shifted(0, Move::Bottom),
            (vec![3, 4, 2, 1], 0),
            "it works, and does not wait"
        );
        let turns: Vec<u64> = queue.inner().waiting.iter().map(|waiting| waiting.turn).collect();
        assert_eq!(turns, [1, 2, 3, 4], "the turns are the same, dealt anew");
    }

    #[test]
    fn turns_come_in_order_and_who_leaves_is_passed_over() {
        let (queue, at_work, mut lines) = queue(3);
        drop(lines.remove(0));
        assert_eq!(order(&queue), [2, 3]);
        drop(at_work);
        assert_eq!(order(&queue), [3], "the second was called");
        // Called, and gone before it looked.
        drop(lines.remove(0));
        assert_eq!(order(&queue), [0; 0]);
        assert!(lines.remove(0).called().now_or_never().unwrap().is_some());
    }

    #[test]
    fn one_that_comes_back_stands_where_its_turn_is() {
        let (queue, _at_work, mut lines) = queue(3);
        drop(lines.remove(1));
        let _again = queue.line_up(JobId(2), 2);
        assert_eq!(order(&queue), [1, 2, 3]);
    }

    #[test]
    fn more_at_once_begin_at_once_and_fewer_let_the_others_end() {
        let (queue, at_work, lines) = queue(3);
        queue.set_at_once(3);
        assert_eq!(order(&queue), [3]);
        queue.set_at_once(1);
        drop(at_work);
        assert_eq!(order(&queue), [3], "two are still at work");
        drop(lines);
    }
}
