//! The engine against a real S3 server on a real disk, and against scripted answers where a server must misbehave.

#![expect(clippy::unwrap_used, reason = "tests")]

mod cancelling;
mod copying;
mod deleting;
mod downloading;
#[cfg(unix)]
mod killing;
mod limiting;
mod queueing;
mod restarting;
mod scripted;
mod support;
mod uploading;
mod watching;
