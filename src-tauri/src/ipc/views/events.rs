//! The event log.

use dipper_app as app;
use serde::Serialize;
use specta::Type;

use crate::ipc::mirror::{list, millis, same_fields};

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventView {
    pub(crate) sequence: u64,
    pub(crate) at: i64,
    pub(crate) account: String,
    pub(crate) operation: String,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) status: Option<u16>,
    pub(crate) duration_ms: u64,
    pub(crate) request_id: Option<String>,
    pub(crate) bytes_sent: u64,
    pub(crate) bytes_received: u64,
    pub(crate) error: Option<String>,
}

same_fields!(app::Event => EventView {
    sequence, at: millis, account, operation, method, target, status, duration_ms, request_id, bytes_sent,
    bytes_received, error,
});

/// Events in the order they happened.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(transparent)]
pub(crate) struct EventBatch(Vec<EventView>);

impl From<Vec<app::Event>> for EventBatch {
    fn from(events: Vec<app::Event>) -> Self {
        Self(list(events))
    }
}
