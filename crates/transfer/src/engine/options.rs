//! How an engine is set up.

use std::path::PathBuf;

use dipper_storage::Clock;
use time::OffsetDateTime;

use crate::limits::Limits;
use crate::line::LineOptions;

/// How an engine is set up.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// The folder of the journal, made when missing; several processes may share it. `None` keeps the journal in memory:
    /// then nothing outlives the engine.
    pub journal: Option<PathBuf>,
    /// Requests under way at the same time, over all jobs. Eight to sixteen fill any line that we measured.
    pub total_connections: usize,
    /// Objects from this size on are copied in parts side by side where their server does it by itself and is known to do
    /// that well. One request for a GiB takes a server some ten seconds.
    pub copy_in_parts_from: u64,
    /// How much is done at a time, until [`Engine::set_limits`](crate::Engine::set_limits).
    pub limits: Limits,
    /// Where the time comes from.
    pub clock: Clock,
    /// How requests wait while their server cannot take them.
    pub line: LineOptions,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            journal: None,
            total_connections: 16,
            copy_in_parts_from: 1024 * 1024 * 1024,
            limits: Limits::default(),
            clock: OffsetDateTime::now_utc,
            line: LineOptions::default(),
        }
    }
}
