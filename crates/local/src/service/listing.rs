//! The listings of a bucket. Both of its objects differ only in how they name the place where the next page begins; that of
//! its versions tells each object as its one version.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::dto::{
    CommonPrefix, ETag, EncodingType, ListObjectVersionsInput, ListObjectVersionsOutput, ListObjectsInput,
    ListObjectsOutput, ListObjectsV2Input, ListObjectsV2Output, Object, ObjectStorageClass, ObjectVersion,
    ObjectVersionStorageClass, Owner,
};
use s3s::{S3ErrorCode, S3Request, S3Result};

use super::{Service, error, length, page_size, timestamp};
use crate::store::NULL_VERSION;
use crate::store::listing::{Entry, Listed, Page, Query};

/// What `encoding-type=url` leaves as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'/');

/// How names are written in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Plain,
    Url,
}

impl Encoding {
    pub(super) fn parse(asked: Option<&EncodingType>) -> S3Result<Self> {
        match asked.map(EncodingType::as_str) {
            None => Ok(Self::Plain),
            Some(EncodingType::URL) => Ok(Self::Url),
            Some(_) => Err(error(
                S3ErrorCode::InvalidArgument,
                "The encoding type is url, or not given.",
            )),
        }
    }

    pub(super) fn write(self, name: String) -> String {
        match self {
            Self::Plain => name,
            Self::Url => utf8_percent_encode(&name, PLAIN).to_string(),
        }
    }

    pub(super) fn write_some(self, name: Option<String>) -> Option<String> {
        name.map(|name| self.write(name))
    }

    pub(super) fn name(self) -> Option<EncodingType> {
        (self == Self::Url).then(|| EncodingType::from_static(EncodingType::URL))
    }
}

impl Service {
    pub(super) async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<ListObjectsV2Output> {
        let input = request.input;
        let encoding = Encoding::parse(input.encoding_type.as_ref())?;
        let limit = page_size(input.max_keys)?;
        let after = match &input.continuation_token {
            Some(token) => decode_token(token)?,
            None => input.start_after.clone().unwrap_or_default(),
        };
        let prefix = input.prefix.unwrap_or_default();
        let query = Query {
            prefix: prefix.clone(),
            delimiter: input.delimiter.clone().unwrap_or_default(),
            after,
            limit,
        };
        let page = self.page(&input.bucket, query).await?;
        let owner = input.fetch_owner.unwrap_or(false).then(|| self.names.owner());
        let next = page.next.as_ref().map(|next| URL_SAFE_NO_PAD.encode(next));
        let (contents, common_prefixes) = shown(page, encoding, owner.as_ref());
        Ok(ListObjectsV2Output {
            name: Some(input.bucket),
            prefix: Some(encoding.write(prefix)),
            max_keys: Some(i32::try_from(limit).unwrap_or(1000)),
            key_count: Some(i32::try_from(contents.len() + common_prefixes.len()).unwrap_or(1000)),
            continuation_token: input.continuation_token,
            is_truncated: Some(next.is_some()),
            next_continuation_token: next,
            contents: Some(contents),
            common_prefixes: Some(common_prefixes),
            delimiter: encoding.write_some(input.delimiter),
            encoding_type: encoding.name(),
            start_after: encoding.write_some(input.start_after),
            request_charged: None,
        })
    }

    pub(super) async fn list_objects(&self, request: S3Request<ListObjectsInput>) -> S3Result<ListObjectsOutput> {
        let input = request.input;
        let encoding = Encoding::parse(input.encoding_type.as_ref())?;
        let limit = page_size(input.max_keys)?;
        let prefix = input.prefix.unwrap_or_default();
        let marker = input.marker.unwrap_or_default();
        let delimiter = input.delimiter.clone().unwrap_or_default();
        let query = Query {
            prefix: prefix.clone(),
            delimiter: delimiter.clone(),
            after: marker.clone(),
            limit,
        };
        let page = self.page(&input.bucket, query).await?;
        let next = page.next.clone();
        let (contents, common_prefixes) = shown(page, encoding, Some(&self.names.owner()));
        Ok(ListObjectsOutput {
            name: Some(input.bucket),
            prefix: Some(encoding.write(prefix)),
            marker: Some(encoding.write(marker)),
            max_keys: Some(i32::try_from(limit).unwrap_or(1000)),
            is_truncated: Some(next.is_some()),
            contents: Some(contents),
            common_prefixes: Some(common_prefixes),
            delimiter: encoding.write_some(input.delimiter),
            // S3 names the next marker only where the last key alone does not tell it.
            next_marker: encoding.write_some(next.filter(|_| !delimiter.is_empty())),
            encoding_type: encoding.name(),
            request_charged: None,
        })
    }

    /// Buckets keep no versions, so each object is its own `null` version and the latest, and a page goes on behind a key
    /// whatever version of it the marker names.
    pub(super) async fn list_object_versions(
        &self,
        request: S3Request<ListObjectVersionsInput>,
    ) -> S3Result<ListObjectVersionsOutput> {
        let input = request.input;
        let encoding = Encoding::parse(input.encoding_type.as_ref())?;
        let limit = page_size(input.max_keys)?;
        let prefix = input.prefix.unwrap_or_default();
        let key_marker = input.key_marker.unwrap_or_default();
        let query = Query {
            prefix: prefix.clone(),
            delimiter: input.delimiter.clone().unwrap_or_default(),
            after: key_marker.clone(),
            limit,
        };
        let page = self.page(&input.bucket, query).await?;
        let next = page.next.clone();
        let owner = self.names.owner();
        let (objects, common_prefixes) = shown(page, encoding, Some(&owner));
        Ok(ListObjectVersionsOutput {
            name: Some(input.bucket),
            prefix: Some(encoding.write(prefix)),
            key_marker: Some(encoding.write(key_marker)),
            version_id_marker: input.version_id_marker,
            max_keys: Some(i32::try_from(limit).unwrap_or(1000)),
            is_truncated: Some(next.is_some()),
            next_version_id_marker: next.is_some().then(|| NULL_VERSION.to_owned()),
            next_key_marker: encoding.write_some(next),
            versions: Some(objects.into_iter().map(only_version).collect()),
            common_prefixes: Some(common_prefixes),
            delimiter: encoding.write_some(input.delimiter),
            encoding_type: encoding.name(),
            ..ListObjectVersionsOutput::default()
        })
    }

    async fn page(&self, bucket: &str, query: Query) -> S3Result<Page> {
        let bucket = self.names.bucket(bucket)?;
        Ok(self.store.list(bucket, query).await?)
    }
}

fn decode_token(token: &str) -> S3Result<String> {
    let decoded = URL_SAFE_NO_PAD
        .decode(token)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.ok_or_else(|| {
        error(
            S3ErrorCode::InvalidArgument,
            "The continuation token is not one of ours.",
        )
    })
}

fn shown(page: Page, encoding: Encoding, owner: Option<&Owner>) -> (Vec<Object>, Vec<CommonPrefix>) {
    let mut objects = Vec::new();
    let mut prefixes = Vec::new();
    for entry in page.entries {
        match entry {
            Entry::Object(listed) => objects.push(object(listed, encoding, owner)),
            Entry::CommonPrefix(prefix) => prefixes.push(CommonPrefix {
                prefix: Some(encoding.write(prefix)),
            }),
        }
    }
    (objects, prefixes)
}

fn object(listed: Listed, encoding: Encoding, owner: Option<&Owner>) -> Object {
    Object {
        e_tag: Some(ETag::Strong(listed.etag)),
        key: Some(encoding.write(listed.key)),
        last_modified: Some(timestamp(listed.modified)),
        owner: owner.cloned(),
        size: Some(length(listed.size)),
        storage_class: Some(ObjectStorageClass::from(listed.storage_class)),
        ..Object::default()
    }
}

/// An object as the one version that there is of it.
fn only_version(object: Object) -> ObjectVersion {
    ObjectVersion {
        e_tag: object.e_tag,
        is_latest: Some(true),
        key: object.key,
        last_modified: object.last_modified,
        owner: object.owner,
        size: object.size,
        storage_class: object
            .storage_class
            .map(|class| ObjectVersionStorageClass::from(class.as_str().to_owned())),
        version_id: Some(NULL_VERSION.to_owned()),
        ..ObjectVersion::default()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn url_encoding_leaves_nothing_to_guess() {
        assert_eq!(
            Encoding::Url.write("a b+c/é\u{1}%".to_owned()),
            "a%20b%2Bc/%C3%A9%01%25"
        );
        assert_eq!(Encoding::Plain.write("a b".to_owned()), "a b");
    }

    #[test]
    fn tokens_are_opaque_but_ours() {
        let token = URL_SAFE_NO_PAD.encode("a/é\u{1}");
        assert_eq!(decode_token(&token).unwrap(), "a/é\u{1}");
        assert!(decode_token("not a token!").is_err());
    }
}
