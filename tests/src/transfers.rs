//! Moving bytes with Dipper and with others, in one run against one [`sink`](crate::sink), and what it costs each.
//!
//! What is compared is processor time: it hardly depends on what else the machine does, while time on the clock does.
//! The programs take turns, so that a machine that becomes slower becomes slower for all. After every run the sink's
//! tally and the disk are asked whether the work was really done.
//!
//! Files are on a RAM disk, and so is everything else that Dipper writes: its journal, its records.

pub mod child;
mod clients;
mod failure;
mod files;
mod report;
mod work;

use std::path::Path;

pub use clients::{Client, Program};
pub use failure::Failure;
pub use report::{machine, markdown, record};
pub use work::{WORKS, Work};

use child::Spent;
use files::Stage;

use crate::sink::{Operation, Tally};

/// What one program spent on one work, run by run.
#[derive(Clone, Debug)]
pub struct Result {
    /// The work.
    pub work: &'static Work,
    /// The program.
    pub client: Client,
    /// One for each run.
    pub spent: Vec<Spent>,
    /// The requests of the last run.
    pub tally: Tally,
}

/// Does all works `rounds` times with all programs; says on the way what it is doing.
pub fn compare(
    programs: &[Program],
    works: &[&'static Work],
    rounds: usize,
    say: impl Fn(&str),
) -> std::result::Result<Vec<Result>, Failure> {
    let stage = Stage::set(works)?;
    let mut results = Vec::new();
    for work in works {
        stage.prepare(work)?;
        let able = programs.iter().filter(|program| program.client.can(work));
        let mut of_this: Vec<Result> = able.clone().map(|program| Result::none(work, program)).collect();
        for round in 0..rounds {
            for (result, program) in of_this.iter_mut().zip(able.clone()) {
                if round >= program.client.rounds(work) {
                    continue;
                }
                say(&format!("{}, {}, {} of {rounds}", work.name, program.client, round + 1));
                let (spent, tally) = run(&stage, program, work, round)?;
                result.spent.push(spent);
                result.tally = tally;
            }
        }
        stage.clear(work)?;
        results.append(&mut of_this);
    }
    Ok(results)
}

impl Result {
    fn none(work: &'static Work, program: &Program) -> Self {
        Self {
            work,
            client: program.client,
            spent: Vec::new(),
            tally: Tally::default(),
        }
    }

    /// The median of a figure over all runs.
    pub fn median(&self, figure: impl Fn(&Spent) -> f64) -> f64 {
        let mut figures: Vec<f64> = self.spent.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
    }

    /// Requests of the last run that deleted something.
    pub fn deletes(&self) -> u64 {
        self.tally.of(Operation::DeleteObjects) + self.tally.of(Operation::DeleteObject)
    }
}

fn run(
    stage: &Stage,
    program: &Program,
    work: &'static Work,
    round: usize,
) -> std::result::Result<(Spent, Tally), Failure> {
    let place = stage.place(program, work, round)?;
    place.sink.take();
    let spent = child::measured(&program.command(work, &place), &place.scratch)
        .map_err(|failure| failure.about(work.name, program.client))?;
    let tally = place.sink.take();
    let found = files::found(&place.out)?;
    work.check(&tally, found)
        .map_err(|failure| failure.about(work.name, program.client))?;
    Stage::leave(&place)?;
    Ok((spent, tally))
}

/// The version that a program tells, on one line.
pub fn version(program: &Path) -> Option<String> {
    let told = |argument: &str| {
        let output = std::process::Command::new(program).arg(argument).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout)
            .lines()
            .next()?
            .trim()
            .to_owned();
        (output.status.success() && !text.is_empty()).then_some(text)
    };
    told("--version").or_else(|| told("version"))
}
