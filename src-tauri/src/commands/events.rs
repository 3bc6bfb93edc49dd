//! The event log.

use tauri::ipc::Channel;

use super::At;
use crate::ipc::error::Answer;
use crate::ipc::views::EventBatch;

#[tauri::command]
#[specta::specta]
pub(crate) async fn watch_events(shell: At<'_>, events: Channel<EventBatch>) -> Answer<u32> {
    Ok(shell.pumps.start(shell.app.watch_events(), events))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn clear_events(shell: At<'_>) -> Answer<()> {
    shell.app.clear_events();
    Ok(())
}
