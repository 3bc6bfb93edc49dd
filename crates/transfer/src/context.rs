//! What the work of a job has at hand: permits, buffers, its record, its cancellation, and the one way to try again.

use std::sync::Arc;
use std::time::Duration;

use dipper_storage::{BucketName, Client};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;

use crate::error::{Error, Result};
use crate::files::{Buffers, Outlet};
use crate::job::ItemStanding;
use crate::journal::Journal;
use crate::limits::Lane;
use crate::line::{Blame, Line, Ticket};
use crate::progress::ItemBytes;
use crate::record::Job;
use crate::retry::{Tries, backoff, random};
use crate::store::Claims;

/// Shared by all tasks of a job; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) job: Arc<Job>,
    /// The account's client.
    pub(crate) client: Client,
    pub(crate) journal: Journal,
    /// Ends the run.
    pub(crate) cancel: CancellationToken,
    pub(crate) buffers: Arc<Buffers>,
    /// One permit a request, over all jobs, handed out in the order they were asked for.
    pub(crate) connections: Arc<Semaphore>,
    /// How many requests can be under way at once.
    pub(crate) width: usize,
    /// The line to the account's server, shared by all its jobs.
    pub(crate) line: Arc<Line>,
    /// The program has waited long enough for answers that it would rather have had.
    pub(crate) given_up: CancellationToken,
    /// What the job has of the bytes that go up.
    pub(crate) up: Lane,
    /// What the job has of the bytes that come down.
    pub(crate) down: Lane,
    /// Where the sources of a copy are, if they are seen with another account or in another bucket.
    pub(crate) origin: Option<Origin>,
    /// The keys that something is being stored under, over all jobs.
    pub(crate) claims: Arc<Claims>,
    /// Room, in MiB, for objects that pass through this computer, over all jobs.
    pub(crate) room: Arc<Semaphore>,
    /// Objects from this size on are copied in parts where their server does it by itself.
    pub(crate) copy_in_parts_from: u64,
}

/// Where the sources of a copy are.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) client: Client,
    pub(crate) line: Arc<Line>,
    pub(crate) bucket: BucketName,
}

/// What a request needs to go out: a place on its line and one of the connections.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    ticket: Ticket<'a>,
    _connection: Option<SemaphorePermit<'a>>,
}

impl Permit<'_> {
    /// The request has ended; see [`Ticket::ended`].
    pub(crate) fn ended<T>(self, outcome: &Result<T>, first: bool) -> Blame {
        self.ticket.ended(outcome, first)
    }
}

/// When a cancelled request may be given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interrupt {
    /// In the middle: nothing is left behind that matters.
    AtOnce,
    /// Not while it is under way, unless the program cannot wait: only its answer tells what the server has done.
    BetweenTries,
    /// Never: it cleans up.
    Never,
}

impl Context {
    /// The same with a cancellation of its own that also follows this one's.
    pub(crate) fn child(&self) -> Self {
        Self {
            cancel: self.cancel.child_token(),
            ..self.clone()
        }
    }

    /// The same for requests about what a job reads or removes, and the bucket of that: the job's own, but for copies.
    pub(crate) fn at_origin(&self) -> (Self, BucketName) {
        match &self.origin {
            Some(origin) => {
                let there = Self {
                    client: origin.client.clone(),
                    line: origin.line.clone(),
                    ..self.clone()
                };
                (there, origin.bucket.clone())
            }
            None => (self.clone(), self.job.bucket().clone()),
        }
    }

    /// What the pieces of a file go through on their way up.
    pub(crate) fn outlet(&self) -> Outlet {
        Outlet {
            buffers: self.buffers.clone(),
            lane: self.up.clone(),
        }
    }

    pub(crate) fn item_bytes(&self) -> ItemBytes {
        ItemBytes::new(self.job.progress.clone())
    }

    /// Writes down and counts how an item ended.
    pub(crate) async fn settle(&self, number: u32, standing: ItemStanding) {
        self.settle_all(vec![number], standing).await;
    }

    /// Writes down and counts how items ended. What failed is counted where its error is told.
    pub(crate) async fn settle_all(&self, numbers: Vec<u32>, standing: ItemStanding) {
        if numbers.is_empty() {
            return;
        }
        self.job.progress.settled(standing, numbers.len() as u64);
        self.journal.settle(self.job.id(), numbers, standing).await;
    }

    /// Waits for `work` unless cancelled.
    pub(crate) async fn unless_cancelled<T>(&self, work: impl Future<Output = T>) -> Result<T> {
        // The token is asked first: what is ready at once would otherwise still begin after the end.
        if self.cancel.is_cancelled() {
            return Err(Error::cancelled());
        }
        self.cancel.run_until_cancelled(work).await.ok_or_else(Error::cancelled)
    }

    /// Makes a request under a permit, and again while it fails in a way that may pass. What the line to the server is to
    /// blame for costs no tries.
    pub(crate) async fn request<T, F>(&self, interrupt: Interrupt, mut attempt: impl FnMut() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let mut tries = Tries::default();
        loop {
            let (outcome, blame) = self.one_try(interrupt, &tries, &mut attempt).await;
            let error = match outcome {
                Err(error) if tries.go_on(&error, blame, self.patience()) => error,
                outcome => return outcome,
            };
            if blame == Blame::Request {
                self.pause(interrupt, tries.failed(), &error).await?;
            }
        }
    }

    async fn one_try<T, F>(
        &self,
        interrupt: Interrupt,
        tries: &Tries,
        attempt: &mut impl FnMut() -> F,
    ) -> (Result<T>, Blame)
    where
        F: Future<Output = Result<T>>,
    {
        if interrupt == Interrupt::Never {
            return (attempt().await, Blame::Request);
        }
        let permit = match self.permit().await {
            Ok(permit) => permit,
            Err(error) => return (Err(error), Blame::Request),
        };
        let outcome = match interrupt {
            Interrupt::AtOnce => self.unless_cancelled(attempt()).await.flatten(),
            Interrupt::BetweenTries | Interrupt::Never => {
                let answer = self.given_up.run_until_cancelled(attempt()).await;
                answer.unwrap_or_else(|| Err(Error::cancelled()))
            }
        };
        let blame = permit.ended(&outcome, tries.failed() == 0);
        (outcome, blame)
    }

    /// How long a storm costs no tries.
    pub(crate) fn patience(&self) -> Duration {
        self.line.patience()
    }

    /// Waits for the line to be clear and for one of the connections.
    pub(crate) async fn permit(&self) -> Result<Permit<'_>> {
        loop {
            self.unless_cancelled(self.line.clear()).await?;
            // The semaphore is never closed, so holding the result holds a permit.
            let connection = self.unless_cancelled(self.connections.acquire()).await?;
            // Nobody keeps a connection from other accounts while their own line is not clear.
            if let Some(ticket) = self.line.enter() {
                return Ok(Permit {
                    ticket,
                    _connection: connection.ok(),
                });
            }
        }
    }

    /// The wait between two tries.
    pub(crate) async fn pause(&self, interrupt: Interrupt, failed: u32, error: &Error) -> Result<()> {
        let wait = backoff(failed, error.retry_after(), random());
        tracing::debug!(%error, failed, ?wait, "a request is tried again");
        let sleep = tokio::time::sleep(if interrupt == Interrupt::Never {
            wait.min(SHORT_WAIT)
        } else {
            wait
        });
        if interrupt == Interrupt::Never {
            sleep.await;
            return Ok(());
        }
        self.unless_cancelled(sleep).await
    }
}

/// Cleaning up does not keep anybody waiting for long.
const SHORT_WAIT: Duration = Duration::from_millis(500);
