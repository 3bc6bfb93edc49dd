//! `dipper.sqlite`: accounts (without their secrets), settings, layout, buckets added by name.
//!
//! One connection, used from blocking threads only. Several processes may hold the file open: WAL lets them read while one
//! writes, and a writer waits its turn for up to five seconds. What was saved is on the disk when the call returns
//! (`synchronous=FULL`). The folder is closed to other users (0700), the file too (0600); SQLite gives its companions the
//! same mode.

mod accounts;
mod schema;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _};

pub(crate) use accounts::{SavedAccount, SavedCa};

use crate::error::{Error, ErrorKind, Result};

const FILE_NAME: &str = "dipper.sqlite";
/// How long one process waits for another's write. A write takes milliseconds; five seconds means a hung disk.
const BUSY: Duration = Duration::from_secs(5);

/// Why the database could not be used.
#[derive(Debug, thiserror::Error)]
enum DatabaseError {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("it has format {found}, and this version understands formats up to {supported}")]
    NewerSchema { found: i64, supported: i64 },
    #[error("it holds {what}, which makes no sense")]
    Nonsense { what: String },
}

/// The open database. Clones share one connection.
#[derive(Clone)]
pub(crate) struct Database {
    path: Arc<PathBuf>,
    connection: Arc<Mutex<Connection>>,
}

impl Database {
    /// Opens the database of a data folder and makes both when they are missing.
    pub(crate) async fn open(folder: &Path) -> Result<Self> {
        let path = Arc::new(folder.join(FILE_NAME));
        let opened = blocking("open", {
            let path = Arc::clone(&path);
            move || open(&path)
        })
        .await?;
        let connection = opened.map_err(|cause| in_words("open", &path, cause))?;
        Ok(Self {
            path,
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    /// What was saved under a name.
    pub(crate) async fn setting(&self, name: &'static str) -> Result<Option<String>> {
        self.call("read the settings", move |connection| {
            let found = connection.query_row("SELECT value FROM settings WHERE name = ?1", [name], |row| row.get(0));
            Ok(found.optional()?)
        })
        .await
    }

    /// Saves a value under a name, in place of what was there.
    pub(crate) async fn save_setting(&self, name: &'static str, value: String) -> Result<()> {
        self.call("save the settings", move |connection| {
            let sql = "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
            connection.execute(sql, (name, value))?;
            Ok(())
        })
        .await
    }

    /// Runs `work` on a blocking thread; `doing` names it in errors.
    async fn call<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&mut Connection) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<T> {
        let connection = Arc::clone(&self.connection);
        let done = blocking(doing, move || {
            work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
        })
        .await?;
        done.map_err(|cause| in_words(doing, &self.path, cause))
    }
}

async fn blocking<T: Send + 'static>(doing: &str, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|cause| Error::internal(doing, cause))
}

fn open(path: &Path) -> Result<Connection, DatabaseError> {
    if let Some(folder) = path.parent() {
        make_private_folder(folder)?;
    }
    make_private_file(path)?;
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    schema::bring_up_to_date(&mut connection)?;
    Ok(connection)
}

fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    restrict(folder, 0o700)
}

fn make_private_file(path: &Path) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    restrict(path, 0o600)
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as on unix")]
fn restrict(_path: &Path, _mode: u32) -> std::io::Result<()> {
    Ok(()) // a folder in the user's profile is private there by inheritance
}

fn in_words(doing: &str, path: &Path, cause: DatabaseError) -> Error {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseCorrupt, DiskFull, NotADatabase};
    let (kind, hint) = match &cause {
        DatabaseError::NewerSchema { .. } => (
            ErrorKind::Unsupported,
            "Update Dipper, or open it with the newer version.",
        ),
        DatabaseError::Nonsense { .. } => (
            ErrorKind::Corrupt,
            "Move the file away to start anew, or restore it from a backup.",
        ),
        DatabaseError::Io(io) if io.kind() == std::io::ErrorKind::StorageFull => {
            (ErrorKind::DiskFull, "Free some space on this disk.")
        }
        DatabaseError::Sqlite(sqlite) => match sqlite.sqlite_error_code() {
            Some(DiskFull) => (ErrorKind::DiskFull, "Free some space on this disk."),
            Some(DatabaseCorrupt | NotADatabase) => (
                ErrorKind::Corrupt,
                "Move the file away to start anew, or restore it from a backup.",
            ),
            Some(DatabaseBusy) => (ErrorKind::LocalIo, "Another Dipper is writing to it. Try again."),
            _ => (
                ErrorKind::LocalIo,
                "Check that the folder is there and that you may write to it.",
            ),
        },
        DatabaseError::Io(_) => (
            ErrorKind::LocalIo,
            "Check that the folder is there and that you may write to it.",
        ),
    };
    let message = format!("Could not {doing} in “{}”: {cause}.", path.display());
    Error::new(kind, "database", message).with_hint(hint).with_source(cause)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[tokio::test]
    async fn settings_are_kept_and_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&folder.path().join("data")).await.unwrap();
        assert_eq!(database.setting("layout").await.unwrap(), None);
        database.save_setting("layout", "{}".into()).await.unwrap();
        database.save_setting("layout", "{\"a\":1}".into()).await.unwrap();
        drop(database);
        let database = Database::open(&folder.path().join("data")).await.unwrap();
        assert_eq!(database.setting("layout").await.unwrap().as_deref(), Some("{\"a\":1}"));
    }

    #[tokio::test]
    async fn a_database_of_a_newer_version_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        drop(Database::open(folder.path()).await.unwrap());
        let path = folder.path().join(FILE_NAME);
        Connection::open(&path)
            .unwrap()
            .pragma_update(None, "user_version", 99)
            .unwrap();
        let error = Database::open(folder.path()).await.map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("format 99"), "{error}");
    }

    #[tokio::test]
    async fn a_damaged_database_is_named_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        fs::write(
            &path,
            "this is no database, it only stands where one should".repeat(100),
        )
        .unwrap();
        let error = Database::open(folder.path()).await.map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        assert!(error.to_string().contains("dipper.sqlite"), "{error}");
        assert!(fs::read_to_string(&path).unwrap().starts_with("this is no database"));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn only_the_owner_can_look_inside() {
        use std::os::unix::fs::PermissionsExt as _;
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("data");
        let database = Database::open(&folder).await.unwrap();
        database.save_setting("layout", "{}".into()).await.unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
}
