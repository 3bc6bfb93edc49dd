//! The [`Engine`]: starts, cancels, retries and forgets jobs.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use dipper_storage::{Clock, ErrorKind};
use futures_util::FutureExt;
use time::OffsetDateTime;
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::changes::Changes;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::files::{Buffers, Threads};
use crate::job::{JobId, JobSnapshot, JobState};
use crate::line::{LineOptions, LineStatus, Lines};
use crate::record::Job;
use crate::spec::JobSpec;
use crate::work::Work;

/// How an engine is set up.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Requests under way at the same time, over all jobs. Eight to sixteen fill any line that we measured.
    pub total_connections: usize,
    /// Jobs at work at the same time; others wait in the order they came.
    pub running_jobs: usize,
    /// Where the time comes from.
    pub clock: Clock,
    /// How requests wait while their server cannot take them.
    pub line: LineOptions,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            total_connections: 16,
            running_jobs: 4,
            clock: OffsetDateTime::now_utc,
            line: LineOptions::default(),
        }
    }
}

/// Runs jobs on threads of its own. Clones are the same engine. Dropping the last one cancels everything without waiting;
/// [`Engine::shut_down`] waits.
#[derive(Clone)]
pub struct Engine(Arc<Owner>);

/// Cancels everything when the last engine is dropped. Jobs hold only what is shared, so they do not keep it alive.
struct Owner(Arc<Shared>);

/// What the engine, its jobs and its watchers share.
pub(crate) struct Shared {
    options: EngineOptions,
    threads: Threads,
    buffers: Arc<Buffers>,
    connections: Arc<Semaphore>,
    lines: Lines,
    turns: Arc<Semaphore>,
    root: CancellationToken,
    tracker: TaskTracker,
    jobs: Mutex<BTreeMap<JobId, Arc<Job>>>,
    next_id: AtomicU64,
    changed: watch::Sender<u64>,
}

impl Engine {
    /// Starts the engine's threads. Fails with `LocalIo` if the system gives none.
    pub fn new(options: EngineOptions) -> Result<Engine> {
        let shared = Shared {
            threads: Threads::start()?,
            buffers: Arc::default(),
            connections: Arc::new(Semaphore::new(options.total_connections.max(1))),
            lines: Lines::new(options.line, options.total_connections.max(1)),
            turns: Arc::new(Semaphore::new(options.running_jobs.max(1))),
            root: CancellationToken::new(),
            tracker: TaskTracker::new(),
            jobs: Mutex::default(),
            next_id: AtomicU64::new(1),
            changed: watch::Sender::new(0),
            options,
        };
        Ok(Engine(Arc::new(Owner(Arc::new(shared)))))
    }

    /// Puts a job into the queue. Never waits.
    pub fn start(&self, spec: JobSpec) -> JobId {
        let shared = self.shared();
        let id = JobId(shared.next_id.fetch_add(1, Relaxed));
        let job = Arc::new(Job::new(id, Work::new(spec), shared.root.child_token()));
        shared.jobs().insert(id, job.clone());
        shared.queue(job);
        id
    }

    /// Cancels a job: what is done stays done, multipart uploads are aborted, temporary files removed. It settles in under
    /// a second on a server that answers.
    pub fn cancel(&self, id: JobId) {
        if let Some(job) = self.shared().find(id) {
            job.cancel();
        }
    }

    /// Cancels every job.
    pub fn cancel_all(&self) {
        self.shared().all().iter().for_each(|job| job.cancel());
    }

    /// Runs what failed, was cancelled or never begun of a finished job again, under the same id.
    pub fn retry(&self, id: JobId) {
        let shared = self.shared();
        if let Some(job) = shared.find(id)
            && job.requeue(shared.root.child_token())
        {
            shared.queue(job);
        }
    }

    /// Takes all jobs that are done or cancelled off the list. Failed ones stay until they are forgotten by themselves.
    pub fn forget_finished(&self) {
        let shared = self.shared();
        let over = |state| matches!(state, JobState::Done | JobState::Cancelled);
        shared.jobs().retain(|_, job| !over(job.state()));
        shared.touch();
    }

    /// Takes one job that has ended off the list. False, and nothing happens, when it has not ended or is not known.
    pub fn forget(&self, id: JobId) -> bool {
        let shared = self.shared();
        let mut jobs = shared.jobs();
        let ended = jobs.get(&id).is_some_and(|job| job.state().is_finished());
        if ended {
            jobs.remove(&id);
        }
        drop(jobs);
        shared.touch();
        ended
    }

    /// How many jobs have not ended.
    pub fn unfinished(&self) -> usize {
        self.shared()
            .jobs()
            .values()
            .filter(|job| !job.state().is_finished())
            .count()
    }

    /// A job at this moment.
    pub fn job(&self, id: JobId) -> Option<JobSnapshot> {
        Some(self.shared().find(id)?.snapshot(Instant::now()))
    }

    /// How the line to an account's server is: whether its jobs wait for the network, for the server or for credentials.
    pub fn line(&self, account: &str) -> LineStatus {
        self.shared().lines.of(account).status()
    }

    /// The same whenever it changes.
    pub fn line_changes(&self, account: &str) -> watch::Receiver<LineStatus> {
        self.shared().lines.of(account).statuses()
    }

    /// Nothing of this account goes out any more until [`Engine::release`].
    pub fn hold(&self, account: &str, reason: &str) {
        self.shared().lines.of(account).hold(reason);
    }

    /// Lets an account's jobs go on after [`Client::replace_credentials`](dipper_storage::Client::replace_credentials).
    pub fn release(&self, account: &str) {
        self.shared().lines.of(account).release();
    }

    /// Waits until a job has ended. `None` if there is no such job.
    pub async fn join(&self, id: JobId) -> Option<JobSnapshot> {
        let job = self.shared().find(id)?;
        // The sender lives in the job that we hold, so this ends only with the state waited for.
        let ended = job.states().wait_for(|state| state.is_finished()).await.is_ok();
        ended.then(|| job.snapshot(Instant::now()))
    }

    /// A new watcher.
    pub fn watch(&self) -> Changes {
        Changes::new(self.shared().clone())
    }

    /// Cancels everything and returns when multipart uploads are aborted and temporary files removed. Jobs started
    /// afterwards are cancelled at once.
    pub async fn shut_down(&self) {
        let shared = self.shared();
        shared.root.cancel();
        shared.tracker.close();
        shared.tracker.wait().await;
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.0.0
    }
}

impl Shared {
    pub(crate) fn all(&self) -> Vec<Arc<Job>> {
        self.jobs().values().cloned().collect()
    }

    /// Counts the changes of states.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    fn find(&self, id: JobId) -> Option<Arc<Job>> {
        self.jobs().get(&id).cloned()
    }

    fn jobs(&self) -> MutexGuard<'_, BTreeMap<JobId, Arc<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn touch(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    fn queue(self: &Arc<Self>, job: Arc<Job>) {
        self.touch();
        if let Some(threads) = self.threads.handle() {
            self.tracker.spawn_on(self.clone().run(job), threads);
        }
    }

    /// A job from its turn to its end.
    async fn run(self: Arc<Self>, job: Arc<Job>) {
        let cancel = job.cancellation();
        let turn = if cancel.is_cancelled() {
            None
        } else {
            cancel.run_until_cancelled(self.turns.acquire()).await
        };
        let left = match turn {
            Some(_) => self.work(&job, cancel).await,
            None => job.withdraw(),
        };
        drop(turn);
        job.end(left, (self.options.clock)());
        self.touch();
    }

    async fn work(&self, job: &Arc<Job>, cancel: CancellationToken) -> Option<Work> {
        let work = job.begin((self.options.clock)())?;
        self.touch();
        let context = Context {
            job: job.clone(),
            cancel,
            buffers: self.buffers.clone(),
            connections: self.connections.clone(),
            width: self.options.total_connections.max(1),
            line: self.lines.of(job.account()),
        };
        let left = AssertUnwindSafe(work.run(&context)).catch_unwind().await;
        if left.is_err() {
            job.item_failed(
                "",
                &Error::new(ErrorKind::Internal, "The job broke off: a mistake of ours"),
            );
        }
        left.ok()
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.root.cancel();
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("options", &self.shared().options)
            .finish_non_exhaustive()
    }
}
