//! Local storage: an S3 server over one folder of this computer.
//!
//! The bytes of objects lie in files named by random ids; everything else (buckets, keys, metadata, access rules,
//! unfinished uploads) is in one SQLite database beside them. An answer that says "stored" is given only after both
//! are safe on the disk, so a crash at any moment loses nothing that was acknowledged and shows nothing half-written.
//!
//! ```text
//!   a connection          door      refuses what must not reach S3: foreign Host headers, unknown subresources,
//!        │                          unsigned x-amz headers, stale dates
//!        ▼                s3s       HTTP and XML to types, V4 and V2 signatures
//!   access                          what a stranger (an unsigned request) may do: bucket and object ACL, bucket policy
//!        ▼
//!   service               one file per group of S3 operations; knows the protocol, not the disk
//!        ▼
//!   store ── database     SQL in transactions, one writer thread, a few readers
//!        └── files        object bytes: written, synced, renamed; shared by copies; removed when nobody points at them
//! ```
//!
//! The server listens on 127.0.0.1 only and has one user, its owner. "Public" here means anyone on this computer.
//! Unsigned requests never change anything, whatever an ACL or a policy grants them.
//!
//! The crate knows no accounts and no user interface: whoever starts it brings the keys.

mod access;
mod acl;
mod database;
mod digest;
mod door;
mod error;
mod failure;
mod files;
mod folder;
mod names;
mod policy;
mod server;
mod service;
mod store;

pub use error::{Error, ErrorKind};
pub use server::{Options, Server};
