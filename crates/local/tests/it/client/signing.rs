//! The four ways to sign: V4 and V2, in headers and in links.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::macros::format_description;

use super::{Call, Client, decode, decode_path, encode, encode_path};

impl Client {
    pub(super) fn sign_v4(&self, call: &mut Call) {
        let date = amz_date(self.now());
        let hash = call
            .headers
            .iter()
            .find(|(name, _)| name == "x-amz-content-sha256")
            .map(|(_, value)| value.clone());
        let hash = hash.unwrap_or_else(|| {
            // Hashing megabytes without optimisation, here and in the server, would take most of the tests' time.
            let is_large = call.body.len() > 1_000_000;
            let hash = if is_large {
                "UNSIGNED-PAYLOAD".to_owned()
            } else {
                hex::encode(Sha256::digest(&call.body))
            };
            call.headers.push(("x-amz-content-sha256".to_owned(), hash.clone()));
            hash
        });
        call.headers.push(("x-amz-date".to_owned(), date.clone()));
        let mut signed: Vec<(String, String)> = call.headers.clone();
        signed.push(("host".to_owned(), self.address.to_string()));
        signed.sort();
        let names: Vec<&str> = signed.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(";");
        let canonical = canonical_request(call, &call.pairs(), &signed, &names, &hash);
        let signature = self.v4_signature(&date, &canonical);
        let credential = self.credential(&date);
        call.headers.push((
            "authorization".to_owned(),
            format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"),
        ));
    }

    /// A V4 link: path and query.
    pub(crate) fn presign_v4(&self, mut call: Call, expires: u32) -> String {
        let date = amz_date(self.now());
        let credential = self.credential(&date).replace('/', "%2F");
        let auth = format!(
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}&X-Amz-Date={date}&X-Amz-Expires={expires}\
             &X-Amz-SignedHeaders=host"
        );
        call.query = if call.query.is_empty() {
            auth
        } else {
            format!("{}&{auth}", call.query)
        };
        let signed = [("host".to_owned(), self.address.to_string())];
        let canonical = canonical_request(&call, &call.pairs(), &signed, "host", "UNSIGNED-PAYLOAD");
        let signature = self.v4_signature(&date, &canonical);
        format!("{}&X-Amz-Signature={signature}", call.target())
    }

    fn credential(&self, date: &str) -> String {
        format!("{}/{}/us-east-1/s3/aws4_request", self.access_key, &date[..8])
    }

    fn v4_signature(&self, date: &str, canonical: &str) -> String {
        let scope = format!("{}/us-east-1/s3/aws4_request", &date[..8]);
        let hashed = hex::encode(Sha256::digest(canonical));
        let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{hashed}");
        let mut key = format!("AWS4{}", self.secret_key).into_bytes();
        for step in [&date[..8], "us-east-1", "s3", "aws4_request", &to_sign] {
            key = hmac_sha256(&key, step);
        }
        hex::encode(key)
    }

    pub(super) fn sign_v2(&self, call: &mut Call) {
        let format =
            format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
        let date = self.now().format(format).unwrap();
        call.headers.push(("date".to_owned(), date.clone()));
        let signature = self.v2_signature(call, &date);
        call.headers.push((
            "authorization".to_owned(),
            format!("AWS {}:{signature}", self.access_key),
        ));
    }

    /// A V2 link that works until a Unix time, with the parameters in the order of Python's old boto.
    pub(crate) fn presign_v2(&self, call: &Call, until: i64) -> String {
        let signature = self.v2_signature(call, &until.to_string());
        let signature = signature.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        let separator = if call.query.is_empty() { '?' } else { '&' };
        format!(
            "{}{separator}Signature={signature}&Expires={until}&AWSAccessKeyId={}",
            call.target(),
            self.access_key
        )
    }

    fn v2_signature(&self, call: &Call, date: &str) -> String {
        let find = |wanted: &str| {
            call.headers
                .iter()
                .find(|(name, _)| name == wanted)
                .map_or("", |(_, value)| value)
        };
        let mut text = format!(
            "{}\n{}\n{}\n{date}\n",
            call.method,
            find("content-md5"),
            find("content-type")
        );
        let mut amz: Vec<_> = call
            .headers
            .iter()
            .filter(|(name, _)| name.starts_with("x-amz-"))
            .collect();
        amz.sort();
        for (name, value) in amz {
            writeln!(text, "{name}:{value}").unwrap();
        }
        text.push_str(&call.path);
        let known = [
            "acl",
            "delete",
            "location",
            "partNumber",
            "policy",
            "uploadId",
            "uploads",
            "versioning",
        ];
        let mut pairs = call.pairs();
        pairs.sort();
        let pairs = pairs
            .into_iter()
            .filter(|(name, _)| known.contains(&name.as_str()) || name.starts_with("response-"));
        let pairs: Vec<String> = pairs
            .map(|(n, v)| if v.is_empty() { n } else { format!("{n}={}", decode(&v)) })
            .collect();
        if !pairs.is_empty() {
            write!(text, "?{}", pairs.join("&")).unwrap();
        }
        let mut mac = Hmac::<sha1::Sha1>::new_from_slice(self.secret_key.as_bytes()).unwrap();
        mac.update(text.as_bytes());
        BASE64.encode(mac.finalize().into_bytes())
    }
}

fn amz_date(time: OffsetDateTime) -> String {
    time.format(format_description!("[year][month][day]T[hour][minute][second]Z"))
        .unwrap()
}

fn hmac_sha256(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn canonical_request(
    call: &Call,
    query: &[(String, String)],
    headers: &[(String, String)],
    names: &str,
    hash: &str,
) -> String {
    let mut query: Vec<String> = query
        .iter()
        .map(|(name, value)| format!("{}={}", encode(&decode(name)), encode(&decode(value))))
        .collect();
    query.sort();
    let path = encode_path(&decode_path(&call.path));
    let mut text = format!("{}\n{path}\n{}\n", call.method, query.join("&"));
    for (name, value) in headers {
        writeln!(text, "{name}:{}", value.trim()).unwrap();
    }
    write!(text, "\n{names}\n{hash}").unwrap();
    text
}
