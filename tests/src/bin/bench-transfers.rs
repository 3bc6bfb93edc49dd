//! Dipper beside s5cmd, rclone and aws: processor time, memory and requests, in one run against one server.
//!
//! `bench-transfers --dip FILE [--s5cmd FILE] [--rclone FILE] [--aws FILE] [--rounds N] [--only WORD] [--record FILE]`;
//! `cargo xtask bench transfers` builds and finds all of them. Nothing is asserted but that the work was done.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use dipper_tests::transfers::{Client, Program, WORKS, Work, child, compare, machine, markdown, record};

/// How often each program does each work.
const ROUNDS: usize = 3;

#[expect(clippy::print_stderr, reason = "a program for people")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, rest @ ..] = arguments.as_slice()
        && word == child::WORD
    {
        return child::measure(rest);
    }
    match bench(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("nothing was measured: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for people")]
fn bench(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let after = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1)
    };
    let programs: Vec<Program> = [Client::Dip, Client::S5cmd, Client::Rclone, Client::Aws]
        .into_iter()
        .filter_map(|client| {
            let path = PathBuf::from(after(&format!("--{client}"))?);
            Some(Program { client, path })
        })
        .collect();
    if programs.is_empty() {
        return Err("there is no program to measure: give at least --dip FILE".into());
    }
    let rounds = after("--rounds").map_or(Ok(ROUNDS), |rounds| rounds.parse())?.max(1);
    let only = after("--only").map_or("", String::as_str);
    let works: Vec<&'static Work> = WORKS.iter().filter(|work| work.name.contains(only)).collect();
    if works.is_empty() {
        let names: Vec<&str> = WORKS.iter().map(|work| work.name).collect();
        return Err(format!("no work is called `{only}`; there are: {}", names.join("; ")).into());
    }
    let results = compare(&programs, &works, rounds, |what| eprintln!("  {what}"))?;
    let text = format!("{}\n{}", machine(&programs, rounds), markdown(&results));
    println!("{text}");
    if let Some(file) = after("--record") {
        record(Path::new(file), &text.replacen('\n', "\n\n", 2))?;
    }
    Ok(())
}
