//! What a listing consists of, as callers see it: [`Row`] to draw, [`EntryName`] to point at, [`Entry`] to work on.

use dipper_storage::{ObjectKey, Prefix};
use time::OffsetDateTime;

/// Whether a row is a folder (a common prefix) or an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowKind {
    /// A common prefix.
    Folder,
    /// An object.
    Object,
}

/// One row as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its place in the order that is shown, from 0.
    pub index: u64,
    /// Folder or object.
    pub kind: RowKind,
    /// The full key or prefix, exact.
    pub key: String,
    /// What the name column shows: the key without what all keys of this view begin with, exact. A folder's ends in `/`.
    pub name: String,
    /// Bytes; folders have none.
    pub size: Option<u64>,
    /// When the object was last written, to the second.
    pub last_modified: Option<OffsetDateTime>,
    /// The storage class, as the server says it.
    pub storage_class: Option<String>,
    /// The `ETag`, as the server says it.
    pub etag: Option<String>,
    /// Whether the row is in the selection.
    pub selected: bool,
}

/// A window of rows, all of one version of the view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    /// The version that these rows are of; see [`ViewStatus::version`](crate::ViewStatus::version).
    pub version: u64,
    /// How many rows the view shows in all.
    pub total: u64,
    /// The rows asked for; fewer where the view ends.
    pub rows: Vec<Row>,
}

/// Names one row of a view.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum EntryName {
    /// The object of this key.
    Object(ObjectKey),
    /// The folder of this prefix.
    Folder(Prefix),
}

/// One selected thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// An object.
    Object {
        /// Its key.
        key: ObjectKey,
        /// Its size in bytes, as listed.
        size: u64,
        /// When it was last written, as listed.
        last_modified: Option<OffsetDateTime>,
    },
    /// Everything below this prefix.
    Folder(Prefix),
}
