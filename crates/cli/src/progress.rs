//! Following transfers to their end, and saying what came of them.
//!
//! Where nobody looks, nothing is drawn and nothing is sampled. At a terminal the app's batches, at most four a second, move
//! one bar; no item costs anything here.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::IsTerminal as _;

use dipper_app::{Job, JobState, TransferBatch};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::exit::{Code, Failure, name_of, say};
use crate::output::{counted, escaped, size};
use crate::session::Session;

/// What came of a transfer, in JSON.
#[derive(Serialize)]
struct ResultRecord<'a> {
    #[serde(rename = "type")]
    record: &'static str,
    action: &'a str,
    bucket: &'a str,
    done: u64,
    skipped: u64,
    failed: u64,
    bytes: u64,
    cancelled: bool,
    errors: Vec<ItemRecord<'a>>,
}

/// Why one object failed, in JSON.
#[derive(Serialize)]
struct ItemRecord<'a> {
    name: &'a str,
    kind: &'static str,
    message: &'a str,
    hint: Option<&'a str>,
    request_id: Option<&'a str>,
}

/// What a command did with its transfers.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) jobs: Vec<Job>,
    /// Left alone before a transfer began, since the name was taken.
    pub(crate) skipped: u64,
    /// Left out since they cannot be done.
    pub(crate) left_out: u64,
}

/// Waits until all jobs have ended.
pub(crate) async fn follow(session: &Session, jobs: &[u64]) -> Result<Vec<Job>, Failure> {
    let all = async {
        let mut ended = Vec::with_capacity(jobs.len());
        for job in jobs {
            ended.push(session.app.wait_for_transfer(*job).await?);
            // What came of it is said here and now: it does not wait in the window's list.
            session.app.forget_transfer(*job).await?;
        }
        Ok(ended)
    };
    if session.global.quiet || !std::io::stderr().is_terminal() {
        return all.await;
    }
    let mut bar = Bar::new();
    let mut changes = session.app.watch_transfers();
    tokio::pin!(all);
    loop {
        tokio::select! {
            ended = &mut all => {
                bar.clear();
                return ended;
            }
            batch = changes.next() => bar.show(batch),
        }
    }
}

/// Says what came of it and gives the code to end with.
pub(crate) fn report(session: &Session, action: &str, outcome: &Outcome) -> Result<Code, Failure> {
    for job in &outcome.jobs {
        for error in &job.errors {
            say(&format!("dip: {}: {}", escaped(&error.name), escaped(&error.message)));
            if let Some(hint) = &error.hint {
                say(&format!("     {}", escaped(hint)));
            }
        }
    }
    let sum = |figure: fn(&Job) -> u64| outcome.jobs.iter().map(figure).sum::<u64>();
    let skipped = outcome.skipped + sum(|job| job.items_skipped);
    let failed = outcome.left_out + sum(|job| job.items_failed);
    let record = ResultRecord {
        record: "result",
        action,
        bucket: outcome.jobs.first().map_or("", |job| &job.bucket),
        done: sum(|job| job.items_done),
        skipped,
        failed,
        bytes: sum(|job| job.bytes_done),
        cancelled: outcome.jobs.iter().any(|job| job.state == JobState::Cancelled),
        errors: outcome
            .jobs
            .iter()
            .flat_map(|job| &job.errors)
            .map(ItemRecord::from)
            .collect(),
    };
    if session.out.is_json() {
        session.out.record(&record, |_| String::new())?;
    } else if !session.global.quiet && std::io::stderr().is_terminal() {
        say(&in_words(&record));
    } else if skipped > 0 && !session.global.quiet {
        say(&format!(
            "dip: {} left as they were: the names are taken",
            counted(skipped, "object")
        ));
    }
    Ok(code(&outcome.jobs, outcome.left_out))
}

fn in_words(record: &ResultRecord<'_>) -> String {
    let mut words = format!(
        "{}: {}, {}",
        record.action,
        counted(record.done, "object"),
        size(record.bytes, true)
    );
    if record.skipped > 0 {
        _ = write!(words, "; {} left as they were", record.skipped);
    }
    if record.failed > 0 {
        _ = write!(words, "; {} failed", record.failed);
    }
    words
}

/// A transfer of which nothing came ends as its first error does; one of which some came has failed in part.
fn code(jobs: &[Job], left_out: u64) -> Code {
    if jobs.iter().any(|job| job.state == JobState::Cancelled) {
        return Code::Interrupted;
    }
    if left_out == 0 && jobs.iter().all(|job| job.state == JobState::Done) {
        return Code::Done;
    }
    let nothing = jobs.iter().all(|job| job.items_done + job.items_skipped == 0);
    match jobs.iter().flat_map(|job| &job.errors).next() {
        Some(first) if nothing => Code::of(first.code),
        _ => Code::Failed,
    }
}

impl<'a> From<&'a dipper_app::JobError> for ItemRecord<'a> {
    fn from(error: &'a dipper_app::JobError) -> Self {
        Self {
            name: &error.name,
            kind: name_of(error.code),
            message: &error.message,
            hint: error.hint.as_deref(),
            request_id: error.request_id.as_deref(),
        }
    }
}

/// One bar for all jobs.
struct Bar {
    bar: ProgressBar,
    jobs: HashMap<u64, Job>,
}

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(4));
        let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self {
            bar,
            jobs: HashMap::new(),
        }
    }

    fn show(&mut self, batch: TransferBatch) {
        self.jobs.extend(batch.jobs.into_iter().map(|job| (job.id, job)));
        let sum = |figure: fn(&Job) -> u64| self.jobs.values().map(figure).sum::<u64>();
        self.bar
            .set_length(sum(|job| job.bytes_total.unwrap_or(job.bytes_done)));
        let left = match batch.totals.seconds_left {
            Some(seconds) => format!(", {seconds} s left"),
            None => String::new(),
        };
        let message = format!(
            "{}/{} objects, {}/s{left}",
            sum(|job| job.items_done + job.items_skipped + job.items_failed),
            sum(|job| job.items_total),
            size(sum(|job| job.bytes_per_second), true),
        );
        self.bar.set_message(message);
        self.bar.set_position(sum(|job| job.bytes_done));
    }

    fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
