//! CA certificates that were chosen but not saved yet: the window holds a token, never the file's path.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use x509_parser::certificate::X509Certificate;
use x509_parser::pem::Pem;
use x509_parser::prelude::FromDer as _;

use crate::App;
use crate::database::SavedCa;
use crate::error::{Error, Result};
use crate::random;

/// A form holds one; the last few are kept so that several windows can be open. Chains of roots stay far below the size.
const MOST_CHOSEN: usize = 8;
const MAX_BYTES: usize = 1024 * 1024;
const REGISTER: &str = "registerCa";

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

impl App {
    /// Checks a CA certificate file (PEM, one or several; or one in DER) and keeps it for the form that is open.
    pub fn register_ca(&self, file: Vec<u8>, name: &str) -> Result<RegisteredCa> {
        let (pem, subject) = readable(file)?;
        let token = CaToken(random::hex_id()?);
        self.parts.certificates.keep(
            token.clone(),
            SavedCa {
                name: name.to_owned(),
                pem,
            },
        );
        Ok(RegisteredCa {
            token,
            name: name.to_owned(),
            subject,
        })
    }
}

/// The file as PEM, and whom its first certificate names. Every certificate in it must be readable.
fn readable(file: Vec<u8>) -> Result<(Vec<u8>, String)> {
    if file.len() > MAX_BYTES {
        return Err(unreadable("it is larger than 1 MiB"));
    }
    if let Ok((_, certificate)) = X509Certificate::from_der(&file) {
        let subject = certificate.subject().to_string();
        return Ok((to_pem(&file), subject));
    }
    let mut first = None;
    for block in Pem::iter_from_buffer(&file) {
        let block = block.map_err(|cause| unreadable("it is neither PEM nor DER").with_source(cause))?;
        if block.label != "CERTIFICATE" {
            return Err(unreadable(
                "it holds something else than certificates. Never choose a file with a private key",
            ));
        }
        let certificate = block
            .parse_x509()
            .map_err(|_| unreadable("a certificate in it is damaged"))?;
        first.get_or_insert_with(|| certificate.subject().to_string());
    }
    let subject = first.ok_or_else(|| unreadable("there is no certificate in it"))?;
    Ok((file, subject))
}

fn to_pem(der: &[u8]) -> Vec<u8> {
    let text = STANDARD.encode(der);
    let lines = text.as_bytes().chunks(64).collect::<Vec<_>>().join(&b'\n');
    [
        b"-----BEGIN CERTIFICATE-----\n".as_slice(),
        &lines,
        b"\n-----END CERTIFICATE-----\n",
    ]
    .concat()
}

fn unreadable(why: &str) -> Error {
    let message = format!("This file can’t be used as a CA certificate: {why}.");
    Error::field_at_fault(REGISTER, "caToken", message)
        .with_hint("Ask your provider for the CA certificate in PEM form.")
}
