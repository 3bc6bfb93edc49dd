//! One run of `dip`: the app, whose account is meant, where things are written, what has to be put in order at the end.

use std::cell::RefCell;
use std::path::PathBuf;

use dipper_app::{Account, App, AppOptions, TransferLimits, VaultKind};
use tempfile::TempDir;

use crate::arguments::{Arguments, Global};
use crate::environment::{self, FromEnvironment};
use crate::exit::{Code, Failure};
use crate::output::Output;
use crate::place::Owner;

/// Local storage can be named before it was ever opened.
const LOCAL: &str = "local";
/// The window's folder below the system's folder for local data; its name is the program's identifier.
const FOLDER: &str = "dev.dipper.desktop";

/// One run.
pub(crate) struct Session {
    pub(crate) app: App,
    pub(crate) out: Output,
    pub(crate) global: Global,
    environment: Option<Account>,
    /// Folders that transfers write into: they go when no transfer writes any more.
    staging: RefCell<Vec<TempDir>>,
}

impl Session {
    /// Opens the data folder. The keychain is looked for only when a saved account may be used.
    pub(crate) async fn start(arguments: &Arguments) -> Result<Self, Failure> {
        let found = environment::read(|name| std::env::var(name).ok())?;
        let global = arguments.global.clone();
        let saved_only = arguments.command.uses_saved_accounts() || global.account.is_some();
        let options = AppOptions {
            vault: if found.is_some() && !saved_only {
                VaultKind::Memory
            } else {
                VaultKind::Keychain
            },
            ..AppOptions::new(data_folder(&global)?)
        };
        let app = App::start(options).await?;
        // What was set in the window is for the window: a script runs as fast as it says itself.
        app.limit_transfers(TransferLimits::default());
        let environment = match found {
            Some(found) if global.account.is_none() => Some(use_environment(&app, found).await?),
            _ => None,
        };
        Ok(Self {
            app,
            out: Output::new(global.json),
            global,
            environment,
            staging: RefCell::default(),
        })
    }

    /// Cancels transfers, waits until servers and disks are in order, and writes what is left to write. Nothing is left for
    /// a later run to go on with: whoever interrupted a command does not expect it to.
    pub(crate) async fn end(&self) {
        if self.app.transfers_under_way() > 0 {
            // Both only fail where the journal cannot be written, which is said when the next run reads it.
            _ = self.app.cancel_all_transfers().await;
            self.app.until_transfers_rest().await;
            _ = self.app.clear_finished_transfers().await;
        }
        self.app.shut_down().await;
        self.staging.take();
        // A command that ended well has written everything; after another nobody relies on the rest.
        _ = self.out.flush();
    }

    /// Keeps a folder until the transfers into it have ended.
    pub(crate) fn keep(&self, folder: TempDir) {
        self.staging.borrow_mut().push(folder);
    }

    /// Whether a place without an account's name has an account without further ado.
    pub(crate) fn has_default(&self) -> bool {
        self.environment.is_some() || self.global.account.is_some()
    }

    /// The account that is meant.
    pub(crate) async fn account(&self, owner: &Owner) -> Result<Account, Failure> {
        match (owner, &self.global.account, &self.environment) {
            (Owner::Named(name), ..) | (Owner::Default, Some(name), _) => self.named(name).await,
            (Owner::Default, None, Some(account)) => Ok(account.clone()),
            (Owner::Default, None, None) => self.only().await,
        }
    }

    async fn named(&self, name: &str) -> Result<Account, Failure> {
        let accounts = self.app.accounts().await?;
        let by = |same: &dyn Fn(&Account) -> bool| {
            let mut found = accounts.iter().filter(|account| same(account));
            let first = found.next();
            first.filter(|_| found.next().is_none()).cloned()
        };
        let found = by(&|account| account.id.as_str() == name)
            .or_else(|| by(&|account| account.name == name))
            .or_else(|| by(&|account| account.name.to_lowercase() == name.to_lowercase()));
        match found {
            Some(account) => Ok(account),
            None if name.eq_ignore_ascii_case(LOCAL) => Ok(self.app.open_local_storage().await?),
            None => Err(unknown(name, &accounts)),
        }
    }

    async fn only(&self) -> Result<Account, Failure> {
        let mut accounts = self.app.accounts().await?;
        match accounts.len() {
            1 => Ok(accounts.remove(0)),
            0 => Err(Failure::new(
                Code::Denied,
                "No account is saved, and there are no keys in the environment.",
            )
            .with_hint(
                "Add one with dip accounts add, or set DIP_ENDPOINT, DIP_ACCESS_KEY_ID and DIP_SECRET_ACCESS_KEY.",
            )),
            _ => Err(
                Failure::usage("There is more than one account: say whose bucket it is.")
                    .with_hint(format!("Write account:bucket/key. The accounts: {}.", names(&accounts))),
            ),
        }
    }
}

async fn use_environment(app: &App, found: FromEnvironment) -> Result<Account, Failure> {
    let FromEnvironment {
        mut draft,
        session_token,
        ca_file,
    } = found;
    if let Some(path) = ca_file {
        draft.ca_token = Some(crate::commands::accounts::register_ca(app, &path)?);
    }
    app.use_account_for_this_run(draft, session_token)
        .await
        .map_err(|error| {
            let plain = error.field() == Some("plainHttpConsent");
            let failure = Failure::from(error);
            if plain {
                failure.with_hint("Use https, or agree to it with DIP_PLAIN_HTTP=1.")
            } else {
                failure
            }
        })
}

fn data_folder(global: &Global) -> Result<PathBuf, Failure> {
    if let Some(folder) = &global.data_folder {
        return Ok(folder.clone());
    }
    if let Some(folder) = std::env::var_os("DIP_DATA_FOLDER").filter(|folder| !folder.is_empty()) {
        return Ok(PathBuf::from(folder));
    }
    let found = directories::BaseDirs::new().map(|folders| folders.data_local_dir().join(FOLDER));
    found.ok_or_else(|| {
        Failure::new(Code::Failed, "There is no home folder to keep dip’s data in.")
            .with_hint("Name a folder with --data-folder or DIP_DATA_FOLDER.")
    })
}

fn unknown(name: &str, accounts: &[Account]) -> Failure {
    let failure = Failure::new(Code::NotFound, format!("There is no account “{name}”."));
    match accounts {
        [] => failure.with_hint(format!(
            "None is saved. A file with a colon in its name is written ./{name}:…"
        )),
        accounts => failure.with_hint(format!("The accounts: {}.", names(accounts))),
    }
}

fn names(accounts: &[Account]) -> String {
    let names: Vec<&str> = accounts.iter().map(|account| account.name.as_str()).collect();
    names.join(", ")
}
