//! Who signs how, and what is refused.

use time::Duration;

use crate::client::{Call, Client, Fixture, Sign, TENANT, delete, get, put, unix_now};

async fn with_object() -> Fixture {
    let fixture = Fixture::with_bucket().await;
    fixture
        .client
        .put("/bucket/private_info.txt", "secret")
        .await
        .expect_status(200);
    fixture
}

async fn follow(client: &Client, link: &str) -> crate::client::Answer {
    client.stranger(link).await
}

#[tokio::test]
async fn both_signatures_work_in_headers() {
    let fixture = Fixture::start().await;
    for (sign, bucket) in [(Sign::V4, "bucket-four"), (Sign::V2, "bucket-two")] {
        let client = &fixture.client;
        for path in [format!("/{bucket}"), format!("/{TENANT}:{bucket}")] {
            client.send(put(&path), sign).await;
            let target = format!("{path}/a%20b");
            client
                .send(put(&target).header("content-type", "x/y").body("data"), sign)
                .await
                .expect_status(200);
            assert_eq!(client.send(get(&target), sign).await.expect_status(200).text(), "data");
            client
                .send(put(&format!("{target}?acl")).header("x-amz-acl", "private"), sign)
                .await
                .expect_status(200);
            client
                .send(get(&format!("{path}?list-type=2&prefix=a%20")), sign)
                .await
                .expect_status(200);
            client
                .send(get(&format!("{target}?response-content-type=a%2Fb")), sign)
                .await
                .expect_status(200);
            client.send(delete(&target), sign).await.expect_status(204);
        }
    }
}

#[tokio::test]
async fn wrong_keys_are_told_apart() {
    let fixture = with_object().await;
    let mut wrong_secret = fixture.client.clone();
    wrong_secret.secret_key = "wrong".to_owned();
    let mut wrong_id = fixture.client.clone();
    wrong_id.access_key = "NOBODY".to_owned();
    for sign in [Sign::V4, Sign::V2] {
        wrong_secret
            .send(get("/bucket"), sign)
            .await
            .expect_error(403, "SignatureDoesNotMatch");
        wrong_id
            .send(get("/bucket"), sign)
            .await
            .expect_error(403, "InvalidAccessKeyId");
    }
    let call = get("/bucket/private_info.txt");
    follow(&fixture.client, &wrong_secret.presign_v4(call.clone(), 60))
        .await
        .expect_error(403, "SignatureDoesNotMatch");
    follow(&fixture.client, &wrong_id.presign_v4(call.clone(), 60))
        .await
        .expect_error(403, "InvalidAccessKeyId");
    let until = unix_now() + 60;
    follow(&fixture.client, &wrong_secret.presign_v2(&call, until))
        .await
        .expect_error(403, "SignatureDoesNotMatch");
    follow(&fixture.client, &wrong_id.presign_v2(&call, until))
        .await
        .expect_error(403, "InvalidAccessKeyId");
}

#[tokio::test]
async fn clocks_may_be_a_quarter_of_an_hour_off() {
    let fixture = with_object().await;
    for (minutes, ok) in [(-14, true), (14, true), (-16, false), (16, false)] {
        let mut client = fixture.client.clone();
        client.clock_offset = Duration::minutes(minutes);
        for sign in [Sign::V4, Sign::V2] {
            let answer = client.send(get("/bucket"), sign).await;
            if ok {
                answer.expect_status(200);
            } else {
                answer.expect_error(403, "RequestTimeTooSkewed");
            }
        }
    }
}

#[tokio::test]
async fn links_of_both_kinds_work_until_their_time() {
    let fixture = with_object().await;
    let client = &fixture.client;
    for path in [
        "/bucket/private_info.txt".to_owned(),
        format!("/{TENANT}:bucket/private_info.txt"),
    ] {
        let call = get(&path);
        assert_eq!(
            follow(client, &client.presign_v4(call.clone(), 3600))
                .await
                .expect_status(200)
                .text(),
            "secret"
        );
        assert_eq!(
            follow(client, &client.presign_v2(&call, unix_now() + 3600))
                .await
                .expect_status(200)
                .text(),
            "secret"
        );
        follow(client, &client.presign_v2(&call, unix_now() - 2))
            .await
            .expect_error(403, "AccessDenied");
        let mut yesterday = client.clone();
        yesterday.clock_offset = Duration::days(-1);
        follow(client, &yesterday.presign_v4(call.clone(), 3600))
            .await
            .expect_error(403, "AccessDenied");
        follow(client, &yesterday.presign_v4(call.clone(), 604_800))
            .await
            .expect_status(200);
        follow(client, &client.presign_v4(call, 604_801))
            .await
            .expect_error(400, "AuthorizationQueryParametersError");
    }
}

#[tokio::test]
async fn v4_takes_both_spellings_of_the_colon() {
    let fixture = with_object().await;
    let link = fixture
        .client
        .presign_v4(get(&format!("/{TENANT}:bucket/private_info.txt")), 60);
    let other = link.replacen(&format!("/{TENANT}:"), &format!("/{TENANT}%3A"), 1);
    assert_ne!(link, other);
    follow(&fixture.client, &other).await.expect_status(200);
}

#[tokio::test]
async fn a_tenant_pasted_into_a_finished_link_breaks_it() {
    let fixture = with_object().await;
    let client = &fixture.client;
    let call = get("/bucket/private_info.txt");
    for link in [
        client.presign_v4(call.clone(), 60),
        client.presign_v2(&call, unix_now() + 60),
    ] {
        follow(client, &link).await.expect_status(200);
        let pasted = link.replacen('/', &format!("/{TENANT}:"), 1);
        follow(client, &pasted).await.expect_error(403, "SignatureDoesNotMatch");
    }
}

#[tokio::test]
async fn a_link_is_for_what_was_signed_only() {
    let fixture = with_object().await;
    let client = &fixture.client;
    let until = unix_now() + 60;
    let call = get("/bucket/private_info.txt");
    for link in [client.presign_v4(call.clone(), 60), client.presign_v2(&call, until)] {
        client
            .send(delete(&link), Sign::No)
            .await
            .expect_error(403, "SignatureDoesNotMatch");
        let other = link.replace("private_info", "other_info");
        follow(client, &other).await.expect_error(403, "SignatureDoesNotMatch");
        follow(client, &format!("{link}&acl"))
            .await
            .expect_error(403, "SignatureDoesNotMatch");
        follow(client, &format!("{link}&acl&acl"))
            .await
            .expect_error(400, "InvalidArgument");
    }
    let upload = put("/bucket/new");
    for link in [client.presign_v4(upload.clone(), 60), client.presign_v2(&upload, until)] {
        let public = put(&link).body("x").header("x-amz-acl", "public-read");
        assert_eq!(client.send(public, Sign::No).await.status, 403);
        let stolen = put(&link).header("x-amz-copy-source", "/bucket/private_info.txt");
        assert_eq!(client.send(stolen, Sign::No).await.status, 403);
        client
            .send(put(&format!("{link}&acl&acl")).body("x"), Sign::No)
            .await
            .expect_error(400, "InvalidArgument");
        client
            .send(put(&link).body("uploaded by link"), Sign::No)
            .await
            .expect_status(200);
    }
    assert_eq!(client.get("/bucket/new").await.text(), "uploaded by link");
}

#[tokio::test]
async fn the_v2_link_of_the_old_library_has_its_very_shape() {
    let fixture = with_object().await;
    let link = fixture
        .client
        .presign_v2(&get(&format!("/{TENANT}:bucket/private_info.txt")), unix_now() + 3600);
    let (path, query) = link.split_once('?').unwrap();
    assert_eq!(path, format!("/{TENANT}:bucket/private_info.txt"));
    let names: Vec<&str> = query.split('&').map(|pair| pair.split_once('=').unwrap().0).collect();
    assert_eq!(names, ["Signature", "Expires", "AWSAccessKeyId"]);
    follow(&fixture.client, &link).await.expect_status(200);
}

#[tokio::test]
async fn nonsense_signatures_are_answered_not_suffered() {
    let fixture = with_object().await;
    for value in [
        "AWS",
        "AWS x",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=a",
        "Bearer x",
        "AWS a:b:c",
    ] {
        let call: Call = get("/bucket").header("authorization", value);
        let status = fixture.client.send(call, Sign::No).await.status.as_u16();
        assert!(matches!(status, 400 | 403), "{value}: {status}");
    }
    for query in [
        "Signature=x",
        "X-Amz-Signature=x",
        "X-Amz-Signature=x&X-Amz-Expires=5",
        "Signature=x&Expires=y&AWSAccessKeyId=z",
    ] {
        let status = fixture
            .client
            .stranger(&format!("/bucket?{query}"))
            .await
            .status
            .as_u16();
        assert!(matches!(status, 400 | 403), "{query}: {status}");
    }
}

#[tokio::test]
async fn an_old_v2_request_is_not_made_young_by_half_a_v4_link() {
    let fixture = with_object().await;
    let mut old = fixture.client.clone();
    old.clock_offset = Duration::days(-1);
    let mut captured = old.signed(get("/bucket/private_info.txt"), Sign::V2);
    fixture
        .client
        .send(captured.clone(), Sign::No)
        .await
        .expect_error(403, "RequestTimeTooSkewed");
    captured.query = "X-Amz-Signature=x&X-Amz-Expires=1&X-Amz-SignedHeaders=host".to_owned();
    let answer = fixture.client.send(captured, Sign::No).await;
    assert!(matches!(answer.status.as_u16(), 400 | 403), "{}", answer.text());
}

#[tokio::test]
async fn nothing_is_added_to_a_signed_request_by_a_strange_algorithm() {
    let fixture = with_object().await;
    let signed = fixture.client.signed(put("/bucket/new").body("x"), Sign::V4);
    let strange = [
        "AWS4\u{e9}",
        "SignedHeaders=host;x-amz-acl;x-amz-content-sha256;x-amz-date",
    ];
    for algorithm in strange {
        let mut changed = signed.clone().header("x-amz-acl", "public-read");
        for (name, value) in &mut changed.headers {
            if name == "authorization" {
                *value = value.replacen("AWS4-HMAC-SHA256", algorithm, 1);
            }
        }
        let answer = fixture.client.send(changed, Sign::No).await;
        assert!(
            matches!(answer.status.as_u16(), 400 | 403),
            "{algorithm}: {}",
            answer.text()
        );
    }
    fixture.client.get("/bucket/new").await.expect_error(404, "NoSuchKey");
    // Nor by a second signature that the door might take for the one that counts.
    let link = fixture.client.presign_v4(put("/bucket/new"), 60);
    for authorization in ["AWS x", "AWS a:b"] {
        let call = put(&link).body("x").header("x-amz-acl", "public-read");
        let call = call
            .header("authorization", authorization)
            .header("x-amz-date", "20260101T000000Z");
        let answer = fixture.client.send(call, Sign::No).await;
        assert!(
            matches!(answer.status.as_u16(), 400 | 403),
            "{authorization}: {}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn what_decides_about_a_signature_is_sent_once_and_in_ascii() {
    let fixture = with_object().await;
    for name in [
        "authorization",
        "content-type",
        "date",
        "x-amz-date",
        "x-amz-content-sha256",
    ] {
        let unreadable = get("/bucket").header(name, "\u{e9}");
        let twice = get("/bucket").header(name, "a").header(name, "a");
        for call in [unreadable, twice] {
            fixture
                .client
                .send(call, Sign::No)
                .await
                .expect_error(400, "InvalidRequest");
        }
    }
}
