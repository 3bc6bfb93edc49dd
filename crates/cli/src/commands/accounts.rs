//! `dip accounts`: the saved accounts, which the window has too. Secrets go into the keychain and nowhere else.

use std::path::Path;

use dipper_app::{
    Account, AccountDraft, AccountKind, Addressing, App, CaToken, ConnectionOutcome, ConnectionReport, Scheme,
    SecretSaved, SecretString, SignatureVersion,
};
use serde::Serialize;

use crate::arguments::{AccountsCommand, AddArguments, AddressingName, SignatureName};
use crate::exit::{Code, Failure};
use crate::place::Owner;
use crate::prompt;
use crate::session::Session;

/// An account, in JSON.
#[derive(Serialize)]
struct AccountRecord<'a> {
    #[serde(rename = "type")]
    record: &'static str,
    id: &'a str,
    name: &'a str,
    kind: &'static str,
    endpoint: String,
    access_key_id: &'a str,
    region: &'a str,
    project_id: Option<&'a str>,
    secret: &'static str,
}

/// What a test of a connection found, in JSON.
#[derive(Serialize)]
struct ConnectionRecord<'a> {
    #[serde(rename = "type")]
    record: &'static str,
    account: &'a str,
    connected: bool,
    title: &'a str,
    text: &'a str,
    server_answer: Option<&'a str>,
    buckets: Option<u64>,
    elapsed_ms: u64,
}

pub(super) async fn run(session: &Session, action: Option<AccountsCommand>) -> Result<Code, Failure> {
    match action {
        None | Some(AccountsCommand::List) => list(session).await,
        Some(AccountsCommand::Add(arguments)) => add(session, arguments).await,
        Some(AccountsCommand::Test { account }) => test(session, account).await,
        Some(AccountsCommand::Remove { account, yes }) => remove(session, account, yes).await,
    }
}

pub(super) async fn list(session: &Session) -> Result<Code, Failure> {
    for account in session.app.accounts().await? {
        written(session, &account)?;
    }
    Ok(Code::Done)
}

/// Reads a CA certificate for an account.
pub(crate) fn register_ca(app: &App, path: &Path) -> Result<CaToken, Failure> {
    let file = std::fs::read(path).map_err(|cause| {
        let code = if cause.kind() == std::io::ErrorKind::NotFound {
            Code::NotFound
        } else {
            Code::Failed
        };
        Failure::new(
            code,
            format!("Could not read the CA certificate “{}”: {cause}.", path.display()),
        )
    })?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    Ok(app.register_ca(file, &name)?.token)
}

async fn add(session: &Session, arguments: AddArguments) -> Result<Code, Failure> {
    let keychain = session.app.started().await?.keychain;
    if !keychain.available {
        return Err(not_kept("this computer’s keychain can’t be used"));
    }
    let secret = match std::env::var("DIP_SECRET_ACCESS_KEY")
        .ok()
        .filter(|secret| !secret.is_empty())
    {
        Some(secret) => SecretString::from(secret),
        None => prompt::secret("Secret access key: ").await?,
    };
    let no_test = arguments.no_test;
    let draft = draft(session, arguments, secret)?;
    if !no_test {
        let report = session.app.test_account(draft.clone()).await?;
        if !is_good(&report) {
            return Err(refused(&report));
        }
    }
    let account = session.app.save_account(draft).await?;
    if account.secret_saved != SecretSaved::Keychain {
        // It went away between the question and the answer: an account without its secret helps nobody.
        let plan = session.app.plan_remove_account(&account.id).await?;
        session.app.remove_account(&plan.token).await?;
        return Err(not_kept("this computer’s keychain did not take it"));
    }
    written(session, &account)?;
    Ok(Code::Done)
}

fn draft(session: &Session, arguments: AddArguments, secret: SecretString) -> Result<AccountDraft, Failure> {
    let ca_file = arguments.ca_file.as_deref();
    Ok(AccountDraft {
        id: None,
        name: arguments.name,
        kind: if arguments.amazon {
            AccountKind::Amazon
        } else {
            AccountKind::S3Compatible
        },
        endpoint: arguments.endpoint.unwrap_or_default(),
        port: None,
        tls: true,
        plain_http_consent: arguments.plain_http,
        access_key_id: arguments.access_key_id,
        secret_access_key: Some(secret),
        project_id: arguments.project_id,
        region: arguments.region,
        addressing: match arguments.addressing {
            AddressingName::Auto => Addressing::Auto,
            AddressingName::Path => Addressing::Path,
            AddressingName::Virtual => Addressing::VirtualHost,
        },
        signature: match arguments.signature {
            SignatureName::V4 => SignatureVersion::V4,
            SignatureName::V2 => SignatureVersion::V2,
        },
        ca_token: ca_file.map(|path| register_ca(&session.app, path)).transpose()?,
        remove_ca: false,
        pinned_certificate: arguments.pin,
    })
}

async fn test(session: &Session, name: Option<String>) -> Result<Code, Failure> {
    let account = session.account(&name.map_or(Owner::Default, Owner::Named)).await?;
    let report = session.app.test_account(as_saved(&account)).await?;
    if !session.out.is_json() && !is_good(&report) {
        return Err(refused(&report));
    }
    let record = ConnectionRecord {
        record: "connection",
        account: &account.name,
        connected: is_good(&report),
        title: &report.title,
        text: &report.text,
        server_answer: report.server_answer.as_deref(),
        buckets: report.buckets,
        elapsed_ms: report.elapsed_ms,
    };
    session.out.record(&record, |record| {
        let words = format!("{} {}", record.title, record.text);
        session.out.name(words.trim()).into_owned()
    })?;
    Ok(if is_good(&report) {
        Code::Done
    } else {
        code(report.outcome)
    })
}

/// The form of a saved account with nothing changed.
fn as_saved(account: &Account) -> AccountDraft {
    AccountDraft {
        id: Some(account.id.clone()),
        name: account.name.clone(),
        kind: account.kind,
        endpoint: url(account),
        port: None,
        tls: account.encrypted,
        plain_http_consent: account.plain_http_consent,
        access_key_id: account.access_key_id.clone(),
        secret_access_key: None,
        project_id: account.project_id.clone(),
        region: account.region.clone(),
        addressing: account.addressing,
        signature: account.signature,
        ca_token: None,
        remove_ca: false,
        pinned_certificate: account.pinned_certificate.clone(),
    }
}

async fn remove(session: &Session, name: String, yes: bool) -> Result<Code, Failure> {
    let account = session.account(&Owner::Named(name)).await?;
    let plan = session.app.plan_remove_account(&account.id).await?;
    prompt::confirm(format!("{} Remove “{}”?", plan.text, account.name), yes).await?;
    session.app.remove_account(&plan.token).await?;
    if session.out.is_json() {
        written(session, &account)?;
    }
    Ok(Code::Done)
}

fn written(session: &Session, account: &Account) -> Result<(), Failure> {
    let record = AccountRecord {
        record: "account",
        id: account.id.as_str(),
        name: &account.name,
        kind: match account.kind {
            AccountKind::S3Compatible => "s3_compatible",
            AccountKind::Amazon => "amazon",
            AccountKind::Local => "local",
        },
        endpoint: url(account),
        access_key_id: &account.access_key_id,
        region: &account.region,
        project_id: account.project_id.as_deref(),
        secret: match account.secret_saved {
            SecretSaved::Keychain => "keychain",
            SecretSaved::Memory => "memory",
            SecretSaved::Missing => "missing",
        },
    };
    session.out.record(&record, |record| {
        let missing = if record.secret == "missing" {
            "  (no secret key)"
        } else {
            ""
        };
        format!("{:24}  {}{missing}", session.out.name(record.name), record.endpoint)
    })
}

fn url(account: &Account) -> String {
    let scheme = match account.scheme {
        Scheme::Http => "http",
        Scheme::Https => "https",
    };
    format!("{scheme}://{}", account.endpoint)
}

/// Keys that may not list buckets are good keys.
fn is_good(report: &ConnectionReport) -> bool {
    matches!(
        report.outcome,
        ConnectionOutcome::Connected | ConnectionOutcome::ListingDenied
    )
}

fn code(outcome: ConnectionOutcome) -> Code {
    match outcome {
        ConnectionOutcome::Connected | ConnectionOutcome::ListingDenied => Code::Done,
        ConnectionOutcome::WrongAccessKey | ConnectionOutcome::WrongSecret | ConnectionOutcome::ClockWrong => {
            Code::Denied
        }
        ConnectionOutcome::Other => Code::Failed,
        _ => Code::Network,
    }
}

fn refused(report: &ConnectionReport) -> Failure {
    let answer = report.server_answer.as_deref().unwrap_or_default();
    Failure::new(code(report.outcome), report.title.clone()).with_hint(format!("{} {answer}", report.text).trim())
}

fn not_kept(why: &str) -> Failure {
    Failure::new(
        Code::Denied,
        format!("The account was not saved: {why}, and a secret key is kept nowhere else."),
    )
    .with_hint("Set DIP_ENDPOINT, DIP_ACCESS_KEY_ID and DIP_SECRET_ACCESS_KEY instead; then no account is needed.")
}
