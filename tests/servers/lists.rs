//! Listings: both versions, folders, pages.

use dipper_storage::{BucketName, Client, ListRequest, ListVersion, Prefix};

use crate::server::{Server, key};

/// All keys and all folders, from pages of `max_keys`.
async fn everything(client: &Client, first: ListRequest) -> (Vec<String>, Vec<String>) {
    let (mut keys, mut folders) = (Vec::new(), Vec::new());
    let mut request = first;
    for _ in 0..100 {
        let page = client.list_page(&request).await.unwrap();
        keys.extend(page.objects.iter().map(|object| object.key.to_string()));
        folders.extend(page.common_prefixes.iter().map(ToString::to_string));
        match page.next {
            Some(next) => request.continuation = Some(next),
            None => return (keys, folders),
        }
    }
    panic!("the listing does not end");
}

async fn filled(server: &Server, names: &[&str]) -> BucketName {
    let bucket = server.bucket().await;
    for name in names {
        server.put(&bucket, name, "12345").await;
    }
    bucket
}

const NAMES: [&str; 9] = ["a", "a/b", "a/c/d", "a//", "b c", "b+c", "b/x", "b/y/z", "é/1"];

fn sorted(names: &[&str]) -> Vec<String> {
    let mut sorted: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    sorted.sort();
    sorted
}

pub(crate) async fn both_listings_agree(server: &Server) {
    let bucket = filled(server, &NAMES).await;
    let older = server.client_with(|config| config.compatibility.list_version = ListVersion::V1);
    for client in [&server.client, &older] {
        for max_keys in [1, 2, 4, 1_000] {
            let request = ListRequest {
                max_keys,
                ..ListRequest::new(bucket.clone())
            };
            let (keys, folders) = everything(client, request).await;
            assert_eq!(keys, sorted(&NAMES), "{max_keys} a page");
            assert!(folders.is_empty());
        }
    }
    let page = server.client.list_page(&ListRequest::new(bucket)).await.unwrap();
    let object = &page.objects[0];
    assert_eq!(object.size, 5);
    assert_eq!(object.etag.as_deref(), Some("827ccb0eea8a706c4c34a16891f84e7b"));
    assert!(object.last_modified.is_some());
}

pub(crate) async fn folders_are_folded(server: &Server) {
    let bucket = filled(server, &NAMES).await;
    let older = server.client_with(|config| config.compatibility.list_version = ListVersion::V1);
    for client in [&server.client, &older] {
        for max_keys in [1, 2, 1_000] {
            let folded = |prefix: &str| ListRequest {
                delimiter: Some("/".into()),
                prefix: Prefix::new(prefix),
                max_keys,
                ..ListRequest::new(bucket.clone())
            };
            let (keys, folders) = everything(client, folded("")).await;
            assert_eq!(keys, ["a", "b c", "b+c"], "{max_keys} a page");
            assert_eq!(folders, ["a/", "b/", "é/"]);
            let (keys, folders) = everything(client, folded("a/")).await;
            assert_eq!(keys, ["a/b"]);
            assert_eq!(folders, ["a//", "a/c/"]);
        }
    }
}

pub(crate) async fn pages_go_on_where_they_ended(server: &Server) {
    let bucket = filled(server, &NAMES).await;
    for version in [ListVersion::V1, ListVersion::V2] {
        let client = server.client_with(|config| config.compatibility.list_version = version);
        let request = ListRequest {
            start_after: Some(key("b c")),
            ..ListRequest::new(bucket.clone())
        };
        let (keys, _) = everything(&client, request).await;
        assert_eq!(keys, ["b+c", "b/x", "b/y/z", "é/1"]);
        let inside_a_folder = ListRequest {
            delimiter: Some("/".into()),
            start_after: Some(key("b/x")),
            ..ListRequest::new(bucket.clone())
        };
        let (keys, folders) = everything(&client, inside_a_folder).await;
        assert!(keys.is_empty(), "{keys:?}");
        assert_eq!(folders, ["é/"], "a folder that begins before the key is behind it");
    }
}

pub(crate) async fn prefixes_are_exact(server: &Server) {
    let bucket = filled(server, &["100%/a", "100%25/b", "a+b/1", "a b/2", "#/3", "?x/4", "&/5"]).await;
    for (prefix, expected) in [
        ("100%/", "100%/a"),
        ("100%25", "100%25/b"),
        ("a+", "a+b/1"),
        ("a ", "a b/2"),
        ("#", "#/3"),
        ("?", "?x/4"),
        ("&", "&/5"),
    ] {
        let request = ListRequest {
            prefix: Prefix::new(prefix),
            ..ListRequest::new(bucket.clone())
        };
        assert_eq!(everything(&server.client, request).await.0, [expected], "{prefix}");
    }
}
