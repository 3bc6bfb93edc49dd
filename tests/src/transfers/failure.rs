//! Why nothing was measured.

use super::clients::Client;

/// Why a run does not count.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A file or a folder.
    #[error("could not {what}: {source}")]
    Disk {
        /// What was tried.
        what: String,
        /// Why it did not work.
        source: std::io::Error,
    },
    /// Not enough room.
    #[error(
        "{folder} has room for {free} MiB and the files need {needed} MiB. Free some memory, or leave works out with --only"
    )]
    Room {
        /// The RAM disk.
        folder: String,
        /// What there is.
        free: u64,
        /// What there should be.
        needed: u64,
    },
    /// A program failed.
    #[error("it ended with {status}. What it said last:\n{words}")]
    Ended {
        /// How it ended.
        status: String,
        /// The end of its output.
        words: String,
    },
    /// A program said that all went well, and it did not.
    #[error("it said that all is done, but {wrong}; the server was asked for: {tally}")]
    Undone {
        /// What is wrong.
        wrong: String,
        /// What the server saw.
        tally: String,
    },
    /// The test kit.
    #[error(transparent)]
    Kit(#[from] dipper_testkit::Error),
    /// One run of one program.
    #[error("{work} with {client}: {why}")]
    Run {
        /// The work.
        work: &'static str,
        /// The program.
        client: Client,
        /// Why.
        why: Box<Failure>,
    },
}

impl Failure {
    /// A closure for `map_err` on input and output.
    pub(super) fn disk(what: impl std::fmt::Display) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Disk {
            what: what.to_string(),
            source,
        }
    }

    pub(super) fn about(self, work: &'static str, client: Client) -> Self {
        Self::Run {
            work,
            client,
            why: Box::new(self),
        }
    }
}
