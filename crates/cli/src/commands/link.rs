//! `dip link`: one link a line.

use std::time::Duration;

use dipper_app::{Access, LinkKind, LinkRequest, Scheme, SignatureVersion, Target};
use serde::Serialize;

use crate::arguments::{LinkArguments, SchemeName};
use crate::exit::{Code, Failure, say};
use crate::output::{escaped, moment};
use crate::pattern::Wanted;
use crate::place::Place;
use crate::select::target_of;
use crate::session::Session;

#[derive(Serialize)]
struct LinkRecord<'a> {
    #[serde(rename = "type")]
    record: &'static str,
    bucket: &'a str,
    key: &'a str,
    url: &'a str,
    works_until: Option<String>,
    access: Option<&'static str>,
}

pub(super) async fn run(session: &Session, arguments: &LinkArguments) -> Result<Code, Failure> {
    for text in &arguments.places {
        let place = Place::in_bucket(text)?;
        let account = session.account(&place.owner).await?;
        let target = match Wanted::read(&place.key)? {
            Wanted::Literal(key) if key.is_empty() => Target::Bucket {
                account_id: account.id.clone(),
                bucket: place.bucket.clone(),
            },
            _ => target_of(account.id.clone(), &place.bucket, &super::cat::single_key(&place)?)?,
        };
        let request = LinkRequest {
            target,
            kind: if arguments.expires.is_some() {
                LinkKind::Expiring
            } else {
                LinkKind::Public
            },
            expires_seconds: arguments.expires.unwrap_or_default().as_secs(),
            style: if arguments.v2 {
                SignatureVersion::V2
            } else {
                SignatureVersion::V4
            },
            scheme: match arguments.scheme {
                None => account.scheme,
                Some(SchemeName::Http) => Scheme::Http,
                Some(SchemeName::Https) => Scheme::Https,
            },
            with_project_id: !arguments.no_project_id && account.project_id.is_some(),
        };
        let set = session.app.make_links(&request).await?;
        for link in &set.links {
            let record = LinkRecord {
                record: "link",
                bucket: &place.bucket,
                key: &link.key,
                url: &link.url,
                works_until: set.works_until.and_then(moment),
                access: set.access.map(super::acl::access_name),
            };
            session.out.record(&record, |record| record.url.to_owned())?;
        }
        let notes = set
            .notes
            .iter()
            .chain(set.proof.iter().filter(|_| set.access != Some(Access::Public)));
        if !session.global.quiet && !session.out.is_json() {
            notes.for_each(|note| say(&format!("dip: {}", escaped(note))));
        }
    }
    Ok(Code::Done)
}

/// Reads a time: a number and `s`, `m`, `h`, `d` or `w`.
pub(crate) fn duration(text: &str) -> Result<Duration, DurationError> {
    let unit = text.chars().next_back().ok_or(DurationError)?;
    let digits = &text[..text.len() - unit.len_utf8()];
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return Err(DurationError),
    };
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(DurationError);
    }
    let number: u64 = digits.parse().map_err(|_| DurationError)?;
    let all = number.checked_mul(seconds).filter(|seconds| *seconds > 0);
    all.map(Duration::from_secs).ok_or(DurationError)
}

/// A text that is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DurationError;

impl std::fmt::Display for DurationError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("write a number and s, m, h, d or w, as in 90s, 30m, 12h, 7d")
    }
}

impl std::error::Error for DurationError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_number_and_a_unit() {
        for (text, seconds) in [
            ("90s", 90),
            ("30m", 1_800),
            ("1h", 3_600),
            ("7d", 604_800),
            ("2w", 1_209_600),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for wrong in [
            "",
            "h",
            "1",
            "0s",
            "-1h",
            "1.5h",
            "1 h",
            "1y",
            "+1h",
            "99999999999999999999w",
            "1ü",
        ] {
            assert_eq!(duration(wrong), Err(DurationError), "{wrong}");
        }
    }
}
