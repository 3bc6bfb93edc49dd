//! CA certificates that were chosen but not saved yet: the window holds a token, never the file's path.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::App;
use crate::database::SavedCa;
use crate::error::{Error, ErrorKind, Result};
use crate::random;

/// A form holds one; the last few are kept so that several windows can be open. Chains of roots stay far below the size.
const MOST_CHOSEN: usize = 8;
const MAX_BYTES: usize = 1024 * 1024;
const REGISTER: &str = "register_ca";

/// Names a CA certificate that was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CaToken(String);

impl CaToken {
    /// The token as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for CaToken {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// A CA certificate that may be put into an account.
#[derive(Clone, Debug)]
pub struct RegisteredCa {
    /// Put this into [`AccountDraft::ca_token`](crate::AccountDraft::ca_token).
    pub token: CaToken,
    /// The file's name.
    pub name: String,
    /// Whom the certificate names.
    pub subject: String,
}

/// The certificates that were chosen in this run.
#[derive(Default)]
pub(crate) struct Certificates(Mutex<VecDeque<(CaToken, SavedCa)>>);

impl Certificates {
    fn keep(&self, token: CaToken, ca: SavedCa) {
        let mut chosen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if chosen.len() >= MOST_CHOSEN {
            chosen.pop_front();
        }
        chosen.push_back((token, ca));
    }

    /// The certificate of a token. It stays, so that a form can be tested and then saved.
    pub(crate) fn find(&self, token: &CaToken) -> Result<SavedCa> {
        let chosen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = chosen.iter().find(|(kept, _)| kept == token).map(|(_, ca)| ca.clone());
        found.ok_or_else(|| Error::field_at_fault(REGISTER, "caToken", "Choose the CA certificate again."))
    }
}
