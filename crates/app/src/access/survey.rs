//! Looking through what would become public or private: how many objects, how many bytes, which names look sensitive.
//! Pages stream by; keys are kept only as far as they are needed.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use dipper_catalog::{Counted, count};
use dipper_storage::{BucketName, Client, ListedObject, ObjectKey, Prefix};
use tokio_util::sync::CancellationToken;

use super::facts::READ_LIMIT;
use super::looks_sensitive;
use crate::error::{Error, ErrorKind, Result};
use crate::{AccountId, CountProgress};

/// As many sensitive names are shown.
const MOST_SENSITIVE: usize = 100;
/// A sheet is planned anew with each tick; within this time the count it already shows is used again. Applying counts
/// afresh.
const RECENT: Duration = Duration::from_mins(1);

/// What was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Survey {
    pub(super) objects: u64,
    pub(super) bytes: u64,
    /// What of that lies below prefixes.
    pub(super) below: Counted,
    /// Names that look sensitive, the first few.
    pub(super) sensitive: Vec<String>,
    /// How many there are of them.
    pub(super) sensitive_count: u64,
    /// All keys, if they were wanted or are few.
    pub(super) keys: Option<Vec<ObjectKey>>,
}

/// Which keys to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// All of them if they are at most [`READ_LIMIT`].
    Few,
    /// All of them.
    All,
}

/// What to look through.
pub(super) struct Scope<'a> {
    pub(super) client: &'a Client,
    pub(super) bucket: &'a BucketName,
    /// Objects known by themselves, with their sizes.
    pub(super) objects: Vec<(ObjectKey, u64)>,
    pub(super) prefixes: Vec<Prefix>,
    pub(super) keep: Keep,
}

impl Scope<'_> {
    /// Looks through everything. `progress` hears of each page.
    pub(super) async fn survey(
        self,
        cancel: &CancellationToken,
        progress: &(dyn Fn(CountProgress) + Send + Sync),
    ) -> Result<Survey> {
        let mut found = Survey {
            keys: Some(Vec::new()),
            ..Survey::default()
        };
        for (key, size) in self.objects {
            found.add(key, size, self.keep);
        }
        for prefix in self.prefixes {
            let hear = |_, page: &[ListedObject]| {
                for object in page {
                    found.add(object.key.clone(), object.size, self.keep);
                }
                progress(CountProgress {
                    objects: found.objects,
                    bytes: found.bytes,
                    done: false,
                });
            };
            let counted = count(self.client, self.bucket, &prefix, cancel, hear).await?;
            found.below = found.below + counted.ok_or_else(stopped)?;
        }
        progress(CountProgress {
            objects: found.objects,
            bytes: found.bytes,
            done: true,
        });
        Ok(found)
    }
}

impl Survey {
    fn add(&mut self, key: ObjectKey, size: u64, keep: Keep) {
        self.objects += 1;
        self.bytes += size;
        if looks_sensitive(key.as_str()) {
            self.sensitive_count += 1;
            if self.sensitive.len() < MOST_SENSITIVE {
                self.sensitive.push(key.as_str().to_owned());
            }
        }
        if keep == Keep::Few && self.objects > READ_LIMIT as u64 {
            self.keys = None;
        }
        if let Some(keys) = &mut self.keys {
            keys.push(key);
        }
    }
}

/// The last survey of a whole bucket.
#[derive(Default)]
pub(super) struct Recent(Mutex<Option<(AccountId, BucketName, Instant, Survey)>>);

impl Recent {
    pub(super) fn get(&self, account: &AccountId, bucket: &BucketName) -> Option<Survey> {
        let recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, in_bucket, at, survey) = recent.as_ref()?;
        (of == account && in_bucket == bucket && at.elapsed() < RECENT).then(|| survey.clone())
    }

    pub(super) fn set(&self, account: &AccountId, bucket: &BucketName, survey: &Survey) {
        let kept = (account.clone(), bucket.clone(), Instant::now(), survey.clone());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
    }

    pub(super) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn stopped() -> Error {
    Error::new(ErrorKind::Cancelled, "planMakePublic", "Stopped. Nothing was changed.")
}
