//! Listing a bucket, page by page.

use time::OffsetDateTime;

use crate::client::Client;
use crate::error::Result;
use crate::limits::MAX_KEYS_PER_PAGE;
use crate::names::{BucketName, ObjectKey, Prefix};

/// Which page to get.
#[derive(Clone, Debug)]
pub struct ListRequest {
    /// The bucket.
    pub bucket: BucketName,
    /// Only keys that begin with this.
    pub prefix: Prefix,
    /// Keys that have this after the prefix are folded into common prefixes. `None` lists everything flat.
    pub delimiter: Option<String>,
    /// The most keys to return, up to 1,000. A page may hold fewer and still not be the last.
    pub max_keys: u16,
    /// Where the page before ended.
    pub continuation: Option<Continuation>,
    /// On the first page: only keys after this one.
    pub start_after: Option<ObjectKey>,
}

impl ListRequest {
    /// The first page of everything in a bucket.
    pub fn new(bucket: BucketName) -> Self {
        Self {
            bucket,
            prefix: Prefix::default(),
            delimiter: None,
            max_keys: MAX_KEYS_PER_PAGE,
            continuation: None,
            start_after: None,
        }
    }
}

/// Where a page ended: give it to the next [`ListRequest`] of the same bucket, prefix and delimiter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Continuation {
    pub(crate) position: Position,
    pub(crate) last: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// A `ListObjectsV2` token.
    Token(String),
    /// A `ListObjects` marker.
    Marker(String),
}

/// One page of a listing, in the server's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListPage {
    /// The objects.
    pub objects: Vec<ListedObject>,
    /// The common prefixes ("folders").
    pub common_prefixes: Vec<Prefix>,
    /// Where to go on; `None` when this was the last page.
    pub next: Option<Continuation>,
}

/// One object of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedObject {
    /// Its key.
    pub key: ObjectKey,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last written.
    pub last_modified: Option<OffsetDateTime>,
    /// Its ETag, with the quotes taken off.
    pub etag: Option<String>,
    /// Its storage class.
    pub storage_class: Option<String>,
}

impl Client {
    /// One page of a listing. A server that repeats itself instead of going on is an error (`Corrupt`), so that a loop
    /// over pages always ends.
    pub async fn list_page(&self, request: &ListRequest) -> Result<ListPage> {
        todo!("{request:?}")
    }
}
