//! Multipart uploads: parts are received like objects and joined by listing their slices, without copying a byte.

mod completion;
mod rows;

use rusqlite::params;
use s3s::{S3Error, S3ErrorCode};

use self::completion::{complete, listed_parts};
use self::rows::{drop_part, find_upload, list_uploads, parts, replace_part};
use super::listing::Query;
use super::objects::{Description, OPEN_ATTEMPTS, Target, Written, current, find, replaced_over_and_over};
use super::{Attributes, Segment, Store, bucket_id, delete_content, insert_content, insert_file, now, segments};
use crate::acl::Acl;
use crate::digest::{Algorithm, Checksums, Digest};
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
        let mut read = self.listed_slices(completion).await?;
        for _ in 0..OPEN_ATTEMPTS {
            let (Some(algorithm), slices) = &read else {
                return Ok(None);
            };
            let lease = self.files.lease(slices.iter().map(|slice| slice.file.clone()));
            // A part that was sent again before its files were leased has taken them away.
            let again = self.listed_slices(completion).await?;
            if again == read {
                let digest = Files::digest(lease, again.1, vec![*algorithm]).await?;
                return Ok(Some(digest.checksums));
            }
            read = again;
        }
        Err(replaced_over_and_over())
    }

    /// The bytes of all listed parts in order, and what to compute over them.
    async fn listed_slices(&self, completion: &Completion) -> Result<(Option<Algorithm>, Vec<Slice>), Failure> {
        let (name, wanted) = (completion.upload.clone(), completion.parts.clone());
        self.database
            .read(move |connection| {
                let upload = find_upload(connection, &name)?;
                let mut slices = Vec::new();
                for part in listed_parts(connection, &upload, &wanted)? {
                    let of_part = segments(connection, part.content)?;
                    slices.extend(of_part.into_iter().map(|segment| segment.slice));
                }
                Ok((upload.algorithm.filter(|_| !upload.composite), slices))
            })
            .await
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
