//! A server with keys of its own, and the program that is tested.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use dipper_local::{Options, Server};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A secret that no other text in a test contains by chance.
pub(crate) const SECRET: &str = "CANARY+s3cr3t/dip/1c77aa83c0d1b4e5f60718";
pub(crate) const KEY_ID: &str = "DIPTESTKEYID00000001";
pub(crate) const TENANT: &str = "3f9c2a7d4be04d1f8a6e5b90c2d17c1b";

/// A server, and a folder for files.
pub(crate) struct World {
    pub(crate) endpoint: String,
    pub(crate) folder: TempDir,
    _server: Server,
    _runtime: Runtime,
}

/// What a run of `dip` said, and how it ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

impl World {
    /// A server with the bucket `photos`.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let server = runtime.block_on(Server::start(Options {
            folder: folder.path().join("server"),
            port: None,
            access_key_id: KEY_ID.into(),
            secret_access_key: SECRET.into(),
            tenant: TENANT.into(),
        }));
        let server = server.unwrap();
        let world = Self {
            endpoint: format!("http://{}", server.address()),
            folder,
            _server: server,
            _runtime: runtime,
        };
        world.dip(&["mb", "photos"]).succeeds();
        world
    }

    /// The program with the server's keys in its environment.
    pub(crate) fn command(&self) -> Command {
        let mut command = self.without_keys();
        command.env("DIP_ENDPOINT", &self.endpoint);
        command.env("DIP_ACCESS_KEY_ID", KEY_ID);
        command.env("DIP_SECRET_ACCESS_KEY", SECRET);
        command
    }

    /// The program with nothing but a folder.
    pub(crate) fn without_keys(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dip"));
        command.env_clear().env("HOME", self.folder.path());
        command.env("DIP_DATA_FOLDER", self.path("data"));
        command.current_dir(self.folder.path());
        command
    }

    /// Runs it with these arguments and nothing to read.
    pub(crate) fn dip<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Run {
        run(self.command().args(arguments), b"")
    }

    /// Runs it with something to read.
    pub(crate) fn dip_reading(&self, arguments: &[&str], input: &[u8]) -> Run {
        run(self.command().args(arguments), input)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// Makes an object.
    pub(crate) fn put(&self, key: &str, content: &[u8]) {
        self.dip_reading(&["put", "-f", &format!("s3://photos/{key}")], content)
            .succeeds();
    }

    /// All keys of the bucket.
    pub(crate) fn keys(&self) -> Vec<String> {
        let listed = self.dip(&["ls", "-r", "--json", "photos"]).succeeds().json();
        listed
            .iter()
            .map(|object| object["key"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// Runs a command to its end. Whatever it does, it never says the secret.
pub(crate) fn run(command: &mut Command, input: &[u8]) -> Run {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A program that ends without reading all of it is fine.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let run = Run {
        code: output.status.code().unwrap_or(-1),
        out: output.stdout,
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    };
    assert!(
        !run.text().contains(SECRET) && !run.err.contains(SECRET),
        "the secret was said: {run:?}"
    );
    run
}

impl Run {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.text().lines().map(str::to_owned).collect()
    }

    /// One JSON object a line.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.lines()
            .iter()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The error as JSON.
    pub(crate) fn error(&self) -> Value {
        serde_json::from_str(self.err.lines().last().unwrap_or_default())
            .unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn succeeds(self) -> Self {
        self.ends_with(0)
    }

    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}\n{}", self.text());
        self
    }
}

/// Every file below a folder, with `/`, sorted.
pub(crate) fn files_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let relative = path.strip_prefix(folder).unwrap();
                found.push(relative.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

/// Bytes that differ from place to place, zeros and line ends among them.
pub(crate) fn content(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}
