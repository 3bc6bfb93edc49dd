//! Listings on the screen. A view is opened on a bucket and a prefix, streams in, and hands out the rows that are drawn;
//! sorting, filtering and selecting happen here over everything, never over a page.
//!
//! The one idea: the screen holds a view's id and a selection's id, never an array of keys.

use std::sync::Arc;

use dipper_catalog::{Mode, RowKind, Sort};
use time::OffsetDateTime;
use tokio::sync::watch;

use crate::error::{Error, Result};
use crate::kinds::Icon;
use crate::names::NamePart;
use crate::{AccountId, App};

/// Identifies an open view until it is closed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ViewId(String);

impl ViewId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for ViewId {
    fn from(id: String) -> Self {
        Self(id)
    }
}


/// What to list and how to order it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewRequest {
    /// The account to list with.
    pub account_id: AccountId,
    /// The bucket.
    pub bucket: String,
    /// Only keys that start with this; empty for the whole bucket.
    pub prefix: String,
    /// Folders, or every key below the prefix.
    pub mode: Mode,
    /// The order of the rows.
    pub sort: Sort,
}

/// How far a view has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViewState {
    /// Pages are still arriving.
    Listing,
    /// Everything was listed.
    Complete,
    /// Stopped by the person; what was listed stays.
    Stopped,
    /// The server or the network ended it; what was listed stays.
    Failed,
}

/// A view at one moment.
#[derive(Debug, Clone)]
pub struct ViewStatus {
    /// Changes whenever rows changed.
    pub version: u64,
    /// How far it has come.
    pub state: ViewState,
    /// Objects listed so far.
    pub listed: u64,
    /// Folders listed so far.
    pub folders: u64,
    /// Rows shown, after the filter.
    pub matching: u64,
    /// Bytes of the objects listed so far.
    pub bytes: u64,
    /// When the listing ended.
    pub finished_at: Option<OffsetDateTime>,
    /// Why it failed.
    pub error: Option<Arc<Error>>,
    /// What is selected.
    pub selection: SelectionSummary,
}

/// A window of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// The version these rows belong to.
    pub version: u64,
    /// All rows of the view, after the filter.
    pub total: u64,
    /// The index of the first one given.
    pub start: u64,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A folder or an object as the table draws it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its place in the view.
    pub index: u64,
    /// Folder or object.
    pub kind: RowKind,
    /// The full key or prefix, exact.
    pub key: String,
    /// The name to draw.
    pub name: Vec<NamePart>,
    /// The name for a screen reader.
    pub spoken: String,
    /// Marks beside the name: `//`, `decomposed`.
    pub tags: Vec<String>,
    /// Bytes; folders have none.
    pub size: Option<u64>,
    /// When it was last written.
    pub last_modified: Option<OffsetDateTime>,
    /// The type in words.
    pub type_words: String,
    /// The icon.
    pub icon: Icon,
    /// The storage class, as the server names it.
    pub storage_class: Option<String>,
    /// Whether it is selected.
    pub selected: bool,
}

/// One step of selecting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SelectionChange {
    /// Select this row and no other.
    Only {
        /// The row.
        index: u64,
    },
    /// Add or remove this row.
    Toggle {
        /// The row.
        index: u64,
    },
    /// Select from one row to another, both included.
    Range {
        /// The anchor.
        from: u64,
        /// The other end.
        to: u64,
        /// Keep what was selected before.
        additive: bool,
    },
    /// Select every row that matches the filter.
    All,
    /// Select nothing.
    None,
    /// Select the row with this full key or prefix and no other.
    Key {
        /// The key.
        key: String,
    },
}

/// What is selected, in figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectionSummary {
    /// Identifies this selection; commands take it.
    pub id: String,
    /// Selected objects (folders count for themselves only).
    pub objects: u64,
    /// Selected folders.
    pub folders: u64,
    /// Bytes of the selected objects.
    pub bytes: u64,
    /// Selected rows that the filter hides.
    pub hidden: u64,
    /// The row, when exactly one is selected.
    pub single: Option<Row>,
}

impl App {
    /// Opens a view and starts listing at once; the receiver holds the newest status. Closing the view ends the listing.
    pub async fn open_view(&self, _request: ViewRequest) -> Result<(ViewId, watch::Receiver<ViewStatus>)> {
        todo!()
    }
    /// Up to `count` (at most 500) rows from `start`.
    pub async fn rows(&self, _view: &ViewId, _start: u64, _count: u32) -> Result<Rows> {
        todo!()
    }
    /// Sorts again; the selection stays.
    pub async fn sort_view(&self, _view: &ViewId, _sort: Sort) -> Result<()> {
        todo!()
    }
    /// Shows only rows whose name holds `text`, whatever its case.
    pub async fn filter_view(&self, _view: &ViewId, _text: &str) -> Result<()> {
        todo!()
    }
    /// Stops listing; what was listed stays.
    pub async fn stop_view(&self, _view: &ViewId) -> Result<()> {
        todo!()
    }
    /// Lists again; the selection stays by key.
    pub async fn refresh_view(&self, _view: &ViewId) -> Result<()> {
        todo!()
    }
    /// Forgets the view and ends its listing.
    pub async fn close_view(&self, _view: &ViewId) -> Result<()> {
        todo!()
    }
    /// Changes the selection.
    pub async fn select(&self, _view: &ViewId, _change: SelectionChange) -> Result<SelectionSummary> {
        todo!()
    }
    /// The next row whose name starts with `typed`, from `from` on and around.
    pub async fn find_row(&self, _view: &ViewId, _typed: &str, _from: u64) -> Result<Option<u64>> {
        todo!()
    }
}
