//! Answers: documents, errors, and bodies that are made up as they go.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Response, StatusCode, header};
use http_body::{Body, Frame, SizeHint};

use super::set::Filling;

/// The body of an answer.
#[derive(Debug)]
pub(super) enum Content {
    /// A document, or nothing.
    Document(Option<Bytes>),
    /// Bytes of an object.
    Object(Filling),
}

/// An answer.
pub(super) type Reply = Response<Content>;

impl Body for Content {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = match self.get_mut() {
            Self::Document(document) => document.take(),
            Self::Object(filling) => filling.next(),
        };
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Document(document) => document.is_none(),
            Self::Object(filling) => filling.left == 0,
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match self {
            Self::Document(document) => document.as_ref().map_or(0, |document| document.len() as u64),
            Self::Object(filling) => filling.left,
        })
    }
}

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Reply {
    let mut reply = Response::new(Content::Document(None));
    *reply.status_mut() = status;
    reply
}

/// A document of XML.
pub(super) fn document(text: &str) -> Reply {
    with_document(StatusCode::OK, text)
}

/// An error as S3 words it.
pub(super) fn refusal(status: StatusCode, code: &str) -> Reply {
    let text = format!("<Error><Code>{code}</Code><Message>the sink says so</Message></Error>");
    with_document(status, &text)
}

/// The same answer with one more header.
pub(super) fn with(mut reply: Reply, name: header::HeaderName, value: &str) -> Reply {
    if let Ok(value) = value.parse() {
        reply.headers_mut().insert(name, value);
    }
    reply
}

fn with_document(status: StatusCode, text: &str) -> Reply {
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}");
    let mut reply = Response::new(Content::Document(Some(text.into())));
    *reply.status_mut() = status;
    with(reply, header::CONTENT_TYPE, "application/xml")
}
