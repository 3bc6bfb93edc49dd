//! An account for one run: made of what a program was started with, checked like a form, and saved nowhere.
//!
//! Machines without a keychain have their keys in the environment. Such an account lives in memory beside its secret; every
//! method that takes an account's id takes its id too, and its client is made like any other.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::{Account, AccountDraft, AccountId, Prepared};
use crate::App;
use crate::database::SavedAccount;
use crate::error::Result;

/// The same in every run: what is remembered about a transfer names its account.
const ID: &str = "this-run";

/// The accounts of this run.
#[derive(Default)]
pub(crate) struct SessionAccounts(Mutex<HashMap<AccountId, SavedAccount>>);

impl SessionAccounts {
    pub(crate) fn find(&self, id: &AccountId) -> Option<SavedAccount> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    fn keep(&self, account: SavedAccount) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(account.id.clone(), account);
    }
}

impl App {
    /// Takes an account for this run, in place of the one before. Neither it nor its secret is written anywhere, and it is
    /// not among [`App::accounts`].
    pub async fn use_account_for_this_run(&self, draft: AccountDraft) -> Result<Account> {
        let draft = AccountDraft { id: None, ..draft };
        let Prepared { mut account, secret } = self.prepare(draft).await?;
        account.id = AccountId::from(ID);
        if let Some(secret) = secret {
            self.parts.vault.save_for_this_run(&account.id, &secret);
        }
        self.parts.session_accounts.keep(account.clone());
        self.parts.clients.forget(&account.id);
        Ok(self.shown(account))
    }
}
