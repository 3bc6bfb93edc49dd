//! Jobs and their progress.

use dipper_app as app;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::ipc::error::ErrorCode;
use crate::ipc::mirror::{list, maybe_millis, same_fields, same_variants, text};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum JobKind {
    Upload,
    Download,
    Copy,
    Move,
    Delete,
    EmptyBucket,
    Access,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum JobState {
    Queued,
    Running,
    Paused,
    Done,
    Failed,
    Cancelled,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobView {
    pub(crate) id: u64,
    pub(crate) kind: JobKind,
    pub(crate) account_id: String,
    pub(crate) bucket: String,
    pub(crate) title: String,
    pub(crate) place: String,
    pub(crate) state: JobState,
    pub(crate) items_total: u64,
    pub(crate) items_done: u64,
    pub(crate) items_failed: u64,
    pub(crate) items_skipped: u64,
    pub(crate) bytes_total: Option<u64>,
    pub(crate) bytes_done: u64,
    pub(crate) bytes_per_second: u64,
    pub(crate) seconds_left: Option<u64>,
    pub(crate) started_at: Option<i64>,
    pub(crate) finished_at: Option<i64>,
    /// Orders the jobs that wait: the one with the smallest is next.
    pub(crate) turn: u64,
    /// What it waits for while it works.
    pub(crate) waits: Option<String>,
    pub(crate) errors: Vec<JobErrorView>,
    pub(crate) first_key: Option<String>,
    /// "verified: sizes match", "downloaded to …".
    pub(crate) result: Option<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TransferTotals {
    pub(crate) running: u64,
    pub(crate) queued: u64,
    pub(crate) paused: u64,
    pub(crate) failed: u64,
    pub(crate) done: u64,
    pub(crate) cancelled: u64,
    pub(crate) bytes_done: u64,
    pub(crate) bytes_total: u64,
    pub(crate) up_per_second: u64,
    pub(crate) down_per_second: u64,
    pub(crate) seconds_left: Option<u64>,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TransferBatch {
    pub(crate) sequence: u64,
    pub(crate) full: bool,
    pub(crate) jobs: Vec<JobView>,
    pub(crate) removed: Vec<u64>,
    pub(crate) totals: TransferTotals,
}

/// What was taken up of an earlier run.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TakenUpView {
    pub(crate) resumed: u64,
    pub(crate) paused: u64,
    pub(crate) items_kept: u64,
    pub(crate) bytes_kept: u64,
    pub(crate) waiting_accounts: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ItemStanding {
    Waiting,
    /// Its turn has come, or had come when the work was interrupted.
    Begun,
    Done,
    Skipped,
    Failed,
}

/// Where a job that waits is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum MoveTo {
    Top,
    Up,
    Down,
    Bottom,
}

/// How much transfers do at a time.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TransferLimitsView {
    /// Bytes a second.
    pub(crate) up: Option<u64>,
    /// Bytes a second.
    pub(crate) down: Option<u64>,
    /// Transfers at work at the same time.
    pub(crate) at_once: u32,
}

/// One object of a job.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TransferItemView {
    pub(crate) number: u32,
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) standing: ItemStanding,
}

/// One item that failed.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobErrorView {
    pub(crate) name: String,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    pub(crate) code: ErrorCode,
    pub(crate) request_id: Option<String>,
}

same_variants!(app::JobState => JobState { Queued, Running, Paused, Done, Failed, Cancelled });

impl From<app::JobKind> for JobKind {
    fn from(kind: app::JobKind) -> Self {
        match kind {
            app::JobKind::Upload => Self::Upload,
            app::JobKind::Download => Self::Download,
            app::JobKind::Copy => Self::Copy,
            app::JobKind::Move => Self::Move,
            app::JobKind::Delete => Self::Delete,
            app::JobKind::EmptyAndDeleteBucket => Self::EmptyBucket,
            app::JobKind::SetAcl => Self::Access,
        }
    }
}

same_fields!(app::TransferLimits => TransferLimitsView { up, down, at_once });
same_fields!(TransferLimitsView => app::TransferLimits { up, down, at_once });
same_variants!(back MoveTo => app::Move { Top, Up, Down, Bottom });
same_variants!(app::ItemStanding => ItemStanding { Waiting, Begun, Done, Skipped, Failed } and back);
same_fields!(app::TransferItem => TransferItemView { number, name, size, standing });
same_fields!(app::TakenUpTransfers => TakenUpView { resumed, paused, items_kept, bytes_kept, waiting_accounts });
same_fields!(app::JobError => JobErrorView { name, message, hint, code, request_id });
same_fields!(app::Job => JobView {
    id, kind, account_id: text, bucket, title, place, state, items_total, items_done, items_failed, items_skipped,
    bytes_total, bytes_done, bytes_per_second, seconds_left, started_at: maybe_millis, finished_at: maybe_millis,
    turn, waits, errors: list, first_key, result,
});
same_fields!(app::TransferTotals => TransferTotals {
    running, queued, paused, failed, done, cancelled, bytes_done, bytes_total, up_per_second, down_per_second,
    seconds_left,
});
same_fields!(app::TransferBatch => TransferBatch { sequence, full, jobs: list, removed, totals });
