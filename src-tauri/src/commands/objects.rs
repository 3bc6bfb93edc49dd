//! Objects: new ones, deletion, properties.

use tauri::ipc::Channel;

use super::{At, counting};
use crate::ipc::error::Answer;
use crate::ipc::mirror::maybe;
use crate::ipc::views::{
    AccessBadge, CountProgress, DeleteObjectsPlan, KeyCheck, NewTextObject, PropertiesView, Target, UploadAccess,
};

#[tauri::command]
#[specta::specta]
pub(crate) async fn check_new_key(
    shell: At<'_>,
    account_id: String,
    bucket: String,
    key: String,
    text: String,
    access: UploadAccess,
) -> Answer<KeyCheck> {
    Ok(shell
        .app
        .check_new_key(&account_id.into(), &bucket, &key, &text, access.into())
        .await?
        .into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn create_text_object(shell: At<'_>, object: NewTextObject) -> Answer<Option<AccessBadge>> {
    Ok(maybe(shell.app.create_text_object(object.into()).await?))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn create_folder(
    shell: At<'_>,
    account_id: String,
    bucket: String,
    prefix: String,
    name: String,
) -> Answer<String> {
    Ok(shell
        .app
        .create_folder(&account_id.into(), &bucket, &prefix, &name)
        .await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_delete_objects(
    shell: At<'_>,
    view_id: String,
    selection_id: String,
    progress: Channel<CountProgress>,
    operation: String,
) -> Answer<DeleteObjectsPlan> {
    let count = counting(progress);
    Ok(shell
        .app
        .plan_delete_objects(&view_id.into(), &selection_id, &count, &operation)
        .await?
        .into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_objects(shell: At<'_>, token: String, typed_name: Option<String>) -> Answer<u64> {
    Ok(shell.app.delete_objects(&token.into(), typed_name.as_deref()).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn properties(shell: At<'_>, target: Target) -> Answer<PropertiesView> {
    Ok(shell.app.properties(&target.into()).await?.into())
}
