//! Test connection: what happened, why, and one way on, in words.

mod words;

use dipper_storage::Scheme;
use time::OffsetDateTime;

use crate::accounts::{AccountKind, Prepared, understand_endpoint};
use crate::error::Result;
use crate::{AccountDraft, App};

/// What an endpoint was understood as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `http` or `https`.
    pub scheme: Scheme,
    /// The host.
    pub host: String,
    /// The port, when it is not the scheme's own.
    pub port: Option<u16>,
    /// `""` or a path such as `/s3`.
    pub base_path: String,
    /// Whether using it needs consent, since it is plain http to another computer.
    pub needs_consent: bool,
    /// All of it as a URL.
    pub url: String,
}

/// How a test of the connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionOutcome {
    /// The server answered with its buckets.
    Connected,
    /// The server does not know the access key id.
    WrongAccessKey,
    /// The secret does not belong to the access key id.
    WrongSecret,
    /// No such name in DNS.
    NameNotFound,
    /// Nothing listens there.
    Refused,
    /// No answer in time.
    TimedOut,
    /// The server's certificate is not trusted.
    CertificateNotTrusted,
    /// The clocks differ too much.
    ClockWrong,
    /// The keys work but may not list buckets.
    ListingDenied,
    /// Something answers, but not S3.
    NotS3,
    /// TLS was asked of a port that speaks plain HTTP.
    PlainHttp,
    /// Plain HTTP was asked of a port that speaks TLS.
    NeedsTls,
    /// Anything else; the words say what.
    Other,
}

/// How the answer is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It works.
    Ok,
    /// It does not.
    Bad,
    /// It needs a decision.
    Note,
    /// It works with limits.
    Info,
}

/// The answer of a test, in words.
#[derive(Clone, Debug)]
pub struct ConnectionReport {
    /// How it ended.
    pub outcome: ConnectionOutcome,
    /// How it is meant.
    pub tone: Tone,
    /// One line: what happened.
    pub title: String,
    /// Why, and what to do.
    pub text: String,
    /// The server's own words, status and request id.
    pub server_answer: Option<String>,
    /// How many buckets it listed.
    pub buckets: Option<u64>,
    /// How long it took.
    pub elapsed_ms: u64,
    /// Our clock minus the server's.
    pub skew_seconds: Option<i64>,
    /// A Project ID that the owner's id suggests.
    pub suggested_project_id: Option<String>,
    /// The server's certificate, when it is not trusted.
    pub certificate: Option<Certificate>,
}

/// A server's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it names.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// Its SHA-256, lower-case hex.
    pub sha256: String,
    /// Valid from.
    pub not_before: OffsetDateTime,
    /// Valid until.
    pub not_after: OffsetDateTime,
}

impl App {
    /// What we understand an endpoint as. A scheme or port inside the text wins over the fields beside it.
    pub fn parse_endpoint(&self, endpoint: &str, port: Option<u16>, tls: bool) -> Result<Endpoint> {
        let endpoint = understand_endpoint(endpoint, port, tls)?;
        Ok(Endpoint {
            url: endpoint.to_string(),
            needs_consent: endpoint.is_readable_on_the_way(),
            scheme: endpoint.scheme,
            host: endpoint.host,
            port: endpoint.port,
            base_path: endpoint.base_path,
        })
    }

    /// The Project ID inside a pasted console address: its 32 hex digits.
    pub fn suggest_project_id(&self, pasted: &str) -> Option<String> {
        project_id_in(pasted).map(str::to_ascii_lowercase)
    }

    /// Tries the connection a form describes. Saves nothing.
    pub async fn test_account(&self, draft: AccountDraft) -> Result<ConnectionReport> {
        let Prepared { account, secret } = self.prepare(draft).await?;
        let client = if account.kind == AccountKind::Local {
            self.client(&account.id).await?
        } else {
            let secret = match secret {
                Some(secret) => secret,
                None => self.secret(&account).await?,
            };
            self.client_of(&account, secret)?
        };
        let diagnosis = client.diagnose().await;
        Ok(words::report(client.config(), diagnosis))
    }
}

/// The first run of exactly 32 hex digits; one that follows "project" or "tenant" goes before others, since console
/// addresses may hold other ids as well.
fn project_id_in(pasted: &str) -> Option<&str> {
    let mut first = None;
    let mut before = 0;
    let mut start = 0;
    for run in pasted.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let whole = run.len();
        let run = run.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        if run.len() == 32 && run.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let between = pasted[before..start].to_ascii_lowercase();
            if between.contains("project") || between.contains("tenant") {
                return Some(run);
            }
            first = first.or(Some(run));
            before = start + run.len();
        }
        start += whole;
    }
    first
}

#[cfg(test)]
mod tests {
    use super::project_id_in;

    const ID: &str = "3f9c2a7d4be04d1f8a6e5b90c2d17c1b";
    const OTHER: &str = "00000000000000000000000000000000";

    #[test]
    fn the_project_id_is_found_in_console_addresses() {
        for pasted in [
            format!("https://console.example.net/project/{ID}/overview"),
            format!("https://console.example.net/#/projects/{ID}"),
            format!("https://console.example.net/auth?project_id={ID}&tab=1"),
            format!("https://console.example.net/user/{OTHER}/project/{ID}"),
            format!("  {ID}\n"),
            format!("{ID}$someone"),
        ] {
            assert_eq!(project_id_in(&pasted), Some(ID), "{pasted}");
        }
    }

    #[test]
    fn what_is_no_project_id_is_not_suggested() {
        for pasted in [
            "",
            "https://console.example.net/overview",
            &format!("{ID}a"),
            &ID[1..],
            &format!("sha-{ID}{OTHER}"),
            "名前/プロジェクト",
        ] {
            assert_eq!(project_id_in(pasted), None, "{pasted}");
        }
    }
}
