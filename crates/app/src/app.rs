//! [`App`]: the one handle to everything, and what it is made of.
//!
//! Cloning is cheap; all clones are one app. The modules add their own methods to [`App`] next to the code they need.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::accounts::{Account, SessionAccounts};
use crate::certificates::Certificates;
use crate::clients::Clients;
use crate::database::Database;
use crate::error::Result;
use crate::events::EventLog;
use crate::local_storage::LocalStorage;
use crate::operations::Operations;
use crate::plans::Plans;
use crate::settings::Settings;
use crate::vault::{KeychainState, Vault, VaultKind};
use crate::work::Work;

/// How to start an [`App`].
#[derive(Clone, Debug)]
pub struct AppOptions {
    /// The folder that holds `dipper.sqlite` and `local-storage`; made when missing, closed to other users.
    pub data_folder: PathBuf,
    /// Where secrets are kept.
    pub vault: VaultKind,
    /// How long a plan that was shown may be confirmed. Two minutes in the product.
    pub plan_lifetime: Duration,
}

impl AppOptions {
    /// The product's choices, over a folder.
    pub fn new(data_folder: PathBuf) -> Self {
        Self {
            data_folder,
            vault: VaultKind::Keychain,
            plan_lifetime: Duration::from_mins(2),
        }
    }
}

/// Everything Dipper can do. Clones share one state.
#[derive(Clone)]
pub struct App {
    pub(crate) parts: Arc<Parts>,
}

/// What an app is made of.
pub(crate) struct Parts {
    pub(crate) options: AppOptions,
    pub(crate) database: Database,
    pub(crate) vault: Vault,
    pub(crate) session_accounts: SessionAccounts,
    pub(crate) clients: Clients,
    pub(crate) certificates: Certificates,
    pub(crate) events: EventLog,
    pub(crate) operations: Operations,
    pub(crate) plans: Plans,
    pub(crate) local_storage: LocalStorage,
    pub(crate) work: Work,
}

/// What the first screen needs.
#[derive(Clone, Debug)]
pub struct Started {
    /// The saved accounts, in the order they were added.
    pub accounts: Vec<Account>,
    /// Whether secrets outlive this run.
    pub keychain: KeychainState,
    /// The settings.
    pub settings: Settings,
    /// What the window saved with [`App::save_layout`].
    pub layout: Option<String>,
}

impl App {
    /// Opens the data folder and looks for the keychain; transfers keep to the saved limits. Contacts no server.
    pub async fn start(options: AppOptions) -> Result<Self> {
        let database = Database::open(&options.data_folder).await?;
        let vault = Vault::open(options.vault).await;
        let parts = Parts {
            database,
            vault,
            session_accounts: SessionAccounts::default(),
            clients: Clients::default(),
            certificates: Certificates::default(),
            events: EventLog::default(),
            operations: Operations::default(),
            plans: Plans::new(options.plan_lifetime),
            local_storage: LocalStorage::default(),
            work: Work::new(&options.data_folder).await?,
            options,
        };
        let app = Self { parts: Arc::new(parts) };
        // What cannot be read is said where the settings are shown.
        if let Ok(settings) = app.settings().await {
            app.limit_transfers(settings.transfers);
        }
        Ok(app)
    }

    /// What the first screen needs: accounts, keychain, settings, layout.
    pub async fn started(&self) -> Result<Started> {
        Ok(Started {
            accounts: self.accounts().await?,
            keychain: self.parts.vault.state(),
            settings: self.settings().await?,
            layout: self.layout().await?,
        })
    }

    /// Ends everything in order: transfers stop where they are and are written down, Local storage's server stops. An app
    /// that is killed instead loses nothing either: the next one goes on where the journal ends.
    pub async fn shut_down(&self) {
        self.shut_down_transfers().await;
        self.parts.work.cleanups.close();
        self.parts.work.cleanups.wait().await;
        self.parts.local_storage.stop().await;
    }
}
