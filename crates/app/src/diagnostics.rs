//! Copy diagnostics: what a bug report needs, without secrets, keys or names.

use std::fmt::Write as _;

use crate::accounts::{Account, AccountKind, SecretSaved};
use crate::error::{Error, Result};
use crate::events::Event;
use crate::{Addressing, App, Scheme, SignatureVersion};

/// The latest failures are enough to see what went wrong, and still fit into a message.
const FAILURES: usize = 20;

impl App {
    /// A text about this program, this computer, the accounts' kinds and the latest failures. It holds no secret, no
    /// access key id, no signature, no host, and no name of a bucket or an object.
    pub async fn diagnostics(&self) -> Result<String> {
        let started = self.started().await?;
        let failures = self.parts.events.latest_failures(FAILURES);
        let mut text = String::new();
        let written = (|| {
            writeln!(
                text,
                "Dipper {} on {} {}",
                env!("CARGO_PKG_VERSION"),
                std::env::consts::OS,
                std::env::consts::ARCH
            )?;
            let keychain = if started.keychain.available {
                "in use"
            } else {
                "not available"
            };
            writeln!(text, "Keychain: {keychain}")?;
            writeln!(text, "Accounts: {}", started.accounts.len())?;
            for (number, account) in started.accounts.iter().enumerate() {
                writeln!(text, "  {}. {}", number + 1, described(account))?;
            }
            writeln!(text, "Latest failed requests: {}", failures.len())?;
            failures
                .iter()
                .try_for_each(|event| writeln!(text, "  {}", failure(event)))
        })();
        written
            .map(|()| text)
            .map_err(|cause: std::fmt::Error| Error::internal("diagnostics", cause))
    }
}

fn described(account: &Account) -> String {
    let kind = match account.kind {
        AccountKind::S3Compatible => "S3-compatible",
        AccountKind::Amazon => "Amazon S3",
        AccountKind::Local => "Local storage",
    };
    let scheme = match account.scheme {
        Scheme::Http => "http",
        Scheme::Https => "https",
    };
    let signature = match account.signature {
        SignatureVersion::V4 => "V4",
        SignatureVersion::V2 => "V2",
    };
    let addressing = match account.addressing {
        Addressing::Path => "path style",
        Addressing::VirtualHost => "virtual host style",
        Addressing::Auto => "automatic addressing",
    };
    let secret = match account.secret_saved {
        SecretSaved::Keychain => "in the keychain",
        SecretSaved::Memory => "in memory",
        SecretSaved::Missing => "missing",
    };
    let with = |there: bool, what: &'static str| if there { what } else { "" };
    format!(
        "{kind}, {scheme}, signature {signature}, {addressing}, secret key {secret}{}{}{}",
        with(account.project_id.is_some(), ", with a Project ID"),
        with(account.ca_certificate.is_some(), ", with a CA certificate"),
        with(account.pinned_certificate.is_some(), ", with a trusted certificate"),
    )
}

fn failure(event: &Event) -> String {
    let status = event
        .status
        .map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let error = match (&event.error, event.status) {
        (Some(error), _) if is_code(error) => error,
        (_, Some(_)) => "no code",
        (_, None) => "network",
    };
    let request = event.request_id.as_deref().unwrap_or("-");
    format!(
        "{} {}: {status}, {error}, {} ms, request {request}",
        event.at, event.operation, event.duration_ms
    )
}

/// An S3 code, such as `NoSuchKey`. Words about the network may hold host names, and are left out.
fn is_code(error: &str) -> bool {
    error.chars().all(|c| c.is_ascii_alphanumeric())
}
