//! Buckets, objects and uploads as rows and files. Knows S3's rules about data, nothing of HTTP or XML.
//!
//! Every change is one transaction (`database`), so each is all or nothing and they happen one after the other.

pub(crate) mod buckets;
pub(crate) mod listing;
pub(crate) mod objects;
pub(crate) mod uploads;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{Connection, OptionalExtension, params};
use s3s::S3ErrorCode;
use serde::{Deserialize, Serialize};

use crate::database::{Database, Effects};
use crate::failure::Failure;
use crate::files::{FileId, Files, NewFile, Slice};

/// The only version id of a bucket that keeps no versions.
pub(crate) const NULL_VERSION: &str = "null";

/// Rows and files of one folder.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    pub(crate) database: Arc<Database>,
    pub(crate) files: Arc<Files>,
}

/// What a client says about an object beside its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Attributes {
    pub(crate) content_type: Option<String>,
    pub(crate) cache_control: Option<String>,
    pub(crate) content_disposition: Option<String>,
    pub(crate) content_encoding: Option<String>,
    pub(crate) content_language: Option<String>,
    /// Unix time in milliseconds.
    pub(crate) expires: Option<i64>,
    pub(crate) metadata: BTreeMap<String, String>,
}

/// A condition on the object that a write would replace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Condition {
    #[default]
    None,
    /// Nothing may be there yet.
    Absent,
    /// Something must be there.
    Present,
    /// Exactly this `ETag` must be there.
    Etag(String),
}

/// Milliseconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Sizes are below 2^63 by construction: SQLite has no larger integers and no disk has more bytes.
pub(crate) fn signed(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// A size out of the database.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size(pub(crate) u64);

impl FromSql for Size {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let value = value.as_i64()?;
        u64::try_from(value)
            .map(Self)
            .map_err(|_| FromSqlError::OutOfRange(value))
    }
}

/// A JSON column.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: for<'de> Deserialize<'de>> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?)
            .map(Self)
            .map_err(FromSqlError::other)
    }
}

/// The row id of a bucket.
pub(crate) fn bucket_id(connection: &Connection, bucket: &str) -> Result<i64, Failure> {
    connection
        .prepare_cached("SELECT id FROM buckets WHERE name = ?1")?
        .query_row([bucket], |row| row.get(0))
        .optional()?
        .ok_or_else(|| S3ErrorCode::NoSuchBucket.into())
}

/// A slice as it lies in some content, with the number of the part it belongs to (0: not from a multipart upload).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) part: i64,
    pub(crate) slice: Slice,
}

/// Makes new content out of segments.
fn insert_content(connection: &Connection, segments: &[Segment]) -> Result<i64, Failure> {
    connection
        .prepare_cached("INSERT INTO contents DEFAULT VALUES")?
        .execute([])?;
    let content = connection.last_insert_rowid();
    let mut insert = connection.prepare_cached(
        "INSERT INTO segments (content, position, part, file, start, length) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (position, Segment { part, slice }) in (0_i64..).zip(segments) {
        insert.execute(params![
            content,
            position,
            part,
            slice.file,
            signed(slice.start),
            signed(slice.length)
        ])?;
    }
    Ok(content)
}

/// New content that is one whole new file, or nothing.
fn insert_file(
    connection: &Connection,
    effects: &mut Effects,
    file: Option<NewFile>,
    size: u64,
) -> Result<i64, Failure> {
    let slice = |file: &NewFile| Slice {
        file: file.id().to_owned(),
        start: 0,
        length: size,
    };
    let segments: Vec<Segment> = file
        .iter()
        .map(|file| Segment {
            part: 0,
            slice: slice(file),
        })
        .collect();
    let content = insert_content(connection, &segments)?;
    if let Some(file) = file {
        effects.keep(file);
    }
    Ok(content)
}

fn segments(connection: &Connection, content: i64) -> Result<Vec<Segment>, Failure> {
    let mut select = connection
        .prepare_cached("SELECT part, file, start, length FROM segments WHERE content = ?1 ORDER BY position")?;
    let rows = select.query_map([content], |row| {
        let slice = Slice {
            file: row.get(1)?,
            start: row.get::<_, Size>(2)?.0,
            length: row.get::<_, Size>(3)?.0,
        };
        Ok(Segment {
            part: row.get(0)?,
            slice,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Removes content; files that no other content uses are removed with it.
fn delete_content(connection: &Connection, effects: &mut Effects, content: i64) -> Result<(), Failure> {
    let mut select = connection.prepare_cached("SELECT DISTINCT file FROM segments WHERE content = ?1")?;
    let files = select
        .query_map([content], |row| row.get(0))?
        .collect::<Result<Vec<FileId>, _>>()?;
    connection
        .prepare_cached("DELETE FROM contents WHERE id = ?1")?
        .execute([content])?;
    let mut used = connection.prepare_cached("SELECT 1 FROM segments WHERE file = ?1 LIMIT 1")?;
    let mut unused = Vec::new();
    for file in files {
        if !used.exists([&file])? {
            unused.push(file);
        }
    }
    effects.remove(unused);
    Ok(())
}

impl Store {
    /// Puts files without a row, which a process that died has left, aside. Must run before anything is received.
    pub(crate) async fn sweep(&self) -> Result<usize, Failure> {
        let files = Arc::clone(&self.files);
        self.database
            .read(move |connection| {
                let mut select =
                    connection.prepare("SELECT DISTINCT file FROM segments WHERE file >= ?1 AND file < ?1 || 'g'")?;
                let mut put_aside = 0;
                for shard in 0..=u8::MAX {
                    let shard = format!("{shard:02x}");
                    let known = select.query_map([&shard], |row| row.get(0))?;
                    let known: std::collections::HashSet<String> = known.collect::<Result<_, _>>()?;
                    put_aside += files.sweep(&shard, |name| known.contains(name))?;
                }
                files.folder().was_searched();
                Ok(put_aside)
            })
            .await
    }
}
