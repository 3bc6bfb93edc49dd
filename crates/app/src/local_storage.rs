//! Local storage: the account over the server inside Dipper. It works with no typing at all.
//!
//! Its access key id and its tenant are made once and kept, so links go on working; its secret lies in the vault like any
//! other and is made anew when it is not there, since the server takes whatever secret it is started with. The server
//! listens from the first use on. When another Dipper holds the folder, that one's server is used.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dipper_local::{ErrorKind as LocalKind, Options, Server};
use dipper_storage::{Addressing, Client, Endpoint, Scheme, SignatureVersion};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use crate::accounts::{AccountKind, SecretSaved};
use crate::database::SavedAccount;
use crate::error::{Error, ErrorKind, Result};
use crate::{Account, AccountId, App, random};

const OPEN: &str = "open_local_storage";
/// There is one Local storage a data folder, so its account needs no other name.
const ID: &str = "local-storage";
const NAME: &str = "Local storage";
const IDENTITY: &str = "local_storage";

/// The server of this process, once it was started.
#[derive(Default)]
pub(crate) struct LocalStorage {
    server: Mutex<Arc<OnceCell<Server>>>,
}

impl LocalStorage {
    fn cell(&self) -> Arc<OnceCell<Server>> {
        Arc::clone(&self.server.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Stops the server, if it runs, and unlocks its folder.
    pub(crate) async fn stop(&self) {
        let cell = std::mem::take(&mut *self.server.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(server) = Arc::into_inner(cell).and_then(OnceCell::into_inner) {
            server.stop().await;
        }
    }
}

/// What stays the same however often the account is removed and opened again.
#[derive(Serialize, Deserialize)]
struct Identity {
    access_key_id: String,
    tenant: String,
}

impl App {
    /// The Local storage account; made the first time. Its server listens when this returns.
    pub async fn open_local_storage(&self) -> Result<Account> {
        let id = AccountId::from(ID);
        self.client(&id).await.map(drop).or_else(|error| match error.kind() {
            ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        })?;
        if self.parts.database.account(&id).await?.is_none() {
            self.local_client().await?;
        }
        self.account(&id).await
    }

    /// Where the objects of Local storage are.
    pub(crate) fn local_folder(&self) -> PathBuf {
        self.parts.options.data_folder.join("local-storage")
    }

    /// The client of Local storage, with its server running and its account saved as the server is reached now.
    pub(crate) async fn local_client(&self) -> Result<Client> {
        let id = AccountId::from(ID);
        let before = self.parts.database.account(&id).await?;
        let identity = self.local_identity().await?;
        let (secret, saved) = self.local_secret(&id, before.as_ref()).await?;
        let port = self.local_port(&identity, &secret, saved).await?;
        let account = SavedAccount {
            id,
            name: before.as_ref().map_or_else(|| NAME.to_owned(), |before| before.name.clone()),
            kind: AccountKind::Local,
            endpoint: Endpoint { scheme: Scheme::Http, host: "127.0.0.1".to_owned(), port: Some(port), base_path: String::new() },
            access_key_id: identity.access_key_id,
            secret_in_keychain: saved.place == SecretSaved::Keychain,
            project_id: Some(identity.tenant),
            region: String::new(),
            addressing: Addressing::Path,
            signature: SignatureVersion::V4,
            ca: None,
            pinned_certificate: None,
        };
        if before.as_ref() != Some(&account) {
            self.parts.database.save_account(account.clone()).await?;
        }
        self.client_of(&account, secret)
    }

    async fn local_identity(&self) -> Result<Identity> {
        if let Some(text) = self.parts.database.setting(IDENTITY).await? {
            return serde_json::from_str(&text).map_err(|cause| {
                Error::new(ErrorKind::Corrupt, OPEN, "What is saved about local storage cannot be read.").with_source(cause)
            });
        }
        let identity = Identity { access_key_id: random::access_key_id()?, tenant: random::hex_id()? };
        let text = serde_json::to_string(&identity).map_err(|cause| Error::internal(OPEN, cause))?;
        self.parts.database.save_setting(IDENTITY, text).await?;
        Ok(identity)
    }

    /// The saved secret, or a new one. A keychain that is locked or failing is no reason not to open: the secret is then
    /// kept in memory and the next run makes another.
    async fn local_secret(&self, id: &AccountId, before: Option<&SavedAccount>) -> Result<(SecretString, Saved)> {
        let in_keychain = before.is_some_and(|before| before.secret_in_keychain);
        let vault = &self.parts.vault;
        let found = vault.load(id, in_keychain).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the secret of local storage is made anew");
            None
        });
        if let Some(secret) = found {
            return Ok((secret, Saved { place: vault.saved(id, in_keychain), new: false }));
        }
        let secret = SecretString::from(URL_SAFE_NO_PAD.encode(random::secret_bits()?.as_slice()));
        let place = match vault.save(id, &secret).await {
            Ok(place) => place,
            Err(error) => {
                tracing::warn!(%error, "the secret of local storage is kept in memory");
                vault.save_for_this_run(id, &secret)
            }
        };
        Ok((secret, Saved { place, new: true }))
    }

    /// The port of the server: ours, started now if need be, or that of the process that holds the folder.
    async fn local_port(&self, identity: &Identity, secret: &SecretString, saved: Saved) -> Result<u16> {
        let cell = self.parts.local_storage.cell();
        let started = cell.get_or_try_init(|| {
            Server::start(Options {
                folder: self.local_folder(),
                port: None,
                access_key_id: identity.access_key_id.clone(),
                secret_access_key: secret.clone(),
                tenant: identity.tenant.clone(),
            })
        });
        match started.await {
            Ok(server) => Ok(server.address().port()),
            Err(error) => match error.kind() {
                LocalKind::FolderLocked { port: Some(port), .. } if !saved.new => Ok(*port),
                LocalKind::FolderLocked { .. } => Err(used_by_another(error)),
                _ => Err(error.into()),
            },
        }
    }
}

/// Where the secret is, and whether it was made just now (then no other process can know it).
#[derive(Clone, Copy)]
struct Saved {
    place: SecretSaved,
    new: bool,
}

fn used_by_another(cause: dipper_local::Error) -> Error {
    let message = "Local storage is open in another Dipper, and its key can’t be shared without a keychain.";
    Error::new(ErrorKind::Conflict, OPEN, message).with_hint("Use that window, or close it and try again.").with_source(cause)
}

impl From<dipper_local::Error> for Error {
    fn from(error: dipper_local::Error) -> Self {
        let kind = match error.kind() {
            LocalKind::FolderLocked { .. } => ErrorKind::Conflict,
            LocalKind::Listen => ErrorKind::Network,
            LocalKind::DiskFull => ErrorKind::DiskFull,
            LocalKind::Database => ErrorKind::Corrupt,
            LocalKind::NewerSchema { .. } => ErrorKind::Unsupported,
            LocalKind::InvalidInput => ErrorKind::Internal,
            _ => ErrorKind::LocalIo,
        };
        let hint = error.hint();
        let described = Self::new(kind, OPEN, error.to_string());
        match hint {
            Some(hint) => described.with_hint(hint).with_source(error),
            None => described.with_source(error),
        }
    }
}
