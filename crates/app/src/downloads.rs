//! Downloads: the selection of a view goes to a folder that the shell chose; nothing there is ever overwritten.

use std::path::PathBuf;

use dipper_transfer::{DownloadConflict, DownloadSpec, JobSpec};

use crate::App;
use crate::error::Result;
use crate::views::ViewId;

impl App {
    /// Starts downloading a selection into `folder` and gives the job. Keys lose what the view was opened on and keep the
    /// rest as folders; names that exist get a number: `name (2).ext`.
    pub async fn download(&self, view: &ViewId, selection_id: &str, folder: PathBuf) -> Result<u64> {
        let (resolved, entries) = self.resolve_selection("download", view, selection_id).await?;
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
            conflict: DownloadConflict::KeepBoth,
        };
        Ok(self.start_job("download", JobSpec::Download(spec)).await?.get())
    }
}
