//! The bench of transfers: builds `dip` and the measuring program, finds the others, and runs it.

use std::path::PathBuf;
use std::process::Command;

use super::{Options, peers};
use crate::failure::Failure;
use crate::{cargo, repository, step};

/// Where the figures are kept.
const RECORD: &str = "docs/BENCHMARKS.md";

/// Measures Dipper beside the others, in one run against one server.
pub(super) fn measure(options: &Options) -> Result<(), Failure> {
    let build = [
        "build",
        "--release",
        "--package",
        "dipper-cli",
        "--package",
        "dipper-tests",
        "--bin",
        "dip",
        "--bin",
        "bench-transfers",
    ];
    step::run("building dip and the bench of transfers", cargo::command(&build))?;
    let mut command = Command::new(repository::program("release", "bench-transfers")?);
    command.arg("--dip").arg(repository::program("release", "dip")?);
    if !options.no_peers {
        command.arg("--s5cmd").arg(peers::s5cmd()?);
        command.arg("--rclone").arg(peers::rclone()?);
        if let Some(aws) = repository::find_program("aws") {
            command.arg("--aws").arg(aws);
        }
    }
    if let Some(rounds) = options.rounds {
        command.arg("--rounds").arg(rounds.to_string());
    }
    if let Some(only) = &options.only {
        command.arg("--only").arg(only);
    }
    if options.record {
        command.arg("--record").arg(record());
    }
    step::say("measuring transfers:");
    // It takes minutes and says what it is doing, so it has the terminal to itself.
    let status = command.status().map_err(Failure::io("start the bench of transfers"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("the bench of transfers ended with {status}")))
    }
}

fn record() -> PathBuf {
    repository::root().join(RECORD)
}
