//! What can go wrong between two computers, found in the chains of errors that the HTTP and TLS libraries give.

use std::error::Error as StdError;
use std::io;

use thiserror::Error;

use crate::error::{Error, ErrorKind};

/// A failure below HTTP, or of a body.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum Fault {
    #[error("the name `{0}` leads to no server")]
    NameNotFound(String),
    #[error("nothing listens at this address and port")]
    Refused,
    #[error("no connection could be made in time")]
    ConnectTimeout,
    #[error("the server did not answer in time")]
    Timeout,
    #[error("the answer came too slowly, below 1 KiB a second")]
    Crawl,
    #[error("there is no way to the server")]
    NoWay,
    #[error("the server's certificate is not trusted: {0}")]
    Certificate(String),
    #[error("the secure connection failed: {0}")]
    Tls(String),
    #[error("the server does not speak TLS on this port")]
    NotTls,
    #[error("what answers on this port does not speak HTTP")]
    NotHttp,
    #[error("the connection broke ({0})")]
    Broken(String),
    #[error("the answer is larger than {0} bytes")]
    TooLarge(u64),
    #[error("the file could not be read ({0})")]
    Source(String),
    #[error("the request could not be made ({0})")]
    Request(String),
}

impl Fault {
    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Self::NameNotFound(_) | Self::Refused | Self::NotHttp | Self::NoWay | Self::Broken(_) => ErrorKind::Network,
            Self::ConnectTimeout | Self::Timeout | Self::Crawl => ErrorKind::Timeout,
            Self::Certificate(_) | Self::Tls(_) | Self::NotTls => ErrorKind::Tls,
            Self::TooLarge(_) => ErrorKind::Unsupported,
            Self::Source(_) => ErrorKind::LocalIo,
            Self::Request(_) => ErrorKind::Internal,
        }
    }

    /// Whether no connection could be made at all.
    pub(crate) fn is_unreachable(&self) -> bool {
        matches!(
            self,
            Self::NameNotFound(_) | Self::Refused | Self::ConnectTimeout | Self::NoWay
        )
    }

    pub(crate) fn into_error(self, operation: &'static str) -> Error {
        let error = Error::new(self.kind(), operation);
        let error = match &self {
            Self::TooLarge(limit) => error.with_not_s3(&format!("more than {limit} bytes")),
            other => error.with_detail(other.to_string()),
        };
        error.with_source(self)
    }

    /// The fault in a chain of errors; a broken connection when nothing more is known.
    pub(crate) fn from_chain(error: &(dyn StdError + 'static)) -> Self {
        if let Some(fault) = find::<Self>(error) {
            return fault.clone();
        }
        if let Some(tls) = find::<rustls::Error>(error) {
            return Self::from_tls(tls);
        }
        if let Some(hyper) = find::<hyper::Error>(error) {
            if hyper.is_parse() {
                return Self::NotHttp;
            }
            if hyper.is_body_write_aborted() {
                return Self::Source("it ended too early".to_owned());
            }
            if hyper.is_incomplete_message() {
                return Self::Broken("the server closed it".to_owned());
            }
        }
        find::<io::Error>(error).map_or_else(|| Self::Broken(last(error)), Self::from_io)
    }

    fn from_io(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::TimedOut => Self::ConnectTimeout,
            io::ErrorKind::ConnectionReset => Self::Broken("the server reset it".to_owned()),
            io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted => {
                Self::Broken("the server closed it".to_owned())
            }
            io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => Self::NoWay,
            _ => Self::Broken(error.to_string()),
        }
    }

    fn from_tls(error: &rustls::Error) -> Self {
        match error {
            rustls::Error::InvalidCertificate(reason) => Self::Certificate(certificate_words(reason)),
            rustls::Error::InvalidMessage(_) => Self::NotTls,
            other => Self::Tls(other.to_string()),
        }
    }
}

fn certificate_words(reason: &rustls::CertificateError) -> String {
    use rustls::CertificateError as C;
    match reason {
        C::Expired | C::ExpiredContext { .. } => "it has expired".to_owned(),
        C::NotValidYet | C::NotValidYetContext { .. } => "it is not valid yet".to_owned(),
        C::Revoked => "it was revoked".to_owned(),
        C::UnknownIssuer => "its issuer is unknown".to_owned(),
        C::NotValidForName | C::NotValidForNameContext { .. } => "it was issued for another name".to_owned(),
        other => other.to_string(),
    }
}

/// The first error of this type in a chain. An `io::Error` hides what it wraps from `source()`; this looks inside, and
/// takes an `io::Error` that wraps another for a mere wrapper.
pub(crate) fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(current) = next {
        let wrapper = current.is::<io::Error>() && inside(current).is_some_and(<dyn StdError>::is::<io::Error>);
        if !wrapper && let Some(found) = current.downcast_ref::<T>() {
            return Some(found);
        }
        next = inside(current);
    }
    None
}

fn inside<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

fn last(error: &(dyn StdError + 'static)) -> String {
    let mut current = error;
    while let Some(next) = inside(current) {
        current = next;
    }
    current.to_string()
}
