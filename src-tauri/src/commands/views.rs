//! Listings: open, sort, filter, select, and the rows on the screen.

use tauri::ipc::Channel;

use super::{At, done};
use crate::ipc::error::Answer;
use crate::ipc::mirror::list;
use crate::ipc::stream::Newest;
use crate::ipc::views::{
    AccessBadge, AddressView, RowsView, SelectionChange, SelectionView, Sort, ViewRequest, ViewStatus,
};

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_view(shell: At<'_>, request: ViewRequest, status: Channel<ViewStatus>) -> Answer<String> {
    let (view, newest) = shell.app.open_view(request.into()).await?;
    shell.pumps.start(Newest::of(newest), status);
    Ok(view.as_str().to_owned())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn rows(shell: At<'_>, view_id: String, start: u64, count: u32) -> Answer<RowsView> {
    Ok(shell.app.rows(&view_id.into(), start, count).await?.into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sort_view(shell: At<'_>, view_id: String, sort: Sort) -> Answer<()> {
    done(shell.app.sort_view(&view_id.into(), sort.into()).await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn filter_view(shell: At<'_>, view_id: String, text: String) -> Answer<()> {
    done(shell.app.filter_view(&view_id.into(), &text).await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn stop_view(shell: At<'_>, view_id: String) -> Answer<()> {
    done(shell.app.stop_view(&view_id.into()).await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn refresh_view(shell: At<'_>, view_id: String) -> Answer<()> {
    done(shell.app.refresh_view(&view_id.into()).await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn close_view(shell: At<'_>, view_id: String) -> Answer<()> {
    done(shell.app.close_view(&view_id.into()).await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn select(shell: At<'_>, view_id: String, change: SelectionChange) -> Answer<SelectionView> {
    Ok(shell.app.select(&view_id.into(), change.into()).await?.into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn find_row(shell: At<'_>, view_id: String, typed: String, from: u64) -> Answer<Option<u64>> {
    Ok(shell.app.find_row(&view_id.into(), &typed, from).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn row_access(shell: At<'_>, view_id: String, keys: Vec<String>) -> Answer<Vec<AccessBadge>> {
    Ok(list(shell.app.row_access(&view_id.into(), &keys).await?))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn read_address(shell: At<'_>, account_id: String, text: String) -> Answer<AddressView> {
    Ok(shell.app.read_address(&account_id.into(), &text).await?.into())
}
