//! Files dragged over the window from outside. The event is taken here, in Rust: the page learns where the pointer is
//! and how many files there are, never a path.

use std::sync::atomic::{AtomicU64, Ordering};

use tauri::{DragDropEvent, LogicalPosition, Manager, PhysicalPosition, Window};

use super::Shell;
use crate::ipc::views::DropEvent;
use crate::ipc::watcher::Watcher;

/// Who is told, and how many files are in the air.
#[derive(Default)]
pub(crate) struct Drops {
    /// The page that hears of them.
    pub(crate) watcher: Watcher<DropEvent>,
    dragged: AtomicU64,
}

/// Passes an event of the window on to the page.
pub(crate) fn take(window: &Window, event: &DragDropEvent) {
    let Some(shell) = window.try_state::<Shell>() else {
        return;
    };
    let drops = &shell.drops;
    let place = |position: &PhysicalPosition<f64>| on_page(*position, window.scale_factor().unwrap_or(1.0));
    let over = |at: LogicalPosition<i32>, files| DropEvent::Over {
        x: at.x,
        y: at.y,
        files,
    };
    // A page that is being loaded again misses a move of the pointer, which the next one mends.
    let _heard = drops.watcher.tell(match event {
        DragDropEvent::Enter { paths, position } => {
            drops.dragged.store(count(paths.len()), Ordering::Relaxed);
            over(place(position), count(paths.len()))
        }
        DragDropEvent::Over { position } => over(place(position), drops.dragged.load(Ordering::Relaxed)),
        DragDropEvent::Drop { paths, position } => match shell.app.register_upload_source(paths.clone()) {
            Ok(source) => dropped(place(position), source.as_str(), count(paths.len())),
            Err(_) => DropEvent::Leave,
        },
        _ => DropEvent::Leave,
    });
}

fn dropped(at: LogicalPosition<i32>, source_id: &str, files: u64) -> DropEvent {
    DropEvent::Drop {
        x: at.x,
        y: at.y,
        source_id: source_id.to_owned(),
        files,
    }
}

/// Where on the page that is. Windows tells pixels of the screen; GTK and macOS tell the page's own pixels, whatever the
/// type says (wry 0.57).
fn on_page(position: PhysicalPosition<f64>, scale: f64) -> LogicalPosition<i32> {
    let scale = if cfg!(windows) { scale } else { 1.0 };
    position.to_logical(scale)
}

fn count(files: usize) -> u64 {
    u64::try_from(files).unwrap_or(u64::MAX)
}
