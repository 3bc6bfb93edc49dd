//! Node, which builds the interface and runs its tests.

use std::process::Command;

use super::install;
use super::packages::{self, Group};
use super::system::System;
use crate::failure::Failure;
use crate::{repository, ui};

/// The oldest release of each line that the interface's tools run on; of a later line, any. Lines between them were short
/// lived and are not supported by the tools.
const OLDEST: [(u32, u32); 3] = [(20, 19), (22, 13), (24, 0)];

/// Makes sure that a Node of a supported line ([`OLDEST`]) and npm are there, installing them where the system's are new enough.
pub(super) fn require(system: System) -> Result<(), Failure> {
    if is_ready() {
        return Ok(());
    }
    if !packages::of(system, Group::Node).is_empty() && version().is_none() {
        // What the system offers may be too old; that is seen below.
        install(system, Group::Node)?;
    }
    if is_ready() { Ok(()) } else { Err(too_old()) }
}

fn is_ready() -> bool {
    let npm_answers = ui::npm(&["--version"])
        .output()
        .is_ok_and(|answer| answer.status.success());
    npm_answers && version().is_some_and(is_supported)
}

fn is_supported((major, minor): (u32, u32)) -> bool {
    let newest = OLDEST[OLDEST.len() - 1].0;
    major > newest || OLDEST.iter().any(|(line, oldest)| major == *line && minor >= *oldest)
}

fn version() -> Option<(u32, u32)> {
    repository::find_program("node")?;
    let answer = Command::new("node").arg("--version").output().ok()?;
    parse(&String::from_utf8_lossy(&answer.stdout))
}

/// `v20.19.2` → (20, 19)
fn parse(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn too_old() -> Failure {
    let found = match version() {
        Some((major, minor)) => format!("this machine has Node {major}.{minor}"),
        None => "this machine has no Node".to_owned(),
    };
    let lines = OLDEST.map(|(major, minor)| format!("{major}.{minor}")).join(", ");
    let hint = "Install Node 24 with npm, from https://nodejs.org or a version manager such as nvm, \
                and run this command again.";
    Failure::new(format!(
        "the interface needs npm and Node of one of these lines or newer within it: {lines}; {found}"
    ))
    .hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(parse("v20.19.2\n"), Some((20, 19)));
        for (version, supported) in [
            ("v18.19.0", false),
            ("v20.9.0", false),
            ("v20.19.0", true),
            ("v21.7.3", false),
            ("v22.11.0", false),
            ("v22.13.1", true),
            ("v23.9.0", false),
            ("v24.0.0", true),
            ("v25.1.0", true),
        ] {
            assert_eq!(parse(version).is_some_and(is_supported), supported, "{version}");
        }
        assert_eq!(parse("command not found"), None);
    }
}
