//! How cargo is called: in one shape everywhere.
//!
//! Another selection of packages or targets would choose other features for the shared dependencies, and cargo would
//! build the large ones (the AWS SDK, Tauri) a second time. So tests, the app under test and the bindings are all built
//! by [`SHAPE`]. This program is left out: it is running, and some systems do not let a running program be replaced.

use std::env;
use std::process::Command;

use crate::repository;

/// What is built for tests, and with which features.
pub(crate) const SHAPE: [&str; 6] = [
    "--workspace",
    "--exclude",
    "xtask",
    "--all-targets",
    "--features",
    "dipper/custom-protocol",
];

/// What lints and documentation look at: this program too.
pub(crate) const EVERYTHING: [&str; 3] = ["--workspace", "--features", "dipper/custom-protocol"];

/// Cargo with these arguments, in the repository's top folder, without colours in its output.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(arguments)
        .current_dir(repository::root())
        .env("CARGO_TERM_COLOR", "never");
    command
}

/// Cargo with these arguments and then [`SHAPE`].
pub(crate) fn in_shape(arguments: &[&str]) -> Command {
    let mut command = command(arguments);
    command.args(SHAPE);
    command
}
