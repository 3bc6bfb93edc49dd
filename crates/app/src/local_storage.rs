//! Local storage: the account over the server inside Dipper.

use crate::error::Result;
use crate::{Account, App};

impl App {
    /// The Local storage account; made the first time, with no typing at all.
    pub async fn open_local_storage(&self) -> Result<Account> {
        todo!()
    }
}
