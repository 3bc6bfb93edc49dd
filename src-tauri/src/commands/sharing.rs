//! Links and code.

use super::At;
use crate::ipc::error::Answer;
use crate::ipc::mirror::list;
use crate::ipc::views::{CodeRequest, CodeSnippet, LinkRequest, LinkSet};

#[tauri::command]
#[specta::specta]
pub(crate) async fn make_links(shell: At<'_>, request: LinkRequest) -> Answer<LinkSet> {
    Ok(shell.app.make_links(&request.into()).await?.into())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn code_snippets(shell: At<'_>, request: CodeRequest) -> Answer<Vec<CodeSnippet>> {
    Ok(list(shell.app.code_snippets(&request.into()).await?))
}
