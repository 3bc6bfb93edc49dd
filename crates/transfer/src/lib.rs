//! Moving bytes: plan, queue, parts, progress.
//!
//! This room knows neither accounts nor the keychain nor the screen: a [`JobSpec`] brings a client, names and paths. The
//! idea to hold: an [`Engine`] runs *jobs* (one request of a user) of *items* (one object each), large items in *parts*.
//! All of it runs on the engine's own named threads, where file reads and writes are positional and inline; bytes are
//! counted with atomics, and whoever wants to see them samples a snapshot with [`Engine::watch`].
//!
//! ```text
//!   JobSpec ──► Engine ──► job (one task) ──► items (slots) ──► parts (permits) ──► storage
//!                 │           │                                    │
//!                 │           └─ progress (atomics) ◄──────────────┘
//!                 └─ Changes: snapshots of what changed, at most four a second
//! ```
//!
//! Memory is bounded by connections × chunk (256 KiB), never by the size of a file or the number of keys.

mod acl;
mod changes;
mod context;
mod crew;
mod delete;
mod download;
mod engine;
mod error;
mod files;
mod job;
mod line;
mod names;
mod parts;
mod progress;
mod record;
mod retry;
mod spec;
mod targets;
mod upload;
mod work;

pub use changes::{Batch, Changes, Totals};
pub use download::Verified;
pub use engine::{Engine, EngineOptions};
pub use error::{Error, Result};
pub use files::{Scan, ScannedFile, SkipReason, Skipped, scan};
pub use job::{ItemError, JobId, JobKind, JobSnapshot, JobState};
pub use line::{LineOptions, LineState, LineStatus};
pub use names::{LocalName, local_name};
pub use parts::{MULTIPART_THRESHOLD, PartPlan, parts_for};
pub use spec::{
    AclSpec, ConflictPolicy, DeleteSpec, DownloadConflict, DownloadSpec, EmptyBucketSpec, JobSpec, UploadItem,
    UploadSpec,
};
pub use upload::content_type_of;
