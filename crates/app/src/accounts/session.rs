//! An account for one run: made of what a program was started with, checked like a form, and saved nowhere.
//!
//! Machines without a keychain have their keys in the environment. Such an account lives in memory beside its secret; every
//! method that takes an account's id takes its id too, and its client is made like any other.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;

use super::{Account, AccountDraft, AccountId, Prepared};
use crate::App;
use crate::database::SavedAccount;
use crate::error::Result;

/// The same in every run: what is remembered about a transfer names its account.
const ID: &str = "this-run";

/// The accounts of this run.
#[derive(Default)]
pub(crate) struct SessionAccounts(Mutex<HashMap<AccountId, SessionAccount>>);

/// An account, and the token that goes with keys which end by themselves.
struct SessionAccount {
    account: SavedAccount,
    token: Option<SecretString>,
}

impl SessionAccounts {
    pub(crate) fn find(&self, id: &AccountId) -> Option<SavedAccount> {
        self.kept().get(id).map(|kept| kept.account.clone())
    }

    /// The token of an account, if its keys have one.
    pub(crate) fn token(&self, id: &AccountId) -> Option<SecretString> {
        self.kept().get(id).and_then(|kept| kept.token.clone())
    }

    fn keep(&self, account: SavedAccount, token: Option<SecretString>) {
        self.kept()
            .insert(account.id.clone(), SessionAccount { account, token });
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<AccountId, SessionAccount>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Takes an account for this run, in place of the one before, with the session token of its keys if they have one.
    /// Neither it nor its secrets are written anywhere, and it is not among [`App::accounts`].
    pub async fn use_account_for_this_run(
        &self,
        draft: AccountDraft,
        session_token: Option<SecretString>,
    ) -> Result<Account> {
        let draft = AccountDraft { id: None, ..draft };
        let Prepared { mut account, secret } = self.prepare(draft).await?;
        account.id = AccountId::from(ID);
        if let Some(secret) = secret {
            self.parts.vault.save_for_this_run(&account.id, &secret);
        }
        self.parts.session_accounts.keep(account.clone(), session_token);
        self.parts.clients.forget(&account.id);
        Ok(self.shown(account))
    }
}
