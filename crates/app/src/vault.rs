//! Secrets: one keychain entry an account, or memory for this run when there is no keychain. Never a file.

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

pub(crate) struct Vault;
