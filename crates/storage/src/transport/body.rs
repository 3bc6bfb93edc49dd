//! Bodies under watch: what is sent is counted, what arrives is limited and may not fall silent.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use super::fault::Fault;
use super::record::Record;

/// How often it is looked whether a request's body moves, in the time that it may stand still.
const LOOKS: u32 = 8;

/// How many bytes of a request's body were handed to the connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress(Arc<AtomicU64>);

impl Progress {
    pub(super) fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Waits for the answer as long as the request's body moves, and then for `patience` (and up to an eighth of it more,
    /// since it only looks that often).
    pub(super) async fn wait_while_moving<F: Future>(&self, answer: F, patience: Duration) -> Result<F::Output, Fault> {
        let mut answer = pin!(answer);
        let (mut moved, mut bytes) = (Instant::now(), self.bytes());
        loop {
            if let Ok(output) = tokio::time::timeout(patience / LOOKS, &mut answer).await {
                return Ok(output);
            }
            if self.bytes() != bytes {
                (moved, bytes) = (Instant::now(), self.bytes());
            } else if moved.elapsed() >= patience {
                return Err(Fault::Timeout);
            }
        }
    }
}

/// A request's body that counts. Whatever fails in it is the source's failure, not the network's.
pub(super) struct RequestBody {
    inner: SdkBody,
    progress: Progress,
}

impl RequestBody {
    pub(super) fn new(inner: SdkBody, progress: Progress) -> Self {
        Self { inner, progress }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        let this = self.get_mut();
        let frame = std::task::ready!(Pin::new(&mut this.inner).poll_frame(cx));
        Poll::Ready(frame.map(|frame| {
            let frame = frame.map_err(|error| Fault::Source(error.to_string()))?;
            if let Some(data) = frame.data_ref() {
                this.progress.0.fetch_add(data.len() as u64, Ordering::Relaxed);
            }
            Ok(frame)
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        Body::size_hint(&self.inner)
    }
}

/// What an answer's body may do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// How many bytes it may have.
    pub(super) bytes: Option<u64>,
    /// How long it may be silent.
    pub(super) idle: Duration,
    /// How long it may come more slowly than [`CRAWL`].
    pub(super) crawl: Option<Duration>,
}

/// Bytes a second below which an answer crawls.
const CRAWL: u64 = 1024;

/// An answer's body with its limits. The call's record is written when it is dropped.
pub(crate) struct ResponseBody {
    incoming: Incoming,
    limits: Limits,
    timer: Pin<Box<Sleep>>,
    /// Since when somebody waits for bytes.
    waiting: Option<Instant>,
    pace: Pace,
    record: Record,
}

/// What came in the time that was spent waiting for it.
#[derive(Debug, Default)]
struct Pace {
    waited: Duration,
    bytes: u64,
}

impl Pace {
    /// Whether so long was waited for so little. A stretch that was fast enough begins a new one.
    fn crawls(&mut self, waited: Duration, bytes: u64, patience: Duration) -> bool {
        self.waited += waited;
        self.bytes += bytes;
        if self.waited < patience {
            return false;
        }
        let floor = u128::from(CRAWL) * self.waited.as_millis() / 1000;
        let crawls = u128::from(self.bytes) < floor;
        *self = Self::default();
        crawls
    }
}

impl ResponseBody {
    pub(super) fn new(incoming: Incoming, limits: Limits, record: Record) -> Self {
        Self {
            incoming,
            timer: Box::pin(tokio::time::sleep(limits.idle)),
            limits,
            waiting: None,
            pace: Pace::default(),
            record,
        }
    }

    /// The clock runs only while someone waits for bytes: a reader that takes its time is no fault of the server.
    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<Fault> {
        if self.waiting.is_none() {
            let now = Instant::now();
            self.waiting = Some(now);
            self.timer.as_mut().reset(now + self.limits.idle);
        }
        self.timer.as_mut().poll(cx).map(|()| Fault::Timeout)
    }

    fn take(&mut self, frame: &Frame<Bytes>) -> Result<(), Fault> {
        let waited = self.waiting.take().map(|since| since.elapsed());
        let Some(data) = frame.data_ref() else { return Ok(()) };
        let received = self.record.received(data);
        match self.limits.bytes {
            Some(limit) if received > limit => return Err(Fault::TooLarge(limit)),
            _ => {}
        }
        match (waited, self.limits.crawl) {
            (Some(waited), Some(patience)) if self.pace.crawls(waited, data.len() as u64, patience) => {
                Err(Fault::Crawl)
            }
            (None, _) => {
                self.pace.bytes += data.len() as u64;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        let this = self.get_mut();
        let result = match Pin::new(&mut this.incoming).poll_frame(cx) {
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Ready(Some(Ok(frame))) => this.take(&frame).map(|()| frame),
            Poll::Ready(Some(Err(error))) => Err(Fault::from_chain(&error)),
            Poll::Pending => Err(std::task::ready!(this.poll_silence(cx))),
        };
        if let Err(fault) = &result {
            this.record.failed(fault);
        }
        Poll::Ready(Some(result))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crawl_is_told_from_a_slow_but_steady_link() {
        let minute = Duration::from_mins(1);
        let second = Duration::from_secs(1);
        let mut crawling = Pace::default();
        let seconds = (1..100).find(|_| crawling.crawls(second, 3, minute));
        assert_eq!(seconds, Some(60));
        let mut steady = Pace::default();
        assert!((0..600).all(|_| !steady.crawls(second, 2 * CRAWL, minute)));
    }
}
