//! The engine against a real S3 server on a real disk, and against scripted answers where a server must misbehave.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod cancelling;
mod changing;
mod copying;
mod deleting;
mod downloading;
#[cfg(target_os = "linux")]
mod journal;
#[cfg(unix)]
mod killing;
mod limiting;
mod model;
mod names;
#[cfg(target_os = "linux")]
mod power;
mod queueing;
mod restarting;
#[cfg(unix)]
mod rights;
#[cfg(target_os = "linux")]
mod room;
mod scripted;
mod support;
mod uploading;
mod watching;
