//! What a program spends, as the system counts it.
//!
//! The system tells a process only what all its ended children spent together, and takes the memory of whoever started a
//! program for the program's own first memory. So each program is started by a small process of its own: this very
//! executable, called with [`WORD`].

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use serde_json::{Value, json};

use super::failure::Failure;

/// The first argument of the executable when it is to start and measure a program.
pub const WORD: &str = "--measure-one";
/// How much of a failed program's output is shown.
const LINES_SHOWN: usize = 20;

/// What one run of a program cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spent {
    /// Processor seconds in the program.
    pub user: f64,
    /// Processor seconds in the system on the program's behalf.
    pub system: f64,
    /// Seconds on the clock.
    pub wall: f64,
    /// The most memory it had, in MiB.
    pub peak: f64,
}

impl Spent {
    /// Processor seconds.
    pub fn processor(&self) -> f64 {
        self.user + self.system
    }
}

/// Runs a program through this executable. Fails unless the program succeeds.
pub(super) fn measured(program: &Command, scratch: &Path) -> Result<Spent, Failure> {
    let (report, log) = (scratch.join("spent.json"), scratch.join("output.log"));
    let own = std::env::current_exe().map_err(Failure::disk("find this program's file"))?;
    let output = File::create(&log).map_err(Failure::disk(format!("write {}", log.display())))?;
    let errors = output
        .try_clone()
        .map_err(Failure::disk(format!("write {}", log.display())))?;
    let mut command = Command::new(own);
    command
        .arg(WORD)
        .arg(&report)
        .arg(program.get_program())
        .args(program.get_args())
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors);
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let status = command.status().map_err(Failure::disk("start a program"))?;
    if !status.success() {
        return Err(Failure::Ended {
            status: status.to_string(),
            words: tail(&log),
        });
    }
    let text = fs::read(&report).map_err(Failure::disk("read what a program spent"))?;
    let told: Value = serde_json::from_slice(&text).unwrap_or_default();
    let figure = |name: &str| told[name].as_f64().unwrap_or(f64::NAN);
    Ok(Spent {
        user: figure("user"),
        system: figure("system"),
        wall: figure("wall"),
        peak: figure("peak"),
    })
}

/// The small process's part: starts the program, waits, and writes what it spent into a file. `arguments` are the file,
/// the program and the program's own.
pub fn measure(arguments: &[String]) -> ExitCode {
    let [report, program, arguments @ ..] = arguments else {
        return ExitCode::FAILURE;
    };
    let started = Instant::now();
    let ended = Command::new(program).args(arguments).status();
    let wall = started.elapsed().as_secs_f64();
    let (Ok(status), Ok(usage)) = (ended, getrusage(UsageWho::RUSAGE_CHILDREN)) else {
        return ExitCode::FAILURE;
    };
    let told = json!({
        "user": seconds(usage.user_time()),
        "system": seconds(usage.system_time()),
        "wall": wall,
        "peak": mebibytes(usage.max_rss()),
    });
    let written = fs::write(report, told.to_string());
    if status.success() && written.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "seconds and MiB of one program are far below 2^52"
)]
fn seconds(time: TimeVal) -> f64 {
    time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6
}

/// The system tells KiB.
#[expect(
    clippy::cast_precision_loss,
    reason = "seconds and MiB of one program are far below 2^52"
)]
fn mebibytes(kibibytes: i64) -> f64 {
    kibibytes as f64 / 1024.0
}

fn tail(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES_SHOWN)..].join("\n")
}
