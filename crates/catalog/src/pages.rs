//! Pages of a listing one after the other, each tried again a few times when the network or the server stumbles.

use std::time::Duration;

use dipper_storage::{Client, Error, ListPage, ListRequest};

/// Waits before each further try of a page.
const WAITS: [Duration; 3] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];
/// A server may ask for more patience than that, but not for more than somebody who looks at a screen has.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// The pages of one listing. Dropping a call of [`Pages::next`] gives the page up; calling it again asks for it again.
#[derive(Debug)]
pub(crate) struct Pages {
    client: Client,
    request: ListRequest,
    ended: bool,
}

impl Pages {
    pub(crate) fn new(client: Client, request: ListRequest) -> Self {
        Self {
            client,
            request,
            ended: false,
        }
    }

    /// The next page, `None` after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<ListPage>, Error> {
        if self.ended {
            return Ok(None);
        }
        let mut page = patiently(|| self.client.list_page(&self.request)).await?;
        self.request.continuation = page.next.take();
        self.ended = self.request.continuation.is_none();
        Ok(Some(page))
    }
}

/// Asks for a page, and again a few times when the network or the server stumbles.
pub(crate) async fn patiently<T, F: Future<Output = Result<T, Error>>>(page: impl Fn() -> F) -> Result<T, Error> {
    for wait in WAITS {
        let error = match page().await {
            Ok(page) => return Ok(page),
            Err(error) if !error.kind().is_retryable() => return Err(error),
            Err(error) => error,
        };
        tracing::debug!(%error, "a page is asked for again");
        tokio::time::sleep(error.retry_after().unwrap_or(wait).min(LONGEST_WAIT)).await;
    }
    page().await
}
