//! `cargo xtask check`: everything a reviewer should not have to look for.
//!
//! All checks are made, however many fail; what is wrong is said at the end, each with its place.

mod arrows;
mod licences;
mod patterns;
mod promises;
mod shape;

use std::fs;
use std::process::Command;
use std::time::Instant;

use crate::failure::Failure;
use crate::setup::{self, Purpose};
use crate::{cargo, repository, step, ui};

/// Generated from the commands' types by a test of this name.
const BINDINGS: &str = "ui/src/backend/bindings.ts";
const BINDINGS_TEST: &str = "the_bindings_are_written";
const FRESH_BINDINGS: &str = "checking that the bindings are fresh";

/// A check that reads files: what it is called, and what it finds wrong.
type Reading = (&'static str, fn() -> Result<Vec<String>, Failure>);

const READINGS: [Reading; 5] = [
    ("checking the arrows between crates", arrows::findings),
    ("checking the shape of files", shape::findings),
    ("checking for banned patterns", patterns::findings),
    ("checking that promises name their tests", promises::findings),
    ("checking licences and sources", licences::findings),
];

/// Makes every check, or those with `filter` in what they are called.
pub(crate) fn check(filter: Option<&str>) -> Result<(), Failure> {
    let started = Instant::now();
    let is_wanted = |label: &str| filter.is_none_or(|filter| label.contains(filter));
    setup::setup(Purpose::Build)?;
    let mut verdicts = Vec::new();
    if filter.is_none() {
        // The app's code embeds the pages, so it cannot be looked at without them.
        verdicts.push(ui::build());
    }
    for (label, command) in commands().into_iter().filter(|(label, _)| is_wanted(label)) {
        verdicts.push(step::run(label, command).map(drop));
    }
    for (label, findings) in READINGS.iter().filter(|(label, _)| is_wanted(label)) {
        verdicts.push(step::work(label, || verdict(label, &findings()?)));
    }
    if is_wanted(FRESH_BINDINGS) {
        verdicts.push(stale_bindings().and_then(|stale| verdict(FRESH_BINDINGS, &stale)));
    }
    conclude(verdicts, started)
}

/// Says what failed, if anything did.
fn conclude(verdicts: Vec<Result<(), Failure>>, started: Instant) -> Result<(), Failure> {
    let made = verdicts.len();
    let failures: Vec<Failure> = verdicts.into_iter().filter_map(Result::err).collect();
    for failure in &failures {
        step::say(&failure.to_string());
    }
    let time = step::duration(started.elapsed());
    match (made, failures.len()) {
        (0, _) => Err(Failure::new("no check is called that").hint("`cargo xtask check` makes them all")),
        (_, 0) => {
            step::say(&format!("all {made} checks passed in {time}"));
            Ok(())
        }
        (_, count) => Err(Failure::new(format!("{count} of {made} checks failed, after {time}"))),
    }
}

/// Writes the bindings anew.
pub(crate) fn write_bindings() -> Result<(), Failure> {
    setup::setup(Purpose::Build)?;
    ui::build()?;
    let stale = stale_bindings()?;
    step::say(if stale.is_empty() {
        "the bindings were fresh"
    } else {
        "the bindings are fresh now"
    });
    Ok(())
}

/// The checks that are programs.
fn commands() -> Vec<(&'static str, Command)> {
    let mut lints = cargo::command(&["clippy", "--all-targets"]);
    lints.args(cargo::EVERYTHING).args(["--", "--deny", "warnings"]);
    // Naming the examples makes cargo choose the features it chose for the lints, and so reuse what those compiled.
    let mut documentation = cargo::command(&["doc", "--no-deps", "--lib", "--examples"]);
    documentation
        .args(cargo::EVERYTHING)
        .env("RUSTDOCFLAGS", "--deny warnings");
    let mut commands = vec![
        (
            "checking the formatting",
            cargo::command(&["fmt", "--all", "--check", "--", "--color", "never"]),
        ),
        ("checking the interface's lints", ui::npm(&["run", "lint"])),
        ("checking the interface's types", ui::npm(&["run", "check"])),
        ("checking with clippy", lints),
        ("checking the documentation", documentation),
    ];
    if repository::find_program("cargo-deny").is_some() {
        let deny = cargo::command(&["deny", "--offline", "check", "bans", "licenses", "sources"]);
        commands.push(("checking with cargo-deny", deny));
    }
    commands
}

fn verdict(label: &str, findings: &[String]) -> Result<(), Failure> {
    if findings.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{label}: {} found\n  {}",
        findings.len(),
        findings.join("\n  ")
    )))
}

/// Writes the bindings and says whether that changed them.
fn stale_bindings() -> Result<Vec<String>, Failure> {
    let path = repository::root().join(BINDINGS);
    let before = fs::read(&path).unwrap_or_default();
    let mut command = cargo::in_shape(&["test"]);
    command.args([BINDINGS_TEST, "--", "--quiet"]);
    let text = step::run(FRESH_BINDINGS, command)?;
    if !text.contains("1 passed") {
        return Err(Failure::new(format!(
            "no test is called {BINDINGS_TEST}, which writes {BINDINGS}"
        )));
    }
    let after = fs::read(&path).map_err(Failure::io(format!("read {BINDINGS}")))?;
    let stale = (before != after).then(|| format!("{BINDINGS} was stale and is fresh now: commit it"));
    Ok(stale.into_iter().collect())
}
