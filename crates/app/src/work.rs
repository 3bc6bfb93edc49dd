//! What runs between two clicks: open views, upload plans, permissions that were read, and the transfer engine.

use std::path::Path;

use dipper_transfer::{Engine, EngineOptions};
use tokio_util::task::TaskTracker;

use crate::access::Reads;
use crate::error::{Error, Result};
use crate::uploads::Uploads;
use crate::views::Views;

/// The working state of an app; nothing of it outlives the run.
pub(crate) struct Work {
    pub(crate) views: Views,
    pub(crate) uploads: Uploads,
    pub(crate) reads: Reads,
    pub(crate) engine: Engine,
    /// What is still being put in order on a server after its caller has gone.
    pub(crate) cleanups: TaskTracker,
}

impl Work {
    /// Starts the transfer engine with its threads, over the journal in a data folder.
    pub(crate) async fn new(folder: &Path) -> Result<Self> {
        let options = EngineOptions {
            journal: Some(folder.join("transfers")),
            ..EngineOptions::default()
        };
        let started = tokio::task::spawn_blocking(move || Engine::new(options));
        let engine = started
            .await
            .map_err(|cause| Error::internal("start the transfers", cause))?;
        let engine = engine.map_err(|cause| Error::of_transfer("startTransfers", cause))?;
        Ok(Self {
            views: Views::default(),
            uploads: Uploads::default(),
            reads: Reads::default(),
            engine,
            cleanups: TaskTracker::new(),
        })
    }
}

/// How many requests one action sends side by side where it needs one per object: enough to hide a server's delay, few
/// enough to leave room for transfers.
pub(crate) const SIDE_BY_SIDE: usize = 8;
