//! An address typed into the path bar: a path, `s3://…`, or a link of this server.

use dipper_storage::{BucketName, Client, Config, ListRequest, Prefix};

use crate::error::{Error, Result};
use crate::{AccountId, App};

const READ: &str = "readAddress";

/// Where a typed address leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The bucket.
    pub bucket: String,
    /// The folder to show.
    pub prefix: String,
    /// The object to select in it.
    pub key: Option<String>,
}

/// A typed address, taken apart: the bucket, and what stands behind it.
#[derive(Debug, PartialEq, Eq)]
struct Parts {
    bucket: String,
    rest: String,
}

impl App {
    /// Reads a typed address. Text that does not end in `/` may name a folder or an object: one request tells. When that
    /// request fails it is read as an object, and the view that is opened next says what is wrong.
    pub async fn read_address(&self, account: &AccountId, text: &str) -> Result<Address> {
        let client = self.client(account).await?;
        let Parts { bucket, rest } = parts(client.config(), text)?;
        let name = BucketName::parse(&bucket).map_err(|error| Error::from(error).with_field("address"))?;
        if rest.is_empty() || rest.ends_with('/') {
            return Ok(Address {
                bucket,
                prefix: rest,
                key: None,
            });
        }
        if is_folder(&client, name, &rest).await {
            return Ok(Address {
                bucket,
                prefix: rest + "/",
                key: None,
            });
        }
        let folder = rest.rfind('/').map_or(0, |slash| slash + 1);
        Ok(Address {
            bucket,
            prefix: rest[..folder].to_owned(),
            key: Some(rest),
        })
    }
}

async fn is_folder(client: &Client, bucket: BucketName, path: &str) -> bool {
    let request = ListRequest {
        prefix: Prefix::new(format!("{path}/")),
        max_keys: 1,
        ..ListRequest::new(bucket)
    };
    match client.list_page(&request).await {
        Ok(page) => !page.objects.is_empty(),
        Err(error) => {
            tracing::debug!(%error, "a typed address could not be looked up");
            false
        }
    }
}

fn parts(config: &Config, text: &str) -> Result<Parts> {
    let text = text.trim_matches(['\n', '\r', '\t']);
    if let Some(path) = after_scheme(text, "s3://") {
        return split(path, config);
    }
    if after_scheme(text, "https://")
        .or_else(|| after_scheme(text, "http://"))
        .is_some()
    {
        return of_link(config, text);
    }
    if text.contains("://") {
        return Err(unreadable(
            "Only paths, s3:// and https:// addresses can be opened here.",
        ));
    }
    split(text.strip_prefix('/').unwrap_or(text), config)
}

fn after_scheme<'t>(text: &'t str, scheme: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}

/// A link of this server, path style or virtual host style. Its query (a signature, perhaps) is left off.
fn of_link(config: &Config, text: &str) -> Result<Parts> {
    let url =
        url::Url::parse(text.trim()).map_err(|cause| unreadable("This address is not complete.").with_source(cause))?;
    let server = config.endpoint.host.trim_matches(['[', ']']);
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    // The path as typed: the URL parser would take dots and empty segments out of keys.
    let path = raw_path(text);
    if host.eq_ignore_ascii_case(server) {
        let path = path.strip_prefix(config.endpoint.base_path.as_str()).unwrap_or(path);
        return split(&decoded(path.trim_start_matches('/'))?, config);
    }
    let virtual_host = host
        .len()
        .checked_sub(server.len() + 1)
        .filter(|_| host.ends_with(&format!(".{server}")));
    match virtual_host {
        Some(bucket) => {
            let rest = decoded(path.strip_prefix('/').unwrap_or(path))?;
            Ok(Parts {
                bucket: without_tenant(&host[..bucket], config).to_owned(),
                rest,
            })
        }
        None => Err(unreadable(&format!(
            "This address is on {host}, and the account is on {}.",
            config.endpoint.host
        ))),
    }
}

fn raw_path(url: &str) -> &str {
    let url = url.trim();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find('/').map_or("", |slash| &rest[slash..]);
    path.split(['?', '#']).next().unwrap_or_default()
}

fn decoded(path: &str) -> Result<String> {
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8();
    let decoded = decoded.map_err(|cause| unreadable("The name in this address is not UTF-8.").with_source(cause))?;
    Ok(decoded.into_owned())
}

fn split(path: &str, config: &Config) -> Result<Parts> {
    let (bucket, rest) = path.split_once('/').unwrap_or((path, ""));
    let bucket = without_tenant(bucket, config);
    if bucket.is_empty() {
        return Err(unreadable("Type a bucket’s name, then the folder or key."));
    }
    Ok(Parts {
        bucket: bucket.to_owned(),
        rest: rest.to_owned(),
    })
}

/// Links of this account carry its Project ID before the bucket's name.
fn without_tenant<'b>(bucket: &'b str, config: &Config) -> &'b str {
    let Some(tenant) = config.project_id.as_deref() else {
        return bucket;
    };
    bucket
        .strip_prefix(tenant)
        .and_then(|rest| rest.strip_prefix(':'))
        .unwrap_or(bucket)
}

fn unreadable(message: &str) -> Error {
    Error::field_at_fault(READ, "address", message)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use dipper_storage::{Endpoint, Scheme};

    use super::*;

    fn read(text: &str) -> Result<(String, String)> {
        let mut config = Config::new(Endpoint::parse("objects.example.net:8080/s3", Scheme::Https).unwrap());
        config.project_id = Some("3f9c".to_owned());
        parts(&config, text).map(|parts| (parts.bucket, parts.rest))
    }

    fn at(bucket: &str, rest: &str) -> (String, String) {
        (bucket.to_owned(), rest.to_owned())
    }

    #[test]
    fn paths_and_addresses_lead_to_a_bucket_and_a_key() {
        let cases = [
            ("field-photos", at("field-photos", "")),
            ("field-photos/2026/harbour/", at("field-photos", "2026/harbour/")),
            ("/field-photos/2026", at("field-photos", "2026")),
            ("field-photos//a b+c%20", at("field-photos", "/a b+c%20")),
            ("s3://field-photos/2026/x.txt", at("field-photos", "2026/x.txt")),
            ("S3://field-photos", at("field-photos", "")),
            ("https://objects.example.net:8080/s3/b/a%20b%2Bc", at("b", "a b+c")),
            (
                "https://objects.example.net:8080/s3/3f9c:b/x?Signature=XXX&Expires=1",
                at("b", "x"),
            ),
            (
                "https://objects.example.net:8080/s3/3f9c%3Ab/x?X-Amz-Signature=1",
                at("b", "x"),
            ),
            ("https://OBJECTS.example.net/s3/b/a//../%2e/c#top", at("b", "a//.././c")),
            ("http://b.objects.example.net/folder/", at("b", "folder/")),
            ("https://objects.example.net/s3/b/100%", at("b", "100%")),
            ("https://objects.example.net/s3/b/%E5%90%8D%E5%89%8D", at("b", "名前")),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_leads_nowhere_is_refused_with_a_reason() {
        for text in [
            "",
            "/",
            "s3://",
            "ftp://objects.example.net/b",
            "https://elsewhere.example/b/x",
            "https://xobjects.example.net/b",
            "https://",
        ] {
            let error = read(text).unwrap_err();
            assert_eq!(error.field(), Some("address"), "{text}");
        }
        assert!(
            read("https://elsewhere.example/b")
                .unwrap_err()
                .to_string()
                .contains("elsewhere.example")
        );
        assert!(read("https://objects.example.net/s3/b/%ff").is_err());
    }
}
