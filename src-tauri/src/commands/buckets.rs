//! Buckets: list, make, delete.

use tauri::ipc::Channel;

use super::{At, counting, done};
use crate::ipc::error::Answer;
use crate::ipc::mirror::list;
use crate::ipc::views::{
    AccessBadge, BucketList, BucketView, CountProgress, CreatedBucket, DeleteBucketPlan, NameRule,
};

#[tauri::command]
#[specta::specta]
pub(crate) async fn list_buckets(shell: At<'_>, account_id: String) -> Answer<BucketList> {
    Ok(shell.app.list_buckets(&account_id.into()).await?.into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn bucket_name_rules(shell: At<'_>, account_id: String, name: String) -> Answer<Vec<NameRule>> {
    Ok(list(shell.app.bucket_name_rules(&account_id.into(), &name).await?))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn create_bucket(shell: At<'_>, account_id: String, name: String) -> Answer<CreatedBucket> {
    Ok(shell.app.create_bucket(&account_id.into(), &name).await?.into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn add_bucket_by_name(shell: At<'_>, account_id: String, name: String) -> Answer<BucketView> {
    Ok(shell.app.add_bucket_by_name(&account_id.into(), &name).await?.into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_bucket(shell: At<'_>, account_id: String, name: String) -> Answer<()> {
    done(shell.app.forget_bucket(&account_id.into(), &name).await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_delete_bucket(
    shell: At<'_>,
    account_id: String,
    bucket: String,
    progress: Channel<CountProgress>,
    operation: String,
) -> Answer<DeleteBucketPlan> {
    let count = counting(progress);
    Ok(shell
        .app
        .plan_delete_bucket(&account_id.into(), &bucket, &count, &operation)
        .await?
        .into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_bucket(shell: At<'_>, token: String, typed_name: Option<String>) -> Answer<Option<u64>> {
    Ok(shell.app.delete_bucket(&token.into(), typed_name.as_deref()).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn bucket_access(shell: At<'_>, account_id: String, bucket: String) -> Answer<AccessBadge> {
    Ok(shell.app.bucket_access(&account_id.into(), &bucket).await?.into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_operation(shell: At<'_>, operation: String) -> Answer<()> {
    shell.app.cancel_operation(&operation);
    Ok(())
}
