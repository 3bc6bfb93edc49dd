//! Objects: the current row of a key, its content, and what may replace it.

use rusqlite::{Connection, OptionalExtension, Row, params};
use s3s::{S3Error, S3ErrorCode};

use super::{Attributes, Condition, Json, NULL_VERSION, Segment, Size, Store, bucket_id, delete_content, now};
use super::{insert_content, insert_file, segments, signed};
use crate::acl::Acl;
use crate::database::Effects;
use crate::digest::Checksums;
use crate::failure::Failure;
use crate::files::{Lease, Received};

/// How often a reader looks again when the object was replaced between finding its row and leasing its files. Each
/// round needs another replacement within microseconds; ten in a row do not happen.
pub(in crate::store) const OPEN_ATTEMPTS: usize = 10;

/// A current object, without its bytes.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) id: i64,
    content: i64,
    pub(crate) size: u64,
    pub(crate) etag: String,
    /// Unix time in milliseconds.
    pub(crate) modified: i64,
    pub(crate) storage_class: String,
    pub(crate) attributes: Attributes,
    pub(crate) checksums: Checksums,
    pub(crate) acl: Acl,
    /// The multipart upload it was made by.
    pub(crate) upload: Option<String>,
}

/// An object whose bytes can be read as long as the lease is held.
#[derive(Debug)]
pub(crate) struct OpenObject {
    pub(crate) object: Object,
    pub(crate) segments: Vec<Segment>,
    pub(crate) lease: Lease,
}

/// Where an object goes.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) condition: Condition,
}

/// What an object is, beside its bytes.
#[derive(Debug, Clone)]
pub(crate) struct Description {
    pub(crate) storage_class: String,
    pub(crate) attributes: Attributes,
    pub(crate) acl: Acl,
}

/// Decides about a copy when its source is known.
pub(crate) type Describe = Box<dyn FnOnce(&Object) -> Result<Description, Failure> + Send>;

/// A copy: what of the source is taken over is decided by the caller, once the source is known.
pub(crate) struct Copy {
    pub(crate) source_bucket: String,
    pub(crate) source_key: String,
    pub(crate) target: Target,
    /// Looks at the source, may refuse, and says what the copy is.
    pub(crate) describe: Describe,
}

/// The `ETag` and the time of an object just written.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) etag: String,
    pub(crate) modified: i64,
    pub(crate) checksums: Checksums,
}

impl Store {
    /// Fails when the bucket is missing or the condition does not hold: asked before a body is received, so that it
    /// need not be sent in vain. The write itself asks again.
    pub(crate) async fn check_target(&self, target: Target) -> Result<(), Failure> {
        self.database
            .read(move |connection| {
                let bucket = bucket_id(connection, &target.bucket)?;
                check_condition(&target.condition, find(connection, bucket, &target.key)?.as_ref())
            })
            .await
    }

    /// Makes a received body the current object of a key.
    pub(crate) async fn put_object(
        &self,
        target: Target,
        description: Description,
        body: Received,
    ) -> Result<Written, Failure> {
        self.database
            .write(move |connection, effects| {
                let bucket = bucket_id(connection, &target.bucket)?;
                let new = NewObject {
                    content: insert_file(connection, effects, body.file, body.size)?,
                    size: body.size,
                    etag: body.digest.etag(),
                    checksums: body.digest.checksums,
                    description,
                    upload: None,
                };
                replace(connection, effects, bucket, &target, new)
            })
            .await
    }

    /// The current object of a key.
    pub(crate) async fn object(&self, bucket: String, key: String) -> Result<Object, Failure> {
        self.database
            .read(move |connection| current(connection, &bucket, &key))
            .await
    }

    /// The current object of a key with its bytes. They stay readable while the lease lives, whatever happens to the
    /// key meanwhile.
    pub(crate) async fn open_object(&self, bucket: String, key: String) -> Result<OpenObject, Failure> {
        for _ in 0..OPEN_ATTEMPTS {
            let (bucket, key) = (bucket.clone(), key.clone());
            let found = self.database.read(move |connection| {
                let object = current(connection, &bucket, &key)?;
                let segments = segments(connection, object.content)?;
                Ok((object, segments))
            });
            let (object, segments) = found.await?;
            let lease = self
                .files
                .lease(segments.iter().map(|segment| segment.slice.file.clone()));
            let id = object.id;
            let is_still_there = self.database.read(move |connection| {
                Ok(connection
                    .prepare_cached("SELECT 1 FROM objects WHERE id = ?1")?
                    .exists([id])?)
            });
            if is_still_there.await? {
                return Ok(OpenObject {
                    object,
                    segments,
                    lease,
                });
            }
        }
        Err(replaced_over_and_over())
    }

    /// Deletes the object of a key. A key without an object is no error, as on S3.
    pub(crate) async fn delete_object(&self, bucket: String, key: String) -> Result<(), Failure> {
        self.delete_objects(bucket, vec![key]).await
    }

    /// Deletes the objects of several keys in one transaction.
    pub(crate) async fn delete_objects(&self, bucket: String, keys: Vec<String>) -> Result<(), Failure> {
        self.database
            .write(move |connection, effects| {
                let bucket = bucket_id(connection, &bucket)?;
                for key in keys {
                    if let Some(object) = find(connection, bucket, &key)? {
                        delete(connection, effects, &object)?;
                    }
                }
                Ok(())
            })
            .await
    }

    /// Copies an object by sharing its files.
    pub(crate) async fn copy_object(&self, copy: Copy) -> Result<Written, Failure> {
        self.database
            .write(move |connection, effects| {
                let source = current(connection, &copy.source_bucket, &copy.source_key)?;
                let description = (copy.describe)(&source)?;
                let bucket = bucket_id(connection, &copy.target.bucket)?;
                let mut shared = segments(connection, source.content)?;
                for segment in &mut shared {
                    segment.part = 0;
                }
                let new = NewObject {
                    content: insert_content(connection, &shared)?,
                    size: source.size,
                    etag: source.etag,
                    checksums: source.checksums,
                    description,
                    upload: None,
                };
                replace(connection, effects, bucket, &copy.target, new)
            })
            .await
    }

    pub(crate) async fn set_object_acl(&self, bucket: String, key: String, acl: Acl) -> Result<(), Failure> {
        let acl = serde_json::to_string(&acl)?;
        self.database
            .write(move |connection, _| {
                let object = current(connection, &bucket, &key)?;
                connection
                    .prepare_cached("UPDATE objects SET acl = ?2 WHERE id = ?1")?
                    .execute(params![object.id, acl])?;
                Ok(())
            })
            .await
    }
}

/// After [`OPEN_ATTEMPTS`].
pub(in crate::store) fn replaced_over_and_over() -> Failure {
    let message = "The object is being replaced over and over; try again.";
    S3Error::with_message(S3ErrorCode::SlowDown, message).into()
}

/// The row about to be written.
pub(in crate::store) struct NewObject {
    pub(in crate::store) content: i64,
    pub(in crate::store) size: u64,
    pub(in crate::store) etag: String,
    pub(in crate::store) checksums: Checksums,
    pub(in crate::store) description: Description,
    pub(in crate::store) upload: Option<String>,
}

/// Puts a row in the place of the current one, if the condition holds.
pub(in crate::store) fn replace(
    connection: &Connection,
    effects: &mut Effects,
    bucket: i64,
    target: &Target,
    new: NewObject,
) -> Result<Written, Failure> {
    let old = find(connection, bucket, &target.key)?;
    check_condition(&target.condition, old.as_ref())?;
    if let Some(old) = old {
        delete(connection, effects, &old)?;
    }
    let modified = now();
    let Description {
        storage_class,
        attributes,
        acl,
    } = new.description;
    connection
        .prepare_cached(
            "INSERT INTO objects (bucket, key, version, is_current, content, size, etag, modified, storage_class, \
             attributes, checksums, acl, upload) VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            bucket,
            target.key.as_bytes(),
            NULL_VERSION,
            new.content,
            signed(new.size),
            new.etag,
            modified,
            storage_class,
            serde_json::to_string(&attributes)?,
            serde_json::to_string(&new.checksums)?,
            serde_json::to_string(&acl)?,
            new.upload,
        ])?;
    Ok(Written {
        etag: new.etag,
        modified,
        checksums: new.checksums,
    })
}

fn delete(connection: &Connection, effects: &mut Effects, object: &Object) -> Result<(), Failure> {
    connection
        .prepare_cached("DELETE FROM objects WHERE id = ?1")?
        .execute([object.id])?;
    delete_content(connection, effects, object.content)
}

/// The current object of a key, which must exist, in a bucket that must exist.
pub(crate) fn current(connection: &Connection, bucket: &str, key: &str) -> Result<Object, Failure> {
    let bucket = bucket_id(connection, bucket)?;
    find(connection, bucket, key)?.ok_or_else(|| S3ErrorCode::NoSuchKey.into())
}

pub(in crate::store) fn find(connection: &Connection, bucket: i64, key: &str) -> Result<Option<Object>, Failure> {
    let mut select = connection.prepare_cached(
        "SELECT id, content, size, etag, modified, storage_class, attributes, checksums, acl, upload FROM objects \
         WHERE bucket = ?1 AND key = ?2 AND is_current = 1",
    )?;
    Ok(select.query_row(params![bucket, key.as_bytes()], read_row).optional()?)
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<Object> {
    Ok(Object {
        id: row.get(0)?,
        content: row.get(1)?,
        size: row.get::<_, Size>(2)?.0,
        etag: row.get(3)?,
        modified: row.get(4)?,
        storage_class: row.get(5)?,
        attributes: row.get::<_, Json<Attributes>>(6)?.0,
        checksums: row.get::<_, Json<Checksums>>(7)?.0,
        acl: row.get::<_, Json<Acl>>(8)?.0,
        upload: row.get(9)?,
    })
}

fn check_condition(condition: &Condition, existing: Option<&Object>) -> Result<(), Failure> {
    match (condition, existing) {
        (Condition::None, _) | (Condition::Absent, None) | (Condition::Present, Some(_)) => Ok(()),
        (Condition::Etag(etag), Some(object)) if *etag == object.etag => Ok(()),
        (Condition::Etag(_) | Condition::Present, None) => Err(S3ErrorCode::NoSuchKey.into()),
        (Condition::Absent | Condition::Etag(_), Some(_)) => {
            let message = "The object at this key is not what the request's condition says.";
            Err(S3Error::with_message(S3ErrorCode::PreconditionFailed, message).into())
        }
    }
}
