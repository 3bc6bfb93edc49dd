//! The bytes of one object, in one request or in ranges side by side, all of one state of the object.
//!
//! The first answer *pins* the object: its size and `ETag`. Every further request asks for that one, and what comes is
//! compared with it, because a server may ignore the question. An object that changes under way begins anew, three times
//! at the most. A connection that breaks goes on at the byte it reached.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use dipper_storage::{ByteRange, ErrorKind, GetOptions, ObjectInfo, ObjectKey, ObjectStream};
use tokio::task::JoinSet;

use crate::context::{Context, Interrupt};
use crate::crash::crash_point;
use crate::error::{Error, Result};
use crate::files::{Target, blocking};
use crate::journal::{Evidence, Item, Part};
use crate::parts::{PartPlan, parts_for};
use crate::progress::ItemBytes;
use crate::retry::ATTEMPTS;

/// How often an object may change under way before we give up.
const BEGINNINGS: u32 = 3;

/// One object on its way into one file.
#[derive(Clone)]
pub(super) struct Fetch {
    pub(super) context: Context,
    pub(super) item: Arc<Item>,
    pub(super) key: ObjectKey,
    pub(super) target: Arc<Target>,
    pub(super) bytes: ItemBytes,
}

/// Which state of the object all bytes must be of.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pin {
    size: u64,
    etag: Option<String>,
}

/// A range that is being fetched: where it is, and where it ends once that is known.
struct Range {
    begin: u64,
    at: u64,
    end: Option<u64>,
    pin: Option<Pin>,
}

impl Pin {
    fn of(info: &ObjectInfo) -> Self {
        Self {
            size: info.size,
            etag: info.etag.clone(),
        }
    }
}

impl Fetch {
    /// Writes the whole object and says how long it is.
    pub(super) async fn all(&self) -> Result<u64> {
        let mut ranges_work = true;
        let mut beginnings = 1;
        loop {
            self.bytes.reset();
            let outcome = if ranges_work && parts_for(self.item.size).count > 1 {
                self.in_ranges().await
            } else {
                self.target.resize(0)?;
                self.in_one(ranges_work).await
            };
            match outcome {
                Err(error) if error.kind() == ErrorKind::Unsupported && ranges_work => ranges_work = false,
                Err(error) if error.kind() == ErrorKind::PreconditionFailed => {
                    if beginnings == BEGINNINGS {
                        return Err(self.keeps_changing());
                    }
                    beginnings += 1;
                }
                outcome => return outcome,
            }
        }
    }

    /// Gives the file back once all ranges are done with it.
    pub(super) fn into_target(self) -> Result<Target> {
        Arc::try_unwrap(self.target).map_err(|_| Error::new(ErrorKind::Internal, "A range still writes to its file"))
    }

    /// One request from the first byte to the last; a broken one goes on in the middle where the server can do that.
    async fn in_one(&self, ranges_work: bool) -> Result<u64> {
        let mut range = Range {
            begin: 0,
            at: 0,
            end: None,
            pin: None,
        };
        self.range(&mut range, ranges_work).await?;
        Ok(range.at)
    }

    async fn in_ranges(&self) -> Result<u64> {
        let attempt = || async {
            let (client, bucket) = (&self.context.client, self.context.job.bucket());
            client.head_object(bucket, &self.key).await.map_err(Error::from)
        };
        let pin = Pin::of(&self.context.request(Interrupt::AtOnce, attempt).await?);
        let size = pin.size;
        let plan = parts_for(size);
        crash_point!("ranges.after_pin");
        let missing = Arc::new(self.missing(&pin, plan).await?);
        let next = Arc::new(AtomicUsize::new(0));
        let context = self.context.child();
        let mut workers = JoinSet::new();
        for _ in 0..context.width.min(missing.len()) {
            let (next, missing, pin) = (next.clone(), missing.clone(), pin.clone());
            let fetch = Fetch {
                context: context.clone(),
                ..self.clone()
            };
            workers.spawn(async move { fetch.some_ranges(&next, &missing, plan, &pin).await });
        }
        let mut outcome = Ok(());
        while let Some(ended) = workers.join_next().await {
            let ended = ended
                .unwrap_or_else(|error| Err(Error::new(ErrorKind::Internal, format!("A range ended badly: {error}"))));
            if ended.is_err() {
                context.cancel.cancel();
                outcome = outcome.and(ended);
            }
        }
        outcome.map(|()| size)
    }

    /// The ranges that an earlier run has not fetched of this state of the object. Where it fetched another, or nothing, the
    /// file begins anew, and that is written down.
    async fn missing(&self, pin: &Pin, plan: PartPlan) -> Result<Vec<u32>> {
        let Context { journal, job, .. } = &self.context;
        let known = match journal.reached(job.id(), self.item.number).await? {
            (Some(Evidence::Receiving { size, etag, .. }), parts)
                if size == pin.size && etag == pin.etag && etag.is_some() =>
            {
                parts
            }
            _ => Vec::new(),
        };
        if known.is_empty() || self.target.length()? != pin.size {
            self.target.resize(pin.size)?;
            journal.lose(job.id(), self.item.number).await;
            let receiving = Evidence::Receiving {
                temporary: self.target.temporary().to_owned(),
                size: pin.size,
                etag: pin.etag.clone(),
            };
            journal.reach(job.id(), self.item.number, receiving).await?;
            crash_point!("ranges.after_receiving");
            return Ok((0..plan.count).collect());
        }
        let is_there = |index: &u32| known.iter().any(|part| part.number == index + 1);
        for part in &known {
            self.bytes.add(plan.range(part.number - 1, pin.size).1);
        }
        Ok((0..plan.count).filter(|index| !is_there(index)).collect())
    }

    async fn some_ranges(&self, next: &AtomicUsize, missing: &[u32], plan: PartPlan, pin: &Pin) -> Result<()> {
        while let Some(&index) = missing.get(next.fetch_add(1, Relaxed)) {
            let (begin, length) = plan.range(index, pin.size);
            let mut range = Range {
                begin,
                at: begin,
                end: Some(begin + length),
                pin: Some(pin.clone()),
            };
            self.range(&mut range, true).await?;
            self.reached(index).await?;
        }
        Ok(())
    }

    /// A range lies in the file: that is written down once the disk has it.
    async fn reached(&self, index: u32) -> Result<()> {
        crash_point!("ranges.after_range");
        let target = self.target.clone();
        blocking(move || target.sync()).await?;
        crash_point!("ranges.after_sync");
        let part = Part {
            number: index + 1,
            etag: String::new(),
        };
        let Context { journal, job, .. } = &self.context;
        journal.part(job.id(), self.item.number, part).await;
        crash_point!("ranges.after_note");
        Ok(())
    }

    /// Fetches a range to its end. Tries are counted anew whenever bytes have come that stay.
    async fn range(&self, range: &mut Range, resume: bool) -> Result<()> {
        let mut failed = 0;
        loop {
            let before = range.at;
            let permit = self
                .context
                .unless_cancelled(self.context.connections.acquire())
                .await?;
            let outcome = self.context.unless_cancelled(self.stretch(range)).await.flatten();
            drop(permit);
            let error = match outcome {
                Err(error) if error.kind().is_retryable() => error,
                outcome => return outcome,
            };
            failed = if resume && range.at > before { 1 } else { failed + 1 };
            if failed >= ATTEMPTS {
                return Err(error);
            }
            if !resume {
                self.bytes.take_back(range.at - range.begin);
                range.at = range.begin;
            }
            self.context.pause(Interrupt::AtOnce, failed, &error).await?;
        }
    }

    /// One request: writes what comes and moves `range.at` along.
    async fn stretch(&self, range: &mut Range) -> Result<()> {
        let mut stream = self.open(range).await?;
        let pin = Pin::of(&stream.info);
        if range.pin.as_ref().is_some_and(|pinned| *pinned != pin) {
            return Err(Error::new(
                ErrorKind::PreconditionFailed,
                "The object is another one than before",
            ));
        }
        let end = *range.end.get_or_insert(pin.size);
        range.pin = Some(pin);
        check_extent(&stream, range.at, end)?;
        while let Some(piece) = stream.next().await? {
            self.target.write_at(&piece, range.at)?;
            range.at += piece.len() as u64;
            self.bytes.add(piece.len() as u64);
        }
        if range.at != end {
            return Err(Error::new(
                ErrorKind::Corrupt,
                format!("The answer ended at byte {} instead of {end}", range.at),
            ));
        }
        Ok(())
    }

    async fn open(&self, range: &Range) -> Result<ObjectStream> {
        let whole = range.at == 0
            && range
                .end
                .is_none_or(|end| range.pin.as_ref().is_some_and(|pin| pin.size == end));
        let last = range.end.map(|end| end.saturating_sub(1));
        let options = GetOptions {
            range: (!whole).then(|| {
                last.map_or(ByteRange::From(range.at), |last| ByteRange::Between {
                    first: range.at,
                    last,
                })
            }),
            if_match: range.pin.as_ref().and_then(|pin| pin.etag.clone()),
            version: None,
        };
        let (client, bucket) = (&self.context.client, self.context.job.bucket());
        Ok(client.get_object(bucket, &self.key, &options).await?)
    }

    fn keeps_changing(&self) -> Error {
        let message = format!(
            "Could not download `{}`: the object keeps changing while it is read",
            self.key
        );
        Error::new(ErrorKind::Conflict, message).with_hint("Retry when nobody writes to it any more.")
    }
}

/// Fails unless the answer holds exactly the bytes asked for: some servers send others and say so only in a header.
fn check_extent(stream: &ObjectStream, at: u64, end: u64) -> Result<()> {
    let promised = stream
        .content_range
        .map_or((0, stream.length), |range| (range.first, range.last.saturating_add(1)));
    if promised == (at, end) && stream.length == end - at {
        return Ok(());
    }
    let (first, last) = promised;
    let message = format!("The server sent the bytes from {first} to {last} when asked for {at} to {end}");
    Err(Error::new(ErrorKind::Corrupt, message))
}
