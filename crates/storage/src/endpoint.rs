//! The address of a server, in every spelling that people paste.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use url::Host;

use crate::error::{Error, Result};

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
    /// The port that was given, also when it is the scheme's own; `None` is the scheme's own.
    pub port: Option<u16>,
    /// What stands before the bucket: empty, or `/path` without a slash at its end.
    pub base_path: String,
}

impl Endpoint {
    /// Understands `host`, `host:port` and full URLs, IPv6 in brackets, with stray spaces, asterisks and trailing slashes
    /// taken away and a path kept. Refuses, with words for each: user names and passwords, a query or fragment, line
    /// breaks, other schemes, and the link-local metadata address 169.254.169.254.
    pub fn parse(input: &str, default_scheme: Scheme) -> Result<Self> {
        let text = input.trim_matches(|c: char| c.is_whitespace() || c == '*');
        if text.is_empty() {
            return refuse("the endpoint is empty");
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return refuse("the endpoint has a space or a line break in it");
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (Scheme::Https, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (Scheme::Http, rest),
            Some((scheme, _)) => return refuse(format!("`{scheme}` is no scheme of S3; use http or https")),
            None => (default_scheme, text),
        };
        if rest.contains(['?', '#']) {
            return refuse("an endpoint has no `?` and no `#`");
        }
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        if authority.contains('@') {
            return refuse("user name and password do not belong into the endpoint");
        }
        let (host, port) = split_port(authority)?;
        let host = parse_host(host)?;
        let base_path = parse_path(path)?;
        Ok(Self {
            scheme,
            host,
            port,
            base_path,
        })
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

    /// Whether it leads back to this computer: `localhost`, 127.0.0.0/8 and `::1`. Names that only resolve to these do not
    /// count, because who answers for them can change.
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_end_matches('.');
        match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(address) => address.to_canonical().is_loopback(),
            Err(_) => host == "localhost" || host.ends_with(".localhost"),
        }
    }

    /// Whether what is sent there can be read and changed on the way: plain http to another computer.
    pub fn is_readable_on_the_way(&self) -> bool {
        self.scheme == Scheme::Http && !self.is_loopback()
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

fn refuse<T>(problem: impl Into<String>) -> Result<T> {
    Err(Error::invalid_input("ParseEndpoint", problem))
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>)> {
    let after_host = authority.rfind(']').map_or(0, |end| end + 1);
    if after_host == 0 && authority.matches(':').count() > 1 {
        return refuse("an IPv6 address stands in brackets, as in `[::1]:8080`");
    }
    let Some(colon) = authority[after_host..].find(':').map(|colon| after_host + colon) else {
        return Ok((authority, None));
    };
    let digits = &authority[colon + 1..];
    match digits.parse::<u16>() {
        Ok(port) if port > 0 && digits.bytes().all(|digit| digit.is_ascii_digit()) => {
            Ok((&authority[..colon], Some(port)))
        }
        _ => refuse(format!("`{digits}` is no port; ports are 1 to 65535")),
    }
}

/// The host in its one spelling: small letters, international names in ASCII, odd spellings of IPv4 made plain.
fn parse_host(host: &str) -> Result<String> {
    if host.is_empty() {
        return refuse("the endpoint has no host");
    }
    let Ok(parsed) = Host::parse(host) else {
        return refuse(format!("`{host}` is no host name"));
    };
    let address = match &parsed {
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some(IpAddr::V4(*address)),
        Host::Ipv6(address) => Some(address.to_canonical()),
    };
    if address == Some(IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254))) {
        return refuse("169.254.169.254 hands out a machine's own secrets and is no S3 server");
    }
    Ok(parsed.to_string())
}

fn parse_path(path: &str) -> Result<String> {
    let path = path.trim_end_matches('/');
    if path.is_empty() {
        return Ok(String::new());
    }
    let path = format!("/{path}");
    match path.parse::<http::uri::PathAndQuery>() {
        Ok(parsed) if path.is_ascii() && parsed.as_str() == path => Ok(path),
        _ => refuse(format!("`{path}` is no path of a URL")),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn every_spelling_gives_one_endpoint() {
        let same = [
            "upper-austria.example.eu:8080",
            "https://upper-austria.example.eu:8080",
            "  https://Upper-Austria.example.eu:8080/ ",
            "**upper-austria.example.eu:8080**",
            "HTTPS://upper-austria.example.eu:8080//",
        ];
        for input in same {
            let endpoint = Endpoint::parse(input, Scheme::Https).unwrap();
            assert_eq!(endpoint.to_string(), "https://upper-austria.example.eu:8080", "{input}");
        }
    }

    #[test]
    fn what_is_understood() {
        let table = [
            ("s3.amazonaws.com", "https://s3.amazonaws.com"),
            ("http://host", "http://host"),
            ("http://host:80/", "http://host"),
            ("https://host:443", "https://host"),
            ("http://host:443", "http://host:443"),
            ("127.0.0.1:9000", "https://127.0.0.1:9000"),
            ("[::1]:9000", "https://[::1]:9000"),
            ("http://[2001:DB8::1]", "http://[2001:db8::1]"),
            ("host/s3", "https://host/s3"),
            ("http://host:8080/a/b/", "http://host:8080/a/b"),
            ("bücher.example", "https://xn--bcher-kva.example"),
            ("under_score.internal", "https://under_score.internal"),
        ];
        for (input, expected) in table {
            assert_eq!(
                Endpoint::parse(input, Scheme::Https).unwrap().to_string(),
                expected,
                "{input}"
            );
        }
    }

    #[test]
    fn what_is_refused_is_explained() {
        let table = [
            ("", "is empty"),
            (" ** ", "is empty"),
            ("ftp://host", "`ftp` is no scheme"),
            ("file:///etc/passwd", "`file` is no scheme"),
            ("user:secret@host", "user name and password"),
            ("https://host?x=1", "no `?`"),
            ("https://host/#top", "no `#`"),
            ("host\r\nX: y", "line break"),
            ("ho st", "space"),
            ("host:", "is no port"),
            ("host:0", "is no port"),
            ("host:65536", "is no port"),
            ("host:+80", "is no port"),
            ("::1", "in brackets"),
            ("https://", "has no host"),
            ("169.254.169.254", "own secrets"),
            ("http://0xa9fea9fe/", "own secrets"),
            ("http://[::ffff:169.254.169.254]", "own secrets"),
            ("ho<st", "no host name"),
            ("host/\u{e9}", "no path"),
        ];
        for (input, words) in table {
            let error = Endpoint::parse(input, Scheme::Https).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{input}");
            assert!(error.to_string().contains(words), "{input}: {error}");
        }
    }

    #[test]
    fn only_plain_http_to_another_computer_is_readable_on_the_way() {
        let readable = |input: &str| Endpoint::parse(input, Scheme::Https).unwrap().is_readable_on_the_way();
        for here in [
            "http://127.0.0.1:9000",
            "http://127.9.9.9",
            "http://0x7f000001",
            "http://[::1]",
            "http://[::ffff:127.0.0.1]",
            "http://LocalHost.:8080",
            "http://s3.localhost",
            "https://objects.example.net",
        ] {
            assert!(!readable(here), "{here}");
        }
        for elsewhere in [
            "http://objects.example.net",
            "http://10.0.0.5:8080",
            "http://[2001:db8::1]",
            "http://0.0.0.0",
            "http://localhost.example.net",
            "http://127.0.0.1.example.net",
        ] {
            assert!(readable(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn scheme_and_port_change_together() {
        let endpoint = Endpoint::parse("host:8080", Scheme::Https).unwrap();
        assert_eq!(endpoint.with_scheme(Scheme::Http).to_string(), "http://host:8080");
        assert_eq!(endpoint.with_port(Some(443)).to_string(), "https://host");
        assert_eq!(endpoint.with_port(None).authority(), "host");
        assert_eq!(endpoint.with_port(None).effective_port(), 443);
        let given = Endpoint::parse("https://host:443", Scheme::Http).unwrap();
        assert_eq!((given.port, given.to_string().as_str()), (Some(443), "https://host"));
    }
}
