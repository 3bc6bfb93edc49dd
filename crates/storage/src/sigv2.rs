//! AWS Signature Version 2 as S3 has it: HMAC-SHA1 over the method, a few headers and the resource.
//!
//! Old servers know nothing newer, and the links of old clients look like this. Two things differ from V4: the path is
//! signed exactly as it is sent, never decoded and encoded again, and only some query parameters are signed.

use hmac::{Hmac, Mac};
use http::header::{AUTHORIZATION, CONTENT_TYPE, DATE};
use http::{HeaderMap, HeaderValue, Request};
use secrecy::ExposeSecret;
use sha1::Sha1;
use thiserror::Error;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::config::Credentials;

/// The query parameters that are part of the resource, in the order they are signed in.
const SIGNED_PARAMETERS: [&str; 35] = [
    "accelerate",
    "acl",
    "analytics",
    "cors",
    "defaultObjectAcl",
    "delete",
    "inventory",
    "lifecycle",
    "location",
    "logging",
    "metrics",
    "notification",
    "object-lock",
    "partNumber",
    "policy",
    "replication",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "select",
    "select-type",
    "storageClass",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
];

/// `Tue, 27 Mar 2007 19:36:42 GMT`
const HTTP_DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// Why a request could not be signed.
#[derive(Debug, Error)]
pub(crate) enum SignError {
    #[error("the date cannot be written")]
    Date(#[from] time::error::Format),
    #[error("the access key or the token has characters that a header cannot hold")]
    Header(#[from] http::header::InvalidHeaderValue),
}

/// Signs a finished request by adding `Date` and `Authorization`. `resource_prefix` is what virtual-host addressing moved
/// from the path to the host.
pub(crate) fn sign_request<B>(
    request: &mut Request<B>,
    resource_prefix: &str,
    credentials: &Credentials,
    now: OffsetDateTime,
) -> Result<(), SignError> {
    let date = now.to_offset(time::UtcOffset::UTC).format(HTTP_DATE)?;
    request.headers_mut().insert(DATE, HeaderValue::from_str(&date)?);
    if let Some(token) = &credentials.session_token {
        let mut token = HeaderValue::from_str(token.expose_secret())?;
        token.set_sensitive(true);
        request.headers_mut().insert("x-amz-security-token", token);
    }
    let path = format!("{resource_prefix}{}", request.uri().path());
    let resource = canonical_resource(&path, request.uri().query());
    let to_sign = string_to_sign(request.method().as_str(), request.headers(), &date, &resource);
    let signature = signature(credentials.secret_access_key.expose_secret(), &to_sign);
    let mut authorization = HeaderValue::from_str(&format!("AWS {}:{signature}", credentials.access_key_id))?;
    authorization.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, authorization);
    Ok(())
}

/// The signature of a link that carries no headers: `expires` is in Unix seconds, `resource` the raw path.
pub(crate) fn link_signature(secret: &str, method: &str, expires: i64, resource: &str) -> String {
    signature(
        secret,
        &string_to_sign(method, &HeaderMap::new(), &expires.to_string(), resource),
    )
}

fn signature(secret: &str, to_sign: &str) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(to_sign.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

fn string_to_sign(method: &str, headers: &HeaderMap, date: &str, resource: &str) -> String {
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let mut amazon: Vec<(&str, String)> = Vec::new();
    for name in headers.keys().filter(|name| name.as_str().starts_with("x-amz-")) {
        let values: Vec<_> = headers
            .get_all(name)
            .iter()
            .map(|v| String::from_utf8_lossy(v.as_bytes()))
            .collect();
        let values: Vec<_> = values.iter().map(|value| value.trim()).collect();
        amazon.push((name.as_str(), values.join(",")));
    }
    amazon.sort();
    let date = if headers.contains_key("x-amz-date") { "" } else { date };
    let mut text = format!(
        "{method}\n{}\n{}\n{date}\n",
        header("content-md5"),
        header(CONTENT_TYPE.as_str())
    );
    for (name, value) in amazon {
        text.extend([name, ":", &value, "\n"]);
    }
    text + resource
}

/// The raw path and the signed parameters of the query, whose values are signed decoded.
fn canonical_resource(path: &str, query: Option<&str>) -> String {
    let mut signed: Vec<String> = query
        .unwrap_or_default()
        .split('&')
        .filter_map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
            let known = SIGNED_PARAMETERS.binary_search(&name).is_ok();
            known.then(|| {
                if value.is_empty() {
                    name.to_owned()
                } else {
                    format!("{name}={value}")
                }
            })
        })
        .collect();
    signed.sort();
    if signed.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", signed.join("&"))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use secrecy::SecretString;
    use time::macros::datetime;

    use super::*;

    /// The key pair and the requests of Amazon's own description of the signature.
    fn amazons() -> Credentials {
        Credentials {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
            secret_access_key: SecretString::from("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            session_token: None,
        }
    }

    /// Amazon's examples write the zone of the date as `+0000`, which we never do.
    fn signed<B>(request: http::request::Builder, body: B, date: &str) -> String {
        let request = request.body(body).unwrap();
        let resource = canonical_resource(&format!("/johnsmith{}", request.uri().path()), request.uri().query());
        let text = string_to_sign(request.method().as_str(), request.headers(), date, &resource);
        signature(amazons().secret_access_key.expose_secret(), &text)
    }

    #[test]
    fn amazons_vectors() {
        let host = "https://johnsmith.s3.amazonaws.com";
        let get = Request::get(format!("{host}/photos/puppy.jpg"));
        assert_eq!(
            signed(get, (), "Tue, 27 Mar 2007 19:36:42 +0000"),
            "bWq2s1WEIj+Ydj0vQ697zp+IXMU="
        );
        let put = Request::put(format!("{host}/photos/puppy.jpg")).header("Content-Type", "image/jpeg");
        assert_eq!(
            signed(put, (), "Tue, 27 Mar 2007 21:15:45 +0000"),
            "MyyxeRY7whkBe+bq8fHCL/2kKUg="
        );
        let list = Request::get(format!("{host}/?prefix=photos&max-keys=50&marker=puppy"));
        assert_eq!(
            signed(list, (), "Tue, 27 Mar 2007 19:42:41 +0000"),
            "htDYFYduRNen8P9ZfE/s9SuKy0U="
        );
        let acl = Request::get(format!("{host}/?acl"));
        assert_eq!(
            signed(acl, (), "Tue, 27 Mar 2007 19:44:46 +0000"),
            "c2WLPFtWHVgbEmeEG93a4cG37dM="
        );
    }

    #[test]
    fn a_signed_request_has_its_date_and_token() {
        let token = SecretString::from("the/token");
        let credentials = Credentials {
            session_token: Some(token),
            ..amazons()
        };
        let mut request = Request::get("http://host/bucket/key").body(()).unwrap();
        sign_request(&mut request, "", &credentials, datetime!(2007-03-27 19:36:42 UTC)).unwrap();
        assert_eq!(request.headers()[DATE], "Tue, 27 Mar 2007 19:36:42 GMT");
        assert_eq!(request.headers()["x-amz-security-token"], "the/token");
        let text = "GET\n\n\nTue, 27 Mar 2007 19:36:42 GMT\nx-amz-security-token:the/token\n/bucket/key";
        let expected = signature(credentials.secret_access_key.expose_secret(), text);
        assert_eq!(
            request.headers()[AUTHORIZATION],
            format!("AWS AKIAIOSFODNN7EXAMPLE:{expected}")
        );
        assert!(
            !format!("{request:?}").contains(&expected),
            "the signature is not for Debug"
        );
    }

    #[test]
    fn amazon_headers_are_sorted_joined_and_signed() {
        let mut headers = HeaderMap::new();
        headers.append("x-amz-meta-reviewedby", HeaderValue::from_static("joe@johnsmith.net"));
        headers.append("x-amz-meta-reviewedby", HeaderValue::from_static("jane@johnsmith.net"));
        headers.append("x-amz-acl", HeaderValue::from_static("public-read"));
        headers.append("content-md5", HeaderValue::from_static("4gJE4saaMU4BqNR0kLY+lw=="));
        headers.append("content-type", HeaderValue::from_static("application/x-download"));
        let text = string_to_sign(
            "PUT",
            &headers,
            "Tue, 27 Mar 2007 21:06:08 +0000",
            "/static.johnsmith.net/db-backup.dat.gz",
        );
        assert_eq!(
            text,
            "PUT\n4gJE4saaMU4BqNR0kLY+lw==\napplication/x-download\nTue, 27 Mar 2007 21:06:08 +0000\nx-amz-acl:public-read\n\
             x-amz-meta-reviewedby:joe@johnsmith.net,jane@johnsmith.net\n/static.johnsmith.net/db-backup.dat.gz"
        );
    }

    #[test]
    fn only_subresources_are_signed_sorted_and_decoded() {
        assert_eq!(
            canonical_resource("/b/a%2Bb", Some("x-id=PutObject&list-type=2")),
            "/b/a%2Bb"
        );
        assert_eq!(
            canonical_resource("/b/k", Some("uploadId=2~x%2Fy&x-id=UploadPart&partNumber=7")),
            "/b/k?partNumber=7&uploadId=2~x/y"
        );
        assert_eq!(canonical_resource("/b/", Some("acl=")), "/b/?acl");
    }

    #[test]
    fn the_parameters_are_in_order_for_the_search() {
        assert!(SIGNED_PARAMETERS.is_sorted());
    }
}
