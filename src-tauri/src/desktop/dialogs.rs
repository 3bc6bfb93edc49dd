//! The system's file dialogs. Paths stay on this side; the page gets opaque names.

use std::path::PathBuf;

use serde::Deserialize;
use specta::Type;
use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::{DialogExt, FilePath};
use tokio::sync::oneshot;

use crate::ipc::error::{Answer, IpcError};

/// A certificate file is a few kilobytes; whatever is larger is something else.
const LARGEST_CERTIFICATE: u64 = 1024 * 1024;

/// What to choose for an upload.
#[derive(Debug, Clone, Copy, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum UploadChoice {
    /// Some files.
    Files,
    /// A folder with everything in it.
    Folder,
}

/// Where a download goes.
#[derive(Debug, Clone, Copy, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum DownloadPlace {
    /// The user's Downloads folder.
    Downloads,
    /// A folder chosen in a dialog.
    Ask,
}

/// Files or a folder to upload; `None` when the dialog was cancelled.
pub(crate) async fn upload(app: &AppHandle, choice: UploadChoice) -> Answer<Option<Vec<PathBuf>>> {
    let dialog = app.dialog().file();
    let (sender, chosen) = oneshot::channel();
    match choice {
        UploadChoice::Files => dialog
            .set_title("Upload files")
            .pick_files(move |files| drop(sender.send(files))),
        UploadChoice::Folder => dialog
            .set_title("Upload a folder")
            .pick_folder(move |folder| drop(sender.send(folder.map(|folder| vec![folder])))),
    }
    let chosen = chosen.await.ok().flatten();
    chosen.map(|files| files.into_iter().map(path).collect()).transpose()
}

/// The folder to download to; `None` when the dialog was cancelled.
pub(crate) async fn download_folder(app: &AppHandle, place: DownloadPlace) -> Answer<Option<PathBuf>> {
    if matches!(place, DownloadPlace::Downloads) {
        return app.path().download_dir().map(Some).map_err(|error| {
            let message = format!("Could not find your Downloads folder: {error}.");
            IpcError::shell(message, "Use “Download to…” and choose a folder.")
        });
    }
    let (sender, chosen) = oneshot::channel();
    app.dialog()
        .file()
        .set_title("Download to")
        .pick_folder(move |folder| drop(sender.send(folder)));
    chosen.await.ok().flatten().map(path).transpose()
}

/// The bytes and the name of a certificate file; `None` when the dialog was cancelled.
pub(crate) async fn ca_certificate(app: &AppHandle) -> Answer<Option<(Vec<u8>, String)>> {
    let (sender, chosen) = oneshot::channel();
    let dialog = app.dialog().file().set_title("Choose a CA certificate");
    dialog
        .add_filter("Certificates", &["pem", "crt", "cer"])
        .add_filter("All files", &["*"])
        .pick_file(move |file| drop(sender.send(file)));
    let Some(file) = chosen.await.ok().flatten() else {
        return Ok(None);
    };
    let file = path(file)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let unreadable = |why: String| {
        let message = format!("Could not read the certificate file “{name}”: {why}.");
        IpcError::shell(
            message,
            "Choose a PEM file that starts with “-----BEGIN CERTIFICATE-----”.",
        )
    };
    let size = tokio::fs::metadata(&file)
        .await
        .map_err(|error| unreadable(error.to_string()))?
        .len();
    if size > LARGEST_CERTIFICATE {
        return Err(unreadable("it is larger than 1 MiB".to_owned()));
    }
    let pem = tokio::fs::read(&file)
        .await
        .map_err(|error| unreadable(error.to_string()))?;
    Ok(Some((pem, name)))
}

fn path(chosen: FilePath) -> Answer<PathBuf> {
    chosen.into_path().map_err(|error| {
        let message = format!("Could not use what was chosen: {error}.");
        IpcError::shell(message, "Choose something on this computer's own disks.")
    })
}
