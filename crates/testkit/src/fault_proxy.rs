//! A proxy that does what networks and bad servers do: in front of any S3 server on loopback, by rules, counted.
//!
//! ```text
//!   client ──► listener ──► rules: which request, which time? ──► origin ──► answer, shaped by the rule ──► client
//!                 │                        │
//!                 └ refuses while told to  └ hits of each rule, requests and bytes of each operation
//! ```
//!
//! Requests reach the origin with their path and query byte for byte. Given [`Keys`] the proxy signs each one again for the
//! origin's own address, which lets it stand in front of a server that insists on its own port, and lets rules change what
//! is signed (a range, a query). Bodies are held in memory: this is for payloads of a few MiB. A test asserts with
//! [`FaultProxy::hits`] that its fault happened; chance is seeded, and `FAULT_SEED` plays a seed again.

mod answer;
mod reply;
mod request;
mod rule;
mod serve;
mod sign;
mod wire;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::net::TcpListener;
use tokio::task::JoinSet;

use self::request::Asked;
use self::rule::Rules;
pub use self::rule::{Action, Framing, Rule, RuleId};
use self::serve::Origin;
pub use self::sign::Keys;
use crate::Error;

/// A request that went through the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// As S3 names it: `UploadPart`.
    pub operation: &'static str,
    /// The key, percent-decoded; empty where there is none.
    pub key: String,
    /// The part's number.
    pub part: Option<u32>,
    /// The status that the client was sent; `None` if it was sent none.
    pub status: Option<u16>,
    /// Bytes of the request's body that arrived here.
    pub body: u64,
    /// Bytes of the answer's body that were handed to the client's connection.
    pub answered: u64,
    /// When it arrived, from the start of the proxy.
    pub at: Duration,
}

impl Passed {
    /// Whether the client was told that it succeeded.
    pub fn is_acknowledged(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// What the proxy, its connections and its owner share.
struct Shared {
    origin: Origin,
    rules: Mutex<Rules>,
    passed: Mutex<Vec<Passed>>,
    connections: AtomicU64,
    begin: std::time::Instant,
}

/// A proxy on a free port of loopback; it stops when dropped.
pub struct FaultProxy {
    address: SocketAddr,
    seed: u64,
    shared: Arc<Shared>,
    listening: tokio::sync::Mutex<JoinSet<()>>,
}

impl FaultProxy {
    /// Listens in front of `origin`, which is `http://host:port`. With keys every signed request is signed again.
    pub async fn start(origin: &str, keys: Option<Keys>) -> Result<Self, Error> {
        let listener = listen(0).await?;
        let address = listener.local_addr().map_err(Error::network("start a fault proxy"))?;
        let seed = seed();
        let shared = Arc::new(Shared {
            origin: Origin::new(origin, keys),
            rules: Mutex::new(Rules::new(seed)),
            passed: Mutex::default(),
            connections: AtomicU64::new(0),
            begin: std::time::Instant::now(),
        });
        let mut listening = JoinSet::new();
        listening.spawn(serve::accept(listener, shared.clone()));
        Ok(Self {
            address,
            seed,
            shared,
            listening: tokio::sync::Mutex::new(listening),
        })
    }

    /// `http://127.0.0.1:PORT`, to be used in place of the server's.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What chance is made of. Print it; `FAULT_SEED` plays it again.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Adds a rule. Of those that match a request the first one acts.
    pub fn rule(&self, rule: Rule) -> RuleId {
        lock(&self.shared.rules).add(rule)
    }

    /// Takes all rules away. Their hits stay.
    pub fn clear(&self) {
        lock(&self.shared.rules).clear();
    }

    /// How often a rule has acted.
    pub fn hits(&self, rule: RuleId) -> u64 {
        lock(&self.shared.rules).hits(rule)
    }

    /// Every request so far, in the order they ended.
    pub fn passed(&self) -> Vec<Passed> {
        lock(&self.shared.passed).clone()
    }

    /// How many requests of an operation there were.
    pub fn count(&self, operation: &str) -> usize {
        lock(&self.shared.passed)
            .iter()
            .filter(|passed| passed.operation == operation)
            .count()
    }

    /// Forgets the requests so far.
    pub fn forget(&self) {
        lock(&self.shared.passed).clear();
    }

    /// How many connections were made.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Relaxed)
    }

    /// From now on nobody listens: connections break, and new ones are refused.
    pub async fn refuse(&self) {
        self.listening.lock().await.shutdown().await;
    }

    /// Listens again, at the same address.
    pub async fn listen_again(&self) -> Result<(), Error> {
        let mut listening = self.listening.lock().await;
        if listening.is_empty() {
            let listener = listen(self.address.port()).await?;
            listening.spawn(serve::accept(listener, self.shared.clone()));
        }
        Ok(())
    }
}

impl std::fmt::Debug for FaultProxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FaultProxy")
            .field("address", &self.address)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

impl Shared {
    fn decide(&self, asked: &Asked) -> Option<Action> {
        lock(&self.rules).decide(asked)
    }

    fn note(&self, passed: Passed) {
        lock(&self.passed).push(passed);
    }
}

async fn listen(port: u16) -> Result<TcpListener, Error> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(Error::network("listen for a fault proxy"))
}

fn seed() -> u64 {
    let given = std::env::var("FAULT_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::from(now.subsec_nanos()) ^ now.as_secs().rotate_left(32)
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
