//! The folder on disk: its layout, who holds it, and the port it was served on.
//!
//! ```text
//!   lock            an operating system lock; held as long as this process serves the folder
//!   server.json     the port last used, and the process while it runs (readable by others, unlike a locked file on Windows)
//!   database.sqlite
//!   incoming/       files being received; emptied at every open
//!   objects/00..ff/ received files, named by 32 random hex digits, the first two of them the directory
//!   lost/           files that were in objects/ and that no row of the database knew; kept for whoever looks for them
//! ```
//!
//! A `server.json` that still names a process although the lock is free means that process died: the files it may
//! have left without a row in the database are then looked for and put aside (`Folder::must_be_searched`). They are not
//! removed: when the database is the older of the two, as in a backup made while it was written, they are objects.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use crate::error::{Error, ErrorKind};

const OPENING: &str = "open the local storage folder";

/// The number of directories object files are spread over: names begin with two hex digits.
const SHARDS: u16 = 256;

/// What `server.json` says.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Note {
    /// The port last listened on: chosen once and kept, so that saved links go on working.
    port: Option<u16>,
    /// The process serving the folder now.
    pid: Option<u32>,
    /// Whether that process listens already.
    #[serde(default)]
    listening: bool,
}

/// An open folder, locked against other processes until it is dropped.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    remembered_port: Option<u16>,
    must_be_searched: AtomicBool,
    _lock: File,
    /// Fields drop in this order: whoever waits for the release then finds the lock free.
    _released: oneshot::Sender<()>,
}

impl Folder {
    /// Creates what is missing, takes the lock and says who we are. The receiver resolves when the folder is released.
    pub(crate) fn open(root: &Path) -> Result<(Self, oneshot::Receiver<()>), Error> {
        prepare(root).map_err(|source| Error::io(OPENING, root, source))?;
        let lock = lock(root)?;
        let note = read_note(root);
        let (released, receiver) = oneshot::channel();
        let folder = Self {
            root: root.to_owned(),
            remembered_port: note.port,
            must_be_searched: AtomicBool::new(note.pid.is_some()),
            _lock: lock,
            _released: released,
        };
        folder.write_note(&Note {
            pid: Some(std::process::id()),
            listening: false,
            ..note
        })?;
        Ok((folder, receiver))
    }

    /// Whether there may be files without a row: the last process that served the folder did not close it, or nobody
    /// has come to look since.
    pub(crate) fn must_be_searched(&self) -> bool {
        self.must_be_searched.load(Ordering::Relaxed)
    }

    /// All of them were found.
    pub(crate) fn was_searched(&self) {
        self.must_be_searched.store(false, Ordering::Relaxed);
    }

    /// There may be files without a row: the next open looks for them, as after a crash.
    pub(crate) fn search_at_next_open(&self) {
        self.must_be_searched.store(true, Ordering::Relaxed);
    }

    pub(crate) fn remembered_port(&self) -> Option<u16> {
        self.remembered_port
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.root.join("database.sqlite")
    }

    pub(crate) fn incoming(&self) -> PathBuf {
        self.root.join("incoming")
    }

    pub(crate) fn objects(&self) -> PathBuf {
        self.root.join("objects")
    }

    /// The directory for files that no row knows, created if missing.
    pub(crate) fn lost(&self) -> io::Result<PathBuf> {
        let lost = self.root.join("lost");
        create_private_dir(&lost)?;
        Ok(lost)
    }

    /// Whether there is any object file.
    pub(crate) fn has_objects(&self) -> io::Result<bool> {
        for shard in 0..SHARDS {
            let mut entries = fs::read_dir(self.objects().join(format!("{shard:02x}")))?;
            if entries.next().transpose()?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Tells other processes where this one listens, and the next start which port to take.
    pub(crate) fn announce(&self, port: u16) -> Result<(), Error> {
        self.write_note(&Note {
            port: Some(port),
            pid: Some(std::process::id()),
            listening: true,
        })
    }

    fn write_note(&self, note: &Note) -> Result<(), Error> {
        write_note(&self.root, note).map_err(|source| Error::io(OPENING, &self.root, source))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let last = read_note(&self.root);
        let note = Note {
            pid: last.pid.filter(|_| self.must_be_searched()),
            listening: false,
            ..last
        };
        if let Err(error) = write_note(&self.root, &note) {
            tracing::warn!(%error, "could not note that the local storage folder was closed");
        }
    }
}

/// Creates the folders that are missing, for the owner's eyes only, and empties `incoming`.
fn prepare(root: &Path) -> io::Result<()> {
    create_private_dir(root)?;
    for name in ["incoming", "objects"] {
        create_private_dir(&root.join(name))?;
    }
    for shard in 0..SHARDS {
        create_private_dir(&root.join("objects").join(format!("{shard:02x}")))?;
    }
    // What is received later must not vanish because the directory it went to did.
    sync_dir(&root.join("objects"))?;
    sync_dir(root)
}

fn create_private_dir(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return restrict(path, 0o700);
    }
    fs::create_dir_all(path)?;
    restrict(path, 0o700)
}

/// Opens a file for writing that only its owner can read.
pub(crate) fn private_file(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as on unix")]
fn restrict(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(()) // a folder in the user's profile is private there by inheritance
}

/// Makes a rename or a new name in `dir` survive a power cut. Other systems than unix order this themselves.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(dir)?.sync_all()
    } else {
        Ok(())
    }
}

fn lock(root: &Path) -> Result<File, Error> {
    let failed = |source| Error::io(OPENING, root, source);
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    let file = private_file(&mut options).open(root.join("lock")).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(held_by_other(root)),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

fn held_by_other(root: &Path) -> Error {
    let note = read_note(root);
    let port = note.port.filter(|_| note.listening);
    Error::new(ErrorKind::FolderLocked { by_pid: note.pid, port }, OPENING, root)
}

/// Reads `server.json`; a missing or damaged one says nothing, which is safe: its only loss is the remembered port.
fn read_note(root: &Path) -> Note {
    fs::read(root.join("server.json"))
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

fn write_note(root: &Path, note: &Note) -> io::Result<()> {
    let temporary = root.join("server.json.new");
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    let mut file = private_file(&mut options).open(&temporary)?;
    file.write_all(&serde_json::to_vec(note)?)?;
    file.sync_all()?;
    fs::rename(&temporary, root.join("server.json"))?;
    sync_dir(root)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_held_by_one_and_remembers_its_port() {
        let dir = tempfile::tempdir().unwrap();
        let (folder, _released) = Folder::open(dir.path()).unwrap();
        assert!(!folder.must_be_searched());
        folder.announce(4711).unwrap();

        let refused = Folder::open(dir.path()).unwrap_err();
        let held = ErrorKind::FolderLocked {
            by_pid: Some(std::process::id()),
            port: Some(4711),
        };
        assert_eq!(refused.kind(), &held);

        drop(folder);
        let (folder, _released) = Folder::open(dir.path()).unwrap();
        assert_eq!(folder.remembered_port(), Some(4711));
        assert!(
            !folder.must_be_searched(),
            "a folder that was closed is not searched for leftovers"
        );
    }

    #[test]
    fn a_note_left_by_a_dead_process_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        prepare(dir.path()).unwrap();
        write_note(
            dir.path(),
            &Note {
                port: Some(1),
                pid: Some(1),
                listening: true,
            },
        )
        .unwrap();
        let (folder, _released) = Folder::open(dir.path()).unwrap();
        assert!(folder.must_be_searched());
    }

    #[test]
    fn leftovers_are_looked_for_until_they_have_been() {
        let dir = tempfile::tempdir().unwrap();
        prepare(dir.path()).unwrap();
        let note = Note {
            port: Some(1),
            pid: Some(1),
            listening: true,
        };
        write_note(dir.path(), &note).unwrap();
        for _ in 0..2 {
            // A start that fails here never came to the search.
            let (folder, _released) = Folder::open(dir.path()).unwrap();
            assert!(folder.must_be_searched());
        }
        let (folder, _released) = Folder::open(dir.path()).unwrap();
        folder.was_searched();
        drop(folder);
        let (folder, _released) = Folder::open(dir.path()).unwrap();
        assert!(!folder.must_be_searched());
        folder.search_at_next_open();
        drop(folder);
        let (folder, _released) = Folder::open(dir.path()).unwrap();
        assert!(folder.must_be_searched());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_look_inside() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("storage");
        let (_folder, _released) = Folder::open(&root).unwrap();
        assert_eq!(fs::metadata(&root).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(
            fs::metadata(root.join("lock")).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}
