//! Buckets.

use crate::client::{Fixture, OWNER, TENANT, delete, head, put};

#[tokio::test]
async fn buckets_are_listed_with_owner_and_date() {
    let fixture = Fixture::start().await;
    let client = &fixture.client;
    for name in ["zebra", "1-bucket-using-python", "a.b-c"] {
        client.put(&format!("/{name}"), "").await.expect_status(200);
    }
    let listed = client.get("/").await.expect_status(200);
    assert_eq!(listed.elements("Name"), ["1-bucket-using-python", "a.b-c", "zebra"]);
    assert_eq!(listed.element("ID"), OWNER);
    let date = &listed.elements("CreationDate")[0];
    assert!(
        date.starts_with("20") && date.ends_with('Z') && date.contains('T'),
        "{date}"
    );
    client
        .send(crate::client::get("/"), crate::client::Sign::No)
        .await
        .expect_error(403, "AccessDenied");
}

#[tokio::test]
async fn buckets_are_listed_in_pages() {
    let fixture = Fixture::start().await;
    for name in ["aaa", "abb", "abc", "bbb"] {
        fixture.client.put(&format!("/{name}"), "").await.expect_status(200);
    }
    let first = fixture.client.get("/?max-buckets=1&prefix=ab").await;
    assert_eq!(first.elements("Name"), ["abb"]);
    let token = first.element("ContinuationToken");
    let second = fixture
        .client
        .get(&format!("/?max-buckets=1&prefix=ab&continuation-token={token}"))
        .await;
    assert_eq!(second.elements("Name"), ["abc"]);
    assert!(second.elements("ContinuationToken").is_empty());
}

#[tokio::test]
async fn one_s_own_bucket_again_is_said_plainly() {
    let fixture = Fixture::with_bucket().await;
    fixture
        .client
        .put("/bucket", "")
        .await
        .expect_error(409, "BucketAlreadyOwnedByYou");
    fixture
        .client
        .put(&format!("/{TENANT}:bucket"), "")
        .await
        .expect_error(409, "BucketAlreadyOwnedByYou");
}

#[tokio::test]
async fn bad_names_are_refused() {
    let fixture = Fixture::start().await;
    for name in [
        "ab",
        "UPPER",
        "under_score",
        "-a-",
        "a..b",
        "192.168.0.1",
        "other:bucket-name",
    ] {
        let answer = fixture.client.put(&format!("/{name}"), "").await;
        assert!(matches!(answer.status.as_u16(), 400 | 404), "{name}: {}", answer.text());
    }
    assert!(fixture.client.get("/").await.elements("Name").is_empty());
}

#[tokio::test]
async fn only_an_empty_bucket_is_deleted() {
    let fixture = Fixture::with_bucket().await;
    fixture.client.put("/bucket/key", "x").await.expect_status(200);
    fixture
        .client
        .delete("/bucket")
        .await
        .expect_error(409, "BucketNotEmpty");
    fixture.client.delete("/bucket/key").await.expect_status(204);
    fixture.client.delete("/bucket").await.expect_status(204);
    fixture.client.delete("/bucket").await.expect_error(404, "NoSuchBucket");
    fixture.client.v4(head("/bucket")).await.expect_status(404);
}

#[tokio::test]
async fn unfinished_uploads_go_with_their_bucket() {
    let fixture = Fixture::with_bucket().await;
    let started = fixture
        .client
        .v4(crate::client::post("/bucket/big?uploads"))
        .await
        .expect_status(200);
    let id = started.element("UploadId");
    fixture
        .client
        .put(&format!("/bucket/big?partNumber=1&uploadId={id}"), "part")
        .await
        .expect_status(200);
    fixture.expect_files(1).await;
    fixture.client.delete("/bucket").await.expect_status(204);
    fixture.client.put("/bucket", "").await.expect_status(200);
    assert!(
        fixture
            .client
            .get("/bucket?uploads")
            .await
            .elements("UploadId")
            .is_empty()
    );
    fixture.expect_files(0).await;
}

#[tokio::test]
async fn location_and_versioning_are_answered_honestly() {
    let fixture = Fixture::with_bucket().await;
    let location = fixture.client.get("/bucket?location").await.expect_status(200).text();
    assert!(
        location.contains("<LocationConstraint xmlns=") && !location.contains("us-east-1"),
        "{location}"
    );
    let versioning = fixture.client.get("/bucket?versioning").await.expect_status(200).text();
    assert!(
        versioning.contains("VersioningConfiguration") && !versioning.contains("Status"),
        "{versioning}"
    );
    fixture
        .client
        .get("/missing?location")
        .await
        .expect_error(404, "NoSuchBucket");

    let elsewhere =
        "<CreateBucketConfiguration><LocationConstraint>eu-north-1</LocationConstraint></CreateBucketConfiguration>";
    fixture.client.put("/elsewhere", elsewhere).await.expect_status(200);
    let location = fixture
        .client
        .get("/elsewhere?location")
        .await
        .expect_status(200)
        .text();
    assert!(location.contains("eu-north-1"), "{location}");
    let answer = fixture.client.v4(head("/elsewhere")).await.expect_status(200);
    assert_eq!(answer.header("x-amz-bucket-region"), "eu-north-1");
}

#[tokio::test]
async fn what_is_not_supported_says_so_and_does_nothing() {
    let fixture = Fixture::with_bucket().await;
    for target in [
        "?tagging",
        "?accelerate",
        "?lifecycle",
        "?cors",
        "?encryption",
        "?website",
        "?object-lock",
        "?nonsense",
    ] {
        for call in [
            crate::client::get(&format!("/bucket{target}")),
            delete(&format!("/bucket{target}")),
        ] {
            let answer = fixture.client.v4(call).await.expect_error(501, "NotImplemented");
            assert!(!answer.element("Message").is_empty());
        }
        fixture
            .client
            .v4(put(&format!("/bucket{target}")))
            .await
            .expect_error(501, "NotImplemented");
    }
    fixture.client.v4(head("/bucket")).await.expect_status(200);
}
