//! Counting what is there, for dry runs: pages stream by, nothing is kept.
//!
//! Two counts with the same figures need not have seen the same: one object may have gone and another come. So what is
//! counted has a fingerprint too, which holds each key with its version and its `ETag`.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Add;

use dipper_storage::{BucketName, Client, Error, ListRequest, ListedObject, ListedVersion, Prefix, VersionsRequest};
use tokio_util::sync::CancellationToken;

use crate::pages::{Pages, patiently};

/// How much was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Objects as they are now.
    pub objects: u64,
    /// Older versions of objects, where versions were counted.
    pub old_versions: u64,
    /// Delete markers, where versions were counted.
    pub delete_markers: u64,
    /// The bytes of all of them.
    pub bytes: u64,
    /// The same for the same things in any order, and for no others.
    pub fingerprint: u64,
}

impl Counted {
    /// Objects, older versions and delete markers together.
    pub fn all(self) -> u64 {
        self.objects + self.old_versions + self.delete_markers
    }
}

impl Add for Counted {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            objects: self.objects + other.objects,
            old_versions: self.old_versions + other.old_versions,
            delete_markers: self.delete_markers + other.delete_markers,
            bytes: self.bytes.saturating_add(other.bytes),
            fingerprint: self.fingerprint.wrapping_add(other.fingerprint),
        }
    }
}

/// The fingerprint of one thing; those of several are added up, wrapping.
pub fn fingerprint(thing: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    thing.hash(&mut hasher);
    hasher.finish()
}

/// Counts every object below `prefix`, telling `hear` the count so far with each page's objects. Holds one page at a time.
/// `None` as soon as `cancel` is cancelled: a count that was given up is no count.
pub async fn count(
    client: &Client,
    bucket: &BucketName,
    prefix: &Prefix,
    cancel: &CancellationToken,
    mut hear: impl FnMut(Counted, &[ListedObject]),
) -> Result<Option<Counted>, Error> {
    let request = ListRequest {
        prefix: prefix.clone(),
        ..ListRequest::new(bucket.clone())
    };
    let mut pages = Pages::new(client.clone(), request);
    let mut counted = Counted::default();
    loop {
        let Some(page) = cancel.run_until_cancelled(pages.next()).await else {
            return Ok(None);
        };
        let Some(mut page) = page? else {
            return Ok(Some(counted));
        };
        // A server that ignores the prefix must not make a dry run count the whole bucket.
        page.objects
            .retain(|object| object.key.as_str().starts_with(prefix.as_str()));
        counted = page.objects.iter().map(one_object).fold(counted, Add::add);
        hear(counted, &page.objects);
    }
}

/// Counts every version and delete marker in a bucket as [`count`] counts objects.
pub async fn count_versions(
    client: &Client,
    bucket: &BucketName,
    cancel: &CancellationToken,
    mut hear: impl FnMut(Counted, &[ListedVersion]),
) -> Result<Option<Counted>, Error> {
    let mut request = VersionsRequest::new(bucket.clone());
    let mut counted = Counted::default();
    loop {
        let page = patiently(|| client.list_versions_page(&request));
        let Some(page) = cancel.run_until_cancelled(page).await else {
            return Ok(None);
        };
        let page = page?;
        counted = page.versions.iter().map(one_version).fold(counted, Add::add);
        hear(counted, &page.versions);
        if page.next.is_none() {
            return Ok(Some(counted));
        }
        request.continuation = page.next;
    }
}

fn one_object(object: &ListedObject) -> Counted {
    Counted {
        objects: 1,
        bytes: object.size,
        fingerprint: fingerprint((&object.key, &object.etag)),
        ..Counted::default()
    }
}

fn one_version(version: &ListedVersion) -> Counted {
    let counted = Counted {
        bytes: version.size,
        fingerprint: fingerprint((&version.key, &version.version_id, version.is_latest, &version.etag)),
        ..Counted::default()
    };
    if version.is_delete_marker {
        return Counted {
            delete_markers: 1,
            ..counted
        };
    }
    Counted {
        objects: u64::from(version.is_latest),
        old_versions: u64::from(!version.is_latest),
        ..counted
    }
}
