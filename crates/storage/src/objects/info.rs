//! What the headers of an answer tell about an object.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::ObjectInfo;
use super::stream::ContentRange;
use crate::call::Call;
use crate::client::etag_of;
use crate::metadata;
use crate::names::ObjectKey;

const METADATA: &str = "x-amz-meta-";
const CHECKSUM: &str = "x-amz-checksum-";

impl ObjectInfo {
    #[cfg(test)]
    pub(crate) fn nothing(key: &ObjectKey) -> Self {
        Self::from_headers(key, &Call::new("HeadObject", OffsetDateTime::now_utc))
    }

    pub(super) fn from_headers(key: &ObjectKey, call: &Call) -> Self {
        let text = |name: &str| call.answered(name).filter(|value| !value.is_empty()).map(str::to_owned);
        let number = |name: &str| call.answered(name).and_then(|value| value.parse::<u64>().ok());
        let total = call
            .answered("content-range")
            .and_then(ContentRange::parse)
            .and_then(|range| range.total);
        Self {
            key: key.clone(),
            size: total.or(number("content-length")).unwrap_or_default(),
            last_modified: call
                .answered("last-modified")
                .and_then(|date| OffsetDateTime::parse(date, &Rfc2822).ok()),
            etag: call.answered("etag").and_then(etag_of),
            content_type: text("content-type"),
            cache_control: text("cache-control"),
            content_disposition: text("content-disposition"),
            content_encoding: text("content-encoding"),
            content_language: text("content-language"),
            expires: text("expires"),
            storage_class: text("x-amz-storage-class"),
            version_id: text("x-amz-version-id"),
            metadata: user_metadata(call),
            server_side_encryption: text("x-amz-server-side-encryption"),
            has_plain_etag: has_plain_etag(call),
            parts: number("x-amz-mp-parts-count").and_then(|count| u32::try_from(count).ok()),
            checksums: checksums(call),
            restore: text("x-amz-restore"),
            website_redirect: text("x-amz-website-redirect-location"),
        }
    }
}

/// Asks for the checksums that the server keeps. The SDK would ask too, and then check in a way of its own.
pub(super) fn checksums_wanted() -> (String, String) {
    ("x-amz-checksum-mode".to_owned(), "ENABLED".to_owned())
}

/// Whether the answer's `ETag` may be the MD5 of the bytes.
pub(crate) fn has_plain_etag(call: &Call) -> bool {
    let keyed = call
        .answered("x-amz-server-side-encryption")
        .is_some_and(|kind| kind.starts_with("aws:kms"));
    !keyed
        && call
            .answered("x-amz-server-side-encryption-customer-algorithm")
            .is_none()
}

fn user_metadata(call: &Call) -> Vec<(String, String)> {
    let named = call
        .answer_headers()
        .filter_map(|(name, value)| Some((name.strip_prefix(METADATA)?, value)));
    let mut metadata: Vec<_> = named
        .map(|(name, value)| (name.to_owned(), metadata::decode(value)))
        .collect();
    metadata.sort();
    metadata
}

fn checksums(call: &Call) -> Vec<(String, String)> {
    let named = call
        .answer_headers()
        .filter_map(|(name, value)| Some((name.strip_prefix(CHECKSUM)?, value)));
    let mut checksums: Vec<_> = named
        .filter(|(name, _)| *name != "type")
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    checksums.sort();
    checksums
}
