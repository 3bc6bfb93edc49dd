//! The window itself: start, layout, settings, clipboard, the system's browser.

use tauri::ipc::Channel;
use tauri::{AppHandle, WebviewWindow};

use super::{At, done};
use crate::desktop::{self, window::WindowAction};
use crate::ipc::error::Answer;
use crate::ipc::views::{SettingsView, StartView};

#[tauri::command]
#[specta::specta]
pub(crate) async fn start(app: AppHandle) -> Answer<StartView> {
    let shell = desktop::started(&app).await?;
    Ok(StartView::of(shell.app.started().await?))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_layout(shell: At<'_>, layout: String) -> Answer<()> {
    done(shell.app.save_layout(&layout).await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_settings(shell: At<'_>, settings: SettingsView) -> Answer<SettingsView> {
    Ok(shell.app.save_settings(settings.into()).await?.into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn window_action(window: WebviewWindow, action: WindowAction) -> Answer<()> {
    action.perform(&window)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn watch_closing(shell: At<'_>, running: Channel<u64>) -> Answer<u32> {
    Ok(shell.closing.watch(&shell.pumps, running))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_text(shell: At<'_>, text: String) -> Answer<()> {
    shell.clipboard.copy(text)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_url(url: String) -> Answer<()> {
    crate::desktop::browser::open(&url)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn diagnostics(shell: At<'_>) -> Answer<String> {
    Ok(shell.app.diagnostics().await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn unwatch(shell: At<'_>, subscription: u32) -> Answer<()> {
    shell.pumps.stop(subscription);
    Ok(())
}
