//! Permissions: what is granted, what a stranger sees, and planned changes of both.

use tauri::ipc::Channel;

use super::{At, counting, done};
use crate::ipc::error::Answer;
use crate::ipc::mirror::list;
use crate::ipc::views::{
    AccessPlan, AccessResult, CountProgress, GrantChange, NewGrantee, PermissionPlan, PermissionsView, PublicScope,
    SensitiveNames, Target, VerdictView,
};

#[tauri::command]
#[specta::specta]
pub(crate) async fn load_permissions(shell: At<'_>, target: Target) -> Answer<PermissionsView> {
    Ok(shell.app.load_permissions(&target.into()).await?.into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn check_access(shell: At<'_>, target: Target) -> Answer<VerdictView> {
    Ok(shell.app.check_access(&target.into()).await?.into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_permission_change(
    shell: At<'_>,
    target: Target,
    read_token: String,
    changes: Vec<GrantChange>,
    added: Vec<NewGrantee>,
) -> Answer<PermissionPlan> {
    let (changes, added): (Vec<_>, Vec<_>) = (list(changes), list(added));
    Ok(shell
        .app
        .plan_permission_change(&target.into(), &read_token, &changes, &added)
        .await?
        .into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn apply_permission_change(shell: At<'_>, token: String) -> Answer<()> {
    done(shell.app.apply_permission_change(&token.into()).await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_make_public(
    shell: At<'_>,
    target: Target,
    scope: PublicScope,
    names: SensitiveNames,
    progress: Channel<CountProgress>,
    operation: String,
) -> Answer<AccessPlan> {
    let (target, count) = (target.into(), counting(progress));
    Ok(shell
        .app
        .plan_make_public(&target, scope.into(), names.into(), &count, &operation)
        .await?
        .into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_make_private(
    shell: At<'_>,
    target: Target,
    existing: bool,
    progress: Channel<CountProgress>,
    operation: String,
) -> Answer<AccessPlan> {
    let count = counting(progress);
    Ok(shell
        .app
        .plan_make_private(&target.into(), existing, &count, &operation)
        .await?
        .into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn apply_access_plan(shell: At<'_>, token: String) -> Answer<AccessResult> {
    Ok(shell.app.apply_access_plan(&token.into()).await?.into())
}
