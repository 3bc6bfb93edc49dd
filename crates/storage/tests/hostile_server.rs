//! What a server can do to us: every answer here is a few bytes on a TCP connection, and each must become a clear error
//! of the right kind, in bounded time and memory.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use dipper_storage::{
    BucketName, ByteRange, CallObserver, CallRecord, Client, CompletedPart, Config, CopyOptions, Credentials, Endpoint,
    ErrorKind, GetOptions, ListRequest, ObjectKey, ObjectRef, Outcome, ProbeOutcome, PutOptions, Scheme, Timeouts,
    UploadBody, UploadId,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

const SECRET: &str = "wJalrXUtnFEMIKMDENGbPxRfiCYEXAMPLEKEY";

/// How the note begins that a flooding script leaves when it was hung up on: the bytes follow.
const AFTER_FLOOD: &str = "hung up after ";

/// What one connection answers to its request.
enum Script {
    /// These bytes, then the end.
    Bytes(Vec<u8>),
    /// These bytes, then nothing, forever.
    Silence(Vec<u8>),
    /// These bytes, then `x` forever.
    Flood(Vec<u8>),
}

/// A server that plays one script for each connection, in order.
struct Scripted {
    endpoint: Endpoint,
    requests: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl Scripted {
    async fn new(scripts: Vec<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = Endpoint::parse(&listener.local_addr().unwrap().to_string(), Scheme::Http).unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut open = JoinSet::new();
            for script in scripts {
                let (stream, _) = listener.accept().await.unwrap();
                open.spawn(play(stream, script, seen.clone()));
            }
            // Whoever comes later is noted and turned away.
            loop {
                let (_, _) = listener.accept().await.unwrap();
                seen.lock().unwrap().push("one too many".into());
            }
        });
        Self {
            endpoint,
            requests,
            _tasks: tasks,
        }
    }

    async fn answering(answers: &[&str]) -> Self {
        Self::new(
            answers
                .iter()
                .map(|answer| Script::Bytes(answer.as_bytes().to_vec()))
                .collect(),
        )
        .await
    }

    fn client(&self) -> Client {
        client(self.endpoint.clone(), Arc::new(Log::default()))
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn play(mut stream: TcpStream, script: Script, seen: Arc<Mutex<Vec<String>>>) {
    let request = read_request(&mut stream).await;
    seen.lock().unwrap().push(request);
    match script {
        Script::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Script::Silence(bytes) => {
            let _ = stream.write_all(&bytes).await;
            std::future::pending::<()>().await;
        }
        Script::Flood(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let flood = vec![b'x'; 256 * 1024];
            let mut flooded = 0_u64;
            while let Ok(count) = stream.write(&flood).await {
                flooded += count as u64;
            }
            seen.lock().unwrap().push(format!("{AFTER_FLOOD}{flooded}"));
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return text,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}

#[derive(Debug, Default)]
struct Log(Mutex<Vec<CallRecord>>);

impl CallObserver for Log {
    fn call(&self, call: &CallRecord) {
        self.0.lock().unwrap().push(call.clone());
    }
}

fn client(endpoint: Endpoint, log: Arc<Log>) -> Client {
    let short = Duration::from_millis(400);
    Client::new(Config {
        credentials: Some(Credentials {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
            secret_access_key: SECRET.to_owned().into(),
            session_token: None,
        }),
        timeouts: Timeouts {
            connect: Duration::from_secs(2),
            first_byte: short,
            slow_operation: short,
            idle: short,
            ..Timeouts::default()
        },
        observer: log,
        ..Config::new(endpoint)
    })
    .unwrap()
}

fn bucket() -> BucketName {
    BucketName::parse("acme").unwrap()
}

fn key() -> ObjectKey {
    ObjectKey::parse("photos/a.jpg").unwrap()
}

/// A whole answer with its length.
fn answer(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn xml(status: &str, body: &str) -> String {
    answer(status, "Content-Type: application/xml\r\n", body)
}

fn refusal(status: &str, code: &str) -> String {
    xml(
        status,
        &format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message></Message></Error>"),
    )
}

#[tokio::test]
async fn a_web_page_is_not_s3() {
    let page = answer(
        "200 OK",
        "Content-Type: text/html\r\n",
        "<!DOCTYPE html><html>Welcome</html>",
    );
    let server = Scripted::answering(&[&page, &page]).await;
    let error = server.client().list_buckets().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(
        error.to_string(),
        "Could not list the buckets: what answered is not an S3 server: it sent a web page."
    );
    assert!(error.hint().unwrap().contains("Check the endpoint"));
    let diagnosis = server.client().diagnose().await;
    assert!(
        matches!(diagnosis.outcome, Outcome::NotS3 { ref what } if what == "a web page"),
        "{diagnosis:?}"
    );
}

#[tokio::test]
async fn a_web_server_without_this_page_is_not_s3() {
    let page = answer("404 Not Found", "Content-Type: text/html\r\n", "<html>404</html>");
    let server = Scripted::answering(&[&page]).await;
    let outcome = server.client().diagnose().await.outcome;
    assert!(matches!(outcome, Outcome::NotS3 { .. }), "{outcome:?}");
}

#[tokio::test]
async fn another_protocol_is_not_s3() {
    let server = Scripted::answering(&["SSH-2.0-OpenSSH_9.2\r\n", "SSH-2.0-OpenSSH_9.2\r\n"]).await;
    let outcome = server.client().diagnose().await.outcome;
    assert!(matches!(outcome, Outcome::NotS3 { .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_plain_server_asked_for_tls_is_recognised() {
    let refused = refusal("400 Bad Request", "InvalidRequest");
    let server = Scripted::answering(&[&refused, &refused]).await;
    let endpoint = Endpoint {
        scheme: Scheme::Https,
        ..server.endpoint.clone()
    };
    let outcome = client(endpoint, Arc::default()).diagnose().await.outcome;
    assert!(matches!(outcome, Outcome::ServerSpeaksPlainHttp), "{outcome:?}");
}

#[tokio::test]
async fn nobody_there_and_no_such_name_are_told_apart() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let gone = client(
        Endpoint::parse(&free.to_string(), Scheme::Http).unwrap(),
        Arc::default(),
    );
    assert!(matches!(gone.diagnose().await.outcome, Outcome::Refused));
    let probe = gone.probe_object(&bucket(), &key()).await;
    assert!(
        matches!(&probe.outcome, ProbeOutcome::Unreachable(error) if error.kind() == ErrorKind::Network),
        "{probe:?}"
    );
    let nameless = client(
        Endpoint::parse("no-such-host.invalid:9000", Scheme::Http).unwrap(),
        Arc::default(),
    );
    assert!(matches!(nameless.diagnose().await.outcome, Outcome::NameNotFound));
    let error = nameless.list_buckets().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Could not list the buckets: the name `no-such-host.invalid` leads to no server."
    );
}

#[tokio::test]
async fn silence_ends() {
    let begun = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbeginning".to_vec();
    let server = Scripted::new(vec![Script::Silence(Vec::new()), Script::Silence(begun)]).await;
    let client = server.client();
    let error = client.list_buckets().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "before the answer: {error}");
    let mut stream = client
        .get_object(&bucket(), &key(), &GetOptions::default())
        .await
        .unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap(), "beginning");
    let error = stream.next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "within the body: {error}");
    assert!(error.kind().is_retryable());
}

#[tokio::test]
async fn a_slow_reader_is_no_silence() {
    let body = "x".repeat(3_000_000);
    let server = Scripted::answering(&[&answer("200 OK", "", &body)]).await;
    let mut stream = server
        .client()
        .get_object(&bucket(), &key(), &GetOptions::default())
        .await
        .unwrap();
    let mut received = stream.next().await.unwrap().unwrap().len();
    tokio::time::sleep(Duration::from_millis(600)).await;
    while let Some(piece) = stream.next().await.unwrap() {
        received += piece.len();
    }
    assert_eq!(received, body.len());
}

#[tokio::test]
async fn a_cut_body_is_noticed() {
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this";
    let server = Scripted::answering(&[cut]).await;
    let stream = server
        .client()
        .get_object(&bucket(), &key(), &GetOptions::default())
        .await
        .unwrap();
    let error = stream.collect(1_000).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(error.to_string().contains("the connection broke"), "{error}");
}

#[tokio::test]
async fn a_cut_that_looks_complete_is_noticed() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\n0\r\n\r\n";
    let closed = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nonly this";
    let whole = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\n";
    for cut in [chunked, closed] {
        let server = Scripted::answering(&[cut, whole]).await;
        let stream = server
            .client()
            .get_object(&bucket(), &key(), &GetOptions::default())
            .await
            .unwrap();
        assert_eq!(stream.length, 100);
        let error = stream.collect(1_000).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        assert!(error.to_string().contains("sent 9 bytes instead of 100"), "{error}");
    }
}

#[tokio::test]
async fn a_wrong_range_is_noticed() {
    let part = |range: &str, body: &str| {
        answer(
            "206 Partial Content",
            &format!("Content-Range: bytes {range}\r\n"),
            body,
        )
    };
    let range = GetOptions {
        range: Some(ByteRange::Between { first: 10, last: 19 }),
        ..GetOptions::default()
    };
    let wrong = [
        (part("0-9/100", "0123456789"), ErrorKind::Corrupt),
        (part("10-14/100", "01234"), ErrorKind::Corrupt),
        (part("10-19/100", "01234"), ErrorKind::Corrupt),
        (answer("200 OK", "", &"x".repeat(100)), ErrorKind::Unsupported),
    ];
    for (answer, kind) in wrong {
        let server = Scripted::answering(&[&answer]).await;
        let error = server.client().get_object(&bucket(), &key(), &range).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{answer}");
    }
    let server = Scripted::answering(&[&part("10-19/100", "0123456789")]).await;
    let right = server.client().get_object(&bucket(), &key(), &range).await.unwrap();
    assert_eq!((right.info.size, right.length), (100, 10));
    assert!(server.requests()[0].contains("range: bytes=10-19"));
}

#[tokio::test]
async fn an_error_inside_a_200_is_an_error() {
    let hidden = |code: &str| refusal("200 OK", code);
    let server = Scripted::answering(&[&hidden("InternalError"), &hidden("SlowDown"), &xml("200 OK", "")]).await;
    let client = server.client();
    let parts = [CompletedPart {
        number: 1,
        etag: "e".into(),
    }];
    let upload = UploadId::new("id");
    let error = client
        .complete_multipart_upload(&bucket(), &key(), &upload, &parts, &PutOptions::default())
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.s3_code()),
        (ErrorKind::Network, Some("InternalError"))
    );
    assert!(error.kind().is_retryable());
    let (from, bucket, key) = (key(), bucket(), key());
    let source = ObjectRef {
        bucket: &bucket,
        key: &from,
    };
    let target = ObjectRef {
        bucket: &bucket,
        key: &key,
    };
    let error = client
        .copy_object(source, target, &CopyOptions::default())
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.s3_code()),
        (ErrorKind::Throttled, Some("SlowDown"))
    );
    let error = client
        .complete_multipart_upload(&bucket, &key, &upload, &parts, &PutOptions::default())
        .await
        .unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::Corrupt,
        "an empty answer proves nothing: {error}"
    );
}

#[tokio::test]
async fn another_document_means_unsupported() {
    let listing = xml(
        "200 OK",
        "<?xml version=\"1.0\"?><ListBucketResult><Name>acme</Name></ListBucketResult>",
    );
    let server = Scripted::answering(&[&listing, &listing, &listing]).await;
    let client = server.client();
    for error in [
        client.bucket_acl(&bucket()).await.unwrap_err(),
        client.bucket_policy(&bucket()).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    }
    assert_eq!(
        client.bucket_versioning(&bucket()).await.unwrap(),
        dipper_storage::Versioning::Unsupported
    );
}

#[tokio::test]
async fn a_flood_is_cut_off() {
    let flood = || Script::Flood(b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n\r\n<a>".to_vec());
    let error = || Script::Flood(b"HTTP/1.1 404 Not Found\r\n\r\n<Error>".to_vec());
    let server = Scripted::new(vec![flood(), flood(), error()]).await;
    let client = server.client();
    for error in [
        client.bucket_versioning(&bucket()).await.unwrap_err(),
        client.list_page(&ListRequest::new(bucket())).await.unwrap_err(),
        client
            .get_object(&bucket(), &key(), &GetOptions::default())
            .await
            .unwrap_err(),
    ] {
        assert!(
            error.to_string().contains("is not an S3 server: it sent more than"),
            "{error}"
        );
    }
}

fn page(keys: &[&str], rest: &str) -> String {
    let objects: Vec<String> = keys
        .iter()
        .map(|key| format!("<Contents><Key>{key}</Key><Size>1</Size></Contents>"))
        .collect();
    let keys = objects.concat();
    xml(
        "200 OK",
        &format!(
            "<?xml version=\"1.0\"?><ListBucketResult><EncodingType>url</EncodingType>{keys}{rest}</ListBucketResult>"
        ),
    )
}

#[tokio::test]
async fn a_listing_that_turns_in_circles_ends() {
    let more =
        |token: &str| format!("<IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>");
    let answers = [page(&["a"], &more("one")), page(&["b"], &more("one"))];
    let server = Scripted::answering(&[&answers[0], &answers[1]]).await;
    let client = server.client();
    let first = client.list_page(&ListRequest::new(bucket())).await.unwrap();
    let request = ListRequest {
        continuation: first.next,
        ..ListRequest::new(bucket())
    };
    let error = client.list_page(&request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.to_string().contains("repeats the same page"), "{error}");

    let answers = [page(&["a"], &more("one")), page(&["a"], &more("two"))];
    let server = Scripted::answering(&[&answers[0], &answers[1]]).await;
    let client = server.client();
    let first = client.list_page(&ListRequest::new(bucket())).await.unwrap();
    let request = ListRequest {
        continuation: first.next,
        ..ListRequest::new(bucket())
    };
    assert!(client.list_page(&request).await.is_err(), "new tokens, same keys");
}

#[tokio::test]
async fn a_listing_in_a_circle_of_two_ends() {
    let answers: Vec<String> = (0..8)
        .map(|n| {
            let (key, token) = (format!("k{n}"), n % 2);
            page(
                &[&key],
                &format!("<IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>"),
            )
        })
        .collect();
    let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
    let server = Scripted::answering(&answers).await;
    let client = server.client();
    let mut request = ListRequest::new(bucket());
    let error = loop {
        match client.list_page(&request).await {
            Ok(page) => request.continuation = page.next,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
    assert!(error.to_string().contains("repeats the same page"), "{error}");
}

/// Eight pages that name two places in turn, in the document `root`.
async fn circle_of_two(root: &str, names: &dyn Fn(usize) -> String) -> Scripted {
    let answers: Vec<String> = (0..8)
        .map(|n| {
            let rest = names(n % 2);
            xml(
                "200 OK",
                &format!("<{root}><IsTruncated>true</IsTruncated>{rest}</{root}>"),
            )
        })
        .collect();
    let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
    Scripted::answering(&answers).await
}

#[tokio::test]
async fn the_lists_that_are_read_whole_do_not_follow_a_circle() {
    let parts = |n: usize| format!("<NextPartNumberMarker>{n}</NextPartNumberMarker>");
    let server = circle_of_two("ListPartsResult", &parts).await;
    let upload = UploadId::new("id");
    let client = server.client();
    let listed = client.list_parts(&bucket(), &key(), &upload).await.unwrap_err();

    let uploads = |n: usize| format!("<NextKeyMarker>a</NextKeyMarker><NextUploadIdMarker>{n}</NextUploadIdMarker>");
    // The list is asked for once more, encoded, when it cannot be read.
    let server = circle_of_two("ListMultipartUploadsResult", &uploads).await;
    let unfinished = server.client().list_multipart_uploads(&bucket()).await.unwrap_err();

    let buckets = |n: usize| format!("<Buckets></Buckets><ContinuationToken>{n}</ContinuationToken>");
    let server = circle_of_two("ListAllMyBucketsResult", &buckets).await;
    let all = server.client().list_buckets().await.unwrap_err();
    for error in [listed, unfinished, all] {
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
        assert!(error.to_string().contains("repeats the same page"), "{error}");
    }
}

#[tokio::test]
async fn a_server_of_the_older_listing_is_followed() {
    let answers = [
        page(&["a%2Bb+c", "%01"], "<IsTruncated>true</IsTruncated>"),
        page(&["d"], "<IsTruncated>false</IsTruncated>"),
    ];
    let server = Scripted::answering(&[&answers[0], &answers[1]]).await;
    let client = server.client();
    let first = client.list_page(&ListRequest::new(bucket())).await.unwrap();
    let keys: Vec<&str> = first.objects.iter().map(|object| object.key.as_str()).collect();
    assert_eq!(keys, ["a+b c", "\u{1}"], "decoded by us");
    let request = ListRequest {
        continuation: first.next,
        ..ListRequest::new(bucket())
    };
    let second = client.list_page(&request).await.unwrap();
    assert!(second.next.is_none());
    let line = server.requests()[1].lines().next().unwrap().to_owned();
    assert!(line.contains("marker=%01") && !line.contains("list-type"), "{line}");
}

#[tokio::test]
async fn an_unknown_listing_falls_back_to_the_older_one() {
    let server = Scripted::answering(&[&refusal("501 Not Implemented", "NotImplemented"), &page(&["a"], "")]).await;
    let list = server.client().list_page(&ListRequest::new(bucket())).await.unwrap();
    assert_eq!(list.objects.len(), 1);
}

#[tokio::test]
async fn busy_servers_say_when_to_come_back() {
    let busy = answer(
        "503 Slow Down",
        "Retry-After: 7\r\nx-amz-request-id: tx1\r\n",
        "<Error><Code>SlowDown</Code></Error>",
    );
    let server = Scripted::answering(&[&busy]).await;
    let error = server.client().delete_object(&bucket(), &key()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Throttled);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(error.request_id(), Some("tx1"));
    assert_eq!(server.requests().len(), 1, "nothing is retried here");
}

#[tokio::test]
async fn a_wrong_clock_is_measured() {
    let skewed = answer(
        "403 Forbidden",
        "Date: Fri, 02 Jan 2015 03:04:05 GMT\r\n",
        "<Error><Code>RequestTimeTooSkewed</Code></Error>",
    );
    // Each is asked once more by the server's own time.
    let server = Scripted::answering(&[&skewed, &skewed, &skewed, &skewed]).await;
    let error = server.client().list_buckets().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ClockSkew);
    assert!(error.clock_skew().unwrap() > 365 * 86_400);
    let outcome = server.client().diagnose().await.outcome;
    assert!(
        matches!(outcome, Outcome::ClockWrong { skew_seconds } if skew_seconds > 0),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let other = Scripted::answering(&[]).await;
    let there = format!("Location: {}/stolen\r\n", other.endpoint);
    let server = Scripted::answering(&[
        &answer("307 Temporary Redirect", &there, ""),
        &answer("301 Moved", &there, ""),
    ])
    .await;
    let error = server.client().list_buckets().await.unwrap_err();
    assert_eq!(error.status(), Some(307));
    let probe = server.client().probe_object(&bucket(), &key()).await;
    assert!(matches!(probe.outcome, ProbeOutcome::Other(301)), "{probe:?}");
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn a_stranger_asks_as_a_browser_does_and_takes_no_bytes_of_a_huge_object() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000000\r\n\r\n".to_vec();
    let server = Scripted::new(vec![Script::Flood(head)]).await;
    let log = Arc::new(Log::default());
    let probe = client(server.endpoint.clone(), log.clone())
        .probe_object(&bucket(), &key())
        .await;
    assert_eq!(probe.status, Some(200));
    assert!(matches!(probe.outcome, ProbeOutcome::Open), "{probe:?}");
    let sent = server.requests()[0].to_ascii_lowercase();
    assert!(
        sent.starts_with("get /") && !sent.contains("range:") && !sent.contains("authorization"),
        "{sent}"
    );
    assert_eq!(log.0.lock().unwrap()[0].bytes_received, 0);
    let hung_up = async {
        loop {
            let notes = server.requests();
            if let Some(bytes) = notes.iter().find_map(|note| note.strip_prefix(AFTER_FLOOD)) {
                break bytes.parse::<u64>().unwrap();
            }
            tokio::task::yield_now().await;
        }
    };
    let flooded = tokio::time::timeout(Duration::from_secs(10), hung_up).await.unwrap();
    assert!(flooded < 32 << 20, "only what the sockets' buffers took: {flooded}");
}

#[tokio::test]
async fn a_part_of_an_object_that_nobody_asked_for_proves_nothing() {
    let server = Scripted::answering(&[&answer("206 Partial Content", "Content-Range: bytes 0-0/9\r\n", "x")]).await;
    let probe = server.client().probe_object(&bucket(), &key()).await;
    assert!(matches!(probe.outcome, ProbeOutcome::Other(206)), "{probe:?}");
}

#[tokio::test]
async fn a_bucket_without_a_usable_name_does_not_hide_the_others() {
    let buckets = ["photos", "a/b", "what?", "", "backups"].map(|name| format!("<Bucket><Name>{name}</Name></Bucket>"));
    let list = format!(
        "<ListAllMyBucketsResult><Buckets>{}<Bucket/></Buckets></ListAllMyBucketsResult>",
        buckets.concat()
    );
    let server = Scripted::answering(&[&xml("200 OK", &list)]).await;
    let list = server.client().list_buckets().await.unwrap();
    let names: Vec<&str> = list.buckets.iter().map(|bucket| bucket.name.as_str()).collect();
    assert_eq!(names, ["photos", "backups"]);
    assert_eq!(list.unusable, ["a/b", "what?", "", ""]);
}

#[tokio::test]
async fn a_page_of_greeting_is_no_public_listing() {
    let greeting = answer("200 OK", "Content-Type: text/html\r\n", "<html>hello</html>");
    let server = Scripted::answering(&[&greeting, &page(&["a"], "")]).await;
    assert!(matches!(
        server.client().probe_bucket_listing(&bucket()).await.outcome,
        ProbeOutcome::Other(200)
    ));
    assert!(matches!(
        server.client().probe_bucket_listing(&bucket()).await.outcome,
        ProbeOutcome::Open
    ));
    let sent = server.requests()[0].to_ascii_lowercase();
    assert!(
        !sent.contains("authorization") && sent.starts_with("get /acme/?max-keys=1 "),
        "{sent}"
    );
}

#[tokio::test]
async fn headers_in_latin_1_are_read() {
    let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nx-amz-meta-name: caf\xe9\r\nx-amz-meta-word: =?UTF-8?Q?=C3=A9?=\r\n\r\n".to_vec();
    let server = Scripted::new(vec![Script::Bytes(bytes)]).await;
    let info = server.client().head_object(&bucket(), &key()).await.unwrap();
    assert_eq!(
        info.metadata,
        [
            ("name".to_owned(), "café".to_owned()),
            ("word".to_owned(), "é".to_owned())
        ]
    );
}

#[tokio::test]
async fn the_event_log_hears_everything_and_no_secret() {
    let busy = answer(
        "403 Forbidden",
        "x-amz-request-id: tx2\r\n",
        "<Error><Code>QuotaExceeded</Code></Error>",
    );
    let server = Scripted::new(vec![Script::Bytes(busy.into_bytes()), Script::Silence(Vec::new())]).await;
    let log = Arc::new(Log::default());
    let client = client(server.endpoint.clone(), log.clone());
    let body = UploadBody::bytes("Hello World!");
    let error = client
        .put_object(&bucket(), &key(), body, &PutOptions::default())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DiskFull);
    client.delete_object(&bucket(), &key()).await.unwrap_err();
    let calls = log.0.lock().unwrap().clone();
    let [put, delete] = calls.as_slice() else {
        panic!("{calls:?}")
    };
    assert_eq!(
        (put.operation.as_str(), put.method.as_str(), put.target.as_str()),
        ("PutObject", "PUT", "/acme/photos/a.jpg")
    );
    assert_eq!(
        (put.status, put.bytes_sent, put.error.as_deref()),
        (Some(403), 12, Some("QuotaExceeded"))
    );
    assert_eq!(put.request_id.as_deref(), Some("tx2"));
    assert_eq!(
        (delete.status, delete.error.as_deref()),
        (None, Some("the server did not answer in time"))
    );
    for text in [format!("{calls:?}"), format!("{client:?}"), format!("{error:?}")] {
        assert!(!text.contains(SECRET) && !text.contains("Signature"), "{text}");
    }
}

#[tokio::test]
async fn a_request_that_was_given_up_is_logged_too() {
    let server = Scripted::new(vec![Script::Silence(Vec::new())]).await;
    let log = Arc::new(Log::default());
    let client = client(server.endpoint.clone(), log.clone());
    tokio::time::timeout(Duration::from_millis(100), client.list_buckets())
        .await
        .expect_err("given up");
    let calls = log.0.lock().unwrap().clone();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].error.as_deref(), Some("cancelled"));
}

#[tokio::test]
async fn names_that_xml_cannot_hold_do_not_hide_an_answer() {
    let started = xml(
        "200 OK",
        "<InitiateMultipartUploadResult><Key>a\u{1}b</Key><UploadId>id 7</UploadId></InitiateMultipartUploadResult>",
    );
    let missing = xml(
        "404 Not Found",
        "<Error><Code>NoSuchKey</Code><Key>a\u{1}b</Key></Error>",
    );
    let listing = page(&["a\u{1}b"], "");
    let server = Scripted::answering(&[&started, &missing, &listing]).await;
    let client = server.client();
    let upload = client
        .create_multipart_upload(&bucket(), &key(), &PutOptions::default())
        .await
        .unwrap();
    assert_eq!(upload.as_str(), "id 7");
    let error = client
        .get_object(&bucket(), &key(), &GetOptions::default())
        .await
        .unwrap_err();
    assert_eq!(error.s3_code(), Some("NoSuchKey"));
    let page = client.list_page(&ListRequest::new(bucket())).await.unwrap();
    let keys: Vec<&str> = page.objects.iter().map(|object| object.key.as_str()).collect();
    assert_eq!(keys, ["a\u{1}b"], "the byte is there, so the key is exact");
}
