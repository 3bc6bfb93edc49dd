//! How a command ends: the codes scripts can rely on, and what is said when it went wrong.

use std::process::ExitCode;

use dipper_app::{Error, ErrorKind};
use serde::Serialize;

use crate::output::escaped;

/// The codes, in words for `--help`.
pub(crate) const TABLE: &str = "\
Exit codes:
  0    everything was done (or was left alone, as asked)
  1    some of it failed, or nothing of it could be done
  2    the command cannot be understood, or needs -y without a terminal
  3    the account, bucket, object or file is not there
  4    access denied, or the keys are not accepted or missing
  5    the server could not be reached, or did not answer in time
  130  interrupted";

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Done,
    Failed,
    Usage,
    NotFound,
    Denied,
    Network,
    Interrupted,
}

impl Code {
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Denied => 4,
            Self::Network => 5,
            Self::Interrupted => 130,
        }
    }

    /// The code of an error of the app.
    pub(crate) fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::AccessDenied | ErrorKind::InvalidCredentials | ErrorKind::ClockSkew | ErrorKind::Keychain => {
                Self::Denied
            }
            ErrorKind::Network | ErrorKind::Timeout | ErrorKind::Throttled | ErrorKind::Tls => Self::Network,
            ErrorKind::InvalidInput => Self::Usage,
            ErrorKind::Cancelled => Self::Interrupted,
            _ => Self::Failed,
        }
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code.number())
    }
}

/// Why a command could not be done, and how it ends.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    said: Box<Said>,
}

/// What is said of a failure: words for people, and the facts a script or a support request needs.
#[derive(Debug, Serialize)]
struct Said {
    #[serde(rename = "type")]
    record: &'static str,
    exit_code: u8,
    kind: &'static str,
    message: String,
    hint: Option<String>,
    s3_code: Option<String>,
    status: Option<u16>,
    request_id: Option<String>,
}

impl Failure {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        let kind = match code {
            Code::Usage => "invalid_input",
            Code::NotFound => "not_found",
            Code::Denied => "access_denied",
            Code::Network => "network",
            Code::Interrupted => "cancelled",
            Code::Done | Code::Failed => "failed",
        };
        let said = Said {
            record: "error",
            exit_code: code.number(),
            kind,
            message: message.into(),
            hint: None,
            s3_code: None,
            status: None,
            request_id: None,
        };
        Self {
            code,
            said: Box::new(said),
        }
    }

    /// The command cannot be understood as it is.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Code::Usage, message)
    }

    #[must_use]
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.said.hint = Some(hint.into());
        self
    }

    /// Says it on standard error, as one line of JSON or in words.
    pub(crate) fn report(&self, json: bool) -> ExitCode {
        if self.code != Code::Interrupted {
            match serde_json::to_string(&self.said) {
                Ok(line) if json => say(&line),
                _ => {
                    say(&format!("dip: {}", escaped(&self.said.message)));
                    if let Some(hint) = &self.said.hint {
                        say(&format!("     {}", escaped(hint)));
                    }
                }
            }
        }
        self.code.into()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut failure = Self::new(Code::of(error.kind()), error.to_string());
        failure.said.kind = name_of(error.kind());
        failure.said.hint = error.hint().map(str::to_owned);
        failure.said.s3_code = error.s3_code().map(str::to_owned);
        failure.said.status = error.status();
        failure.said.request_id = error.request_id().map(str::to_owned);
        failure
    }
}

/// A kind's name in JSON.
pub(crate) fn name_of(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound => "not_found",
        ErrorKind::AccessDenied => "access_denied",
        ErrorKind::InvalidCredentials => "invalid_credentials",
        ErrorKind::Conflict => "conflict",
        ErrorKind::PreconditionFailed => "precondition_failed",
        ErrorKind::Throttled => "throttled",
        ErrorKind::Network => "network",
        ErrorKind::Timeout => "timeout",
        ErrorKind::Tls => "tls",
        ErrorKind::Unsupported => "unsupported",
        ErrorKind::InvalidInput => "invalid_input",
        ErrorKind::LocalIo => "local_io",
        ErrorKind::DiskFull => "disk_full",
        ErrorKind::Corrupt => "corrupt",
        ErrorKind::ClockSkew => "clock_skew",
        ErrorKind::Partial => "partial",
        ErrorKind::Cancelled => "cancelled",
        ErrorKind::Keychain => "keychain",
        ErrorKind::StalePlan => "changed_meanwhile",
        _ => "internal",
    }
}

/// A line on standard error.
#[expect(clippy::print_stderr, reason = "a command line speaks on standard error")]
pub(crate) fn say(line: &str) {
    eprintln!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_end_in_the_codes_that_help_promises() {
        let cases = [
            (ErrorKind::NotFound, 3),
            (ErrorKind::AccessDenied, 4),
            (ErrorKind::InvalidCredentials, 4),
            (ErrorKind::Network, 5),
            (ErrorKind::Timeout, 5),
            (ErrorKind::InvalidInput, 2),
            (ErrorKind::Cancelled, 130),
            (ErrorKind::Partial, 1),
            (ErrorKind::Internal, 1),
        ];
        for (kind, number) in cases {
            assert_eq!(Code::of(kind).number(), number, "{kind:?}");
            let line = TABLE
                .lines()
                .find(|line| line.trim_start().starts_with(&number.to_string()));
            assert!(line.is_some(), "{number} is not in the table");
        }
    }

    #[test]
    fn a_failure_is_one_line_of_json() {
        let failure = Failure::new(Code::NotFound, "gone").with_hint("look");
        let json = serde_json::to_value(&failure.said).unwrap_or_default();
        assert_eq!(json["type"], "error");
        assert_eq!((&json["exit_code"], &json["kind"]), (&3.into(), &"not_found".into()));
        assert_eq!((&json["message"], &json["hint"]), (&"gone".into(), &"look".into()));
    }
}
