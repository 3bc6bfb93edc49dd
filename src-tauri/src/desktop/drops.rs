//! Files dragged over the window from outside. The event is taken here, in Rust: the page learns where the pointer is
//! and how many files there are, never a path.

use std::sync::{Mutex, PoisonError};

use tauri::ipc::Channel;
use tauri::{DragDropEvent, Manager, PhysicalPosition, Window};
use tokio_util::sync::CancellationToken;

use super::Shell;
use crate::ipc::stream::Pumps;
use crate::ipc::views::DropEvent;

/// Who is told, and how many files are in the air.
#[derive(Default)]
pub(crate) struct Drops {
    watcher: Mutex<Option<(Channel<DropEvent>, CancellationToken)>>,
    dragged: Mutex<u64>,
}

impl Drops {
    /// Tells this channel from now on, and no earlier one.
    pub(crate) fn watch(&self, pumps: &Pumps, channel: Channel<DropEvent>) -> u32 {
        let (id, stopped) = pumps.register();
        *self.watcher.lock().unwrap_or_else(PoisonError::into_inner) = Some((channel, stopped));
        id
    }

    fn tell(&self, event: DropEvent) {
        let watcher = self.watcher.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((channel, stopped)) = watcher.as_ref()
            && !stopped.is_cancelled()
        {
            // A page that is being loaded again misses a move of the pointer, which the next one mends.
            drop(channel.send(event));
        }
    }

    fn dragged(&self) -> std::sync::MutexGuard<'_, u64> {
        self.dragged.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Passes an event of the window on to the page.
pub(crate) fn take(window: &Window, event: &DragDropEvent) {
    let Some(shell) = window.try_state::<Shell>() else {
        return;
    };
    let drops = &shell.drops;
    let scale = window.scale_factor().unwrap_or(1.0);
    match event {
        DragDropEvent::Enter { paths, position } => {
            *drops.dragged() = count(paths.len());
            drops.tell(over(*position, scale, count(paths.len())));
        }
        DragDropEvent::Over { position } => drops.tell(over(*position, scale, *drops.dragged())),
        DragDropEvent::Drop { paths, position } => {
            let Ok(source) = shell.app.register_upload_source(paths.clone()) else {
                return drops.tell(DropEvent::Leave);
            };
            let at = position.to_logical::<i32>(scale);
            let source_id = source.as_str().to_owned();
            drops.tell(DropEvent::Drop {
                x: at.x,
                y: at.y,
                source_id,
                files: count(paths.len()),
            });
        }
        _ => drops.tell(DropEvent::Leave),
    }
}

fn over(position: PhysicalPosition<f64>, scale: f64, files: u64) -> DropEvent {
    let at = position.to_logical::<i32>(scale);
    DropEvent::Over {
        x: at.x,
        y: at.y,
        files,
    }
}

fn count(files: usize) -> u64 {
    u64::try_from(files).unwrap_or(u64::MAX)
}
