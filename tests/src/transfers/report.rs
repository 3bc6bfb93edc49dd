//! The figures as a table, for the terminal and for the documentation.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::child::Spent;
use super::clients::{Client, Program};
use super::failure::Failure;
use super::{Result, version};

const BEGIN: &str = "<!-- cargo xtask bench transfers --record writes from here -->";
const END: &str = "<!-- to here -->";

/// A table in Markdown, its columns as wide as they need to be. Ratios are of processor time.
pub fn markdown(results: &[Result]) -> String {
    let heads = [
        "work",
        "program",
        "CPU s",
        "least–most",
        "÷ s5cmd",
        "goal",
        "wall s",
        "peak MiB",
        "requests",
    ];
    let mut rows: Vec<[String; 9]> = vec![heads.map(str::to_owned)];
    rows.extend(results.iter().map(|result| row(result, results)));
    let widths: Vec<usize> = (0..heads.len())
        .map(|column| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or_default()
        })
        .collect();
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        for (cell, width) in row.iter().zip(&widths) {
            // Writing into a string cannot fail.
            _ = write!(text, "| {cell:<width$} ");
        }
        text.push_str("|\n");
        if number == 0 {
            for width in &widths {
                _ = write!(text, "| {} ", "-".repeat((*width).max(3)));
            }
            text.push_str("|\n");
        }
    }
    text
}

fn row(result: &Result, all: &[Result]) -> [String; 9] {
    let cpu = result.median(Spent::processor);
    let measure = all
        .iter()
        .find(|other| other.work == result.work && other.client == Client::S5cmd)
        .map(|other| other.median(Spent::processor));
    let ratio = measure.map(|measure| cpu / measure);
    let figures = || result.spent.iter().map(Spent::processor);
    let (least, most) = (figures().fold(f64::INFINITY, f64::min), figures().fold(0.0, f64::max));
    let peak = result.median(|spent| spent.peak);
    let ours = result.client == Client::Dip;
    let goal = result.work.goal.filter(|_| ours);
    let memory = result.work.memory.filter(|_| ours);
    [
        result.work.name.to_owned(),
        result.client.to_string(),
        format!("{cpu:.2}"),
        format!("{least:.2}–{most:.2}"),
        ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.2}")),
        goal.map_or(String::new(), |goal| format!("≤ {goal:.2}{}", verdict(ratio, goal))),
        format!("{:.1}", result.median(|spent| spent.wall)),
        memory.map_or(format!("{peak:.0}"), |most| {
            format!("{peak:.0} (≤ {most:.0}{})", verdict(Some(peak), most))
        }),
        result.work.requests(&result.tally).to_string(),
    ]
}

fn verdict(figure: Option<f64>, most: f64) -> &'static str {
    match figure {
        Some(figure) if figure > most => " missed",
        _ => "",
    }
}

/// What the figures were measured on and with.
pub fn machine(programs: &[Program], rounds: usize) -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let model = model.map_or("unknown processor", |(_, model)| model.trim());
    let processors = cpuinfo.lines().filter(|line| line.starts_with("processor")).count();
    let kernel = read("/proc/sys/kernel/osrelease");
    let memory = read("/proc/meminfo");
    let kibibytes = memory
        .split_whitespace()
        .nth(1)
        .and_then(|number| number.parse::<u64>().ok());
    let versions: Vec<String> = programs
        .iter()
        .map(|program| {
            let told = version(&program.path).unwrap_or_else(|| "of unknown version".to_owned());
            format!("{}: {told}", program.client)
        })
        .collect();
    format!(
        "{processors} × {model}, {} GiB, Linux {}; {rounds} rounds, {}.\n{}.",
        kibibytes.unwrap_or_default() / (1024 * 1024),
        kernel.trim(),
        time::OffsetDateTime::now_utc().date(),
        versions.join("; ")
    )
}

/// Puts a text between the marks in a file.
pub fn record(file: &Path, text: &str) -> std::result::Result<(), Failure> {
    let read = fs::read_to_string(file).map_err(Failure::disk(format!("read {}", file.display())))?;
    let Some(written) = between_marks(&read, text) else {
        let missing = std::io::Error::other(format!("it lacks `{BEGIN}` or `{END}`"));
        return Err(Failure::disk(format!("write into {}", file.display()))(missing));
    };
    fs::write(file, written).map_err(Failure::disk(format!("write {}", file.display())))
}

fn between_marks(document: &str, text: &str) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", text.trim()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::super::work::WORKS;
    use super::*;
    use crate::sink::Tally;

    fn result(client: Client, processor: [f64; 3]) -> Result {
        Result {
            work: &WORKS[0],
            client,
            spent: processor
                .map(|user| Spent {
                    user,
                    system: 0.25,
                    wall: 1.0,
                    peak: 65.0,
                })
                .to_vec(),
            tally: Tally::default(),
        }
    }

    #[test]
    fn a_row_says_the_median_its_ratio_and_which_goals_are_missed() {
        let results = [
            result(Client::Dip, [9.0, 0.75, 0.25]),
            result(Client::S5cmd, [3.75, 3.75, 3.75]),
        ];
        let text = markdown(&results);
        let row: Vec<&str> = text.lines().nth(2).unwrap().split('|').map(str::trim).collect();
        let expected = [
            "dip",
            "1.00",
            "0.50–9.25",
            "0.25",
            "≤ 0.20 missed",
            "1.0",
            "65 (≤ 64 missed)",
            "0",
        ];
        assert_eq!(row[2..10], expected);
        let s5cmd: Vec<&str> = text.lines().nth(3).unwrap().split('|').map(str::trim).collect();
        assert_eq!(s5cmd[5..9], ["1.00", "", "1.0", "65"]);
    }

    #[test]
    fn figures_replace_the_older_ones_between_the_marks() {
        let document = format!("before\n{BEGIN}\nold\n{END}\nafter\n");
        let once = between_marks(&document, "new\n").unwrap();
        assert_eq!(once, format!("before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"));
        assert_eq!(between_marks(&once, "new").unwrap(), once);
        assert!(between_marks("no marks", "new").is_none());
    }
}
