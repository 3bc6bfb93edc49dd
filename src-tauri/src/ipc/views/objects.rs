//! Objects: new ones, deletion and properties.

use dipper_app as app;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::ipc::mirror::{list, maybe_millis, millis, plan_token, same_fields, same_variants};
use crate::ipc::views::{UploadAccess, Versioning};

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewTextObject {
    pub(crate) account_id: String,
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) text: String,
    pub(crate) content_type: String,
    pub(crate) access: UploadAccess,
    /// of the check just shown.
    pub(crate) token: String,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyCheck {
    pub(crate) token: String,
    pub(crate) exists: bool,
    pub(crate) size: Option<u64>,
    pub(crate) last_modified: Option<i64>,
    /// bad key.
    pub(crate) problem: Option<String>,
    pub(crate) bytes: u64,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeleteObjectsPlan {
    pub(crate) token: String,
    pub(crate) objects: u64,
    pub(crate) bytes: u64,
    pub(crate) folders: u64,
    pub(crate) lines: Vec<DeleteLine>,
    pub(crate) more: u64,
    pub(crate) versioning: Versioning,
    pub(crate) requests: u64,
    /// > 1000 objects: type the bucket's name.
    pub(crate) asks_for_name: bool,
    pub(crate) bucket: String,
    pub(crate) public_count: Option<u64>,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PropertiesView {
    pub(crate) title: String,
    pub(crate) kind: PropertiesKind,
    pub(crate) groups: Vec<PropertyGroup>,
}

/// One line of what will go.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeleteLine {
    pub(crate) name: String,
    pub(crate) detail: String,
}

/// What the properties are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum PropertiesKind {
    Bucket,
    Object,
    Folder,
    Many,
}

/// Properties under one heading.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PropertyGroup {
    pub(crate) title: String,
    pub(crate) rows: Vec<PropertyRow>,
}

/// One property.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PropertyRow {
    pub(crate) label: String,
    pub(crate) value: PropertyValue,
    pub(crate) mono: bool,
    pub(crate) copy: bool,
}

/// The value of a property; the page puts figures and moments into words.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(crate) enum PropertyValue {
    Text { text: String },
    Bytes { bytes: u64 },
    Count { count: u64 },
    Time { at: i64 },
}

impl From<app::PropertyValue> for PropertyValue {
    fn from(value: app::PropertyValue) -> Self {
        match value {
            app::PropertyValue::Text(text) => Self::Text { text },
            app::PropertyValue::Bytes(bytes) => Self::Bytes { bytes },
            app::PropertyValue::Count(count) => Self::Count { count },
            app::PropertyValue::Time(time) => Self::Time { at: millis(time) },
        }
    }
}

same_fields!(app::KeyCheck => KeyCheck {
    token: plan_token, exists, size, last_modified: maybe_millis, problem, bytes,
});
same_fields!(NewTextObject => app::NewTextObject {
    account_id, bucket, key, text, content_type, access, token,
});
same_fields!(app::DeleteLine => DeleteLine { name, detail });
same_fields!(app::DeleteObjectsPlan => DeleteObjectsPlan {
    token: plan_token, objects, bytes, folders, lines: list, more, versioning, requests, asks_for_name, bucket,
    public_count,
});
same_variants!(app::PropertiesKind => PropertiesKind { Bucket, Object, Folder, Many });
same_fields!(app::Property => PropertyRow { label, value, mono, copy });
same_fields!(app::PropertyGroup => PropertyGroup { title, rows: list });
same_fields!(app::Properties => PropertiesView { title, kind, groups: list });
