//! Rows of uploads and their parts.

use rusqlite::{Connection, OptionalExtension, params};
use s3s::{S3Error, S3ErrorCode};

use super::{Part, Upload, UploadName, UploadPage};
use crate::acl::Acl;
use crate::database::Effects;
use crate::digest::{Algorithm, Checksums, Digest};
use crate::failure::Failure;
use crate::store::listing::{Query, fold};
use crate::store::{Attributes, Json, Size, bucket_id, delete_content, now, signed};

fn no_such_upload() -> Failure {
    let message = "The upload does not exist: it was completed or aborted, or its id is wrong.";
    S3Error::with_message(S3ErrorCode::NoSuchUpload, message).into()
}

const UPLOAD_COLUMNS: &str = "id, key, initiated, storage_class, attributes, acl, algorithm, composite";

fn read_upload(row: &rusqlite::Row<'_>) -> rusqlite::Result<Upload> {
    let key: Vec<u8> = row.get(1)?;
    let algorithm: Option<String> = row.get(6)?;
    Ok(Upload {
        id: row.get(0)?,
        key: String::from_utf8(key).map_err(|error| rusqlite::types::FromSqlError::other(error.utf8_error()))?,
        initiated: row.get(2)?,
        storage_class: row.get(3)?,
        attributes: row.get::<_, Json<Attributes>>(4)?.0,
        acl: row.get::<_, Json<Acl>>(5)?.0,
        algorithm: algorithm.and_then(|name| Algorithm::parse(&name).ok()),
        composite: row.get(7)?,
    })
}

pub(super) fn find_upload(connection: &Connection, name: &UploadName) -> Result<Upload, Failure> {
    let bucket = bucket_id(connection, &name.bucket)?;
    connection
        .prepare_cached(&format!(
            "SELECT {UPLOAD_COLUMNS} FROM uploads WHERE id = ?1 AND bucket = ?2 AND key = ?3"
        ))?
        .query_row(params![name.id, bucket, name.key.as_bytes()], read_upload)
        .optional()?
        .ok_or_else(no_such_upload)
}

pub(super) fn parts(connection: &Connection, upload: &str) -> Result<Vec<Part>, Failure> {
    let mut select = connection.prepare_cached(
        "SELECT number, content, size, md5, modified, checksums FROM parts WHERE upload = ?1 ORDER BY number",
    )?;
    let rows = select.query_map([upload], |row| {
        Ok(Part {
            number: row.get(0)?,
            content: row.get(1)?,
            size: row.get::<_, Size>(2)?.0,
            md5: row.get(3)?,
            modified: row.get(4)?,
            checksums: row.get::<_, Json<Checksums>>(5)?.0,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Removes the row of a part; its content is the caller's to keep or delete.
pub(super) fn drop_part(connection: &Connection, upload: &str, part: &Part) -> Result<i64, Failure> {
    connection
        .prepare_cached("DELETE FROM parts WHERE upload = ?1 AND number = ?2")?
        .execute(params![upload, part.number])?;
    Ok(part.content)
}

/// Returns when the part was written.
pub(super) fn replace_part(
    connection: &Connection,
    effects: &mut Effects,
    upload: &str,
    number: i32,
    (content, size): (i64, u64),
    digest: &Digest,
) -> Result<i64, Failure> {
    let old: Option<i64> = connection
        .prepare_cached("DELETE FROM parts WHERE upload = ?1 AND number = ?2 RETURNING content")?
        .query_row(params![upload, number], |row| row.get(0))
        .optional()?;
    if let Some(old) = old {
        delete_content(connection, effects, old)?;
    }
    let modified = now();
    connection
        .prepare_cached(
            "INSERT INTO parts (upload, number, content, size, md5, modified, checksums) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            upload,
            number,
            content,
            signed(size),
            digest.md5,
            modified,
            serde_json::to_string(&digest.checksums)?
        ])?;
    Ok(modified)
}

pub(super) fn list_uploads(
    connection: &Connection,
    bucket: i64,
    query: &Query,
    after_id: Option<&str>,
) -> Result<UploadPage, Failure> {
    let mut page = UploadPage::default();
    let mut select = connection.prepare_cached(&format!(
        "SELECT {UPLOAD_COLUMNS} FROM uploads WHERE bucket = ?1 AND key >= ?2 ORDER BY key, id"
    ))?;
    let mut last: Option<(String, String)> = None;
    let mut rows = select.query(params![bucket, query.after.as_bytes()])?;
    while let Some(row) = rows.next()? {
        let upload = read_upload(row)?;
        // Without an id, all uploads of the marker's key are behind us; with one, those up to it.
        let is_behind = upload.key == query.after && after_id.is_none_or(|id| upload.id.as_str() <= id);
        if !upload.key.starts_with(&query.prefix) || (is_behind && !query.after.is_empty()) {
            continue;
        }
        let common = fold(&upload.key, query).map(str::to_owned);
        if common
            .as_ref()
            .is_some_and(|common| page.common_prefixes.last() == Some(common) || *common <= query.after)
        {
            continue;
        }
        if page.uploads.len() + page.common_prefixes.len() >= query.limit {
            page.next = last;
            return Ok(page);
        }
        if let Some(common) = common {
            last = Some((common.clone(), String::new()));
            page.common_prefixes.push(common);
        } else {
            last = Some((upload.key.clone(), upload.id.clone()));
            page.uploads.push(upload);
        }
    }
    Ok(page)
}
