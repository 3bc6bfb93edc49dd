//! How long it takes from starting Dipper to a list that can be used, and how much memory that is.
//!
//! `startup --app PROGRAM [--runs N]` brings its own screen and keychain, fills a bucket of Local storage once, and opens
//! the program again and again. The start is the process's own start time (10 ms steps); the end is when the driver
//! sees the row, so the figures hold the driver's 60 ms of looking again and are an upper bound.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use dipper_tests::desk::Desk;
use dipper_tests::window::{Failure, Window};

/// The clock ticks of `/proc/*/stat` a second, the same on every Linux that is built today.
const TICKS: f64 = 100.0;

#[tokio::main]
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for people")]
async fn main() -> ExitCode {
    let Some((app, runs)) = arguments() else {
        eprintln!("usage: startup --app PROGRAM [--runs N]");
        return ExitCode::FAILURE;
    };
    match measure(&app, runs).await {
        Ok(starts) => {
            println!("{}", report(&starts));
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("nothing was measured: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Option<(PathBuf, usize)> {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1)
    };
    let runs = after("--runs").map_or(Some(7), |runs| runs.parse().ok())?;
    Some((after("--app")?.into(), runs))
}

/// One start.
struct Start {
    /// Milliseconds until the web view begins with the page.
    begun: f64,
    /// Milliseconds to the first paint with something in it.
    painted: f64,
    /// Milliseconds to the row.
    usable: f64,
    /// Milliseconds of processors' time that all its processes have taken by then, which other programs disturb less.
    spent: f64,
    /// Memory of the program's own process and of all its processes, in MB, shared pages counted by share.
    own: f64,
    all: f64,
}

async fn measure(app: &Path, runs: usize) -> Result<Vec<Start>, Failure> {
    let desk = Desk::new()?;
    fill(&desk, app).await?;
    let mut starts = Vec::with_capacity(runs);
    for _ in 0..runs {
        let window = Window::open_program(&desk, app, &[]).await?;
        window.see("row", "^hello.txt").await?;
        let now = seconds_since_boot()?;
        starts.push(look(&window, app, now).await?);
        window.close().await?;
    }
    Ok(starts)
}

/// A bucket with something in it, and the program closed while it shows it.
async fn fill(desk: &Desk, app: &Path) -> Result<(), Failure> {
    let window = Window::open_program(desk, app, &[]).await?;
    window.click("button", "~Try it with local storage").await?;
    window.new_bucket("startup").await?;
    let files: Vec<PathBuf> = (0..90)
        .map(|n| desk.home().join(format!("reading-{n:03}.csv")))
        .collect();
    for file in &files {
        std::fs::write(file, "1,2,3\n")?;
    }
    window.drop_files(desk, &files).await?;
    // An empty list offers the same button in its middle, where a row is by the time it is pressed.
    window.see("row", "^reading-000").await?;
    window.new_text_object("hello.txt", "Hello World!").await?;
    window.click_to_end("button", "Close").await
}

async fn look(window: &Window, app: &Path, now: f64) -> Result<Start, Failure> {
    let process = process_of(app)?;
    let started = started(process)?;
    let script = "const begun = Date.now() - performance.timeOrigin;
        return [begun, begun - (performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0)]";
    let since = window.run(script, vec![]).await?;
    let looked = seconds_since_boot()?;
    let until = |event: usize| (looked - started) * 1000.0 - since[event].as_f64().unwrap_or(f64::NAN);
    let family = family(process)?;
    let spent = family.iter().map(|process| spent(*process)).sum::<Result<f64, _>>()?;
    let all = family.into_iter().map(share).sum::<Result<f64, _>>()?;
    Ok(Start {
        begun: until(0),
        painted: until(1),
        usable: (now - started) * 1000.0,
        spent,
        own: share(process)?,
        all,
    })
}

fn report(starts: &[Start]) -> String {
    let row = |name: &str, unit: &str, figure: fn(&Start) -> f64| {
        let mut figures: Vec<f64> = starts.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        let (first, last) = (figures.first().copied(), figures.last().copied());
        let median = figures.get(figures.len() / 2).copied();
        let [first, median, last] = [first, median, last].map(Option::unwrap_or_default);
        format!("{name:24} {first:6.0} {median:6.0} {last:6.0} {unit}\n")
    };
    [
        format!(
            "{:24} {:>6} {:>6} {:>6}\n",
            format!("{} starts", starts.len()),
            "least",
            "median",
            "most"
        ),
        row("page begun", "ms", |start| start.begun),
        row("window drawn", "ms (bar 400)", |start| start.painted),
        row("list usable", "ms (bar 1000)", |start| start.usable),
        row("processors' time", "ms", |start| start.spent),
        row("memory, own process", "MB (bar 100)", |start| start.own),
        row("memory, with web view", "MB (bar 300)", |start| start.all),
    ]
    .concat()
}

fn not_found(what: &str) -> Failure {
    Failure::NotFound(what.to_owned())
}

fn seconds_since_boot() -> Result<f64, Failure> {
    let text = std::fs::read_to_string("/proc/uptime")?;
    let seconds = text.split(' ').next().and_then(|seconds| seconds.parse().ok());
    seconds.ok_or_else(|| not_found("the time since the machine was started"))
}

/// All processes, by number.
fn processes() -> Result<Vec<u32>, Failure> {
    let entries = std::fs::read_dir("/proc")?.filter_map(Result::ok);
    Ok(entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect())
}

fn process_of(app: &Path) -> Result<u32, Failure> {
    let app = app.canonicalize()?;
    let runs_it = |process: &u32| std::fs::read_link(format!("/proc/{process}/exe")).is_ok_and(|exe| exe == app);
    processes()?
        .into_iter()
        .find(runs_it)
        .ok_or_else(|| not_found("the program's process"))
}

/// The words of a process's `stat` behind its name, which may hold anything.
fn stat(process: u32) -> Result<Vec<String>, Failure> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let behind = text.rsplit_once(')').map_or("", |(_, behind)| behind);
    Ok(behind.split_whitespace().map(str::to_owned).collect())
}

/// When a process was started, in seconds since the machine was.
fn started(process: u32) -> Result<f64, Failure> {
    let ticks = stat(process)?.get(19).and_then(|ticks| ticks.parse::<f64>().ok());
    ticks
        .map(|ticks| ticks / TICKS)
        .ok_or_else(|| not_found("when the program was started"))
}

/// The processors' time of a process in milliseconds, its threads' included.
fn spent(process: u32) -> Result<f64, Failure> {
    let stat = stat(process)?;
    let ticks = [11, 12].map(|place: usize| stat.get(place).and_then(|ticks| ticks.parse::<f64>().ok()));
    let [Some(user), Some(system)] = ticks else {
        return Err(not_found("the program's use of the processors"));
    };
    Ok((user + system) / TICKS * 1000.0)
}

/// A process and all that it started.
fn family(process: u32) -> Result<Vec<u32>, Failure> {
    let mut family = vec![process];
    let mut seen = 0;
    let all = processes()?;
    while let Some(parent) = family.get(seen).copied() {
        seen += 1;
        let is_child = |child: &u32| stat(*child).is_ok_and(|stat| stat.get(1) == Some(&parent.to_string()));
        family.extend(all.iter().copied().filter(is_child));
    }
    Ok(family)
}

/// A process's memory in MB: its own pages and its share of those it shares.
fn share(process: u32) -> Result<f64, Failure> {
    let text = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kib.map(|kib| kib * 1024.0 / 1e6)
        .ok_or_else(|| not_found("the program's memory"))
}
