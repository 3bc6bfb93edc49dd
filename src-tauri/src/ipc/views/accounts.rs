//! Accounts, their form and the answers of a connection test. A secret goes in and never comes out.

use dipper_app as app;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::ipc::mirror::{maybe, millis, plan_token, same_fields, same_variants, text};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum AccountKind {
    S3Compatible,
    Amazon,
    Local,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountView {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: AccountKind,
    /// "host:port" as shown.
    pub(crate) endpoint: String,
    pub(crate) scheme: Scheme,
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    pub(crate) base_path: String,
    pub(crate) encrypted: bool,
    /// agreed to plain http elsewhere.
    pub(crate) plain_http_consent: bool,
    pub(crate) access_key_id: String,
    pub(crate) secret_saved: SecretSaved,
    pub(crate) project_id: Option<String>,
    pub(crate) region: String,
    pub(crate) addressing: Addressing,
    pub(crate) signature: Signature,
    /// file name shown.
    pub(crate) ca_certificate: Option<String>,
    /// SHA-256.
    pub(crate) pinned_certificate: Option<String>,
    pub(crate) local_folder: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountDraft {
    /// edit.
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) kind: AccountKind,
    pub(crate) endpoint: String,
    pub(crate) port: Option<u16>,
    pub(crate) tls: bool,
    /// to plain http elsewhere.
    pub(crate) plain_http_consent: bool,
    pub(crate) access_key_id: String,
    /// null = keep the saved one.
    pub(crate) secret_access_key: Option<Secret>,
    pub(crate) project_id: Option<String>,
    pub(crate) region: String,
    pub(crate) addressing: Addressing,
    pub(crate) signature: Signature,
    /// from chooseCaCertificate, null = keep.
    pub(crate) ca_token: Option<String>,
    pub(crate) remove_ca: bool,
    pub(crate) pinned_certificate: Option<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EndpointView {
    pub(crate) scheme: Scheme,
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    pub(crate) base_path: String,
    /// plain http to another computer.
    pub(crate) needs_consent: bool,
    /// what we understood, in full.
    pub(crate) url: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ConnectionOutcome {
    Connected,
    WrongAccessKey,
    WrongSecret,
    NameNotFound,
    Refused,
    TimedOut,
    CertificateNotTrusted,
    ClockWrong,
    ListingDenied,
    NotS3,
    PlainHttp,
    NeedsTls,
    Other,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectionReport {
    pub(crate) outcome: ConnectionOutcome,
    pub(crate) tone: Tone,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) server_answer: Option<String>,
    pub(crate) buckets: Option<u64>,
    pub(crate) elapsed_ms: u64,
    pub(crate) skew_seconds: Option<i64>,
    pub(crate) suggested_project_id: Option<String>,
    pub(crate) certificate: Option<CertificateView>,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CertificateView {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    pub(crate) sha256: String,
    pub(crate) not_before: i64,
    pub(crate) not_after: i64,
}

/// Plain or encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Scheme {
    Http,
    Https,
}

/// Where the secret key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum SecretSaved {
    Keychain,
    Memory,
    Missing,
}

/// Where the bucket stands in an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Addressing {
    Path,
    VirtualHost,
    Auto,
}

/// The version of the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Signature {
    V4,
    V2,
}

/// How an answer is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Tone {
    Ok,
    Bad,
    Note,
    Info,
}

/// A secret on its way in. It is never printed and never sent back.
#[derive(Clone, Type)]
#[specta(transparent)]
pub(crate) struct Secret(#[specta(type = String)] SecretString);

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|secret| Self(secret.into()))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl From<Secret> for SecretString {
    fn from(secret: Secret) -> Self {
        secret.0
    }
}

/// What removing an account means, to be confirmed.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RemoveAccountPlan {
    pub(crate) token: String,
    pub(crate) account: AccountView,
    pub(crate) text: String,
}

/// A certificate authority that was chosen, to be saved with the account.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChosenCa {
    pub(crate) token: String,
    pub(crate) name: String,
    pub(crate) subject: String,
}

same_variants!(app::AccountKind => AccountKind { S3Compatible, Amazon, Local } and back);
same_variants!(app::Scheme => Scheme { Http, Https } and back);
same_variants!(app::Addressing => Addressing { Path, VirtualHost, Auto } and back);
same_variants!(app::SignatureVersion => Signature { V4, V2 } and back);
same_variants!(app::SecretSaved => SecretSaved { Keychain, Memory, Missing });
same_variants!(app::Tone => Tone { Ok, Bad, Note, Info });
same_variants!(app::ConnectionOutcome => ConnectionOutcome {
    Connected, WrongAccessKey, WrongSecret, NameNotFound, Refused, TimedOut, CertificateNotTrusted, ClockWrong,
    ListingDenied, NotS3, PlainHttp, NeedsTls, Other,
});
same_fields!(app::Account => AccountView {
    id: text, name, kind, endpoint, scheme, host, port, base_path, encrypted, plain_http_consent, access_key_id, secret_saved,
    project_id, region, addressing, signature, ca_certificate, pinned_certificate, local_folder: shown_path,
});
same_fields!(AccountDraft => app::AccountDraft {
    id: maybe, name, kind, endpoint, port, tls, plain_http_consent, access_key_id, secret_access_key: maybe, project_id, region, addressing,
    signature, ca_token: maybe, remove_ca, pinned_certificate,
});
same_fields!(app::Endpoint => EndpointView { scheme, host, port, base_path, needs_consent, url });
same_fields!(app::Certificate => CertificateView {
    subject, issuer, sha256, not_before: millis, not_after: millis,
});
same_fields!(app::ConnectionReport => ConnectionReport {
    outcome, tone, title, text, server_answer, buckets, elapsed_ms, skew_seconds, suggested_project_id,
    certificate: maybe,
});
same_fields!(app::RemoveAccountPlan => RemoveAccountPlan { token: plan_token, account, text });
same_fields!(app::RegisteredCa => ChosenCa { token: ca_token, name, subject });

fn shown_path(path: Option<std::path::PathBuf>) -> Option<String> {
    path.map(|path| path.display().to_string())
}

#[expect(clippy::needless_pass_by_value, reason = "`same_fields` moves each field in")]
fn ca_token(token: app::CaToken) -> String {
    token.as_str().to_owned()
}
