//! The system's keychain: Secret Service, macOS Keychain, Windows Credential Manager. Everything here blocks.
//!
//! Errors of the keychain are put into words here and not carried on: some of them hold the bytes of the secret.

use std::collections::HashMap;

use keyring_core::{Entry, Error as Cause};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use crate::accounts::AccountId;

/// What the entries are called; the user of each is the account's id.
const SERVICE: &str = "dev.dipper.desktop";

/// Why the keychain did not do it.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeychainError {
    /// There is none, or it went away.
    #[error("there is none that answers: {0}")]
    Missing(String),
    /// It is there and closed.
    #[error("it is locked: {0}")]
    Locked(String),
    /// It did not answer in time.
    #[error("it did not answer in time")]
    Silent,
    /// It answered and would not, or what it holds is not a secret of ours.
    #[error("{0}")]
    Refused(String),
}

impl From<Cause> for KeychainError {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::PlatformFailure(_) | Cause::NoDefaultStore => Self::Missing(cause.to_string()),
            Cause::NoStorageAccess(_) => Self::Locked(cause.to_string()),
            Cause::BadEncoding(_) | Cause::BadDataFormat(..) => Self::Refused("the entry holds no text".to_owned()),
            Cause::Ambiguous(_) => Self::Refused("there is more than one entry for this account".to_owned()),
            other => Self::Refused(other.to_string()),
        }
    }
}

/// Whether there is a keychain. Does not prove that it is unlocked: nobody is asked for a password just to start.
pub(super) fn check() -> Result<(), KeychainError> {
    match keyring::v1::Entry::store_status() {
        Ok(()) => Ok(()),
        Err(cause) => Err(KeychainError::Missing(cause.to_string())),
    }
}

pub(super) fn save(account: &AccountId, secret: &SecretString) -> Result<(), KeychainError> {
    Ok(entry(account)?.set_password(secret.expose_secret())?)
}

pub(super) fn load(account: &AccountId) -> Result<Option<SecretString>, KeychainError> {
    match entry(account)?.get_password() {
        Ok(secret) => Ok(Some(SecretString::from(Zeroizing::new(secret).as_str()))),
        Err(Cause::NoEntry) => Ok(None),
        Err(cause) => Err(cause.into()),
    }
}

pub(super) fn remove(account: &AccountId) -> Result<(), KeychainError> {
    match entry(account)?.delete_credential() {
        Ok(()) | Err(Cause::NoEntry) => Ok(()),
        Err(cause) => Err(cause.into()),
    }
}

fn entry(account: &AccountId) -> Result<Entry, KeychainError> {
    check()?;
    Ok(Entry::new_with_modifiers(SERVICE, account.as_str(), &modifiers())?)
}

/// Windows would copy an entry to every computer of a roaming profile unless it is told to stay on this one.
fn modifiers() -> HashMap<&'static str, &'static str> {
    if cfg!(windows) {
        HashMap::from([("persistence", "Local")])
    } else {
        HashMap::new()
    }
}
