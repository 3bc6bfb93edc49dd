//! Counting what lies below a prefix, for dry runs: pages stream by, nothing is kept.

use dipper_storage::{BucketName, Client, Error, ListRequest, Prefix};
use tokio_util::sync::CancellationToken;

use crate::pages::Pages;

/// How much was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Objects.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Counts every object below `prefix`, telling `progress` after each page. Holds one page at a time. `None` as soon as
/// `cancel` is cancelled: a count that was given up is no count.
pub async fn count(
    client: &Client,
    bucket: &BucketName,
    prefix: &Prefix,
    cancel: &CancellationToken,
    progress: impl Fn(Counted),
) -> Result<Option<Counted>, Error> {
    let request = ListRequest {
        prefix: prefix.clone(),
        ..ListRequest::new(bucket.clone())
    };
    let mut pages = Pages::new(client.clone(), request);
    let mut counted = Counted::default();
    loop {
        let Some(page) = cancel.run_until_cancelled(pages.next()).await else {
            return Ok(None);
        };
        let Some(page) = page? else { return Ok(Some(counted)) };
        // A server that ignores the prefix must not make a dry run count the whole bucket.
        for object in page
            .objects
            .iter()
            .filter(|object| object.key.as_str().starts_with(prefix.as_str()))
        {
            counted.objects += 1;
            counted.bytes = counted.bytes.saturating_add(object.size);
        }
        progress(counted);
    }
}
