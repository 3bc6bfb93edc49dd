//! kill -9 at any moment: everything acknowledged is there byte for byte, nothing is half there, and no file stays among
//! the objects that none of them is made of.
//!
//! The server runs in a child: this test binary again, with one ignored test as its main function.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use dipper_local::Server;
use tokio::task::JoinSet;

use crate::client::{Client, Sign, files, options, post, put};

const FOLDER: &str = "DIPPER_LOCAL_CRASH_FOLDER";

/// A server in a process of its own; killed when dropped.
pub(crate) struct Child {
    process: std::process::Child,
    address: SocketAddr,
}

impl Child {
    pub(crate) fn start(folder: &Path) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::the_child_serves", "--ignored", "--nocapture"])
            .env(FOLDER, folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines
            .map(Result::unwrap)
            .find_map(|line| line.split("serving on ").nth(1)?.trim().parse().ok());
        Self {
            process,
            address: address.expect("the child serves"),
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // SIGKILL, on unix.
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// The child's main function: serves until its parent is gone.
#[test]
#[ignore = "it is the other process of the tests here, not a test"]
fn the_child_serves() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(options(Path::new(&folder)))).unwrap();
    writeln!(std::io::stdout(), "serving on {}", server.address()).unwrap();
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

/// A small generator of our own: the seed alone decides, on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn bytes(&mut self, length: u64) -> Bytes {
        (0..length)
            .map(|_| self.next().to_le_bytes()[3])
            .collect::<Vec<u8>>()
            .into()
    }
}

/// What may be at a key: one of these, where none stands for no object. After an acknowledged write it is one thing;
/// while a write is under way, or after one that broke off, it is the old or the new.
type Possible = Arc<Mutex<BTreeMap<String, Vec<Option<Bytes>>>>>;

/// Writes to keys of its own until the server dies.
async fn storm(client: Client, writer: u64, seed: u64, possible: Possible) {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (writer + 1));
    loop {
        let key = format!("{writer}/{}", random.below(4));
        let length = [0, 100, 5_000, 300_000][usize::try_from(random.below(4)).unwrap()];
        let body = random.bytes(length);
        let (wanted, written) = match random.below(8) {
            0 => (None, delete(&client, &key).await),
            1 | 2 => {
                possible
                    .lock()
                    .unwrap()
                    .entry(key.clone())
                    .or_insert_with(|| vec![None])
                    .push(Some(body.clone()));
                (Some(body.clone()), multipart(&client, &key, body).await)
            }
            _ => {
                possible
                    .lock()
                    .unwrap()
                    .entry(key.clone())
                    .or_insert_with(|| vec![None])
                    .push(Some(body.clone()));
                (Some(body.clone()), write(&client, &key, body).await)
            }
        };
        let mut possible = possible.lock().unwrap();
        let states = possible.entry(key).or_insert_with(|| vec![None]);
        if written.is_none() {
            states.push(wanted);
            return;
        }
        *states = vec![wanted];
    }
}

async fn write(client: &Client, key: &str, body: Bytes) -> Option<()> {
    let answer = client
        .try_send(put(&format!("/bucket/{key}")).body(body), Sign::V4)
        .await
        .ok()?;
    answer.expect_status(200);
    Some(())
}

async fn delete(client: &Client, key: &str) -> Option<()> {
    let answer = client
        .try_send(crate::client::delete(&format!("/bucket/{key}")), Sign::V4)
        .await
        .ok()?;
    answer.expect_status(204);
    Some(())
}

async fn multipart(client: &Client, key: &str, body: Bytes) -> Option<()> {
    let started = client
        .try_send(post(&format!("/bucket/{key}?uploads")), Sign::V4)
        .await
        .ok()?;
    let id = started.expect_status(200).element("UploadId");
    let part = put(&format!("/bucket/{key}?partNumber=1&uploadId={id}")).body(body);
    let etag = client
        .try_send(part, Sign::V4)
        .await
        .ok()?
        .expect_status(200)
        .header("etag")
        .to_owned();
    let list = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>"
    );
    let complete = post(&format!("/bucket/{key}?uploadId={id}")).body(list);
    client.try_send(complete, Sign::V4).await.ok()?.expect_status(200);
    Some(())
}

/// One round: storm, kill, open again, compare.
async fn round(folder: &Path, seed: u64, possible: &Possible) {
    let mut child = Child::start(folder);
    let client = Client::new(child.address());
    let mut writers = JoinSet::new();
    for writer in 0..6 {
        writers.spawn(storm(client.clone(), writer, seed, Arc::clone(possible)));
    }
    let delay = 20 + Random(seed).below(400);
    tokio::time::sleep(std::time::Duration::from_millis(delay)).await;
    child.process.kill().unwrap();
    while let Some(ended) = writers.join_next().await {
        ended.unwrap();
    }
    drop(child);

    let server = Server::start(options(folder)).await.unwrap();
    let client = Client::new(server.address());
    let mut expected_files = 0;
    let states = possible.lock().unwrap().clone();
    for (key, states) in states {
        let answer = client.get(&format!("/bucket/{key}")).await;
        let found = (answer.status == 200).then_some(answer.body);
        assert!(
            states.contains(&found),
            "{key} of seed {seed}: {:?} bytes",
            found.map(|body| body.len())
        );
        expected_files += usize::from(found.as_ref().is_some_and(|body| !body.is_empty()));
        possible.lock().unwrap().insert(key, vec![found]);
    }
    let uploads = client.get("/bucket?uploads").await.expect_status(200);
    for (key, id) in uploads.elements("Key").iter().zip(uploads.elements("UploadId")) {
        client
            .delete(&format!("/bucket/{key}?uploadId={id}"))
            .await
            .expect_status(204);
    }
    server.stop().await;
    assert_eq!(files(folder), expected_files, "files without an object, of seed {seed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_and_nothing_half_written_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(options(folder.path())).await.unwrap();
    Client::new(server.address())
        .put("/bucket", "")
        .await
        .expect_status(200);
    server.stop().await;
    let seed = match std::env::var("DIPPER_LOCAL_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => u64::from(std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().subsec_nanos()) + 1,
    };
    writeln!(std::io::stderr(), "crash test with DIPPER_LOCAL_SEED={seed}").unwrap();
    let possible = Possible::default();
    for n in 0..8 {
        round(folder.path(), seed.wrapping_add(n), &possible).await;
    }
    assert!(possible.lock().unwrap().len() > 10, "the storm wrote something");
}
