//! A listing: its status, its rows and its selection.

use dipper_app as app;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::ipc::error::IpcError;
use crate::ipc::mirror::{list, maybe, maybe_millis, same_fields, same_variants};

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ViewRequest {
    pub(crate) account_id: String,
    pub(crate) bucket: String,
    pub(crate) prefix: String,
    pub(crate) mode: Mode,
    pub(crate) sort: Sort,
}

#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sort {
    pub(crate) column: Column,
    pub(crate) direction: Direction,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ViewStatus {
    /// rows changed when it changes.
    pub(crate) version: u64,
    pub(crate) state: ViewState,
    pub(crate) listed: u64,
    pub(crate) folders: u64,
    /// rows shown.
    pub(crate) matching: u64,
    /// those of them that are folders.
    pub(crate) matching_folders: u64,
    pub(crate) bytes: u64,
    pub(crate) finished_at: Option<i64>,
    pub(crate) error: Option<IpcError>,
    pub(crate) selection: SelectionView,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RowsView {
    pub(crate) version: u64,
    pub(crate) total: u64,
    pub(crate) start: u64,
    pub(crate) rows: Vec<RowView>,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RowView {
    pub(crate) index: u64,
    pub(crate) kind: RowKind,
    /// full key or prefix, exact.
    pub(crate) key: String,
    /// shown name, odd characters made visible.
    pub(crate) name: Vec<NamePart>,
    /// for screen readers.
    pub(crate) spoken: String,
    /// "//", "decomposed".
    pub(crate) tags: Vec<String>,
    pub(crate) size: Option<u64>,
    pub(crate) last_modified: Option<i64>,
    /// "JPEG image", "Folder".
    #[serde(rename = "type")]
    pub(crate) type_words: String,
    pub(crate) icon: Icon,
    pub(crate) storage_class: Option<String>,
    pub(crate) selected: bool,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NamePart {
    pub(crate) text: String,
    /// drawn as a marker, e.g. "␣", "\\x07", "(empty name)".
    pub(crate) odd: bool,
}

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum SelectionChange {
    Only { index: u64 },
    Toggle { index: u64 },
    Range { from: u64, to: u64, additive: bool },
    All,
    None,
    Key { key: String },
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SelectionView {
    pub(crate) id: String,
    pub(crate) objects: u64,
    pub(crate) folders: u64,
    pub(crate) bytes: u64,
    pub(crate) hidden: u64,
    pub(crate) single: Option<RowView>,
}

/// Folders one level at a time, or every key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Mode {
    Folders,
    Flat,
}

/// What rows are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Column {
    Name,
    Size,
    Type,
    LastModified,
    StorageClass,
}

/// Which way rows are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Direction {
    Ascending,
    Descending,
}

/// How far a listing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ViewState {
    Listing,
    Complete,
    Stopped,
    Failed,
}

/// A folder or an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RowKind {
    Folder,
    Object,
}

/// The picture beside a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Icon {
    Folder,
    Image,
    Table,
    Text,
    Archive,
    File,
}

same_variants!(back Mode => app::Mode { Folders, Flat });
same_variants!(back Column => app::Column { Name, Size, Type, LastModified, StorageClass });
same_variants!(back Direction => app::Direction { Ascending, Descending });
same_fields!(Sort => app::Sort { column, direction });
same_fields!(ViewRequest => app::ViewRequest { account_id, bucket, prefix, mode, sort });
same_variants!(app::ViewState => ViewState { Listing, Complete, Stopped, Failed });
same_variants!(app::RowKind => RowKind { Folder, Object });
same_variants!(app::Icon => Icon { Folder, Image, Table, Text, Archive, File });
same_fields!(app::NamePart => NamePart { text, odd });
same_fields!(app::Row => RowView {
    index, kind, key, name: list, spoken, tags, size, last_modified: maybe_millis, type_words, icon, storage_class,
    selected,
});
same_fields!(app::Rows => RowsView { version, total, start, rows: list });
same_fields!(app::SelectionSummary => SelectionView { id, objects, folders, bytes, hidden, single: maybe });
same_fields!(app::ViewStatus => ViewStatus {
    version, state, listed, folders, matching, matching_folders, bytes, finished_at: maybe_millis, error: maybe, selection,
});

impl From<SelectionChange> for app::SelectionChange {
    fn from(change: SelectionChange) -> Self {
        match change {
            SelectionChange::Only { index } => Self::Only { index },
            SelectionChange::Toggle { index } => Self::Toggle { index },
            SelectionChange::Range { from, to, additive } => Self::Range { from, to, additive },
            SelectionChange::All => Self::All,
            SelectionChange::None => Self::None,
            SelectionChange::Key { key } => Self::Key { key },
        }
    }
}

/// Where a typed address leads.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AddressView {
    pub(crate) bucket: String,
    pub(crate) prefix: String,
    pub(crate) key: Option<String>,
}

same_fields!(app::Address => AddressView { bucket, prefix, key });
