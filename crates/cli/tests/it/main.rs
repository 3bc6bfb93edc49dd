//! The built `dip` against Local storage: every command, what it prints, and how it ends.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod access;
mod accounts;
mod buckets;
mod copying;
mod listing;
mod moving;
mod objects;
mod removing;
mod support;
