//! The bytes of one object, in one request or in ranges side by side, all of one state of the object.
//!
//! The first answer *pins* the object: its size and `ETag`. Every further request asks for that one, and what comes is
//! compared with it, because a server may ignore the question. An object that changes under way begins anew, three times
//! at the most. A connection that breaks goes on at the byte it reached.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use dipper_storage::{BucketName, ByteRange, Client, ErrorKind, GetOptions, Hasher, ObjectInfo, ObjectStream, Proof};
use tokio::task::JoinSet;

use super::verify::{Verified, holds, proof_of_one, proof_of_ranges};
use crate::context::{Context, Interrupt};
use crate::error::{Error, Result};
use crate::files::Target;
use crate::line::Blame;
use crate::parts::{PartPlan, parts_for};
use crate::progress::ItemBytes;
use crate::retry::Tries;
use crate::targets::Object;

/// How often an object may change under way before we give up.
const BEGINNINGS: u32 = 3;

/// One object on its way into one file.
#[derive(Clone)]
pub(super) struct Fetch {
    pub(super) context: Context,
    pub(super) client: Client,
    pub(super) bucket: BucketName,
    pub(super) object: Object,
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
    /// What the bytes are held against in the end, and what they come to so far.
    proof: Option<Proof>,
    seen: Option<Hasher>,
    /// It has crawled once, and may.
    however_slow: bool,
}

/// An object that is in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fetched {
    pub(super) size: u64,
    pub(super) verified: Verified,
}

/// What came of fetching the whole of it.
enum Outcome {
    Whole(Fetched),
    /// All bytes are there, and they are not the object's.
    Damaged,
}

impl Outcome {
    fn of(size: u64, proof: Option<&Proof>, holds: bool) -> Self {
        if !holds {
            return Self::Damaged;
        }
        Self::Whole(Fetched {
            size,
            verified: Verified::by(proof),
        })
    }
}

impl Pin {
    fn of(info: &ObjectInfo) -> Self {
        Self {
            size: info.size,
            etag: info.etag.clone(),
        }
    }
}

impl Range {
    fn new(begin: u64, end: Option<u64>, pin: Option<Pin>, proof: Option<Proof>) -> Self {
        Self {
            begin,
            at: begin,
            end,
            pin,
            proof,
            seen: None,
            however_slow: false,
        }
    }

    fn begin_again(&mut self) {
        self.at = self.begin;
        self.seen = None;
    }
}

impl Fetch {
    /// Writes the whole object, and says how long it is and how that was verified. Damaged bytes are fetched once more.
    pub(super) async fn all(&self) -> Result<Fetched> {
        let mut ranges_work = true;
        let mut beginnings = 1;
        let mut damaged = false;
        loop {
            self.bytes.reset();
            let outcome = if ranges_work && parts_for(self.object.size).count > 1 {
                self.in_ranges().await
            } else {
                self.target.resize(0)?;
                self.in_one(ranges_work).await
            };
            match outcome {
                Ok(Outcome::Whole(fetched)) => return Ok(fetched),
                Ok(Outcome::Damaged) if damaged => return Err(self.is_damaged()),
                Ok(Outcome::Damaged) => damaged = true,
                Err(error) if error.kind() == ErrorKind::Unsupported && ranges_work => ranges_work = false,
                Err(error) if error.kind() == ErrorKind::PreconditionFailed => {
                    if beginnings == BEGINNINGS {
                        return Err(self.keeps_changing());
                    }
                    beginnings += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives the file back once all ranges are done with it.
    pub(super) fn into_target(self) -> Result<Target> {
        Arc::try_unwrap(self.target).map_err(|_| Error::new(ErrorKind::Internal, "A range still writes to its file"))
    }

    /// One request from the first byte to the last; a broken one goes on in the middle where the server can do that.
    async fn in_one(&self, ranges_work: bool) -> Result<Outcome> {
        let mut range = Range::new(0, None, None, None);
        self.range(&mut range, ranges_work).await?;
        let holds = match (&range.proof, range.seen.take()) {
            (Some(proof), Some(seen)) => proof.holds(seen),
            _ => true,
        };
        Ok(Outcome::of(range.at, range.proof.as_ref(), holds))
    }

    async fn in_ranges(&self) -> Result<Outcome> {
        let (client, bucket, key) = (&self.client, &self.bucket, &self.object.key);
        let attempt = || async {
            client
                .head_object_with_checksums(bucket, key)
                .await
                .map_err(Error::from)
        };
        let info = self.context.request(Interrupt::AtOnce, attempt).await?;
        let (pin, proof) = (Pin::of(&info), proof_of_ranges(&info));
        self.target.resize(pin.size)?;
        let plan = parts_for(pin.size);
        let next = Arc::new(AtomicU32::new(0));
        let context = self.context.child();
        let mut workers = JoinSet::new();
        for _ in 0..context.width.min(plan.count as usize) {
            let (next, pin, proof) = (next.clone(), pin.clone(), proof.clone());
            let fetch = Fetch {
                context: context.clone(),
                ..self.clone()
            };
            workers.spawn(async move { fetch.some_ranges(&next, plan, &pin, proof.as_ref()).await });
        }
        let mut seen = Ok(Vec::new());
        while let Some(ended) = workers.join_next().await {
            let ended = ended
                .unwrap_or_else(|error| Err(Error::new(ErrorKind::Internal, format!("A range ended badly: {error}"))));
            match (ended, &mut seen) {
                (Ok(ranges), Ok(seen)) => seen.extend(ranges),
                (Ok(_), Err(_)) => {}
                (Err(error), _) => {
                    context.cancel.cancel();
                    seen = seen.and(Err(error));
                }
            }
        }
        let seen = seen?;
        let holds = proof.as_ref().is_none_or(|proof| holds(proof, seen));
        Ok(Outcome::of(pin.size, proof.as_ref(), holds))
    }

    /// Fetches ranges until there are no more, and hands back what they come to.
    async fn some_ranges(
        &self,
        next: &AtomicU32,
        plan: PartPlan,
        pin: &Pin,
        proof: Option<&Proof>,
    ) -> Result<Vec<(u64, Hasher)>> {
        let mut seen = Vec::new();
        loop {
            let index = next.fetch_add(1, Relaxed);
            if index >= plan.count {
                return Ok(seen);
            }
            let (begin, length) = plan.range(index, pin.size);
            let mut range = Range::new(begin, Some(begin + length), Some(pin.clone()), proof.cloned());
            self.range(&mut range, true).await?;
            seen.extend(range.seen.map(|hasher| (begin, hasher)));
        }
    }

    /// Fetches a range to its end. Tries are counted anew whenever bytes have come that stay.
    async fn range(&self, range: &mut Range, resume: bool) -> Result<()> {
        let mut tries = Tries::default();
        loop {
            let before = range.at;
            let permit = self.context.permit().await?;
            let outcome = self.context.unless_cancelled(self.stretch(range)).await.flatten();
            let moved = resume && range.at > before;
            if moved {
                tries.begin_anew();
            }
            let blame = permit.ended(&outcome, !moved && tries.failed() == 0);
            let error = match outcome {
                Err(error) if tries.go_on(&error, blame, self.context.patience()) => error,
                outcome => return outcome,
            };
            let crawled = error.storage().is_some_and(dipper_storage::Error::is_crawl);
            range.however_slow |= crawled;
            if !resume {
                self.bytes.take_back(range.at - range.begin);
                range.begin_again();
            }
            if blame == Blame::Request && !crawled {
                self.context.pause(Interrupt::AtOnce, tries.failed(), &error).await?;
            }
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
        if range.pin.is_none() {
            self.check_size(pin.size).await?;
            range.proof = proof_of_one(&stream.info);
        }
        let end = *range.end.get_or_insert(pin.size);
        range.pin = Some(pin);
        check_extent(&stream, range.at, end)?;
        if range.at == range.begin {
            range.seen = range.proof.as_ref().map(Proof::hasher);
        }
        while let Some(piece) = stream.next().await? {
            self.target.write_at(&piece, range.at)?;
            if let Some(seen) = &mut range.seen {
                seen.update(&piece);
            }
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

    /// Asks again where an answer has another size than the list: the object may be a new one, or the answer cut in a way
    /// that looks complete.
    async fn check_size(&self, size: u64) -> Result<()> {
        if size == self.object.size {
            return Ok(());
        }
        let told = self.client.head_object(&self.bucket, &self.object.key).await?.size;
        if told == size {
            return Ok(());
        }
        let message = format!("The answer has {size} bytes, and the object {told}");
        Err(Error::new(ErrorKind::Corrupt, message))
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
            however_slow: range.however_slow,
        };
        Ok(self.client.get_object(&self.bucket, &self.object.key, &options).await?)
    }

    fn is_damaged(&self) -> Error {
        let message = format!(
            "Could not download `{}`: what arrives is not what the server says it keeps",
            self.object.key
        );
        Error::new(ErrorKind::Corrupt, message)
            .with_hint("Retry; if it stays, the object is damaged on the server or something between changes it.")
    }

    fn keeps_changing(&self) -> Error {
        let message = format!(
            "Could not download `{}`: the object keeps changing while it is read",
            self.object.key
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
