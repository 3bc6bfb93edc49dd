//! The upload sheet and drops from the desktop.

use dipper_app as app;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::ipc::mirror::{list, maybe, plan_token, same_fields, same_variants, text};
use crate::ipc::views::Icon;

#[derive(Debug, Clone, Serialize, Type)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum DropEvent {
    Over {
        x: i32,
        y: i32,
        files: u64,
    },
    Leave,
    Drop {
        x: i32,
        y: i32,
        source_id: String,
        files: u64,
    },
}

#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UploadTarget {
    pub(crate) account_id: String,
    pub(crate) bucket: String,
    pub(crate) prefix: String,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UploadPlan {
    pub(crate) plan_id: String,
    pub(crate) token: String,
    pub(crate) target: UploadTarget,
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    /// all but what is skipped because its key exists.
    pub(crate) to_send: u64,
    /// key exists, nothing decided.
    pub(crate) undecided: u64,
    pub(crate) unusable: u64,
    /// first 200.
    pub(crate) items: Vec<UploadItemView>,
    pub(crate) skipped: Vec<SkippedFile>,
    pub(crate) policy: ConflictPolicy,
    pub(crate) access: UploadAccess,
    /// names that look sensitive, when access is public.
    pub(crate) sensitive: Vec<String>,
    /// a key exists or > 100 files.
    pub(crate) needs_sheet: bool,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UploadItemView {
    pub(crate) index: u64,
    pub(crate) file: String,
    pub(crate) key_prefix: String,
    pub(crate) key_rest: String,
    pub(crate) size: u64,
    pub(crate) icon: Icon,
    pub(crate) result: UploadResult,
    /// what happens if its key exists.
    pub(crate) decision: ConflictPolicy,
    pub(crate) parts: u64,
    pub(crate) problem: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ConflictPolicy {
    Ask,
    Replace,
    Skip,
    KeepBoth,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum UploadAccess {
    ServerDefault,
    Private,
    Public,
}

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UploadChange {
    pub(crate) keys: Vec<KeyEdit>,
    pub(crate) policy: Option<ConflictPolicy>,
    pub(crate) access: Option<UploadAccess>,
    pub(crate) decisions: Vec<Decision>,
}

/// A file that will not be sent, and why.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SkippedFile {
    pub(crate) name: String,
    pub(crate) reason: String,
}

/// What a file will be in the bucket; unknown where these keys may not look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum UploadResult {
    New,
    Exists,
    Unknown,
    Invalid,
}

/// A key typed in the sheet.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyEdit {
    pub(crate) index: u64,
    pub(crate) key_rest: String,
}

/// What to do with one existing key.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Decision {
    pub(crate) index: u64,
    pub(crate) policy: ConflictPolicy,
}

same_variants!(app::ConflictPolicy => ConflictPolicy { Ask, Replace, Skip, KeepBoth } and back);
same_variants!(app::UploadAccess => UploadAccess { ServerDefault, Private, Public } and back);
same_variants!(app::UploadResult => UploadResult { New, Exists, Unknown, Invalid });
same_fields!(app::UploadTarget => UploadTarget { account_id: text, bucket, prefix });
same_fields!(UploadTarget => app::UploadTarget { account_id, bucket, prefix });
same_fields!(app::SkippedFile => SkippedFile { name, reason });
same_fields!(app::UploadItem => UploadItemView {
    index, file, key_prefix, key_rest, size, icon, result, decision, parts, problem,
});
same_fields!(app::UploadPlan => UploadPlan {
    plan_id, token: plan_token, target, files, bytes, to_send, undecided, unusable, items: list, skipped: list, policy,
    access, sensitive, needs_sheet,
});
same_fields!(KeyEdit => app::KeyChange { index, key_rest });
same_fields!(Decision => app::Decision { index, policy });
same_fields!(UploadChange => app::UploadChange { keys: list, policy: maybe, access: maybe, decisions: list });
