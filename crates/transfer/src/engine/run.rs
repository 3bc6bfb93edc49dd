//! A job from its turn to its end.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use dipper_storage::{BucketName, Client, ErrorKind};
use futures_util::FutureExt as _;
use tokio_util::sync::CancellationToken;

use super::Shared;
use crate::clean;
use crate::context::{Context, Origin};
use crate::crash::crash_point;
use crate::error::{Error, Result};
use crate::job::JobState;
use crate::journal::{Saved, Standing};
use crate::queue::{AtWork, InLine};
use crate::record::{Job, Stop};
use crate::work;

impl Shared {
    pub(super) fn queue(self: &Arc<Self>, job: Arc<Job>) {
        let cancel = job.cancellation();
        // A job that is to stop waits for no turn, and does not begin; one that cannot begin yet is in nobody's way.
        let line = (!cancel.is_cancelled() && self.is_open(&job)).then(|| self.turns.line_up(job.id(), job.turn()));
        self.touch();
        if let Some(threads) = self.threads.handle() {
            self.tracker.spawn_on(self.clone().run(job, cancel, line), threads);
        }
    }

    async fn run(self: Arc<Self>, job: Arc<Job>, cancel: CancellationToken, line: Option<InLine>) {
        // The token is asked first: the turn may be there already.
        let turn = if cancel.is_cancelled() {
            None
        } else {
            cancel.run_until_cancelled(self.turn(&job, line)).await.flatten()
        };
        if turn.is_some()
            && let Err(error) = self.work(&job, cancel).await
        {
            job.item_failed("", &error);
        }
        drop(turn);
        self.settle(&job).await;
        self.touch();
    }

    async fn turn(&self, job: &Job, line: Option<InLine>) -> Option<AtWork> {
        if let Some(line) = line {
            return line.called().await;
        }
        // The sender lives as long as we do.
        _ = self.opened.subscribe().wait_for(|_| self.is_open(job)).await;
        self.turns.line_up(job.id(), job.turn()).called().await
    }

    /// Whether the account is there that a copy reads from: one that was taken up may have to wait for it.
    fn is_open(&self, job: &Job) -> bool {
        let origin = job.task().origin();
        origin.is_none_or(|origin| self.clients().contains_key(&origin.account))
    }

    async fn work(&self, job: &Arc<Job>, cancel: CancellationToken) -> Result<()> {
        // A token of the run's own: what stops it by itself does not look like somebody's wish.
        let context = self.context(job, cancel.child_token())?;
        let now = (self.options.clock)();
        self.journal.begun(job.id(), now).await?;
        crash_point!("job.after_begun");
        job.begin(now);
        self.touch();
        let outcome = AssertUnwindSafe(job.task().run(&context)).catch_unwind().await;
        outcome.unwrap_or_else(|_| Err(Error::new(ErrorKind::Internal, "The job broke off: a mistake of ours")))
    }

    fn context(&self, job: &Arc<Job>, cancel: CancellationToken) -> Result<Context> {
        let origin = match job.task().origin() {
            None => None,
            Some(origin) => Some(Origin {
                client: self.client(&origin.account, &origin.server)?,
                line: self.lines.of(&origin.account),
                bucket: BucketName::parse(&origin.bucket)?,
            }),
        };
        Ok(Context {
            job: job.clone(),
            client: self.client(job.account(), job.server())?,
            journal: self.journal.clone(),
            cancel,
            buffers: self.buffers.clone(),
            connections: self.connections.clone(),
            width: self.options.total_connections.max(1),
            line: self.lines.of(job.account()),
            given_up: self.given_up.clone(),
            origin,
            claims: self.claims.clone(),
            room: self.room.clone(),
            copy_in_parts_from: self.options.copy_in_parts_from,
            up: self.up.lane(job.id()),
            down: self.down.lane(job.id()),
        })
    }

    /// The client of an account that is where it was.
    fn client(&self, account: &str, was_at: &str) -> Result<Client> {
        let client = self.clients().get(account).cloned();
        let client = client.ok_or_else(|| {
            let message = "Could not go on with this transfer: its account is not open";
            Error::new(ErrorKind::InvalidCredentials, message).with_hint("Open the account, then retry.")
        })?;
        // A bucket of the same name elsewhere is another bucket: nothing is sent there, and nothing deleted.
        let server = work::server_of(&client);
        if server == was_at {
            return Ok(client);
        }
        let message =
            format!("Could not go on with this transfer: it is for {was_at}, and its account is at {server} now");
        Err(Error::new(ErrorKind::Conflict, message)
            .with_hint("Start it again in the account as it is now, and take this one off the list."))
    }

    /// Decides what has become of a job that stands still, and writes it down.
    async fn settle(&self, job: &Arc<Job>) {
        let standing = self.journal.standing(job.id()).await;
        let standing = standing.unwrap_or_else(|error| {
            job.item_failed("", &error);
            Standing::default()
        });
        let is_left = standing.open > 0;
        let (state, saved) = match self.stopping(job) {
            Some(Stop::Cancel) if is_left => (JobState::Cancelled, Saved::Ended(JobState::Cancelled)),
            Some(Stop::Pause) if is_left => (JobState::Paused, Saved::Paused),
            Some(Stop::Suspend) if is_left => (JobState::Paused, Saved::Open),
            _ => {
                if is_left && job.errors().is_empty() {
                    job.item_failed("", &not_written_down());
                }
                let failed = is_left || standing.failed > 0 || !job.errors().is_empty();
                let state = if failed { JobState::Failed } else { JobState::Done };
                (state, Saved::Ended(state))
            }
        };
        if state == JobState::Cancelled {
            self.clean_up(job).await;
        }
        let now = (self.options.clock)();
        let ended_at = state.is_finished().then_some(now);
        crash_point!("job.before_end");
        if let Err(error) = self.journal.ended(job.id(), saved, ended_at, job.errors()).await {
            tracing::error!(job = %job.id(), %error, "the end of a transfer could not be written down");
        }
        crash_point!("job.after_end");
        job.end(state, now);
    }

    /// Why a job is to stop. Nobody takes up what is in memory only, so there it stops for good.
    fn stopping(&self, job: &Job) -> Option<Stop> {
        match job.stopping() {
            Some(Stop::Suspend) if self.options.journal.is_none() => Some(Stop::Cancel),
            stop => stop,
        }
    }

    /// Removes what a job left unfinished, on the server and on the disk.
    pub(super) async fn clean_up(&self, job: &Arc<Job>) {
        // With a token of its own: what is stopped is cleaned up all the same.
        let outcome = match self.context(job, CancellationToken::new()) {
            Ok(context) => clean::up(&context).await,
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            tracing::warn!(job = %job.id(), %error, "what a transfer left unfinished stays behind");
        }
    }
}

/// Nobody stopped the job, nothing failed, and still something is left: what was done did not reach the journal.
fn not_written_down() -> Error {
    let message = "Could not write down what was done: the journal of transfers did not take it";
    Error::new(ErrorKind::LocalIo, message)
        .with_hint("Check that the disk of Dipper’s data folder has room, then retry: what is there already is found.")
}
