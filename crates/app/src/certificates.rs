//! CA certificates that were chosen but not saved yet: the window holds a token, never the file's path.

use crate::App;
use crate::error::Result;

/// Names a CA certificate that was chosen, until the app ends.
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

#[derive(Default)]
pub(crate) struct Certificates;

impl App {
    /// Checks a CA certificate (PEM, or one in DER) and keeps it for the form that is open.
    pub fn register_ca(&self, pem: Vec<u8>, name: &str) -> Result<RegisteredCa> {
        todo!("{pem:?} {name}")
    }
}
