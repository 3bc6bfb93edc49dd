//! Transfers: downloads, and the jobs of every kind.

use tauri::AppHandle;
use tauri::ipc::Channel;

use super::{At, done};
use crate::desktop::dialogs::{self, DownloadPlace};
use crate::ipc::error::Answer;
use crate::ipc::mirror::list;
use crate::ipc::views::{ItemStanding, MoveTo, TakenUpView, TransferBatch, TransferItemView};

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
pub(crate) async fn take_up_transfers(shell: At<'_>) -> Answer<TakenUpView> {
    Ok(shell.app.take_up_transfers().await?.into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn transfer_items(
    shell: At<'_>,
    id: u64,
    which: Option<ItemStanding>,
    after: u32,
    most: u32,
) -> Answer<Vec<TransferItemView>> {
    let which = which.map(Into::into);
    Ok(list(shell.app.transfer_items(id, which, after, most).await?))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn move_transfer(shell: At<'_>, id: u64, to: MoveTo) -> Answer<()> {
    done(shell.app.move_transfer(id, to.into()).await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn pause_transfer(shell: At<'_>, id: u64) -> Answer<()> {
    done(shell.app.pause_transfer(id).await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn resume_transfer(shell: At<'_>, id: u64) -> Answer<()> {
    done(shell.app.resume_transfer(id).await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn pause_all_transfers(shell: At<'_>) -> Answer<()> {
    done(shell.app.pause_all_transfers().await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn resume_all_transfers(shell: At<'_>) -> Answer<()> {
    done(shell.app.resume_all_transfers().await)
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
