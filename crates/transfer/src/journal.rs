//! The journal: what was asked for is on the disk before the first byte leaves, and what was reached is written behind it.
//!
//! One SQLite file, shared by every process of the user. A *job* is one request, an *item* one object of it, a *part* a
//! piece of an item that the server (or the disk) has for certain. The idea to hold: **intent is awaited, evidence is
//! not**. Whoever is about to change the world awaits [`Journal::call`], which returns when the words are durable. Whoever
//! has seen something writes a [`Journal::note`] and goes on: a note that a crash takes along is found out again by asking
//! the server or looking at the disk.
//!
//! ```text
//!   tasks ── call, note ──► what waits ──► one thread: BEGIN … COMMIT (fsync) ──► answers
//! ```
//!
//! All that waits goes into one transaction, so sixteen uploads side by side cost one fsync and not sixteen. The thread is
//! woken by the first note and by every call, not by each of ten thousand notes: waking a thread costs more than the note.

mod exact;
mod items;
mod jobs;
mod owner;
mod schema;
mod standing;

use std::fmt;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError, TrySendError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use dipper_storage::ErrorKind;
use rusqlite::Connection;
use tokio::sync::oneshot;

pub(crate) use exact::exact_path;
pub(crate) use items::{Evidence, Item, ItemOptions, NewItem, Part, Role};
pub(crate) use jobs::{JobRow, NewJob, Saved};
pub(crate) use owner::Owner;
pub(crate) use standing::Standing;

use crate::error::{Error, Result};

/// Notes that may wait. Whoever writes one more waits until it is durable: nothing piles up while the disk is slow.
const NOTES: usize = 1024;
/// Calls that may lie before the thread unheard.
const WAKES: usize = 64;
/// The most that goes into one transaction.
const BATCH: usize = 512;
/// How long notes wait for company. Long enough to save most fsyncs, short enough that a crash takes little along.
const GATHER: Duration = Duration::from_millis(25);
/// How long one process waits for another's transaction. Ours take milliseconds; five seconds mean a hung disk.
const BUSY: Duration = Duration::from_secs(5);

/// The journal of one engine. Clones are the same journal.
#[derive(Clone)]
pub(crate) struct Journal {
    waiting: Arc<Mutex<Vec<Request>>>,
    wake: mpsc::SyncSender<Wake>,
    owner: Arc<Owner>,
    token: Arc<str>,
}

/// Something to do in a transaction; gives whom to tell when it is durable.
type Request = Box<dyn FnOnce(&Connection) -> Answer + Send>;

/// Why the thread is woken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wake {
    /// Somebody waits.
    Now,
    /// There is a note.
    Soon,
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
        let (wake, woken) = mpsc::sync_channel(WAKES);
        let waiting = Arc::<Mutex<Vec<Request>>>::default();
        let queue = waiting.clone();
        let about =
            |source| Error::new(ErrorKind::LocalIo, "Could not start the journal of transfers").with_source(source);
        std::thread::Builder::new()
            .name("dipper-journal".to_owned())
            .spawn(move || work(connection, &woken, &queue))
            .map_err(about)?;
        Ok(Self {
            waiting,
            wake,
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
        let answer = self.ask(work)?;
        answer.await.unwrap_or_else(|_| Err(gone()))
    }

    /// The same, on a thread that may block.
    pub(crate) fn call_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let answer = self.ask(work)?;
        answer.blocking_recv().unwrap_or_else(|_| Err(gone()))
    }

    fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T>>> {
        let (sender, answer) = oneshot::channel();
        let work = move |connection: &Connection| -> Answer {
            let outcome = work(connection).map_err(|cause| failed("write", &cause));
            Box::new(move |committed| {
                // Nobody waits any more where the task was cancelled; what was written stays.
                _ = sender.send(committed.and(outcome));
            })
        };
        self.waiting().push(Box::new(work));
        self.wake(Wake::Now)?;
        Ok(answer)
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
        let before = {
            let mut waiting = self.waiting();
            waiting.push(Box::new(work));
            waiting.len() - 1
        };
        // Behind another one it needs no word of its own. Too many: this one is waited for.
        let written = match before {
            0 => self.wake(Wake::Soon),
            1..NOTES => Ok(()),
            _ => self.call(|_| Ok(())).await,
        };
        if let Err(error) = written {
            tracing::error!(%error, "a note in the journal of transfers is lost");
        }
    }

    /// Where many have called already, one more says nothing new.
    fn wake(&self, wake: Wake) -> Result<()> {
        match self.wake.try_send(wake) {
            Ok(()) | Err(TrySendError::Full(_)) => Ok(()),
            Err(TrySendError::Disconnected(_)) => Err(gone()),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Request>> {
        lock(&self.waiting)
    }
}

fn lock(waiting: &Mutex<Vec<Request>>) -> MutexGuard<'_, Vec<Request>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The thread: ends when the last journal is dropped, after everything that waits.
fn work(mut connection: Connection, woken: &mpsc::Receiver<Wake>, waiting: &Mutex<Vec<Request>>) {
    while let Ok(wake) = woken.recv() {
        if wake == Wake::Soon {
            gather(woken);
        }
        loop {
            let mut batch = std::mem::take(&mut *lock(waiting));
            if batch.is_empty() {
                break;
            }
            let rest = batch.split_off(batch.len().min(BATCH));
            lock(waiting).splice(0..0, rest);
            commit(&mut connection, batch);
        }
    }
}

/// Notes wait a little for company, until somebody waits for them.
fn gather(woken: &mpsc::Receiver<Wake>) {
    let until = Instant::now() + GATHER;
    loop {
        match woken.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(Wake::Soon) => {}
            Ok(Wake::Now) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn commit(connection: &mut Connection, batch: Vec<Request>) {
    let mut answers: Vec<Answer> = Vec::with_capacity(batch.len());
    let outcome = (|| {
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        answers.extend(batch.into_iter().map(|request| request(&transaction)));
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
