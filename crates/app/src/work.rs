//! What runs between two clicks: open views, upload plans, permissions that were read, and the transfer engine.

use crate::error::Result;

/// The working state of an app; nothing of it outlives the run.
pub(crate) struct Work {}

impl Work {
    /// Starts the transfer engine with its threads.
    pub(crate) fn new() -> Result<Self> {
        todo!()
    }
}
