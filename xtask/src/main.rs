//! The one door for people: `cargo xtask run`, `cargo xtask test`, `cargo xtask check` and their smaller sisters.
//!
//! The same commands work for a person on a fresh machine and for continuous integration. This program is compiled
//! before anything is installed, so it depends on nothing that needs a C library.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool speaks through its output"
)]

mod bench;
mod bundle;
mod cargo;
mod check;
mod failure;
mod fingerprint;
mod gateway;
mod repository;
mod run;
mod setup;
mod step;
mod test;
mod tour;
mod ui;

use std::process::ExitCode;

use crate::failure::Failure;
use crate::setup::Purpose;

/// A command: its name, its arguments, what it does.
type Entry = (&'static str, &'static str, &'static str);

const COMMANDS: [Entry; 12] = [
    (
        "run",
        "",
        "install what is missing, build, and open Dipper (or play the tour where there is no display)",
    ),
    (
        "test",
        "[filter]",
        "install what the tests need and run all of them, or those whose name contains the filter",
    ),
    (
        "check",
        "",
        "formatting, lints, documentation, architecture, sizes, licences: everything but the tests",
    ),
    (
        "ui",
        "",
        "serve the interface alone on a made-up backend, for work on it in a browser",
    ),
    (
        "bindings",
        "",
        "write ui/src/backend/bindings.ts anew from the commands' types",
    ),
    ("e2e", "[filter]", "only the tests that drive the built app"),
    (
        "faults",
        "[--kills N]",
        "only the tests that kill transfers, as often as is said (500)",
    ),
    (
        "bench",
        "[transfers]",
        "measure the start, the list of a million keys and transfers beside s5cmd and rclone, in release builds",
    ),
    (
        "bundle",
        "",
        "make the packages of this system (deb and rpm, dmg, or an installer)",
    ),
    (
        "screenshots",
        "",
        "play the tour and refresh the pictures in docs/images",
    ),
    ("setup", "", "only install what running and testing need"),
    ("help", "", "this list"),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\n{failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<(), Failure> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["run"] => run::run(),
        ["test"] => test::test(None),
        ["test", filter] => test::test(Some(filter)),
        ["check"] => check::check(None),
        ["check", filter] => check::check(Some(filter)),
        ["ui"] => ui::serve(),
        ["bindings"] => check::write_bindings(),
        ["e2e"] => test::end_to_end(None),
        ["e2e", filter] => test::end_to_end(Some(filter)),
        ["faults"] => test::faults("500"),
        ["faults", "--kills", kills] => test::faults(kills),
        ["bench", options @ ..] => bench::bench(options),
        ["bundle"] => bundle::bundle(),
        ["screenshots"] => tour::screenshots(),
        ["setup"] => setup::setup(Purpose::Test).map(drop),
        [] | ["help" | "--help" | "-h"] => {
            println!("{}", help());
            Ok(())
        }
        _ => Err(Failure::new(format!("there is no command `{}`", words.join(" "))).hint(help())),
    }
}

fn help() -> String {
    let lines = COMMANDS.map(|(name, arguments, purpose)| format!("  {:<14} {purpose}", format!("{name} {arguments}")));
    format!("usage: cargo xtask COMMAND\n\n{}", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_every_command_and_an_unknown_one_gets_help() {
        for (name, ..) in COMMANDS {
            assert!(help().contains(name));
        }
        let failure = dispatch(&["dance".to_owned()]).map_err(|failure| failure.to_string());
        assert!(failure.is_err_and(|text| text.contains("`dance`") && text.contains("usage")));
    }
}
