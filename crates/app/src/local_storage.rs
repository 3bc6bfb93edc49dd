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
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use crate::accounts::{AccountKind, SecretSaved};
use crate::database::SavedAccount;
use crate::error::{Error, ErrorKind, Result};
use crate::{Account, AccountId, App, random};

const OPEN: &str = "openLocalStorage";
/// There is one Local storage a data folder, so its account needs no other name.
const ID: &str = "local-storage";
const NAME: &str = "Local storage";
const IDENTITY: &str = "local_storage";

/// The server of this process, once it was started.
#[derive(Default)]
pub(crate) struct LocalStorage {
    started: Mutex<Arc<OnceCell<Started>>>,
}

/// A server that was started, and what it was started with.
struct Started {
    server: Server,
    reached: Reached,
}

/// How the server is reached: ours, or that of the process that holds the folder.
#[derive(Clone)]
struct Reached {
    port: u16,
    identity: Identity,
    secret: SecretString,
    place: SecretSaved,
}

/// Why this process has no server of its own.
enum NotStarted {
    Elsewhere(Reached),
    Failed(Error),
}

/// What stays the same however often the account is removed and opened again.
#[derive(Clone, Serialize, Deserialize)]
struct Identity {
    access_key_id: String,
    tenant: String,
}

impl LocalStorage {
    fn cell(&self) -> Arc<OnceCell<Started>> {
        Arc::clone(&self.started.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Stops the server, if it runs, and unlocks its folder.
    pub(crate) async fn stop(&self) {
        let cell = std::mem::take(&mut *self.started.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(started) = Arc::into_inner(cell).and_then(OnceCell::into_inner) {
            started.server.stop().await;
        }
    }
}

impl App {
    /// The Local storage account; made the first time. Its server listens when this returns.
    pub async fn open_local_storage(&self) -> Result<Account> {
        let id = AccountId::from(ID);
        self.client_made_by(&id, || self.local_client()).await?;
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
        let reached = self.local_server(before.as_ref()).await?;
        let account = SavedAccount {
            id,
            name: before
                .as_ref()
                .map_or_else(|| NAME.to_owned(), |before| before.name.clone()),
            kind: AccountKind::Local,
            endpoint: Endpoint {
                scheme: Scheme::Http,
                host: "127.0.0.1".to_owned(),
                port: Some(reached.port),
                base_path: String::new(),
            },
            plain_http_consent: false,
            access_key_id: reached.identity.access_key_id,
            secret_in_keychain: reached.place == SecretSaved::Keychain,
            project_id: Some(reached.identity.tenant),
            region: String::new(),
            addressing: Addressing::Path,
            signature: SignatureVersion::V4,
            ca: None,
            pinned_certificate: None,
        };
        if before.as_ref() != Some(&account) {
            self.parts.database.save_account(account.clone()).await?;
        }
        self.client_of(&account, reached.secret)
    }

    async fn local_server(&self, before: Option<&SavedAccount>) -> Result<Reached> {
        let cell = self.parts.local_storage.cell();
        match cell.get_or_try_init(|| self.start_local_server(before)).await {
            Ok(started) => Ok(started.reached.clone()),
            Err(NotStarted::Elsewhere(reached)) => {
                // That process may end any time: the next call looks again who serves the folder.
                self.parts.clients.forget(&AccountId::from(ID));
                Ok(reached)
            }
            Err(NotStarted::Failed(error)) => Err(error),
        }
    }

    async fn start_local_server(&self, before: Option<&SavedAccount>) -> Result<Started, NotStarted> {
        let identity = self.local_identity().await.map_err(NotStarted::Failed)?;
        let secret = self.local_secret(before).await.map_err(NotStarted::Failed)?;
        let options = Options {
            folder: self.local_folder(),
            port: None,
            access_key_id: identity.access_key_id.clone(),
            secret_access_key: secret.value.clone(),
            tenant: identity.tenant.clone(),
        };
        let reached = |port| Reached {
            port,
            identity,
            secret: secret.value,
            place: secret.place,
        };
        match Server::start(options).await {
            Ok(server) => Ok(Started {
                reached: reached(server.address().port()),
                server,
            }),
            Err(error) => match error.kind() {
                LocalKind::FolderLocked { port: Some(port), .. } if !secret.new => {
                    Err(NotStarted::Elsewhere(reached(*port)))
                }
                LocalKind::FolderLocked { .. } => Err(NotStarted::Failed(used_by_another(error))),
                _ => Err(NotStarted::Failed(error.into())),
            },
        }
    }

    async fn local_identity(&self) -> Result<Identity> {
        if let Some(text) = self.parts.database.setting(IDENTITY).await? {
            return serde_json::from_str(&text).map_err(|cause| {
                Error::new(
                    ErrorKind::Corrupt,
                    OPEN,
                    "What is saved about local storage cannot be read.",
                )
                .with_source(cause)
            });
        }
        let identity = Identity {
            access_key_id: random::access_key_id()?,
            tenant: random::hex_id()?,
        };
        let text = serde_json::to_string(&identity).map_err(|cause| Error::internal(OPEN, cause))?;
        self.parts.database.save_setting(IDENTITY, text).await?;
        Ok(identity)
    }

    /// The saved secret, or a new one. A keychain that is locked or failing is no reason not to open: the secret is then
    /// kept in memory and the next run makes another.
    async fn local_secret(&self, before: Option<&SavedAccount>) -> Result<LocalSecret> {
        let id = AccountId::from(ID);
        let in_keychain = before.is_some_and(|before| before.secret_in_keychain);
        let vault = &self.parts.vault;
        let found = vault.load(&id, in_keychain).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the secret of local storage is made anew");
            None
        });
        if let Some(value) = found {
            return Ok(LocalSecret {
                value,
                place: vault.saved(&id, in_keychain),
                new: false,
            });
        }
        let value = SecretString::from(URL_SAFE_NO_PAD.encode(random::secret_bits()?.as_slice()));
        let place = match vault.save(&id, &value).await {
            Ok(place) => place,
            Err(error) => {
                tracing::warn!(%error, "the secret of local storage is kept in memory");
                vault.save_for_this_run(&id, &value)
            }
        };
        Ok(LocalSecret {
            value,
            place,
            new: true,
        })
    }
}

/// The secret, where it is kept, and whether it was made just now (then no other process can know it).
struct LocalSecret {
    value: SecretString,
    place: SecretSaved,
    new: bool,
}

fn used_by_another(cause: dipper_local::Error) -> Error {
    let message = "Local storage is open in another Dipper, and its key can’t be shared without a keychain.";
    Error::new(ErrorKind::Conflict, OPEN, message)
        .with_hint("Use that window, or close it and try again.")
        .with_source(cause)
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
