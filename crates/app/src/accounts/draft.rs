//! From what a form says to what is saved: every field checked, in the order it stands in the form.

use dipper_storage::{Endpoint, Scheme};
use secrecy::{ExposeSecret as _, SecretString};

use super::{AccountDraft, AccountId, AccountKind};
use crate::App;
use crate::database::{SavedAccount, SavedCa};
use crate::error::{Error, Result};
use crate::random;

const SAVE: &str = "saveAccount";
/// Names are shown in a menu; longer ones are pasted by mistake.
const MAX_NAME_CHARACTERS: usize = 100;

/// A form that can be saved or tested.
pub(crate) struct Prepared {
    pub(crate) account: SavedAccount,
    /// The secret that was typed; `None` keeps the saved one.
    pub(crate) secret: Option<SecretString>,
}

impl App {
    /// Checks a form. A new account gets its id here.
    pub(crate) async fn prepare(&self, draft: AccountDraft) -> Result<Prepared> {
        let before = match &draft.id {
            Some(id) => Some(self.saved_account(id).await?),
            None => None,
        };
        if let Some(local) = before.as_ref().filter(|before| before.kind == AccountKind::Local) {
            // Its server, folder and keys are Dipper's own: only the name is the user's.
            let account = SavedAccount {
                name: name(&draft.name)?,
                ..local.clone()
            };
            return Ok(Prepared { account, secret: None });
        }
        let ca = self.chosen_ca(&draft, before.as_ref())?;
        Ok(Prepared {
            account: account(&draft, before.as_ref(), ca)?,
            secret: secret(&draft, before.as_ref())?,
        })
    }

    fn chosen_ca(&self, draft: &AccountDraft, before: Option<&SavedAccount>) -> Result<Option<SavedCa>> {
        match &draft.ca_token {
            Some(token) => self.parts.certificates.find(token).map(Some),
            None if draft.remove_ca => Ok(None),
            None => Ok(before.and_then(|before| before.ca.clone())),
        }
    }
}

/// What we understand an endpoint as. A scheme or port inside the text wins over the fields beside it.
pub(crate) fn understand_endpoint(text: &str, port: Option<u16>, tls: bool) -> Result<Endpoint> {
    let scheme = if tls { Scheme::Https } else { Scheme::Http };
    let endpoint = Endpoint::parse(text, scheme).map_err(|error| Error::from(error).with_field("endpoint"))?;
    let port = endpoint.port.or(port);
    if port == Some(0) {
        return Err(Error::field_at_fault(
            "parseEndpoint",
            "port",
            "The port must be between 1 and 65535.",
        ));
    }
    Ok(endpoint.with_port(port))
}

fn account(draft: &AccountDraft, before: Option<&SavedAccount>, ca: Option<SavedCa>) -> Result<SavedAccount> {
    let region = no_spaces("region", "The region", &draft.region)?;
    let endpoint = endpoint(draft, &region)?;
    let plain_http_consent = plain_http_consent(draft, before, &endpoint);
    let account = SavedAccount {
        id: match before {
            Some(before) => before.id.clone(),
            None => AccountId::from(random::hex_id()?),
        },
        name: name(&draft.name)?,
        kind: kind(draft.kind)?,
        endpoint,
        plain_http_consent,
        access_key_id: access_key_id(&draft.access_key_id)?,
        secret_in_keychain: before.is_some_and(|before| before.secret_in_keychain),
        project_id: project_id(draft.project_id.as_deref())?,
        region,
        addressing: draft.addressing,
        signature: draft.signature,
        ca,
        pinned_certificate: draft.pinned_certificate.as_deref().map(fingerprint).transpose()?,
    };
    refuse_plain_http(&account)?;
    Ok(account)
}

/// Whether the account may speak plain http to its endpoint: agreed to now, or when it was saved for the same host.
fn plain_http_consent(draft: &AccountDraft, before: Option<&SavedAccount>, endpoint: &Endpoint) -> bool {
    let agreed_before = |before: &SavedAccount| before.plain_http_consent && before.endpoint.host == endpoint.host;
    endpoint.is_readable_on_the_way() && (draft.plain_http_consent || before.is_some_and(agreed_before))
}

/// Nothing is signed and sent in the clear to another computer that the user did not agree to.
pub(crate) fn refuse_plain_http(account: &SavedAccount) -> Result<()> {
    if account.plain_http_consent || !account.endpoint.is_readable_on_the_way() {
        return Ok(());
    }
    let message = format!(
        "“{}” would be spoken to over plain http: anyone on the way can read and change what is sent.",
        account.endpoint.host
    );
    let hint = "Turn secure transfer on, or agree to it in the account’s form.";
    Err(Error::field_at_fault(SAVE, "plainHttpConsent", message).with_hint(hint))
}

fn name(typed: &str) -> Result<String> {
    let name = typed.trim();
    if name.is_empty() {
        return Err(Error::field_at_fault(
            SAVE,
            "name",
            "Give the account a name to find it by.",
        ));
    }
    if name.chars().count() > MAX_NAME_CHARACTERS || name.contains(char::is_control) {
        return Err(Error::field_at_fault(
            SAVE,
            "name",
            "Use a name of at most 100 characters, on one line.",
        ));
    }
    Ok(name.to_owned())
}

fn kind(kind: AccountKind) -> Result<AccountKind> {
    if kind == AccountKind::Local {
        return Err(Error::field_at_fault(
            SAVE,
            "kind",
            "Local storage needs no form: it is opened as it is.",
        ));
    }
    Ok(kind)
}

fn endpoint(draft: &AccountDraft, region: &str) -> Result<Endpoint> {
    let typed = draft.endpoint.trim();
    if !typed.is_empty() {
        return understand_endpoint(typed, draft.port, draft.tls);
    }
    if draft.kind != AccountKind::Amazon {
        return Err(Error::field_at_fault(
            SAVE,
            "endpoint",
            "Type the server’s address, such as objects.example.net.",
        ));
    }
    let region = if region.is_empty() { "us-east-1" } else { region };
    understand_endpoint(&format!("s3.{region}.amazonaws.com"), draft.port, draft.tls)
}

fn access_key_id(typed: &str) -> Result<String> {
    let key = no_spaces("accessKeyId", "The access key ID", typed)?;
    if key.is_empty() {
        return Err(Error::field_at_fault(
            SAVE,
            "accessKeyId",
            "Type or paste the access key ID.",
        ));
    }
    Ok(key)
}

/// The secret that was typed, without what pasting added around it. An edited account may keep its saved one.
fn secret(draft: &AccountDraft, before: Option<&SavedAccount>) -> Result<Option<SecretString>> {
    let typed = draft
        .secret_access_key
        .as_ref()
        .map_or("", |secret| secret.expose_secret().trim());
    if typed.is_empty() {
        return match before {
            Some(_) => Ok(None),
            None => Err(Error::field_at_fault(
                SAVE,
                "secretAccessKey",
                "Type or paste the secret access key.",
            )),
        };
    }
    if typed.contains(char::is_control) {
        return Err(Error::field_at_fault(
            SAVE,
            "secretAccessKey",
            "The secret access key must be on one line.",
        ));
    }
    Ok(Some(SecretString::from(typed)))
}

fn project_id(typed: Option<&str>) -> Result<Option<String>> {
    let id = no_spaces("projectId", "The Project ID", typed.unwrap_or_default())?;
    if id.contains(['/', ':', '?', '#', '%']) {
        let hint = "Paste the console’s address into the field to take the Project ID out of it.";
        return Err(
            Error::field_at_fault(SAVE, "projectId", "A Project ID has no “/”, “:”, “?”, “#” or “%”.").with_hint(hint),
        );
    }
    Ok((!id.is_empty()).then_some(id))
}

fn no_spaces(field: &'static str, what: &str, typed: &str) -> Result<String> {
    let text = typed.trim();
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(Error::field_at_fault(
            SAVE,
            field,
            format!("{what} has a space inside. Copy it again."),
        ));
    }
    Ok(text.to_owned())
}

/// A SHA-256 in hex, with or without colons.
fn fingerprint(text: &str) -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    let digits: String = text.chars().filter(|c| *c != ':' && !c.is_whitespace()).collect();
    hex::decode_to_slice(&digits, &mut bytes)
        .map_err(|_| Error::field_at_fault(SAVE, "pinnedCertificate", "A certificate’s SHA-256 has 64 hex digits."))?;
    Ok(bytes)
}
