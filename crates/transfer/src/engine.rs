//! The [`Engine`]: starts, cancels, retries and forgets jobs.

use std::fmt;

use dipper_storage::Clock;
use time::OffsetDateTime;

use crate::changes::Changes;
use crate::error::Result;
use crate::job::{JobId, JobSnapshot};
use crate::spec::JobSpec;

/// How an engine is set up.
#[derive(Clone)]
pub struct EngineOptions {
    /// Requests under way at the same time, over all jobs. Eight to sixteen fill any line that we measured.
    pub total_connections: usize,
    /// Jobs at work at the same time; others wait in the order they came.
    pub running_jobs: usize,
    /// Where the time comes from.
    pub clock: Clock,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self { total_connections: 16, running_jobs: 4, clock: OffsetDateTime::now_utc }
    }
}

/// Runs jobs on threads of its own. Clones are the same engine. Dropping the last one cancels everything without waiting;
/// [`Engine::shut_down`] waits.
#[derive(Clone)]
pub struct Engine;

impl Engine {
    /// Starts the engine's threads. Fails with `LocalIo` if the system gives none.
    pub fn new(options: EngineOptions) -> Result<Engine> {
        let _ = options;
        todo!()
    }

    /// Puts a job into the queue. Never waits.
    pub fn start(&self, spec: JobSpec) -> JobId {
        let _ = spec;
        todo!()
    }

    /// Cancels a job: what is done stays done, multipart uploads are aborted, temporary files removed. It settles in under
    /// a second on a server that answers.
    pub fn cancel(&self, id: JobId) {
        let _ = id;
        todo!()
    }

    /// Cancels every job.
    pub fn cancel_all(&self) {
        todo!()
    }

    /// Runs what failed, was cancelled or never begun of a finished job again, under the same id.
    pub fn retry(&self, id: JobId) {
        let _ = id;
        todo!()
    }

    /// Takes all jobs that are done or cancelled or failed off the list.
    pub fn forget_finished(&self) {
        todo!()
    }

    /// A job at this moment.
    pub fn job(&self, id: JobId) -> Option<JobSnapshot> {
        let _ = id;
        todo!()
    }

    /// Waits until a job has ended. `None` if there is no such job.
    pub async fn join(&self, id: JobId) -> Option<JobSnapshot> {
        let _ = id;
        todo!()
    }

    /// A new watcher.
    pub fn watch(&self) -> Changes {
        todo!()
    }

    /// Cancels everything and returns when multipart uploads are aborted and temporary files removed.
    pub async fn shut_down(&self) {
        todo!()
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}
