//! What really goes over the wire, recorded between the client and the server.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use dipper_storage::{
    BodySource, BoxBody, CannedAcl, Client, Endpoint, PutOptions, Scheme, UploadBody, UploadChecksum,
};
use dipper_testkit::{Recorded, Recorder};
use http_body_util::{BodyExt, Full};
use md5::{Digest, Md5};

use crate::server::{Server, key, now};

async fn recorded(server: &Server, change: impl FnOnce(&mut dipper_storage::Config)) -> (Recorder, Client) {
    let recorder = Recorder::start(&server.client.config().endpoint.to_string())
        .await
        .unwrap();
    let endpoint = Endpoint::parse(&recorder.endpoint(), Scheme::Http).unwrap();
    let client = server.client_with(|config| {
        config.endpoint = endpoint;
        change(config);
    });
    (recorder, client)
}

fn only(recorder: &Recorder) -> Recorded {
    let requests = recorder.requests().unwrap();
    let [request] = requests.as_slice() else {
        panic!("{requests:?}")
    };
    request.clone()
}

/// Path style, the port in `Host`, no chunk framing, no trailer.
fn assert_plain(request: &Recorded, path: &str, host: &str) {
    assert_eq!(request.path(), path);
    assert_eq!(request.header("host"), Some(host));
    assert_eq!(request.header("transfer-encoding"), None);
    assert_eq!(request.header("content-encoding"), None);
    assert_eq!(request.header("trailer"), None);
    assert!(request.trailers.is_empty());
    assert!(
        request
            .headers
            .iter()
            .all(|(name, _)| !name.eq_ignore_ascii_case("x-amz-trailer"))
    );
    let length = request.body.len().to_string();
    assert_eq!(request.header("content-length").unwrap_or("0"), length);
}

fn md5_of(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(Md5::digest(bytes))
}

fn checksum_headers(request: &Recorded) -> Vec<&str> {
    let names = request.headers.iter().map(|(name, _)| name.as_str());
    names
        .filter(|name| name.to_ascii_lowercase().starts_with("x-amz-checksum"))
        .collect()
}

pub(crate) async fn a_small_upload_is_twelve_plain_bytes(server: &Server) {
    let bucket = server.bucket().await;
    let (recorder, client) = recorded(server, |_| {}).await;
    let body = UploadBody::bytes("Hello World!");
    let options = PutOptions {
        content_type: Some("text/plain".into()),
        ..PutOptions::default()
    };
    client
        .put_object(&bucket, &key("hello.txt"), body, &options)
        .await
        .unwrap();
    let request = only(&recorder);
    assert_eq!(request.method, "PUT");
    assert_plain(
        &request,
        &format!("/{bucket}/hello.txt"),
        &client.config().endpoint.authority(),
    );
    assert_eq!(request.body, b"Hello World!");
    assert_eq!(request.header("content-type"), Some("text/plain"));
    assert_eq!(request.header("content-md5"), Some("7Qdih1MuhjZehB6Sv8UNjA=="));
    assert!(checksum_headers(&request).is_empty());
    assert!(
        request
            .header("authorization")
            .unwrap()
            .starts_with("AWS4-HMAC-SHA256 ")
    );
}

struct Whole(Bytes);

impl BodySource for Whole {
    fn open(&self) -> dipper_storage::Result<BoxBody> {
        Ok(Full::new(self.0.clone()).map_err(|never| match never {}).boxed())
    }
}

pub(crate) async fn a_streamed_upload_is_plain(server: &Server) {
    let bucket = server.bucket().await;
    let (recorder, client) = recorded(server, |_| {}).await;
    let bytes = Bytes::from(vec![b'x'; 300_000]);
    let body = UploadBody::source(Arc::new(Whole(bytes.clone())), bytes.len() as u64);
    client
        .put_object(&bucket, &key("a b/é"), body, &PutOptions::default())
        .await
        .unwrap();
    let request = only(&recorder);
    assert_plain(
        &request,
        &format!("/{bucket}/a%20b/%C3%A9"),
        &client.config().endpoint.authority(),
    );
    assert_eq!(request.body, bytes);
    assert_eq!(request.header("x-amz-content-sha256"), Some("UNSIGNED-PAYLOAD"));
    assert_eq!(request.header("content-md5"), None);
    assert!(checksum_headers(&request).is_empty());
}

pub(crate) async fn documents_carry_their_md5(server: &Server) {
    let bucket = server.bucket().await;
    let keys = [server.put(&bucket, "k", "v").await];
    let acl = server.client.bucket_acl(&bucket).await.unwrap();
    let policy = format!(
        "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Principal\":{{\"AWS\":[\"*\"]}},\
         \"Action\":[\"s3:GetObject\"],\"Resource\":[\"arn:aws:s3:::{bucket}/*\"]}}]}}"
    );
    let (recorder, client) = recorded(server, |_| {}).await;
    client.put_bucket_acl(&bucket, &acl).await.unwrap();
    client.put_object_acl(&bucket, &keys[0], &acl).await.unwrap();
    client.put_bucket_canned_acl(&bucket, CannedAcl::Private).await.unwrap();
    client.put_bucket_policy(&bucket, &policy).await.unwrap();
    client.delete_objects(&bucket, &now(&keys)).await.unwrap();
    let requests = recorder.requests().unwrap();
    assert_eq!(requests.len(), 5);
    for request in &requests {
        assert_eq!(
            request.header("content-md5"),
            Some(md5_of(&request.body).as_str()),
            "{}",
            request.target
        );
        assert_plain(request, request.path(), &client.config().endpoint.authority());
    }
}

pub(crate) async fn other_checksums_are_sent_when_asked_for(server: &Server) {
    let bucket = server.bucket().await;
    let table = [
        (UploadChecksum::Crc32c, Some(("x-amz-checksum-crc32c", "/mzx3A=="))),
        (
            UploadChecksum::Crc64Nvme,
            Some(("x-amz-checksum-crc64nvme", "AuUcyF784aU=")),
        ),
        (UploadChecksum::None, None),
    ];
    for (checksum, expected) in table {
        let (recorder, client) = recorded(server, |config| config.compatibility.checksum = checksum).await;
        client
            .put_object(
                &bucket,
                &key("k"),
                UploadBody::bytes("Hello World!"),
                &PutOptions::default(),
            )
            .await
            .unwrap();
        let request = only(&recorder);
        assert_plain(&request, &format!("/{bucket}/k"), &client.config().endpoint.authority());
        assert_eq!(request.header("content-md5"), None);
        match expected {
            Some((name, value)) => {
                assert_eq!(checksum_headers(&request), [name]);
                assert_eq!(request.header(name), Some(value));
            }
            None => assert!(checksum_headers(&request).is_empty()),
        }
    }
}

pub(crate) async fn v2_signs_with_authorization_and_date(server: &Server) {
    let bucket = server.bucket().await;
    let (recorder, client) = recorded(server, |_| {}).await;
    client
        .put_object(
            &bucket,
            &key("hello.txt"),
            UploadBody::bytes("Hello World!"),
            &PutOptions::default(),
        )
        .await
        .unwrap();
    let request = only(&recorder);
    assert_plain(
        &request,
        &format!("/{bucket}/hello.txt"),
        &client.config().endpoint.authority(),
    );
    assert!(
        request.header("authorization").unwrap().starts_with("AWS TEST"),
        "{request:?}"
    );
    assert!(request.header("date").unwrap().ends_with(" GMT"));
    assert_eq!(request.header("x-amz-content-sha256"), None);
    assert_eq!(request.body, b"Hello World!");
}
