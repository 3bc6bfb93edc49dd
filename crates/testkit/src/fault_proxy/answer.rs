//! The body of an answer as a rule wants it: so many bytes, so fast, with such an end.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use super::serve::Noted;

/// Bytes handed out at once.
const PIECE: usize = 32 * 1024;

/// What follows the last byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The end.
    Clean,
    /// The connection breaks.
    Broken,
    /// Nothing, for ever.
    Silence,
}

/// The connection is to break here.
#[derive(Debug, thiserror::Error)]
#[error("a rule breaks this connection")]
pub(super) struct Break;

/// A body.
pub(super) struct Shaped {
    bytes: Bytes,
    /// `bytes` that many times over.
    repeat: u64,
    at: usize,
    end: End,
    /// One piece of so many bytes every so often.
    pace: Option<(usize, Duration)>,
    waiting: Option<Pin<Box<Sleep>>>,
    sent: Arc<AtomicU64>,
    /// Whether the end shows in the framing: a length is announced.
    sized: bool,
    noted: Option<Noted>,
}

impl Shaped {
    pub(super) fn new(bytes: Bytes, sent: Arc<AtomicU64>) -> Self {
        Self {
            bytes,
            repeat: 1,
            at: 0,
            end: End::Clean,
            pace: None,
            waiting: None,
            sent,
            sized: true,
            noted: None,
        }
    }

    pub(super) fn ending(mut self, end: End) -> Self {
        self.end = end;
        self
    }

    /// Notes the request when the body is over.
    pub(super) fn noting(mut self, noted: Noted) -> Self {
        self.noted = Some(noted);
        self
    }

    /// Bytes to come.
    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub(super) fn cut(mut self, length: u64) -> Self {
        self.bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        self.unsized_body()
    }

    pub(super) fn unsized_body(mut self) -> Self {
        self.sized = false;
        self
    }

    pub(super) fn repeated(mut self, times: u64) -> Self {
        self.repeat = times;
        self.unsized_body()
    }

    /// So many bytes a second, in pieces of a twentieth of a second or of one byte.
    pub(super) fn trickling(mut self, per_second: f64) -> Self {
        let piece = (per_second / 20.0).max(1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rule's own number, at least one"
        )]
        let bytes = piece as usize;
        self.pace = Some((bytes, Duration::from_secs_f64(piece / per_second)));
        self
    }

    fn piece(&mut self) -> Bytes {
        let length = self.pace.map_or(PIECE, |(bytes, _)| bytes);
        let end = (self.at + length).min(self.bytes.len());
        let piece = self.bytes.slice(self.at..end);
        self.at = end;
        if self.at == self.bytes.len() && self.repeat > 1 {
            self.repeat -= 1;
            self.at = 0;
        }
        self.sent.fetch_add(piece.len() as u64, Relaxed);
        piece
    }
}

impl Body for Shaped {
    type Data = Bytes;
    type Error = Break;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Break>>> {
        if self.at == self.bytes.len() {
            // The last piece is on its way before a break: the server writes it out while this waits a moment.
            return match self.end {
                End::Clean => Poll::Ready(None),
                End::Silence => Poll::Pending,
                End::Broken => {
                    let moment = self
                        .waiting
                        .get_or_insert_with(|| Box::pin(tokio::time::sleep(Duration::from_millis(5))));
                    std::task::ready!(moment.as_mut().poll(cx));
                    Poll::Ready(Some(Err(Break)))
                }
            };
        }
        if let Some((_, gap)) = self.pace {
            let pause = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep(gap)));
            std::task::ready!(pause.as_mut().poll(cx));
            self.waiting = None;
        }
        let piece = self.piece();
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        // Of an answer that is cut, not even an empty rest is an end.
        self.sized && self.end == End::Clean && self.at == self.bytes.len()
    }

    fn size_hint(&self) -> SizeHint {
        if self.sized && self.end == End::Clean {
            SizeHint::with_exact((self.bytes.len() - self.at) as u64)
        } else {
            SizeHint::default()
        }
    }
}

impl Drop for Shaped {
    fn drop(&mut self) {
        // What was cut short told the client nothing. Of a HEAD no body is ever asked for.
        if (self.end != End::Clean || self.at < self.bytes.len())
            && let Some(noted) = &mut self.noted
        {
            noted.unanswered();
        }
    }
}
