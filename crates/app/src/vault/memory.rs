//! Secrets for this run only. They are wiped when they are replaced, removed, or the app ends.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;

use crate::accounts::AccountId;

#[derive(Default)]
pub(super) struct Memory(Mutex<HashMap<AccountId, SecretString>>);

impl Memory {
    pub(super) fn save(&self, account: &AccountId, secret: &SecretString) {
        self.lock().insert(account.clone(), secret.clone());
    }

    pub(super) fn load(&self, account: &AccountId) -> Option<SecretString> {
        self.lock().get(account).cloned()
    }

    pub(super) fn holds(&self, account: &AccountId) -> bool {
        self.lock().contains_key(account)
    }

    pub(super) fn remove(&self, account: &AccountId) {
        self.lock().remove(account);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AccountId, SecretString>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
