//! Deleting many objects, and knowing of each whether it is gone.

mod short;

use std::collections::HashSet;

use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use futures_util::StreamExt;
use futures_util::stream;

use crate::call::{Call, send};
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result, classify};
use crate::limits::MAX_DELETE_KEYS;
use crate::names::BucketName;
use crate::versions::{NULL_VERSION, ObjectVersion};

/// How many single deletes run at a time: enough to hide the way there and back, few enough to be polite.
const SINGLE_DELETES: usize = 8;

/// What came of deleting many.
#[derive(Clone, Debug, Default)]
pub struct DeleteReport {
    /// How many are gone.
    pub deleted: u64,
    /// Which are not, and why.
    pub failed: Vec<(ObjectVersion, Error)>,
}

/// What a server says about many.
#[derive(Debug, Default)]
struct Answered {
    /// Keys and, where it names them, versions that are gone.
    deleted: Vec<(String, Option<String>)>,
    refused: Vec<Refusal>,
}

/// One that is not gone, and the server's reason.
#[derive(Debug)]
struct Refusal {
    key: Option<String>,
    version: Option<String>,
    code: Option<String>,
    message: Option<String>,
}

impl Client {
    /// Deletes many objects or versions, 1,000 a request. Those whose key XML cannot hold, and all where the server has no
    /// `DeleteObjects`, go one by one. Fails as a whole only when nothing was deleted and a request failed; else each
    /// one's own failure is in the report.
    pub async fn delete_objects(&self, bucket: &BucketName, objects: &[ObjectVersion]) -> Result<DeleteReport> {
        let together = self.config().compatibility.multi_delete;
        let (many, single): (Vec<_>, Vec<_>) = objects
            .iter()
            .partition(|object| together && fits_in_xml(object.key.as_str()));
        let mut report = DeleteReport::default();
        for objects in many.chunks(MAX_DELETE_KEYS) {
            match self.delete_together(bucket, objects, &mut report).await {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::Unsupported && error.not_s3().is_none() => {
                    self.delete_one_by_one(bucket, objects, &mut report).await;
                }
                Err(error) if report.deleted == 0 && report.failed.is_empty() => return Err(error),
                Err(error) => report.failed.extend(
                    objects
                        .iter()
                        .map(|object| ((*object).clone(), error.clone().with_key(&object.key))),
                ),
            }
        }
        self.delete_one_by_one(bucket, &single, &mut report).await;
        Ok(report)
    }

    async fn delete_together(
        &self,
        bucket: &BucketName,
        objects: &[&ObjectVersion],
        report: &mut DeleteReport,
    ) -> Result<()> {
        let call = self.bucket_call("DeleteObjects", bucket).with_digest();
        let short = if self.has_a_short_way() {
            Some(self.delete_short(&call, bucket, objects).await)
        } else {
            None
        };
        let answer = match short {
            Some(Err(error)) if self.has_to_heal(&error) => self.delete_with_the_sdk(&call, bucket, objects).await?,
            Some(answer) => answer?,
            None => self.delete_with_the_sdk(&call, bucket, objects).await?,
        };
        let deleted = || answer.deleted.iter();
        let keys: HashSet<&str> = deleted().map(|(key, _)| key.as_str()).collect();
        let versions: HashSet<(&str, &str)> = deleted()
            .map(|(key, id)| (key.as_str(), version(id.as_deref())))
            .collect();
        for object in objects {
            let key = object.key.as_str();
            // Of an object as it is now, a server may or may not name the version that it took away.
            let is_gone = match object.version_id.as_deref() {
                None => keys.contains(key),
                id => versions.contains(&(key, version(id))),
            };
            if is_gone {
                report.deleted += 1;
                continue;
            }
            let wanted = (Some(key), version(object.version_id.as_deref()));
            let refusal = answer
                .refused
                .iter()
                .find(|refusal| (refusal.key.as_deref(), version(refusal.version.as_deref())) == wanted);
            let error = match refusal {
                Some(refusal) => Error::new(classify(refusal.code.as_deref(), None), "DeleteObject")
                    .with_s3_code(refusal.code.as_deref().unwrap_or("Unknown"))
                    .with_server_message(refusal.message.as_deref().unwrap_or_default()),
                None => Error::new(ErrorKind::Corrupt, "DeleteObject")
                    .with_detail("the server did not say whether it is gone"),
            };
            report
                .failed
                .push(((*object).clone(), error.with_bucket(bucket).with_key(&object.key)));
        }
        Ok(())
    }

    async fn delete_with_the_sdk(
        &self,
        call: &Call,
        bucket: &BucketName,
        objects: &[&ObjectVersion],
    ) -> Result<Answered> {
        let mut document = Delete::builder().quiet(false);
        for object in objects {
            let named = ObjectIdentifier::builder().key(object.key.as_str());
            let named = named.set_version_id(object.version_id.clone()).build();
            document = document.objects(named.map_err(|error| call.error(ErrorKind::Internal).with_source(error))?);
        }
        let document = document
            .build()
            .map_err(|error| call.error(ErrorKind::Internal).with_source(error))?;
        let request = self.sdk().delete_objects().bucket(bucket.as_str()).delete(document);
        let answer = send!(call, request)?;
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let deleted = answer.deleted().iter();
        let refused = answer.errors().iter();
        Ok(Answered {
            deleted: deleted
                .filter_map(|deleted| Some((owned(deleted.key())?, owned(deleted.version_id()))))
                .collect(),
            refused: refused
                .map(|error| Refusal {
                    key: owned(error.key()),
                    version: owned(error.version_id()),
                    code: owned(error.code()),
                    message: owned(error.message()),
                })
                .collect(),
        })
    }

    async fn delete_one_by_one(&self, bucket: &BucketName, objects: &[&ObjectVersion], report: &mut DeleteReport) {
        // Each owns what it needs: only then can the compiler prove that all of it may move between threads.
        let delete = |object: &&ObjectVersion| {
            let (client, bucket, object) = (self.clone(), bucket.clone(), (*object).clone());
            async move {
                let result = client.delete_version(&bucket, &object).await;
                (object, result)
            }
        };
        let deletes: Vec<_> = objects.iter().map(delete).collect();
        let mut results = stream::iter(deletes).buffer_unordered(SINGLE_DELETES);
        while let Some((object, result)) = results.next().await {
            match result {
                Ok(()) => report.deleted += 1,
                Err(error) => report.failed.push((object, error)),
            }
        }
    }
}

/// A version's id in an answer; servers without versions leave out that it is `null`.
fn version(id: Option<&str>) -> &str {
    id.filter(|id| !id.is_empty()).unwrap_or(NULL_VERSION)
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
