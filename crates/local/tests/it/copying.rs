//! Copies share bytes on the disk and nothing else.

use crate::client::{Fixture, TENANT, get, put};

#[tokio::test]
async fn a_copy_has_the_bytes_and_metadata_but_not_the_access() {
    let fixture = Fixture::with_bucket().await;
    let call = put("/bucket/a")
        .body("data")
        .header("x-amz-meta-m", "1")
        .header("content-type", "text/x");
    fixture
        .client
        .v4(call.header("x-amz-acl", "public-read"))
        .await
        .expect_status(200);
    let copied = fixture
        .client
        .v4(put("/bucket/b").header("x-amz-copy-source", "/bucket/a"))
        .await
        .expect_status(200);
    assert_eq!(copied.element("ETag"), "\"8d777f385d3dfec8815d20f7496026dc\"");
    let read = fixture.client.get("/bucket/b").await.expect_status(200);
    assert_eq!(
        (
            read.text().as_str(),
            read.header("x-amz-meta-m"),
            read.header("content-type")
        ),
        ("data", "1", "text/x")
    );
    fixture.client.stranger("/bucket/a").await.expect_status(200);
    fixture
        .client
        .stranger("/bucket/b")
        .await
        .expect_error(403, "AccessDenied");
    fixture.expect_files(1).await;
    fixture.client.delete("/bucket/a").await.expect_status(204);
    assert_eq!(
        fixture.client.get("/bucket/b").await.text(),
        "data",
        "the copy outlives its source"
    );
    fixture.client.delete("/bucket/b").await.expect_status(204);
    fixture.expect_files(0).await;
}

#[tokio::test]
async fn metadata_is_replaced_when_asked() {
    let fixture = Fixture::with_bucket().await;
    fixture
        .client
        .v4(put("/bucket/a").body("data").header("x-amz-meta-m", "1"))
        .await
        .expect_status(200);
    let onto_itself = || put("/bucket/a").header("x-amz-copy-source", "bucket/a");
    fixture
        .client
        .v4(onto_itself())
        .await
        .expect_error(400, "InvalidRequest");
    let call = onto_itself()
        .header("x-amz-metadata-directive", "REPLACE")
        .header("x-amz-meta-n", "2");
    fixture.client.v4(call).await.expect_status(200);
    let read = fixture.client.get("/bucket/a").await;
    assert_eq!(
        (
            read.text().as_str(),
            read.header("x-amz-meta-m"),
            read.header("x-amz-meta-n")
        ),
        ("data", "", "2")
    );
}

#[tokio::test]
async fn copies_can_be_conditional_and_say_what_is_missing() {
    let fixture = Fixture::with_bucket().await;
    let etag = fixture.client.put("/bucket/a", "data").await.header("etag").to_owned();
    let copy = || put("/bucket/b").header("x-amz-copy-source", "/bucket/a");
    fixture
        .client
        .v4(copy().header("x-amz-copy-source-if-match", "\"x\""))
        .await
        .expect_error(412, "PreconditionFailed");
    fixture
        .client
        .v4(copy().header("x-amz-copy-source-if-none-match", &etag))
        .await
        .expect_error(412, "PreconditionFailed");
    fixture
        .client
        .v4(copy().header("x-amz-copy-source-if-match", &etag))
        .await
        .expect_status(200);
    let missing = put("/bucket/b").header("x-amz-copy-source", "/bucket/missing");
    fixture.client.v4(missing).await.expect_error(404, "NoSuchKey");
    let missing = put("/bucket/b").header("x-amz-copy-source", "/missing/a");
    fixture.client.v4(missing).await.expect_error(404, "NoSuchBucket");
}

#[tokio::test]
async fn odd_keys_and_tenants_are_found_as_sources() {
    let fixture = Fixture::with_bucket().await;
    let key = crate::client::encode("100% a+b/é?x#");
    fixture
        .client
        .put(&format!("/bucket/{key}"), "odd")
        .await
        .expect_status(200);
    let copy = put("/bucket/copy").header("x-amz-copy-source", &format!("/bucket/{key}"));
    fixture.client.v4(copy).await.expect_status(200);
    assert_eq!(fixture.client.v4(get("/bucket/copy")).await.text(), "odd");
    for separator in [":", "%3A"] {
        let source = format!("/{TENANT}{separator}bucket/{key}");
        let copy = put("/bucket/again").header("x-amz-copy-source", &source);
        fixture.client.v4(copy).await.expect_status(200);
    }
    let other = put("/bucket/again").header("x-amz-copy-source", &format!("/other:bucket/{key}"));
    fixture.client.v4(other).await.expect_error(404, "NoSuchBucket");
}

#[tokio::test]
async fn a_copy_keeps_the_condition_on_what_it_replaces() {
    let fixture = Fixture::with_bucket().await;
    let source = fixture.client.put("/bucket/a", "new").await.expect_status(200);
    fixture.client.put("/bucket/b", "old").await.expect_status(200);
    for from in ["/bucket/a".to_owned(), format!("/{TENANT}:bucket/a")] {
        let copy = |to: &str| put(to).header("x-amz-copy-source", &from);
        for (name, value) in [("if-none-match", "*"), ("if-match", source.header("etag"))] {
            let refused = fixture.client.v4(copy("/bucket/b").header(name, value)).await;
            refused.expect_error(412, "PreconditionFailed");
            assert_eq!(fixture.client.get("/bucket/b").await.text(), "old");
        }
        let missing = copy("/bucket/c").header("if-match", "*");
        fixture.client.v4(missing).await.expect_error(404, "NoSuchKey");
        let nonsense = copy("/bucket/b").header("if-match", "\"half");
        fixture.client.v4(nonsense).await.expect_error(400, "InvalidArgument");
        let first = copy("/bucket/c").header("if-none-match", "*");
        fixture.client.v4(first).await.expect_status(200);
        fixture.client.delete("/bucket/c").await.expect_status(204);
    }
    let replacing = put("/bucket/b")
        .header("x-amz-copy-source", "/bucket/a")
        .header("if-match", "*");
    fixture.client.v4(replacing).await.expect_status(200);
    assert_eq!(fixture.client.get("/bucket/b").await.text(), "new");
}
