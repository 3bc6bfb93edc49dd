//! Listings on the screen. A view is opened on a bucket and a prefix, streams in, and hands out the rows that are drawn;
//! sorting, filtering and selecting happen here over everything, never over a page.
//!
//! The one idea: the screen holds a view's id and a selection's id, never an array of keys.

mod rows;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dipper_catalog::{Mode, RowKind, Sort, View, ViewOptions};
use dipper_storage::{BucketName, Client, Prefix};
use time::OffsetDateTime;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::error::{Error, ErrorKind, Result};
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
    /// How many of these rows are folders.
    pub matching_folders: u64,
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

/// The views that are open now.
#[derive(Default)]
pub(crate) struct Views {
    open: Mutex<HashMap<ViewId, OpenView>>,
    opened: AtomicU64,
}

/// One open view. Dropping the last clone ends its listing and its reports.
#[derive(Clone)]
pub(crate) struct OpenView {
    pub(crate) account_id: AccountId,
    /// What it lists with, and what acts on its rows: also after the account was edited, so that nothing that was seen on
    /// one server is done on another.
    pub(crate) client: Client,
    pub(crate) bucket: BucketName,
    pub(crate) prefix: Prefix,
    pub(crate) view: View,
    selected: Arc<Notify>,
    _reports: Arc<JoinSet<()>>,
}

impl Views {
    pub(crate) fn get(&self, operation: &str, id: &ViewId) -> Result<OpenView> {
        self.lock().get(id).cloned().ok_or_else(|| {
            Error::new(ErrorKind::NotFound, operation, "This list is no longer open.")
                .with_hint("Open the bucket again.")
        })
    }

    /// Closes all views of an account.
    pub(crate) fn forget_account(&self, account: &AccountId) {
        self.lock().retain(|_, view| view.account_id != *account);
    }

    fn add(&self, view: OpenView) -> ViewId {
        let id = ViewId(format!("view-{}", self.opened.fetch_add(1, Ordering::Relaxed) + 1));
        self.lock().insert(id.clone(), view);
        id
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ViewId, OpenView>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(
    clippy::unused_async,
    reason = "every method of the façade is async, whatever it needs today"
)]
impl App {
    /// Opens a view and starts listing at once; the receiver holds the newest status, at most ten times a second.
    /// Closing the view ends the listing.
    pub async fn open_view(&self, request: ViewRequest) -> Result<(ViewId, watch::Receiver<ViewStatus>)> {
        let client = self.client(&request.account_id).await?;
        let bucket = BucketName::parse(&request.bucket)?;
        let prefix = Prefix::new(request.prefix);
        let options = ViewOptions {
            client: client.clone(),
            bucket: bucket.clone(),
            prefix: prefix.clone(),
            mode: request.mode,
            sort: request.sort,
        };
        let view = View::open(options);
        let selected = Arc::new(Notify::new());
        let (sender, receiver) = watch::channel(rows::status(&view));
        let mut reports = JoinSet::new();
        reports.spawn(report(view.clone(), Arc::clone(&selected), sender));
        let account_id = request.account_id;
        let open = OpenView {
            account_id,
            client,
            bucket,
            prefix,
            view,
            selected,
            _reports: Arc::new(reports),
        };
        Ok((self.parts.work.views.add(open), receiver))
    }

    /// Up to `count` (at most 500) rows from `start`.
    pub async fn rows(&self, view: &ViewId, start: u64, count: u32) -> Result<Rows> {
        self.with_view("rows", view, move |view| rows::window(&view, start, count))
            .await
    }

    /// Sorts again; the selection stays.
    pub async fn sort_view(&self, view: &ViewId, sort: Sort) -> Result<()> {
        self.with_view("sortView", view, move |view| view.set_sort(sort)).await
    }

    /// Shows only rows whose name holds `text`, whatever its case.
    pub async fn filter_view(&self, view: &ViewId, text: &str) -> Result<()> {
        let text = text.to_owned();
        let selected = Arc::clone(&self.parts.work.views.get("filterView", view)?.selected);
        self.with_view("filterView", view, move |view| view.set_filter(&text))
            .await?;
        selected.notify_one();
        Ok(())
    }

    /// Stops listing; what was listed stays.
    pub async fn stop_view(&self, view: &ViewId) -> Result<()> {
        self.with_view("stopView", view, |view| view.stop()).await
    }

    /// Lists again; the selection stays by key.
    pub async fn refresh_view(&self, view: &ViewId) -> Result<()> {
        self.parts.work.views.get("refreshView", view)?.view.refresh();
        Ok(())
    }

    /// Forgets the view and ends its listing. One that is closed already is no error.
    pub async fn close_view(&self, view: &ViewId) -> Result<()> {
        self.parts.work.views.lock().remove(view);
        Ok(())
    }

    /// Changes the selection.
    pub async fn select(&self, view: &ViewId, change: SelectionChange) -> Result<SelectionSummary> {
        let selected = Arc::clone(&self.parts.work.views.get("select", view)?.selected);
        let change = rows::change(change)?;
        let summary = self
            .with_view("select", view, move |view| rows::summary(view.select(change)))
            .await?;
        selected.notify_one();
        Ok(summary)
    }

    /// The next row whose name starts with `typed`, from `from` on and around.
    pub async fn find_row(&self, view: &ViewId, typed: &str, from: u64) -> Result<Option<u64>> {
        let typed = typed.to_owned();
        self.with_view("findRow", view, move |view| view.find(&typed, from))
            .await
    }

    /// Runs something on a view where blocking is allowed: with a million rows a sort takes some hundred milliseconds.
    async fn with_view<T: Send + 'static>(
        &self,
        operation: &'static str,
        id: &ViewId,
        work: impl FnOnce(View) -> T + Send + 'static,
    ) -> Result<T> {
        let view = self.parts.work.views.get(operation, id)?.view;
        tokio::task::spawn_blocking(move || work(view))
            .await
            .map_err(|cause| Error::internal(operation, cause))
    }
}

/// Reports a view's status until nobody listens, at most ten times a second: more is not seen, and each report crosses
/// to the window.
async fn report(view: View, selected: Arc<Notify>, sender: watch::Sender<ViewStatus>) {
    const PAUSE: Duration = Duration::from_millis(100);
    let mut listing = view.status();
    // What changed before this began to listen is told now: a fast server may have ended the listing by then.
    sender.send_replace(rows::status(&view));
    loop {
        tokio::select! {
            changed = listing.changed() => if changed.is_err() { return },
            () = selected.notified() => {}
            () = sender.closed() => return,
        }
        listing.borrow_and_update();
        sender.send_replace(rows::status(&view));
        tokio::time::sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use dipper_storage::{Config, Endpoint, Scheme};

    use super::*;

    #[tokio::test]
    async fn a_list_that_ended_before_its_reports_began_is_reported() {
        let nowhere = Endpoint::parse("http://127.0.0.1:1", Scheme::Http).unwrap();
        let view = View::open(ViewOptions {
            client: Client::new(Config::new(nowhere)).unwrap(),
            bucket: BucketName::parse("bucket").unwrap(),
            prefix: Prefix::default(),
            mode: Mode::Flat,
            sort: Sort::default(),
        });
        let (sender, mut receiver) = watch::channel(rows::status(&view));
        view.stop();
        let mut reports = JoinSet::new();
        reports.spawn(report(view, Arc::default(), sender));
        let ended = receiver.wait_for(|status| status.state != ViewState::Listing);
        let ended = tokio::time::timeout(Duration::from_secs(5), ended).await;
        assert_eq!(ended.unwrap().unwrap().state, ViewState::Stopped);
    }
}
