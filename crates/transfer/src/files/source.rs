//! A file that is uploaded: read in pieces while it is sent, and watched so that what arrives is one state of it.
//!
//! The fingerprint (length, time of change, which file it is) is taken when the file is opened. It is looked at again
//! before the last piece of every body is handed out, so that a server never gets the end of a file that has changed since
//! its beginning, and once more before an upload counts as done.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use dipper_storage::{BodySource, BoxBody, Checksum, ErrorKind, RunningChecksum, UploadChecksum};
use http_body::{Body, Frame, SizeHint};
use md5::{Digest as _, Md5};
use serde::{Deserialize, Serialize};

use super::buffers::{Buffers, CHUNK};
use super::positional::read_exact_at;
use crate::error::{Error, Result};
use crate::limits::{Claim, Lane};
use crate::parts::PartPlan;
use crate::progress::ItemBytes;

/// The largest part that gets an MD5: it costs two seconds of a processor for a GiB.
const MD5_AFFORDABLE: u64 = 1024 * 1024;

/// How long a file must have been left alone for its time to tell its states apart: systems count in ticks of up to 16
/// milliseconds, and a single large write is dated by its beginning.
const SETTLED: Duration = Duration::from_millis(50);
/// How often a file is looked at that is not left alone.
const LOOKS: u32 = 10;

/// An open file and what it looked like when it was opened.
#[derive(Debug)]
pub(crate) struct SourceFile {
    path: PathBuf,
    file: File,
    fingerprint: Fingerprint,
}

/// One state of a file: its length, when it was changed (nanoseconds since 1970), and which file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fingerprint {
    length: u64,
    modified: Option<i64>,
    identity: (u64, u64),
}

impl Fingerprint {
    fn of(metadata: &Metadata) -> Self {
        Self {
            length: metadata.len(),
            modified: metadata.modified().ok().and_then(nanoseconds),
            identity: identity(metadata),
        }
    }
}

fn nanoseconds(at: SystemTime) -> Option<i64> {
    let since = at.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_nanos()).ok()
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

/// Without a stable way to tell files apart, the time they were made has to do: a replacement has its own.
#[cfg(not(unix))]
fn identity(metadata: &Metadata) -> (u64, u64) {
    let created = metadata
        .created()
        .ok()
        .and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
    created.map_or((0, 0), |at| (at.as_secs(), u64::from(at.subsec_nanos())))
}

impl SourceFile {
    /// Opens a file, and waits up to half a second until it has been left alone for a moment. Blocks. Anything else (a
    /// folder, a pipe, a device) is refused without being opened: a pipe would wait forever.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let about = |source| Error::disk("read", path, source);
        if !std::fs::metadata(path).map_err(about)?.is_file() {
            let message = format!("Could not upload `{}`: it is not a file", path.display());
            return Err(Error::new(ErrorKind::InvalidInput, message).with_path(path));
        }
        let file = File::open(path).map_err(about)?;
        let fingerprint = Fingerprint::of(&settled(&file).map_err(about)?);
        Ok(Self {
            path: path.to_owned(),
            file,
            fingerprint,
        })
    }

    pub(crate) fn length(&self) -> u64 {
        self.fingerprint.length
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The MD5 of a range of it, in hex: the `ETag` that most servers give to what is sent of it. Reads it all: some two
    /// seconds a GiB, so only where an outcome is not known.
    pub(crate) fn md5(&self, offset: u64, length: u64) -> Result<[u8; 16]> {
        let mut digest = Md5::new();
        let mut buffer = vec![0; CHUNK];
        let mut at = 0;
        while at < length {
            let piece = usize::try_from(length - at).unwrap_or(CHUNK).min(CHUNK);
            self.read_at(&mut buffer[..piece], offset + at)?;
            digest.update(&buffer[..piece]);
            at += piece as u64;
        }
        self.check_open()?;
        Ok(digest.finalize().into())
    }

    /// The `ETag` that most servers give to the whole of it, sent in one piece or in these parts.
    pub(crate) fn etag(&self, plan: PartPlan) -> Result<String> {
        if plan.count == 1 {
            return Ok(hex::encode(self.md5(0, self.length())?));
        }
        let mut all = Md5::new();
        for index in 0..plan.count {
            let (offset, length) = plan.range(index, self.length());
            all.update(self.md5(offset, length)?);
        }
        Ok(format!("{}-{}", hex::encode(all.finalize()), plan.count))
    }

    /// Fails unless the open file and the file of its name are both what was opened.
    pub(crate) fn check(&self) -> Result<()> {
        self.check_open()?;
        match std::fs::metadata(&self.path) {
            Ok(named) if Fingerprint::of(&named) == self.fingerprint => Ok(()),
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(Error::disk("look again at", &self.path, source))
            }
            // Another one, or none.
            _ => Err(self.changed()),
        }
    }

    /// The whole file, for small ones.
    pub(crate) fn read_all(&self) -> Result<Bytes> {
        let length = usize::try_from(self.length()).map_err(|_| self.changed())?;
        let mut bytes = vec![0; length];
        self.read_at(&mut bytes, 0)?;
        self.check_open()?;
        Ok(bytes.into())
    }

    fn check_open(&self) -> Result<()> {
        let metadata = self
            .file
            .metadata()
            .map_err(|source| Error::disk("look again at", &self.path, source))?;
        if Fingerprint::of(&metadata) == self.fingerprint {
            Ok(())
        } else {
            Err(self.changed())
        }
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<()> {
        read_exact_at(&self.file, buffer, offset).map_err(|source| match source.kind() {
            io::ErrorKind::UnexpectedEof => self.changed(),
            _ => Error::disk("read", &self.path, source),
        })
    }

    fn changed(&self) -> Error {
        Error::file_changed(&self.path)
    }
}

/// The file once it has been left alone for a moment, so that whatever is written to it later gives it another time. One
/// that is written to without end is taken as it is: its time goes on changing.
fn settled(file: &File) -> io::Result<Metadata> {
    let mut metadata = file.metadata()?;
    for _ in 0..LOOKS {
        // A time in the future, or none, says nothing.
        let age = metadata.modified().ok().and_then(|at| at.elapsed().ok());
        let Some(rest) = age.and_then(|age| SETTLED.checked_sub(age)) else {
            break;
        };
        std::thread::sleep(rest);
        metadata = file.metadata()?;
    }
    Ok(metadata)
}

/// What the pieces of a file go through.
#[derive(Clone, Debug)]
pub(crate) struct Outlet {
    pub(crate) buffers: Arc<Buffers>,
    pub(crate) lane: Lane,
}

/// A range of a file as the body of a request, any number of times.
#[derive(Clone, Debug)]
pub(crate) struct FilePart {
    source: Arc<SourceFile>,
    offset: u64,
    length: u64,
    outlet: Outlet,
    bytes: ItemBytes,
    /// What the newest attempt has counted; taken back when another one begins.
    counted: Arc<AtomicU64>,
    /// Why the file could not be read, in our own words: the connection only knows that it could not.
    trouble: Arc<Mutex<Option<Error>>>,
}

impl FilePart {
    /// The `length` bytes from `offset` on, counted into `bytes` as they are handed out.
    pub(crate) fn new(source: Arc<SourceFile>, range: (u64, u64), outlet: Outlet, bytes: ItemBytes) -> Self {
        let (offset, length) = range;
        Self {
            source,
            offset,
            length,
            outlet,
            bytes,
            counted: Arc::default(),
            trouble: Arc::default(),
        }
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// The checksum that goes with the part, of the kind that the server is given, computed by reading the part once; that
    /// reading is counted nowhere. Blocks. `None` where it would cost more than it is worth: an MD5 of more than 1 MiB.
    pub(crate) fn checksum(&self, wanted: UploadChecksum) -> Result<Option<Checksum>> {
        let affordable = match wanted {
            UploadChecksum::None => false,
            UploadChecksum::ContentMd5 => self.length <= MD5_AFFORDABLE,
            UploadChecksum::Crc32c | UploadChecksum::Crc64Nvme => true,
        };
        let Some(mut running) = RunningChecksum::new(wanted).filter(|_| affordable) else {
            return Ok(None);
        };
        let mut read = 0;
        while read < self.length {
            let length = usize::try_from(self.length - read).unwrap_or(CHUNK).min(CHUNK);
            let offset = self.offset + read;
            let piece = self
                .outlet
                .buffers
                .take()
                .fill(length, |buffer| self.source.read_at(buffer, offset))?;
            running.update(&piece);
            read += piece.len() as u64;
        }
        self.source.check_open()?;
        Ok(Some(running.finish()))
    }

    pub(crate) fn take_trouble(&self) -> Option<Error> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl BodySource for FilePart {
    fn open(&self) -> dipper_storage::Result<BoxBody> {
        self.bytes.take_back(self.counted.swap(0, Relaxed));
        Ok(BoxBody::new(FileBody {
            part: self.clone(),
            sent: 0,
            claim: None,
            finished: false,
        }))
    }
}

/// One sending of a [`FilePart`].
struct FileBody {
    part: FilePart,
    sent: u64,
    /// What it waits to be let send.
    claim: Option<Claim>,
    finished: bool,
}

impl FileBody {
    /// Waits until some bytes may be sent, and says how many.
    fn poll_claim(&mut self, cx: &mut Context<'_>) -> Poll<usize> {
        let left = usize::try_from(self.part.length - self.sent).unwrap_or(CHUNK);
        let lane = &self.part.outlet.lane;
        let claim = self.claim.get_or_insert_with(|| lane.claim(left.min(CHUNK)));
        let length = ready!(Pin::new(claim).poll(cx));
        self.claim = None;
        Poll::Ready(length)
    }

    fn next_piece(&mut self, length: usize) -> Result<Bytes> {
        let part = &self.part;
        let left = part.length - self.sent;
        let offset = part.offset + self.sent;
        let piece = part
            .outlet
            .buffers
            .take()
            .fill(length, |buffer| part.source.read_at(buffer, offset))?;
        if piece.len() as u64 == left {
            part.source.check_open()?;
        }
        Ok(piece)
    }
}

impl Body for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.finished || self.is_end_stream() {
            return Poll::Ready(None);
        }
        let length = ready!(self.poll_claim(cx));
        match self.next_piece(length) {
            Ok(piece) => {
                self.sent += piece.len() as u64;
                self.part.counted.fetch_add(piece.len() as u64, Relaxed);
                self.part.bytes.add(piece.len() as u64);
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            Err(error) => {
                self.finished = true;
                let told = io::Error::other(error.to_string());
                *self.part.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                Poll::Ready(Some(Err(told)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.sent == self.part.length
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.part.length - self.sent)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::io::Write;

    use super::*;
    use crate::job::JobId;
    use crate::limits::Pipe;
    use crate::progress::Progress;

    fn part(path: &Path, offset: u64, length: u64) -> (FilePart, Arc<Progress>) {
        let progress = Arc::new(Progress::default());
        let source = Arc::new(SourceFile::open(path).unwrap());
        let bytes = ItemBytes::new(progress.clone());
        let outlet = Outlet {
            buffers: Arc::default(),
            lane: Arc::new(Pipe::default()).lane(JobId(1)),
        };
        (FilePart::new(source, (offset, length), outlet, bytes), progress)
    }

    fn pull(body: &mut FileBody) -> Option<io::Result<Bytes>> {
        let mut context = Context::from_waker(std::task::Waker::noop());
        match Pin::new(body).poll_frame(&mut context) {
            Poll::Ready(frame) => frame.map(|frame| frame.map(|frame| frame.into_data().unwrap())),
            Poll::Pending => None,
        }
    }

    fn file_of(length: usize) -> (tempfile::TempDir, PathBuf, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("source");
        let bytes: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
        std::fs::write(&path, &bytes).unwrap();
        (folder, path, bytes)
    }

    #[test]
    fn a_part_yields_its_range_and_counts_it() {
        let (_folder, path, bytes) = file_of(3 * CHUNK);
        let length = CHUNK + 1000;
        let (part, progress) = part(&path, 77, length as u64);
        let mut body = FileBody {
            part,
            sent: 0,
            claim: None,
            finished: false,
        };
        let mut got = Vec::new();
        while let Some(piece) = pull(&mut body) {
            got.extend_from_slice(&piece.unwrap());
        }
        assert!(got == bytes[77..77 + length]);
        assert_eq!(progress.bytes_done.load(Relaxed), length as u64);
        BodySource::open(&body.part).unwrap();
        assert_eq!(
            progress.bytes_done.load(Relaxed),
            0,
            "another attempt begins from nothing"
        );
    }

    #[test]
    fn the_end_of_a_changed_file_is_never_handed_out() {
        type Change = fn(&Path);
        let changes: [(&str, Change); 2] = [
            ("grown", |path| {
                drop(File::options().append(true).open(path).unwrap().write_all(b"more"));
            }),
            ("cut", |path| {
                File::options().write(true).open(path).unwrap().set_len(10).unwrap();
            }),
        ];
        for (what, change) in changes {
            let (_folder, path, _) = file_of(2 * CHUNK);
            let (part, _) = part(&path, 0, 2 * CHUNK as u64);
            let mut body = FileBody {
                part: part.clone(),
                sent: 0,
                claim: None,
                finished: false,
            };
            assert!(pull(&mut body).unwrap().is_ok());
            change(&path);
            assert!(pull(&mut body).unwrap().is_err(), "{what}");
            assert!(pull(&mut body).is_none());
            assert!(
                part.take_trouble()
                    .unwrap()
                    .to_string()
                    .ends_with("the file keeps changing while it is uploaded"),
                "{what}"
            );
        }
    }

    /// The same length within the same tick of the clock that dates files.
    #[test]
    fn l01_a_change_right_after_opening_is_noticed() {
        for _ in 0..10 {
            let (_folder, path, bytes) = file_of(100);
            let source = SourceFile::open(&path).unwrap();
            let mut file = File::options().write(true).open(&path).unwrap();
            file.write_all(&bytes[1..]).unwrap();
            assert_eq!(source.read_all().unwrap_err().kind(), ErrorKind::Conflict);
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_replaced_file_is_noticed_and_a_pipe_is_not_opened() {
        let (folder, path, bytes) = file_of(100);
        let source = SourceFile::open(&path).unwrap();
        source.check().unwrap();
        let other = folder.path().join("other");
        std::fs::write(&other, &bytes).unwrap();
        std::fs::rename(&other, &path).unwrap();
        assert_eq!(source.check().unwrap_err().kind(), ErrorKind::Conflict);
        assert_eq!(
            SourceFile::open(Path::new("/dev/null")).unwrap_err().kind(),
            ErrorKind::InvalidInput
        );
    }
}
