//! Jobs and their progress.

use dipper_app as app;
use serde::Serialize;
use specta::Type;

use crate::ipc::error::ErrorCode;
use crate::ipc::mirror::{list, maybe_millis, same_fields, same_variants, text};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum JobKind {
    Upload,
    Download,
    Delete,
    EmptyBucket,
    Access,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum JobState {
    Queued,
    Running,
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

same_variants!(app::JobState => JobState { Queued, Running, Done, Failed, Cancelled });

impl From<app::JobKind> for JobKind {
    fn from(kind: app::JobKind) -> Self {
        match kind {
            app::JobKind::Upload => Self::Upload,
            app::JobKind::Download => Self::Download,
            app::JobKind::Delete => Self::Delete,
            app::JobKind::EmptyAndDeleteBucket => Self::EmptyBucket,
            app::JobKind::SetAcl => Self::Access,
        }
    }
}

same_fields!(app::JobError => JobErrorView { name, message, hint, code, request_id });
same_fields!(app::Job => JobView {
    id, kind, account_id: text, bucket, title, place, state, items_total, items_done, items_failed, items_skipped,
    bytes_total, bytes_done, bytes_per_second, seconds_left, started_at: maybe_millis, finished_at: maybe_millis,
    errors: list, first_key, result,
});
same_fields!(app::TransferTotals => TransferTotals {
    running, queued, failed, done, cancelled, bytes_done, bytes_total, up_per_second, down_per_second, seconds_left,
});
same_fields!(app::TransferBatch => TransferBatch { sequence, full, jobs: list, removed, totals });
