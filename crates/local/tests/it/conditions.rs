//! Conditional reads and writes.

use crate::client::{Fixture, get, head, put};

#[tokio::test]
async fn reads_can_be_conditional() {
    let fixture = Fixture::with_bucket().await;
    let etag = fixture
        .client
        .put("/bucket/a", "x")
        .await
        .expect_status(200)
        .header("etag")
        .to_owned();
    let modified = fixture.client.get("/bucket/a").await.header("last-modified").to_owned();
    let long_ago = "Wed, 21 Oct 2015 07:28:00 GMT";
    for (name, value, status) in [
        ("if-match", etag.as_str(), 200),
        ("if-match", "*", 200),
        ("if-match", "\"other\"", 412),
        ("if-none-match", "\"other\"", 200),
        ("if-none-match", etag.as_str(), 304),
        ("if-none-match", "*", 304),
        ("if-modified-since", long_ago, 200),
        ("if-modified-since", modified.as_str(), 304),
        ("if-unmodified-since", modified.as_str(), 200),
        ("if-unmodified-since", long_ago, 412),
    ] {
        for call in [get("/bucket/a"), head("/bucket/a")] {
            let answer = fixture.client.v4(call.header(name, value)).await;
            assert_eq!(answer.status.as_u16(), status, "{name}: {value}");
            if status == 304 {
                assert_eq!((answer.header("etag"), answer.body.len()), (etag.as_str(), 0));
            }
        }
    }
    // An ETag that matches speaks before a date that does not.
    let call = get("/bucket/a")
        .header("if-match", &etag)
        .header("if-unmodified-since", long_ago);
    fixture.client.v4(call).await.expect_status(200);
}

#[tokio::test]
async fn writes_can_be_conditional() {
    let fixture = Fixture::with_bucket().await;
    let absent = || put("/bucket/a").body("first").header("if-none-match", "*");
    fixture
        .client
        .v4(put("/bucket/a").header("if-match", "\"x\""))
        .await
        .expect_error(404, "NoSuchKey");
    let etag = fixture
        .client
        .v4(absent())
        .await
        .expect_status(200)
        .header("etag")
        .to_owned();
    fixture
        .client
        .v4(absent())
        .await
        .expect_error(412, "PreconditionFailed");
    let call = put("/bucket/a").body("second").header("if-match", "\"other\"");
    fixture.client.v4(call).await.expect_error(412, "PreconditionFailed");
    assert_eq!(fixture.client.get("/bucket/a").await.text(), "first");
    fixture
        .client
        .v4(put("/bucket/a").body("second").header("if-match", &etag))
        .await
        .expect_status(200);
    assert_eq!(fixture.client.get("/bucket/a").await.text(), "second");
    fixture
        .client
        .v4(put("/bucket/a").header("if-none-match", &etag))
        .await
        .expect_error(501, "NotImplemented");
}

#[tokio::test]
async fn of_many_that_want_to_be_first_one_is() {
    let fixture = Fixture::with_bucket().await;
    let attempts = (0..20).map(|n| {
        let client = fixture.client.clone();
        async move {
            let call = put("/bucket/a")
                .body(format!("writer {n}"))
                .header("if-none-match", "*");
            (n, client.v4(call).await.status.as_u16())
        }
    });
    let statuses = futures_util::future::join_all(attempts).await;
    let winners: Vec<_> = statuses.iter().filter(|(_, status)| *status == 200).collect();
    assert_eq!(winners.len(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|(_, status)| matches!(status, 200 | 412)));
    assert_eq!(
        fixture.client.get("/bucket/a").await.text(),
        format!("writer {}", winners[0].0)
    );
    fixture.expect_files(1).await;
}
