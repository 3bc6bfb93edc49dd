//! The interface: its packages, its build, its own tests, and serving it alone.

mod packages;

use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;
use crate::setup::{self, Purpose};
use crate::{fingerprint, repository, step};

/// npm with these arguments, in `ui/`.
pub(crate) fn npm(arguments: &[&str]) -> Command {
    // On Windows npm is a batch file, which is not found without its ending.
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command
        .args(arguments)
        .current_dir(folder())
        .env("NO_COLOR", "1")
        .env_remove("FORCE_COLOR");
    command
}

/// Installs the packages `package-lock.json` names, unless they are there already. Their install scripts are not run.
pub(crate) fn install_packages() -> Result<(), Failure> {
    if packages::are_current(&folder())? {
        return Ok(());
    }
    let install = npm(&["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    step::run("installing the interface's packages", install).map(drop)
}

/// Builds the pages into `ui/dist`, unless they are built from these very sources.
pub(crate) fn build() -> Result<(), Failure> {
    let sources: Vec<PathBuf> = repository::files(&[""])?
        .into_iter()
        .filter(|path| path.starts_with("ui") && !path.to_string_lossy().contains(".test."))
        .collect();
    let fingerprint = fingerprint::of_files(&sources)?;
    let stamp = repository::target()?.join("xtask/pages.stamp");
    if fingerprint::is_current(&stamp, &fingerprint) && folder().join("dist/index.html").is_file() {
        return Ok(());
    }
    step::run("building the interface", npm(&["run", "build"]))?;
    fingerprint::record(&stamp, &fingerprint)
}

/// Serves the interface on a backend in memory until it is interrupted.
pub(crate) fn serve() -> Result<(), Failure> {
    setup::setup(Purpose::Interface)?;
    let status = npm(&["run", "dev"]).status().map_err(Failure::io("start npm"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("npm run dev ended with {status}")))
    }
}

fn folder() -> PathBuf {
    repository::root().join("ui")
}
