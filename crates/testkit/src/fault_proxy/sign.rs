//! Signing a request again (AWS Signature Version 4), for the origin's address and after a rule has changed it. Written by
//! hand, so that it agrees with Dipper's own signatures only if both are right.

use hmac::{Hmac, Mac};
use http::{HeaderMap, HeaderValue, Method, Uri, header};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// `20260102T030405Z`
const MOMENT: &[BorrowedFormatItem<'_>] = format_description!("[year][month][day]T[hour][minute][second]Z");

/// What requests are signed with.
#[derive(Clone)]
pub struct Keys {
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The region that the origin expects.
    pub region: String,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

/// When a request was signed.
pub(super) fn signed_at(headers: &HeaderMap) -> Option<OffsetDateTime> {
    let text = headers.get("x-amz-date")?.to_str().ok()?;
    time::PrimitiveDateTime::parse(text, MOMENT)
        .ok()
        .map(time::PrimitiveDateTime::assume_utc)
}

impl Keys {
    /// Replaces the signature of a request that has one. What the body hashes to is taken from its header.
    pub(super) fn sign(&self, method: &Method, uri: &Uri, headers: &mut HeaderMap, now: OffsetDateTime) {
        let (Ok(moment), true) = (now.format(MOMENT), headers.contains_key(header::AUTHORIZATION)) else {
            return;
        };
        if let Ok(moment) = HeaderValue::from_str(&moment) {
            headers.insert("x-amz-date", moment);
        }
        headers.remove("x-amz-security-token");
        let day = &moment[..8];
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let (names, canonical) = canonical(method, uri, headers);
        let hashed = hex::encode(Sha256::digest(canonical));
        let to_sign = format!("AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashed}");
        let first = format!("AWS4{}", self.secret_access_key);
        let key = [day, &self.region, "s3", "aws4_request"]
            .iter()
            .fold(first.into_bytes(), |key, text| hmac(&key, text));
        let signature = hex::encode(hmac(&key, &to_sign));
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
            self.access_key_id
        );
        if let Ok(authorization) = HeaderValue::from_str(&authorization) {
            headers.insert(header::AUTHORIZATION, authorization);
        }
    }
}

/// The names that are signed, and the canonical request.
fn canonical(method: &Method, uri: &Uri, headers: &HeaderMap) -> (String, String) {
    let is_signed =
        |name: &str| name.starts_with("x-amz-") || matches!(name, "host" | "content-md5" | "content-type" | "range");
    let mut signed: Vec<(&str, String)> = headers
        .keys()
        .filter(|name| is_signed(name.as_str()))
        .map(|name| {
            let values = headers.get_all(name).iter();
            let values: Vec<_> = values
                .map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned())
                .collect();
            (name.as_str(), values.join(","))
        })
        .collect();
    signed.sort();
    let names: Vec<&str> = signed.iter().map(|(name, _)| *name).collect();
    let lines = signed
        .iter()
        .fold(String::new(), |lines, (name, value)| lines + name + ":" + value + "\n");
    let mut query: Vec<String> = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            if pair.contains('=') {
                pair.to_owned()
            } else {
                format!("{pair}=")
            }
        })
        .collect();
    query.sort();
    let payload = headers
        .get("x-amz-content-sha256")
        .and_then(|value| value.to_str().ok())
        .unwrap_or("UNSIGNED-PAYLOAD");
    let names = names.join(";");
    let canonical = format!(
        "{method}\n{}\n{}\n{lines}\n{names}\n{payload}",
        uri.path(),
        query.join("&")
    );
    (names, canonical)
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return Vec::new();
    };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
