//! Multipart uploads: parts are received like objects and joined by listing their slices, without copying a byte.

use rusqlite::{Connection, OptionalExtension, params};
use s3s::{S3Error, S3ErrorCode};

use super::listing::{Query, fold};
use super::objects::{Description, NewObject, Target, Written, current, find, replace};
use super::{Attributes, Json, Segment, Size, Store, bucket_id, delete_content, insert_content, insert_file, now};
use super::{segments, signed};
use crate::acl::Acl;
use crate::database::Effects;
use crate::digest::{Algorithm, Checksums, Digest, composite, multipart_etag};
use crate::failure::Failure;
use crate::files::{Files, Received, Slice};

/// S3's smallest part, except the last one.
const MIN_PART: u64 = 5 * 1024 * 1024;

/// S3's highest part number.
pub(crate) const MAX_PART_NUMBER: i32 = 10_000;

/// An upload as it is started.
#[derive(Debug, Clone)]
pub(crate) struct NewUpload {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) description: Description,
    pub(crate) algorithm: Option<Algorithm>,
    /// Whether the object's checksum will be made of its parts' checksums.
    pub(crate) composite: bool,
}

/// Which upload a request means: the id alone is not enough, bucket and key must be those it was started with.
#[derive(Debug, Clone)]
pub(crate) struct UploadName {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) id: String,
}

/// An unfinished upload.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) id: String,
    pub(crate) key: String,
    /// Unix time in milliseconds.
    pub(crate) initiated: i64,
    pub(crate) storage_class: String,
    attributes: Attributes,
    acl: Acl,
    pub(crate) algorithm: Option<Algorithm>,
    pub(crate) composite: bool,
}

/// A part that has arrived.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) number: i32,
    content: i64,
    pub(crate) size: u64,
    md5: [u8; 16],
    /// Unix time in milliseconds.
    pub(crate) modified: i64,
    pub(crate) checksums: Checksums,
}

impl Part {
    pub(crate) fn etag(&self) -> String {
        hex::encode(self.md5)
    }
}

/// A part as the client lists it to complete an upload.
#[derive(Debug, Clone)]
pub(crate) struct WantedPart {
    pub(crate) number: i32,
    pub(crate) etag: String,
    pub(crate) checksums: Checksums,
}

/// How an upload is completed.
#[derive(Debug, Clone)]
pub(crate) struct Completion {
    pub(crate) upload: UploadName,
    pub(crate) target: Target,
    pub(crate) parts: Vec<WantedPart>,
    /// What the client says the whole object's size and checksums are.
    pub(crate) size: Option<u64>,
    pub(crate) checksums: Checksums,
}

/// The bytes of a part that are taken from an object.
#[derive(Debug, Clone)]
pub(crate) struct PartSource {
    pub(crate) bucket: String,
    pub(crate) key: String,
    /// The row whose bytes were hashed: if it is no longer current, the part is not taken.
    pub(crate) object: i64,
    pub(crate) slices: Vec<Slice>,
    pub(crate) size: u64,
    pub(crate) digest: Digest,
}

impl Store {
    /// Starts an upload; the id sorts by time.
    pub(crate) async fn create_upload(&self, new: NewUpload) -> Result<String, Failure> {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).map_err(std::io::Error::other)?;
        let initiated = now();
        let id = format!("{initiated:012x}{}", hex::encode(random));
        self.database
            .write(move |connection, _| {
                let bucket = bucket_id(connection, &new.bucket)?;
                connection.execute(
                    "INSERT INTO uploads (id, bucket, key, initiated, storage_class, attributes, acl, algorithm, \
                     composite) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                    params![
                        id,
                        bucket,
                        new.key.as_bytes(),
                        initiated,
                        new.description.storage_class,
                        serde_json::to_string(&new.description.attributes)?,
                        serde_json::to_string(&new.description.acl)?,
                        new.algorithm.map(Algorithm::name),
                        new.composite,
                    ],
                )?;
                Ok(id)
            })
            .await
    }

    pub(crate) async fn upload(&self, name: UploadName) -> Result<Upload, Failure> {
        self.database
            .read(move |connection| find_upload(connection, &name))
            .await
    }

    /// Adds a received part, or replaces the one with its number.
    pub(crate) async fn put_part(&self, name: UploadName, number: i32, body: Received) -> Result<Digest, Failure> {
        self.database
            .write(move |connection, effects| {
                find_upload(connection, &name)?;
                let content = insert_file(connection, effects, body.file, body.size)?;
                replace_part(
                    connection,
                    effects,
                    &name.id,
                    number,
                    (content, body.size),
                    &body.digest,
                )?;
                Ok(body.digest)
            })
            .await
    }

    /// Adds a part whose bytes are already here, as slices of an object's files.
    pub(crate) async fn copy_part(&self, name: UploadName, number: i32, source: PartSource) -> Result<i64, Failure> {
        self.database
            .write(move |connection, effects| {
                find_upload(connection, &name)?;
                if current(connection, &source.bucket, &source.key)?.id != source.object {
                    let message = "The source object was replaced while it was copied.";
                    return Err(S3Error::with_message(S3ErrorCode::OperationAborted, message).into());
                }
                let shared: Vec<Segment> = source
                    .slices
                    .into_iter()
                    .map(|slice| Segment { part: 0, slice })
                    .collect();
                let content = insert_content(connection, &shared)?;
                replace_part(
                    connection,
                    effects,
                    &name.id,
                    number,
                    (content, source.size),
                    &source.digest,
                )
            })
            .await
    }

    /// The parts behind number `after`, at most `limit`.
    pub(crate) async fn list_parts(
        &self,
        name: UploadName,
        after: i32,
        limit: usize,
    ) -> Result<(Upload, Vec<Part>), Failure> {
        self.database
            .read(move |connection| {
                let upload = find_upload(connection, &name)?;
                let found = parts(connection, &upload.id)?;
                Ok((
                    upload,
                    found
                        .into_iter()
                        .filter(|part| part.number > after)
                        .take(limit)
                        .collect(),
                ))
            })
            .await
    }

    /// The unfinished uploads of a bucket by key and time, behind the pair of key and id, and the common prefixes
    /// among them.
    pub(crate) async fn list_uploads(
        &self,
        bucket: String,
        query: Query,
        after_id: Option<String>,
    ) -> Result<UploadPage, Failure> {
        self.database
            .read(move |connection| {
                let bucket = bucket_id(connection, &bucket)?;
                list_uploads(connection, bucket, &query, after_id.as_deref())
            })
            .await
    }

    /// Forgets an upload and its parts.
    pub(crate) async fn abort_upload(&self, name: UploadName) -> Result<(), Failure> {
        self.database
            .write(move |connection, effects| {
                let upload = find_upload(connection, &name)?;
                for part in parts(connection, &upload.id)? {
                    delete_content(connection, effects, drop_part(connection, &upload.id, &part)?)?;
                }
                connection.execute("DELETE FROM uploads WHERE id = ?1", [upload.id])?;
                Ok(())
            })
            .await
    }

    /// Makes an object of the listed parts. The same request again, after an answer that was lost on its way, gives
    /// the same answer as long as the object is still that one.
    pub(crate) async fn complete_upload(&self, completion: Completion) -> Result<Written, Failure> {
        if let Some(written) = self.completed_before(&completion).await? {
            return Ok(written);
        }
        let whole = self.whole_checksum(&completion).await?;
        self.database
            .write(move |connection, effects| complete(connection, effects, &completion, whole))
            .await
    }

    async fn completed_before(&self, completion: &Completion) -> Result<Option<Written>, Failure> {
        let name = completion.upload.clone();
        self.database
            .read(move |connection| {
                if find_upload(connection, &name).is_ok() {
                    return Ok(None);
                }
                let bucket = bucket_id(connection, &name.bucket)?;
                let object =
                    find(connection, bucket, &name.key)?.filter(|object| object.upload.as_ref() == Some(&name.id));
                Ok(object.map(|object| Written {
                    etag: object.etag,
                    modified: object.modified,
                    checksums: object.checksums,
                }))
            })
            .await
    }

    /// Hashes the bytes of all listed parts in order, where the upload asked for a checksum of the whole object.
    async fn whole_checksum(&self, completion: &Completion) -> Result<Option<Checksums>, Failure> {
        let Completion {
            upload: name,
            parts: wanted,
            ..
        } = completion.clone();
        let (upload, slices) = self
            .database
            .read(move |connection| {
                let upload = find_upload(connection, &name)?;
                let mut slices = Vec::new();
                for part in listed_parts(connection, &upload, &wanted)? {
                    slices.extend(
                        segments(connection, part.content)?
                            .into_iter()
                            .map(|segment| segment.slice),
                    );
                }
                Ok((upload, slices))
            })
            .await?;
        let Some(algorithm) = upload.algorithm.filter(|_| !upload.composite) else {
            return Ok(None);
        };
        let lease = self.files.lease(slices.iter().map(|slice| slice.file.clone()));
        let digest = Files::digest(lease, slices, vec![algorithm]).await?;
        Ok(Some(digest.checksums))
    }
}

/// A page of unfinished uploads.
#[derive(Debug, Default)]
pub(crate) struct UploadPage {
    pub(crate) uploads: Vec<Upload>,
    pub(crate) common_prefixes: Vec<String>,
    /// Key (or common prefix) and id behind which the next page begins.
    pub(crate) next: Option<(String, String)>,
}

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

fn find_upload(connection: &Connection, name: &UploadName) -> Result<Upload, Failure> {
    let bucket = bucket_id(connection, &name.bucket)?;
    connection
        .prepare_cached(&format!(
            "SELECT {UPLOAD_COLUMNS} FROM uploads WHERE id = ?1 AND bucket = ?2 AND key = ?3"
        ))?
        .query_row(params![name.id, bucket, name.key.as_bytes()], read_upload)
        .optional()?
        .ok_or_else(no_such_upload)
}

fn parts(connection: &Connection, upload: &str) -> Result<Vec<Part>, Failure> {
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
fn drop_part(connection: &Connection, upload: &str, part: &Part) -> Result<i64, Failure> {
    connection
        .prepare_cached("DELETE FROM parts WHERE upload = ?1 AND number = ?2")?
        .execute(params![upload, part.number])?;
    Ok(part.content)
}

/// Returns when the part was written.
fn replace_part(
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

fn list_uploads(
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
            .is_some_and(|common| page.common_prefixes.last() == Some(common) || *common == query.after)
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

/// The parts a client listed, checked against those that arrived.
fn listed_parts(connection: &Connection, upload: &Upload, wanted: &[WantedPart]) -> Result<Vec<Part>, Failure> {
    let error = |code, message| Failure::from(S3Error::with_message(code, message));
    if wanted.is_empty() {
        return Err(error(
            S3ErrorCode::MalformedXML,
            "An upload is completed with at least one part.",
        ));
    }
    if !wanted.is_sorted_by(|a, b| a.number < b.number) {
        return Err(error(
            S3ErrorCode::InvalidPartOrder,
            "Parts are listed in ascending order of their numbers.",
        ));
    }
    let mut arrived: std::collections::HashMap<i32, Part> = parts(connection, &upload.id)?
        .into_iter()
        .map(|part| (part.number, part))
        .collect();
    let mut listed = Vec::with_capacity(wanted.len());
    for want in wanted {
        let part = arrived
            .remove(&want.number)
            .filter(|part| matches(part, want))
            .ok_or_else(|| {
                error(
                    S3ErrorCode::InvalidPart,
                    "A listed part has not arrived, or is not the one that arrived.",
                )
            })?;
        listed.push(part);
    }
    let all_but_last = listed.split_last().map_or(&[][..], |(_, others)| others);
    if all_but_last.iter().any(|part| part.size < MIN_PART) {
        return Err(error(
            S3ErrorCode::EntityTooSmall,
            "Every part but the last has at least 5 MiB.",
        ));
    }
    Ok(listed)
}

fn matches(part: &Part, want: &WantedPart) -> bool {
    part.etag() == want.etag
        && want
            .checksums
            .algorithms()
            .all(|algorithm| part.checksums.get(algorithm) == want.checksums.get(algorithm))
}

fn complete(
    connection: &Connection,
    effects: &mut Effects,
    completion: &Completion,
    whole: Option<Checksums>,
) -> Result<Written, Failure> {
    let upload = find_upload(connection, &completion.upload)?;
    let listed = listed_parts(connection, &upload, &completion.parts)?;
    let size = listed.iter().map(|part| part.size).sum();
    if completion.size.is_some_and(|expected| expected != size) {
        let message = "The parts do not add up to the size given in x-amz-mp-object-size.";
        return Err(S3Error::with_message(S3ErrorCode::InvalidRequest, message).into());
    }
    let checksums = match whole {
        Some(whole) => whole,
        None => composite_checksum(&upload, &listed)?,
    };
    check_whole(&completion.checksums, &checksums)?;
    let mut joined = Vec::new();
    for part in &listed {
        let of_part = segments(connection, part.content)?;
        joined.extend(of_part.into_iter().map(|segment| Segment {
            part: i64::from(part.number),
            ..segment
        }));
    }
    let content = insert_content(connection, &joined)?;
    for part in parts(connection, &upload.id)? {
        delete_content(connection, effects, drop_part(connection, &upload.id, &part)?)?;
    }
    connection.execute("DELETE FROM uploads WHERE id = ?1", [&upload.id])?;
    let md5s: Vec<[u8; 16]> = listed.iter().map(|part| part.md5).collect();
    let new = NewObject {
        content,
        size,
        etag: multipart_etag(&md5s),
        checksums,
        description: Description {
            storage_class: upload.storage_class,
            attributes: upload.attributes,
            acl: upload.acl,
        },
        upload: Some(upload.id),
    };
    let bucket = bucket_id(connection, &completion.target.bucket)?;
    replace(connection, effects, bucket, &completion.target, new)
}

/// The checksum made of the parts' checksums, where the upload asked for one.
fn composite_checksum(upload: &Upload, listed: &[Part]) -> Result<Checksums, Failure> {
    let Some(algorithm) = upload.algorithm.filter(|_| upload.composite) else {
        return Ok(Checksums::default());
    };
    let of_parts: Option<Vec<String>> = listed
        .iter()
        .map(|part| part.checksums.get(algorithm).map(str::to_owned))
        .collect();
    let value = of_parts
        .and_then(|values| composite(algorithm, &values))
        .ok_or_else(|| {
            let message = "The upload was started with a checksum algorithm, but a part came without its checksum.";
            S3Error::with_message(S3ErrorCode::InvalidRequest, message)
        })?;
    let mut checksums = Checksums {
        composite: Some(true),
        ..Checksums::default()
    };
    checksums.set(algorithm, value);
    Ok(checksums)
}

/// Compares what the client says about the whole object, with or without the number of parts behind a composite value.
fn check_whole(expected: &Checksums, actual: &Checksums) -> Result<(), Failure> {
    for algorithm in expected.algorithms() {
        let Some(actual) = actual.get(algorithm) else { continue };
        let bare = actual.split_once('-').map_or(actual, |(value, _)| value);
        if expected
            .get(algorithm)
            .is_some_and(|value| value != actual && value != bare)
        {
            let message = "The checksum given for the whole object does not match its parts.";
            return Err(S3Error::with_message(S3ErrorCode::BadDigest, message).into());
        }
    }
    Ok(())
}
