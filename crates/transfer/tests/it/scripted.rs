//! Servers that misbehave: answers written by hand, because no real server fails on demand.

use std::sync::{Arc, Mutex};

use dipper_storage::{BucketName, ErrorKind};
use dipper_transfer::{
    ConflictPolicy, DownloadConflict, DownloadSpec, Engine, EngineOptions, JobSnapshot, JobSpec, JobState, UploadItem,
    UploadSpec,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::support::{MIB, client_for, content, files_below, key};

/// What one request was and what came of it, in the order they arrived.
type Heads = Arc<Mutex<Vec<String>>>;

/// A server that answers the n-th request (from 0) with what `answer` says to its head, and closes.
struct Scripted {
    address: String,
    heads: Heads,
    _tasks: JoinSet<()>,
}

impl Scripted {
    async fn start(answer: impl Fn(usize, &str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let heads = Heads::default();
        let (seen, answer) = (heads.clone(), Arc::new(answer));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let (seen, answer) = (seen.clone(), answer.clone());
                connections.spawn(async move {
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        let Ok(byte) = socket.read_u8().await else { return };
                        head.push(byte);
                    }
                    let head = String::from_utf8(head).unwrap().to_lowercase();
                    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
                    if socket.read_exact(&mut body).await.is_err() {
                        return;
                    }
                    let number = {
                        let mut seen = seen.lock().unwrap();
                        seen.push(head.clone());
                        seen.len() - 1
                    };
                    // The other side may have given up; that is its right.
                    _ = socket.write_all(&answer(number, &head)).await;
                });
            }
        });
        Self {
            address,
            heads,
            _tasks: tasks,
        }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

/// An answer that promises `length` bytes and sends those of `body`.
fn answer(status: &str, headers: &str, length: usize, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}

/// The range asked for, if any.
fn range(head: &str) -> Option<(usize, usize)> {
    let line = head.lines().find_map(|line| line.strip_prefix("range: bytes="))?;
    let (first, last) = line.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

/// What a good server answers for an object of these bytes.
fn object(head: &str, bytes: &[u8], etag: &str) -> Vec<u8> {
    let headers = format!("etag: \"{etag}\"\r\naccept-ranges: bytes\r\n");
    if head.starts_with("head ") {
        return answer("200 OK", &headers, bytes.len(), &[]);
    }
    if let Some(wanted) = head.lines().find_map(|line| line.strip_prefix("if-match: "))
        && wanted.trim_matches('"') != etag
    {
        return answer("412 Precondition Failed", "", 0, &[]);
    }
    match range(head) {
        Some((first, last)) => {
            let headers = format!("{headers}content-range: bytes {first}-{last}/{}\r\n", bytes.len());
            answer("206 Partial Content", &headers, last + 1 - first, &bytes[first..=last])
        }
        None => answer("200 OK", &headers, bytes.len(), bytes),
    }
}

async fn download(server: &Scripted, size: usize) -> (JobSnapshot, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::new(EngineOptions::default()).unwrap();
    let spec = JobSpec::Download(DownloadSpec {
        client: client_for(&server.address),
        account: "Test".to_owned(),
        bucket: BucketName::parse("bucket").unwrap(),
        objects: vec![(key("file"), size as u64)],
        folders: vec![],
        base: dipper_storage::Prefix::default(),
        folder: folder.path().to_owned(),
        conflict: DownloadConflict::KeepBoth,
    });
    let id = engine.start(spec).await.unwrap();
    (engine.join(id).await.unwrap(), folder)
}

/// Uploads one file, leaving alone what is there.
async fn upload(server: &Scripted, file: &std::path::Path) -> JobSnapshot {
    let engine = Engine::new(EngineOptions::default()).unwrap();
    let spec = JobSpec::Upload(UploadSpec {
        client: client_for(&server.address),
        account: "Test".to_owned(),
        bucket: BucketName::parse("bucket").unwrap(),
        items: vec![UploadItem {
            source: file.to_owned(),
            key: key("file"),
            size: file.metadata().unwrap().len(),
            modified: None,
            content_type: None,
            conflict: ConflictPolicy::Skip,
        }],
        canned_acl: None,
    });
    let id = engine.start(spec).await.unwrap();
    engine.join(id).await.unwrap()
}

fn assert_arrived(job: &JobSnapshot, folder: &tempfile::TempDir, bytes: &[u8]) {
    assert_eq!(
        (job.state, job.bytes_done),
        (JobState::Done, bytes.len() as u64),
        "{:?}",
        job.errors
    );
    assert!(std::fs::read(folder.path().join("file")).unwrap() == bytes);
    assert_eq!(files_below(folder.path()), ["file"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_goes_on_at_the_byte_it_reached() {
    let bytes = content(MIB, 1);
    let copy = bytes.clone();
    let server = Scripted::start(move |number, head| {
        let mut whole = object(head, &copy, "one");
        if number < 3 {
            whole.truncate(whole.len() - copy.len() / 4);
        }
        whole
    })
    .await;
    let (job, folder) = download(&server, bytes.len()).await;
    assert_arrived(&job, &folder, &bytes);
    let heads = server.heads();
    assert_eq!(range(&heads[0]), None);
    assert!(
        heads[1..]
            .iter()
            .all(|head| head.contains("if-match:") && range(head).is_some_and(|(first, _)| first > 0))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_server_is_asked_again_after_the_time_it_names() {
    let bytes = content(1000, 1);
    let copy = bytes.clone();
    let server = Scripted::start(move |number, head| match number {
        0 => answer("503 Slow Down", "retry-after: 1\r\n", 0, &[]),
        1 => answer("500 Internal Server Error", "", 0, &[]),
        _ => object(head, &copy, "one"),
    })
    .await;
    let begin = std::time::Instant::now();
    let (job, folder) = download(&server, bytes.len()).await;
    assert_arrived(&job, &folder, &bytes);
    assert!(begin.elapsed().as_millis() >= 1000);
    assert_eq!(server.heads().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_not_tried_again_and_five_failures_are_enough() {
    let server = Scripted::start(|_, _| answer("403 Forbidden", "", 0, &[])).await;
    let (job, _folder) = download(&server, 10).await;
    assert_eq!(
        (job.state, job.errors[0].kind, server.heads().len()),
        (JobState::Failed, ErrorKind::AccessDenied, 1)
    );
    let server = Scripted::start(|_, _| answer("500 Internal Server Error", "", 0, &[])).await;
    let (job, folder) = download(&server, 10).await;
    assert_eq!((job.state, server.heads().len()), (JobState::Failed, 5));
    assert!(files_below(folder.path()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_replaced_under_way_is_wholly_the_old_or_wholly_the_new_one() {
    let (old, new) = (content(40 * MIB, 1), content(40 * MIB, 2));
    let (served_old, served_new) = (old.clone(), new.clone());
    let server = Scripted::start(move |number, head| {
        if number < 3 {
            object(head, &served_old, "old")
        } else {
            object(head, &served_new, "new")
        }
    })
    .await;
    let (job, folder) = download(&server, old.len()).await;
    assert_arrived(&job, &folder, &new);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_changes_with_every_request_fails_clearly() {
    let bytes = content(40 * MIB, 1);
    let server = Scripted::start(move |number, head| object(head, &bytes, &format!("etag{number}"))).await;
    let (job, folder) = download(&server, 40 * MIB).await;
    assert_eq!((job.state, job.bytes_done), (JobState::Failed, 0));
    assert!(
        job.errors[0]
            .message
            .ends_with("the object keeps changing while it is read"),
        "{}",
        job.errors[0].message
    );
    assert!(files_below(folder.path()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ignores_ranges_is_read_in_one_go() {
    let bytes = content(20 * MIB, 1);
    let copy = bytes.clone();
    let server = Scripted::start(move |_, head| {
        let unranged: String = head
            .lines()
            .filter(|line| !line.starts_with("range:"))
            .fold(String::new(), |all, line| all + line + "\n");
        object(&unranged, &copy, "one")
    })
    .await;
    let (job, folder) = download(&server, bytes.len()).await;
    assert_arrived(&job, &folder, &bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_with_other_bytes_than_asked_for_is_never_written_as_whole() {
    let bytes = content(20 * MIB, 1);
    let server = Scripted::start(move |_, head| match range(head) {
        // Half of each range, with headers that agree with each other but not with the question.
        Some((first, last)) if !head.starts_with("head ") => {
            let middle = first + (last - first) / 2;
            let headers = format!(
                "etag: \"one\"\r\ncontent-range: bytes {first}-{middle}/{}\r\n",
                bytes.len()
            );
            answer(
                "206 Partial Content",
                &headers,
                middle + 1 - first,
                &bytes[first..=middle],
            )
        }
        _ => object(head, &bytes, "one"),
    })
    .await;
    let (job, folder) = download(&server, 20 * MIB).await;
    assert_eq!(
        (job.state, job.errors[0].kind),
        (JobState::Failed, ErrorKind::Corrupt),
        "{:?}",
        job.errors
    );
    assert!(files_below(folder.path()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ignores_ranges_and_always_breaks_off_is_given_up() {
    let bytes = content(20 * MIB, 1);
    let server = Scripted::start(move |_, head| {
        let unranged: String = head
            .lines()
            .filter(|line| !line.starts_with("range:"))
            .fold(String::new(), |all, line| all + line + "\n");
        let mut whole = object(&unranged, &bytes, "one");
        whole.truncate(whole.len() / 2);
        whole
    })
    .await;
    let (job, folder) = download(&server, 20 * MIB).await;
    assert_eq!((job.state, job.bytes_done), (JobState::Failed, 0), "{:?}", job.errors);
    assert!(files_below(folder.path()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_may_write_but_not_look_upload_under_the_server_s_condition() {
    let server = Scripted::start(|_, head| match head {
        head if head.starts_with("head ") => answer("403 Forbidden", "", 0, &[]),
        _ => answer("200 OK", "etag: \"one\"\r\n", 0, &[]),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "new").unwrap();
    let job = upload(&server, &file).await;
    assert_eq!((job.state, job.items_done), (JobState::Done, 1), "{:?}", job.errors);
    assert!(
        server
            .heads()
            .iter()
            .any(|head| head.starts_with("put ") && head.contains("if-none-match: *"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_may_not_look_replace_nothing_where_the_server_knows_no_condition() {
    let server = Scripted::start(|_, head| match head {
        head if head.starts_with("head ") => answer("403 Forbidden", "", 0, &[]),
        head if head.contains("if-none-match") => answer("501 Not Implemented", "", 0, &[]),
        _ => answer("200 OK", "etag: \"one\"\r\n", 0, &[]),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "new").unwrap();
    let job = upload(&server, &file).await;
    assert_eq!(
        (job.state, job.errors[0].kind),
        (JobState::Failed, ErrorKind::Unsupported)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_grows_after_its_last_byte_left_is_stored_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "old").unwrap();
    let growing = file.clone();
    let server = Scripted::start(move |_, head| {
        if head.starts_with("head ") {
            return answer("404 Not Found", "", 0, &[]);
        }
        std::fs::write(&growing, "old and more").unwrap();
        answer("200 OK", "etag: \"one\"\r\n", 0, &[])
    })
    .await;
    let job = upload(&server, &file).await;
    assert_eq!((job.state, job.items_done), (JobState::Done, 1), "{:?}", job.errors);
}
