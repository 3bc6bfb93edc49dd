//! How much transfers do at a time, as it is set and saved.

use dipper_transfer::Limits;
use serde::{Deserialize, Serialize};

use crate::App;

/// How much transfers do at a time, all of them together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TransferLimits {
    /// Bytes a second that go up; `None` is no limit.
    pub up: Option<u64>,
    /// Bytes a second that come down; `None` is no limit.
    pub down: Option<u64>,
    /// Transfers at work at the same time; others wait for their turn.
    pub at_once: u32,
}

impl Default for TransferLimits {
    fn default() -> Self {
        Limits::default().into()
    }
}

impl From<Limits> for TransferLimits {
    fn from(limits: Limits) -> Self {
        Self {
            up: limits.up,
            down: limits.down,
            at_once: u32::try_from(limits.jobs).unwrap_or(u32::MAX),
        }
    }
}

impl App {
    /// Has transfers keep to these limits for this run, those under way too, within a second.
    /// [`save_settings`](App::save_settings) keeps them for later ones.
    pub fn limit_transfers(&self, limits: TransferLimits) {
        self.parts.work.engine.set_limits(Limits {
            up: limits.up,
            down: limits.down,
            jobs: limits.at_once as usize,
        });
    }

    /// What transfers keep to.
    pub fn transfer_limits(&self) -> TransferLimits {
        self.parts.work.engine.limits().into()
    }
}
