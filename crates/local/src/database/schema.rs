//! The tables of Local storage's database.

use rusqlite::Connection;

use super::OPENING;
use crate::error::{Error, ErrorKind};
use crate::folder::Folder;

/// The version of the schema below, kept in SQLite's `user_version`.
pub(super) const VERSION: i64 = 1;

/// Objects are keyed by bucket, key and version. As long as buckets keep no versions, the only version is `null` and
/// it is the current one. Content is shared by id: `segments` says which file ranges make it up.
pub(super) const SCHEMA: &str = "
CREATE TABLE buckets (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT    NOT NULL UNIQUE,
    created     INTEGER NOT NULL,
    region      TEXT    NOT NULL,
    acl         TEXT    NOT NULL,
    policy      TEXT
);
CREATE TABLE contents (id INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE segments (
    content     INTEGER NOT NULL REFERENCES contents (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    part        INTEGER NOT NULL,
    file        TEXT    NOT NULL,
    start       INTEGER NOT NULL,
    length      INTEGER NOT NULL,
    PRIMARY KEY (content, position)
) WITHOUT ROWID;
CREATE INDEX segments_by_file ON segments (file);
CREATE TABLE objects (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket        INTEGER NOT NULL REFERENCES buckets (id),
    key           BLOB    NOT NULL,
    version       TEXT    NOT NULL,
    is_current    INTEGER NOT NULL,
    content       INTEGER NOT NULL REFERENCES contents (id),
    size          INTEGER NOT NULL,
    etag          TEXT    NOT NULL,
    modified      INTEGER NOT NULL,
    storage_class TEXT    NOT NULL,
    attributes    TEXT    NOT NULL,
    checksums     TEXT    NOT NULL,
    acl           TEXT    NOT NULL,
    upload        TEXT,
    UNIQUE (bucket, key, version)
);
CREATE UNIQUE INDEX current_objects ON objects (bucket, key) WHERE is_current = 1;
CREATE TABLE uploads (
    id             TEXT    PRIMARY KEY,
    bucket         INTEGER NOT NULL REFERENCES buckets (id),
    key            BLOB    NOT NULL,
    initiated      INTEGER NOT NULL,
    storage_class  TEXT    NOT NULL,
    attributes     TEXT    NOT NULL,
    acl            TEXT    NOT NULL,
    algorithm      TEXT,
    composite      INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX uploads_by_key ON uploads (bucket, key, id);
CREATE TABLE parts (
    upload      TEXT    NOT NULL REFERENCES uploads (id),
    number      INTEGER NOT NULL,
    content     INTEGER NOT NULL REFERENCES contents (id),
    size        INTEGER NOT NULL,
    md5         BLOB    NOT NULL,
    modified    INTEGER NOT NULL,
    checksums   TEXT    NOT NULL,
    PRIMARY KEY (upload, number)
) WITHOUT ROWID;
";

/// Why an empty database is not simply a new one.
#[derive(Debug, thiserror::Error)]
#[error("there are objects in the folder, and the database that knows their names is missing or empty")]
struct ObjectsWithoutDatabase;

/// Creates the schema in a new database; refuses one from a newer version of this program, and a new one beside objects:
/// with an empty database all of them would be files that no object is made of.
pub(super) fn prepare(connection: &Connection, folder: &Folder) -> Result<(), Error> {
    let path = &folder.database();
    let failed = |source| Error::database(OPENING, path, source);
    let found: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(failed)?;
    let has_objects = || folder.has_objects().map_err(|source| Error::io(OPENING, path, source));
    match found {
        0 if has_objects()? => Err(Error::new(ErrorKind::Database, OPENING, path).with_source(ObjectsWithoutDatabase)),
        0 => connection
            .execute_batch(&format!(
                "BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;"
            ))
            .map_err(failed),
        VERSION => Ok(()),
        found => Err(Error::new(
            ErrorKind::NewerSchema {
                found,
                supported: VERSION,
            },
            OPENING,
            path,
        )),
    }
}
