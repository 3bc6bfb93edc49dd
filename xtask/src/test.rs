//! `cargo xtask test`: everything that is proved, proved.

mod tally;

use std::process::Command;
use std::time::Instant;

use self::tally::Tally;
use crate::failure::Failure;
use crate::gateway::{self, Gateway};
use crate::setup::{self, Purpose};
use crate::{cargo, repository, step, ui};

/// Tests that need Ceph's gateway have this in their name; where there is none they are left out, by name.
const NEEDS_GATEWAY: &str = "rgw";
/// How often the tests that kill do it.
const KILLS: &str = "DIPPER_KILLS";

/// Installs what is needed and runs all tests, or the Rust tests whose name contains `filter`.
pub(crate) fn test(filter: Option<&str>) -> Result<(), Failure> {
    let mut run = Run::prepare()?;
    if filter.is_none() {
        run.attempt("testing the interface", ui::npm(&["test"]))?;
    }
    run.build()?;
    let tests = run.tests(&cargo::SHAPE, filter)?;
    run.attempt("testing everything in Rust", tests)?;
    if filter.is_none() {
        run.attempt(
            "testing xtask",
            cargo::command(&["test", "--package", "xtask", "--no-fail-fast"]),
        )?;
        let examples = [
            "test",
            "--doc",
            "--workspace",
            "--exclude",
            "xtask",
            "--features",
            "dipper/custom-protocol",
        ];
        run.attempt("testing the examples in the documentation", cargo::command(&examples))?;
    }
    run.conclude()
}

/// Runs only the tests that drive the built app.
pub(crate) fn end_to_end(filter: Option<&str>) -> Result<(), Failure> {
    let mut run = Run::prepare()?;
    run.build()?;
    let [workspace, exclude, xtask, _all_targets, features, protocol] = cargo::SHAPE;
    let shape = [workspace, exclude, xtask, "--test", "e2e", features, protocol];
    let tests = run.tests(&shape, filter)?;
    run.attempt("testing the built app", tests)?;
    run.conclude()
}

/// Has the tests that kill transfers do it so many times each. Without nextest, which ends tests that take long.
pub(crate) fn faults(kills: &str) -> Result<(), Failure> {
    let kills: u32 = kills
        .parse()
        .map_err(|_| Failure::new(format!("`{kills}` is no number of kills")))?;
    setup::setup(Purpose::Test)?;
    let [workspace, exclude, xtask, _all_targets, features, protocol] = cargo::SHAPE;
    let mut command = cargo::command(&["test", workspace, exclude, xtask, "--test", "it", features, protocol]);
    command
        .args(["--", "killing::", "--nocapture", "--test-threads", "1"])
        .env(KILLS, kills.to_string())
        .env("RUST_BACKTRACE", "0");
    let begin = Instant::now();
    step::run(&format!("killing uploads and downloads {kills} times each"), command)?;
    step::say(&format!("nothing was lost, in {}", step::duration(begin.elapsed())));
    Ok(())
}

/// A run of tests: what it has, and what came of it so far.
struct Run {
    started: Instant,
    /// Why there is no gateway, if there is none.
    without_gateway: Option<String>,
    gateway: Option<Gateway>,
    tally: Tally,
    failures: Vec<Failure>,
}

impl Run {
    fn prepare() -> Result<Self, Failure> {
        let started = Instant::now();
        let without_gateway = setup::setup(Purpose::Test)?.gateway;
        if let Some(reason) = without_gateway.as_ref().filter(|_| repository::unattended()) {
            return Err(Failure::new(format!(
                "Ceph's gateway is missing, so nothing is proved on it: {reason}"
            )));
        }
        ui::build()?;
        Ok(Self {
            started,
            without_gateway,
            gateway: None,
            tally: Tally::default(),
            failures: Vec::new(),
        })
    }

    /// Builds the app and all tests, and starts the gateway.
    fn build(&mut self) -> Result<(), Failure> {
        step::run("building the app and its tests", cargo::in_shape(&["build"]))?;
        if self.without_gateway.is_none() {
            self.gateway = Some(Gateway::start()?);
        }
        Ok(())
    }

    /// Runs tests and keeps their result; only what keeps them from running at all is an error.
    fn attempt(&mut self, label: &str, command: Command) -> Result<(), Failure> {
        let outcome = step::attempt(label, command)?;
        self.tally += Tally::read(&outcome.text);
        self.failures.extend(outcome.result.err());
        Ok(())
    }

    /// With nextest where it is installed (each test in a process of its own), else with cargo alone.
    fn tests(&self, shape: &[&str], filter: Option<&str>) -> Result<Command, Failure> {
        let runner: &[&str] = match repository::find_program("cargo-nextest") {
            Some(_) => &["nextest", "run", "--no-fail-fast", "--no-tests=pass"],
            None => &["test", "--no-fail-fast"],
        };
        let mut command = cargo::command(runner);
        command
            .args(shape)
            .args(filter)
            .env("DIPPER_APP", repository::program("debug", "dipper")?)
            // The end of a log is shown when tests fail: there the message counts, not the way into the runtime.
            .env("RUST_BACKTRACE", "0");
        match &self.gateway {
            Some(gateway) => command.env(gateway::VARIABLE, gateway.description()),
            None => command.args(["--", "--skip", NEEDS_GATEWAY]),
        };
        Ok(command)
    }

    /// Says what was proved, and what was not.
    fn conclude(mut self) -> Result<(), Failure> {
        drop(self.gateway.take());
        if let Some(reason) = &self.without_gateway {
            step::say(&format!("not proved, for want of a Ceph gateway, because {reason}:"));
            step::say(&left_out()?);
        }
        for failure in &self.failures {
            step::say(&failure.to_string());
        }
        let time = step::duration(self.started.elapsed());
        step::say(&self.tally.to_string());
        if self.failures.is_empty() {
            let which = if self.without_gateway.is_none() {
                "all tests"
            } else {
                "all tests that can run here"
            };
            step::say(&format!("{which} passed in {time}"));
            return Ok(());
        }
        let logs = repository::target()?.join("test-logs");
        Err(Failure::new(format!("tests failed, after {time}")).hint(format!("all output is in {}", logs.display())))
    }
}

/// The names of the tests that need a gateway.
fn left_out() -> Result<String, Failure> {
    let mut command = cargo::in_shape(&["test", "--quiet"]);
    command.args(["--", "--list", "--format", "terse", NEEDS_GATEWAY]);
    let listing = step::run("listing what was left out", command)?;
    let names = listing.lines().filter_map(|line| line.strip_suffix(": test"));
    Ok(names.collect::<Vec<_>>().join("\n  "))
}
