//! A job as others see it: its id, its state, its figures, what went wrong.

use std::fmt;

use dipper_storage::{BucketName, ErrorKind};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::line::LineStatus;

/// Names one job of an engine. Never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub(crate) u64);

impl JobId {
    /// The number, to send over a wire.
    pub fn get(self) -> u64 {
        self.0
    }

    /// The id of a number that came over a wire. An engine that gave out no such number knows no such job.
    pub fn from_number(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// Files to objects.
    Upload,
    /// Objects to files.
    Download,
    /// Objects to other keys.
    Copy,
    /// Objects to other keys, and then away from where they were.
    Move,
    /// Objects away.
    Delete,
    /// Objects and bucket away.
    EmptyAndDeleteBucket,
    /// A canned ACL on existing objects.
    SetAcl,
}

/// Where an item of a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemStanding {
    /// Nothing was done yet.
    Waiting,
    /// Its turn has come, or had come when the work was interrupted.
    Begun,
    /// It is done.
    Done,
    /// Its name was taken, and that meant to leave it.
    Skipped,
    /// It failed.
    Failed,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobState {
    /// Waits for its turn.
    Queued,
    /// Works.
    Running,
    /// Waits for somebody's word; what was reached is kept.
    Paused,
    /// Every item is done or skipped.
    Done,
    /// Ended, and at least one item failed.
    Failed,
    /// Was cancelled; what was done until then stays done.
    Cancelled,
}

impl JobState {
    /// Whether the job has ended.
    pub fn is_finished(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// A job at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct JobSnapshot {
    /// Which job.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// The account's name.
    pub account: String,
    /// The bucket; of a copy, the one it goes to.
    pub bucket: BucketName,
    /// The account whose objects are copied, where it is a copy.
    pub from_account: Option<String>,
    /// What moves: `hello.txt`, or `7 files`.
    pub title: String,
    /// From or to where: `to field-photos/2026/`.
    pub place: String,
    /// Where it stands.
    pub state: JobState,
    /// Items known so far; grows while prefixes are listed.
    pub items_total: u64,
    /// Items that are done.
    pub items_done: u64,
    /// Items that failed.
    pub items_failed: u64,
    /// Items that were skipped because their name was taken.
    pub items_skipped: u64,
    /// Bytes in all; `None` while prefixes are still being listed, or where bytes mean nothing.
    pub bytes_total: Option<u64>,
    /// Bytes moved.
    pub bytes_done: u64,
    /// Bytes a second over the last few seconds.
    pub bytes_per_second: u64,
    /// Seconds to the end at this speed.
    pub seconds_left: Option<u64>,
    /// When it began to work.
    pub started_at: Option<OffsetDateTime>,
    /// When it ended.
    pub finished_at: Option<OffsetDateTime>,
    /// Orders the jobs that wait: the one with the smallest is next.
    pub turn: u64,
    /// What it waits for while it works: the network, a busy server, new credentials.
    pub waits: Option<LineStatus>,
    /// What went wrong, the first hundred.
    pub errors: Vec<ItemError>,
    /// The first few keys.
    pub keys: Vec<String>,
}

/// One item of a job, for whoever looks into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemView {
    /// Its number, which orders the items of a job; from 1.
    pub number: u32,
    /// Its key.
    pub key: String,
    /// Its bytes, as planned or listed.
    pub size: u64,
    /// Where it stands.
    pub standing: ItemStanding,
}

/// Why one item failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemError {
    /// The item: its key.
    pub name: String,
    /// What was tried, on what, why it failed.
    pub message: String,
    /// What the user can do.
    pub hint: Option<String>,
    /// The kind.
    pub kind: ErrorKind,
    /// The S3 code, when the server gave one.
    pub code: Option<String>,
    /// The server's id of the request.
    pub request_id: Option<String>,
}
