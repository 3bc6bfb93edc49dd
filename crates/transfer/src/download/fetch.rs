//! The bytes of one object, in one request or in ranges side by side, all of one state of the object.
//!
//! The first answer *pins* the object: its size and `ETag`. Every further request asks for that one, and what comes is
//! compared with it, because a server may ignore the question. An object that changes under way begins anew, three times
//! at the most. A connection that breaks goes on at the byte it reached.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use dipper_storage::{ByteRange, ErrorKind, GetOptions, Hasher, ObjectInfo, ObjectKey, ObjectStream, Proof};
use tokio::task::JoinSet;

use super::landing::Landing;
use super::verify::{Verified, holds, proof_of_one, proof_of_ranges};
use crate::context::{Context, Interrupt};
use crate::crash::crash_point;
use crate::error::{Error, Result};
use crate::files::blocking;
use crate::journal::{Evidence, Item, Part};
use crate::line::Blame;
use crate::parts::{PartPlan, parts_for};
use crate::progress::ItemBytes;
use crate::retry::Tries;

/// Ranges of one object that are fetched at a time: more are no faster, and each has buffers of its own.
const RANGES: usize = 8;
/// How often an object may change under way before we give up.
const BEGINNINGS: u32 = 3;

/// One object on its way into one file.
#[derive(Clone)]
pub(super) struct Fetch {
    pub(super) context: Context,
    pub(super) item: Arc<Item>,
    pub(super) key: ObjectKey,
    pub(super) landing: Arc<Landing>,
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
            let outcome = if ranges_work && parts_for(self.item.size).count > 1 {
                self.in_ranges().await
            } else {
                self.landing.resize(0)?;
                self.in_one(ranges_work).await
            };
            match outcome {
                Ok(Outcome::Whole(fetched)) => return Ok(fetched),
                Ok(Outcome::Damaged) if damaged => return Err(self.is_damaged()),
                Ok(Outcome::Damaged) => {
                    damaged = true;
                    self.context.journal.lose(self.context.job.id(), self.item.number).await;
                }
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

    /// Gives back where the bytes landed, once all ranges are done with it.
    pub(super) fn into_landing(self) -> Result<Landing> {
        Arc::try_unwrap(self.landing).map_err(|_| Error::new(ErrorKind::Internal, "A range still writes to its file"))
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
        let (client, bucket) = (&self.context.client, self.context.job.bucket());
        let attempt = || async {
            let info = client.head_object_with_checksums(bucket, &self.key).await;
            info.map_err(Error::from)
        };
        let info = self.context.request(Interrupt::AtOnce, attempt).await?;
        let (pin, proof) = (Pin::of(&info), proof_of_ranges(&info));
        let plan = parts_for(pin.size);
        crash_point!("ranges.after_pin");
        let missing = Arc::new(self.missing(&pin, plan).await?);
        // Small objects are not asked about: they find out soon enough by themselves.
        self.landing
            .file()?
            .has_room(missing.iter().map(|index| plan.range(*index, pin.size).1).sum())?;
        let next = Arc::new(AtomicUsize::new(0));
        let context = self.context.child();
        let mut workers = JoinSet::new();
        for _ in 0..context.width.min(RANGES).min(missing.len()) {
            let (next, missing, pin, proof) = (next.clone(), missing.clone(), pin.clone(), proof.clone());
            let fetch = Fetch {
                context: context.clone(),
                ..self.clone()
            };
            workers.spawn(async move { fetch.some_ranges(&next, &missing, (plan, &pin), proof.as_ref()).await });
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
        let mut seen = seen?;
        if let Some(proof) = &proof {
            seen.extend(self.seen_before(&missing, plan, pin.size, proof).await?);
        }
        let holds = proof.as_ref().is_none_or(|proof| holds(proof, seen));
        Ok(Outcome::of(pin.size, proof.as_ref(), holds))
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
        if known.is_empty() || self.landing.file()?.length()? != pin.size {
            self.landing.resize(pin.size)?;
            journal.lose(job.id(), self.item.number).await;
            let receiving = Evidence::Receiving {
                temporary: self.landing.file()?.temporary().to_owned(),
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

    /// Fetches ranges until there are no more, and hands back what they come to.
    async fn some_ranges(
        &self,
        next: &AtomicUsize,
        missing: &[u32],
        (plan, pin): (PartPlan, &Pin),
        proof: Option<&Proof>,
    ) -> Result<Vec<(u64, Hasher)>> {
        let mut seen = Vec::new();
        while let Some(&index) = missing.get(next.fetch_add(1, Relaxed)) {
            let (begin, length) = plan.range(index, pin.size);
            let mut range = Range::new(begin, Some(begin + length), Some(pin.clone()), proof.cloned());
            self.range(&mut range, true).await?;
            seen.extend(range.seen.map(|hasher| (begin, hasher)));
            self.reached(index).await?;
        }
        Ok(seen)
    }

    /// What the ranges of an earlier run come to: read again, which tells of a disk that lost them too.
    async fn seen_before(
        &self,
        missing: &[u32],
        plan: PartPlan,
        size: u64,
        proof: &Proof,
    ) -> Result<Vec<(u64, Hasher)>> {
        let mut seen = Vec::new();
        for index in (0..plan.count).filter(|index| !missing.contains(index)) {
            let (begin, length) = plan.range(index, size);
            let (landing, mut hasher) = (self.landing.clone(), proof.hasher());
            let hasher = blocking(move || {
                landing.file()?.read(begin, length, |piece| hasher.update(piece))?;
                Ok(hasher)
            });
            seen.push((begin, hasher.await?));
        }
        Ok(seen)
    }

    /// A range lies in the file: that is written down once the disk has it.
    async fn reached(&self, index: u32) -> Result<()> {
        crash_point!("ranges.after_range");
        let landing = self.landing.clone();
        blocking(move || landing.file()?.sync()).await?;
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
        let mut tries = Tries::default();
        loop {
            let before = range.at;
            let length = range.end.unwrap_or(self.item.size).saturating_sub(range.at);
            let _body = self.context.unless_cancelled(self.context.down.body(length)).await?;
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
            self.context.down.spend(piece.len()).await;
            self.landing.write_at(&piece, range.at)?;
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
        if size == self.item.size {
            return Ok(());
        }
        let told = self
            .context
            .client
            .head_object(self.context.job.bucket(), &self.key)
            .await?
            .size;
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
        let (client, bucket) = (&self.context.client, self.context.job.bucket());
        Ok(client.get_object(bucket, &self.key, &options).await?)
    }

    fn is_damaged(&self) -> Error {
        let message = format!(
            "Could not download `{}`: what arrives is not what the server says it keeps",
            self.key
        );
        Error::new(ErrorKind::Corrupt, message)
            .with_hint("Retry; if it stays, the object is damaged on the server or something between changes it.")
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
pub(crate) fn check_extent(stream: &ObjectStream, at: u64, end: u64) -> Result<()> {
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
