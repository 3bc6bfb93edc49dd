//! What a command writes: lines for people, or one JSON object a line for programs. Exactly one of the two.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{self, BufWriter, IsTerminal as _, Stdout, Write as _};

use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::exit::{Code, Failure};

/// As much is gathered before it is written where nobody watches: ten thousand names are not ten thousand writes.
const GATHERED: usize = 64 * 1024;

/// Standard output.
pub(crate) struct Output {
    json: bool,
    terminal: bool,
    out: RefCell<BufWriter<Stdout>>,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self {
            json,
            terminal: io::stdout().is_terminal(),
            out: RefCell::new(BufWriter::with_capacity(GATHERED, io::stdout())),
        }
    }

    /// Whether programs read it.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// One record: the object as JSON, or the line `words` makes of it.
    pub(crate) fn record<T: Serialize>(&self, record: &T, words: impl FnOnce(&T) -> String) -> Result<(), Failure> {
        if self.json {
            let line = serde_json::to_string(record)
                .map_err(|cause| Failure::new(Code::Failed, format!("Could not write JSON: {cause}.")))?;
            return self.line(&line);
        }
        self.line(&words(record))
    }

    /// Something only people read.
    pub(crate) fn words(&self, line: &str) -> Result<(), Failure> {
        if self.json { Ok(()) } else { self.line(line) }
    }

    /// Bytes as they are.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        written(self.out.borrow_mut().write_all(bytes))
    }

    /// Writes what was gathered.
    pub(crate) fn flush(&self) -> Result<(), Failure> {
        written(self.out.borrow_mut().flush())
    }

    /// A name as it is printed: exact where a program reads it, without control characters where a terminal would obey them.
    pub(crate) fn name<'n>(&self, name: &'n str) -> Cow<'n, str> {
        if self.terminal {
            escaped(name)
        } else {
            Cow::Borrowed(name)
        }
    }

    fn line(&self, line: &str) -> Result<(), Failure> {
        let mut out = self.out.borrow_mut();
        written(writeln!(out, "{line}"))?;
        if self.terminal { written(out.flush()) } else { Ok(()) }
    }
}

/// A reader that went away (`dip ls … | head`) has read enough: that is no failure.
fn written(outcome: io::Result<()>) -> Result<(), Failure> {
    match outcome {
        Ok(()) => Ok(()),
        Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => std::process::exit(Code::Done.number().into()),
        Err(cause) => Err(Failure::new(
            Code::Failed,
            format!("Could not write the output: {cause}."),
        )),
    }
}

/// A text without what a terminal would obey or hide: control characters, and marks that turn the direction of writing.
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match u32::from(character) {
            _ if !is_unsafe(character) => safe.push(character),
            code @ 0..=0xff => _ = write!(safe, "\\x{code:02x}"),
            code => _ = write!(safe, "\\u{code:04x}"),
        }
    }
    Cow::Owned(safe)
}

fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61c}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A moment as RFC 3339, in UTC.
pub(crate) fn moment(moment: OffsetDateTime) -> Option<String> {
    moment
        .to_offset(time::UtcOffset::UTC)
        .replace_nanosecond(0)
        .ok()?
        .format(&Rfc3339)
        .ok()
}

/// A size: exact, or as people say it.
pub(crate) fn size(bytes: u64, human: bool) -> String {
    if human {
        dipper_app::size_in_words(bytes)
    } else {
        bytes.to_string()
    }
}

/// `1 object`, `3 objects`.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_steer_a_terminal() {
        assert_eq!(escaped("plain Übersicht.csv"), "plain Übersicht.csv");
        assert_eq!(escaped("bell\u{7}\u{1b}[2J\n"), "bell\\x07\\x1b[2J\\x0a");
        assert_eq!(escaped("photo\u{202e}gpj.exe"), "photo\\u202egpj.exe");
        assert_eq!(escaped("\u{9b}31m"), "\\x9b31m");
    }

    #[test]
    fn sizes_are_exact_unless_asked_otherwise() {
        assert_eq!(size(4_820_000, false), "4820000");
        assert_eq!(size(4_820_000, true), "4.82 MB");
        assert_eq!(
            (counted(1, "object"), counted(0, "object")),
            ("1 object".into(), "0 objects".into())
        );
    }
}
