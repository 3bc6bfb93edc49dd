//! The stage: a RAM disk with files, and the servers.

use std::cell::Cell;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use dipper_testkit::Certificate;
use nix::sys::statvfs::statvfs;
use tempfile::TempDir;

use super::clients::{Place, Program};
use super::failure::Failure;
use super::work::{Task, Work};
use crate::sink::{Set, Sink, SinkOptions, SinkTls};

const RAM_DISK: &str = "/dev/shm";
/// A file on the RAM disk takes whole pages.
const PAGE: u64 = 4096;
/// What programs write beside the files.
const MARGIN: u64 = 256 * MIB;
const MIB: u64 = 1024 * 1024;

/// Where everything happens.
pub(super) struct Stage {
    folder: TempDir,
    authority: PathBuf,
    http: Sink,
    https: Sink,
    runs: Cell<usize>,
}

/// What is below a folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) files: u64,
    pub(super) bytes: u64,
}

impl Stage {
    /// Starts the servers. Fails if there is no room for what the works need.
    pub(super) fn set(works: &[&'static Work]) -> Result<Self, Failure> {
        let needed = works.iter().map(|work| room(work)).max().unwrap_or_default() + MARGIN;
        let disk = statvfs(RAM_DISK).map_err(|error| Failure::disk(format!("look at {RAM_DISK}"))(error.into()))?;
        let free = disk.blocks_available() * disk.fragment_size();
        if free < needed {
            return Err(Failure::Room {
                folder: RAM_DISK.to_owned(),
                free: free / MIB,
                needed: needed / MIB,
            });
        }
        let folder = tempfile::Builder::new()
            .prefix("dipper-bench-")
            .tempdir_in(RAM_DISK)
            .map_err(Failure::disk(format!("make a folder in {RAM_DISK}")))?;
        let made = Certificate::create(folder.path())?;
        let tls = SinkTls {
            certificate: made.server,
            key: made.key,
        };
        let start = |tls| Sink::start(&SinkOptions { port: 0, tls }).map_err(Failure::disk("start the server"));
        Ok(Self {
            authority: made.authority,
            http: start(None)?,
            https: start(Some(tls))?,
            runs: Cell::new(0),
            folder,
        })
    }

    /// Makes the files of a work.
    pub(super) fn prepare(&self, work: &Work) -> Result<(), Failure> {
        if work.task != Task::Upload {
            return Ok(());
        }
        let folder = self.source(work);
        fs::create_dir_all(&folder).map_err(Failure::disk(format!("make {}", folder.display())))?;
        for index in 0..work.set.count {
            let file = folder.join(name(work.set, index));
            fill(&file, work.set.size).map_err(Failure::disk(format!("write {}", file.display())))?;
        }
        Ok(())
    }

    /// Takes the files of a work away.
    pub(super) fn clear(&self, work: &Work) -> Result<(), Failure> {
        remove(&self.source(work))
    }

    /// Everything that one run has to itself.
    pub(super) fn place(&self, program: &Program, work: &Work, round: usize) -> Result<Place<'_>, Failure> {
        self.runs.set(self.runs.get() + 1);
        let scratch = self.folder.path().join(format!("run-{}", self.runs.get()));
        let out = scratch.join("out");
        fs::create_dir_all(&out).map_err(Failure::disk(format!("make {}", out.display())))?;
        let source = self.source(work);
        Ok(Place {
            sink: if work.tls { &self.https } else { &self.http },
            authority: &self.authority,
            source: if work.is_one() {
                source.join(name(work.set, 0))
            } else {
                source
            },
            target: format!("up/{}-{round}", program.client),
            out,
            scratch,
        })
    }

    /// Takes away what a run left behind.
    pub(super) fn leave(place: &Place<'_>) -> Result<(), Failure> {
        remove(&place.scratch)
    }

    fn source(&self, work: &Work) -> PathBuf {
        self.folder.path().join("source").join(work.set.prefix())
    }
}

/// What is below a folder, all the way down. Files that begin with a dot are a program's own.
pub(super) fn found(folder: &Path) -> Result<Found, Failure> {
    let about = || Failure::disk(format!("look into {}", folder.display()));
    let mut found = Found::default();
    for entry in fs::read_dir(folder).map_err(about())? {
        let entry = entry.map_err(about())?;
        let metadata = entry.metadata().map_err(about())?;
        if metadata.is_dir() {
            let below = self::found(&entry.path())?;
            found.files += below.files;
            found.bytes += below.bytes;
        } else if !entry.file_name().to_string_lossy().starts_with('.') {
            found.files += 1;
            found.bytes += metadata.len();
        }
    }
    Ok(found)
}

fn remove(folder: &Path) -> Result<(), Failure> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Failure::disk(format!("remove {}", folder.display())))?;
    }
    Ok(())
}

/// What a work needs at its most, on the RAM disk.
fn room(work: &Work) -> u64 {
    match work.task {
        Task::Delete => 0,
        Task::Upload | Task::Download => work.set.size.next_multiple_of(PAGE) * work.set.count as u64,
    }
}

/// The name of a made-up object without its prefix.
fn name(set: Set, index: usize) -> String {
    set.key(index).split_off(set.prefix().len())
}

fn fill(file: &Path, size: u64) -> std::io::Result<()> {
    let pattern: Vec<u8> = (0..=255).cycle().take(64 * 1024).collect();
    let mut writer = BufWriter::new(File::create(file)?);
    let mut left = size;
    while left > 0 {
        let piece = usize::try_from(left).unwrap_or(pattern.len()).min(pattern.len());
        writer.write_all(&pattern[..piece])?;
        left -= piece as u64;
    }
    writer.flush()
}
