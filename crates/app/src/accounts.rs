//! Accounts: what is saved about a server and a key, except the secret.
//!
//! A form becomes an account in `draft`, checked field by field. Saving writes the secret to the vault first and the rest
//! to the database after: a crash in between leaves a keychain entry that the next save replaces, never an account that
//! signs with the wrong secret silently.

mod draft;
mod session;

use std::fmt;
use std::path::PathBuf;

use dipper_storage::{Addressing, Credentials, Scheme, SignatureVersion};
use secrecy::SecretString;

pub(crate) use draft::{Prepared, refuse_plain_http, understand_endpoint};
pub(crate) use session::SessionAccounts;

use crate::certificates::CaToken;
use crate::database::SavedAccount;
use crate::error::{Error, ErrorKind, Result};
use crate::{App, PlanToken};

/// Names an account for ever, also when it is edited.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(String);

impl AccountId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for AccountId {
    fn from(id: String) -> Self {
        Self(id)
    }
}

impl From<&str> for AccountId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What kind of service an account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountKind {
    /// Any server that speaks S3.
    S3Compatible,
    /// Amazon's own.
    Amazon,
    /// The server inside Dipper, over a folder of this computer.
    Local,
}

/// Where the secret of an account is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretSaved {
    /// In the system's keychain.
    Keychain,
    /// In memory, for this run only.
    Memory,
    /// Nowhere: it has to be typed again.
    Missing,
}

/// A saved account. It never holds the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Names the account.
    pub id: AccountId,
    /// The name the user gave it.
    pub name: String,
    /// What kind of service it is for.
    pub kind: AccountKind,
    /// `host:port` as shown.
    pub endpoint: String,
    /// `http` or `https`.
    pub scheme: Scheme,
    /// The host alone.
    pub host: String,
    /// The port, when it is not the scheme's own.
    pub port: Option<u16>,
    /// `""` or a path that comes before every bucket, such as `/s3`.
    pub base_path: String,
    /// Whether what is sent is encrypted on the way.
    pub encrypted: bool,
    /// Whether the user agreed that it is not, where it goes to another computer.
    pub plain_http_consent: bool,
    /// The access key id.
    pub access_key_id: String,
    /// Where the secret is.
    pub secret_saved: SecretSaved,
    /// The Project ID (tenant) that links need on some services.
    pub project_id: Option<String>,
    /// The region; empty means `us-east-1`.
    pub region: String,
    /// Where the bucket's name goes in a request.
    pub addressing: Addressing,
    /// How requests are signed.
    pub signature: SignatureVersion,
    /// The file name of the CA certificate trusted for this account.
    pub ca_certificate: Option<String>,
    /// SHA-256 (lower-case hex) of the one server certificate trusted for this account.
    pub pinned_certificate: Option<String>,
    /// For Local storage: the folder that holds the objects.
    pub local_folder: Option<PathBuf>,
}

/// What a form says about an account, new or edited.
#[derive(Clone, Debug)]
pub struct AccountDraft {
    /// The account that is edited; `None` for a new one.
    pub id: Option<AccountId>,
    /// The name the user gives it.
    pub name: String,
    /// What kind of service it is for.
    pub kind: AccountKind,
    /// `host`, `host:port` or a full URL.
    pub endpoint: String,
    /// The port field; a port inside `endpoint` wins.
    pub port: Option<u16>,
    /// Whether to use TLS; a scheme inside `endpoint` wins.
    pub tls: bool,
    /// Whether the user agrees that requests and data go unencrypted to another computer. Asked for again when an account
    /// comes back to `http` or goes to another host.
    pub plain_http_consent: bool,
    /// The access key id.
    pub access_key_id: String,
    /// The secret; `None` keeps the saved one.
    pub secret_access_key: Option<SecretString>,
    /// The Project ID.
    pub project_id: Option<String>,
    /// The region; empty means `us-east-1`.
    pub region: String,
    /// Where the bucket's name goes in a request.
    pub addressing: Addressing,
    /// How requests are signed.
    pub signature: SignatureVersion,
    /// A CA certificate just chosen; `None` keeps the saved one.
    pub ca_token: Option<CaToken>,
    /// Whether the saved CA certificate goes.
    pub remove_ca: bool,
    /// SHA-256 of the one server certificate to trust.
    pub pinned_certificate: Option<String>,
}

/// What removing an account means, to be confirmed.
#[derive(Clone, Debug)]
pub struct RemoveAccountPlan {
    /// Confirms it.
    pub token: PlanToken,
    /// The account.
    pub account: Account,
    /// What will go and what stays, in words.
    pub text: String,
}

/// What [`App::remove_account`] does, stored with its token.
struct RemoveAccount {
    id: AccountId,
}

impl App {
    /// The saved accounts, in the order they were added.
    pub async fn accounts(&self) -> Result<Vec<Account>> {
        let saved = self.parts.database.accounts().await?;
        Ok(saved.into_iter().map(|saved| self.shown(saved)).collect())
    }

    /// One account; an unknown id is [`NotFound`](crate::ErrorKind::NotFound).
    pub async fn account(&self, id: &AccountId) -> Result<Account> {
        Ok(self.shown(self.saved_account(id).await?))
    }

    /// Saves a new or an edited account: the secret to the keychain, the rest to the database. Views and transfers that
    /// are open go on where they were; what is opened next uses what was saved. What was shown to be confirmed has to be
    /// shown again: its account may be another server now.
    pub async fn save_account(&self, draft: AccountDraft) -> Result<Account> {
        let prepared = self.prepare(draft).await?;
        let Prepared {
            mut account, secret, ..
        } = prepared;
        if let Some(secret) = secret {
            let saved = self.parts.vault.save(&account.id, &secret).await?;
            account.secret_in_keychain = saved == SecretSaved::Keychain;
        }
        self.parts.database.save_account(account.clone()).await?;
        self.hand_on_keys(&account).await;
        self.parts.clients.forget(&account.id);
        self.parts.plans.revoke_all();
        self.parts.work.uploads.forget_account(&account.id);
        Ok(self.shown(account))
    }

    /// Lets transfers that wait for new keys go on with them. Only on the server that they are for: keys for another one
    /// are not told to this.
    async fn hand_on_keys(&self, account: &SavedAccount) {
        let Some(before) = self.parts.clients.known(&account.id) else {
            return;
        };
        if before.config().endpoint != account.endpoint {
            return;
        }
        if let Ok(secret) = self.secret(account).await {
            before.replace_credentials(Credentials {
                access_key_id: account.access_key_id.clone(),
                secret_access_key: secret,
                session_token: None,
            });
            self.parts.work.engine.release(account.id.as_str());
        }
    }

    /// What removing an account would take away.
    pub async fn plan_remove_account(&self, id: &AccountId) -> Result<RemoveAccountPlan> {
        let account = self.account(id).await?;
        let added = self.parts.database.added_buckets(id).await?.len();
        let text = removal_in_words(&account, added);
        let token = self.parts.plans.issue(RemoveAccount { id: id.clone() })?;
        Ok(RemoveAccountPlan { token, account, text })
    }

    /// Removes the account, its secret and its added buckets. Nothing on the server changes.
    pub async fn remove_account(&self, token: &PlanToken) -> Result<()> {
        let RemoveAccount { id } = self.parts.plans.take("removeAccount", token)?;
        let saved = self.saved_account(&id).await?;
        self.parts.vault.remove(&id, saved.secret_in_keychain).await?;
        self.parts.database.remove_account(&id).await?;
        self.parts.clients.forget(&id);
        self.parts.work.views.forget_account(&id);
        if saved.kind == AccountKind::Local {
            self.parts.local_storage.stop().await;
        }
        Ok(())
    }

    /// An account as it is saved, or as it is for this run.
    pub(crate) async fn saved_account(&self, id: &AccountId) -> Result<SavedAccount> {
        if let Some(account) = self.parts.session_accounts.find(id) {
            return Ok(account);
        }
        let found = self.parts.database.account(id).await?;
        found.ok_or_else(|| {
            let gone = Error::new(ErrorKind::NotFound, "account", "This account is not saved any more.");
            gone.with_hint("Choose another account, or add it again.")
        })
    }

    /// An account as it is shown.
    pub(crate) fn shown(&self, saved: SavedAccount) -> Account {
        let local = saved.kind == AccountKind::Local;
        Account {
            secret_saved: self.parts.vault.saved(&saved.id, saved.secret_in_keychain),
            endpoint: saved.endpoint.authority() + &saved.endpoint.base_path,
            encrypted: saved.endpoint.scheme == Scheme::Https,
            plain_http_consent: saved.plain_http_consent,
            scheme: saved.endpoint.scheme,
            host: saved.endpoint.host,
            port: saved.endpoint.port,
            base_path: saved.endpoint.base_path,
            id: saved.id,
            name: saved.name,
            kind: saved.kind,
            access_key_id: saved.access_key_id,
            project_id: saved.project_id,
            region: saved.region,
            addressing: saved.addressing,
            signature: saved.signature,
            ca_certificate: saved.ca.map(|ca| ca.name),
            pinned_certificate: saved.pinned_certificate.map(hex::encode),
            local_folder: local.then(|| self.local_folder()),
        }
    }
}

fn removal_in_words(account: &Account, added: usize) -> String {
    if let Some(folder) = &account.local_folder {
        return format!(
            "Dipper stops its server and forgets the account. The objects stay in “{}” and are there again when local \
             storage is opened the next time.",
            folder.display()
        );
    }
    let buckets = match added {
        0 => String::new(),
        1 => " and 1 bucket added by name".to_owned(),
        many => format!(" and {many} buckets added by name"),
    };
    format!("Dipper forgets this account, its secret key{buckets}. Nothing on the server changes.")
}
