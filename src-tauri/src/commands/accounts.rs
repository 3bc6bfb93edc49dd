//! Accounts: add, edit, test, remove.

use tauri::AppHandle;

use super::{At, done};
use crate::desktop::dialogs;
use crate::ipc::error::Answer;
use crate::ipc::views::{AccountDraft, AccountView, ChosenCa, ConnectionReport, EndpointView, RemoveAccountPlan};

#[tauri::command]
#[specta::specta]
pub(crate) async fn parse_endpoint(
    shell: At<'_>,
    endpoint: String,
    port: Option<u16>,
    tls: bool,
) -> Answer<EndpointView> {
    Ok(shell.app.parse_endpoint(&endpoint, port, tls)?.into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn suggest_project_id(shell: At<'_>, pasted: String) -> Answer<Option<String>> {
    Ok(shell.app.suggest_project_id(&pasted))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn test_account(shell: At<'_>, draft: AccountDraft) -> Answer<ConnectionReport> {
    Ok(shell.app.test_account(draft.into()).await?.into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_account(shell: At<'_>, draft: AccountDraft) -> Answer<AccountView> {
    Ok(shell.app.save_account(draft.into()).await?.into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_remove_account(shell: At<'_>, id: String) -> Answer<RemoveAccountPlan> {
    Ok(shell.app.plan_remove_account(&id.into()).await?.into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_account(shell: At<'_>, token: String) -> Answer<()> {
    done(shell.app.remove_account(&token.into()).await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_ca_certificate(window: AppHandle, shell: At<'_>) -> Answer<Option<ChosenCa>> {
    let Some((pem, name)) = dialogs::ca_certificate(&window).await? else {
        return Ok(None);
    };
    Ok(Some(shell.app.register_ca(pem, &name)?.into()))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_local_storage(shell: At<'_>) -> Answer<AccountView> {
    Ok(shell.app.open_local_storage().await?.into())
}
