//! An answer in memory: the origin's, or one that a rule makes up; and how it is changed and framed.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_RANGE, DATE};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, Version};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::answer::Shaped;
use super::rule::Framing;

/// An answer whose body is here.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// The bytes with another one at this place, or at what is left of it after so many whole bodies.
pub(super) fn flipped(bytes: &Bytes, at: u64) -> Bytes {
    let mut bytes = bytes.to_vec();
    let length = bytes.len() as u64;
    if let Some(byte) = at
        .checked_rem(length)
        .and_then(|at| usize::try_from(at).ok())
        .and_then(|at| bytes.get_mut(at))
    {
        *byte ^= 0x20;
    }
    bytes.into()
}

impl Reply {
    pub(super) fn new(status: u16, body: &str) -> Self {
        let mut answer = Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            headers: HeaderMap::new(),
            body: Bytes::from(body.to_owned()),
        };
        answer.set(HeaderName::from_static("content-type"), "application/xml");
        answer
    }

    pub(super) fn refusal(status: u16, code: Option<&str>) -> Self {
        let document = code.map(|code| {
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>by rule</Message></Error>"
            )
        });
        Self::new(status, &document.unwrap_or_default())
    }

    pub(super) fn set(&mut self, name: HeaderName, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
    }

    pub(super) fn date(&mut self, moment: OffsetDateTime) {
        if let Ok(text) = moment.format(&Rfc2822) {
            self.set(DATE, &text.replace("+0000", "GMT"));
        }
    }

    pub(super) fn flipped(mut self, at: u64) -> Self {
        self.body = flipped(&self.body, at);
        self
    }

    /// The first so many bytes of a range, with headers to match.
    pub(super) fn shortened(mut self, bytes: u64) -> Self {
        let told = self
            .headers
            .get(CONTENT_RANGE)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.strip_prefix("bytes "))
            .and_then(|text| text.split_once('-'))
            .and_then(|(first, rest)| Some((first.parse::<u64>().ok()?, rest.split_once('/')?.1.to_owned())));
        if let Some((first, total)) = told
            && (self.body.len() as u64) > bytes
        {
            self.body.truncate(usize::try_from(bytes).unwrap_or(usize::MAX));
            let last = first + bytes.saturating_sub(1);
            self.set(CONTENT_RANGE, &format!("bytes {first}-{last}/{total}"));
            self.set(CONTENT_LENGTH, &bytes.to_string());
        }
        self
    }

    pub(super) fn plain(self, sent: Arc<AtomicU64>) -> Response<Shaped> {
        self.shaped(sent, |body| body, None)
    }

    pub(super) fn shaped(
        self,
        sent: Arc<AtomicU64>,
        shape: impl FnOnce(Shaped) -> Shaped,
        framing: Option<Framing>,
    ) -> Response<Shaped> {
        let length = self.body.len();
        let mut body = shape(Shaped::new(self.body, sent));
        let mut response = Response::new(());
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        let headers = response.headers_mut();
        headers.remove(http::header::TRANSFER_ENCODING);
        match framing {
            // Of a HEAD the length is told without a body.
            None | Some(Framing::KeepLength) if length > 0 => {
                headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
            }
            None | Some(Framing::KeepLength) => {}
            Some(Framing::FixLength) => {
                headers.insert(CONTENT_LENGTH, HeaderValue::from(body.left()));
            }
            Some(Framing::ChunkedClean) => {
                headers.remove(CONTENT_LENGTH);
                body = body.unsized_body();
            }
            Some(Framing::CloseDelimited) => {
                headers.remove(CONTENT_LENGTH);
                headers.insert(CONNECTION, HeaderValue::from_static("close"));
                *response.version_mut() = Version::HTTP_10;
                body = body.unsized_body();
            }
        }
        response.map(|()| body)
    }
}
