//! The [`Engine`]: starts, pauses, cancels, retries and forgets jobs, and takes up what an earlier process left.

mod options;
mod restart;
mod run;
mod twice;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use dipper_storage::Client;
use tokio::sync::{Mutex as TurnOf, Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use options::EngineOptions;
pub use restart::TakenUp;

use crate::changes::Changes;
use crate::copy;
use crate::crash::crash_point;
use crate::error::Result;
use crate::files::{Buffers, Threads};
use crate::job::{ItemStanding, ItemView, JobId, JobSnapshot, JobState};
use crate::journal::{Journal, Standing};
use crate::limits::{Limits, Pipe};
use crate::line::{LineState, LineStatus, Lines};
use crate::queue::{Move, Queue};
use crate::record::{Identity, Job, Past, Stop};
use crate::spec::JobSpec;
use crate::store::Claims;
use crate::work;

/// How long the end of the program waits for answers that tell what a server has done. Without them it is asked at the next
/// start.
const DRAIN: Duration = Duration::from_secs(3);

/// Runs jobs on threads of its own. Clones are the same engine. Dropping the last one stops everything without waiting;
/// [`Engine::shut_down`] waits.
#[derive(Clone)]
pub struct Engine(Arc<Owner>);

/// Stops everything when the last engine is dropped. Jobs hold only what is shared, so they do not keep it alive.
struct Owner(Arc<Shared>);

/// What the engine, its jobs and its watchers share.
pub(crate) struct Shared {
    options: EngineOptions,
    threads: Threads,
    journal: Journal,
    buffers: Arc<Buffers>,
    connections: Arc<Semaphore>,
    lines: Lines,
    limits: Mutex<Limits>,
    up: Arc<Pipe>,
    down: Arc<Pipe>,
    turns: Arc<Queue>,
    root: CancellationToken,
    given_up: CancellationToken,
    /// Held by who puts a job into the queue: what is asked for twice at the same moment is done once.
    entrance: TurnOf<()>,
    tracker: TaskTracker,
    clients: Mutex<HashMap<String, Client>>,
    /// Counts clients that came.
    opened: watch::Sender<u64>,
    claims: Arc<Claims>,
    room: Arc<Semaphore>,
    jobs: Mutex<BTreeMap<JobId, Arc<Job>>>,
    changed: watch::Sender<u64>,
}

impl Engine {
    /// Opens the journal and starts the engine's threads. Blocks for some milliseconds. Fails with `LocalIo` if the system
    /// gives no threads or the journal cannot be opened, with `Unsupported` for a journal of a newer version.
    pub fn new(options: EngineOptions) -> Result<Engine> {
        let shared = Shared {
            threads: Threads::start()?,
            journal: Journal::open(options.journal.as_deref())?,
            buffers: Arc::default(),
            connections: Arc::new(Semaphore::new(options.total_connections.max(1))),
            lines: Lines::new(options.line, options.total_connections.max(1)),
            limits: Mutex::new(options.limits),
            up: Arc::default(),
            down: Arc::default(),
            turns: Arc::new(Queue::new(options.limits.jobs)),
            root: CancellationToken::new(),
            given_up: CancellationToken::new(),
            entrance: TurnOf::new(()),
            tracker: TaskTracker::new(),
            clients: Mutex::default(),
            opened: watch::Sender::new(0),
            claims: Arc::default(),
            room: Arc::new(Semaphore::new(copy::ROOM as usize)),
            jobs: Mutex::default(),
            changed: watch::Sender::new(0),
            options,
        };
        shared.deal();
        let engine = Engine(Arc::new(Owner(Arc::new(shared))));
        engine.set_limits(engine.limits());
        Ok(engine)
    }

    /// Writes a job into the journal and puts it into the queue. When this returns, the job outlives this process; when it
    /// fails, nothing was begun. Files that another job of ours has under way to the same keys are left to that one; where
    /// that is all of them, the job is that one. `InvalidInput` is a copy whose sources and targets lie in each other's way.
    pub async fn start(&self, mut spec: JobSpec) -> Result<JobId> {
        let shared = self.shared();
        let _turn = shared.entrance.lock().await;
        if let Some(known) = shared.leave_out_what_is_under_way(&mut spec).await? {
            return Ok(known);
        }
        let (_, _, bucket) = spec.place();
        let created_at = (shared.options.clock)();
        let (clients, new) = work::order(spec, created_at)?;
        for (account, client) in clients {
            self.set_client(&account, client);
        }
        let standing = Standing::of(&new.items);
        let (account, server) = (new.account.clone(), new.server.clone());
        let (task, description) = (new.task.clone(), new.description.clone());
        crash_point!("job.before_insert");
        let id = shared.journal.insert(new).await?;
        crash_point!("job.after_insert");
        let identity = Identity {
            id,
            account,
            server,
            bucket,
            task,
            description,
            created_at,
        };
        let cancel = shared.root.child_token();
        let job = Arc::new(Job::new(identity, JobState::Queued, &standing, Past::default(), cancel));
        shared.jobs().insert(id, job.clone());
        shared.queue(job);
        Ok(id)
    }

    /// Cancels a job: what is done stays done, multipart uploads are aborted, temporary files removed. It settles in under
    /// a second on a server that answers.
    pub fn cancel(&self, id: JobId) {
        if let Some(job) = self.shared().find(id) {
            self.shared().cancel(&job);
        }
    }

    /// Cancels every job.
    pub fn cancel_all(&self) {
        self.shared().all().iter().for_each(|job| self.shared().cancel(job));
    }

    /// Stops a job that waits or works until [`Engine::resume`]; parts and ranges that are there are kept.
    pub fn pause(&self, id: JobId) {
        if let Some(job) = self.shared().find(id) {
            pause(&job);
        }
    }

    /// Pauses every job.
    pub fn pause_all(&self) {
        self.shared().all().iter().for_each(|job| pause(job));
    }

    /// Lets a paused job go on. Fails where the journal does.
    pub async fn resume(&self, id: JobId) -> Result<()> {
        let rests = |state| state == JobState::Paused;
        self.shared().requeue(id, rests).await
    }

    /// Lets every paused job go on.
    pub async fn resume_all(&self) -> Result<()> {
        for job in self.shared().all() {
            self.resume(job.id()).await?;
        }
        Ok(())
    }

    /// Runs what failed, was cancelled or never begun of a finished job again, under the same id. Fails where the journal
    /// does.
    pub async fn retry(&self, id: JobId) -> Result<()> {
        let rests = |state| matches!(state, JobState::Failed | JobState::Cancelled);
        self.shared().requeue(id, rests).await
    }

    /// Takes all jobs that are done or cancelled off the list. Failed ones stay until they are forgotten by themselves.
    pub async fn forget_finished(&self) -> Result<()> {
        let over = |job: &Job| matches!(job.state(), JobState::Done | JobState::Cancelled);
        self.shared().forget(over).await.map(drop)
    }

    /// Takes one job that has ended off the list, with what it left on the server. False, and nothing happens, when it has
    /// not ended or is not known.
    pub async fn forget(&self, id: JobId) -> Result<bool> {
        let ended = |job: &Job| job.id() == id && job.state().is_finished();
        Ok(self.shared().forget(ended).await? > 0)
    }

    /// Changes how much is done at a time. It counts within a second, for bodies under way too; jobs that are at work stay
    /// so.
    pub fn set_limits(&self, limits: Limits) {
        let shared = self.shared();
        *shared.limits_now() = limits;
        shared.up.set(limits.up);
        shared.down.set(limits.down);
        shared.turns.set_at_once(limits.jobs);
    }

    /// How much is done at a time.
    pub fn limits(&self) -> Limits {
        *self.shared().limits_now()
    }

    /// Moves a job among those that wait for their turn. One that does not wait stays as it is. Fails where the journal
    /// does: then the order holds until the engine ends.
    pub async fn shift(&self, id: JobId, to: Move) -> Result<()> {
        let shared = self.shared();
        let moved = shared.turns.shift(id, to);
        if moved.is_empty() {
            return Ok(());
        }
        for (id, turn) in &moved {
            if let Some(job) = shared.find(*id) {
                job.take_turn(*turn);
            }
        }
        shared.touch();
        shared.journal.set_turns(moved).await
    }

    /// How many jobs have not ended, paused ones left out.
    pub fn unfinished(&self) -> usize {
        let at_work = |state: JobState| !state.is_finished() && state != JobState::Paused;
        self.shared().all().iter().filter(|job| at_work(job.state())).count()
    }

    /// A job at this moment.
    pub fn job(&self, id: JobId) -> Option<JobSnapshot> {
        Some(self.shared().snapshot(&*self.shared().find(id)?))
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

    /// The objects of a job behind a number, of one standing or of all, in their order: so a job of a million is looked
    /// through in pages. Empty behind the last, and for a job that is not known.
    pub async fn items(&self, job: JobId, which: Option<ItemStanding>, after: u32, most: u32) -> Result<Vec<ItemView>> {
        self.shared().journal.look(job, which, after, most).await
    }

    /// Waits until a job has ended or is paused. `None` if there is no such job.
    pub async fn join(&self, id: JobId) -> Option<JobSnapshot> {
        let job = self.shared().find(id)?;
        let at_rest = |state: &JobState| state.is_finished() || *state == JobState::Paused;
        // The sender lives in the job that we hold, so this ends only with the state waited for.
        let ended = job.states().wait_for(at_rest).await.is_ok();
        ended.then(|| self.shared().snapshot(&job))
    }

    /// A new watcher.
    pub fn watch(&self) -> Changes {
        Changes::new(self.shared().clone())
    }

    /// Stops everything and returns when it stands still and the journal is written: the next engine on the same journal
    /// goes on where this one was. Answers that are better had are waited for three seconds at the most. Where the journal
    /// is in memory everything is cancelled and cleaned up instead. Jobs started afterwards stop at once.
    pub async fn shut_down(&self) {
        let shared = self.shared();
        for job in shared.all() {
            job.stop(Stop::Suspend);
        }
        shared.root.cancel();
        shared.tracker.close();
        if tokio::time::timeout(DRAIN, shared.tracker.wait()).await.is_err() {
            shared.given_up.cancel();
            shared.tracker.wait().await;
        }
        if let Err(error) = shared.journal.release().await {
            tracing::error!(%error, "the transfers could not be handed on");
        }
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.0.0
    }
}

fn pause(job: &Job) {
    if matches!(job.state(), JobState::Queued | JobState::Running) {
        job.stop(Stop::Pause);
    }
}

impl Shared {
    pub(crate) fn all(&self) -> Vec<Arc<Job>> {
        self.jobs().values().cloned().collect()
    }

    /// A job at this moment, with what its account's line keeps it waiting for.
    pub(crate) fn snapshot(&self, job: &Job) -> JobSnapshot {
        let mut snapshot = job.snapshot(Instant::now());
        if snapshot.state == JobState::Running {
            let line = self.lines.of(job.account()).status();
            snapshot.waits = (line.state != LineState::Open).then_some(line);
        }
        snapshot
    }

    /// Counts the changes of states.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Starts what deals out the bytes that may move; it ends with everything else.
    fn deal(&self) {
        let Some(threads) = self.threads.handle() else { return };
        for pipe in [&self.up, &self.down] {
            let (pipe, end) = (pipe.clone(), self.root.child_token());
            let dealing = async move { end.run_until_cancelled(pipe.deal()).await };
            self.tracker.spawn_on(dealing, threads);
        }
    }

    fn limits_now(&self) -> MutexGuard<'_, Limits> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, id: JobId) -> Option<Arc<Job>> {
        self.jobs().get(&id).cloned()
    }

    fn jobs(&self) -> MutexGuard<'_, BTreeMap<JobId, Arc<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<String, Client>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn touch(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    fn cancel(self: &Arc<Self>, job: &Arc<Job>) {
        let paused = job.state() == JobState::Paused;
        job.stop(Stop::Cancel);
        if paused {
            // Nobody works on it, so somebody has to clean up.
            self.queue(job.clone());
        }
    }

    /// Puts a job that rests so back into the queue.
    async fn requeue(self: &Arc<Self>, id: JobId, rests: impl Fn(JobState) -> bool) -> Result<()> {
        // Asked under the lock: of two clicks the second finds it in the queue.
        let _turn = self.entrance.lock().await;
        let Some(job) = self.find(id).filter(|job| rests(job.state())) else {
            return Ok(());
        };
        let standing = self.journal.reopen(job.id()).await?;
        crash_point!("retry.after_reopen");
        if standing.open > 0 {
            job.requeue(&standing, self.root.child_token());
            self.queue(job);
        }
        Ok(())
    }

    async fn forget(self: &Arc<Self>, which: impl Fn(&Job) -> bool) -> Result<usize> {
        let mut gone = Vec::new();
        self.jobs().retain(|_, job| {
            let goes = which(job);
            if goes {
                gone.push(job.clone());
            }
            !goes
        });
        self.touch();
        let ids = gone.iter().map(|job| job.id()).collect();
        for job in gone.iter().filter(|job| job.state() == JobState::Failed) {
            self.clean_up(job).await;
        }
        crash_point!("forget.after_clean");
        self.journal.forget(ids).await?;
        crash_point!("forget.after_forget");
        Ok(gone.len())
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
