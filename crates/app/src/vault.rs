//! Secrets: one keychain entry an account, or memory for this run when there is no keychain. Never a file.
//!
//! The keychain is only ever called on blocking threads: inside an async task its Linux store panics and stays unusable for
//! the whole process. A keychain that is missing is no failure: secrets are then kept in memory, and [`KeychainState`] says
//! what that means. A keychain that is locked is one, because a saved secret is in it and waiting.

mod keychain;
mod memory;

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use secrecy::SecretString;

use self::keychain::KeychainError;
use self::memory::Memory;
use crate::accounts::{AccountId, SecretSaved};
use crate::error::{Error, ErrorKind, Result};

/// Asking whether there is a keychain shows no prompt; one that takes longer is not there for us.
const FIRST_ANSWER: Duration = Duration::from_secs(5);
/// Reading and writing may show the system's own prompt to unlock, which a person answers.
const ANSWER: Duration = Duration::from_mins(2);

/// Where secrets are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VaultKind {
    /// The system's keychain; where there is none, memory, and [`KeychainState`] says so.
    #[default]
    Keychain,
    /// Memory only, by choice.
    Memory,
}

/// Whether secrets outlive this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeychainState {
    /// Whether the system's keychain is in use.
    pub available: bool,
    /// If not: why, and what it means.
    pub message: Option<String>,
}

/// The secrets of all accounts.
pub(crate) struct Vault {
    state: Mutex<KeychainState>,
    memory: Memory,
    /// Accounts whose entry was looked for and not found.
    lost: Mutex<HashSet<AccountId>>,
}

impl Vault {
    /// Looks for the keychain. Never fails: without one, secrets are kept in memory.
    pub(crate) async fn open(kind: VaultKind) -> Self {
        let state = match kind {
            VaultKind::Memory => unavailable("Keys are kept in memory"),
            VaultKind::Keychain => match blocking(FIRST_ANSWER, keychain::check).await {
                Ok(()) => KeychainState {
                    available: true,
                    message: None,
                },
                Err(cause) => unavailable(&format!("This computer’s keychain can’t be used ({cause})")),
            },
        };
        Self {
            state: Mutex::new(state),
            memory: Memory::default(),
            lost: Mutex::default(),
        }
    }

    /// Whether secrets outlive this run.
    pub(crate) fn state(&self) -> KeychainState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps a secret, in place of the one before, and says where. A keychain that has gone away since the start is
    /// treated as missing; a locked one is an error and changes nothing.
    pub(crate) async fn save(&self, account: &AccountId, secret: &SecretString) -> Result<SecretSaved> {
        if self.state().available {
            let (id, value) = (account.clone(), secret.clone());
            match blocking(ANSWER, move || keychain::save(&id, &value)).await {
                Ok(()) => {
                    self.memory.remove(account);
                    self.lost.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
                    return Ok(SecretSaved::Keychain);
                }
                Err(KeychainError::Missing(cause)) => self.lose_keychain(&cause),
                Err(cause) => return Err(failed("save the secret key", &cause)),
            }
        }
        Ok(self.save_for_this_run(account, secret))
    }

    /// Keeps a secret in memory although there is a keychain.
    pub(crate) fn save_for_this_run(&self, account: &AccountId, secret: &SecretString) -> SecretSaved {
        self.memory.save(account, secret);
        SecretSaved::Memory
    }

    /// The secret of an account, `None` when it is nowhere. `in_keychain` is where it was saved last.
    pub(crate) async fn load(&self, account: &AccountId, in_keychain: bool) -> Result<Option<SecretString>> {
        if let Some(secret) = self.memory.load(account) {
            return Ok(Some(secret));
        }
        if !in_keychain || !self.state().available {
            return Ok(None);
        }
        let id = account.clone();
        let found = blocking(ANSWER, move || keychain::load(&id)).await;
        let found = found.map_err(|cause| failed("read the secret key", &cause))?;
        // A locked keychain may say "no such entry": what was lost is found again once it is unlocked.
        let mut lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        match found {
            Some(_) => lost.remove(account),
            None => lost.insert(account.clone()),
        };
        drop(lost);
        Ok(found)
    }

    /// Removes the secret of an account, wherever it is. One that is not there is no error.
    pub(crate) async fn remove(&self, account: &AccountId, in_keychain: bool) -> Result<()> {
        if self.state().available {
            let id = account.clone();
            match blocking(ANSWER, move || keychain::remove(&id)).await {
                Ok(()) => {}
                Err(cause) if in_keychain => return Err(failed("remove the secret key", &cause)),
                // An older secret may lie there from before the keychain went away; the account no longer relies on it.
                Err(cause) => tracing::warn!(%cause, "an unused secret may be left in the keychain"),
            }
        }
        self.memory.remove(account);
        Ok(())
    }

    /// Where a secret is, as far as is known without asking the keychain (which may show a prompt).
    pub(crate) fn saved(&self, account: &AccountId, in_keychain: bool) -> SecretSaved {
        let lost = || {
            self.lost
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .contains(account)
        };
        if self.memory.holds(account) {
            SecretSaved::Memory
        } else if in_keychain && self.state().available && !lost() {
            SecretSaved::Keychain
        } else {
            SecretSaved::Missing
        }
    }

    fn lose_keychain(&self, cause: &str) {
        let state = unavailable(&format!("This computer’s keychain stopped answering ({cause})"));
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

fn unavailable(why: &str) -> KeychainState {
    let message =
        format!("{why}. Secret keys are kept in memory for this run only and have to be typed again next time.");
    KeychainState {
        available: false,
        message: Some(message),
    }
}

async fn blocking<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T, KeychainError> + Send + 'static,
) -> Result<T, KeychainError> {
    match tokio::time::timeout(limit, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(done)) => done,
        Ok(Err(panicked)) => Err(KeychainError::Missing(panicked.to_string())),
        Err(_) => Err(KeychainError::Silent),
    }
}

fn failed(doing: &str, cause: &KeychainError) -> Error {
    let hint = match cause {
        KeychainError::Locked(_) => "Unlock the keychain of this computer, then try again.",
        KeychainError::Missing(_) | KeychainError::Silent => {
            "Check that the keychain of this computer works, then try again."
        }
        KeychainError::Refused(_) => "Edit the account and type the secret key again.",
    };
    let message = format!("Could not {doing} in this computer’s keychain: {cause}.");
    Error::new(ErrorKind::Keychain, "keychain", message).with_hint(hint)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use secrecy::ExposeSecret as _;

    use super::*;

    #[tokio::test]
    async fn memory_keeps_secrets_for_this_run_and_says_so() {
        let vault = Vault::open(VaultKind::Memory).await;
        let state = vault.state();
        assert!(!state.available);
        assert!(state.message.unwrap().contains("for this run only"));
        let account = AccountId::from("a");
        assert_eq!(vault.saved(&account, false), SecretSaved::Missing);
        assert_eq!(
            vault.save(&account, &SecretString::from("s3cret")).await.unwrap(),
            SecretSaved::Memory
        );
        assert_eq!(
            vault.load(&account, false).await.unwrap().unwrap().expose_secret(),
            "s3cret"
        );
        assert_eq!(vault.saved(&account, false), SecretSaved::Memory);
        vault.remove(&account, false).await.unwrap();
        assert!(vault.load(&account, false).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_secret_that_lies_in_a_keychain_we_cannot_open_is_missing() {
        let vault = Vault::open(VaultKind::Memory).await;
        let account = AccountId::from("a");
        assert_eq!(vault.saved(&account, true), SecretSaved::Missing);
        assert!(vault.load(&account, true).await.unwrap().is_none());
    }

    #[test]
    fn failures_say_what_to_do() {
        let locked = failed("save the secret key", &KeychainError::Locked("no access".into()));
        assert_eq!(locked.kind(), ErrorKind::Keychain);
        assert!(locked.to_string().contains("locked"), "{locked}");
        assert!(locked.hint().unwrap().contains("Unlock"));
    }
}
