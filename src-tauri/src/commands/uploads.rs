//! Uploads: drops and dialogs give opaque sources, the sheet plans, a token starts.

use tauri::AppHandle;
use tauri::ipc::Channel;

use super::{At, counting, done};
use crate::desktop::dialogs::{self, UploadChoice};
use crate::ipc::error::Answer;
use crate::ipc::views::{CountProgress, DropEvent, UploadChange, UploadPlan, UploadTarget};

#[tauri::command]
#[specta::specta]
pub(crate) async fn watch_drops(shell: At<'_>, event: Channel<DropEvent>) -> Answer<u32> {
    Ok(shell.drops.watcher.watch(&shell.pumps, event))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_upload(window: AppHandle, shell: At<'_>, kind: UploadChoice) -> Answer<Option<String>> {
    let Some(paths) = dialogs::upload(&window, kind).await? else {
        return Ok(None);
    };
    Ok(Some(shell.app.register_upload_source(paths)?.as_str().to_owned()))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_upload(
    shell: At<'_>,
    source_id: String,
    target: UploadTarget,
    progress: Channel<CountProgress>,
    operation: String,
) -> Answer<UploadPlan> {
    let count = counting(progress);
    Ok(shell
        .app
        .plan_upload(&source_id.into(), target.into(), &count, &operation)
        .await?
        .into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn revise_upload(shell: At<'_>, plan_id: String, change: UploadChange) -> Answer<UploadPlan> {
    Ok(shell.app.revise_upload(&plan_id, change.into()).await?.into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn start_upload(shell: At<'_>, token: String) -> Answer<u64> {
    Ok(shell.app.start_upload(&token.into()).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn discard_upload(shell: At<'_>, plan_id: String) -> Answer<()> {
    done(shell.app.discard_upload(&plan_id).await)
}
