//! The journal's file, its tables, and what happens to a file that cannot be used.
//!
//! Closed to other users. A file of a newer version is refused and left alone; a damaged one is moved aside, under its own
//! name with the time behind it, and a new one begun: what it knew is found again on the server.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use dipper_storage::ErrorKind;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use super::{BUSY, failed};
use crate::error::{Error, Result};

const FILE: &str = "transfers.sqlite";

/// One step a version, counted by SQLite's `user_version`. Never change a step that was released: add one.
const STEPS: [&str; 2] = [
    "
    CREATE TABLE jobs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account TEXT NOT NULL,
        server TEXT NOT NULL,
        bucket TEXT NOT NULL,
        task TEXT NOT NULL,
        description TEXT NOT NULL,
        state TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        started_at INTEGER,
        finished_at INTEGER,
        errors TEXT NOT NULL DEFAULT '[]',
        owner TEXT
    ) STRICT;
    CREATE TABLE items (
        job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        role INTEGER NOT NULL,
        key TEXT NOT NULL,
        path BLOB,
        size INTEGER NOT NULL,
        options TEXT,
        state INTEGER NOT NULL,
        evidence TEXT,
        PRIMARY KEY (job, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE parts (
        job INTEGER NOT NULL,
        item INTEGER NOT NULL,
        number INTEGER NOT NULL,
        etag TEXT NOT NULL,
        PRIMARY KEY (job, item, number),
        FOREIGN KEY (job, item) REFERENCES items (job, number) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE identity (token TEXT NOT NULL) STRICT;
",
    // Where a job was moved in the queue; NULL is where it came.
    "ALTER TABLE jobs ADD COLUMN turn INTEGER;",
];

/// Opens the file in a folder, both made when missing.
pub(super) fn open(folder: &Path) -> Result<Connection> {
    let about = |source| Error::disk("open the journal of transfers in", folder, source);
    make_private(folder).map_err(about)?;
    let path = folder.join(FILE);
    match open_file(&path) {
        Err(cause) if is_damaged(&cause) => {
            let aside = move_aside(&path).map_err(about)?;
            tracing::error!(path = %aside.display(), "the journal of transfers was damaged and moved aside");
            open_file(&path)
        }
        opened => opened,
    }
    .map_err(|cause| failed("open", &cause))?
    .ok_or_else(|| {
        let message = format!(
            "Could not open `{}`: a newer version of Dipper wrote it",
            path.display()
        );
        Error::new(ErrorKind::Unsupported, message).with_hint("Update Dipper, or open it with the newer version.")
    })
}

/// A journal that ends with the engine.
pub(super) fn in_memory() -> Result<Connection> {
    let prepared = Connection::open_in_memory().and_then(|mut connection| {
        bring_up_to_date(&mut connection)?;
        Ok(connection)
    });
    prepared.map_err(|cause| failed("make", &cause))
}

/// What tells this journal from all others.
pub(super) fn token(connection: &Connection) -> rusqlite::Result<String> {
    connection.query_row("SELECT token FROM identity", [], |row| row.get(0))
}

/// `None` for a file of a newer version.
fn open_file(path: &Path) -> rusqlite::Result<Option<Connection>> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    let sound: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if sound != "ok" {
        let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
        return Err(rusqlite::Error::SqliteFailure(code, Some(sound)));
    }
    Ok(bring_up_to_date(&mut connection)?.then_some(connection))
}

/// Makes the tables; false where the file is of a newer version. Two processes that start at once take turns.
fn bring_up_to_date(connection: &mut Connection) -> rusqlite::Result<bool> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let Some(steps) = usize::try_from(found).ok().and_then(|done| STEPS.get(done..)) else {
        return Ok(false);
    };
    for step in steps {
        transaction.execute_batch(step)?;
    }
    let known: Option<String> = transaction
        .query_row("SELECT token FROM identity", [], |row| row.get(0))
        .optional()?;
    if known.is_none() {
        let token = format!("{:08x}", crate::retry::random() & 0xffff_ffff);
        transaction.execute("INSERT INTO identity (token) VALUES (?1)", [token])?;
    }
    transaction.pragma_update(None, "user_version", STEPS.len())?;
    transaction.commit()?;
    Ok(true)
}

fn is_damaged(cause: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(cause.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
        // A page that was overwritten can still read as SQL that makes no sense.
        || matches!(cause, rusqlite::Error::SqlInputError { .. } | rusqlite::Error::QueryReturnedNoRows)
        || matches!(cause, rusqlite::Error::FromSqlConversionFailure(..) | rusqlite::Error::InvalidColumnType(..))
}

fn move_aside(path: &Path) -> std::io::Result<std::path::PathBuf> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let seconds = now.map_or(0, |since| since.as_secs());
    let aside = path.with_file_name(format!("{FILE}.damaged-{seconds}"));
    for companion in ["-wal", "-shm"] {
        // What is not there need not be moved.
        _ = fs::rename(with_ending(path, companion), with_ending(&aside, companion));
    }
    fs::rename(path, &aside)?;
    Ok(aside)
}

fn with_ending(path: &Path, ending: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn make_private(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut options = fs::OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(folder.join(FILE)).map(drop)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn an_older_journal_is_brought_up_to_date_with_what_is_in_it() {
        let mut older = Connection::open_in_memory().unwrap();
        older.execute_batch(STEPS[0]).unwrap();
        older.pragma_update(None, "user_version", 1).unwrap();
        let job = "INSERT INTO jobs (account, server, bucket, task, description, state, created_at)
                   VALUES ('a', 's', 'b', '{}', '{}', 'open', 0)";
        older.execute(job, []).unwrap();
        assert!(bring_up_to_date(&mut older).unwrap());
        let turn = older.query_row("SELECT coalesce(turn, id) FROM jobs", [], |row| row.get::<_, i64>(0));
        assert_eq!(turn.unwrap(), 1, "where it came is where it stands");
        let version: i64 = older
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap();
        assert_eq!(usize::try_from(version).unwrap(), STEPS.len());
        assert!(bring_up_to_date(&mut older).unwrap(), "and it stays so");
    }

    #[test]
    fn a_newer_journal_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path()).unwrap());
        let newer = Connection::open(folder.path().join(FILE)).unwrap();
        newer.pragma_update(None, "user_version", STEPS.len() + 1).unwrap();
        drop(newer);
        assert_eq!(open(folder.path()).unwrap_err().kind(), ErrorKind::Unsupported);
        assert!(folder.path().join(FILE).exists());
    }

    /// L9: what is awaited is on the disk, and not only in the system's memory.
    #[test]
    fn l09_a_commit_is_on_the_disk_when_it_returns() {
        let folder = tempfile::tempdir().unwrap();
        let connection = open(folder.path()).unwrap();
        let synchronous: i64 = connection
            .pragma_query_value(None, "synchronous", |row| row.get(0))
            .unwrap();
        let mode: String = connection
            .pragma_query_value(None, "journal_mode", |row| row.get(0))
            .unwrap();
        assert_eq!((synchronous, mode.as_str()), (2, "wal"), "2 is FULL");
    }
}
