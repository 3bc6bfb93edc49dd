//! A [`View`]: one bucket and prefix as one window looks at it. Here live the lock, the listing task and the watchers;
//! what a listing *is* stands in `state`.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use dipper_storage::{BucketName, Client, ListRequest, ObjectKey, Prefix};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::entry::{EntryName, Rows};
use crate::order::Sort;
use crate::pages::Pages;
use crate::selection::{Selection, SelectionChange, SelectionSummary};
use crate::state::State;
use crate::status::{ListingState, ViewStatus};

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
#[derive(Clone)]
pub struct View(Arc<Inner>);

struct Inner {
    options: ViewOptions,
    content: Mutex<Content>,
    status: watch::Sender<ViewStatus>,
    /// Where listings run: the runtime that the view was opened in.
    runtime: Handle,
    tasks: TaskTracker,
}

struct Content {
    state: State,
    /// Ends the listing task that may speak; a cancelled one is no longer listened to.
    listing: CancellationToken,
}

impl View {
    /// Opens a view and begins to list at once. Must be called inside a tokio runtime.
    pub fn open(options: ViewOptions) -> View {
        let state = State::new(options.prefix.clone(), options.mode, options.sort);
        let status = watch::Sender::new(state.status());
        let content = Mutex::new(Content {
            state,
            listing: CancellationToken::new(),
        });
        let view = View(Arc::new(Inner {
            options,
            content,
            status,
            runtime: Handle::current(),
            tasks: TaskTracker::new(),
        }));
        let listing = view.0.lock().listing.clone();
        view.list(listing);
        view
    }

    /// The figures, as they change.
    pub fn status(&self) -> watch::Receiver<ViewStatus> {
        self.0.status.subscribe()
    }

    /// The rows from `start` on, at most 500 of them whatever `count` says.
    pub fn rows(&self, start: u64, count: u32) -> Rows {
        self.0.lock().state.rows(start, count)
    }

    /// Sorts by something else.
    pub fn set_sort(&self, sort: Sort) {
        self.0.change(|state| state.set_sort(sort));
    }

    /// Shows only rows whose name contains `text`, letter case ignored; empty text shows all.
    pub fn set_filter(&self, text: &str) {
        self.0.change(|state| state.set_filter(text));
    }

    /// Stops listing; what was listed stays. Does nothing once the listing has ended.
    pub fn stop(&self) {
        let now = self.0.now();
        let mut content = self.0.lock();
        content.listing.cancel();
        if content.state.is_listing() {
            content.state.finish(ListingState::Stopped, now);
            self.0.publish(&content.state);
        }
    }

    /// Lists again. What is shown stays until the new listing has as many rows or is complete, and the selection is kept by key.
    pub fn refresh(&self) {
        let listing = CancellationToken::new();
        let mut content = self.0.lock();
        content.listing.cancel();
        content.listing = listing.clone();
        content.state.restart();
        self.0.publish(&content.state);
        drop(content);
        self.list(listing);
    }

    /// Changes the selection and says what it is now. Rows are counted in the order shown; ones that are not there are ignored.
    pub fn select(&self, change: SelectionChange) -> SelectionSummary {
        self.0.change(|state| state.select(change))
    }

    /// The selection of this moment, to work on.
    pub fn selection(&self) -> Selection {
        self.0.lock().state.selection()
    }

    /// The first row at or after `from` whose name begins with `typed`, letter case ignored, going round at the end.
    pub fn find(&self, typed: &str, from: u64) -> Option<u64> {
        self.0.lock().state.find(typed, from)
    }

    /// Where a row stands; `None` if it is not listed or filtered away.
    pub fn index_of(&self, name: &EntryName) -> Option<u64> {
        self.0.lock().state.index_of(name)
    }

    /// Whether an object is in this listing. `None` when the view cannot know: it is not complete, or lists other keys.
    pub fn contains_key(&self, key: &ObjectKey) -> Option<bool> {
        self.0.lock().state.contains_key(key)
    }

    fn list(&self, listing: CancellationToken) {
        let options = &self.0.options;
        let request = ListRequest {
            prefix: options.prefix.clone(),
            delimiter: (options.mode == Mode::Folders).then(|| "/".to_owned()),
            ..ListRequest::new(options.bucket.clone())
        };
        let pages = Pages::new(options.client.clone(), request);
        self.0
            .tasks
            .spawn_on(list(Arc::downgrade(&self.0), pages, listing), &self.0.runtime);
    }
}

/// The listing task. It holds the view only while it hands a page over, so that dropping the view ends it.
async fn list(view: Weak<Inner>, mut pages: Pages, listing: CancellationToken) {
    while let Some(page) = listing.run_until_cancelled(pages.next()).await {
        let Some(view) = view.upgrade() else { return };
        let now = view.now();
        let mut content = view.lock();
        if listing.is_cancelled() {
            return;
        }
        let ending = match page {
            Ok(Some(page)) => {
                content.state.append(&page);
                None
            }
            Ok(None) => Some(ListingState::Complete),
            Err(error) => Some(ListingState::Failed(Arc::new(error))),
        };
        let ended = ending.is_some();
        if let Some(ending) = ending {
            content.state.finish(ending, now);
        }
        view.publish(&content.state);
        if ended {
            return;
        }
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut content = self.lock();
        let result = change(&mut content.state);
        self.publish(&content.state);
        result
    }

    fn publish(&self, state: &State) {
        self.status.send_replace(state.status());
    }

    fn now(&self) -> time::OffsetDateTime {
        (self.options.client.config().clock)()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.lock().listing.cancel();
    }
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View")
            .field("bucket", &self.0.options.bucket)
            .field("prefix", &self.0.options.prefix)
            .finish_non_exhaustive()
    }
}
