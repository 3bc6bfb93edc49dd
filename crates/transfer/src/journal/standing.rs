//! How the items of a job stand, counted.

use rusqlite::Connection;

use super::items::{DONE, FAILED, NewItem, Role, SKIPPED};
use crate::job::JobId;

/// How many items of a job stand how, prefixes left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) items: u64,
    pub(crate) done: u64,
    pub(crate) skipped: u64,
    pub(crate) failed: u64,
    /// Everything that is not settled, prefixes too.
    pub(crate) open: u64,
    pub(crate) bytes: u64,
    pub(crate) bytes_done: u64,
    /// Whether a prefix is still to be listed.
    pub(crate) listing: bool,
}

impl Standing {
    /// How items stand that were just put in.
    pub(crate) fn of(items: &[NewItem]) -> Self {
        let objects = items.iter().filter(|item| item.role != Role::Prefix);
        let (items_there, bytes) = objects.fold((0, 0_u64), |(count, bytes), item| {
            (count + 1, bytes.saturating_add(item.size))
        });
        Self {
            items: items_there,
            open: items.len() as u64,
            bytes,
            listing: items.len() as u64 > items_there,
            ..Self::default()
        }
    }
}

/// Counts how items stand.
pub(super) fn standing(connection: &Connection, job: JobId) -> rusqlite::Result<Standing> {
    let sql = "SELECT state, role = 1, count(*), sum(size) FROM items WHERE job = ?1 GROUP BY 1, 2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([job.0])?;
    let mut standing = Standing::default();
    while let Some(row) = rows.next()? {
        let (state, prefix, count, bytes): (i64, bool, u64, u64) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        if state < DONE {
            standing.open += count;
        }
        if prefix {
            standing.listing |= state < DONE;
            standing.failed += if state == FAILED { count } else { 0 };
            continue;
        }
        standing.items += count;
        match state {
            DONE => (standing.done, standing.bytes_done) = (count, bytes),
            SKIPPED => standing.skipped = count,
            FAILED => standing.failed += count,
            _ => {}
        }
        if state != SKIPPED {
            standing.bytes += bytes;
        }
    }
    Ok(standing)
}
