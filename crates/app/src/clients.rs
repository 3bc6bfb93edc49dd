//! From an account to its storage client: made once, shared by all, forgotten when the account is edited.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use dipper_storage::{Client, Compatibility, Config, Credentials, UploadChecksum};
use secrecy::SecretString;
use tokio::sync::OnceCell;

use crate::accounts::{AccountKind, refuse_plain_http};
use crate::database::SavedAccount;
use crate::error::{Error, ErrorKind, Result};
use crate::{AccountId, App};

type Cell = Arc<OnceCell<Client>>;

/// The clients that were made.
#[derive(Default)]
pub(crate) struct Clients(Mutex<HashMap<AccountId, Cell>>);

impl Clients {
    /// The next call for this account makes a new client. Clones that are in use go on as they are.
    pub(crate) fn forget(&self, account: &AccountId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
    }

    /// The client that was made for an account.
    pub(crate) fn known(&self, account: &AccountId) -> Option<Client> {
        self.cell(account).get().cloned()
    }

    fn cell(&self, account: &AccountId) -> Cell {
        let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cells.entry(account.clone()).or_default())
    }
}

impl App {
    /// The client of an account. The first call reads the secret (and starts Local storage's server); calls at the same
    /// time wait for it.
    pub(crate) async fn client(&self, account: &AccountId) -> Result<Client> {
        self.client_made_by(account, || self.make_client(account)).await
    }

    /// The client of an account, made by `make` if there is none yet.
    pub(crate) async fn client_made_by<F>(&self, account: &AccountId, make: impl FnOnce() -> F) -> Result<Client>
    where
        F: Future<Output = Result<Client>>,
    {
        let cell = self.parts.clients.cell(account);
        cell.get_or_try_init(make).await.cloned()
    }

    /// A client for an account that need not be saved.
    pub(crate) fn client_of(&self, account: &SavedAccount, secret: SecretString) -> Result<Client> {
        refuse_plain_http(account)?;
        let mut config = Config::new(account.endpoint.clone());
        config.credentials = Some(Credentials {
            access_key_id: account.access_key_id.clone(),
            secret_access_key: secret,
            session_token: self.parts.session_accounts.token(&account.id),
        });
        config.region.clone_from(&account.region);
        config.addressing = account.addressing;
        config.signature = account.signature;
        config.project_id.clone_from(&account.project_id);
        config.ca_certificate_pem = account.ca.as_ref().map(|ca| ca.pem.clone());
        config.pinned_certificate_sha256 = account.pinned_certificate;
        config.observer = self.parts.events.observer(&account.name);
        match account.kind {
            AccountKind::Amazon => config.compatibility = Compatibility::amazon(),
            // Our own server reads every checksum, and this one costs next to nothing.
            AccountKind::Local => config.compatibility.checksum = UploadChecksum::Crc64Nvme,
            AccountKind::S3Compatible => {}
        }
        Ok(Client::new(config)?)
    }

    /// The saved secret of an account. One that is nowhere is an error that says where to type it again.
    pub(crate) async fn secret(&self, account: &SavedAccount) -> Result<SecretString> {
        let found = self.parts.vault.load(&account.id, account.secret_in_keychain).await?;
        found.ok_or_else(|| {
            let message = format!(
                "The secret key of “{}” isn’t saved on this computer, or its keychain is locked.",
                account.name
            );
            let error = Error::new(ErrorKind::Keychain, "secret", message).with_field("secretAccessKey");
            error.with_hint("Unlock the keychain, or edit the account and type the secret key again.")
        })
    }

    async fn make_client(&self, id: &AccountId) -> Result<Client> {
        let account = self.saved_account(id).await?;
        if account.kind == AccountKind::Local {
            return self.local_client().await;
        }
        let secret = self.secret(&account).await?;
        self.client_of(&account, secret)
    }
}
