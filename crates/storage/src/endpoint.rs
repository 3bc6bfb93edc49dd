//! The address of a server, in every spelling that people paste.

use std::fmt;

use crate::error::Result;

/// Plain or encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `http`, port 80 when none is given.
    Http,
    /// `https`, port 443 when none is given.
    Https,
}

impl Scheme {
    /// `http` or `https`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port used when none is given.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// The address of a server: `scheme://host[:port][/path]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// Plain or encrypted.
    pub scheme: Scheme,
    /// The host: a name in small letters, an IPv4 address, or an IPv6 address in brackets.
    pub host: String,
    /// The port; `None` is the scheme's own.
    pub port: Option<u16>,
    /// What stands before the bucket: empty, or `/path` without a slash at its end.
    pub base_path: String,
}

impl Endpoint {
    /// Understands `host`, `host:port` and full URLs, IPv6 in brackets, with stray spaces, asterisks and trailing slashes
    /// taken away and a path kept. Refuses, with words for each: user names and passwords, a query or fragment, line
    /// breaks, other schemes, and the link-local metadata address 169.254.169.254.
    pub fn parse(input: &str, default_scheme: Scheme) -> Result<Self> {
        todo!("{input}{default_scheme:?}")
    }

    /// The same server with another scheme. A port that was given stays.
    #[must_use]
    pub fn with_scheme(&self, scheme: Scheme) -> Self {
        Self { scheme, ..self.clone() }
    }

    /// The same server on another port; the scheme's own is left out.
    #[must_use]
    pub fn with_port(&self, port: Option<u16>) -> Self {
        Self {
            port: port.filter(|port| *port != self.scheme.default_port()),
            ..self.clone()
        }
    }

    /// `host[:port]` as in a URL and in the `Host` header; the scheme's own port is left out.
    pub fn authority(&self) -> String {
        match self.port {
            Some(port) if port != self.scheme.default_port() => format!("{}:{port}", self.host),
            _ => self.host.clone(),
        }
    }

    /// The port that will be connected to.
    pub fn effective_port(&self) -> u16 {
        self.port.unwrap_or(self.scheme.default_port())
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme.as_str(), self.authority(), self.base_path)
    }
}
