//! Versions and delete markers of a bucket's objects, page by page, and the switch that makes a bucket keep them.

use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::{BucketVersioningStatus, EncodingType, VersioningConfiguration};
use time::OffsetDateTime;

use crate::call::send;
use crate::client::{Client, etag_of, moment};
use crate::error::{ErrorKind, Result};
use crate::limits::MAX_KEYS_PER_PAGE;
use crate::list::Names;
use crate::names::{BucketName, ObjectKey};
use crate::transport::Answer;
use crate::walk::Walk;

/// The version of what was written while its bucket kept no versions.
pub(crate) const NULL_VERSION: &str = "null";

/// An object as it is now, or one of its versions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectVersion {
    /// The key.
    pub key: ObjectKey,
    /// The version, or the object as it is now.
    pub version_id: Option<String>,
}

impl From<ObjectKey> for ObjectVersion {
    fn from(key: ObjectKey) -> Self {
        Self { key, version_id: None }
    }
}

/// Which page of a bucket's versions to get.
#[derive(Clone, Debug)]
pub struct VersionsRequest {
    /// The bucket.
    pub bucket: BucketName,
    /// The most versions to return, up to 1,000. A page may hold fewer and still not be the last.
    pub max_keys: u16,
    /// Where the page before ended.
    pub continuation: Option<VersionMarker>,
}

impl VersionsRequest {
    /// The first page of all versions in a bucket.
    pub fn new(bucket: BucketName) -> Self {
        Self {
            bucket,
            max_keys: MAX_KEYS_PER_PAGE,
            continuation: None,
        }
    }
}

/// Where a page ended: give it to the next [`VersionsRequest`] of the same bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionMarker {
    key: String,
    version_id: Option<String>,
    walk: Walk<(String, Option<String>)>,
}

/// One page of versions, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionsPage {
    /// Versions and delete markers.
    pub versions: Vec<ListedVersion>,
    /// Where to go on; `None` when this was the last page.
    pub next: Option<VersionMarker>,
}

/// One version, or a delete marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedVersion {
    /// The object's key.
    pub key: ObjectKey,
    /// Its id; `null` for what was written while the bucket kept no versions.
    pub version_id: String,
    /// Whether it is the newest of its key.
    pub is_latest: bool,
    /// Whether it only says that the object was deleted.
    pub is_delete_marker: bool,
    /// Its size in bytes; a delete marker has none.
    pub size: u64,
    /// When it was written.
    pub last_modified: Option<OffsetDateTime>,
    /// Its `ETag`, with the quotes taken off.
    pub etag: Option<String>,
}

impl Client {
    /// One page of the versions in a bucket. A server that repeats itself instead of going on is an error (`Corrupt`).
    pub async fn list_versions_page(&self, request: &VersionsRequest) -> Result<VersionsPage> {
        let call = self
            .bucket_call("ListObjectVersions", &request.bucket)
            .expecting(Answer::Listing);
        let marker = request.continuation.as_ref();
        let sent = self
            .sdk()
            .list_object_versions()
            .bucket(request.bucket.as_str())
            .max_keys(i32::from(request.max_keys.clamp(1, MAX_KEYS_PER_PAGE)))
            .set_key_marker(marker.map(|marker| marker.key.clone()))
            .set_version_id_marker(marker.and_then(|marker| marker.version_id.clone()))
            .encoding_type(EncodingType::Url);
        let page = send!(call, sent)?;
        let names = Names::of(&call, page.encoding_type());
        let mut versions = Vec::with_capacity(page.versions().len() + page.delete_markers().len());
        for version in page.versions() {
            versions.push(ListedVersion {
                size: version.size().and_then(|size| u64::try_from(size).ok()).unwrap_or(0),
                etag: version.e_tag().and_then(etag_of),
                is_delete_marker: false,
                ..listed(
                    &names,
                    version.key(),
                    version.version_id(),
                    (version.is_latest(), version.last_modified()),
                )?
            });
        }
        for marker in page.delete_markers() {
            versions.push(listed(
                &names,
                marker.key(),
                marker.version_id(),
                (marker.is_latest(), marker.last_modified()),
            )?);
        }
        versions.sort_by(|a, b| a.key.cmp(&b.key));
        let next = match page.is_truncated() {
            Some(true) => Some(next_marker(
                &names,
                &versions,
                page.next_key_marker(),
                page.next_version_id_marker(),
            )?),
            _ => None,
        };
        let next = next.map(|(key, version_id)| {
            let mut walk = marker.map(|marker| marker.walk.clone()).unwrap_or_default();
            let place = (key, version_id);
            walk.goes_on_at(&place, &call)?;
            let (key, version_id) = place;
            Ok(VersionMarker { key, version_id, walk })
        });
        let next = next.transpose()?;
        Ok(VersionsPage { versions, next })
    }

    /// Makes a bucket keep versions, or stop doing so. What it has kept stays. `InvalidInput` for anything but `Enabled`
    /// and `Suspended`: S3 knows no way back to never.
    pub async fn put_bucket_versioning(&self, bucket: &BucketName, versioning: crate::Versioning) -> Result<()> {
        let call = self.bucket_call("PutBucketVersioning", bucket).with_digest();
        let status = match versioning {
            crate::Versioning::Enabled => BucketVersioningStatus::Enabled,
            crate::Versioning::Suspended => BucketVersioningStatus::Suspended,
            _ => {
                let words = "versioning can be enabled and suspended, and never taken back";
                return Err(call.error(ErrorKind::InvalidInput).with_detail(words));
            }
        };
        let configuration = VersioningConfiguration::builder().status(status).build();
        let request = self.sdk().put_bucket_versioning().bucket(bucket.as_str());
        send!(call, request.versioning_configuration(configuration))?;
        Ok(())
    }
}

/// What versions and delete markers have in common: as it stands, a delete marker.
fn listed(
    names: &Names<'_>,
    key: Option<&str>,
    version_id: Option<&str>,
    (is_latest, modified): (Option<bool>, Option<&DateTime>),
) -> Result<ListedVersion> {
    Ok(ListedVersion {
        key: names.key(key)?,
        version_id: version_id
            .filter(|id| !id.is_empty())
            .unwrap_or(NULL_VERSION)
            .to_owned(),
        is_latest: is_latest.unwrap_or(false),
        is_delete_marker: true,
        size: 0,
        last_modified: moment(modified),
        etag: None,
    })
}

/// Where the next page begins. Servers go on behind the last version they told, so its key is the marker; Ceph RGW
/// leaves `NextKeyMarker` as it is when it encodes everything else, and the key that was read is more to be trusted.
fn next_marker(
    names: &Names<'_>,
    versions: &[ListedVersion],
    key: Option<&str>,
    version_id: Option<&str>,
) -> Result<(String, Option<String>)> {
    let last = versions.last().map(|version| version.key.as_str());
    let told = key.filter(|key| !key.is_empty());
    let key = match (told, last) {
        (Some(told), Some(last)) if told == last => last.to_owned(),
        (Some(told), _) => names.name(told)?,
        (None, Some(last)) => last.to_owned(),
        (None, None) => {
            let words = "the server says that there is more and not where";
            return Err(names.call.error(ErrorKind::Corrupt).with_detail(words));
        }
    };
    Ok((key, version_id.filter(|id| !id.is_empty()).map(str::to_owned)))
}
