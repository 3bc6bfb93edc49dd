//! Buckets and their dry runs.

use dipper_app as app;
use serde::Serialize;
use specta::Type;

use crate::ipc::error::IpcError;
use crate::ipc::mirror::{list, maybe, maybe_millis, millis, plan_token, same_fields, same_variants};

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BucketView {
    pub(crate) name: String,
    pub(crate) created: Option<i64>,
    /// by name, not owned/listed.
    pub(crate) added: bool,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BucketList {
    pub(crate) buckets: Vec<BucketView>,
    /// only added ones are shown.
    pub(crate) listing_denied: Option<IpcError>,
    /// names that no request could name, made readable.
    pub(crate) unusable: Vec<String>,
    pub(crate) suggested_project_id: Option<String>,
    pub(crate) taken_at: i64,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NameRule {
    pub(crate) ok: bool,
    pub(crate) text: String,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreatedBucket {
    pub(crate) name: String,
    pub(crate) already_yours: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Access {
    Public,
    Private,
    Partly,
    Unknown,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessBadge {
    pub(crate) access: Access,
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CountProgress {
    pub(crate) objects: u64,
    pub(crate) bytes: u64,
    pub(crate) done: bool,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeleteBucketPlan {
    pub(crate) token: String,
    pub(crate) bucket: String,
    pub(crate) empty: bool,
    pub(crate) objects: u64,
    pub(crate) old_versions: u64,
    pub(crate) delete_markers: u64,
    pub(crate) bytes: u64,
    pub(crate) unfinished_uploads: u64,
    pub(crate) versioning: Versioning,
    /// first keys.
    pub(crate) first: Vec<String>,
    pub(crate) requests: u64,
    pub(crate) asks_for_name: bool,
}

/// Whether a bucket keeps old versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Versioning {
    Off,
    Enabled,
    Suspended,
    Unsupported,
}

same_variants!(app::Versioning => Versioning { Off, Enabled, Suspended, Unsupported });
same_variants!(app::Access => Access { Public, Private, Partly, Unknown });
same_fields!(app::AccessBadge => AccessBadge { access, reason });
same_fields!(app::Bucket => BucketView { name, created: maybe_millis, added });
same_fields!(app::BucketList => BucketList {
    buckets: list, listing_denied: maybe, unusable, suggested_project_id, taken_at: millis,
});
same_fields!(app::NameRule => NameRule { ok, text });
same_fields!(app::CreatedBucket => CreatedBucket { name, already_yours });
same_fields!(app::CountProgress => CountProgress { objects, bytes, done });
same_fields!(app::DeleteBucketPlan => DeleteBucketPlan {
    token: plan_token, bucket, empty, objects, old_versions, delete_markers, bytes, unfinished_uploads, versioning, first,
    requests, asks_for_name,
});
