//! What is not for anybody on the network, or in a web page.

use crate::client::{Fixture, Sign, get, put};

#[tokio::test]
async fn only_our_own_host_names_are_answered() {
    let fixture = Fixture::with_bucket().await;
    let client = &fixture.client;
    client
        .v4(put("/bucket/a").header("x-amz-acl", "public-read").body("x"))
        .await
        .expect_status(200);
    let port = client.address.port();
    for host in [
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
        format!("LOCALHOST:{port}"),
    ] {
        client
            .send(get("/bucket/a").header("host", &host), Sign::No)
            .await
            .expect_status(200);
    }
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        "127.0.0.1".to_owned(),
        "localhost".to_owned(),
        format!("127.0.0.1:{}", port ^ 1),
        format!("127.0.0.1.evil.example:{port}"),
        format!("bucket.localhost:{port}"),
        format!("[::1]:{port}"),
        String::new(),
    ] {
        let answer = client.send(get("/bucket/a").header("host", &host), Sign::No).await;
        answer.expect_error(403, "AccessDenied");
    }
}

#[tokio::test]
async fn a_request_without_a_host_is_refused() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let fixture = Fixture::with_bucket().await;
    for (head, expected) in [
        ("GET /bucket HTTP/1.1\r\n\r\n", "HTTP/1.1 403"),
        (
            "GET http://evil.example/bucket HTTP/1.1\r\nhost: evil.example\r\n\r\n",
            "HTTP/1.1 403",
        ),
    ] {
        let mut stream = tokio::net::TcpStream::connect(fixture.client.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut start = [0_u8; 12];
        stream.read_exact(&mut start).await.unwrap();
        assert_eq!(std::str::from_utf8(&start).unwrap(), expected);
    }
}

#[tokio::test]
async fn it_listens_on_the_loopback_address_only() {
    let fixture = Fixture::start().await;
    assert_eq!(fixture.server.address().ip(), std::net::Ipv4Addr::LOCALHOST);
}

#[tokio::test]
async fn documents_are_bounded() {
    let fixture = Fixture::with_bucket().await;
    let huge = format!("<Delete>{}</Delete>", " ".repeat(9 * 1024 * 1024));
    let call = crate::client::post("/bucket?delete").body(huge);
    // The server answers before it has read everything, so the connection may also break under the client.
    match fixture.client.try_send(call, Sign::V4).await {
        Ok(answer) => drop(answer.expect_error(400, "MaxMessageLengthExceeded")),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    fixture.client.get("/bucket").await.expect_status(200);
}

#[tokio::test]
async fn entities_in_documents_are_not_expanded() {
    let fixture = Fixture::with_bucket().await;
    let bomb = "<!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY x SYSTEM \"file:///etc/passwd\">]>\
                <Delete><Object><Key>&a;&x;</Key></Object></Delete>";
    let call = crate::client::post("/bucket?delete").body(bomb);
    fixture.client.v4(call).await.expect_error(400, "MalformedXML");
}

#[tokio::test]
async fn html_forms_cannot_upload() {
    let fixture = Fixture::with_bucket().await;
    fixture
        .client
        .v4(put("/bucket?acl").header("x-amz-acl", "public-read-write"))
        .await
        .expect_status(200);
    let form = "--x\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\na\r\n--x\r\nContent-Disposition: form-data; \
                name=\"file\"\r\n\r\ndata\r\n--x--\r\n";
    let call = crate::client::post("/bucket")
        .header("content-type", "multipart/form-data; boundary=x")
        .body(form);
    fixture
        .client
        .send(call, Sign::No)
        .await
        .expect_error(501, "NotImplemented");
}

#[cfg(unix)]
#[tokio::test]
async fn the_folder_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::with_bucket().await;
    fixture.client.put("/bucket/a", "x").await.expect_status(200);
    let mut folders = vec![fixture.folder.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o077;
            assert_eq!(mode, 0, "{}", entry.path().display());
            if entry.path().is_dir() {
                folders.push(entry.path());
            }
        }
    }
}

#[tokio::test]
async fn the_secret_is_in_no_file_and_in_no_debug_output() {
    let fixture = Fixture::with_bucket().await;
    fixture.client.put("/bucket/a", "x").await.expect_status(200);
    let secret = crate::client::SECRET_KEY;
    let options = crate::client::options(fixture.folder.path());
    assert!(!format!("{options:?} {:?}", fixture.server).contains(secret));
    for entry in std::fs::read_dir(fixture.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            assert!(
                !bytes.windows(secret.len()).any(|window| window == secret.as_bytes()),
                "{}",
                path.display()
            );
        }
    }
}

/// The first line of the answer to a head whose body does not follow.
async fn answered_without_body(fixture: &Fixture, head: &[u8]) -> String {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    let mut stream = tokio::net::TcpStream::connect(fixture.client.address).await.unwrap();
    stream.write_all(head).await.unwrap();
    let mut line = String::new();
    let mut stream = BufReader::new(stream);
    let read = tokio::time::timeout(std::time::Duration::from_secs(20), stream.read_line(&mut line)).await;
    read.expect("the server waits for a body that nobody signed").unwrap();
    line
}

#[tokio::test]
async fn no_body_is_read_that_nobody_signed() {
    let fixture = Fixture::with_bucket().await;
    let host = fixture.client.address;
    let head = |start: &str, headers: &str| {
        format!("POST {start} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 5000000\r\n{headers}\r\n\r\n").into_bytes()
    };
    let date = "x-amz-date: 20260101T000000Z\r\nx-amz-content-sha256: UNSIGNED-PAYLOAD\r\n";
    let v4 = "authorization: AWS4-HMAC-SHA256 Credential=AKIDLOCAL/20260101/us-east-1/s3/aws4_request, \
              SignedHeaders=host;x-amz-date, Signature=x";
    let form = "content-type: multipart/form-data; boundary=x";
    for (start, headers) in [
        ("/bucket?delete", ""),
        ("/bucket?delete", "authorization: x"),
        ("/bucket?delete", &format!("{date}{v4}")),
        (
            "/bucket?delete&Signature=x&Expires=9999999999&AWSAccessKeyId=AKIDLOCAL",
            "",
        ),
        (
            "/bucket/key?uploadId=x&X-Amz-Signature=x&X-Amz-Expires=5&X-Amz-SignedHeaders=host",
            "",
        ),
        ("/bucket", form),
        ("/bucket", &format!("{form}; name=\u{e9}")),
        ("/bucket", &format!("{form}\r\n{form}")),
        ("/bucket", "content-type: Multipart/Form-Data+x; boundary=x"),
    ] {
        let line = answered_without_body(&fixture, &head(start, headers)).await;
        let status = line.split(' ').nth(1).unwrap_or_default();
        assert!(matches!(status, "400" | "403" | "501"), "{start} {headers}: {line}");
    }
}

#[tokio::test]
async fn headers_of_the_answer_are_not_for_strangers_to_choose() {
    let fixture = Fixture::with_bucket().await;
    let public = put("/bucket/a").header("x-amz-acl", "public-read").body("x");
    fixture.client.v4(public).await.expect_status(200);
    for name in [
        "response-content-type",
        "%72esponse-content-type",
        "response%2Dcontent%2dtype",
    ] {
        let target = format!("/bucket/a?{name}=text%2Fhtml");
        fixture
            .client
            .stranger(&target)
            .await
            .expect_error(400, "InvalidRequest");
        let answer = fixture.client.send(crate::client::head(&target), Sign::No).await;
        assert_eq!(answer.status.as_u16(), 400, "{name}");
    }
    let owners = fixture.client.get("/bucket/a?response-content-type=text%2Fhtml").await;
    assert_eq!(owners.expect_status(200).header("content-type"), "text/html");
}
