//! From an account to its storage client: made once, shared by all, dropped when the account is edited.

use dipper_storage::Client;

use crate::error::Result;
use crate::{AccountId, App};

#[derive(Default)]
pub(crate) struct Clients;

impl App {
    /// The client of an account. The first call reads the secret (and starts Local storage's server).
    pub(crate) async fn client(&self, account: &AccountId) -> Result<Client> {
        todo!("{account}")
    }
}
