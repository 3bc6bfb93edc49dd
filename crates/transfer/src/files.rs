//! The only module that opens users' files.
//!
//! Two kinds of work, two places. Pieces of a file are read and written *inline*, at a position, by the engine's named
//! threads: each takes some ten microseconds, less than handing it to another thread would. Everything that can take
//! longer (open, sync, rename, make a folder) goes through [`blocking`] to the same runtime's pool.

mod buffers;
mod folders;
mod place;
mod positional;
mod room;
mod scan;
mod source;
mod target;
mod threads;

pub(crate) use buffers::Buffers;
pub(crate) use folders::Folders;
pub(crate) use place::Place;
pub use scan::{Scan, ScannedFile, SkipReason, Skipped, scan};
pub(crate) use source::{FilePart, Fingerprint, Outlet, SourceFile};
pub(crate) use target::Target;
pub(crate) use threads::{Threads, blocking};
