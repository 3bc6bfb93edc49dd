//! One step of work, as a line on the terminal: `▸ building the interface … 12 s`.
//!
//! What a step's program prints goes to a file, so that the terminal stays readable and no left-over child can hold it
//! open; when the step fails, the end of that file is shown. A step that takes long says where it is.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::repository;

/// How often a program is asked whether it has ended.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(50);
/// How often a long step says that it is still at work.
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);
/// How much of a failed program's output is shown.
const LINES_SHOWN: usize = 60;

/// How a program ended, and what it printed.
pub(crate) struct Outcome {
    /// What it printed.
    pub(crate) text: String,
    /// Whether it said that all went well; if not, why, with the end of what it printed.
    pub(crate) result: Result<(), Failure>,
}

/// Runs a program that has to succeed; what it printed.
pub(crate) fn run(label: &str, command: Command) -> Result<String, Failure> {
    let outcome = attempt(label, command)?;
    outcome.result.map(|()| outcome.text)
}

/// Runs a program to its end, however that is. Its output stays in `target/test-logs/NAME.log`, the name being the
/// label's words.
pub(crate) fn attempt(label: &str, mut command: Command) -> Result<Outcome, Failure> {
    let log = repository::log_file(label)?;
    let output = File::create(&log).map_err(Failure::io(format!("write {}", log.display())))?;
    let errors = output
        .try_clone()
        .map_err(Failure::io(format!("write {}", log.display())))?;
    command.stdin(Stdio::null()).stdout(output).stderr(errors);
    let name = command.get_program().display().to_string();
    begin(label)?;
    let started = Instant::now();
    let mut child = command.spawn().map_err(Failure::io(format!("start {name}")))?;
    let status = wait(&mut child, &log, started).map_err(Failure::io(format!("watch {name}")))?;
    let text = read(&log);
    let time = duration(started.elapsed());
    let result = if status.success() {
        println!("{time}");
        Ok(())
    } else {
        println!("failed after {time}");
        let message = format!(
            "{label} failed ({status}). The end of {}:\n{}",
            log.display(),
            tail(&text)
        );
        Err(Failure::new(message))
    };
    Ok(Outcome { text, result })
}

/// Waits for the program's end, saying now and then where it is.
fn wait(child: &mut Child, log: &Path, started: Instant) -> io::Result<ExitStatus> {
    let mut next_sign = SIGN_OF_LIFE;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if started.elapsed() > next_sign {
            next_sign += SIGN_OF_LIFE;
            print!("\n    {}: {} … ", duration(started.elapsed()), last_line(&read(log)));
            io::stdout().flush()?;
        }
        thread::sleep(LOOK_AGAIN_AFTER);
    }
}

/// Does something without a program of its own, and says how long it took.
pub(crate) fn work<T>(label: &str, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    begin(label)?;
    let started = Instant::now();
    let outcome = work();
    match &outcome {
        Ok(_) => println!("{}", duration(started.elapsed())),
        Err(_) => println!("failed after {}", duration(started.elapsed())),
    }
    outcome
}

/// Says something on a line of its own.
pub(crate) fn say(text: &str) {
    println!("▸ {text}");
}

/// A time as people say it: `0.4 s`, `12 s`, `3 min 5 s`.
pub(crate) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

fn begin(label: &str) -> Result<(), Failure> {
    print!("▸ {label} … ");
    io::stdout().flush().map_err(Failure::io("write to the terminal"))
}

fn read(log: &Path) -> String {
    match fs::read(log) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => format!("({} could not be read: {error})", log.display()),
    }
}

fn last_line(text: &str) -> &str {
    text.lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("nothing said yet")
        .trim()
}

fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES_SHOWN)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_people_say_them() {
        let said = [400, 12_300, 60_000, 723_000].map(|milliseconds| duration(Duration::from_millis(milliseconds)));
        assert_eq!(said, ["0.4 s", "12 s", "1 min 0 s", "12 min 3 s"]);
    }

    #[test]
    fn a_sign_of_life_is_the_last_line_with_something_on_it() {
        assert_eq!(last_line("one\n  two  \n\n"), "two");
        assert_eq!(last_line(""), "nothing said yet");
    }
}
