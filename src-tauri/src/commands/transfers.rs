//! Transfers: downloads, and the jobs of every kind.

use tauri::AppHandle;
use tauri::ipc::Channel;

use super::{At, done};
use crate::desktop::dialogs::{self, DownloadPlace};
use crate::ipc::error::Answer;
use crate::ipc::views::TransferBatch;

#[tauri::command]
#[specta::specta]
pub(crate) async fn download(
    window: AppHandle,
    shell: At<'_>,
    view_id: String,
    selection_id: String,
    place: DownloadPlace,
) -> Answer<Option<u64>> {
    let Some(folder) = dialogs::download_folder(&window, place).await? else {
        return Ok(None);
    };
    Ok(Some(shell.app.download(&view_id.into(), &selection_id, folder).await?))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn watch_transfers(shell: At<'_>, batch: Channel<TransferBatch>) -> Answer<u32> {
    Ok(shell.pumps.start(shell.app.watch_transfers(), batch))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_transfer(shell: At<'_>, id: u64) -> Answer<()> {
    done(shell.app.cancel_transfer(id).await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_all_transfers(shell: At<'_>) -> Answer<()> {
    done(shell.app.cancel_all_transfers().await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn retry_transfer(shell: At<'_>, id: u64) -> Answer<()> {
    done(shell.app.retry_transfer(id).await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_transfer(shell: At<'_>, id: u64) -> Answer<()> {
    done(shell.app.forget_transfer(id).await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn clear_finished_transfers(shell: At<'_>) -> Answer<()> {
    done(shell.app.clear_finished_transfers().await)
}
