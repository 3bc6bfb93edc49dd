//! Bucket policies over HTTP. What is evaluated and what is refused is tested beside the code.

use crate::client::{Fixture, put};

fn policy(effect: &str, action: &str, resource: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"x","Effect":"{effect}","Principal":"*","Action":"{action}","Resource":"arn:aws:s3:::{resource}"}}]}}"#
    )
}

#[tokio::test]
async fn a_policy_opens_and_closes() {
    let fixture = Fixture::with_bucket().await;
    fixture.client.put("/bucket/open/a", "data").await.expect_status(200);
    fixture.client.put("/bucket/other", "data").await.expect_status(200);
    fixture
        .client
        .get("/bucket?policy")
        .await
        .expect_error(404, "NoSuchBucketPolicy");

    let text = policy("Allow", "s3:GetObject", "bucket/open/*");
    fixture
        .client
        .put("/bucket?policy", text.clone())
        .await
        .expect_status(204);
    assert_eq!(
        fixture.client.get("/bucket?policy").await.expect_status(200).text(),
        text,
        "byte for byte"
    );
    assert_eq!(
        fixture
            .client
            .get("/bucket?policyStatus")
            .await
            .expect_status(200)
            .element("IsPublic"),
        "true"
    );
    fixture.client.stranger("/bucket/open/a").await.expect_status(200);
    fixture
        .client
        .stranger("/bucket/other")
        .await
        .expect_error(403, "AccessDenied");
    fixture
        .client
        .stranger("/bucket/open/missing")
        .await
        .expect_error(403, "AccessDenied");
    fixture
        .client
        .stranger("/bucket")
        .await
        .expect_error(403, "AccessDenied");

    fixture
        .client
        .put("/bucket?policy", policy("Allow", "s3:ListBucket", "bucket"))
        .await
        .expect_status(204);
    fixture.client.stranger("/bucket").await.expect_status(200);
    fixture
        .client
        .stranger("/bucket/open/a")
        .await
        .expect_error(403, "AccessDenied");
    fixture
        .client
        .stranger("/bucket/open/missing")
        .await
        .expect_error(404, "NoSuchKey");

    fixture.client.delete("/bucket?policy").await.expect_status(204);
    fixture
        .client
        .stranger("/bucket")
        .await
        .expect_error(403, "AccessDenied");
    fixture
        .client
        .v4(crate::client::head("/bucket"))
        .await
        .expect_status(200);
}

#[tokio::test]
async fn a_denial_is_stronger_than_an_acl() {
    let fixture = Fixture::with_bucket().await;
    fixture
        .client
        .v4(put("/bucket/a").header("x-amz-acl", "public-read").body("data"))
        .await
        .expect_status(200);
    fixture.client.stranger("/bucket/a").await.expect_status(200);
    fixture
        .client
        .put("/bucket?policy", policy("Deny", "s3:*", "bucket/*"))
        .await
        .expect_status(204);
    fixture
        .client
        .stranger("/bucket/a")
        .await
        .expect_error(403, "AccessDenied");
    fixture.client.get("/bucket/a").await.expect_status(200);
    assert_eq!(
        fixture.client.get("/bucket?policyStatus").await.element("IsPublic"),
        "false"
    );
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_and_changes_nothing() {
    let fixture = Fixture::with_bucket().await;
    let good = policy("Allow", "s3:GetObject", "bucket/*");
    fixture
        .client
        .put("/bucket?policy", good.clone())
        .await
        .expect_status(204);
    for bad in [
        policy("Allow", "s3:PutObject", "bucket/*"),
        policy("Allow", "s3:GetObject", "other/*"),
        good.replace(r#""Sid":"x""#, r#""Condition":{"Bool":{"aws:SecureTransport":"true"}}"#),
        "{".to_owned(),
    ] {
        let refused = fixture
            .client
            .put("/bucket?policy", bad)
            .await
            .expect_error(400, "MalformedPolicy");
        assert!(!refused.element("Message").is_empty());
    }
    assert_eq!(fixture.client.get("/bucket?policy").await.text(), good);
    fixture
        .client
        .put("/missing?policy", policy("Allow", "s3:GetObject", "missing/*"))
        .await
        .expect_error(404, "NoSuchBucket");
}

#[tokio::test]
async fn the_parts_of_an_upload_are_for_whom_a_policy_names_only() {
    let fixture = Fixture::with_bucket().await;
    let open = put("/bucket?acl").header("x-amz-acl", "public-read");
    fixture.client.v4(open).await.expect_status(200);
    let started = fixture.client.v4(crate::client::post("/bucket/new?uploads")).await;
    let parts = format!(
        "/bucket/new?uploadId={}",
        started.expect_status(200).element("UploadId")
    );
    fixture.client.get(&parts).await.expect_status(200);
    fixture.client.stranger(&parts).await.expect_error(403, "AccessDenied");
    fixture
        .client
        .put(
            "/bucket?policy",
            policy("Allow", "s3:ListMultipartUploadParts", "bucket/*"),
        )
        .await
        .expect_status(204);
    fixture.client.stranger(&parts).await.expect_status(200);
}
