//! The objects that a job is about: some named one by one, some by a prefix that is listed while the work goes on.
//!
//! The listing runs ahead, so that the totals are soon known, but by at most [`PAGES_AHEAD`] pages. Each prefix remembers
//! the last key that was handed out: a job that is run again goes on behind it, and what it handed out before is named one
//! by one.

use std::collections::VecDeque;
use std::sync::atomic::Ordering::Relaxed;
use std::vec;

use dipper_storage::{BucketName, Client, ListRequest, ObjectKey, Prefix};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::context::{Context, Interrupt};
use crate::error::{Error, Result};

/// Pages of a thousand keys that wait to be worked on: some 20 MB at the most, and exact totals up to 64,000 objects
/// almost at once.
const PAGES_AHEAD: usize = 64;

/// What is to be worked on, or what is left of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Targets {
    pub(crate) objects: Vec<Object>,
    pub(crate) folders: Vec<Folder>,
}

/// One object and its size where that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) key: ObjectKey,
    pub(crate) size: u64,
}

/// Everything below a prefix, behind a key.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    prefix: Prefix,
    after: Option<ObjectKey>,
}

impl Folder {
    pub(crate) fn prefix(&self) -> &str {
        self.prefix.as_str()
    }
}

impl Targets {
    pub(crate) fn new(objects: impl IntoIterator<Item = (ObjectKey, u64)>, prefixes: Vec<Prefix>) -> Self {
        let objects = objects.into_iter().map(|(key, size)| Object { key, size }).collect();
        Self {
            objects,
            folders: prefixes
                .into_iter()
                .map(|prefix| Folder { prefix, after: None })
                .collect(),
        }
    }

    /// The objects known beforehand: how many, and how many bytes.
    pub(crate) fn known(&self) -> (u64, u64) {
        (
            self.objects.len() as u64,
            self.objects
                .iter()
                .fold(0, |sum, object| sum.saturating_add(object.size)),
        )
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.folders.is_empty()
    }
}

/// Hands out the objects one after the other.
pub(crate) struct Stream {
    context: Context,
    bucket: BucketName,
    objects: vec::IntoIter<Object>,
    /// Whether `objects` came out of a listing, that of the first prefix.
    listed: bool,
    /// The prefix that is worked on stands first.
    folders: VecDeque<Folder>,
    failed: Vec<Folder>,
    news: mpsc::Receiver<News>,
    /// Owns the task that lists, and ends it when dropped.
    _lister: JoinSet<()>,
}

enum News {
    Page(Vec<Object>),
    /// The first prefix is listed to its end, or not.
    End(Result<()>),
}

impl Stream {
    pub(crate) fn start(context: &Context, client: &Client, bucket: &BucketName, targets: Targets) -> Self {
        let (sender, news) = mpsc::channel(PAGES_AHEAD);
        let folders = targets.folders.clone();
        let listing = (context.clone(), client.clone(), bucket.clone());
        context.job.progress.listing.store(!folders.is_empty(), Relaxed);
        let mut lister = JoinSet::new();
        lister.spawn(async move {
            let (context, client, bucket) = listing;
            for folder in folders {
                let end = list(&context, &client, &bucket, folder, &sender).await;
                if sender.send(News::End(end)).await.is_err() {
                    break;
                }
            }
            context.job.progress.listing.store(false, Relaxed);
        });
        Self {
            context: context.clone(),
            bucket: bucket.clone(),
            objects: targets.objects.into_iter(),
            listed: false,
            folders: targets.folders.into(),
            failed: Vec::new(),
            news,
            _lister: lister,
        }
    }

    /// The next object; `None` when there are no more, or the job is cancelled.
    pub(crate) async fn next(&mut self) -> Option<Object> {
        loop {
            if self.context.cancel.is_cancelled() {
                return None;
            }
            if let Some(object) = self.objects.next() {
                if self.listed
                    && let Some(folder) = self.folders.front_mut()
                {
                    folder.after = Some(object.key.clone());
                }
                return Some(object);
            }
            match self.context.unless_cancelled(self.news.recv()).await.ok()?? {
                News::Page(objects) => {
                    self.listed = true;
                    self.objects = objects.into_iter();
                }
                News::End(end) => self.end_folder(end),
            }
        }
    }

    /// What was not handed out.
    pub(crate) fn rest(self) -> Targets {
        let objects = if self.listed {
            Vec::new()
        } else {
            self.objects.collect()
        };
        self.context.job.progress.listing.store(false, Relaxed);
        Targets {
            objects,
            folders: self.failed.into_iter().chain(self.folders).collect(),
        }
    }

    fn end_folder(&mut self, end: Result<()>) {
        let Some(folder) = self.folders.pop_front() else { return };
        if let Err(error) = end {
            if !error.is_cancelled() {
                self.context.job.progress.found(1, 0);
                let name = if folder.prefix.is_empty() {
                    self.bucket.as_str()
                } else {
                    folder.prefix()
                };
                self.context.job.item_failed(name, &error);
            }
            self.failed.push(folder);
        }
    }
}

/// Lists one prefix into the channel.
async fn list(
    context: &Context,
    client: &Client,
    bucket: &BucketName,
    folder: Folder,
    pages: &mpsc::Sender<News>,
) -> Result<()> {
    let mut request = ListRequest {
        prefix: folder.prefix,
        start_after: folder.after,
        ..ListRequest::new(bucket.clone())
    };
    loop {
        let attempt = || async { client.list_page(&request).await.map_err(Error::from) };
        let page = context.request(Interrupt::AtOnce, attempt).await?;
        let objects: Vec<Object> = page
            .objects
            .into_iter()
            .filter(|object| wanted(object, &request))
            .map(Object::from)
            .collect();
        context
            .job
            .progress
            .found(objects.len() as u64, objects.iter().map(|object| object.size).sum());
        context
            .unless_cancelled(pages.send(News::Page(objects)))
            .await?
            .map_err(|_| Error::cancelled())?;
        request.continuation = page.next;
        if request.continuation.is_none() {
            return Ok(());
        }
    }
}

/// A server that ignores the prefix, or where to begin, must not make us delete or publish what nobody asked for.
fn wanted(object: &dipper_storage::ListedObject, request: &ListRequest) -> bool {
    object.key.as_str().starts_with(request.prefix.as_str())
        && request.start_after.as_ref().is_none_or(|after| object.key > *after)
}

impl From<dipper_storage::ListedObject> for Object {
    fn from(listed: dipper_storage::ListedObject) -> Self {
        Self {
            key: listed.key,
            size: listed.size,
        }
    }
}
