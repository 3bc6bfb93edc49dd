//! What a view says about itself while it lists.

use std::sync::Arc;

use time::OffsetDateTime;

/// How far the listing is.
#[derive(Clone, Debug)]
pub enum ListingState {
    /// Pages are coming in.
    Listing,
    /// Every key is known.
    Complete,
    /// The user stopped it; what was listed until then stays.
    Stopped,
    /// The server or the network refused; what was listed until then stays.
    Failed(Arc<dipper_storage::Error>),
}

/// The newest figures of a view. Watchers see the latest one, not each.
#[derive(Clone, Debug)]
pub struct ViewStatus {
    /// Grows whenever [`View::rows`](crate::View::rows) would answer differently.
    pub version: u64,
    /// How far the listing is.
    pub state: ListingState,
    /// Objects listed so far.
    pub listed: u64,
    /// Folders listed so far.
    pub folders: u64,
    /// Rows that the filter lets through; all of them without a filter.
    pub matching: u64,
    /// How many of these rows are folders.
    pub matching_folders: u64,
    /// Bytes of the objects listed so far.
    pub bytes: u64,
    /// When the listing completed, was stopped or failed.
    pub finished_at: Option<OffsetDateTime>,
}
