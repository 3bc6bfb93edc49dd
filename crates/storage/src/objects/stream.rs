//! Reading an object: what was promised is what comes, neither more nor less, or it is an error.

use std::fmt;

use aws_sdk_s3::primitives::ByteStream;
use bytes::{Bytes, BytesMut};

use super::ObjectInfo;
use super::info::checksums_wanted;
use crate::call::{Call, sdk_key, send};
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::names::{BucketName, ObjectKey};
use crate::transport::{Answer, Fault};

/// Some bytes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteRange {
    /// From the first to the last byte, both included, counted from 0.
    Between {
        /// The first byte.
        first: u64,
        /// The last byte.
        last: u64,
    },
    /// From this byte to the end.
    From(u64),
    /// The last so many bytes.
    Last(u64),
}

/// Which bytes a server sent, and of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentRange {
    /// The first byte.
    pub first: u64,
    /// The last byte, included.
    pub last: u64,
    /// The whole size.
    pub total: Option<u64>,
}

/// How to read an object.
#[derive(Clone, Debug, Default)]
pub struct GetOptions {
    /// Only these bytes.
    pub range: Option<ByteRange>,
    /// Only if the object still has this `ETag`.
    pub if_match: Option<String>,
    /// This version.
    pub version: Option<String>,
    /// An answer that crawls is not given up.
    pub however_slow: bool,
}

/// The bytes of an object as they arrive. Dropping it closes the connection.
#[derive(Debug)]
pub struct ObjectStream {
    /// What the server tells about the object.
    pub info: ObjectInfo,
    /// Which bytes these are, when a range was asked for.
    pub content_range: Option<ContentRange>,
    /// How many bytes will come.
    pub length: u64,
    body: ByteStream,
    received: u64,
    call: Call,
}

impl ObjectStream {
    /// The next piece, `None` at the end. Never more bytes than `length`; fewer is an error, of kind `Corrupt` if the
    /// answer seemed complete, else of kind `Network`. Cancelling a call loses nothing.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        let Some(piece) = self.body.next().await else {
            return if self.received == self.length {
                Ok(None)
            } else {
                Err(self.wrong_length())
            };
        };
        let piece = piece.map_err(|error| self.call.fault(Fault::from_chain(&error)))?;
        self.received += piece.len() as u64;
        if self.received > self.length {
            return Err(self.wrong_length());
        }
        Ok(Some(piece))
    }

    /// All bytes, if they are at most `limit`; more is `InvalidInput`.
    pub async fn collect(mut self, limit: u64) -> Result<Bytes> {
        if self.length > limit {
            let words = format!("it has {} bytes, more than the {limit} wanted here", self.length);
            return Err(self.call.error(ErrorKind::InvalidInput).with_detail(words));
        }
        let mut all = BytesMut::new();
        while let Some(piece) = self.next().await? {
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    }

    fn wrong_length(&self) -> Error {
        let words = format!("the server sent {} bytes instead of {}", self.received, self.length);
        self.call.error(ErrorKind::Corrupt).with_detail(words)
    }
}

impl Client {
    /// Starts reading an object. A server that ignores the range is `Unsupported`.
    pub async fn get_object(&self, bucket: &BucketName, key: &ObjectKey, options: &GetOptions) -> Result<ObjectStream> {
        let answer = if options.however_slow {
            Answer::SlowObject
        } else {
            Answer::Object
        };
        let call = self
            .object_call("GetObject", bucket, key)
            .expecting(answer)
            .headers([checksums_wanted()]);
        let body = self.body_of(&call, (bucket, key), options).await?;
        let info = ObjectInfo::from_headers(key, &call);
        let content_range = call.answered("content-range").and_then(ContentRange::parse);
        let told = call
            .answered("content-length")
            .and_then(|length| length.parse::<u64>().ok());
        let length = match (told, content_range) {
            (Some(length), _) => length,
            (None, Some(range)) => range.length(),
            // Something between took the length away: ask for it, or a cut would look like an end.
            (None, None) => self.head_object(bucket, key).await?.size,
        };
        check_range(&call, options.range, content_range, length)?;
        Ok(ObjectStream {
            info,
            content_range,
            length,
            body,
            received: 0,
            call,
        })
    }

    async fn body_of(
        &self,
        call: &Call,
        (bucket, key): (&BucketName, &ObjectKey),
        options: &GetOptions,
    ) -> Result<ByteStream> {
        if self.has_a_short_way() {
            match self.get_short(call, (bucket, key), options).await {
                Err(error) if self.has_to_heal(&error) => {}
                body => return body,
            }
        }
        let request = self
            .sdk()
            .get_object()
            .bucket(bucket.as_str())
            .key(sdk_key(key))
            .set_range(options.range.map(|range| range.to_string()))
            .set_if_match(options.if_match.as_ref().map(|etag| format!("\"{etag}\"")))
            .set_version_id(options.version.clone());
        Ok(send!(call, request)?.body)
    }
}

/// Whether the answer holds the bytes that were asked for.
fn check_range(call: &Call, asked: Option<ByteRange>, told: Option<ContentRange>, length: u64) -> Result<()> {
    let wrong = |kind, words: &str| Err(call.error(kind).with_detail(words));
    match (asked, told) {
        (None, None) => Ok(()),
        (None, Some(range)) if range.first == 0 && range.total.is_none_or(|total| total == length) => Ok(()),
        (None, Some(_)) => wrong(ErrorKind::Corrupt, "the server sent a part of it instead of all"),
        (Some(asked), None) if asked.covers(length) => Ok(()),
        (Some(_), None) => wrong(ErrorKind::Unsupported, "the server does not send parts of objects"),
        (Some(asked), Some(told)) if asked.matches(told) && told.length() == length => Ok(()),
        (Some(_), Some(_)) => wrong(ErrorKind::Corrupt, "the server sent other bytes than those asked for"),
    }
}

impl ByteRange {
    /// Whether these are all bytes of an object of this size.
    fn covers(self, size: u64) -> bool {
        match self {
            Self::Between { first, last } => first == 0 && last.saturating_add(1) >= size,
            Self::From(first) => first == 0,
            Self::Last(count) => count >= size,
        }
    }

    fn matches(self, told: ContentRange) -> bool {
        let end = told.total.map(|total| total.saturating_sub(1));
        match self {
            Self::Between { first, last } => {
                told.first == first && (told.last == last || told.last < last && end.is_none_or(|end| told.last == end))
            }
            Self::From(first) => told.first == first && end.is_none_or(|end| told.last == end),
            Self::Last(count) => told.length() <= count && end.is_none_or(|end| told.last == end),
        }
    }
}

/// As the `Range` header spells it.
impl fmt::Display for ByteRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Between { first, last } => write!(f, "bytes={first}-{last}"),
            Self::From(first) => write!(f, "bytes={first}-"),
            Self::Last(count) => write!(f, "bytes=-{count}"),
        }
    }
}

impl ContentRange {
    /// `bytes 0-9/100`, with `*` where the whole size is not known.
    pub(crate) fn parse(header: &str) -> Option<Self> {
        let (range, total) = header.strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let total = if total == "*" { None } else { Some(total.parse().ok()?) };
        let range = Self {
            first: first.parse().ok()?,
            last: last.parse().ok()?,
            total,
        };
        (range.first <= range.last).then_some(range)
    }

    fn length(&self) -> u64 {
        self.last - self.first + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(first: u64, last: u64, total: Option<u64>) -> ContentRange {
        ContentRange { first, last, total }
    }

    #[test]
    fn content_ranges_are_read() {
        assert_eq!(ContentRange::parse("bytes 0-9/100"), Some(told(0, 9, Some(100))));
        assert_eq!(ContentRange::parse("bytes 5-5/*"), Some(told(5, 5, None)));
        for wrong in ["bytes */100", "bytes 9-0/100", "0-9/100", "bytes a-b/c", ""] {
            assert_eq!(ContentRange::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn other_bytes_than_asked_for_are_noticed() {
        let asked = ByteRange::Between { first: 10, last: 19 };
        assert!(asked.matches(told(10, 19, Some(100))));
        assert!(asked.matches(told(10, 14, Some(15))), "the object ends earlier");
        assert!(!asked.matches(told(10, 14, Some(100))), "cut short");
        assert!(!asked.matches(told(0, 9, Some(100))));
        assert!(!asked.matches(told(10, 20, Some(100))));
        assert!(ByteRange::From(10).matches(told(10, 99, Some(100))));
        assert!(!ByteRange::From(10).matches(told(10, 98, Some(100))));
        assert!(ByteRange::Last(5).matches(told(95, 99, Some(100))));
        assert!(ByteRange::Last(5).matches(told(0, 2, Some(3))));
        assert!(!ByteRange::Last(5).matches(told(94, 99, Some(100))));
    }

    #[test]
    fn a_range_over_everything_may_be_answered_with_everything() {
        assert!(ByteRange::Between { first: 0, last: 9 }.covers(10));
        assert!(!ByteRange::Between { first: 0, last: 8 }.covers(10));
        assert!(ByteRange::From(0).covers(10) && !ByteRange::From(1).covers(10));
        assert!(ByteRange::Last(10).covers(10) && !ByteRange::Last(9).covers(10));
    }
}
