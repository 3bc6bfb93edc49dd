//! Moving bytes: plan, queue, parts, progress.
//!
//! This room knows neither accounts nor the keychain nor the screen: a [`JobSpec`] brings a client, names and paths. The
//! idea to hold: an [`Engine`] runs *jobs* (one request of a user) of *items* (one object each), large items in *parts*.
//! All of it runs on the engine's own named threads, where file reads and writes are positional and inline; bytes are
//! counted with atomics, and whoever wants to see them samples a snapshot with [`Engine::watch`].
//!
//! ```text
//!   JobSpec ──► journal ──► Engine ──► job (one task) ──► items (slots) ──► parts (permits) ──► storage
//!                 ▲            │                            │                 │
//!                 │            └─ progress (atomics) ◄──────┴─────────────────┤
//!                 └──────────────── evidence ◄────────────────────────────────┘
//! ```
//!
//! What a job has to do stands in the journal, so memory is bounded by connections × chunk (256 KiB) and a page of items,
//! never by the size of a file or the number of keys; and a process that is killed at any moment is taken up by the next.

mod acl;
mod changes;
mod clean;
mod context;
mod copy;
mod crash;
mod crew;
mod delete;
mod download;
mod engine;
mod error;
mod feed;
mod files;
mod job;
mod journal;
mod limits;
mod line;
mod names;
mod parts;
mod progress;
mod queue;
mod record;
mod retry;
mod spec;
mod store;
mod upload;
mod work;

pub use changes::{Batch, Changes, Totals};
#[doc(hidden)]
pub use crash::CRASH_POINTS;
pub use download::Verified;
pub use engine::{Engine, EngineOptions, TakenUp};
pub use error::{Error, Result};
pub use files::{Scan, ScannedFile, SkipReason, Skipped, scan};
pub use job::{ItemError, ItemStanding, ItemView, JobId, JobKind, JobSnapshot, JobState};
pub use limits::Limits;
pub use line::{LineOptions, LineState, LineStatus};
pub use names::{LocalName, local_name};
pub use parts::{MULTIPART_THRESHOLD, PartPlan, parts_for};
pub use queue::Move;
pub use spec::{
    AclSpec, ConflictPolicy, CopyAccess, CopyFolder, CopyObject, CopySpec, DeleteSpec, DownloadConflict, DownloadSpec,
    EmptyBucketSpec, JobSpec, Place, UploadItem, UploadSpec,
};
pub use upload::content_type_of;
