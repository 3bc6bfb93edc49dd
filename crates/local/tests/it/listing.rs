//! Both listings over HTTP. That every page is right is proved by a property test beside the code.

use std::collections::BTreeSet;

use crate::client::{Fixture, OWNER, Sign, encode, get};

async fn with_keys(keys: &[&str]) -> Fixture {
    let fixture = Fixture::with_bucket().await;
    for key in keys {
        fixture
            .client
            .put(&format!("/bucket/{}", encode(key)), "x")
            .await
            .expect_status(200);
    }
    fixture
}

#[tokio::test]
async fn the_second_version_pages_with_tokens() {
    let fixture = with_keys(&["a", "b/1", "b/2", "c", "d/1", "e"]).await;
    let mut seen = Vec::new();
    let mut token = String::new();
    loop {
        let target = format!("/bucket?list-type=2&max-keys=2&delimiter=%2F{token}");
        let page = fixture.client.get(&target).await.expect_status(200);
        let names = [page.elements("Key"), page.elements("Prefix")].concat();
        let names: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
        assert_eq!(page.element("KeyCount"), names.len().to_string());
        assert_eq!(
            (page.element("MaxKeys"), page.element("Delimiter")),
            ("2".to_owned(), "/".to_owned())
        );
        seen.extend(names);
        if page.element("IsTruncated") == "false" {
            assert!(page.elements("NextContinuationToken").is_empty());
            break;
        }
        token = format!("&continuation-token={}", page.element("NextContinuationToken"));
    }
    assert_eq!(seen.len(), 5);
    assert_eq!(
        seen.into_iter().collect::<BTreeSet<_>>(),
        ["a", "b/", "c", "d/", "e"].map(str::to_owned).into()
    );
    fixture
        .client
        .get("/bucket?list-type=2&continuation-token=!")
        .await
        .expect_error(400, "InvalidArgument");
}

#[tokio::test]
async fn the_first_version_pages_with_markers() {
    let fixture = with_keys(&["a", "b/1", "b/2", "c"]).await;
    let first = fixture
        .client
        .get("/bucket?max-keys=2&delimiter=%2F")
        .await
        .expect_status(200);
    assert_eq!(
        (first.elements("Key"), first.element("NextMarker")),
        (vec!["a".to_owned()], "b/".to_owned())
    );
    let second = fixture
        .client
        .get("/bucket?max-keys=2&delimiter=%2F&marker=b%2F")
        .await
        .expect_status(200);
    assert_eq!(
        (second.elements("Key"), second.element("IsTruncated")),
        (vec!["c".to_owned()], "false".to_owned())
    );
    let flat = fixture.client.get("/bucket?max-keys=2").await.expect_status(200);
    assert_eq!(
        (flat.elements("Key"), flat.element("IsTruncated")),
        (vec!["a".to_owned(), "b/1".to_owned()], "true".to_owned())
    );
    assert!(
        flat.elements("NextMarker").is_empty(),
        "without a delimiter the last key is the marker"
    );
    assert_eq!(flat.element("ID"), OWNER, "the first version always names the owner");
}

#[tokio::test]
async fn parameters_do_what_they_say() {
    let fixture = with_keys(&["photos/a b", "photos/c+d", "texts/e"]).await;
    let listed = fixture
        .client
        .get("/bucket?list-type=2&prefix=photos%2F&fetch-owner=true")
        .await
        .expect_status(200);
    assert_eq!(listed.elements("Key"), ["photos/a b", "photos/c+d"]);
    assert_eq!(listed.element("ID"), OWNER);
    assert_eq!(
        (listed.element("Size"), listed.element("StorageClass")),
        ("1".to_owned(), "STANDARD".to_owned())
    );
    assert_eq!(listed.element("ETag"), "\"9dd4e461268c8034f5c8564e155c67a6\"");
    let listed = fixture
        .client
        .get("/bucket?list-type=2&start-after=photos%2Fa%20b")
        .await;
    assert_eq!(listed.elements("Key"), ["photos/c+d", "texts/e"]);
    assert!(listed.elements("ID").is_empty(), "the owner only when asked for");
    let listed = fixture
        .client
        .get("/bucket?list-type=2&encoding-type=url&prefix=photos%2Fa%20")
        .await;
    assert_eq!(
        (listed.element("Key"), listed.element("Prefix")),
        ("photos/a%20b".to_owned(), "photos/a%20".to_owned())
    );
    assert_eq!(listed.element("EncodingType"), "url");
}

#[tokio::test]
async fn page_sizes_and_mistakes_are_answered_as_on_s3() {
    let fixture = with_keys(&["a"]).await;
    let listed = fixture
        .client
        .get("/bucket?list-type=2&max-keys=0")
        .await
        .expect_status(200);
    assert_eq!(
        (listed.element("IsTruncated"), listed.elements("Key").len()),
        ("false".to_owned(), 0)
    );
    let listed = fixture
        .client
        .get("/bucket?list-type=2&max-keys=5000")
        .await
        .expect_status(200);
    assert_eq!(listed.element("MaxKeys"), "1000");
    fixture
        .client
        .get("/bucket?list-type=2&max-keys=-1")
        .await
        .expect_error(400, "InvalidArgument");
    fixture
        .client
        .get("/bucket?list-type=2&encoding-type=x")
        .await
        .expect_error(400, "InvalidArgument");
    fixture
        .client
        .get("/bucket?list-type=3")
        .await
        .expect_error(400, "InvalidArgument");
    fixture
        .client
        .get("/missing?list-type=2")
        .await
        .expect_error(404, "NoSuchBucket");
    fixture
        .client
        .send(get("/bucket?list-type=2"), Sign::No)
        .await
        .expect_error(403, "AccessDenied");
}

#[tokio::test]
async fn a_listing_sees_what_was_just_written() {
    let fixture = Fixture::with_bucket().await;
    for n in 0..50 {
        fixture
            .client
            .put(&format!("/bucket/{n:03}"), "x")
            .await
            .expect_status(200);
        assert_eq!(
            fixture.client.get("/bucket?list-type=2").await.element("KeyCount"),
            (n + 1).to_string()
        );
    }
}

#[tokio::test]
async fn a_common_prefix_is_listed_only_behind_the_key_to_start_after() {
    let fixture = with_keys(&["a/b", "a/c", "b/d", "c"]).await;
    for start in ["list-type=2&start-after", "marker"] {
        for (after, prefixes) in [
            ("a", vec!["a/", "b/"]),
            ("a/b", vec!["b/"]),
            ("a/", vec!["b/"]),
            ("b/z", vec![]),
        ] {
            let target = format!("/bucket?{start}={}&delimiter=%2F", encode(after));
            let page = fixture.client.get(&target).await.expect_status(200);
            let found = [page.elements("Key"), page.elements("Prefix")].concat();
            let found: Vec<String> = found.into_iter().filter(|name| !name.is_empty()).collect();
            assert_eq!(found, [vec!["c"], prefixes].concat(), "{start}={after}");
        }
    }
    for key in ["a/b", "a/c", "b/d"] {
        let start = crate::client::post(&format!("/bucket/{key}?uploads"));
        fixture.client.v4(start).await.expect_status(200);
    }
    let page = fixture
        .client
        .get("/bucket?uploads&delimiter=%2F&key-marker=a%2Fb")
        .await;
    let prefixes = page.expect_status(200).elements("Prefix");
    assert!(
        prefixes.contains(&"b/".to_owned()) && !prefixes.contains(&"a/".to_owned()),
        "{prefixes:?}"
    );
}
