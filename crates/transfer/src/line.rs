//! The line to one account's server: one state that all requests of all jobs share, so that a storm is waited out together
//! and not tried against by each alone.
//!
//! ```text
//!            throttled, or many failures inside the server
//!   Open ───────────────────────────────────────────────► Busy    two requests a second, then more with every answer
//!    │ ▲                                                    │
//!    │ └────────────────────────────────────────────────────┘ as wide as before
//!    ├── no connection can be made ──► Down    one request at a time looks whether there is a way again
//!    └── the credentials have ended ─► Held    nothing goes out until someone calls `release`
//! ```
//!
//! What a line is to blame for costs a request none of its tries. While a line is open a request costs it two atomic
//! operations.

mod status;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dipper_storage::ErrorKind;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

pub(crate) use status::Lines;
pub use status::{LineOptions, LineState, LineStatus};

use crate::error::Error;

/// So many requests in a row that fail inside the server are a storm; fewer may be an object that it cannot read.
const FAILURES_OF_A_STORM: u32 = 3;

/// The codes of credentials that were right once.
const ENDED: [&str; 4] = [
    "ExpiredToken",
    "TokenRefreshRequired",
    "InvalidToken",
    "InvalidAccessKeyId",
];

/// The line to one account's server.
#[derive(Debug)]
pub(crate) struct Line {
    options: LineOptions,
    /// How many requests there may be at once while it is open.
    width: u32,
    open: AtomicBool,
    flying: AtomicU32,
    /// Requests that failed inside the server since one did not.
    failures: AtomicU32,
    inner: Mutex<Inner>,
    room: Notify,
    told: watch::Sender<LineStatus>,
}

#[derive(Debug)]
struct Inner {
    state: LineState,
    /// How many requests there may be at once while it is busy.
    window: u32,
    narrowed: Instant,
    /// When the credentials were replaced last.
    released: Instant,
    /// No request before this.
    next: Instant,
    /// The one before next was refused too.
    stormy: bool,
    /// Somebody looks whether there is a connection.
    looking: bool,
    look: Duration,
}

/// Who pays for a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blame {
    /// The request: one of its tries is gone.
    Request,
    /// A storm: the request waits with all others until it is over, but not for ever.
    Storm,
    /// No connection, or no credentials: the request waits however long that takes.
    Outage,
}

/// A request under way on a line.
#[derive(Debug)]
pub(crate) struct Ticket<'a> {
    line: &'a Line,
    since: Instant,
    looks: bool,
}

/// What an answer says of its line.
enum News {
    Answered,
    Nothing,
    Throttled(Duration),
    Failed,
    Unreachable,
    Ended,
}

/// Whether a request may go out now.
enum Gate {
    Open(bool),
    At(Instant),
    Later,
}

impl Line {
    pub(crate) fn new(options: LineOptions, width: usize) -> Self {
        let now = Instant::now();
        Self {
            options,
            width: u32::try_from(width).unwrap_or(u32::MAX).max(1),
            open: AtomicBool::new(true),
            flying: AtomicU32::new(0),
            failures: AtomicU32::new(0),
            inner: Mutex::new(Inner {
                state: LineState::Open,
                window: 1,
                narrowed: now,
                released: now,
                next: now,
                stormy: false,
                looking: false,
                look: options.first_look,
            }),
            room: Notify::new(),
            told: watch::Sender::new(LineStatus {
                state: LineState::Open,
                reason: None,
            }),
        }
    }

    pub(crate) fn status(&self) -> LineStatus {
        self.told.borrow().clone()
    }

    pub(crate) fn statuses(&self) -> watch::Receiver<LineStatus> {
        self.told.subscribe()
    }

    /// Nothing goes out any more until [`Line::release`].
    pub(crate) fn hold(&self, reason: &str) {
        self.becomes(&mut self.inner(), LineState::Held, Some(reason));
    }

    /// The credentials were replaced: what was held goes on.
    pub(crate) fn release(&self) {
        let mut inner = self.inner();
        inner.released = Instant::now();
        if inner.state == LineState::Held {
            self.becomes(&mut inner, LineState::Open, None);
        }
    }

    /// How long a storm costs a request no tries.
    pub(crate) fn patience(&self) -> Duration {
        self.options.storm
    }

    /// Waits until it is worth asking for a [`Ticket`]. Dropping the future is harmless.
    pub(crate) async fn clear(&self) {
        while !self.open.load(Relaxed) {
            let room = self.room.notified();
            tokio::pin!(room);
            // From here on nothing that happens is missed.
            room.as_mut().enable();
            let gate = self.gate(&self.inner());
            match gate {
                Gate::Open(_) => return,
                Gate::At(then) => _ = tokio::time::timeout_at(then, room).await,
                Gate::Later => room.await,
            }
        }
    }

    /// Sets out with a request, if that may be at this moment.
    pub(crate) fn enter(&self) -> Option<Ticket<'_>> {
        let mut looks = false;
        if !self.open.load(Relaxed) {
            let mut inner = self.inner();
            let Gate::Open(looking) = self.gate(&inner) else {
                return None;
            };
            looks = looking;
            inner.looking |= looking;
            if inner.stormy {
                inner.next = Instant::now() + self.options.gap;
            }
        }
        self.flying.fetch_add(1, Relaxed);
        Some(Ticket {
            line: self,
            since: Instant::now(),
            looks,
        })
    }

    fn gate(&self, inner: &Inner) -> Gate {
        let now = Instant::now();
        let in_time = |looks| {
            if now < inner.next {
                Gate::At(inner.next)
            } else {
                Gate::Open(looks)
            }
        };
        match inner.state {
            LineState::Open => Gate::Open(false),
            LineState::Busy if self.flying.load(Relaxed) < inner.window => in_time(false),
            LineState::Down if !inner.looking => in_time(true),
            _ => Gate::Later,
        }
    }

    /// Learns from what came of a request, and says who pays if it failed. `first` is whether it had not failed before.
    fn heard(&self, news: &News, since: Instant, first: bool, error: Option<&Error>) -> Blame {
        match news {
            News::Answered => {
                self.answered();
                return Blame::Request;
            }
            News::Nothing => return Blame::Request,
            News::Failed => {
                let failures = self.failures.fetch_add(u32::from(first), Relaxed) + u32::from(first);
                if failures < FAILURES_OF_A_STORM && self.open.load(Relaxed) {
                    return Blame::Request;
                }
                self.throttled(Duration::ZERO, since, error);
            }
            News::Throttled(wait) => self.throttled(*wait, since, error),
            News::Unreachable => {
                self.unreachable(error);
                return Blame::Outage;
            }
            News::Ended => {
                self.ended(since, error);
                return Blame::Outage;
            }
        }
        Blame::Storm
    }

    /// Holds the line once. What set out before the credentials were replaced says nothing about the new ones.
    fn ended(&self, since: Instant, error: Option<&Error>) {
        let mut inner = self.inner();
        if inner.state != LineState::Held && since >= inner.released {
            let reason = error.map(ToString::to_string);
            self.becomes(&mut inner, LineState::Held, reason.as_deref());
        }
    }

    fn answered(&self) {
        if self.failures.load(Relaxed) > 0 {
            self.failures.store(0, Relaxed);
        }
        if self.open.load(Relaxed) {
            return;
        }
        let mut inner = self.inner();
        match inner.state {
            LineState::Busy => {
                inner.stormy = false;
                inner.window += 1;
                if inner.window >= self.width {
                    self.becomes(&mut inner, LineState::Open, None);
                }
            }
            LineState::Down => self.becomes(&mut inner, LineState::Open, None),
            LineState::Open | LineState::Held => {}
        }
        drop(inner);
        self.room.notify_waiters();
    }

    fn throttled(&self, wait: Duration, since: Instant, error: Option<&Error>) {
        let mut inner = self.inner();
        if inner.state == LineState::Held {
            return;
        }
        let now = Instant::now();
        if inner.state != LineState::Busy {
            inner.window = self.flying.load(Relaxed).clamp(1, self.width);
            inner.next = now;
            let reason = error.map(ToString::to_string);
            self.becomes(&mut inner, LineState::Busy, reason.as_deref());
        }
        // Requests that set out before it was narrowed say nothing new.
        if inner.window > 1 && since >= inner.narrowed {
            inner.window /= 2;
            inner.narrowed = now;
        }
        inner.stormy = true;
        inner.next = inner
            .next
            .max(now + self.options.gap.max(wait.min(self.options.longest_wait)));
    }

    fn unreachable(&self, error: Option<&Error>) {
        let mut inner = self.inner();
        match inner.state {
            LineState::Held => return,
            LineState::Down if !inner.looking => return,
            LineState::Down => inner.look = (inner.look * 3 / 2).min(self.options.last_look),
            LineState::Open | LineState::Busy => {
                inner.look = self.options.first_look;
                let reason = error.map(ToString::to_string);
                self.becomes(&mut inner, LineState::Down, reason.as_deref());
            }
        }
        inner.next = Instant::now() + inner.look;
    }

    fn becomes(&self, inner: &mut Inner, state: LineState, reason: Option<&str>) {
        tracing::info!(?state, reason, "the line to a server changed");
        inner.state = state;
        inner.stormy = false;
        inner.looking = false;
        self.open.store(state == LineState::Open, Relaxed);
        self.told.send_replace(LineStatus {
            state,
            reason: reason.map(str::to_owned),
        });
        self.room.notify_waiters();
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket<'_> {
    /// The request has ended. Says who pays if it failed; `first` is whether it had not failed before.
    pub(crate) fn ended<T>(self, outcome: &Result<T, Error>, first: bool) -> Blame {
        let error = outcome.as_ref().err();
        let news = error.map_or(News::Answered, News::of);
        self.line.heard(&news, self.since, first, error)
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.line.flying.fetch_sub(1, Relaxed);
        if !self.line.open.load(Relaxed) {
            if self.looks {
                self.line.inner().looking = false;
            }
            self.line.room.notify_waiters();
        }
    }
}

impl News {
    fn of(error: &Error) -> Self {
        let Some(storage) = error.storage() else {
            return Self::Nothing;
        };
        let ended = storage.s3_code().is_some_and(|code| ENDED.contains(&code));
        match (storage.kind(), storage.status()) {
            _ if storage.is_unreachable() => Self::Unreachable,
            (ErrorKind::InvalidCredentials, _) if ended => Self::Ended,
            (ErrorKind::Throttled, _) => Self::Throttled(storage.retry_after().unwrap_or_default()),
            (ErrorKind::Network | ErrorKind::Timeout, Some(500..)) => Self::Failed,
            (ErrorKind::Network | ErrorKind::Timeout | ErrorKind::LocalIo, _) | (_, None) => Self::Nothing,
            _ => Self::Answered,
        }
    }
}

#[cfg(test)]
mod tests;
