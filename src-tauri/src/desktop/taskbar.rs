//! How far all transfers are, on the window's button in the task bar or on the program's icon in the dock.
//!
//! Desktops that have no such thing show nothing. Failures are shown while others go on; afterwards the list and a notice
//! tell of them.

use dipper_app::TransferTotals;
use tauri::window::{ProgressBarState, ProgressBarStatus};
use tauri::{AppHandle, Manager};

use super::window::LABEL;

/// What is shown there.
#[derive(Debug, Default)]
pub(crate) struct Bar {
    shown: Look,
    /// Transfers that had failed before those that are at work now.
    failed_before: u64,
}

/// How it looks, and how full it is in percent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Look {
    #[default]
    Nothing,
    /// Something is done of which nobody knows how much it is.
    Unknown,
    Moving(u64),
    Failing(u64),
    Resting(u64),
}

impl Bar {
    /// Shows these figures, if they look different.
    pub(crate) fn follow(&mut self, handle: &AppHandle, totals: &TransferTotals) {
        let look = self.look(totals);
        if look == self.shown {
            return;
        }
        self.shown = look;
        if let Some(window) = handle.get_webview_window(LABEL)
            && let Err(error) = window.set_progress_bar(look.into())
        {
            tracing::info!(%error, "the task bar shows no progress");
        }
    }

    fn look(&mut self, totals: &TransferTotals) -> Look {
        let percent = (totals.bytes_done * 100)
            .checked_div(totals.bytes_total)
            .map(|percent| percent.min(100));
        if totals.running + totals.queued == 0 {
            self.failed_before = totals.failed;
            return if totals.paused > 0 {
                Look::Resting(percent.unwrap_or_default())
            } else {
                Look::Nothing
            };
        }
        // Old ones may be taken off the list meanwhile.
        self.failed_before = self.failed_before.min(totals.failed);
        match percent {
            Some(percent) if totals.failed > self.failed_before => Look::Failing(percent),
            Some(percent) => Look::Moving(percent),
            None => Look::Unknown,
        }
    }
}

impl From<Look> for ProgressBarState {
    fn from(look: Look) -> Self {
        let (status, progress) = match look {
            Look::Nothing => (ProgressBarStatus::None, None),
            Look::Unknown => (ProgressBarStatus::Indeterminate, None),
            Look::Moving(percent) => (ProgressBarStatus::Normal, Some(percent)),
            Look::Failing(percent) => (ProgressBarStatus::Error, Some(percent)),
            Look::Resting(percent) => (ProgressBarStatus::Paused, Some(percent)),
        };
        Self {
            status: Some(status),
            progress,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_what_moves_and_tells_of_failures_meanwhile_only() {
        let mut bar = Bar::default();
        let figures = |running, paused, failed, bytes_done| TransferTotals {
            running,
            paused,
            failed,
            bytes_done,
            bytes_total: 200,
            ..TransferTotals::default()
        };
        let idle = TransferTotals {
            failed: 1,
            ..TransferTotals::default()
        };
        let looks = [
            (idle, Look::Nothing),
            (figures(2, 0, 1, 50), Look::Moving(25)),
            (figures(1, 0, 2, 100), Look::Failing(50)),
            (figures(0, 1, 2, 100), Look::Resting(50)),
            (figures(1, 0, 2, 300), Look::Moving(100)),
            (idle, Look::Nothing),
        ];
        for (totals, look) in looks {
            assert_eq!(bar.look(&totals), look, "{totals:?}");
        }
        let deleting = TransferTotals {
            running: 1,
            ..TransferTotals::default()
        };
        assert_eq!(bar.look(&deleting), Look::Unknown);
    }
}
