//! Why a command did not do what it was asked for.

use std::fmt;

/// A failure in words for the person at the terminal: what was tried and why it did not work, then what to do.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    hint: Option<String>,
}

impl Failure {
    /// What was tried, and why it did not work.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
        }
    }

    /// The same, with what the person can do.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A closure for `map_err` on input and output: "could not `operation`: …".
    pub(crate) fn io(operation: impl fmt::Display) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::new(format!("could not {operation}: {source}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n{hint}"),
            None => Ok(()),
        }
    }
}
