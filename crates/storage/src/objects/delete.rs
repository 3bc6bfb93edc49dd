//! Deleting many objects, and knowing of each whether it is gone.

use std::collections::HashSet;

use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use futures_util::StreamExt;
use futures_util::stream;

use crate::client::Client;
use crate::error::{Error, ErrorKind, Result, classify};
use crate::limits::MAX_DELETE_KEYS;
use crate::names::{BucketName, ObjectKey};

/// How many single deletes run at a time: enough to hide the way there and back, few enough to be polite.
const SINGLE_DELETES: usize = 8;

/// What came of deleting many.
#[derive(Clone, Debug, Default)]
pub struct DeleteReport {
    /// How many are gone.
    pub deleted: u64,
    /// Which are not, and why.
    pub failed: Vec<(ObjectKey, Error)>,
}

impl Client {
    /// Deletes many, 1,000 a request. Keys that XML cannot hold, and all keys where the server has no `DeleteObjects`,
    /// go one by one. Fails as a whole only when nothing was deleted and a request failed; else each key's own failure
    /// is in the report.
    pub async fn delete_objects(&self, bucket: &BucketName, keys: &[ObjectKey]) -> Result<DeleteReport> {
        let together = self.config().compatibility.multi_delete;
        let (many, single): (Vec<_>, Vec<_>) = keys.iter().partition(|key| together && fits_in_xml(key.as_str()));
        let mut report = DeleteReport::default();
        for keys in many.chunks(MAX_DELETE_KEYS) {
            match self.delete_together(bucket, keys, &mut report).await {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::Unsupported && error.not_s3().is_none() => {
                    self.delete_one_by_one(bucket, keys, &mut report).await;
                }
                Err(error) if report.deleted == 0 && report.failed.is_empty() => return Err(error),
                Err(error) => report
                    .failed
                    .extend(keys.iter().map(|key| ((*key).clone(), error.clone().with_key(key)))),
            }
        }
        self.delete_one_by_one(bucket, &single, &mut report).await;
        Ok(report)
    }

    async fn delete_together(&self, bucket: &BucketName, keys: &[&ObjectKey], report: &mut DeleteReport) -> Result<()> {
        let call = self.bucket_call("DeleteObjects", bucket).with_digest();
        let mut document = Delete::builder().quiet(false);
        for key in keys {
            let object = ObjectIdentifier::builder().key(key.as_str()).build();
            document = document.objects(object.map_err(|error| call.error(ErrorKind::Internal).with_source(error))?);
        }
        let document = document
            .build()
            .map_err(|error| call.error(ErrorKind::Internal).with_source(error))?;
        let request = self.sdk().delete_objects().bucket(bucket.as_str()).delete(document);
        let answer = request
            .customize()
            .interceptor(call.clone())
            .send()
            .await
            .map_err(|error| call.failed(error))?;
        let deleted: HashSet<&str> = answer.deleted().iter().filter_map(|deleted| deleted.key()).collect();
        for key in keys {
            if deleted.contains(key.as_str()) {
                report.deleted += 1;
                continue;
            }
            let refusal = answer.errors().iter().find(|error| error.key() == Some(key.as_str()));
            let error = match refusal {
                Some(refusal) => Error::new(classify(refusal.code(), None), "DeleteObject")
                    .with_s3_code(refusal.code().unwrap_or("Unknown"))
                    .with_server_message(refusal.message().unwrap_or_default()),
                None => Error::new(ErrorKind::Corrupt, "DeleteObject")
                    .with_detail("the server did not say whether it is gone"),
            };
            report
                .failed
                .push(((*key).clone(), error.with_bucket(bucket).with_key(key)));
        }
        Ok(())
    }

    async fn delete_one_by_one(&self, bucket: &BucketName, keys: &[&ObjectKey], report: &mut DeleteReport) {
        // Each owns what it needs: only then can the compiler prove that all of it may move between threads.
        let delete = |key: &&ObjectKey| {
            let (client, bucket, key) = (self.clone(), bucket.clone(), (*key).clone());
            async move {
                let result = client.delete_object(&bucket, &key).await;
                (key, result)
            }
        };
        let deletes: Vec<_> = keys.iter().map(delete).collect();
        let mut results = stream::iter(deletes).buffer_unordered(SINGLE_DELETES);
        while let Some((key, result)) = results.next().await {
            match result {
                Ok(()) => report.deleted += 1,
                Err(error) => report.failed.push((key, error)),
            }
        }
    }
}

/// Whether XML 1.0 carries the key unchanged through every parser: no control characters (line ends are normalised,
/// others are forbidden), no non-characters, no space at the ends, which some parsers cut off.
fn fits_in_xml(key: &str) -> bool {
    let carried = |c: char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    key.chars().all(carried) && key.trim() == key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_xml_would_change_go_alone() {
        for key in ["a/b c.txt", "<&>'\"", "名前", "//", "a\u{202e}b", "😀"] {
            assert!(fits_in_xml(key), "{key:?}");
        }
        for key in ["a\nb", "\u{1}", "a\tb", " a", "a ", "\u{fffe}", "\u{7f}", "\u{85}"] {
            assert!(!fits_in_xml(key), "{key:?}");
        }
    }
}
