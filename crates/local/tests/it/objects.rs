//! Objects: bytes in, the same bytes out, and what goes with them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use md5::{Digest as _, Md5};

use crate::client::{Fixture, Sign, delete, get, head, put};

fn md5_base64(body: &[u8]) -> String {
    BASE64.encode(Md5::digest(body))
}

#[tokio::test]
async fn twelve_bytes_stay_twelve_bytes() {
    let fixture = Fixture::with_bucket().await;
    let call = put("/bucket/hello.txt")
        .header("content-type", "text/plain")
        .body("Hello World!");
    let stored = fixture.client.v4(call).await.expect_status(200);
    let etag = format!("\"{}\"", hex::encode(Md5::digest("Hello World!")));
    assert_eq!(stored.header("etag"), etag);
    let read = fixture.client.get("/bucket/hello.txt").await.expect_status(200);
    assert_eq!(&read.body[..], b"Hello World!");
    assert_eq!(read.header("content-length"), "12");
    assert_eq!(read.header("content-type"), "text/plain");
    assert_eq!(read.header("etag"), etag);
    assert_eq!(read.header("accept-ranges"), "bytes");
    assert_eq!(read.header("x-amz-storage-class"), "STANDARD");
    assert!(read.header("last-modified").ends_with("GMT"));
    let seen = fixture.client.v4(head("/bucket/hello.txt")).await.expect_status(200);
    assert_eq!((seen.header("content-length"), seen.body.len()), ("12", 0));
}

#[tokio::test]
async fn metadata_and_headers_come_back() {
    let fixture = Fixture::with_bucket().await;
    let headers = [
        ("content-type", "image/png"),
        ("cache-control", "max-age=60"),
        ("content-disposition", "attachment; filename=\"a b.png\""),
        ("content-encoding", "gzip"),
        ("content-language", "de"),
        ("expires", "Wed, 21 Oct 2015 07:28:00 GMT"),
        ("x-amz-meta-colour", "blue"),
        ("x-amz-meta-umlaut", "=?UTF-8?B?w6TDtsO8?="),
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
    ];
    let call = headers.iter().fold(put("/bucket/a").body("x"), |call, (name, value)| {
        call.header(name, value)
    });
    fixture.client.v4(call).await.expect_status(200);
    let read = fixture.client.get("/bucket/a").await.expect_status(200);
    for (name, value) in headers.iter().filter(|(name, _)| *name != "x-amz-meta-umlaut") {
        assert_eq!(read.header(name), *value, "{name}");
    }
    assert!(
        read.header("x-amz-meta-umlaut").starts_with("=?UTF-8?"),
        "{}",
        read.header("x-amz-meta-umlaut")
    );
    let call = put("/bucket/a").header("x-amz-storage-class", "GLACIER");
    fixture.client.v4(call).await.expect_error(400, "InvalidStorageClass");
}

#[tokio::test]
async fn empty_objects_need_no_file() {
    let fixture = Fixture::with_bucket().await;
    fixture.client.put("/bucket/folder/", "").await.expect_status(200);
    let read = fixture.client.get("/bucket/folder/").await.expect_status(200);
    assert_eq!(
        (read.header("content-length"), read.header("etag")),
        ("0", "\"d41d8cd98f00b204e9800998ecf8427e\"")
    );
    fixture.expect_files(0).await;
}

#[tokio::test]
async fn large_objects_stream_through() {
    let fixture = Fixture::with_bucket().await;
    let body: Vec<u8> = (0..3_000_003_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let body = Bytes::from(body);
    fixture
        .client
        .put("/bucket/large", body.clone())
        .await
        .expect_status(200);
    assert!(fixture.client.get("/bucket/large").await.body == body);
    let range = fixture
        .client
        .v4(get("/bucket/large").header("range", "bytes=999990-1000010"))
        .await
        .expect_status(206);
    assert_eq!(range.body, body[999_990..=1_000_010]);
}

#[tokio::test]
async fn ranges_follow_http() {
    let fixture = Fixture::with_bucket().await;
    fixture.client.put("/bucket/a", "0123456789").await.expect_status(200);
    for (range, content, shown) in [
        ("bytes=0-0", "0", "bytes 0-0/10"),
        ("bytes=2-4", "234", "bytes 2-4/10"),
        ("bytes=5-", "56789", "bytes 5-9/10"),
        ("bytes=-3", "789", "bytes 7-9/10"),
        ("bytes=-100", "0123456789", "bytes 0-9/10"),
        ("bytes=8-100", "89", "bytes 8-9/10"),
    ] {
        let read = fixture
            .client
            .v4(get("/bucket/a").header("range", range))
            .await
            .expect_status(206);
        assert_eq!(
            (read.text().as_str(), read.header("content-range")),
            (content, shown),
            "{range}"
        );
        let seen = fixture
            .client
            .v4(head("/bucket/a").header("range", range))
            .await
            .expect_status(206);
        assert_eq!(seen.header("content-range"), shown);
    }
    let refused = fixture.client.v4(get("/bucket/a").header("range", "bytes=10-")).await;
    assert_eq!(
        refused.expect_error(416, "InvalidRange").header("content-range"),
        "bytes */10"
    );
    fixture.client.put("/bucket/empty", "").await.expect_status(200);
    fixture
        .client
        .v4(get("/bucket/empty").header("range", "bytes=-1"))
        .await
        .expect_error(416, "InvalidRange");
}

#[tokio::test]
async fn wrong_checksums_are_refused_and_leave_nothing() {
    let fixture = Fixture::with_bucket().await;
    let right = put("/bucket/a")
        .body("data")
        .header("content-md5", &md5_base64(b"data"));
    fixture.client.v4(right).await.expect_status(200);
    let wrong = put("/bucket/b")
        .body("data")
        .header("content-md5", &md5_base64(b"other"));
    fixture.client.v4(wrong).await.expect_error(400, "BadDigest");
    let invalid = put("/bucket/b").body("data").header("content-md5", "nonsense");
    fixture.client.v4(invalid).await.expect_error(400, "InvalidDigest");
    let wrong = put("/bucket/b")
        .body("data")
        .header("x-amz-checksum-crc32c", "AAAAAA==");
    fixture.client.v4(wrong).await.expect_error(400, "BadDigest");
    let hash = hex::encode([7_u8; 32]);
    let wrong = put("/bucket/b").body("data").header("x-amz-content-sha256", &hash);
    fixture
        .client
        .v4(wrong)
        .await
        .expect_error(400, "XAmzContentSHA256Mismatch");
    fixture.client.get("/bucket/b").await.expect_error(404, "NoSuchKey");
    fixture.expect_files(1).await;
}

#[tokio::test]
async fn checksums_are_verified_stored_and_shown_when_asked() {
    let fixture = Fixture::with_bucket().await;
    // Of "123456789", the check values every CRC catalogue prints.
    for (name, value) in [
        ("x-amz-checksum-crc32", BASE64.encode(hex::decode("cbf43926").unwrap())),
        ("x-amz-checksum-crc32c", BASE64.encode(hex::decode("e3069283").unwrap())),
        (
            "x-amz-checksum-crc64nvme",
            BASE64.encode(hex::decode("ae8b14860a799888").unwrap()),
        ),
        (
            "x-amz-checksum-sha1",
            BASE64.encode(hex::decode("f7c3bc1d808e04732adf679965ccc34ca7ae3441").unwrap()),
        ),
    ] {
        let call = put("/bucket/a").body("123456789").header(name, &value);
        assert_eq!(fixture.client.v4(call).await.expect_status(200).header(name), value);
        let seen = fixture
            .client
            .v4(head("/bucket/a").header("x-amz-checksum-mode", "ENABLED"))
            .await;
        assert_eq!(
            (seen.header(name), seen.header("x-amz-checksum-type")),
            (value.as_str(), "FULL_OBJECT")
        );
        assert_eq!(
            fixture.client.v4(head("/bucket/a")).await.header(name),
            "",
            "only when asked"
        );
    }
}

#[tokio::test]
async fn chunked_uploads_with_trailing_checksums_are_decoded_and_checked() {
    let fixture = Fixture::with_bucket().await;
    let call = |checksum: &str| {
        put("/bucket/a")
            .header("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
            .header("content-encoding", "aws-chunked")
            .header("x-amz-decoded-content-length", "9")
            .header("x-amz-trailer", "x-amz-checksum-crc32")
            .body(format!(
                "9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:{checksum}\r\n\r\n"
            ))
    };
    fixture.client.v4(call("AAAAAA==")).await.expect_error(400, "BadDigest");
    fixture.client.get("/bucket/a").await.expect_error(404, "NoSuchKey");
    fixture.client.v4(call("y/Q5Jg==")).await.expect_status(200);
    let read = fixture.client.get("/bucket/a").await.expect_status(200);
    assert_eq!(
        (read.text().as_str(), read.header("content-encoding")),
        ("123456789", "")
    );
}

#[tokio::test]
async fn replacing_keeps_the_old_bytes_for_who_reads_them() {
    use http_body_util::BodyExt;
    let fixture = Fixture::with_bucket().await;
    let old = Bytes::from(vec![b'o'; 12_000_000]);
    fixture.client.put("/bucket/a", old.clone()).await.expect_status(200);

    let stream = tokio::net::TcpStream::connect(fixture.client.address).await.unwrap();
    let io = hyper_util::rt::TokioIo::new(stream);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(async move { connection.await.unwrap() });
    let link = fixture.client.presign_v4(get("/bucket/a"), 60);
    let request = http::Request::get(link).header("host", fixture.client.address.to_string());
    let answer = sender
        .send_request(request.body(http_body_util::Empty::<Bytes>::new()).unwrap())
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let mut body = answer.into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();

    fixture.client.put("/bucket/a", "new").await.expect_status(200);
    assert_eq!(fixture.client.get("/bucket/a").await.text(), "new");
    assert_eq!(fixture.files(), 2, "the old file is there as long as it is read");

    let rest = body.collect().await.unwrap().to_bytes();
    assert_eq!(first.len() + rest.len(), old.len());
    assert!(rest.iter().all(|byte| *byte == b'o'));
    drop(sender);
    fixture.expect_files(1).await;
}

#[tokio::test]
async fn a_broken_upload_leaves_nothing() {
    use tokio::io::AsyncWriteExt;
    let fixture = Fixture::with_bucket().await;
    fixture.client.put("/bucket/a", "old").await.expect_status(200);
    let link = fixture.client.presign_v4(put("/bucket/a"), 60);
    let address = fixture.client.address;
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!("PUT {link} HTTP/1.1\r\nhost: {address}\r\ncontent-length: 1000000\r\n\r\nonly this");
    stream.write_all(head.as_bytes()).await.unwrap();
    fixture.expect_files(2).await;
    drop(stream);
    fixture.expect_files(1).await;
    assert_eq!(fixture.client.get("/bucket/a").await.text(), "old");
}

#[tokio::test]
async fn deleting_is_idempotent_and_frees_the_disk() {
    let fixture = Fixture::with_bucket().await;
    fixture.client.put("/bucket/a", "x").await.expect_status(200);
    fixture.client.delete("/bucket/a").await.expect_status(204);
    fixture.client.delete("/bucket/a").await.expect_status(204);
    fixture.client.get("/bucket/a").await.expect_error(404, "NoSuchKey");
    fixture
        .client
        .delete("/missing/a")
        .await
        .expect_error(404, "NoSuchBucket");
    fixture.expect_files(0).await;
}

#[tokio::test]
async fn many_objects_are_deleted_at_once() {
    let fixture = Fixture::with_bucket().await;
    for key in ["a", "b&lt;", "c"] {
        fixture
            .client
            .put(&format!("/bucket/{}", crate::client::encode(key)), "x")
            .await
            .expect_status(200);
    }
    let document = "<Delete><Object><Key>a</Key></Object><Object><Key>b&amp;lt;</Key></Object>\
                    <Object><Key>missing</Key></Object><Object><Key>c</Key><VersionId>7</VersionId></Object></Delete>";
    let call = crate::client::post("/bucket?delete").body(document);
    let wrong = call.clone().header("content-md5", &md5_base64(b"other"));
    fixture.client.v4(wrong).await.expect_error(400, "BadDigest");
    let wrong = call.clone().header("x-amz-checksum-crc32", "AAAAAA==");
    fixture.client.v4(wrong).await.expect_error(400, "BadDigest");
    let answer = fixture
        .client
        .v4(call.header("content-md5", &md5_base64(document.as_bytes())))
        .await
        .expect_status(200);
    assert_eq!(answer.text().matches("<Deleted>").count(), 3);
    assert_eq!(answer.element("Code"), "NoSuchVersion");
    assert_eq!(fixture.client.get("/bucket").await.elements("Key"), ["c"]);

    let quiet = "<Delete><Quiet>true</Quiet><Object><Key>c</Key></Object></Delete>";
    let answer = fixture
        .client
        .v4(crate::client::post("/bucket?delete").body(quiet))
        .await
        .expect_status(200);
    assert!(!answer.text().contains("<Deleted>"));
    let too_many = "<Object><Key>c</Key></Object>".repeat(1001);
    let call = crate::client::post("/bucket?delete").body(format!("<Delete>{too_many}</Delete>"));
    fixture.client.v4(call).await.expect_error(400, "MalformedXML");
}

#[tokio::test]
async fn response_headers_can_be_asked_for_by_the_owner_only() {
    let fixture = Fixture::with_bucket().await;
    fixture
        .client
        .v4(put("/bucket/a").body("x").header("x-amz-acl", "public-read"))
        .await
        .expect_status(200);
    let target = "/bucket/a?response-content-type=text%2Fhtml&response-content-disposition=attachment";
    for call in [get(target), head(target)] {
        let read = fixture.client.v4(call).await.expect_status(200);
        assert_eq!(
            (read.header("content-type"), read.header("content-disposition")),
            ("text/html", "attachment")
        );
    }
    fixture
        .client
        .stranger(target)
        .await
        .expect_error(400, "InvalidRequest");
    fixture.client.stranger("/bucket/a").await.expect_status(200);
}

#[tokio::test]
async fn promises_that_cannot_be_kept_are_not_made() {
    let fixture = Fixture::with_bucket().await;
    for (name, value) in [
        ("x-amz-server-side-encryption", "AES256"),
        ("x-amz-tagging", "a=b"),
        ("x-amz-object-lock-mode", "GOVERNANCE"),
        ("x-amz-website-redirect-location", "/x"),
    ] {
        let call = put("/bucket/a").body("x").header(name, value);
        fixture.client.v4(call).await.expect_error(501, "NotImplemented");
    }
    fixture
        .client
        .v4(delete("/bucket/a").header("if-match", "\"x\""))
        .await
        .expect_error(501, "NotImplemented");
    fixture
        .client
        .get("/bucket/a?versionId=7")
        .await
        .expect_error(404, "NoSuchVersion");
    fixture.client.get("/bucket/a").await.expect_error(404, "NoSuchKey");
    fixture
        .client
        .send(put("/bucket/a").body("x"), Sign::No)
        .await
        .expect_error(403, "AccessDenied");
}
