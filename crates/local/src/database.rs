//! The SQLite database: the one connection that writes and the few that read.
//!
//! A write is a closure. The writer thread takes what is waiting, runs each closure in its own savepoint inside one
//! transaction, commits once (`synchronous=FULL`: on the disk) and only then answers all of them: a hundred small
//! uploads at once pay for a few syncs, not for a hundred. A closure that fails undoes only itself. Readers see the last
//! committed state (WAL) and are never held up.
//!
//! Files follow the rows: a closure hands its new files to [`Effects::keep`], so that they stay when the commit
//! succeeded and vanish otherwise, and names those it made unreachable in [`Effects::remove`].

mod schema;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, OpenFlags};
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::error::Error;
use crate::failure::Failure;
use crate::files::{FileId, Files, NewFile};

const OPENING: &str = "open the database of the local storage folder";

/// Connections for reading: two per core of a small machine; a listing page holds one for about a millisecond.
const READERS: usize = 4;

/// Writes waiting for the writer thread; more than can be in one commit, so that the next one fills while it runs.
const QUEUE: usize = 256;

/// Writes in one transaction: bounds how long the first of them waits for the others.
const GROUP: usize = 64;

/// What a write does to files, once it is committed.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    added: Vec<NewFile>,
    removed: Vec<FileId>,
}

impl Effects {
    /// A row points at this file now.
    pub(crate) fn keep(&mut self, file: NewFile) {
        self.added.push(file);
    }

    /// No row points at these files any more.
    pub(crate) fn remove(&mut self, files: Vec<FileId>) {
        self.removed.extend(files);
    }
}

/// Runs a write inside the open transaction, or takes note of why there is none; the answer waits for the commit.
type Job = Box<dyn FnOnce(rusqlite::Result<&Connection>) -> Box<dyn Pending> + Send>;

/// A write that ran and waits for the commit.
trait Pending {
    /// Why it changed nothing that must stay.
    fn failure(&self) -> Option<&Failure>;
    /// Answers the caller; returns the files to remove.
    fn settle(self: Box<Self>, outcome: Outcome) -> Vec<FileId>;
}

/// How a transaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Committed,
    /// There was no room for it on the disk, so none of it is there: SQLite says so only of bytes it could not write,
    /// and without the last of them no recovery takes the transaction for a whole one.
    Undone(rusqlite::ffi::Error),
    /// It failed, and what a later recovery makes of it nobody knows: the files stay on both sides of it, and the
    /// next open looks which of them have a row.
    Unknown(rusqlite::ffi::Error),
}

impl Outcome {
    fn failed(error: &rusqlite::Error) -> Self {
        let code = error.sqlite_error().copied();
        let code = code.unwrap_or_else(|| rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ERROR));
        match code.code {
            rusqlite::ErrorCode::DiskFull => Self::Undone(code),
            _ => Self::Unknown(code),
        }
    }

    fn failure(self) -> Option<Failure> {
        match self {
            Self::Committed => None,
            Self::Undone(error) | Self::Unknown(error) => {
                Some(Failure::Database(rusqlite::Error::SqliteFailure(error, None)))
            }
        }
    }
}

struct Ran<T> {
    result: Result<T, Failure>,
    effects: Effects,
    answer: oneshot::Sender<Result<T, Failure>>,
}

impl<T> Pending for Ran<T> {
    fn failure(&self) -> Option<&Failure> {
        self.result.as_ref().err()
    }

    fn settle(self: Box<Self>, outcome: Outcome) -> Vec<FileId> {
        let Effects { added, mut removed } = self.effects;
        let may_stand = self.result.is_ok() && !matches!(outcome, Outcome::Undone(_));
        if may_stand {
            added.into_iter().for_each(NewFile::keep);
        }
        if !may_stand || outcome != Outcome::Committed {
            removed.clear();
        }
        let result = match outcome.failure() {
            None => self.result,
            Some(failure) => self.result.and(Err(failure)),
        };
        // The caller may be gone (its connection closed); the write stands all the same.
        drop(self.answer.send(result));
        removed
    }
}

/// The open database.
#[derive(Debug)]
pub(crate) struct Database {
    path: PathBuf,
    jobs: mpsc::Sender<Job>,
    reading: Semaphore,
    readers: Mutex<Vec<Connection>>,
}

impl Database {
    /// Opens or creates the database and starts its writer thread. Blocks on the disk.
    pub(crate) fn open(files: &Arc<Files>) -> Result<(Self, JoinHandle<()>), Error> {
        let path = files.folder().database();
        let failed = |source| Error::database(OPENING, &path, source);
        create_private(&path)?;
        let writer = connect(&path).map_err(failed)?;
        schema::prepare(&writer, files.folder())?;
        let readers = (0..READERS)
            .map(|_| connect(&path))
            .collect::<Result<Vec<_>, _>>()
            .map_err(failed)?;
        let (jobs, queue) = mpsc::channel(QUEUE);
        let files = Arc::clone(files);
        let thread = std::thread::Builder::new()
            .name("local-storage-writer".to_owned())
            .spawn(move || write_all(&writer, queue, &files))
            .map_err(|source| Error::io(OPENING, &path, source))?;
        let database = Self {
            path,
            jobs,
            reading: Semaphore::new(READERS),
            readers: Mutex::new(readers),
        };
        Ok((database, thread))
    }

    /// Runs `work` in a transaction and answers when it is safe on the disk.
    ///
    /// Once queued it is carried out even when the caller stops waiting.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection, &mut Effects) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |begun| {
            let mut effects = Effects::default();
            let result = begun.map_err(Failure::from);
            let result = result.and_then(|connection| work(connection, &mut effects));
            Box::new(Ran {
                result,
                effects,
                answer,
            })
        });
        self.jobs.send(job).await.map_err(|_| Failure::Closing)?;
        answered.await.map_err(|_| Failure::Closing)?
    }

    /// Runs `work` on one consistent state of the database.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let _permit = self.reading.acquire().await.map_err(|_| Failure::Closing)?;
        let database = Arc::clone(self);
        let reading = tokio::task::spawn_blocking(move || database.read_blocking(work));
        reading.await.map_err(|_| Failure::Closing)?
    }

    fn read_blocking<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Failure>) -> Result<T, Failure> {
        let pooled = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = pooled.map_or_else(|| connect(&self.path), Ok)?;
        let transaction = connection.unchecked_transaction()?;
        let result = work(&transaction);
        drop(transaction);
        self.readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
        result
    }
}

fn create_private(path: &Path) -> Result<(), Error> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(false).write(true);
    crate::folder::private_file(&mut options)
        .open(path)
        .map(drop)
        .map_err(|source| Error::io(OPENING, path, source))
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // On macOS an ordinary sync stops at the drive's cache; elsewhere these change nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// The writer thread: ends when the last sender is gone and the queue is empty.
fn write_all(connection: &Connection, mut queue: mpsc::Receiver<Job>, files: &Files) {
    while let Some(first) = queue.blocking_recv() {
        let removed = write_group(connection, first, &mut queue, files);
        files.remove(removed);
    }
}

fn write_group(connection: &Connection, first: Job, queue: &mut mpsc::Receiver<Job>, files: &Files) -> Vec<FileId> {
    let mut ran = Vec::new();
    if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
        tracing::error!(%error, "local storage could not begin a transaction");
        let outcome = Outcome::failed(&error);
        return first(Err(error)).settle(outcome);
    }
    let mut next = Some(first);
    while let Some(job) = next.take() {
        match run(connection, job) {
            Ok(pending) => ran.push(pending),
            Err(error) => {
                tracing::error!(%error, "local storage could not undo a failed write; the whole group is undone");
                return abandon(connection, ran, files, &error);
            }
        }
        next = if ran.len() < GROUP { queue.try_recv().ok() } else { None };
    }
    if let Err(error) = connection.execute_batch("COMMIT") {
        tracing::error!(%error, "local storage could not commit");
        return abandon(connection, ran, files, &error);
    }
    ran.into_iter()
        .flat_map(|pending| pending.settle(Outcome::Committed))
        .collect()
}

/// Runs one job in a savepoint of its own.
fn run(connection: &Connection, job: Job) -> rusqlite::Result<Box<dyn Pending>> {
    connection.execute_batch("SAVEPOINT job")?;
    let pending = job(Ok(connection));
    let end = match pending.failure() {
        None => connection.execute_batch("RELEASE job"),
        // SQLite undoes the whole transaction by itself when there is no room on the disk.
        Some(Failure::Database(rusqlite::Error::SqliteFailure(cause, _))) if connection.is_autocommit() => {
            Err(rusqlite::Error::SqliteFailure(*cause, None))
        }
        Some(_) => connection.execute_batch("ROLLBACK TO job; RELEASE job"),
    };
    if let Err(error) = end {
        // The job still says why it failed.
        drop(pending.settle(Outcome::failed(&error)));
        return Err(error);
    }
    Ok(pending)
}

fn abandon(connection: &Connection, ran: Vec<Box<dyn Pending>>, files: &Files, error: &rusqlite::Error) -> Vec<FileId> {
    let outcome = Outcome::failed(error);
    if matches!(outcome, Outcome::Unknown(_)) {
        files.folder().search_at_next_open();
    }
    if !connection.is_autocommit()
        && let Err(error) = connection.execute_batch("ROLLBACK")
    {
        tracing::error!(%error, "local storage could not roll back");
    }
    ran.into_iter().flat_map(|pending| pending.settle(outcome)).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
pub(crate) mod tests_support {
    use super::*;

    /// An empty database with the schema, in memory.
    pub(crate) fn memory() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(schema::SCHEMA).unwrap();
        connection
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::folder::Folder;

    async fn open(path: &Path) -> Result<(Arc<Database>, JoinHandle<()>), Error> {
        let (folder, _released) = Folder::open(path)?;
        let files = Files::open(folder).unwrap();
        let (database, thread) = tokio::task::spawn_blocking(move || Database::open(&files))
            .await
            .unwrap()?;
        Ok((Arc::new(database), thread))
    }

    fn names(connection: &Connection) -> Result<Vec<String>, Failure> {
        let mut statement = connection.prepare("SELECT name FROM buckets ORDER BY name")?;
        Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    fn insert(connection: &Connection, name: &str) -> Result<(), Failure> {
        connection.execute(
            "INSERT INTO buckets (name, created, region, acl) VALUES (?1, 0, '', '[]')",
            [name],
        )?;
        Ok(())
    }

    #[tokio::test]
    async fn a_failed_write_undoes_only_itself() {
        let dir = tempfile::tempdir().unwrap();
        let (database, _thread) = open(dir.path()).await.unwrap();
        let writes = ["a", "b", "c"].map(|name| {
            let database = Arc::clone(&database);
            async move {
                database
                    .write(move |connection, _| {
                        insert(connection, name)?;
                        if name == "b" { Err(Failure::Closing) } else { Ok(()) }
                    })
                    .await
            }
        });
        let results = futures_util::future::join_all(writes).await;
        assert!(results[0].is_ok() && results[1].is_err() && results[2].is_ok());
        assert_eq!(database.read(names).await.unwrap(), ["a", "c"]);
    }

    #[tokio::test]
    async fn a_newer_schema_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let (database, thread) = open(dir.path()).await.unwrap();
        let path = database.path.clone();
        drop(database);
        thread.join().unwrap();
        connect(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        let error = open(dir.path()).await.unwrap_err();
        assert_eq!(
            error.kind(),
            &ErrorKind::NewerSchema {
                found: 99,
                supported: schema::VERSION
            }
        );
        let version: i64 = connect(&path)
            .unwrap()
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap();
        assert_eq!(version, 99);
    }

    #[tokio::test]
    async fn a_commit_that_fails_says_why() {
        let dir = tempfile::tempdir().unwrap();
        let (database, _thread) = open(dir.path()).await.unwrap();
        let failed = database
            .write(|connection, _| {
                // Looked at by the commit only, like the room on the disk for a small transaction.
                connection.pragma_update(None, "defer_foreign_keys", true)?;
                connection.execute("INSERT INTO parts VALUES ('missing', 1, 1, 0, x'', 0, '{}')", [])?;
                Ok(())
            })
            .await
            .unwrap_err();
        let Failure::Database(error) = &failed else {
            panic!("{failed:?}")
        };
        assert_eq!(
            error.sqlite_error_code(),
            Some(rusqlite::ErrorCode::ConstraintViolation)
        );
        insert_and_read(&database).await;
    }

    #[tokio::test]
    async fn a_commit_reaches_the_drive_and_not_only_its_cache() {
        let dir = tempfile::tempdir().unwrap();
        let (database, _thread) = open(dir.path()).await.unwrap();
        let read = database.read(|connection| {
            let set = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
            Ok((set("synchronous")?, set("fullfsync")?, set("checkpoint_fullfsync")?))
        });
        assert_eq!(read.await.unwrap(), (2, 1, 1));
    }

    async fn insert_and_read(database: &Arc<Database>) {
        database
            .write(|connection, _| insert(connection, "after"))
            .await
            .unwrap();
        assert_eq!(database.read(names).await.unwrap(), ["after"]);
    }

    #[tokio::test]
    async fn a_full_disk_is_named_and_survived() {
        let dir = tempfile::tempdir().unwrap();
        let (database, _thread) = open(dir.path()).await.unwrap();
        let limit = |pages: i64| {
            let database = Arc::clone(&database);
            async move {
                let limited = database.write(move |connection, _| {
                    Ok(
                        connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |row| {
                            row.get::<_, i64>(0)
                        })?,
                    )
                });
                limited.await.unwrap()
            }
        };
        limit(30).await;
        let large = "x".repeat(1_000_000);
        // Both in one transaction: the first waits until the second is queued.
        let (go, wait) = std::sync::mpsc::sync_channel(1);
        let small = database.write(move |connection, _| {
            wait.recv().unwrap();
            insert(connection, "small")
        });
        let large = database.write(move |connection, _| insert(connection, &large));
        let (small, large, ()) = tokio::join!(small, large, async { go.send(()).unwrap() });
        for full in [small, large] {
            let error = s3s::S3Error::from(full.unwrap_err());
            assert_eq!(error.code().as_str(), "InsufficientStorage");
            assert_eq!(error.status_code(), Some(http::StatusCode::INSUFFICIENT_STORAGE));
        }
        limit(1_000_000).await;
        insert_and_read(&database).await;
    }
}
