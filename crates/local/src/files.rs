//! Object bytes on the disk.
//!
//! A file is written once, under a random name, and never changed: received into `incoming`, synced, renamed into
//! `objects`, and only then may a row of the database point at it. Content is a list of *slices* of such files, so a
//! multipart object needs no joining and a copy no copying.
//!
//! A file nobody points at any more is removed, unless somebody still reads it: a reader holds a [`Lease`], and the
//! last lease takes the file away. A reader that took its lease too late finds its row gone and looks again
//! (`store::objects::open`), so it never meets a missing file.

mod receiving;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, stream};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::digest::{Algorithm, Digest, Hasher};
use crate::failure::Failure;
use crate::folder::Folder;
pub(crate) use receiving::{Incoming, NewFile, Received};

/// How much is read from the disk at once for a download.
const READ_SIZE: usize = 256 * 1024;

/// Uploads written at the same time: each holds one thread of the runtime's blocking pool, which has 512.
const MAX_RECEIVING: usize = 64;

/// The random name of an object file.
pub(crate) type FileId = String;

/// A range of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slice {
    pub(crate) file: FileId,
    pub(crate) start: u64,
    pub(crate) length: u64,
}

/// The object files of one folder.
#[derive(Debug)]
pub(crate) struct Files {
    folder: Folder,
    receiving: Semaphore,
    leases: Mutex<HashMap<FileId, Leased>>,
}

#[derive(Debug, Default)]
struct Leased {
    readers: usize,
    doomed: bool,
}

impl Files {
    /// Takes over the folder; what an interrupted upload left in `incoming` is removed.
    pub(crate) fn open(folder: Folder) -> io::Result<Arc<Self>> {
        for entry in fs::read_dir(folder.incoming())? {
            fs::remove_file(entry?.path())?;
        }
        Ok(Arc::new(Self {
            folder,
            receiving: Semaphore::new(MAX_RECEIVING),
            leases: Mutex::new(HashMap::new()),
        }))
    }

    pub(crate) fn folder(&self) -> &Folder {
        &self.folder
    }

    fn path(&self, id: &str) -> PathBuf {
        self.folder.objects().join(id.get(..2).unwrap_or("00")).join(id)
    }

    fn leases(&self) -> MutexGuard<'_, HashMap<FileId, Leased>> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads slices one after the other, checking nothing but that every byte is there.
    pub(crate) fn read(
        lease: Lease,
        slices: Vec<Slice>,
    ) -> impl Stream<Item = io::Result<Bytes>> + Send + Sync + 'static {
        let reader = Reader {
            lease,
            slices: slices.into_iter(),
            open: None,
        };
        stream::try_unfold(reader, |reader| async move {
            let step = tokio::task::spawn_blocking(move || reader.step()).await;
            step.unwrap_or_else(|error| Err(io::Error::other(error)))
        })
    }

    /// Hashes the bytes of some slices.
    pub(crate) async fn digest(lease: Lease, slices: Vec<Slice>, wanted: Vec<Algorithm>) -> Result<Digest, Failure> {
        let hashing = tokio::task::spawn_blocking(move || -> io::Result<Digest> {
            let mut hasher = Hasher::new(wanted.into_iter());
            let mut reader = Reader {
                lease,
                slices: slices.into_iter(),
                open: None,
            };
            while let Some((bytes, rest)) = reader.step()? {
                hasher.update(&bytes);
                reader = rest;
            }
            Ok(hasher.finish())
        });
        Ok(hashing.await.map_err(|_| Failure::Closing)??)
    }

    /// Keeps files from being removed while they are read.
    pub(crate) fn lease(self: &Arc<Self>, ids: impl IntoIterator<Item = FileId>) -> Lease {
        let mut ids: Vec<FileId> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        let mut leases = self.leases();
        for id in &ids {
            leases.entry(id.clone()).or_default().readers += 1;
        }
        drop(leases);
        Lease {
            files: Arc::clone(self),
            ids,
        }
    }

    /// Removes files that no row points at any more, now or when their last reader is done. Blocks on the disk.
    pub(crate) fn remove(&self, ids: Vec<FileId>) {
        for id in ids {
            if let Some(leased) = self.leases().get_mut(&id) {
                leased.doomed = true;
                continue;
            }
            remove_file(&self.path(&id));
        }
    }

    /// Puts the files of one directory of `objects` that `is_known` does not know aside. Blocks on the disk.
    pub(crate) fn sweep(&self, shard: &str, is_known: impl Fn(&str) -> bool) -> io::Result<usize> {
        let mut put_aside = 0;
        for entry in fs::read_dir(self.folder.objects().join(shard))? {
            let entry = entry?;
            if entry.file_name().to_str().is_none_or(|name| !is_known(name)) {
                fs::rename(entry.path(), self.folder.lost()?.join(entry.file_name()))?;
                put_aside += 1;
            }
        }
        Ok(put_aside)
    }
}

/// A promise that some files stay readable.
#[derive(Debug)]
pub(crate) struct Lease {
    files: Arc<Files>,
    ids: Vec<FileId>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut leases = self.files.leases();
        for id in &self.ids {
            let Some(file) = leases.get_mut(id) else { continue };
            file.readers -= 1;
            if file.readers > 0 {
                continue;
            }
            if leases.remove(id).is_some_and(|leased| leased.doomed) {
                remove_soon(self.files.path(id), Arc::clone(&self.files));
            }
        }
    }
}

/// Removes a file without making an async task wait for the disk. The folder stays locked until it is done.
fn remove_soon(path: PathBuf, files: Arc<Files>) {
    let remove = move || {
        remove_file(&path);
        drop(files);
    };
    match Handle::try_current() {
        Ok(runtime) => drop(runtime.spawn_blocking(remove)),
        Err(_no_runtime) => remove(),
    }
}

fn remove_file(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(%error, path = %path.display(), "could not remove an object file that is no longer used");
    }
}

/// Reads slices in steps; a step blocks on the disk.
struct Reader {
    lease: Lease,
    slices: std::vec::IntoIter<Slice>,
    open: Option<(File, u64)>,
}

impl Reader {
    fn step(mut self) -> io::Result<Option<(Bytes, Self)>> {
        let (mut file, left) = match self.open.take() {
            Some(open) => open,
            None => match self.slices.find(|slice| slice.length > 0) {
                Some(slice) => (self.open_slice(&slice)?, slice.length),
                None => return Ok(None),
            },
        };
        let want = usize::try_from(left).unwrap_or(READ_SIZE).min(READ_SIZE);
        let mut buffer = BytesMut::zeroed(want);
        file.read_exact(&mut buffer)?;
        let left = left - want as u64;
        self.open = (left > 0).then_some((file, left));
        Ok(Some((buffer.freeze(), self)))
    }

    fn open_slice(&self, slice: &Slice) -> io::Result<File> {
        let mut file = File::open(self.lease.files.path(&slice.file))?;
        file.seek(SeekFrom::Start(slice.start))?;
        Ok(file)
    }
}

/// The part of `slices` that covers `length` bytes from `start`.
pub(crate) fn cut(slices: &[Slice], start: u64, length: u64) -> Vec<Slice> {
    let end = start + length;
    let mut position = 0;
    let mut result = Vec::new();
    for slice in slices {
        let from = start.max(position);
        let to = end.min(position + slice.length);
        if from < to {
            let start = slice.start + (from - position);
            result.push(Slice {
                file: slice.file.clone(),
                start,
                length: to - from,
            });
        }
        position += slice.length;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(file: &str, start: u64, length: u64) -> Slice {
        Slice {
            file: file.to_owned(),
            start,
            length,
        }
    }

    #[test]
    fn cutting_keeps_exactly_the_asked_bytes() {
        let slices = [slice("a", 0, 10), slice("b", 5, 10)];
        assert_eq!(cut(&slices, 0, 20), slices);
        assert_eq!(cut(&slices, 8, 4), [slice("a", 8, 2), slice("b", 5, 2)]);
        assert_eq!(cut(&slices, 10, 1), [slice("b", 5, 1)]);
        assert_eq!(cut(&slices, 20, 0), []);
    }
}
