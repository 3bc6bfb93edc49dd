//! The one way out: every HTTP request of a client leaves here, whoever made and signed it.
//!
//! ```text
//!   SDK ──► sdk::Connector ─┐                         ┌─ name lookup, TCP, TLS (connect timeout, the account's certificates)
//!                           ├─► Transport::send ─► pool
//!   probe, diagnose ────────┘        │                └─ answer: at most so many bytes, never silent for too long
//!                                    └─ one CallRecord when all is over
//! ```
//!
//! Redirects are never followed and nothing is retried: both would need to know what the request means.

mod body;
mod connector;
mod fault;
mod record;
mod tls;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_types::body::SdkBody;
use http::{Request, Response};
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};

pub(crate) use body::ResponseBody;
use body::{Limits, Progress, RequestBody};
use connector::Connector;
pub(crate) use fault::{Fault, find};
use record::Record;
pub(crate) use record::error_code;
pub(crate) use tls::Handshake;

use crate::config::{CallObserver, Clock, Config, Timeouts};
use crate::error::Result;
use crate::names::{BucketName, ObjectKey};

/// What a request is about; travels with it as an `http` extension.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    pub(crate) operation: &'static str,
    pub(crate) bucket: Option<BucketName>,
    pub(crate) key: Option<ObjectKey>,
    pub(crate) answer: Answer,
}

/// What kind of answer is expected, which sets its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A small document.
    Document,
    /// A small document that the server may take minutes to begin with.
    SlowDocument,
    /// A page of a listing.
    Listing,
    /// The bytes of an object, without a limit.
    Object,
    /// The same, and they may come as slowly as they like.
    SlowObject,
}

/// The largest document. A page of a thousand keys of 1,024 bytes, percent-encoded, is below 4 MB.
const DOCUMENT_LIMIT: u64 = 16 * 1024 * 1024;
/// The largest refusal. Real ones have a few hundred bytes.
const REFUSAL_LIMIT: u64 = 1024 * 1024;
/// Idle connections are closed after this: servers commonly close theirs after 60 s, and the one who closes first never
/// meets a connection that the other has just closed.
const POOL_IDLE: Duration = Duration::from_secs(50);

impl Answer {
    fn limit(self, status: http::StatusCode) -> Option<u64> {
        match self {
            _ if !status.is_success() => Some(REFUSAL_LIMIT),
            Self::Object | Self::SlowObject => None,
            _ => Some(DOCUMENT_LIMIT),
        }
    }

    /// Whether this is an object's bytes.
    pub(crate) fn is_object(self) -> bool {
        matches!(self, Self::Object | Self::SlowObject)
    }
}

/// One pool of connections with one set of rules. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Transport {
    pool: legacy::Client<Connector, RequestBody>,
    handshake: Arc<Handshake>,
    timeouts: Timeouts,
    observer: Arc<dyn CallObserver>,
    clock: Clock,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}

impl Transport {
    pub(crate) fn new(config: &Config) -> Result<Self> {
        let handshake = Arc::new(Handshake::default());
        let tls = tls::client_config(config, handshake.clone())?;
        let connector = Connector::new(tls, config.timeouts.connect);
        let pool = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(POOL_IDLE)
            .build(connector);
        Ok(Self {
            pool,
            handshake,
            timeouts: config.timeouts.clone(),
            observer: config.observer.clone(),
            clock: config.clock,
        })
    }

    /// Sends one request and returns the answer as soon as its headers are there.
    pub(crate) async fn send(&self, request: Request<SdkBody>, tag: &Tag) -> Result<Response<ResponseBody>, Fault> {
        let progress = Progress::default();
        let mut record = Record::start(self.observer.clone(), self.clock, &request, tag, progress.clone());
        let request = request.map(|body| RequestBody::new(body, progress.clone()));
        let patience = match tag.answer {
            Answer::SlowDocument => self.timeouts.slow_operation,
            _ => self.timeouts.first_byte,
        };
        let answer = progress.wait_while_moving(self.pool.request(request), patience).await;
        let answer = answer.and_then(|answer| answer.map_err(|error| Fault::from_chain(&error)));
        match answer {
            Ok(response) => {
                record.answered(&response);
                let limits = Limits {
                    bytes: tag.answer.limit(response.status()),
                    idle: self.timeouts.idle,
                    crawl: (tag.answer != Answer::SlowObject).then_some(self.timeouts.crawl),
                };
                Ok(response.map(|incoming| ResponseBody::new(incoming, limits, record)))
            }
            Err(fault) => {
                record.failed(&fault);
                Err(fault)
            }
        }
    }

    /// What the last TLS handshake showed.
    pub(crate) fn handshake(&self) -> &Handshake {
        &self.handshake
    }
}
