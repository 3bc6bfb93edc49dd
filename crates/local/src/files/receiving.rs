//! A body on its way into a file: written as it comes, checked, synced, and only then given its place. Whatever goes wrong
//! before a row points at the file leaves nothing behind.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use s3s::dto::StreamingBlob;
use s3s::stream::ByteStream as _;
use s3s::{S3Error, S3ErrorCode};
use tokio::sync::mpsc;

use super::{FileId, Files, remove_soon};
use crate::digest::{Digest, Expected, Hasher};
use crate::failure::{Failure, custom};
use crate::folder::{private_file, sync_dir};

/// Pieces of a body waiting to be written, per upload; hyper's are at most a few hundred KiB.
const PIECES_IN_FLIGHT: usize = 4;

/// The largest body of one request, as on S3.
const MAX_BODY: u64 = 5 * 1024 * 1024 * 1024;

impl Files {
    /// Receives a body into a new file and checks it against what the client said about it.
    ///
    /// Dropping the future, a broken connection and a wrong checksum leave nothing behind.
    pub(crate) async fn receive(self: &Arc<Self>, body: Incoming) -> Result<Received, Failure> {
        let _permit = self.receiving.acquire().await.map_err(|_| Failure::Closing)?;
        let (sender, receiver) = mpsc::channel(PIECES_IN_FLIGHT);
        let files = Arc::clone(self);
        let hasher = body.expected.hasher();
        let writing = tokio::task::spawn_blocking(move || files.write(receiver, hasher));
        let forwarded = forward(body.stream, sender, body.length).await;
        let written = writing.await.map_err(|_| Failure::Closing)?;
        forwarded?;
        let arrived = written?;
        body.expected.verify(&arrived.digest)?;
        Ok(arrived)
    }

    /// Writes pieces until the end is announced. A channel that closes without it is an upload that broke off.
    fn write(self: &Arc<Self>, mut pieces: mpsc::Receiver<Piece>, mut hasher: Hasher) -> Result<Received, Failure> {
        let mut writing: Option<Writing> = None;
        let mut size = 0_u64;
        loop {
            match pieces.blocking_recv() {
                Some(Piece::Bytes(bytes)) => {
                    let writing = match &mut writing {
                        Some(writing) => writing,
                        None => writing.insert(Writing::create(self)?),
                    };
                    writing.file.write_all(&bytes)?;
                    hasher.update(&bytes);
                    size += bytes.len() as u64;
                }
                Some(Piece::End) => break,
                None => return Err(incomplete().into()),
            }
        }
        let file = writing.map(Writing::finish).transpose()?;
        Ok(Received {
            file,
            size,
            digest: hasher.finish(),
        })
    }
}

/// A request's body on its way into a file.
pub(crate) struct Incoming {
    pub(crate) stream: StreamingBlob,
    /// The length the client announced.
    pub(crate) length: Option<u64>,
    pub(crate) expected: Expected,
}

/// A body that arrived whole and is safe on the disk. Dropping it removes the file.
#[derive(Debug)]
pub(crate) struct Received {
    /// None for an empty body, which needs no file.
    pub(crate) file: Option<NewFile>,
    pub(crate) size: u64,
    pub(crate) digest: Digest,
}

enum Piece {
    Bytes(Bytes),
    End,
}

async fn forward(mut body: StreamingBlob, pieces: mpsc::Sender<Piece>, announced: Option<u64>) -> Result<(), Failure> {
    let announced = announced.or_else(|| body.remaining_length().exact().map(|length| length as u64));
    if announced.is_some_and(|length| length > MAX_BODY) {
        return Err(too_large().into());
    }
    let mut size = 0_u64;
    while let Some(bytes) = body.next().await {
        let bytes = bytes.map_err(|error| broken_body(error.as_ref()))?;
        size += bytes.len() as u64;
        if size > MAX_BODY {
            return Err(too_large().into());
        }
        if pieces.send(Piece::Bytes(bytes)).await.is_err() {
            return Ok(()); // the writer failed and says why
        }
    }
    if announced.is_some_and(|length| length != size) {
        return Err(incomplete().into());
    }
    // Not sending this is what tells the writer that the body broke off.
    let _writer_failed = pieces.send(Piece::End).await;
    Ok(())
}

fn incomplete() -> S3Error {
    S3Error::with_message(
        S3ErrorCode::IncompleteBody,
        "The body ended before all announced bytes had arrived.",
    )
}

fn too_large() -> S3Error {
    S3Error::with_message(S3ErrorCode::EntityTooLarge, "One request can carry at most 5 GiB.")
}

/// s3s verifies the payload hash and chunk signatures while the body streams, and its error types are private: their
/// text is the only thing that tells a wrong hash from a broken connection.
fn broken_body(error: &(dyn std::error::Error + Send + Sync)) -> S3Error {
    let text = error.to_string();
    if text.contains("Sha256Mismatch") {
        let message = "The x-amz-content-sha256 header does not match the data that arrived.";
        return custom("XAmzContentSHA256Mismatch", http::StatusCode::BAD_REQUEST, message);
    }
    if text.contains("SignatureMismatch") {
        return S3Error::with_message(
            S3ErrorCode::SignatureDoesNotMatch,
            "A chunk of the body is not signed correctly.",
        );
    }
    incomplete()
}

/// A file being received into `incoming`.
struct Writing {
    file: File,
    path: PathBuf,
    new: NewFile,
}

impl Writing {
    fn create(files: &Arc<Files>) -> Result<Self, Failure> {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let id = hex::encode(random);
        let path = files.folder.incoming().join(&id);
        let mut options = OpenOptions::new();
        let file = private_file(options.create_new(true).write(true)).open(&path)?;
        Ok(Self {
            file,
            new: NewFile {
                files: Arc::clone(files),
                id: Some(id),
                path: path.clone(),
            },
            path,
        })
    }

    fn finish(mut self) -> Result<NewFile, Failure> {
        self.file.sync_all()?;
        let files = Arc::clone(&self.new.files);
        let path = files.path(self.new.id());
        fs::rename(&self.path, &path)?;
        self.new.path.clone_from(&path);
        sync_dir(path.parent().unwrap_or(&path))?;
        Ok(self.new)
    }
}

/// A file no row points at yet: dropping this removes it, unless it was kept.
#[derive(Debug)]
pub(crate) struct NewFile {
    files: Arc<Files>,
    id: Option<FileId>,
    path: PathBuf,
}

impl NewFile {
    pub(crate) fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }

    /// A row points at it now.
    pub(crate) fn keep(mut self) {
        self.id = None;
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if self.id.is_some() {
            remove_soon(std::mem::take(&mut self.path), Arc::clone(&self.files));
        }
    }
}
