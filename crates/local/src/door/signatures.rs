//! What signatures must cover and how long they are good for, where s3s does not check it. Whether they are right is
//! for s3s to find out afterwards. That is worth something only if both mean the same signature: where a request has
//! more than one, it is found here in s3s's order, and what s3s might read otherwise is refused.

use http::{HeaderMap, header};
use s3s::{S3Error, S3ErrorCode, S3Result};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use time::macros::format_description;

/// How far a client's clock may be off, as on S3.
const MAX_SKEW: time::Duration = time::Duration::minutes(15);

/// The longest life of a V4 link, as on S3: seven days in seconds.
const MAX_EXPIRES: u32 = 604_800;

/// Headers that decide who is asking, for what, or how the body is read. s3s overlooks those given twice and reads
/// bytes that are not ASCII.
const DECIDING: [&str; 5] = [
    "authorization",
    "content-type",
    "date",
    "x-amz-content-sha256",
    "x-amz-date",
];

/// The signature that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signature<'a> {
    /// Its time is part of what is signed, and s3s looks at it.
    V2Link,
    V2Header,
    V4Link,
    V4Header(&'a str),
}

/// Refuses headers that could be read in two ways.
pub(super) fn check_readable(headers: &HeaderMap) -> S3Result<()> {
    for name in DECIDING {
        let mut values = headers.get_all(name).iter();
        let is_readable = values.next().is_none_or(|value| value.to_str().is_ok());
        if !is_readable || values.next().is_some() {
            let message = format!("The header {name} is given once, and in ASCII.");
            return Err(S3Error::with_message(S3ErrorCode::InvalidRequest, message));
        }
    }
    Ok(())
}

/// Checks a request's readable headers and decoded query parameters. Says whether there is a signature at all.
pub(super) fn check(headers: &HeaderMap, parameters: &[(String, String)]) -> S3Result<bool> {
    match signature(headers, parameters) {
        None => return Ok(false),
        Some(Signature::V2Link) => {}
        Some(Signature::V2Header) => check_date(headers, OffsetDateTime::now_utc())?,
        Some(Signature::V4Link) => {
            check_expires(value(parameters, "X-Amz-Expires"))?;
            let signed = value(parameters, "X-Amz-SignedHeaders");
            check_signed_headers(headers, signed.unwrap_or_default())?;
        }
        Some(Signature::V4Header(authorization)) => check_signed_headers(headers, signed_headers(authorization)?)?,
    }
    Ok(true)
}

fn signature<'a>(headers: &'a HeaderMap, parameters: &[(String, String)]) -> Option<Signature<'a>> {
    let authorization = text(headers, header::AUTHORIZATION.as_str());
    let is_v2 = |value: &str| value.strip_prefix("AWS ").is_some_and(|rest| rest.contains(':'));
    if value(parameters, "Signature").is_some() {
        Some(Signature::V2Link)
    } else if authorization.is_some_and(is_v2) {
        Some(Signature::V2Header)
    } else if value(parameters, "X-Amz-Signature").is_some() {
        Some(Signature::V4Link)
    } else {
        authorization.map(Signature::V4Header)
    }
}

fn value<'a>(parameters: &'a [(String, String)], wanted: &str) -> Option<&'a str> {
    let found = parameters.iter().find(|(name, _)| name == wanted);
    found.map(|(_, value)| value.as_str())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// s3s takes any word for the algorithm, also one that looks like a list of signed headers.
fn signed_headers(authorization: &str) -> S3Result<&str> {
    let signed = authorization
        .strip_prefix("AWS4-HMAC-SHA256 ")
        .and_then(|rest| rest.split_once("SignedHeaders="))
        .and_then(|(_, rest)| rest.split([',', ' ']).next());
    signed.ok_or_else(|| {
        let message = "The Authorization header is neither of AWS4-HMAC-SHA256 nor of AWS.";
        S3Error::with_message(S3ErrorCode::AuthorizationHeaderMalformed, message)
    })
}

/// s3s has no upper bound.
fn check_expires(expires: Option<&str>) -> S3Result<()> {
    let valid = expires
        .and_then(|expires| expires.parse().ok())
        .is_some_and(|n: u32| (1..=MAX_EXPIRES).contains(&n));
    if valid {
        return Ok(());
    }
    let message = "X-Amz-Expires must be from 1 to 604800 seconds: a link lives at most a week.";
    Err(S3Error::with_message(
        S3ErrorCode::AuthorizationQueryParametersError,
        message,
    ))
}

/// s3s verifies the headers that were signed, and acts on the others too: whoever holds a link to put an object could
/// make it public, or make it a copy of another one, by adding a header.
fn check_signed_headers(headers: &HeaderMap, signed: &str) -> S3Result<()> {
    let is_signed = |name: &str| signed.split(';').any(|signed| signed.eq_ignore_ascii_case(name));
    // The payload hash is part of what is signed even when its header is not listed.
    let added = headers
        .keys()
        .map(header::HeaderName::as_str)
        .any(|name| name.starts_with("x-amz-") && name != "x-amz-content-sha256" && !is_signed(name));
    if added || !is_signed("host") {
        let message = "There were headers present in the request which were not signed.";
        return Err(S3Error::with_message(S3ErrorCode::AccessDenied, message));
    }
    Ok(())
}

/// s3s takes a V2 request of any age.
fn check_date(headers: &HeaderMap, now: OffsetDateTime) -> S3Result<()> {
    let date = text(headers, "x-amz-date").or_else(|| text(headers, "date"));
    let Some(date) = date.and_then(parse_date) else {
        let message = "AWS authentication requires a valid Date or x-amz-date header.";
        return Err(S3Error::with_message(S3ErrorCode::AccessDenied, message));
    };
    if (now - date).abs() > MAX_SKEW {
        let message = "The difference between the request time and the server's time is too large.";
        return Err(S3Error::with_message(S3ErrorCode::RequestTimeTooSkewed, message));
    }
    Ok(())
}

fn parse_date(text: &str) -> Option<OffsetDateTime> {
    let basic = format_description!("[year][month][day]T[hour][minute][second]Z");
    OffsetDateTime::parse(text, &Rfc2822).ok().or_else(|| {
        time::PrimitiveDateTime::parse(text, basic)
            .ok()
            .map(time::PrimitiveDateTime::assume_utc)
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    fn code(result: S3Result<()>) -> Option<S3ErrorCode> {
        result.err().map(|error| error.code().clone())
    }

    #[test]
    fn dates_are_read_in_all_spellings_and_have_fifteen_minutes() {
        let now = parse_date("Tue, 27 Mar 2007 19:36:42 GMT").unwrap();
        for (date, ok) in [
            ("Tue, 27 Mar 2007 19:36:42 +0000", true),
            ("Tue, 27 Mar 2007 19:51:00 GMT", true),
            ("20070327T192200Z", true),
            ("Tue, 27 Mar 2007 19:52:00 GMT", false),
            ("Tue, 27 Mar 2007 19:21:00 GMT", false),
        ] {
            assert_eq!(check_date(&headers(&[("date", date)]), now).is_ok(), ok, "{date}");
        }
        assert_eq!(code(check_date(&headers(&[]), now)), Some(S3ErrorCode::AccessDenied));
        let old = headers(&[
            ("date", "Tue, 27 Mar 2007 19:36:42 GMT"),
            ("x-amz-date", "Tue, 27 Mar 2001 19:36:42 GMT"),
        ]);
        assert_eq!(code(check_date(&old, now)), Some(S3ErrorCode::RequestTimeTooSkewed));
    }

    #[test]
    fn links_live_a_second_to_a_week() {
        for (expires, ok) in [
            ("1", true),
            ("604800", true),
            ("604801", false),
            ("0", false),
            ("-1", false),
            ("x", false),
        ] {
            assert_eq!(check_expires(Some(expires)).is_ok(), ok, "{expires}");
        }
        assert!(check_expires(None).is_err());
    }

    #[test]
    fn every_amz_header_must_be_signed() {
        let present = headers(&[
            ("x-amz-acl", "public-read"),
            ("x-amz-content-sha256", "x"),
            ("range", "bytes=0-1"),
        ]);
        assert!(check_signed_headers(&present, "host;x-amz-acl").is_ok());
        assert!(check_signed_headers(&present, "host").is_err());
        assert!(
            check_signed_headers(&present, "x-amz-acl").is_err(),
            "the host must be signed"
        );
    }

    #[test]
    fn signed_headers_are_found_in_the_header() {
        let value = "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host;x-amz-date, Signature=c";
        assert_eq!(signed_headers(value).unwrap(), "host;x-amz-date");
        let value = "AWS4-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=c";
        assert_eq!(signed_headers(value).unwrap(), "host");
        for value in [
            "AWS4-HMAC-SHA256",
            "SignedHeaders=a Credential=a, SignedHeaders=host",
            "Bearer x",
        ] {
            assert!(signed_headers(value).is_err(), "{value}");
        }
    }

    #[test]
    fn of_several_signatures_the_one_that_s3s_verifies_counts() {
        let v4 = "AWS4-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=c";
        for (query, authorization, expected) in [
            (
                vec!["X-Amz-Signature", "Signature"],
                Some("AWS a:b"),
                Some(Signature::V2Link),
            ),
            (vec!["X-Amz-Signature"], Some("AWS a:b"), Some(Signature::V2Header)),
            (vec!["X-Amz-Signature"], Some("AWS a"), Some(Signature::V4Link)),
            (vec!["X-Amz-Signature"], Some(v4), Some(Signature::V4Link)),
            (vec!["X-Amz-Signature"], None, Some(Signature::V4Link)),
            (vec![], Some("AWS a"), Some(Signature::V4Header("AWS a"))),
            (vec![], Some(v4), Some(Signature::V4Header(v4))),
            (vec!["Expires"], None, None),
        ] {
            let parameters: Vec<_> = query.iter().map(|name| ((*name).to_owned(), String::new())).collect();
            let headers: Vec<_> = authorization
                .map(|value| ("authorization", value))
                .into_iter()
                .collect();
            assert_eq!(
                signature(&self::headers(&headers), &parameters),
                expected,
                "{query:?} {authorization:?}"
            );
        }
    }
}
