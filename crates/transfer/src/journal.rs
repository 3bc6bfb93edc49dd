//! The journal: what was asked for is on the disk before the first byte leaves, and what was reached is written behind it.
//!
//! One SQLite file, shared by every process of the user. A *job* is one request, an *item* one object of it, a *part* a
//! piece of an item that the server (or the disk) has for certain. The idea to hold: **intent is awaited, evidence is
//! not**. Whoever is about to change the world awaits [`Journal::call`], which returns when the words are durable. Whoever
//! has seen something writes a [`Journal::note`] and goes on: a note that a crash takes along is found out again by asking
//! the server or looking at the disk.
//!
//! ```text
//!   tasks ── call, note ──► bounded queue ──► one thread: BEGIN … COMMIT (fsync) ──► answers
//! ```
//!
//! All that is in the queue goes into one transaction, so sixteen uploads side by side cost one fsync and not sixteen.

mod exact;
mod items;
mod jobs;
mod owner;
mod schema;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use dipper_storage::ErrorKind;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

pub(crate) use exact::exact_path;
pub(crate) use items::{Evidence, Item, ItemOptions, NewItem, Part, Role, Standing};
pub(crate) use jobs::{JobRow, NewJob, Saved};
pub(crate) use owner::Owner;

use crate::error::{Error, Result};

/// Requests that wait for the thread. A full queue makes its writers wait: nothing piles up while the disk is slow.
const QUEUE: usize = 1024;
/// The most that goes into one transaction.
const BATCH: usize = 512;
/// How long notes wait for company. Long enough to save most fsyncs, short enough that a crash takes little along.
const GATHER: Duration = Duration::from_millis(25);
/// How long one process waits for another's transaction. Ours take milliseconds; five seconds mean a hung disk.
const BUSY: Duration = Duration::from_secs(5);

/// The journal of one engine. Clones are the same journal.
#[derive(Clone)]
pub(crate) struct Journal {
    requests: mpsc::Sender<Request>,
    owner: Arc<Owner>,
    token: Arc<str>,
}

/// Something to do in a transaction, and whom to tell when it is durable.
struct Request {
    work: Box<dyn FnOnce(&Connection) -> Answer + Send>,
    awaited: bool,
}

/// Told how the transaction ended.
type Answer = Box<dyn FnOnce(Result<()>) + Send>;

impl Journal {
    /// Opens the journal in a folder, makes it when it is missing, or keeps it in memory. Blocks.
    pub(crate) fn open(folder: Option<&Path>) -> Result<Self> {
        let connection = match folder {
            Some(folder) => schema::open(folder)?,
            None => schema::in_memory()?,
        };
        let token = schema::token(&connection).map_err(|cause| failed("read", &cause))?;
        let owner = Owner::new(folder)?;
        let (requests, queue) = mpsc::channel(QUEUE);
        let about =
            |source| Error::new(ErrorKind::LocalIo, "Could not start the journal of transfers").with_source(source);
        std::thread::Builder::new()
            .name("dipper-journal".to_owned())
            .spawn(move || work(connection, queue))
            .map_err(about)?;
        Ok(Self {
            requests,
            owner: Arc::new(owner),
            token: token.into(),
        })
    }

    /// Who we are to other processes.
    pub(crate) fn owner(&self) -> &Owner {
        &self.owner
    }

    /// Tells this journal from all others; part of the names of temporary files.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Does `work` and returns when it is durable.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let (sender, answer) = oneshot::channel();
        let work = move |connection: &Connection| -> Answer {
            let outcome = work(connection).map_err(|cause| failed("write", &cause));
            Box::new(move |committed| {
                // Nobody waits any more where the task was cancelled; what was written stays.
                _ = sender.send(committed.and(outcome));
            })
        };
        self.send(Box::new(work), true).await?;
        answer.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Has `work` done soon. What goes wrong is said in the log; the next [`call`](Self::call) meets it too.
    pub(crate) async fn note(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<()> + Send + 'static) {
        let work = move |connection: &Connection| -> Answer {
            let outcome = work(connection).map_err(|cause| failed("write", &cause));
            Box::new(move |committed| {
                if let Err(error) = committed.and(outcome) {
                    tracing::error!(%error, "a note in the journal of transfers is lost");
                }
            })
        };
        if let Err(error) = self.send(Box::new(work), false).await {
            tracing::error!(%error, "a note in the journal of transfers is lost");
        }
    }

    async fn send(&self, work: Box<dyn FnOnce(&Connection) -> Answer + Send>, awaited: bool) -> Result<()> {
        self.requests.send(Request { work, awaited }).await.map_err(|_| gone())
    }
}

/// The thread: ends when the last journal is dropped, after everything in the queue.
fn work(mut connection: Connection, mut queue: mpsc::Receiver<Request>) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_time().build() else {
        tracing::error!("the journal of transfers has no timer and does not work");
        return;
    };
    runtime.block_on(async {
        while let Some(first) = queue.recv().await {
            let batch = gather(first, &mut queue).await;
            commit(&mut connection, batch);
        }
    });
}

/// Everything that waits; notes alone wait a little for company.
async fn gather(first: Request, queue: &mut mpsc::Receiver<Request>) -> Vec<Request> {
    let until = Instant::now() + GATHER;
    let mut awaited = first.awaited;
    let mut batch = vec![first];
    while !awaited && batch.len() < BATCH {
        let Ok(Some(next)) = tokio::time::timeout_at(until, queue.recv()).await else {
            break;
        };
        awaited = next.awaited;
        batch.push(next);
    }
    while batch.len() < BATCH
        && let Ok(next) = queue.try_recv()
    {
        batch.push(next);
    }
    batch
}

fn commit(connection: &mut Connection, batch: Vec<Request>) {
    let mut answers: Vec<Answer> = Vec::with_capacity(batch.len());
    let outcome = (|| {
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        answers.extend(batch.into_iter().map(|request| (request.work)(&transaction)));
        transaction.commit()
    })();
    for answer in answers {
        answer(outcome.as_ref().copied().map_err(|cause| failed("write", cause)));
    }
}

fn gone() -> Error {
    Error::new(ErrorKind::Internal, "The journal of transfers has ended")
}

/// What a failure of SQLite means.
fn failed(tried: &str, cause: &rusqlite::Error) -> Error {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseCorrupt, DiskFull, NotADatabase};
    let (kind, hint) = match cause.sqlite_error_code() {
        Some(DiskFull) => (
            ErrorKind::DiskFull,
            "Free some space on the disk of Dipper’s data folder, then retry.",
        ),
        Some(DatabaseCorrupt | NotADatabase) => (
            ErrorKind::Corrupt,
            "Start Dipper again: it moves a damaged journal aside and begins a new one.",
        ),
        Some(DatabaseBusy) => (ErrorKind::LocalIo, "Another Dipper is writing to it. Try again."),
        _ => (
            ErrorKind::LocalIo,
            "Check that Dipper’s data folder is there and that you may write to it.",
        ),
    };
    Error::new(kind, format!("Could not {tried} the journal of transfers: {cause}")).with_hint(hint)
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").finish_non_exhaustive()
    }
}
