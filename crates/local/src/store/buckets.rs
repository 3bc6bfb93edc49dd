//! Buckets: rows with an access control list and perhaps a policy.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};
use s3s::{S3Error, S3ErrorCode};

use super::{Json, Store, bucket_id, delete_content, now};
use crate::acl::Acl;
use crate::database::Effects;
use crate::failure::Failure;

/// A bucket as `ListBuckets` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub(crate) name: String,
    /// Unix time in milliseconds.
    pub(crate) created: i64,
}

/// What access checks need to know about a bucket.
#[derive(Debug)]
pub(crate) struct Rights {
    pub(crate) acl: Acl,
    pub(crate) policy: Option<String>,
}

impl Store {
    /// Creates a bucket. One's own bucket again is an error, so that a typing mistake is noticed.
    pub(crate) async fn create_bucket(&self, name: String, region: String, acl: Acl) -> Result<(), Failure> {
        self.database
            .write(move |connection, _| {
                let inserted = connection.execute(
                    "INSERT INTO buckets (name, created, region, acl) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                    params![name, now(), region, serde_json::to_string(&acl)?],
                )?;
                if inserted == 0 {
                    let message = "You already have a bucket with this name.";
                    return Err(S3Error::with_message(S3ErrorCode::BucketAlreadyOwnedByYou, message).into());
                }
                Ok(())
            })
            .await
    }

    /// Deletes an empty bucket. Unfinished uploads do not keep it, as on S3: they are aborted with it.
    pub(crate) async fn delete_bucket(&self, name: String) -> Result<(), Failure> {
        self.database
            .write(move |connection, effects| {
                let bucket = bucket_id(connection, &name)?;
                if connection
                    .prepare_cached("SELECT 1 FROM objects WHERE bucket = ?1 LIMIT 1")?
                    .exists([bucket])?
                {
                    let message = "The bucket still holds objects.";
                    return Err(S3Error::with_message(S3ErrorCode::BucketNotEmpty, message).into());
                }
                abort_uploads(connection, effects, bucket)?;
                connection.execute("DELETE FROM buckets WHERE id = ?1", [bucket])?;
                Ok(())
            })
            .await
    }

    /// All buckets by name, from the first one after `after`, at most `limit`.
    pub(crate) async fn list_buckets(
        &self,
        prefix: String,
        after: String,
        limit: usize,
    ) -> Result<Vec<Bucket>, Failure> {
        self.database
            .read(move |connection| {
                let mut select =
                    connection.prepare_cached("SELECT name, created FROM buckets WHERE name > ?1 ORDER BY name")?;
                let buckets = select
                    .query_map([after], |row| {
                        Ok(Bucket {
                            name: row.get(0)?,
                            created: row.get(1)?,
                        })
                    })?
                    .filter(|bucket| bucket.as_ref().map_or(true, |bucket| bucket.name.starts_with(&prefix)))
                    .take(limit)
                    .collect::<Result<_, _>>()?;
                Ok(buckets)
            })
            .await
    }

    /// Where the bucket was asked to be; empty for the default. Fails for a bucket that does not exist.
    pub(crate) async fn bucket_region(&self, name: String) -> Result<String, Failure> {
        self.column(name, "SELECT region FROM buckets WHERE name = ?1").await
    }

    pub(crate) async fn bucket_acl(&self, name: String) -> Result<Acl, Failure> {
        let Json(acl) = self.column(name, "SELECT acl FROM buckets WHERE name = ?1").await?;
        Ok(acl)
    }

    pub(crate) async fn bucket_policy(&self, name: String) -> Result<Option<String>, Failure> {
        self.column(name, "SELECT policy FROM buckets WHERE name = ?1").await
    }

    pub(crate) async fn set_bucket_acl(&self, name: String, acl: Acl) -> Result<(), Failure> {
        self.set(
            "UPDATE buckets SET acl = ?2 WHERE name = ?1",
            name,
            Some(serde_json::to_string(&acl)?),
        )
        .await
    }

    /// Puts a policy, or removes it.
    pub(crate) async fn set_bucket_policy(&self, name: String, policy: Option<String>) -> Result<(), Failure> {
        self.set("UPDATE buckets SET policy = ?2 WHERE name = ?1", name, policy)
            .await
    }

    async fn set(&self, sql: &'static str, name: String, value: Option<String>) -> Result<(), Failure> {
        self.database
            .write(
                move |connection, _| match connection.execute(sql, params![name, value])? {
                    0 => Err(S3ErrorCode::NoSuchBucket.into()),
                    _ => Ok(()),
                },
            )
            .await
    }

    async fn column<T: rusqlite::types::FromSql + Send + 'static>(
        &self,
        name: String,
        sql: &'static str,
    ) -> Result<T, Failure> {
        let database = Arc::clone(&self.database);
        database
            .read(move |connection| {
                let value = connection
                    .prepare_cached(sql)?
                    .query_row([name], |row| row.get(0))
                    .optional()?;
                value.ok_or_else(|| S3ErrorCode::NoSuchBucket.into())
            })
            .await
    }
}

/// What access checks need, in the same state of the database as what they check next.
pub(crate) fn bucket_rights(connection: &Connection, name: &str) -> Result<Rights, Failure> {
    connection
        .prepare_cached("SELECT acl, policy FROM buckets WHERE name = ?1")?
        .query_row([name], |row| {
            Ok(Rights {
                acl: row.get::<_, Json<Acl>>(0)?.0,
                policy: row.get(1)?,
            })
        })
        .optional()?
        .ok_or_else(|| S3ErrorCode::NoSuchBucket.into())
}

fn abort_uploads(connection: &Connection, effects: &mut Effects, bucket: i64) -> Result<(), Failure> {
    let contents = connection
        .prepare("SELECT content FROM parts WHERE upload IN (SELECT id FROM uploads WHERE bucket = ?1)")?
        .query_map([bucket], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    connection.execute(
        "DELETE FROM parts WHERE upload IN (SELECT id FROM uploads WHERE bucket = ?1)",
        [bucket],
    )?;
    for content in contents {
        delete_content(connection, effects, content)?;
    }
    connection.execute("DELETE FROM uploads WHERE bucket = ?1", [bucket])?;
    Ok(())
}
