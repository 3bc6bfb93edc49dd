//! The items of a job, one after the other, as the journal hands them out.
//!
//! Prefixes are listed meanwhile, and what is found goes into the journal first: the listing may run far ahead of the work
//! without needing memory, the totals are soon known, and a job that is run again goes on behind the last key that was
//! written down.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use dipper_storage::{ListRequest, ListedObject, ObjectKey, Prefix};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::context::{Context, Interrupt};
use crate::crash::crash_point;
use crate::error::{Error, Result};
use crate::job::ItemStanding;
use crate::journal::{Evidence, Item, Role};
use crate::work;

/// Items claimed at a time: one transaction for so many, and no more than these have to be looked at after a crash.
const PAGE: u32 = 256;

/// Hands out what is to be done.
pub(crate) struct Feed {
    context: Context,
    page: VecDeque<Item>,
    after: u32,
    listing: Arc<Listing>,
    lister: JoinSet<()>,
}

/// What the lister tells.
#[derive(Default)]
struct Listing {
    ended: AtomicBool,
    news: Notify,
}

impl Feed {
    pub(crate) fn start(context: &Context) -> Self {
        let listing = Arc::new(Listing::default());
        let mut lister = JoinSet::new();
        lister.spawn(list_all(context.clone(), listing.clone()));
        Self {
            context: context.clone(),
            page: VecDeque::new(),
            after: 0,
            listing,
            lister,
        }
    }

    /// The next item; `None` when there are no more, or the job is to stop. Fails where the journal does.
    pub(crate) async fn next(&mut self) -> Result<Option<Item>> {
        loop {
            if self.context.cancel.is_cancelled() {
                return Ok(None);
            }
            if let Some(item) = self.page.pop_front() {
                return Ok(Some(item));
            }
            // Asked before the page is: what is listed in between is then seen by one of both.
            let ended = self.listing.ended.load(Relaxed);
            let Context { journal, job, .. } = &self.context;
            let page = journal.claim(job.id(), Role::Object, self.after, PAGE).await?;
            crash_point!("feed.after_claim");
            if let Some(last) = page.last() {
                self.after = last.number;
                self.page = page.into();
            } else if ended
                || self
                    .context
                    .unless_cancelled(self.listing.news.notified())
                    .await
                    .is_err()
            {
                return Ok(None);
            }
        }
    }

    /// Ends the listing. When this returns it writes nothing into the journal any more: the next run begins with what is
    /// there.
    pub(crate) async fn finish(mut self) {
        self.lister.shutdown().await;
    }
}

/// Lists all prefixes of the job, one after the other.
async fn list_all(context: Context, listing: Arc<Listing>) {
    let (id, mut after) = (context.job.id(), 0);
    loop {
        let next = match context.journal.claim(id, Role::Prefix, after, 1).await {
            Ok(page) => page.into_iter().next(),
            Err(error) => {
                context.job.item_failed("", &error);
                None
            }
        };
        let Some(prefix) = next else { break };
        after = prefix.number;
        context.job.progress.listing.store(true, Relaxed);
        match list(&context, &prefix, &listing).await {
            Ok(()) => {
                context
                    .journal
                    .settle(id, vec![prefix.number], ItemStanding::Done)
                    .await;
            }
            Err(error) if error.is_cancelled() => break,
            Err(error) => {
                context.job.progress.found(1, 0);
                let (_, bucket) = context.at_origin();
                let name = if prefix.key.is_empty() {
                    bucket.as_str()
                } else {
                    &prefix.key
                };
                context.job.item_failed(name, &error);
                context
                    .journal
                    .settle(id, vec![prefix.number], ItemStanding::Failed)
                    .await;
            }
        }
    }
    context.job.progress.listing.store(false, Relaxed);
    listing.ended.store(true, Relaxed);
    listing.news.notify_one();
}

/// Lists one prefix into the journal.
async fn list(context: &Context, prefix: &Item, listing: &Listing) -> Result<()> {
    let (there, bucket) = context.at_origin();
    let after = match &prefix.evidence {
        Some(Evidence::Listed { after }) => Some(ObjectKey::parse(after)?),
        _ => None,
    };
    let mut request = ListRequest {
        prefix: Prefix::new(&prefix.key),
        start_after: after,
        ..ListRequest::new(bucket)
    };
    loop {
        let attempt = || async { there.client.list_page(&request).await.map_err(Error::from) };
        let page = there.request(Interrupt::AtOnce, attempt).await?;
        let found: Vec<&ListedObject> = page.objects.iter().filter(|object| wanted(object, &request)).collect();
        if let Some(last) = found.last() {
            let items = found.iter().map(|object| work::found(prefix, object));
            let (items, after) = (items.collect(), last.key.to_string());
            crash_point!("feed.before_expand");
            context
                .journal
                .expand(context.job.id(), prefix.number, after, items)
                .await?;
            crash_point!("feed.after_expand");
            let bytes = found.iter().map(|object| object.size).sum();
            context.job.progress.found(found.len() as u64, bytes);
            listing.news.notify_one();
        }
        request.continuation = page.next;
        if request.continuation.is_none() {
            crash_point!("feed.after_list");
            return Ok(());
        }
    }
}

/// A server that ignores the prefix, or where to begin, must not make us delete or publish what nobody asked for.
fn wanted(object: &ListedObject, request: &ListRequest) -> bool {
    object.key.as_str().starts_with(request.prefix.as_str())
        && request.start_after.as_ref().is_none_or(|after| object.key > *after)
}
