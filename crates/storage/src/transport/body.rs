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

/// How many bytes of a request's body were handed to the connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress(Arc<AtomicU64>);

impl Progress {
    pub(super) fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Waits for the answer as long as the request's body moves, and then for `patience` (up to twice that, since it
    /// only looks that often).
    pub(super) async fn wait_while_moving<F: Future>(&self, answer: F, patience: Duration) -> Result<F::Output, Fault> {
        let mut answer = pin!(answer);
        loop {
            let before = self.bytes();
            match tokio::time::timeout(patience, &mut answer).await {
                Ok(output) => return Ok(output),
                Err(_) if self.bytes() == before => return Err(Fault::Timeout),
                Err(_) => {}
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

/// An answer's body with its limits. The call's record is written when it is dropped.
pub(crate) struct ResponseBody {
    incoming: Incoming,
    limit: Option<u64>,
    idle: Duration,
    timer: Pin<Box<Sleep>>,
    waiting: bool,
    record: Record,
}

impl ResponseBody {
    pub(super) fn new(incoming: Incoming, limit: Option<u64>, idle: Duration, record: Record) -> Self {
        Self {
            incoming,
            limit,
            idle,
            timer: Box::pin(tokio::time::sleep(idle)),
            waiting: false,
            record,
        }
    }

    /// The clock runs only while someone waits for bytes: a reader that takes its time is no fault of the server.
    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<Fault> {
        if !self.waiting {
            self.waiting = true;
            self.timer.as_mut().reset(Instant::now() + self.idle);
        }
        self.timer.as_mut().poll(cx).map(|()| Fault::Timeout)
    }

    fn take(&mut self, frame: &Frame<Bytes>) -> Result<(), Fault> {
        let Some(data) = frame.data_ref() else { return Ok(()) };
        let received = self.record.received(data);
        match self.limit {
            Some(limit) if received > limit => Err(Fault::TooLarge(limit)),
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
        this.waiting = false;
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
