//! Downloads: the selection of a view goes to a folder that the shell chose; nothing there is ever overwritten.

use std::path::PathBuf;

use crate::App;
use crate::error::Result;
use crate::views::ViewId;

impl App {
    /// Starts downloading a selection into `folder` and gives the job. Names that exist get a number: `name (2).ext`.
    pub async fn download(&self, _view: &ViewId, _selection_id: &str, _folder: PathBuf) -> Result<u64> {
        todo!()
    }
}
