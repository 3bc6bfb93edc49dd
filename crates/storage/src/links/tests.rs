//! Golden links: every way to write one, against what other tools give and what servers accept.

#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use secrecy::SecretString;
use time::macros::datetime;

use super::*;
use crate::config::Config;
use crate::endpoint::Endpoint;

const TENANT: &str = "0123456789abcdef0123456789abcdef";

fn client(endpoint: &str, project_id: Option<&str>) -> Client {
    let endpoint = Endpoint::parse(endpoint, Scheme::Https).unwrap();
    Client::new(Config {
        credentials: Some(Credentials {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
            secret_access_key: SecretString::from("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            session_token: None,
        }),
        project_id: project_id.map(str::to_owned),
        ..Config::new(endpoint)
    })
    .unwrap()
}

fn bucket() -> BucketName {
    BucketName::parse("new-bucket-using-python").unwrap()
}

fn key(key: &str) -> ObjectKey {
    ObjectKey::parse(key).unwrap()
}

fn options(signature: SignatureVersion) -> PresignOptions {
    PresignOptions {
        link: LinkOptions::default(),
        signature,
        method: LinkMethod::Get,
        expires_in: Duration::from_hours(1),
        now: datetime!(2011-09-15 02:43:47 UTC),
    }
}

#[test]
fn plain_links_are_exact() {
    let host = "https://upper-austria.example.eu:8080";
    let with = client("upper-austria.example.eu:8080", Some(TENANT));
    let without = client("upper-austria.example.eu:8080", None);
    let keys = [
        ("hello.txt", "hello.txt"),
        ("a b+c/é//x.txt", "a%20b%2Bc/%C3%A9//x.txt"),
        ("#?%&", "%23%3F%25%26"),
        ("名前", "%E5%90%8D%E5%89%8D"),
        ("/lead and trail/", "/lead%20and%20trail/"),
        ("../.", "../."),
        ("a:b@c=d,e;f!g'(h)*~-_", "a%3Ab%40c%3Dd%2Ce%3Bf%21g%27%28h%29%2A~-_"),
        ("\n\u{7f}\\", "%0A%7F%5C"),
    ];
    for (name, path) in keys {
        let name = key(name);
        let url = |client: &Client, options| client.public_url(&bucket(), Some(&name), &options).url();
        let default = LinkOptions::default();
        assert_eq!(
            url(&with, default.clone()),
            format!("{host}/{TENANT}:new-bucket-using-python/{path}")
        );
        assert_eq!(url(&without, default), format!("{host}/new-bucket-using-python/{path}"));
        let omitted = LinkOptions {
            project_id: ProjectIdUse::Omit,
            ..LinkOptions::default()
        };
        assert_eq!(url(&with, omitted), format!("{host}/new-bucket-using-python/{path}"));
        let plain = LinkOptions {
            scheme: Some(Scheme::Http),
            ..LinkOptions::default()
        };
        assert_eq!(
            url(&with, plain),
            format!("http://upper-austria.example.eu:8080/{TENANT}:new-bucket-using-python/{path}")
        );
    }
    let listing = with.public_url(&bucket(), None, &LinkOptions::default());
    assert_eq!(listing.url(), format!("{host}/{TENANT}:new-bucket-using-python/"));
}

#[test]
fn the_schemes_own_port_is_left_out() {
    let url = |endpoint: &str| {
        client(endpoint, None)
            .public_url(&bucket(), None, &LinkOptions::default())
            .url()
    };
    assert_eq!(url("https://host:443"), "https://host/new-bucket-using-python/");
    assert_eq!(url("http://host:80"), "http://host/new-bucket-using-python/");
    assert_eq!(
        url("http://[::1]:9000/s3"),
        "http://[::1]:9000/s3/new-bucket-using-python/"
    );
}

#[test]
fn amazons_buckets_stand_in_the_host() {
    let client = client("s3.eu-west-1.amazonaws.com", None);
    let url = |name: &str| {
        client
            .public_url(
                &BucketName::parse(name).unwrap(),
                Some(&key("k")),
                &LinkOptions::default(),
            )
            .url()
    };
    assert_eq!(url("acme"), "https://acme.s3.eu-west-1.amazonaws.com/k");
    assert_eq!(url("dotted.acme"), "https://s3.eu-west-1.amazonaws.com/dotted.acme/k");
    assert_eq!(url("Legacy_Name"), "https://s3.eu-west-1.amazonaws.com/Legacy_Name/k");
}

/// The signatures were computed with botocore 1.44's `HmacV1QueryAuth` (plain bucket) and with Python's hmac (tenant).
#[test]
fn v2_links_are_those_of_boto() {
    let expected = include_str!("vectors.txt");
    let mut lines = 0;
    for line in expected.lines().filter(|line| line.starts_with("v2 ")) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [_, project, name, signature] = fields[..] else {
            panic!("{line}")
        };
        let client = client("http://host:8080", (project != "-").then_some(project));
        let name: String = serde_json::from_str(name).unwrap();
        let link = client
            .presigned_url(&bucket(), &key(&name), &options(SignatureVersion::V2))
            .unwrap();
        let plain = client
            .public_url(&bucket(), Some(&key(&name)), &LinkOptions::default())
            .url();
        let signature = encode_component(signature);
        let query = format!("?Signature={signature}&Expires=1316058227&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE");
        assert_eq!(link.url(), plain + &query);
        lines += 1;
    }
    assert_eq!(lines, 8);
}

/// The signatures were computed with botocore 1.44's `S3SigV4QueryAuth`; with a tenant the path holds `%3A`.
#[test]
fn v4_links_are_those_of_botocore() {
    let expected = include_str!("vectors.txt");
    let mut lines = 0;
    for line in expected.lines().filter(|line| line.starts_with("v4 ")) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [_, project, name, signature] = fields[..] else {
            panic!("{line}")
        };
        let client = client("http://host:8080", (project != "-").then_some(project));
        let name: String = serde_json::from_str(name).unwrap();
        let link = client
            .presigned_url(&bucket(), &key(&name), &options(SignatureVersion::V4))
            .unwrap();
        let plain = client
            .public_url(&bucket(), Some(&key(&name)), &LinkOptions::default())
            .url();
        let (address, query) = link
            .url()
            .split_once('?')
            .map(|(a, q)| (a.to_owned(), q.to_owned()))
            .unwrap();
        assert_eq!(address, plain.replace(&format!("{project}:"), &format!("{project}%3A")));
        assert!(
            query.contains(&format!("X-Amz-Signature={signature}")),
            "{name:?}: {query}"
        );
        assert!(
            query.contains("X-Amz-Expires=3600") && query.contains("X-Amz-SignedHeaders=host"),
            "{query}"
        );
        assert!(query.contains("X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20110915%2Fus-east-1%2Fs3%2Faws4_request"));
        lines += 1;
    }
    assert_eq!(lines, 8);
}

#[test]
fn a_v2_signature_does_not_depend_on_the_hosts_name() {
    let signature = |endpoint: &str| {
        let link = client(endpoint, None)
            .presigned_url(&bucket(), &key("a"), &options(SignatureVersion::V2))
            .unwrap();
        link.url().split_once('?').unwrap().1.to_owned()
    };
    for path in ["", "/s/base"] {
        let expected = signature(&format!("https://storage.example{path}"));
        for host in ["s", "http", "https", "p", "https:8443"] {
            assert_eq!(signature(&format!("https://{host}{path}")), expected, "{host}{path}");
        }
    }
    assert_ne!(
        signature("https://s/base"),
        signature("https://s"),
        "the base is part of what is signed"
    );
}

#[test]
fn the_prefix_changes_what_is_signed() {
    for signature in [SignatureVersion::V2, SignatureVersion::V4] {
        let sign = |id: ProjectIdUse| {
            let options = PresignOptions {
                link: LinkOptions {
                    project_id: id,
                    ..LinkOptions::default()
                },
                ..options(signature)
            };
            let link = client("host:8080", Some(TENANT))
                .presigned_url(&bucket(), &key("k"), &options)
                .unwrap();
            link.parts().last().unwrap().text.clone()
        };
        assert_ne!(sign(ProjectIdUse::Account), sign(ProjectIdUse::Omit));
    }
}

#[test]
fn a_link_says_what_its_pieces_are() {
    let client = client("host:8080", Some(TENANT));
    let link = client
        .presigned_url(&bucket(), &key("k"), &options(SignatureVersion::V2))
        .unwrap();
    let roles: Vec<LinkRole> = link.parts().iter().map(|part| part.role).collect();
    assert_eq!(
        roles,
        [
            LinkRole::Plain,
            LinkRole::ProjectId,
            LinkRole::Path,
            LinkRole::Signature
        ]
    );
    assert_eq!(link.parts()[1].text, format!("{TENANT}:"));
    assert!(!format!("{link:?}").contains("Signature="), "{link:?}");
}

#[test]
fn what_cannot_be_signed_is_refused() {
    let client = client("host:8080", None);
    let refused = |options: &PresignOptions| client.presigned_url(&bucket(), &key("k"), options).unwrap_err();
    let week = PresignOptions {
        expires_in: Duration::from_secs(604_801),
        ..options(SignatureVersion::V4)
    };
    assert_eq!(
        refused(&week).to_string(),
        "Could not make a link to `k` in bucket `new-bucket-using-python`: a link signed with V4 works for at most 7 days."
    );
    let nothing = PresignOptions {
        expires_in: Duration::ZERO,
        ..options(SignatureVersion::V2)
    };
    assert_eq!(refused(&nothing).kind(), ErrorKind::InvalidInput);
    let week_v2 = PresignOptions {
        expires_in: Duration::from_secs(604_801),
        ..options(SignatureVersion::V2)
    };
    assert!(client.presigned_url(&bucket(), &key("k"), &week_v2).is_ok());
    let stranger = Client::new(Config::new(client.config().endpoint.clone())).unwrap();
    assert!(
        stranger
            .presigned_url(&bucket(), &key("k"), &options(SignatureVersion::V4))
            .is_err()
    );
}

proptest! {
    #[test]
    fn a_key_is_encoded_once_and_comes_back(text in "\\PC{1,60}|[\\x00-\\x7f]{1,40}") {
        let encoded = encode_path(&text);
        prop_assert!(encoded.bytes().all(|byte| byte.is_ascii_graphic()));
        let decoded = percent_encoding::percent_decode_str(&encoded).decode_utf8().unwrap();
        prop_assert_eq!(&decoded, &text);
        let path = format!("/{encoded}");
        let parsed: http::Uri = path.parse().unwrap();
        prop_assert_eq!(parsed.path(), path);
    }
}
