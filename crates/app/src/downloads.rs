//! Downloads: the selection of a view, or objects by name, go to a folder; nothing there is ever overwritten.

use std::path::PathBuf;

use dipper_transfer::{DownloadConflict, DownloadSpec, JobSpec};

use crate::App;
use crate::error::Result;
use crate::targets::Target;
use crate::views::ViewId;

impl App {
    /// Starts downloading a selection into `folder` and gives the job. Keys lose what the view was opened on and keep the
    /// rest as folders; names that exist get a number: `name (2).ext`.
    pub async fn download(&self, view: &ViewId, selection_id: &str, folder: PathBuf) -> Result<u64> {
        let selection = Target::Selection {
            view_id: view.clone(),
            selection_id: selection_id.to_owned(),
        };
        self.download_target(&selection, folder, DownloadConflict::KeepBoth)
            .await
    }

    /// Starts downloading objects and folders into `folder` and gives the job. Keys lose the target's base and keep the rest
    /// as folders, as [`local_name`] says.
    pub async fn download_target(&self, target: &Target, folder: PathBuf, conflict: DownloadConflict) -> Result<u64> {
        let (resolved, entries) = self.resolve_entries("download", target).await?;
        let spec = DownloadSpec {
            client: resolved.client,
            account: resolved.account_id.to_string(),
            bucket: resolved.bucket,
            objects: entries
                .objects
                .into_iter()
                .map(|object| (object.key, object.size))
                .collect(),
            folders: entries.folders,
            base: entries.base,
            folder,
            conflict,
        };
        Ok(self.start_job("download", JobSpec::Download(spec)).await?.get())
    }
}

/// The path, below the folder of a download, of the file that a key becomes whose base was left off. Names that some system
/// could not hold are changed, and say so by a `%`.
pub fn local_name(key_without_base: &str) -> PathBuf {
    dipper_transfer::local_name(key_without_base).to_path()
}
