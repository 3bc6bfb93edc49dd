//! Keys from the environment, for machines without a keychain: an account for this run, saved nowhere.
//!
//! Dipper's own names go first; without them those of other S3 programs are taken. The two are not mixed: a secret never
//! meets a key id that it was not set beside.

use std::path::PathBuf;

use dipper_app::{AccountDraft, AccountKind, Addressing, SecretString, SignatureVersion};

use crate::exit::{Code, Failure};

/// What `--help` says about it.
pub(crate) const TABLE: &str = "\
Environment (then no account has to be saved; places are bucket/key or s3://bucket/key):
  DIP_ENDPOINT, DIP_ACCESS_KEY_ID, DIP_SECRET_ACCESS_KEY, DIP_SESSION_TOKEN
  DIP_REGION, DIP_PROJECT_ID, DIP_CA_FILE, DIP_SIGNATURE (v4, v2), DIP_ADDRESSING (path, virtual)
  DIP_PLAIN_HTTP=1      agrees to plain http to another computer
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_ENDPOINT_URL, AWS_REGION, AWS_CA_BUNDLE
                        where DIP_ACCESS_KEY_ID is not set
  DIP_DATA_FOLDER       dip's own folder, in place of the one it shares with the window";

/// The account that the environment describes.
#[derive(Debug)]
pub(crate) struct FromEnvironment {
    pub(crate) draft: AccountDraft,
    /// Goes with keys that end by themselves.
    pub(crate) session_token: Option<SecretString>,
    pub(crate) ca_file: Option<PathBuf>,
}

/// Reads the account; `None` when no key id is set. `get` looks a variable up.
pub(crate) fn read(get: impl Fn(&str) -> Option<String>) -> Result<Option<FromEnvironment>, Failure> {
    let get = |name: &str| get(name).filter(|value| !value.is_empty());
    let first = |names: &[&str]| names.iter().find_map(|name| get(name));
    let Some((access_key_id, secret_name)) = key_id(&get) else {
        return Ok(None);
    };
    let Some(secret) = get(secret_name) else {
        let message = format!("There is an access key ID in the environment, and {secret_name} is not set beside it.");
        return Err(Failure::new(Code::Denied, message));
    };
    let session_token = get(token_beside(secret_name)).map(SecretString::from);
    let endpoint = first(&["DIP_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]);
    let kind = match endpoint {
        Some(_) => AccountKind::S3Compatible,
        None => AccountKind::Amazon,
    };
    let draft = AccountDraft {
        id: None,
        name: "environment".to_owned(),
        kind,
        endpoint: endpoint.unwrap_or_default(),
        port: None,
        tls: true,
        plain_http_consent: first(&["DIP_PLAIN_HTTP"]).is_some_and(|value| value != "0"),
        access_key_id,
        secret_access_key: Some(SecretString::from(secret)),
        project_id: get("DIP_PROJECT_ID"),
        region: first(&["DIP_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"]).unwrap_or_default(),
        addressing: addressing(get("DIP_ADDRESSING").as_deref())?,
        signature: signature(get("DIP_SIGNATURE").as_deref())?,
        ca_token: None,
        remove_ca: false,
        pinned_certificate: None,
    };
    let ca_file = first(&["DIP_CA_FILE", "AWS_CA_BUNDLE"]).map(PathBuf::from);
    Ok(Some(FromEnvironment {
        draft,
        session_token,
        ca_file,
    }))
}

/// The variable that holds the token of keys for a session.
fn token_beside(secret_name: &str) -> &'static str {
    if secret_name.starts_with("AWS") {
        "AWS_SESSION_TOKEN"
    } else {
        "DIP_SESSION_TOKEN"
    }
}

/// The key id, and the variable its secret has to be in.
fn key_id(get: &impl Fn(&str) -> Option<String>) -> Option<(String, &'static str)> {
    let of = |name: &str, secret| get(name).map(|id| (id, secret));
    of("DIP_ACCESS_KEY_ID", "DIP_SECRET_ACCESS_KEY").or_else(|| of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))
}

fn addressing(named: Option<&str>) -> Result<Addressing, Failure> {
    match named {
        Some("path") => Ok(Addressing::Path),
        Some("virtual") => Ok(Addressing::VirtualHost),
        None => Ok(Addressing::Auto),
        Some(other) => Err(Failure::usage(format!(
            "DIP_ADDRESSING is “{other}”: it can be path or virtual."
        ))),
    }
}

fn signature(named: Option<&str>) -> Result<SignatureVersion, Failure> {
    match named {
        Some("v4") | None => Ok(SignatureVersion::V4),
        Some("v2") => Ok(SignatureVersion::V2),
        Some(other) => Err(Failure::usage(format!(
            "DIP_SIGNATURE is “{other}”: it can be v4 or v2."
        ))),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn from(variables: &[(&str, &str)]) -> Result<Option<FromEnvironment>, Failure> {
        read(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn without_a_key_id_there_is_no_account() {
        assert!(from(&[]).unwrap().is_none());
        assert!(
            from(&[("DIP_SECRET_ACCESS_KEY", "s"), ("DIP_ENDPOINT", "e")])
                .unwrap()
                .is_none()
        );
        assert!(from(&[("DIP_ACCESS_KEY_ID", "")]).unwrap().is_none());
    }

    #[test]
    fn our_own_names_go_first_and_secrets_are_not_mixed() {
        let all = [
            ("DIP_ACCESS_KEY_ID", "ours"),
            ("DIP_SECRET_ACCESS_KEY", "s"),
            ("AWS_ACCESS_KEY_ID", "theirs"),
            ("AWS_SECRET_ACCESS_KEY", "t"),
            ("AWS_ENDPOINT_URL", "https://objects.example.net"),
            ("AWS_REGION", "here"),
        ];
        let found = from(&all).unwrap().unwrap().draft;
        assert_eq!((found.access_key_id.as_str(), found.region.as_str()), ("ours", "here"));
        assert_eq!(
            (found.kind, found.addressing),
            (AccountKind::S3Compatible, Addressing::Auto)
        );
        let mixed = from(&[("DIP_ACCESS_KEY_ID", "ours"), ("AWS_SECRET_ACCESS_KEY", "t")]).unwrap_err();
        assert_eq!(mixed.code, Code::Denied);
        assert!(format!("{mixed:?}").contains("DIP_SECRET_ACCESS_KEY"));
    }

    #[test]
    fn without_an_endpoint_it_is_amazon() {
        let found = from(&[("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b")])
            .unwrap()
            .unwrap()
            .draft;
        assert_eq!(found.kind, AccountKind::Amazon);
    }

    #[test]
    fn a_token_goes_with_the_keys_it_was_set_beside() {
        let has_token = |variables: &[(&str, &str)]| from(variables).unwrap().unwrap().session_token.is_some();
        let theirs = [
            ("AWS_ACCESS_KEY_ID", "a"),
            ("AWS_SECRET_ACCESS_KEY", "b"),
            ("AWS_SESSION_TOKEN", "c"),
        ];
        assert!(has_token(&theirs));
        assert!(!has_token(&theirs[..2]));
        let ours = [
            ("DIP_ACCESS_KEY_ID", "a"),
            ("DIP_SECRET_ACCESS_KEY", "b"),
            ("AWS_SESSION_TOKEN", "c"),
        ];
        assert!(!has_token(&ours));
    }
}
