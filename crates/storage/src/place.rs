//! Where a bucket's URLs begin: on its own host, or as the first part of the path.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::config::{Addressing, Config};
use crate::endpoint::{Endpoint, Scheme};

/// What RFC 3986 leaves as it is, and the slashes between the parts of a key.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');
const COMPONENT: &AsciiSet = &PATH.add(b'/');

/// A key as it stands in a path: each byte that is not unreserved is encoded once; slashes stay.
pub(crate) fn encode_path(key: &str) -> String {
    utf8_percent_encode(key, PATH).to_string()
}

/// A single value in a path or a query: slashes are encoded too.
pub(crate) fn encode_component(text: &str) -> String {
    utf8_percent_encode(text, COMPONENT).to_string()
}

/// Undoes [`encode_path`] and what servers do to names in listings, where a `+` is a space. `None` if it is not UTF-8.
pub(crate) fn decode_listed(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced)
        .decode_utf8()
        .ok()
        .map(std::borrow::Cow::into_owned)
}

/// The beginning of a bucket's URLs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The server, with the bucket in front of its host where that is wanted.
    pub(crate) endpoint: Endpoint,
    /// The bucket as it stands in the path, not encoded; `None` without a bucket or when it is in the host.
    pub(crate) bucket_in_path: Option<String>,
    /// The bucket in the host.
    bucket_in_host: Option<String>,
}

impl Place {
    pub(crate) fn of(config: &Config, bucket: Option<&str>) -> Self {
        Self::at(&config.endpoint, config.addressing, bucket)
    }

    pub(crate) fn at(endpoint: &Endpoint, addressing: Addressing, bucket: Option<&str>) -> Self {
        let mut endpoint = endpoint.clone();
        match bucket {
            Some(bucket) if goes_in_host(&endpoint, addressing, bucket) => {
                endpoint.host = format!("{bucket}.{}", endpoint.host);
                Self {
                    endpoint,
                    bucket_in_path: None,
                    bucket_in_host: Some(bucket.to_owned()),
                }
            }
            bucket => Self {
                endpoint,
                bucket_in_path: bucket.map(str::to_owned),
                bucket_in_host: None,
            },
        }
    }

    /// The URL without a slash at its end.
    pub(crate) fn url(&self) -> String {
        match &self.bucket_in_path {
            Some(bucket) => format!("{}/{}", self.endpoint, encode_component(bucket)),
            None => self.endpoint.to_string(),
        }
    }

    /// What a V2 signature puts before the path of the URL: the bucket, when it is not in the path.
    pub(crate) fn v2_resource_prefix(&self) -> String {
        self.bucket_in_host
            .as_ref()
            .map(|bucket| format!("/{bucket}"))
            .unwrap_or_default()
    }
}

fn goes_in_host(endpoint: &Endpoint, addressing: Addressing, bucket: &str) -> bool {
    let wanted = match addressing {
        Addressing::Path => false,
        Addressing::VirtualHost => true,
        Addressing::Auto => is_amazon(&endpoint.host),
    };
    // A dot in the name would need a certificate that no server has.
    let fits = bucket.len() <= 63
        && bucket
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.')
        && !(endpoint.scheme == Scheme::Https && bucket.contains('.'));
    wanted && fits && endpoint.host.parse::<std::net::IpAddr>().is_err() && !endpoint.host.starts_with('[')
}

fn is_amazon(host: &str) -> bool {
    host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn")
}
