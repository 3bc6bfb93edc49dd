//! What was asked of a sink, counted.

use std::collections::BTreeMap;
use std::fmt;

use super::operation::Operation;

/// Requests by operation, and the bytes of their bodies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many requests of each operation there were.
    pub requests: BTreeMap<Operation, u64>,
    /// Bytes of objects and parts that came in.
    pub bytes_in: u64,
    /// Bytes of objects that were promised to go out.
    pub bytes_out: u64,
    /// Objects that were stored.
    pub stored: u64,
    /// Objects that were deleted.
    pub deleted: u64,
    /// Uploads in parts that were neither completed nor aborted.
    pub unfinished: u64,
}

impl Tally {
    /// How many requests of an operation there were.
    pub fn of(&self, operation: Operation) -> u64 {
        self.requests.get(&operation).copied().unwrap_or_default()
    }

    pub(super) fn count(&mut self, operation: Operation) {
        *self.requests.entry(operation).or_default() += 1;
    }
}

/// As in `PutObject 10000, HeadObject 1; 40960000 bytes in`.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let requests: Vec<String> = self
            .requests
            .iter()
            .map(|(operation, count)| format!("{operation} {count}"))
            .collect();
        f.write_str(if requests.is_empty() { "no request" } else { "" })?;
        f.write_str(&requests.join(", "))?;
        for (count, what) in [
            (self.bytes_in, "bytes in"),
            (self.bytes_out, "bytes out"),
            (self.stored, "stored"),
            (self.deleted, "deleted"),
            (self.unfinished, "unfinished"),
        ] {
            if count > 0 {
                write!(f, "; {count} {what}")?;
            }
        }
        Ok(())
    }
}
