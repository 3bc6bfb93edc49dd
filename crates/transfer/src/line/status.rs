//! How a line is, how it waits, and the lines of all accounts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Line;

/// How a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineState {
    /// Requests go out as they come.
    Open,
    /// The server asked for fewer requests, or fails at them all: they go out slowly.
    Busy,
    /// No connection can be made: the network is down, or the server. It is tried again by itself.
    Down,
    /// The server does not accept the credentials any more. Nothing goes out until they are replaced.
    Held,
}

/// A line at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineStatus {
    /// How it is.
    pub state: LineState,
    /// What brought it there, in a sentence; `None` while it is open.
    pub reason: Option<String>,
}

/// How a line waits.
#[derive(Clone, Copy, Debug)]
pub struct LineOptions {
    /// Between two requests in a storm.
    pub gap: Duration,
    /// The most that a server's `Retry-After` is believed.
    pub longest_wait: Duration,
    /// How long a storm costs a request no tries.
    pub storm: Duration,
    /// Until it is looked whether there is a connection again, at first.
    pub first_look: Duration,
    /// The same at last; it grows by half each time.
    pub last_look: Duration,
}

impl Default for LineOptions {
    fn default() -> Self {
        Self {
            gap: Duration::from_millis(500),
            longest_wait: Duration::from_secs(20),
            storm: Duration::from_mins(10),
            first_look: Duration::from_secs(1),
            last_look: Duration::from_secs(10),
        }
    }
}

impl LineOptions {
    /// All waits divided, for tests.
    #[must_use]
    pub fn faster(self, times: u32) -> Self {
        let Self {
            gap,
            longest_wait,
            storm,
            first_look,
            last_look,
        } = self;
        Self {
            gap: gap / times,
            longest_wait: longest_wait / times,
            storm: storm / times,
            first_look: first_look / times,
            last_look: last_look / times,
        }
    }
}

/// The lines of all accounts.
#[derive(Debug)]
pub(crate) struct Lines {
    options: LineOptions,
    width: usize,
    of: Mutex<HashMap<String, Arc<Line>>>,
}

impl Lines {
    pub(crate) fn new(options: LineOptions, width: usize) -> Self {
        Self {
            options,
            width,
            of: Mutex::default(),
        }
    }

    /// The line of an account; all its jobs get the same.
    pub(crate) fn of(&self, account: &str) -> Arc<Line> {
        let mut lines = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.get(account) {
            return line.clone();
        }
        let line = Arc::new(Line::new(self.options, self.width));
        lines.insert(account.to_owned(), line.clone());
        line
    }
}
