//! `dip`: Dipper on the command line.
//!
//! It drives the same [`dipper_app::App`] as the window, over the same accounts and the same keychain. Arguments become
//! places ([`place`]), a command ([`commands`]) asks the app, and what comes of it is written by [`output`] and ends in one
//! of the codes of [`exit`]. Nothing here knows S3, and no secret is ever an argument or printed.

mod arguments;
mod commands;
mod conflicts;
mod environment;
mod exit;
mod interrupt;
mod output;
mod pattern;
mod place;
mod progress;
mod prompt;
mod select;
mod session;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::Arguments;
use crate::exit::{Code, Failure};
use crate::session::Session;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    start_logging();
    let json = arguments.global.json;
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => return Failure::new(Code::Failed, format!("Could not start: {cause}.")).report(json),
    };
    let ended = runtime.block_on(run(arguments));
    // A question that nobody answers any more must not keep the program.
    runtime.shutdown_background();
    match ended {
        Ok(code) => code.into(),
        Err(failure) => failure.report(json),
    }
}

/// Runs the command until it ends or is interrupted; either way, what was begun on servers and disks is put in order.
async fn run(arguments: Arguments) -> Result<Code, Failure> {
    if let arguments::Command::Completions { shell } = &arguments.command {
        return commands::completions::run(*shell);
    }
    let mut interrupted = interrupt::listen()?;
    let session = Session::start(&arguments).await?;
    let ended = tokio::select! {
        ended = commands::run(&session, arguments.command) => ended,
        () = interrupt::happened(&mut interrupted) => Ok(Code::Interrupted),
    };
    session.end().await;
    ended
}

/// Logs go to standard error, as `RUST_LOG` asks; errors only by default. What may be logged holds no secret: `s3s`, the
/// HTTP layer of Local storage, is never heard, since its words hold signatures.
fn start_logging() {
    let silenced = tracing::level_filters::LevelFilter::OFF;
    let filter = tracing_subscriber::EnvFilter::from_default_env()
        .add_directive("s3s=off".parse().unwrap_or_else(|_| silenced.into()));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
