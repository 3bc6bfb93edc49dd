//! What can be decided of an upload before anybody has looked at it.

use super::{ConflictPolicy, KeyChange, UploadAccess, UploadChange};

/// What is decided before an upload is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadChoices {
    /// The policy for keys that exist.
    pub policy: ConflictPolicy,
    /// Who may read.
    pub access: UploadAccess,
    /// The rest of the key of a single file, in place of its name.
    pub key_rest: Option<String>,
}

impl Default for UploadChoices {
    fn default() -> Self {
        Self {
            policy: ConflictPolicy::Ask,
            access: UploadAccess::default(),
            key_rest: None,
        }
    }
}

impl From<UploadChoices> for UploadChange {
    fn from(choices: UploadChoices) -> Self {
        let key = |key_rest| KeyChange { index: 0, key_rest };
        Self {
            keys: choices.key_rest.into_iter().map(key).collect(),
            policy: Some(choices.policy),
            access: Some(choices.access),
            decisions: Vec::new(),
        }
    }
}
