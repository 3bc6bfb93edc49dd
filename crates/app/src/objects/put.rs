//! An object out of a stream whose length nobody knows: a pipe, a backup that is being made.
//!
//! What fits into one part goes in one request. More goes in parts that are filled one after the other and sent a few at a
//! time, so memory is bounded by [`IN_FLIGHT`] and one part that is being filled, and nothing touches a disk. Whatever
//! ends it early, an error or a dropped future, the parts on the server are thrown away: the object appears whole or not
//! at all.

use std::time::Duration;

use bytes::Bytes;
use dipper_storage::{
    BucketName, Client, CompletedPart, ErrorKind as StorageKind, MAX_PARTS, ObjectKey, PutOptions, UploadBody, UploadId,
};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::task::JoinSet;
use tokio_util::task::TaskTracker;

use crate::error::{Error, ErrorKind, Result};
use crate::names;
use crate::{AccountId, App, UploadAccess};

const OPERATION: &str = "putObject";
/// The first parts: below this size nothing is sent in parts.
const PART: usize = 16 * 1024 * 1024;
/// After so many parts they double in size, so that 10,000 of them hold the largest object there can be, 5 TiB.
const PARTS_OF_ONE_SIZE: u32 = 1_000;
/// 16 MiB doubled so often is 4 GiB; one part may have 5.
const MOST_DOUBLINGS: u32 = 8;
/// As many bytes are on their way at a time, in four parts at most; one part always is.
const IN_FLIGHT: usize = 64 * 1024 * 1024;
const MOST_AT_ONCE: usize = 4;
/// How often a request is tried, and the wait after the first failure; each further one is twice as long.
const ATTEMPTS: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// The server gets this long to throw the parts away.
const ABORT_PATIENCE: Duration = Duration::from_secs(10);

/// An object to make from a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutObject {
    /// The account.
    pub account_id: AccountId,
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// Its content type; `None` decides by the key's extension.
    pub content_type: Option<String>,
    /// Who may read it.
    pub access: UploadAccess,
    /// Whether an object that has this key is replaced; else that is a [`Conflict`](ErrorKind::Conflict).
    pub replace: bool,
}

impl App {
    /// Stores everything that `source` yields, byte for byte, and gives the number of bytes. When the future is dropped,
    /// parts that were sent are thrown away in the background; [`App::shut_down`] waits for that.
    pub async fn put_object(&self, object: &PutObject, mut source: impl AsyncRead + Send + Unpin) -> Result<u64> {
        let put = Put {
            client: self.client(&object.account_id).await?,
            bucket: BucketName::parse(&object.bucket)?,
            key: ObjectKey::parse(&object.key)?,
        };
        if !object.replace {
            put.refuse_taken().await?;
        }
        let guessed = || dipper_transfer::content_type_of(&object.key).to_owned();
        let mut options = PutOptions {
            content_type: Some(object.content_type.clone().unwrap_or_else(guessed)),
            canned_acl: object.access.canned(),
            if_none_match: !object.replace,
            ..PutOptions::default()
        };
        let first = fill(&mut source, PART).await?;
        if first.len() == PART {
            return put.in_parts(first, source, &options, &self.parts.work.cleanups).await;
        }
        let length = first.len() as u64;
        let mut sent = put.whole(&first, &options).await;
        // A server without conditional writes: the look just before has to do.
        if options.if_none_match && sent.as_ref().is_err_and(|error| error.kind() == ErrorKind::Unsupported) {
            options.if_none_match = false;
            sent = put.whole(&first, &options).await;
        }
        sent.map(|()| length).map_err(|error| put.if_taken(error))
    }
}

/// Where an object goes.
#[derive(Clone)]
struct Put {
    client: Client,
    bucket: BucketName,
    key: ObjectKey,
}

impl Put {
    async fn refuse_taken(&self) -> Result<()> {
        match self.client.head_object(&self.bucket, &self.key).await {
            Ok(_) => Err(self.taken()),
            Err(error) if error.kind() == StorageKind::NotFound && error.s3_code() != Some("NoSuchBucket") => Ok(()),
            // These keys may write and not look: the condition of the write has to do.
            Err(error) if error.kind() == StorageKind::AccessDenied => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn taken(&self) -> Error {
        let message = format!(
            "Nothing was written: “{}” exists in bucket “{}”.",
            names::shown(self.key.as_str()),
            self.bucket
        );
        let error = Error::new(ErrorKind::Conflict, OPERATION, message).with_hint("Replace it, or choose another key.");
        error.with_bucket(self.bucket.as_str()).with_key(self.key.as_str())
    }

    fn if_taken(&self, error: Error) -> Error {
        match error.kind() {
            ErrorKind::PreconditionFailed => self.taken().with_source(error),
            _ => error,
        }
    }

    async fn whole(&self, bytes: &Bytes, options: &PutOptions) -> Result<()> {
        let attempt = || async {
            let body = UploadBody::bytes(bytes.clone());
            self.client.put_object(&self.bucket, &self.key, body, options).await
        };
        patiently(attempt).await.map(drop)
    }

    async fn in_parts(
        &self,
        first: Bytes,
        mut source: impl AsyncRead + Send + Unpin,
        options: &PutOptions,
        cleanups: &TaskTracker,
    ) -> Result<u64> {
        let started = patiently(|| self.client.create_multipart_upload(&self.bucket, &self.key, options)).await?;
        let unfinished = Unfinished {
            put: self.clone(),
            upload: Some(started.clone()),
            cleanups: cleanups.clone(),
        };
        let mut sending = JoinSet::new();
        let mut stored = Vec::new();
        let (mut number, mut length, mut part) = (1, 0, first);
        while !part.is_empty() {
            length += part.len() as u64;
            while sending.len() >= at_once(part.len()) {
                joined(&mut sending, &mut stored).await?;
            }
            sending.spawn(self.clone().part(started.clone(), number, part));
            number += 1;
            if number > MAX_PARTS {
                return Err(self.too_long());
            }
            part = fill(&mut source, part_size(number)).await?;
        }
        while !sending.is_empty() {
            joined(&mut sending, &mut stored).await?;
        }
        stored.sort_by_key(|part| part.number);
        let completed = self
            .client
            .complete_multipart_upload(&self.bucket, &self.key, &started, &stored, options)
            .await;
        completed.map_err(|error| self.if_taken(error.into()))?;
        unfinished.finished();
        Ok(length)
    }

    async fn part(self, upload: UploadId, number: u32, bytes: Bytes) -> Result<CompletedPart> {
        let attempt = || {
            let body = UploadBody::bytes(bytes.clone());
            self.client.upload_part(&self.bucket, &self.key, &upload, number, body)
        };
        let stored = patiently(attempt).await?;
        Ok(CompletedPart {
            number,
            etag: stored.etag,
        })
    }

    fn too_long(&self) -> Error {
        let message = "Nothing was written: there are more bytes than the 5 TiB that one object can hold.";
        Error::new(ErrorKind::InvalidInput, OPERATION, message).with_key(self.key.as_str())
    }
}

/// An upload in parts that has to be thrown away unless it is finished.
struct Unfinished {
    put: Put,
    upload: Option<UploadId>,
    cleanups: TaskTracker,
}

impl Unfinished {
    fn finished(mut self) {
        self.upload = None;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let (Some(upload), Ok(runtime)) = (self.upload.take(), tokio::runtime::Handle::try_current()) else {
            return;
        };
        let Put { client, bucket, key } = self.put.clone();
        let abort = async move {
            let abort = client.abort_multipart_upload(&bucket, &key, &upload);
            if !matches!(tokio::time::timeout(ABORT_PATIENCE, abort).await, Ok(Ok(()))) {
                tracing::warn!(%key, %upload, "an unfinished upload stays behind on the server");
            }
        };
        self.cleanups.spawn_on(abort, &runtime);
    }
}

/// One part that has ended.
async fn joined(sending: &mut JoinSet<Result<CompletedPart>>, stored: &mut Vec<CompletedPart>) -> Result<()> {
    if let Some(ended) = sending.join_next().await {
        stored.push(ended.map_err(|cause| Error::internal(OPERATION, cause))??);
    }
    Ok(())
}

/// The next `size` bytes; fewer only at the end.
async fn fill(source: &mut (impl AsyncRead + Unpin), size: usize) -> Result<Bytes> {
    let mut bytes = Vec::new();
    let mut rest = source.take(size as u64);
    rest.read_to_end(&mut bytes).await.map_err(|cause| {
        let message = format!("Nothing was written: what should be stored could not be read ({cause}).");
        Error::new(ErrorKind::LocalIo, OPERATION, message).with_source(cause)
    })?;
    Ok(Bytes::from(bytes))
}

fn part_size(number: u32) -> usize {
    PART << (number.saturating_sub(1) / PARTS_OF_ONE_SIZE).min(MOST_DOUBLINGS)
}

fn at_once(part: usize) -> usize {
    (IN_FLIGHT / part.max(1)).clamp(1, MOST_AT_ONCE)
}

/// Tries again what may help to try again.
async fn patiently<T, F>(mut attempt: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = dipper_storage::Result<T>>,
{
    let mut wait = FIRST_WAIT;
    for _ in 1..ATTEMPTS {
        match attempt().await {
            Err(error) if error.kind().is_retryable() => {
                tokio::time::sleep(error.retry_after().unwrap_or(wait)).await;
                wait *= 2;
            }
            outcome => return Ok(outcome?),
        }
    }
    Ok(attempt().await?)
}

#[cfg(test)]
mod tests {
    use dipper_storage::{MAX_OBJECT_SIZE, MAX_PUT_SIZE};

    use super::*;

    #[test]
    fn ten_thousand_parts_hold_the_largest_object_and_none_is_too_large() {
        let all: u64 = (1..=MAX_PARTS).map(|number| part_size(number) as u64).sum();
        assert!(all >= MAX_OBJECT_SIZE, "{all}");
        assert!(part_size(MAX_PARTS) as u64 <= MAX_PUT_SIZE);
        assert_eq!(
            (part_size(1), part_size(1_000), part_size(1_001)),
            (PART, PART, 2 * PART)
        );
    }

    #[test]
    fn large_parts_go_one_at_a_time() {
        assert_eq!((at_once(PART), at_once(4 * PART), at_once(64 * PART)), (4, 1, 1));
    }
}
