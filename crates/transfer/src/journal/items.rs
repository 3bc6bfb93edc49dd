//! Items in the journal: claimed in pages, so that a job of a million objects needs no memory, and settled one by one.
//!
//! A page is *claimed* before its first item begins, in one transaction. So after a crash the items whose outcome is not
//! known are those that were claimed and not settled, some hundred at the most: each comes back with
//! [`Item::begun`] and the evidence it left, and is looked at before it is done again.

use std::path::PathBuf;

use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use super::Journal;
use super::exact::{exact_path, from_bytes, to_bytes};
use super::jobs::json;
use super::standing::{Standing, standing};
use crate::error::Result;
use crate::job::{ItemStanding, ItemView, JobId};
use crate::spec::ConflictPolicy;
use crate::store::SourceState;

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// One object.
    Object,
    /// A prefix that is listed into objects.
    Prefix,
    /// An unfinished upload to abort.
    Upload,
    /// The bucket itself, which goes last.
    Bucket,
}

impl Role {
    fn code(self) -> i64 {
        match self {
            Self::Object => 0,
            Self::Prefix => 1,
            Self::Upload => 2,
            Self::Bucket => 3,
        }
    }
}

/// An item that is put in.
#[derive(Clone, Debug)]
pub(crate) struct NewItem {
    pub(crate) role: Role,
    pub(crate) key: String,
    pub(crate) path: Option<PathBuf>,
    pub(crate) size: u64,
    pub(crate) options: ItemOptions,
}

/// What only some items have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ItemOptions {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) conflict: Option<ConflictPolicy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) version_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) upload_id: Option<String>,
    /// The key of an object's copy; of a prefix, what its copies have in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<String>,
}

/// An item to work on.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) number: u32,
    pub(crate) key: String,
    pub(crate) path: Option<PathBuf>,
    pub(crate) size: u64,
    pub(crate) options: ItemOptions,
    /// Whether an earlier run began with it, so that its outcome is not known.
    pub(crate) begun: bool,
    /// What that run left behind.
    pub(crate) evidence: Option<Evidence>,
}

/// How far an item has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Evidence {
    /// An upload in parts is about to be begun, at this moment (seconds since 1970): the server may have one of no parts.
    Beginning { key: String, at: i64 },
    /// An upload in parts is under way, of this state of the source.
    Sending {
        key: String,
        upload: String,
        source: SourceState,
    },
    /// The server is about to copy the object to this key, since this moment (seconds since 1970).
    Copying { key: String, at: i64 },
    /// A copy is whole, and its source is about to go.
    Removing {
        key: String,
        size: u64,
        /// That of the copy.
        etag: Option<String>,
        /// That of the source.
        source: Option<String>,
    },
    /// Ranges of this state of the object lie in the temporary file.
    Receiving {
        #[serde(with = "exact_path")]
        temporary: PathBuf,
        size: u64,
        etag: Option<String>,
    },
    /// The temporary file is whole and about to get its name.
    Placing {
        #[serde(with = "exact_path")]
        temporary: PathBuf,
        #[serde(with = "exact_path")]
        folder: PathBuf,
        name: String,
        size: u64,
    },
    /// A prefix is listed up to this key.
    Listed { after: String },
}

/// A part that the server has, or a range that the disk has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// From 1.
    pub(crate) number: u32,
    /// Empty for a range.
    pub(crate) etag: String,
}

const WAITING: i64 = 0;
const BEGUN: i64 = 1;
pub(super) const DONE: i64 = 2;
pub(super) const SKIPPED: i64 = 3;
pub(super) const FAILED: i64 = 4;

fn code(standing: ItemStanding) -> i64 {
    match standing {
        ItemStanding::Waiting => WAITING,
        ItemStanding::Begun => BEGUN,
        ItemStanding::Done => DONE,
        ItemStanding::Skipped => SKIPPED,
        ItemStanding::Failed => FAILED,
    }
}

fn standing_of(code: i64) -> ItemStanding {
    match code {
        BEGUN => ItemStanding::Begun,
        DONE => ItemStanding::Done,
        SKIPPED => ItemStanding::Skipped,
        FAILED => ItemStanding::Failed,
        _ => ItemStanding::Waiting,
    }
}

impl Journal {
    /// The objects of a job behind a number, of one standing or of all; nothing is claimed by looking.
    pub(crate) async fn look(
        &self,
        job: JobId,
        which: Option<ItemStanding>,
        after: u32,
        most: u32,
    ) -> Result<Vec<ItemView>> {
        self.call(move |connection| {
            let sql = "SELECT number, key, size, state FROM items
                       WHERE job = ?1 AND number > ?2 AND role = ?3 AND (?4 IS NULL OR state = ?4)
                       ORDER BY number LIMIT ?5";
            let values = params![job.0, after, Role::Object.code(), which.map(code), most];
            let view = |row: &Row<'_>| {
                Ok(ItemView {
                    number: row.get(0)?,
                    key: row.get(1)?,
                    size: row.get(2)?,
                    standing: standing_of(row.get(3)?),
                })
            };
            connection.prepare_cached(sql)?.query_map(values, view)?.collect()
        })
        .await
    }

    /// The next items of a role behind a number, claimed.
    pub(crate) async fn claim(&self, job: JobId, role: Role, after: u32, most: u32) -> Result<Vec<Item>> {
        self.call(move |connection| {
            let sql = "SELECT number, key, path, size, options, state, evidence FROM items
                       WHERE job = ?1 AND number > ?2 AND state <= ?3 AND role = ?4 ORDER BY number LIMIT ?5";
            let values = params![job.0, after, BEGUN, role.code(), most];
            let mut statement = connection.prepare_cached(sql)?;
            let items: Vec<Item> = statement.query_map(values, item)?.collect::<rusqlite::Result<_>>()?;
            if let (Some(first), Some(last)) = (items.first(), items.last()) {
                let sql = "UPDATE items SET state = ?4 WHERE job = ?1 AND number BETWEEN ?2 AND ?3 AND state = ?5 AND role = ?6";
                let values = params![job.0, first.number, last.number, BEGUN, WAITING, role.code()];
                connection.prepare_cached(sql)?.execute(values)?;
            }
            Ok(items)
        })
        .await
    }

    /// The files of a job that are not settled: their keys, where they are, how they are asked for.
    pub(crate) async fn files_under_way(&self, job: JobId) -> Result<Vec<(String, PathBuf, ItemOptions)>> {
        self.call(move |connection| {
            let sql = "SELECT number, key, path, size, options, state, evidence FROM items
                       WHERE job = ?1 AND state <= ?2 AND path IS NOT NULL";
            let mut statement = connection.prepare_cached(sql)?;
            let items = statement.query_map(params![job.0, BEGUN], item)?;
            items
                .map(|item| item.map(|item| (item.key, item.path.unwrap_or_default(), item.options)))
                .collect()
        })
        .await
    }

    /// Items were settled, or given up; what they had is known no longer unless they failed with it.
    pub(crate) async fn settle(&self, job: JobId, numbers: Vec<u32>, standing: ItemStanding) {
        self.note(move |connection| {
            let sql = "UPDATE items SET state = ?4, evidence = CASE WHEN ?4 = 4 THEN evidence END
                       WHERE job = ?1 AND number BETWEEN ?2 AND ?3";
            let mut settle = connection.prepare_cached(sql)?;
            for (first, last) in rows_of(numbers) {
                settle.execute(params![job.0, first, last, code(standing)])?;
            }
            Ok(())
        })
        .await;
    }

    /// What an item has reached; durable when this returns.
    pub(crate) async fn reach(&self, job: JobId, item: u32, evidence: Evidence) -> Result<()> {
        self.call(move |connection| set_evidence(connection, job, item, Some(&evidence)))
            .await
    }

    /// The same, on a thread that may block.
    pub(crate) fn reach_blocking(&self, job: JobId, item: u32, evidence: Evidence) -> Result<()> {
        self.call_blocking(move |connection| set_evidence(connection, job, item, Some(&evidence)))
    }

    /// What an item had reached is gone.
    pub(crate) async fn lose(&self, job: JobId, item: u32) {
        self.note(move |connection| {
            let sql = "DELETE FROM parts WHERE job = ?1 AND item = ?2";
            connection.prepare_cached(sql)?.execute(params![job.0, item])?;
            set_evidence(connection, job, item, None)
        })
        .await;
    }

    /// The server, or the disk, has a part for certain.
    pub(crate) async fn part(&self, job: JobId, item: u32, part: Part) {
        self.note(move |connection| {
            let sql = "INSERT OR REPLACE INTO parts (job, item, number, etag) VALUES (?1, ?2, ?3, ?4)";
            let values = params![job.0, item, part.number, part.etag];
            connection.prepare_cached(sql)?.execute(values).map(drop)
        })
        .await;
    }

    /// The parts of an item.
    pub(crate) async fn parts(&self, job: JobId, item: u32) -> Result<Vec<Part>> {
        self.call(move |connection| {
            let sql = "SELECT number, etag FROM parts WHERE job = ?1 AND item = ?2 ORDER BY number";
            let part = |row: &Row<'_>| {
                Ok(Part {
                    number: row.get(0)?,
                    etag: row.get(1)?,
                })
            };
            connection
                .prepare_cached(sql)?
                .query_map(params![job.0, item], part)?
                .collect()
        })
        .await
    }

    /// What an item has reached by now, and its parts.
    pub(crate) async fn reached(&self, job: JobId, item: u32) -> Result<(Option<Evidence>, Vec<Part>)> {
        let parts = self.parts(job, item).await?;
        let evidence = self.call(move |connection| {
            let sql = "SELECT evidence FROM items WHERE job = ?1 AND number = ?2";
            let evidence = |row: &Row<'_>| row.get::<_, Option<String>>(0);
            connection
                .prepare_cached(sql)?
                .query_row(params![job.0, item], evidence)
        });
        let evidence = evidence.await?.and_then(|text| serde_json::from_str(&text).ok());
        Ok((evidence, parts))
    }

    /// Whether something of an item is there that another run can go on with.
    pub(crate) async fn has_parts(&self, job: JobId, item: u32) -> Result<bool> {
        Ok(!self.parts(job, item).await?.is_empty())
    }

    /// Puts in what a prefix was listed to, and how far that went, at once.
    pub(crate) async fn expand(&self, job: JobId, prefix: u32, after: String, found: Vec<NewItem>) -> Result<()> {
        self.call(move |connection| {
            let sql = "SELECT coalesce(max(number), 0) FROM items WHERE job = ?1";
            let last: u32 = connection.prepare_cached(sql)?.query_row([job.0], |row| row.get(0))?;
            insert(connection, job, last + 1, &found)?;
            set_evidence(connection, job, prefix, Some(&Evidence::Listed { after }))
        })
        .await
    }

    /// What failed waits again.
    pub(crate) async fn reopen(&self, job: JobId) -> Result<Standing> {
        self.call(move |connection| {
            let sql = "UPDATE items SET state = ?2 WHERE job = ?1 AND state = ?3";
            connection.prepare_cached(sql)?.execute(params![job.0, BEGUN, FAILED])?;
            standing(connection, job)
        })
        .await
    }

    /// How a job's items stand.
    pub(crate) async fn standing(&self, job: JobId) -> Result<Standing> {
        self.call(move |connection| standing(connection, job)).await
    }

    /// The items that were begun and not done, with what they left.
    pub(crate) async fn leftovers(&self, job: JobId) -> Result<Vec<Item>> {
        self.call(move |connection| {
            let sql = "SELECT number, key, path, size, options, state, evidence FROM items
                       WHERE job = ?1 AND state IN (?2, ?3) AND role = ?4 ORDER BY number";
            let values = params![job.0, BEGUN, FAILED, Role::Object.code()];
            connection.prepare_cached(sql)?.query_map(values, item)?.collect()
        })
        .await
    }
}

/// Numbers as the rows of consecutive ones that they make up: a batch of a thousand is one statement.
fn rows_of(mut numbers: Vec<u32>) -> Vec<(u32, u32)> {
    numbers.sort_unstable();
    let mut rows: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match rows.last_mut() {
            Some((_, last)) if number <= last.saturating_add(1) => *last = number,
            _ => rows.push((number, number)),
        }
    }
    rows
}

/// Puts items in, numbered from `first` on.
pub(super) fn insert(connection: &Connection, job: JobId, first: u32, items: &[NewItem]) -> rusqlite::Result<()> {
    let sql = "INSERT INTO items (job, number, role, key, path, size, options, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let mut insert = connection.prepare_cached(sql)?;
    for (number, item) in (first..).zip(items) {
        let options = (item.options != ItemOptions::default())
            .then(|| json(&item.options))
            .transpose()?;
        let path = item.path.as_deref().map(to_bytes);
        let size = i64::try_from(item.size).unwrap_or(i64::MAX);
        insert.execute(params![
            job.0,
            number,
            item.role.code(),
            item.key,
            path,
            size,
            options,
            WAITING
        ])?;
    }
    Ok(())
}

fn set_evidence(connection: &Connection, job: JobId, item: u32, evidence: Option<&Evidence>) -> rusqlite::Result<()> {
    let sql = "UPDATE items SET evidence = ?3 WHERE job = ?1 AND number = ?2";
    let evidence = evidence.map(json).transpose()?;
    connection
        .prepare_cached(sql)?
        .execute(params![job.0, item, evidence])
        .map(drop)
}

fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    let (options, evidence): (Option<String>, Option<String>) = (row.get(4)?, row.get(6)?);
    Ok(Item {
        number: row.get(0)?,
        key: row.get(1)?,
        path: row.get::<_, Option<Vec<u8>>>(2)?.map(from_bytes),
        size: row.get(3)?,
        options: options
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default(),
        begun: row.get::<_, i64>(5)? == BEGUN,
        // What cannot be read is as good as nothing: the item is looked at from the beginning.
        evidence: evidence.and_then(|text| serde_json::from_str(&text).ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_settled_in_rows() {
        assert_eq!(rows_of(vec![]), []);
        assert_eq!(rows_of(vec![7, 3, 5, 4, 9, 8, 4]), [(3, 5), (7, 9)]);
        assert_eq!(rows_of(vec![u32::MAX, 1]), [(1, 1), (u32::MAX, u32::MAX)]);
    }
}
