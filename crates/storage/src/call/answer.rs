//! Reading between the lines of an answer: what kind of document it is, what time it is there, when to come back.

use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// What an answer's body looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    /// It is empty.
    Nothing,
    /// XML with this root element; empty when the beginning is damaged.
    Xml(String),
    /// A web page.
    Html,
    /// Something else.
    Other,
}

impl Document {
    pub(crate) fn of(response: &HttpResponse) -> Self {
        Self::sniff(response.body().bytes().unwrap_or_default())
    }

    /// Looks at the beginning of a body.
    pub(crate) fn sniff(body: &[u8]) -> Self {
        let head = String::from_utf8_lossy(&body[..body.len().min(1_024)]);
        let mut rest = head.trim_start_matches('\u{feff}').trim_start();
        if rest.is_empty() {
            return Self::Nothing;
        }
        if !rest.starts_with('<') {
            return Self::Other;
        }
        while rest.starts_with("<?") || rest.starts_with("<!--") {
            let end = if rest.starts_with("<?") { "?>" } else { "-->" };
            let Some((_, after)) = rest.split_once(end) else {
                return Self::Xml(String::new());
            };
            rest = after.trim_start();
        }
        let name: String = rest
            .chars()
            .skip(1)
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '!' || *c == ':')
            .collect();
        let name = name.rsplit(':').next().unwrap_or_default().to_owned();
        match name.to_ascii_lowercase().as_str() {
            "html" | "!doctype" => Self::Html,
            _ => Self::Xml(name),
        }
    }
}

/// This computer's clock minus the server's, in seconds.
pub(crate) fn clock_skew(date: Option<&str>, now: OffsetDateTime) -> Option<i64> {
    let theirs = OffsetDateTime::parse(date?, &Rfc2822).ok()?;
    Some((now - theirs).whole_seconds())
}

/// How long `Retry-After` asks to wait; only the form in seconds, which is what S3 servers send.
pub(crate) fn retry_after(header: Option<&str>) -> Option<Duration> {
    header?.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn documents_are_told_apart_by_their_beginning() {
        let of = |text: &str| Document::sniff(text.as_bytes());
        assert_eq!(of(""), Document::Nothing);
        assert_eq!(of("  \n"), Document::Nothing);
        assert_eq!(of("<!DOCTYPE html><html>"), Document::Html);
        assert_eq!(of("<HTML>"), Document::Html);
        assert_eq!(
            of("<?xml version=\"1.0\"?><!-- c --><ListBucketResult xmlns=\"x\">"),
            Document::Xml("ListBucketResult".into())
        );
        assert_eq!(of("<s3:Error>"), Document::Xml("Error".into()));
        assert_eq!(of("SSH-2.0-OpenSSH"), Document::Other);
        assert_eq!(of("{\"error\":1}"), Document::Other);
        assert_eq!(of("<?xml"), Document::Xml(String::new()));
    }

    #[test]
    fn the_clocks_are_compared() {
        let now = datetime!(2026-01-02 03:24:05 UTC);
        assert_eq!(clock_skew(Some("Fri, 02 Jan 2026 03:04:05 GMT"), now), Some(1_200));
        assert_eq!(clock_skew(Some("Fri, 02 Jan 2026 04:04:05 GMT"), now), Some(-2_400));
        assert_eq!(clock_skew(Some("yesterday"), now), None);
        assert_eq!(clock_skew(None, now), None);
    }
}
