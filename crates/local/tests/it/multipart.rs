//! Multipart uploads.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use md5::{Digest as _, Md5};

use crate::client::{Answer, Client, Fixture, get, head, post, put};

const PART: usize = 5 * 1024 * 1024;

fn bytes(seed: u8, length: usize) -> Bytes {
    (0..length)
        .map(|n| n.to_le_bytes()[0].wrapping_mul(31).wrapping_add(seed))
        .collect::<Vec<u8>>()
        .into()
}

async fn start(client: &Client, key: &str) -> String {
    client
        .v4(post(&format!("/bucket/{key}?uploads")))
        .await
        .expect_status(200)
        .element("UploadId")
}

async fn part(client: &Client, key: &str, id: &str, number: u32, body: Bytes) -> String {
    let answer = client
        .put(&format!("/bucket/{key}?partNumber={number}&uploadId={id}"), body)
        .await;
    answer.expect_status(200).header("etag").to_owned()
}

async fn complete(client: &Client, key: &str, id: &str, parts: &[(u32, &str)]) -> Answer {
    let mut document = String::from("<CompleteMultipartUpload>");
    for (number, etag) in parts {
        write!(
            document,
            "<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"
        )
        .unwrap();
    }
    document.push_str("</CompleteMultipartUpload>");
    client
        .v4(post(&format!("/bucket/{key}?uploadId={id}")).body(document))
        .await
}

#[tokio::test]
async fn parts_become_one_object() {
    let fixture = Fixture::with_bucket().await;
    let client = &fixture.client;
    let started = post("/bucket/big?uploads")
        .header("content-type", "video/x")
        .header("x-amz-meta-m", "1");
    let started = client.v4(started).await.expect_status(200);
    assert_eq!(
        (started.element("Bucket"), started.element("Key")),
        ("bucket".to_owned(), "big".to_owned())
    );
    let id = started.element("UploadId");
    let bodies = [bytes(1, PART), bytes(2, PART + 1), bytes(3, 10)];
    let second = part(client, "big", &id, 7, bodies[1].clone()).await;
    let first = part(client, "big", &id, 2, bodies[0].clone()).await;
    part(client, "big", &id, 9000, bytes(9, 100)).await;
    let third = part(client, "big", &id, 9000, bodies[2].clone()).await;
    client.get("/bucket/big").await.expect_error(404, "NoSuchKey");

    let unquoted = second.trim_matches('"');
    let parts = [(2, first.as_str()), (7, unquoted), (9000, third.as_str())];
    let done = complete(client, "big", &id, &parts).await.expect_status(200);
    let md5s: Vec<u8> = bodies.iter().flat_map(|body| Md5::digest(body).to_vec()).collect();
    let etag = format!("\"{}-3\"", hex::encode(Md5::digest(md5s)));
    assert_eq!(done.element("ETag"), etag);
    let read = client.get("/bucket/big").await.expect_status(200);
    assert_eq!(
        (
            read.header("etag"),
            read.header("content-type"),
            read.header("x-amz-meta-m")
        ),
        (etag.as_str(), "video/x", "1")
    );
    assert!(read.body == bodies.concat());
    let range = client
        .v4(get("/bucket/big").header("range", "bytes=5242870-5242890"))
        .await
        .expect_status(206);
    assert_eq!(range.body, bodies.concat()[5_242_870..=5_242_890]);
    fixture.expect_files(3).await;

    // The same request again, as after a lost answer.
    assert_eq!(
        complete(client, "big", &id, &parts)
            .await
            .expect_status(200)
            .element("ETag"),
        etag
    );
    client.put("/bucket/big", "other").await.expect_status(200);
    complete(client, "big", &id, &parts)
        .await
        .expect_error(404, "NoSuchUpload");
}

#[tokio::test]
async fn parts_are_read_by_number() {
    let fixture = Fixture::with_bucket().await;
    let client = &fixture.client;
    let id = start(client, "a").await;
    let first = part(client, "a", &id, 1, bytes(1, PART)).await;
    let last = part(client, "a", &id, 2, bytes(2, 10)).await;
    complete(client, "a", &id, &[(1, &first), (2, &last)])
        .await
        .expect_status(200);
    let read = client.get("/bucket/a?partNumber=2").await.expect_status(206);
    assert_eq!(read.body, bytes(2, 10));
    assert_eq!(
        (read.header("x-amz-mp-parts-count"), read.header("content-range")),
        ("2", "bytes 5242880-5242889/5242890")
    );
    client.v4(head("/bucket/a?partNumber=1")).await.expect_status(206);
    client
        .get("/bucket/a?partNumber=3")
        .await
        .expect_error(416, "InvalidPartNumber");
}

#[tokio::test]
async fn wrong_lists_of_parts_are_refused() {
    let fixture = Fixture::with_bucket().await;
    let client = &fixture.client;
    let id = start(client, "a").await;
    let small = part(client, "a", &id, 1, bytes(1, 10)).await;
    let other = part(client, "a", &id, 2, bytes(2, PART)).await;
    complete(client, "a", &id, &[]).await.expect_error(400, "MalformedXML");
    complete(client, "a", &id, &[(2, &other), (1, &small)])
        .await
        .expect_error(400, "InvalidPartOrder");
    complete(client, "a", &id, &[(1, &small), (1, &small)])
        .await
        .expect_error(400, "InvalidPartOrder");
    complete(client, "a", &id, &[(1, &other)])
        .await
        .expect_error(400, "InvalidPart");
    complete(client, "a", &id, &[(3, &other)])
        .await
        .expect_error(400, "InvalidPart");
    complete(client, "a", &id, &[(1, &small), (2, &other)])
        .await
        .expect_error(400, "EntityTooSmall");
    complete(client, "b", &id, &[(1, &small)])
        .await
        .expect_error(404, "NoSuchUpload");
    complete(client, "a", "nonsense", &[(1, &small)])
        .await
        .expect_error(404, "NoSuchUpload");
    for number in ["0", "10001", "-1"] {
        let answer = client
            .put(&format!("/bucket/a?partNumber={number}&uploadId={id}"), "x")
            .await;
        answer.expect_error(400, "InvalidArgument");
    }
    client
        .put("/bucket/a?partNumber=1&uploadId=nonsense", "x")
        .await
        .expect_error(404, "NoSuchUpload");
    complete(client, "a", &id, &[(2, &other)]).await.expect_status(200);
    fixture.expect_files(1).await;
}

#[tokio::test]
async fn an_aborted_upload_leaves_nothing() {
    let fixture = Fixture::with_bucket().await;
    let client = &fixture.client;
    let id = start(client, "a").await;
    part(client, "a", &id, 1, bytes(1, 10)).await;
    client
        .delete(&format!("/bucket/a?uploadId={id}"))
        .await
        .expect_status(204);
    client
        .delete(&format!("/bucket/a?uploadId={id}"))
        .await
        .expect_error(404, "NoSuchUpload");
    client
        .get(&format!("/bucket/a?uploadId={id}"))
        .await
        .expect_error(404, "NoSuchUpload");
    client.put("/bucket/b", "x").await.expect_status(200);
    fixture.expect_files(1).await;
}

#[tokio::test]
async fn parts_are_listed_in_pages() {
    let fixture = Fixture::with_bucket().await;
    let client = &fixture.client;
    let id = start(client, "a").await;
    for number in [1, 3, 5] {
        part(client, "a", &id, number, bytes(1, number as usize)).await;
    }
    let first = client
        .get(&format!("/bucket/a?uploadId={id}&max-parts=2"))
        .await
        .expect_status(200);
    assert_eq!(first.elements("PartNumber"), ["1", "3"]);
    assert_eq!(
        (first.element("IsTruncated"), first.element("NextPartNumberMarker")),
        ("true".to_owned(), "3".to_owned())
    );
    assert_eq!(first.elements("Size"), ["1", "3"]);
    let second = client
        .get(&format!("/bucket/a?uploadId={id}&max-parts=2&part-number-marker=3"))
        .await;
    assert_eq!(
        (second.elements("PartNumber"), second.element("IsTruncated")),
        (vec!["5".to_owned()], "false".to_owned())
    );
}

#[tokio::test]
async fn uploads_are_listed_in_pages() {
    let fixture = Fixture::with_bucket().await;
    let client = &fixture.client;
    let mut started = Vec::new();
    for key in ["a", "a", "b%2F1", "b%2F2", "c"] {
        started.push(start(client, key).await);
    }
    let all = client.get("/bucket?uploads").await.expect_status(200);
    assert_eq!(all.elements("Key"), ["a", "a", "b/1", "b/2", "c"]);
    assert_eq!(all.elements("UploadId"), started, "by key, then by time");
    let mut seen = Vec::new();
    let mut marker = String::new();
    loop {
        let page = client
            .get(&format!("/bucket?uploads&max-uploads=2{marker}"))
            .await
            .expect_status(200);
        seen.extend(page.elements("UploadId"));
        if page.element("IsTruncated") == "false" {
            break;
        }
        marker = format!(
            "&key-marker={}&upload-id-marker={}",
            page.element("NextKeyMarker"),
            page.element("NextUploadIdMarker")
        );
    }
    assert_eq!(seen, started);
    let folded = client.get("/bucket?uploads&delimiter=%2F").await.expect_status(200);
    assert_eq!(folded.elements("Key"), ["a", "a", "c"]);
    assert!(
        folded
            .text()
            .contains("<CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes>")
    );
    let only = client.get("/bucket?uploads&prefix=b%2F").await.expect_status(200);
    assert_eq!(only.elements("Key"), ["b/1", "b/2"]);
}

#[tokio::test]
async fn parts_are_copied_from_objects() {
    let fixture = Fixture::with_bucket().await;
    let client = &fixture.client;
    let source = bytes(5, PART + 1000);
    client
        .put("/bucket/100%25%20source", source.clone())
        .await
        .expect_status(200);
    let id = start(client, "a").await;
    let copy = |number: u32| {
        put(&format!("/bucket/a?partNumber={number}&uploadId={id}"))
            .header("x-amz-copy-source", "/bucket/100%25%20source")
    };
    let range = format!("bytes=0-{}", PART - 1);
    let first = client
        .v4(copy(1).header("x-amz-copy-source-range", &range))
        .await
        .expect_status(200)
        .element("ETag");
    assert_eq!(first, format!("\"{}\"", hex::encode(Md5::digest(&source[..PART]))));
    let second = client.v4(copy(2)).await.expect_status(200).element("ETag");
    let beyond = format!("bytes=0-{}", source.len());
    client
        .v4(copy(3).header("x-amz-copy-source-range", &beyond))
        .await
        .expect_error(400, "InvalidArgument");
    client
        .v4(copy(3).header("x-amz-copy-source-range", "bytes=-5"))
        .await
        .expect_error(400, "InvalidArgument");
    client.delete("/bucket/100%25%20source").await.expect_status(204);
    complete(client, "a", &id, &[(1, &first), (2, &second)])
        .await
        .expect_status(200);
    assert!(client.get("/bucket/a").await.body == [&source[..PART], &source].concat());
    fixture.expect_files(1).await;
}

#[tokio::test]
async fn parts_have_checksums_and_so_has_the_whole() {
    let fixture = Fixture::with_bucket().await;
    let client = &fixture.client;
    let body = bytes(1, 100);
    for (algorithm, kind) in [
        ("CRC32C", "COMPOSITE"),
        ("SHA256", "COMPOSITE"),
        ("CRC64NVME", "FULL_OBJECT"),
        ("CRC32", "FULL_OBJECT"),
    ] {
        let header = format!("x-amz-checksum-{}", algorithm.to_lowercase());
        let call = post("/bucket/a?uploads")
            .header("x-amz-checksum-algorithm", algorithm)
            .header("x-amz-checksum-type", kind);
        let id = client.v4(call).await.expect_status(200).element("UploadId");
        let target = format!("/bucket/a?partNumber=1&uploadId={id}");
        let wrong = put(&target).body(body.clone()).header(&header, &BASE64.encode([0; 4]));
        client.v4(wrong).await.expect_error(400, "BadDigest");
        let sent = client.put(&target, body.clone()).await.expect_status(200);
        let of_part = sent.header(&header).to_owned();
        assert!(!of_part.is_empty(), "{algorithm}");
        let done = complete(client, "a", &id, &[(1, sent.header("etag"))])
            .await
            .expect_status(200);
        assert_eq!(done.element("ChecksumType"), kind);
        let seen = client
            .v4(head("/bucket/a").header("x-amz-checksum-mode", "ENABLED"))
            .await;
        if kind == "FULL_OBJECT" {
            assert_eq!(seen.header(&header), of_part, "one part is the whole");
        } else {
            assert!(seen.header(&header).ends_with("-1") && seen.header(&header) != of_part);
        }
    }
}

#[tokio::test]
async fn wrong_bodies_of_parts_leave_the_part_before() {
    let fixture = Fixture::with_bucket().await;
    let client = &fixture.client;
    let id = start(client, "a").await;
    let good = part(client, "a", &id, 1, bytes(1, 10)).await;
    let wrong = put(&format!("/bucket/a?partNumber=1&uploadId={id}"))
        .body("x")
        .header("content-md5", &BASE64.encode([0; 16]));
    client.v4(wrong).await.expect_error(400, "BadDigest");
    complete(client, "a", &id, &[(1, &good)]).await.expect_status(200);
    assert_eq!(client.get("/bucket/a").await.body, bytes(1, 10));
}

#[tokio::test]
async fn a_checksum_that_nobody_computed_is_not_taken_for_true() {
    let fixture = Fixture::with_bucket().await;
    let client = &fixture.client;
    let whole = |id: &str, etag: &str, (header, value): (&str, &str)| {
        let list = format!(
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>"
        );
        post(&format!("/bucket/a?uploadId={id}"))
            .body(list)
            .header(header, value)
    };
    let zeros = BASE64.encode([0; 4]);
    for algorithm in [None, Some("CRC32C")] {
        let mut call = post("/bucket/a?uploads");
        if let Some(algorithm) = algorithm {
            call = call.header("x-amz-checksum-algorithm", algorithm);
        }
        let id = client.v4(call).await.expect_status(200).element("UploadId");
        let etag = part(client, "a", &id, 1, bytes(1, 10)).await;
        client
            .v4(whole(&id, &etag, ("x-amz-checksum-crc32", &zeros)))
            .await
            .expect_error(400, "InvalidRequest");
        complete(client, "a", &id, &[(1, &etag)]).await.expect_status(200);
    }
    let call = post("/bucket/a?uploads")
        .header("x-amz-checksum-algorithm", "CRC32")
        .header("x-amz-checksum-type", "FULL_OBJECT");
    let id = client.v4(call).await.expect_status(200).element("UploadId");
    let target = format!("/bucket/a?partNumber=1&uploadId={id}");
    let sent = client.put(&target, bytes(1, 10)).await.expect_status(200);
    let (etag, crc32) = (sent.header("etag"), sent.header("x-amz-checksum-crc32"));
    let wrong = whole(&id, etag, ("x-amz-checksum-crc32", &zeros));
    client.v4(wrong).await.expect_error(400, "BadDigest");
    let right = whole(&id, etag, ("x-amz-checksum-crc32", crc32));
    client.v4(right).await.expect_status(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_part_sent_again_while_the_upload_is_completed_is_no_fault_of_the_server() {
    let fixture = Fixture::with_bucket().await;
    let client = &fixture.client;
    let call = post("/bucket/a?uploads").header("x-amz-checksum-algorithm", "CRC64NVME");
    let id = client.v4(call).await.expect_status(200).element("UploadId");
    let target = format!("/bucket/a?partNumber=1&uploadId={id}");
    let etag = part(client, "a", &id, 1, bytes(1, 100)).await;
    let list = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>"
    );
    // Refused behind the reading of the parts, so that it can be tried over and over.
    let completion = post(&format!("/bucket/a?uploadId={id}"))
        .body(list)
        .header("x-amz-mp-object-size", "101");
    let sending = futures_util::future::join_all((0..8).map(|_| async {
        for _ in 0..40 {
            client.put(&target, bytes(1, 100)).await.expect_status(200);
        }
    }));
    let completing = futures_util::future::join_all((0..8).map(|_| async {
        for _ in 0..80 {
            let answer = client.v4(completion.clone()).await;
            assert!(matches!(answer.status.as_u16(), 400 | 503), "{}", answer.text());
        }
    }));
    tokio::join!(sending, completing);
    complete(client, "a", &id, &[(1, &etag)]).await.expect_status(200);
}
