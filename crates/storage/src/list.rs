//! Listing a bucket, page by page.

mod short;

use aws_sdk_s3::types::EncodingType;
use time::OffsetDateTime;

use crate::call::{Call, send};
use crate::client::{Client, etag_of, moment};
use crate::config::ListVersion;
use crate::error::{ErrorKind, Result};
use crate::limits::MAX_KEYS_PER_PAGE;
use crate::names::{BucketName, ObjectKey, Prefix};
use crate::place::decode_listed;
use crate::transport::Answer;
use crate::walk::{Walk, repeated};

/// Which page to get.
#[derive(Clone, Debug)]
pub struct ListRequest {
    /// The bucket.
    pub bucket: BucketName,
    /// Only keys that begin with this.
    pub prefix: Prefix,
    /// Keys that have this after the prefix are folded into common prefixes. `None` lists everything flat.
    pub delimiter: Option<String>,
    /// The most keys to return, up to 1,000. A page may hold fewer and still not be the last.
    pub max_keys: u16,
    /// Where the page before ended.
    pub continuation: Option<Continuation>,
    /// On the first page: only keys after this one.
    pub start_after: Option<ObjectKey>,
}

impl ListRequest {
    /// The first page of everything in a bucket.
    pub fn new(bucket: BucketName) -> Self {
        Self {
            bucket,
            prefix: Prefix::default(),
            delimiter: None,
            max_keys: MAX_KEYS_PER_PAGE,
            continuation: None,
            start_after: None,
        }
    }
}

/// Where a page ended: give it to the next [`ListRequest`] of the same bucket, prefix and delimiter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Continuation {
    pub(crate) position: Position,
    pub(crate) last: String,
    /// The common prefix that came last, which a server that folds nothing begins the next page with.
    folder: Option<Prefix>,
    walk: Walk<Position>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// A `ListObjectsV2` token.
    Token(String),
    /// A `ListObjects` marker.
    Marker(String),
}

/// One page of a listing, in the server's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListPage {
    /// The objects.
    pub objects: Vec<ListedObject>,
    /// The common prefixes ("folders").
    pub common_prefixes: Vec<Prefix>,
    /// Where to go on; `None` when this was the last page.
    pub next: Option<Continuation>,
}

/// One object of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedObject {
    /// Its key.
    pub key: ObjectKey,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last written.
    pub last_modified: Option<OffsetDateTime>,
    /// Its `ETag`, with the quotes taken off.
    pub etag: Option<String>,
    /// Its storage class.
    pub storage_class: Option<String>,
}

impl Client {
    /// One page of a listing. A server that repeats itself instead of going on is an error (`Corrupt`), so that a loop
    /// over pages always ends.
    pub async fn list_page(&self, request: &ListRequest) -> Result<ListPage> {
        let older = match request.continuation.as_ref().map(|next| &next.position) {
            Some(Position::Marker(_)) => true,
            Some(Position::Token(_)) => false,
            None => self.config().compatibility.list_version == ListVersion::V1,
        };
        if older {
            return self.list_page_v1(request).await;
        }
        match self.list_page_v2(request).await {
            Err(error)
                if error.kind() == ErrorKind::Unsupported
                    && error.not_s3().is_none()
                    && request.continuation.is_none() =>
            {
                self.list_page_v1(request).await
            }
            result => result,
        }
    }

    async fn list_page_v2(&self, request: &ListRequest) -> Result<ListPage> {
        let call = self
            .bucket_call("ListObjectsV2", &request.bucket)
            .expecting(Answer::Listing);
        let token = request.continuation.as_ref().and_then(|next| match &next.position {
            Position::Token(token) => Some(token.clone()),
            Position::Marker(_) => None,
        });
        if self.has_a_short_way() {
            let start_after = request.start_after.as_ref().map(ObjectKey::as_str);
            let parameters = [
                ("list-type", Some("2")),
                ("continuation-token", token.as_deref()),
                ("start-after", start_after),
            ];
            let page = match self.list_short(&call, request, &parameters).await {
                Err(error) if self.has_to_heal(&error) => return Box::pin(self.list_page_v2(request)).await,
                page => page?,
            };
            let position = match page.next_continuation_token {
                _ if page.truncated != Some(true) => None,
                Some(token) => Some(Position::Token(token)),
                None => last_name(&page.objects, &page.common_prefixes).map(|name| Position::Marker(name.to_owned())),
            };
            return request.page(&call, page.objects, page.common_prefixes, position, page.truncated);
        }
        let sent = self
            .sdk()
            .list_objects_v2()
            .bucket(request.bucket.as_str())
            .set_prefix(request.prefix_sent())
            .set_delimiter(request.delimiter_sent())
            .max_keys(request.max_keys_sent())
            .set_continuation_token(token)
            .set_start_after(request.start_after.as_ref().map(|key| key.as_str().to_owned()))
            .encoding_type(EncodingType::Url);
        let page = send!(call, sent)?;
        let names = Names::of(&call, page.encoding_type());
        let objects = names.objects(page.contents())?;
        let common_prefixes = names.prefixes(page.common_prefixes())?;
        let position = match page.next_continuation_token() {
            _ if page.is_truncated() != Some(true) => None,
            Some(token) => Some(Position::Token(token.to_owned())),
            // A server that ignores list-type=2 answers with the older page, which goes on from its last name.
            None => last_name(&objects, &common_prefixes).map(|name| Position::Marker(name.to_owned())),
        };
        request.page(&call, objects, common_prefixes, position, page.is_truncated())
    }

    async fn list_page_v1(&self, request: &ListRequest) -> Result<ListPage> {
        let call = self
            .bucket_call("ListObjects", &request.bucket)
            .expecting(Answer::Listing);
        let marker = match request.continuation.as_ref().map(|next| &next.position) {
            Some(Position::Marker(marker)) => Some(marker.clone()),
            _ => request.start_after.as_ref().map(|key| key.as_str().to_owned()),
        };
        if self.has_a_short_way() {
            let parameters = [("marker", marker.as_deref())];
            let page = match self.list_short(&call, request, &parameters).await {
                Err(error) if self.has_to_heal(&error) => return Box::pin(self.list_page_v1(request)).await,
                page => page?,
            };
            let position = match last_name(&page.objects, &page.common_prefixes) {
                _ if page.truncated != Some(true) => None,
                Some(name) => Some(Position::Marker(name.to_owned())),
                None => page.next_marker.map(Position::Marker),
            };
            return request.page(&call, page.objects, page.common_prefixes, position, page.truncated);
        }
        let sent = self
            .sdk()
            .list_objects()
            .bucket(request.bucket.as_str())
            .set_prefix(request.prefix_sent())
            .set_delimiter(request.delimiter_sent())
            .max_keys(request.max_keys_sent())
            .set_marker(marker)
            .encoding_type(EncodingType::Url);
        let page = send!(call, sent)?;
        let names = Names::of(&call, page.encoding_type());
        let objects = names.objects(page.contents())?;
        let common_prefixes = names.prefixes(page.common_prefixes())?;
        // Ceph RGW leaves NextMarker as it is when it encodes everything else, so the last name is more to be trusted.
        let position = match last_name(&objects, &common_prefixes) {
            _ if page.is_truncated() != Some(true) => None,
            Some(name) => Some(Position::Marker(name.to_owned())),
            None => page.next_marker().map(|marker| Position::Marker(marker.to_owned())),
        };
        request.page(&call, objects, common_prefixes, position, page.is_truncated())
    }
}

impl ListRequest {
    fn prefix_sent(&self) -> Option<String> {
        (!self.prefix.is_empty()).then(|| self.prefix.as_str().to_owned())
    }

    fn delimiter_sent(&self) -> Option<String> {
        self.delimiter.clone().filter(|delimiter| !delimiter.is_empty())
    }

    fn max_keys_sent(&self) -> i32 {
        i32::from(self.max_keys.clamp(1, MAX_KEYS_PER_PAGE))
    }

    /// The page, if it leads further than the one before.
    fn page(
        &self,
        call: &Call,
        objects: Vec<ListedObject>,
        common_prefixes: Vec<Prefix>,
        position: Option<Position>,
        truncated: Option<bool>,
    ) -> Result<ListPage> {
        if truncated == Some(true) && position.is_none() {
            let words = "the server says that there is more and not where";
            return Err(call.error(ErrorKind::Corrupt).with_detail(words));
        }
        let before = self.continuation.as_ref();
        let last = last_name(&objects, &common_prefixes).map(str::to_owned);
        let mut walk = before.map(|before| before.walk.clone()).unwrap_or_default();
        if let Some(position) = &position {
            walk.goes_on_at(position, call)?;
            if before.is_some_and(|before| last.as_ref() == Some(&before.last)) {
                return Err(repeated(call));
            }
        }
        let (objects, common_prefixes) = self.asked_for(objects, common_prefixes);
        let folder = common_prefixes.last().cloned();
        let next = position.map(|position| Continuation {
            position,
            walk,
            folder: folder.or_else(|| before.and_then(|before| before.folder.clone())),
            last: last
                .or_else(|| before.map(|before| before.last.clone()))
                .unwrap_or_default(),
        });
        Ok(ListPage {
            objects,
            common_prefixes,
            next,
        })
    }

    /// What was asked for, of a server that may have left a part of the question unread: the prefix, the delimiter, or
    /// where to begin. An honest page stays as it is.
    fn asked_for(&self, objects: Vec<ListedObject>, prefixes: Vec<Prefix>) -> (Vec<ListedObject>, Vec<Prefix>) {
        let prefix = self.prefix.as_str();
        let before = self.continuation.as_ref().and_then(|before| before.folder.as_ref());
        let begins = |name: &str| {
            name.starts_with(prefix) && self.start_after.as_ref().is_none_or(|after| name > after.as_str())
        };
        let delimiter = self.delimiter_sent();
        let mut kept = Vec::with_capacity(objects.len());
        let mut folded = Vec::new();
        for object in objects {
            if !begins(object.key.as_str()) {
                continue;
            }
            let rest = &object.key.as_str()[prefix.len()..];
            let end = delimiter
                .as_ref()
                .and_then(|delimiter| Some(rest.find(delimiter.as_str())? + delimiter.len()));
            match end {
                Some(end) => folded.push(Prefix::new(&object.key.as_str()[..prefix.len() + end])),
                None => kept.push(object),
            }
        }
        let mut all = prefixes;
        if !folded.is_empty() {
            all.extend(folded);
            all.sort();
            all.dedup();
        }
        let holds_more = |folder: &str| {
            begins(folder)
                || self
                    .start_after
                    .as_ref()
                    .is_some_and(|after| after.as_str().starts_with(folder))
        };
        all.retain(|folder| holds_more(folder.as_str()) && Some(folder) != before);
        (kept, all)
    }
}

/// The name that comes last in the server's order, be it an object's or a common prefix.
fn last_name<'a>(objects: &'a [ListedObject], prefixes: &'a [Prefix]) -> Option<&'a str> {
    let object = objects.last().map(|object| object.key.as_str());
    object.max(prefixes.last().map(Prefix::as_str))
}

/// Reads the names of a page, which are percent-encoded if the server echoed that we asked for it.
pub(crate) struct Names<'a> {
    pub(crate) call: &'a Call,
    encoded: bool,
}

impl<'a> Names<'a> {
    pub(crate) fn of(call: &'a Call, echoed: Option<&EncodingType>) -> Self {
        Self {
            call,
            encoded: echoed == Some(&EncodingType::Url),
        }
    }

    pub(crate) fn name(&self, text: &str) -> Result<String> {
        if !self.encoded {
            return Ok(text.to_owned());
        }
        decode_listed(text).ok_or_else(|| {
            self.call
                .error(ErrorKind::Corrupt)
                .with_detail("the list has a name that is not UTF-8")
        })
    }

    pub(crate) fn key(&self, listed: Option<&str>) -> Result<ObjectKey> {
        let key = self.name(listed.unwrap_or_default())?;
        if key.is_empty() {
            let words = "the list has an object without a key";
            return Err(self.call.error(ErrorKind::Corrupt).with_detail(words));
        }
        Ok(ObjectKey::from_server(key))
    }

    fn objects(&self, listed: &[aws_sdk_s3::types::Object]) -> Result<Vec<ListedObject>> {
        listed.iter().map(|object| self.object(object)).collect()
    }

    fn object(&self, object: &aws_sdk_s3::types::Object) -> Result<ListedObject> {
        Ok(ListedObject {
            key: self.key(object.key())?,
            size: object
                .size()
                .and_then(|size| u64::try_from(size).ok())
                .unwrap_or_default(),
            last_modified: moment(object.last_modified()),
            etag: object.e_tag().and_then(etag_of),
            storage_class: object.storage_class().map(|class| class.as_str().to_owned()),
        })
    }

    fn prefixes(&self, listed: &[aws_sdk_s3::types::CommonPrefix]) -> Result<Vec<Prefix>> {
        listed
            .iter()
            .map(|prefix| self.name(prefix.prefix().unwrap_or_default()).map(Prefix::new))
            .collect()
    }
}
