//! `cargo xtask run`: from a fresh machine to the open window.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;
use crate::setup::{self, Purpose};
use crate::{cargo, repository, step, tour, ui};

/// Installs, builds, and opens Dipper; without a display the tour is played instead.
pub(crate) fn run() -> Result<(), Failure> {
    if !has_display() {
        step::say("there is no display here: playing the tour on a virtual one");
        return tour::play();
    }
    setup::setup(Purpose::Build)?;
    ui::build()?;
    let app = build(&["dipper"])?;
    step::say(&format!("Dipper is {}; it is open now", app.display()));
    let status = Command::new(&app)
        .status()
        .map_err(Failure::io(format!("start {}", app.display())))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("Dipper ended with {status}")))
    }
}

/// Builds these programs, the app among them, as they are given to people; the app's path.
pub(crate) fn build(programs: &[&str]) -> Result<PathBuf, Failure> {
    let mut command = cargo::command(&["build", "--release", "--package", "dipper", "--package", "dipper-tests"]);
    command.args(["--features", "dipper/custom-protocol"]);
    for program in programs {
        command.args(["--bin", program]);
    }
    step::run("building Dipper (the first time takes some minutes)", command)?;
    repository::program("release", "dipper")
}

/// Whether a window could be seen.
fn has_display() -> bool {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}
