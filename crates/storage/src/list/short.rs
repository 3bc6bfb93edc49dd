//! Listing without the SDK: see [`Short`]. A page of a thousand keys is read here in a tenth of the time.

use http::Method;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{ListRequest, ListedObject, Names};
use crate::call::{Call, Damaged, Payload, Short, read_xml};
use crate::client::{Client, etag_of};
use crate::error::Result;
use crate::names::Prefix;
use crate::place::encode_component;

/// A page as the server tells it, of either version.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) objects: Vec<ListedObject>,
    pub(super) common_prefixes: Vec<Prefix>,
    pub(super) truncated: Option<bool>,
    pub(super) next_continuation_token: Option<String>,
    pub(super) next_marker: Option<String>,
}

/// An object whose name is not read yet.
#[derive(Default)]
struct Told {
    key: String,
    size: u64,
    last_modified: Option<OffsetDateTime>,
    etag: Option<String>,
    storage_class: Option<String>,
}

impl Client {
    /// One page; `parameters` are those beside what both versions have.
    pub(super) async fn list_short(
        &self,
        call: &Call,
        request: &ListRequest,
        parameters: &[(&str, Option<&str>)],
    ) -> Result<Page> {
        let most = request.max_keys_sent().to_string();
        let (prefix, delimiter) = (request.prefix_sent(), request.delimiter_sent());
        let of_both = [
            ("delimiter", delimiter.as_deref()),
            ("encoding-type", Some("url")),
            ("max-keys", Some(most.as_str())),
            ("prefix", prefix.as_deref()),
        ];
        let pairs = of_both.iter().chain(parameters);
        let pairs = pairs.filter_map(|(name, value)| Some(format!("{name}={}", encode_component((*value)?))));
        let short = Short {
            method: Method::GET,
            bucket: &request.bucket,
            key: None,
            query: pairs.collect::<Vec<_>>().join("&"),
            headers: Vec::new(),
            payload: Payload::Nothing,
        };
        let document = self.document_short(call, short).await?;
        page(call, &document)
    }
}

fn page(call: &Call, document: &[u8]) -> Result<Page> {
    let mut page = Page::default();
    let (mut objects, mut prefixes) = (Vec::with_capacity(1000), Vec::new());
    let mut object = Told::default();
    let mut encoded = false;
    let read = read_xml(document, "ListBucketResult", |parent, name, text| {
        match (parent, name) {
            ("Contents", "Key") => text.clone_into(&mut object.key),
            ("Contents", "Size") => object.size = text.trim().parse().map_err(|_| Damaged)?,
            ("Contents", "LastModified") => object.last_modified = OffsetDateTime::parse(text, &Rfc3339).ok(),
            ("Contents", "ETag") => object.etag = etag_of(text),
            ("Contents", "StorageClass") => object.storage_class = Some(text.to_owned()),
            ("ListBucketResult", "Contents") => objects.push(std::mem::take(&mut object)),
            ("CommonPrefixes", "Prefix") => prefixes.push(text.to_owned()),
            ("ListBucketResult", "IsTruncated") => page.truncated = Some(text.trim() == "true"),
            ("ListBucketResult", "EncodingType") => encoded = text == "url",
            ("ListBucketResult", "NextContinuationToken") => page.next_continuation_token = Some(text.to_owned()),
            ("ListBucketResult", "NextMarker") => page.next_marker = Some(text.to_owned()),
            _ => {}
        }
        Ok(())
    });
    read.map_err(|Damaged| call.unreadable_document(document))?;
    let names = Names { call, encoded };
    page.objects.reserve(objects.len());
    for told in objects {
        page.objects.push(ListedObject {
            key: names.key(Some(&told.key))?,
            size: told.size,
            last_modified: told.last_modified,
            etag: told.etag,
            storage_class: told.storage_class,
        });
    }
    for prefix in prefixes {
        page.common_prefixes.push(Prefix::new(names.name(&prefix)?));
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use time::macros::datetime;

    use super::*;
    use crate::error::ErrorKind;

    fn call() -> Call {
        Call::new("ListObjectsV2", OffsetDateTime::now_utc)
    }

    #[test]
    fn a_page_is_read_with_its_encoded_names() {
        let document = "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
            <Prefix>p/</Prefix><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>\
            <NextContinuationToken>a&amp;b</NextContinuationToken><Contents><Key>p/a%26+%C3%A9</Key>\
            <LastModified>2025-01-01T00:00:00.000Z</LastModified><ETag>&quot;abc&quot;</ETag><Size>7</Size>\
            <Owner><ID>o</ID></Owner><StorageClass>STANDARD</StorageClass></Contents>\
            <Contents><Key>p/b</Key><Size>0</Size></Contents>\
            <CommonPrefixes><Prefix>p/c%2F</Prefix></CommonPrefixes></ListBucketResult>";
        let page = page(&call(), document.as_bytes()).unwrap();
        let [a, b] = page.objects.as_slice() else {
            panic!("{page:?}")
        };
        assert_eq!((a.key.as_str(), a.size, a.etag.as_deref()), ("p/a& é", 7, Some("abc")));
        assert_eq!(a.last_modified, Some(datetime!(2025-01-01 0:00 UTC)));
        assert_eq!(a.storage_class.as_deref(), Some("STANDARD"));
        assert_eq!((b.key.as_str(), &b.etag, b.last_modified), ("p/b", &None, None));
        assert_eq!(page.common_prefixes, [Prefix::new("p/c/")]);
        assert_eq!(page.truncated, Some(true));
        assert_eq!(page.next_continuation_token.as_deref(), Some("a&b"));
    }

    #[test]
    fn names_stay_as_they_are_where_the_server_does_not_encode() {
        let document = "<ListBucketResult><Contents><Key>a%20+b</Key></Contents></ListBucketResult>";
        let page = page(&call(), document.as_bytes()).unwrap();
        assert_eq!(page.objects.first().map(|object| object.key.as_str()), Some("a%20+b"));
    }

    #[test]
    fn what_is_no_page_says_what_it_is() {
        let kind = |document: &str| page(&call(), document.as_bytes()).unwrap_err().kind();
        assert_eq!(kind("<html>"), ErrorKind::Unsupported);
        assert_eq!(kind("<ListBucketResult><Contents>"), ErrorKind::Corrupt);
        assert_eq!(
            kind("<ListBucketResult><Contents><Size>x</Size></Contents></ListBucketResult>"),
            ErrorKind::Corrupt
        );
        assert_eq!(kind(""), ErrorKind::Corrupt);
        assert_eq!(
            kind("<ListBucketResult><Contents></Contents></ListBucketResult>"),
            ErrorKind::Corrupt
        );
    }
}
