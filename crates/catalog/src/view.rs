//! A [`View`]: one bucket and prefix as one window looks at it.

use dipper_storage::{BucketName, Client, ObjectKey, Prefix};
use tokio::sync::watch;

use crate::entry::{EntryName, Rows};
use crate::order::Sort;
use crate::selection::{Selection, SelectionChange, SelectionSummary};
use crate::status::ViewStatus;

/// Whether `/` makes folders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Keys are grouped at the next `/`.
    #[default]
    Folders,
    /// Every key below the prefix is a row.
    Flat,
}

/// What to look at.
#[derive(Clone, Debug)]
pub struct ViewOptions {
    /// The account's client.
    pub client: Client,
    /// The bucket.
    pub bucket: BucketName,
    /// The prefix; empty is the whole bucket.
    pub prefix: Prefix,
    /// With folders or flat.
    pub mode: Mode,
    /// The first order; see [`View::set_sort`].
    pub sort: Sort,
}

/// A listing that streams in, sorted and filtered, with a selection. Clones are the same view; dropping the last one stops
/// the listing.
///
/// No method waits for the network. With a million rows `set_sort`, and the first `rows` after it, may take some hundred
/// milliseconds, everything else a few: call them where that is allowed.
#[derive(Clone, Debug)]
pub struct View;

impl View {
    /// Opens a view and begins to list at once. Must be called inside a tokio runtime.
    pub fn open(options: ViewOptions) -> View {
        let _ = options;
        todo!()
    }

    /// The figures, as they change.
    pub fn status(&self) -> watch::Receiver<ViewStatus> {
        todo!()
    }

    /// The rows from `start` on, at most 500 of them whatever `count` says.
    pub fn rows(&self, start: u64, count: u32) -> Rows {
        let _ = (start, count);
        todo!()
    }

    /// Sorts by something else.
    pub fn set_sort(&self, sort: Sort) {
        let _ = sort;
        todo!()
    }

    /// Shows only rows whose name contains `text`, letter case ignored; empty text shows all.
    pub fn set_filter(&self, text: &str) {
        let _ = text;
        todo!()
    }

    /// Stops listing; what was listed stays. Does nothing once the listing has ended.
    pub fn stop(&self) {
        todo!()
    }

    /// Lists again. What is shown stays until the new listing has as many rows or is complete, and the selection is kept by key.
    pub fn refresh(&self) {
        todo!()
    }

    /// Changes the selection and says what it is now. Rows are counted in the order shown; ones that are not there are ignored.
    pub fn select(&self, change: SelectionChange) -> SelectionSummary {
        let _ = change;
        todo!()
    }

    /// The selection of this moment, to work on.
    pub fn selection(&self) -> Selection {
        todo!()
    }

    /// The first row at or after `from` whose name begins with `typed`, letter case ignored, going round at the end.
    pub fn find(&self, typed: &str, from: u64) -> Option<u64> {
        let _ = (typed, from);
        todo!()
    }

    /// Where a row stands; `None` if it is not listed or filtered away.
    pub fn index_of(&self, name: &EntryName) -> Option<u64> {
        let _ = name;
        todo!()
    }

    /// Whether an object is in this listing. `None` when the view cannot know: it is not complete, or lists other keys.
    pub fn contains_key(&self, key: &ObjectKey) -> Option<bool> {
        let _ = key;
        todo!()
    }
}
