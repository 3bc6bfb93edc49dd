//! The programs, and how each is told what to do.
//!
//! s5cmd and aws run as they come. rclone is tuned for the comparison: more at a time, and without the extra requests and
//! digests that it makes for checks of its own (Dipper and s5cmd make no such request either).

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::work::{Task, Work};
use crate::sink::Sink;

/// A program that moves bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// Dipper's own command line.
    Dip,
    /// The measure of the ratios.
    S5cmd,
    /// rclone.
    Rclone,
    /// Amazon's own.
    Aws,
}

/// A program and where it is.
#[derive(Clone, Debug)]
pub struct Program {
    /// Which.
    pub client: Client,
    /// Its file.
    pub path: PathBuf,
}

/// What one run has to itself.
pub(super) struct Place<'a> {
    pub(super) sink: &'a Sink,
    /// The certificate of whoever vouches for the server.
    pub(super) authority: &'a Path,
    /// The file or folder to upload.
    pub(super) source: PathBuf,
    /// The prefix to upload to, without a slash at its end.
    pub(super) target: String,
    /// The folder to download to.
    pub(super) out: PathBuf,
    /// For logs and whatever a program keeps.
    pub(super) scratch: PathBuf,
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dip => "dip",
            Self::S5cmd => "s5cmd",
            Self::Rclone => "rclone",
            Self::Aws => "aws",
        })
    }
}

impl Client {
    /// Whether this program takes part in a work. rclone and aws delete one object a request, which is another work.
    pub(super) fn can(self, work: &Work) -> bool {
        match self {
            Self::Dip => true,
            Self::S5cmd => !work.alone,
            Self::Rclone | Self::Aws => !work.alone && work.task != Task::Delete,
        }
    }

    /// How often at the most: aws is so much slower that once says it all.
    pub(super) fn rounds(self, work: &Work) -> usize {
        match self {
            Self::Aws => 1,
            _ if work.alone => 1,
            _ => usize::MAX,
        }
    }
}

const KEY: &str = "BENCHACCESSKEY000000";
const SECRET: &str = "benchSecretKey00000000000000000000000000";
const BUCKET: &str = "bench";

impl Program {
    /// The call that does a work.
    pub(super) fn command(&self, work: &Work, place: &Place<'_>) -> Command {
        let mut command = Command::new(&self.path);
        // Whatever the machine has set up for other purposes would send the programs elsewhere.
        for name in [
            "AWS_PROFILE",
            "AWS_SESSION_TOKEN",
            "AWS_CA_BUNDLE",
            "HTTP_PROXY",
            "http_proxy",
        ] {
            command.env_remove(name);
        }
        command.env("SSL_CERT_FILE", place.authority);
        match self.client {
            Client::Dip => dip(&mut command, work, place),
            Client::S5cmd => s5cmd(&mut command, work, place),
            Client::Rclone => rclone(&mut command, work, place),
            Client::Aws => aws(&mut command, work, place),
        }
        command
    }
}

fn dip(command: &mut Command, work: &Work, place: &Place<'_>) {
    command
        .env("DIP_ENDPOINT", place.sink.endpoint())
        .env("DIP_ACCESS_KEY_ID", KEY)
        .env("DIP_SECRET_ACCESS_KEY", SECRET)
        .env("DIP_CA_FILE", place.authority)
        .env("DIP_DATA_FOLDER", place.scratch.join("dipper"));
    let (set, target) = (work.set, &place.target);
    match work.task {
        Task::Upload if work.is_one() => command
            .args(["cp", "--overwrite"])
            .arg(&place.source)
            .arg(format!("s3://{BUCKET}/{target}/")),
        Task::Upload => command
            .args(["cp", "--overwrite", "--recursive"])
            .arg(&place.source)
            .arg(format!("s3://{BUCKET}/{target}/")),
        Task::Download if work.is_one() => command
            .args(["cp", &format!("s3://{BUCKET}/{}", set.key(0))])
            .arg(place.out.join("")),
        Task::Download => command
            .args(["cp", "--recursive", &format!("s3://{BUCKET}/{}", set.prefix())])
            .arg(place.out.join("")),
        Task::Delete => command.args(["rm", "--recursive", "--yes", &format!("s3://{BUCKET}/{}", set.prefix())]),
    };
}

fn s5cmd(command: &mut Command, work: &Work, place: &Place<'_>) {
    keys(command);
    command.args(["--endpoint-url", &place.sink.endpoint(), "--log", "error"]);
    let (set, target) = (work.set, &place.target);
    match work.task {
        Task::Upload => command
            .arg("cp")
            .arg(&place.source)
            .arg(format!("s3://{BUCKET}/{target}/")),
        Task::Download if work.is_one() => command
            .args(["cp", &format!("s3://{BUCKET}/{}", set.key(0))])
            .arg(place.out.join("")),
        Task::Download => command
            .args(["cp", &format!("s3://{BUCKET}/{}*", set.prefix())])
            .arg(place.out.join("")),
        Task::Delete => command.args(["rm", &format!("s3://{BUCKET}/{}*", set.prefix())]),
    };
}

fn rclone(command: &mut Command, work: &Work, place: &Place<'_>) {
    command
        .env("RCLONE_CONFIG", "/dev/null")
        .env("RCLONE_CONFIG_SINK_TYPE", "s3")
        .env("RCLONE_CONFIG_SINK_PROVIDER", "Other")
        .env("RCLONE_CONFIG_SINK_ENDPOINT", place.sink.endpoint())
        .env("RCLONE_CONFIG_SINK_ACCESS_KEY_ID", KEY)
        .env("RCLONE_CONFIG_SINK_SECRET_ACCESS_KEY", SECRET)
        .env("RCLONE_CONFIG_SINK_FORCE_PATH_STYLE", "true");
    command.args(["copy", "--transfers", "16", "--checkers", "16", "--use-server-modtime"]);
    command.args([
        "--no-check-dest",
        "--s3-no-check-bucket",
        "--s3-no-head",
        "--s3-disable-checksum",
    ]);
    command.args(["--s3-chunk-size", "16M", "--s3-upload-concurrency", "8"]);
    let (set, target) = (work.set, &place.target);
    match work.task {
        Task::Download if work.is_one() => command.arg(format!("sink:{BUCKET}/{}", set.key(0))).arg(&place.out),
        Task::Download => command.arg(format!("sink:{BUCKET}/{}", set.prefix())).arg(&place.out),
        Task::Upload | Task::Delete => command.arg(&place.source).arg(format!("sink:{BUCKET}/{target}")),
    };
}

fn aws(command: &mut Command, work: &Work, place: &Place<'_>) {
    keys(command);
    command.env("AWS_CA_BUNDLE", place.authority).args([
        "--endpoint-url",
        &place.sink.endpoint(),
        "s3",
        "cp",
        "--quiet",
    ]);
    if !work.is_one() {
        command.arg("--recursive");
    }
    let (set, target) = (work.set, &place.target);
    match work.task {
        Task::Download if work.is_one() => command
            .arg(format!("s3://{BUCKET}/{}", set.key(0)))
            .arg(place.out.join("")),
        Task::Download => command.arg(format!("s3://{BUCKET}/{}", set.prefix())).arg(&place.out),
        Task::Upload | Task::Delete => command.arg(&place.source).arg(format!("s3://{BUCKET}/{target}/")),
    };
}

fn keys(command: &mut Command) {
    command
        .env("AWS_ACCESS_KEY_ID", KEY)
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("AWS_REGION", "us-east-1");
}
