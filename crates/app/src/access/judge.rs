//! From grants, policy and unsigned requests to one sentence. Pure: everything seen is handed in.
//!
//! Where a setting and a stranger's request disagree, the request is right, and the proof says that they disagree.

use dipper_storage::{Acl, Grantee, Probe, ProbeOutcome, Right};
use time::OffsetDateTime;

use super::grid;
use super::policy::Policy;
use super::{Access, ProbeLine, Proof, PublicLevel, Verdict};
use crate::words;

/// One unsigned request and what it showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) name: String,
    pub(crate) status: String,
    pub(crate) ms: Option<u64>,
    /// Whether a stranger got in; `None` when there was no usable answer.
    pub(crate) open: Option<bool>,
    pub(crate) at: OffsetDateTime,
}

impl Seen {
    pub(crate) fn new(name: String, probe: &Probe) -> Self {
        let open = match &probe.outcome {
            ProbeOutcome::Open => Some(true),
            ProbeOutcome::Refused | ProbeOutcome::NotFound => Some(false),
            ProbeOutcome::Other(_) | ProbeOutcome::Unreachable(_) => None,
        };
        let status = match &probe.outcome {
            ProbeOutcome::Unreachable(error) => error.to_string(),
            _ => probe.status.map_or_else(|| "no answer".to_owned(), status_words),
        };
        let ms = probe
            .status
            .map(|_| u64::try_from(probe.duration.as_millis()).unwrap_or(u64::MAX));
        Self {
            name,
            status,
            ms,
            open,
            at: probe.at,
        }
    }
}

/// `200 OK`, `403 Forbidden`.
fn status_words(status: u16) -> String {
    let words = match status {
        200 => "OK",
        206 => "Partial Content",
        301 | 302 | 303 | 307 | 308 => "Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        416 => "Range Not Satisfiable",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        _ => return status.to_string(),
    };
    format!("{status} {words}")
}

/// What is known about a bucket.
pub(super) struct BucketEvidence<'a> {
    pub(super) bucket: &'a str,
    pub(super) acl: Option<&'a Acl>,
    pub(super) policy: Option<&'a Policy>,
    /// The unsigned request for the list of names.
    pub(super) listing: Seen,
    /// The unsigned request for the first object, where there is one.
    pub(super) sample: Option<Seen>,
    /// What could not be read, in words.
    pub(super) unread: Vec<String>,
}

/// The verdict on a bucket. Listing and reading are probed; writing is believed, as trying it would leave something.
pub(super) fn bucket(evidence: BucketEvidence<'_>) -> Verdict {
    let name = evidence.bucket;
    let by_acl = |right| evidence.acl.is_some_and(|acl| acl.allows(&Grantee::AllUsers, right));
    let by_policy = |action: &str, resource: &str| {
        evidence
            .policy
            .is_some_and(|policy| policy.lets_anyone(action, resource))
    };
    let reads_all = evidence.policy.is_some_and(|policy| policy.opens_all_objects(name));
    let says_listing = by_acl(Right::Read) || by_policy("s3:ListBucket", name);
    let sample = evidence.sample.as_ref().and_then(|seen| seen.open);
    let listing = evidence.listing.open.unwrap_or(says_listing);
    let reads = reads_all && sample != Some(false);
    let some = sample == Some(true) && !reads;
    let writes = by_acl(Right::Write) || by_policy("s3:PutObject", &format!("{name}/key"));
    let in_the_dark = evidence.listing.open.is_none() && evidence.acl.is_none() && evidence.policy.is_none();
    let (access, level, title) = match (writes, reads, listing, some) {
        (true, ..) => (
            Access::Public,
            PublicLevel::Writable,
            "Anyone on the internet can write into it",
        ),
        (_, true, true, _) => (
            Access::Public,
            PublicLevel::Readable,
            "Anyone on the internet can list and read it",
        ),
        (_, true, false, _) => (
            Access::Public,
            PublicLevel::Readable,
            "Anyone on the internet can read its objects",
        ),
        (_, _, true, true) => (
            Access::Public,
            PublicLevel::Readable,
            "Anyone on the internet can see its list and read some objects",
        ),
        (_, _, true, _) => (
            Access::Public,
            PublicLevel::Listable,
            "Anyone on the internet can see its list of objects",
        ),
        (.., true) => (
            Access::Partly,
            PublicLevel::Readable,
            "Anyone on the internet can read some of its objects",
        ),
        _ if in_the_dark => (Access::Unknown, PublicLevel::Unknown, "Not known"),
        _ => (Access::Private, PublicLevel::Private, "Private"),
    };
    let mut causes = Vec::new();
    if by_acl(Right::Read) || by_acl(Right::Write) {
        causes.push("All users in the bucket's ACL");
    }
    if reads_all || by_policy("s3:ListBucket", name) {
        causes.push("the bucket policy");
    }
    if some {
        causes.push("the ACLs of single objects");
    }
    let agrees = evidence.listing.open.is_none_or(|open| open == says_listing) && (!reads_all || sample != Some(false));
    let mut seen = vec![(evidence.listing, says_listing)];
    seen.extend(evidence.sample.map(|sample| {
        let open = sample.open == Some(true);
        (sample, reads_all || open)
    }));
    let text = caused_by(&causes, "No grant to strangers was found.");
    let mut others = other_grants(evidence.acl, evidence.policy);
    others.extend(evidence.unread);
    finish(access, level, title, text, &seen, agrees, 0, others)
}

/// What is known about one object.
pub(super) struct ObjectEvidence<'a> {
    pub(super) acl: Option<&'a Acl>,
    pub(super) by_policy: bool,
    pub(super) seen: Option<Seen>,
}

/// What is known about objects as a whole.
pub(super) struct ObjectsEvidence<'a> {
    pub(super) objects: Vec<ObjectEvidence<'a>>,
    pub(super) policy: Option<&'a Policy>,
    /// Whether these are all objects of the target.
    pub(super) complete: bool,
    pub(super) unread: Vec<String>,
}

impl ObjectEvidence<'_> {
    fn by_acl(&self) -> bool {
        self.acl.is_some_and(|acl| acl.allows(&Grantee::AllUsers, Right::Read))
    }

    fn says_open(&self) -> bool {
        self.by_policy || self.by_acl()
    }

    fn is_open(&self) -> bool {
        self.seen
            .as_ref()
            .and_then(|seen| seen.open)
            .unwrap_or_else(|| self.says_open())
    }

    fn is_changeable(&self) -> bool {
        self.acl
            .is_some_and(|acl| acl.allows(&Grantee::AllUsers, Right::WriteAcp))
    }
}

/// The verdict on objects. The first few are probed; the others are believed.
pub(super) fn objects(evidence: ObjectsEvidence<'_>) -> Verdict {
    let all = evidence.objects.len();
    let open = evidence.objects.iter().filter(|object| object.is_open()).count();
    let in_the_dark = evidence.policy.is_none()
        && evidence
            .objects
            .iter()
            .all(|object| object.acl.is_none() && object.seen.as_ref().is_none_or(|seen| seen.open.is_none()));
    let (access, level, title) = if evidence.objects.iter().any(ObjectEvidence::is_changeable) {
        (
            Access::Public,
            PublicLevel::Writable,
            "Anyone on the internet can change who may read",
        )
    } else if in_the_dark || all == 0 {
        (Access::Unknown, PublicLevel::Unknown, "Not known")
    } else if open == all {
        (Access::Public, PublicLevel::Readable, "Anyone on the internet can read")
    } else if open > 0 {
        (
            Access::Partly,
            PublicLevel::Readable,
            "Anyone on the internet can read some of these",
        )
    } else {
        (Access::Private, PublicLevel::Private, "Private")
    };
    let mut causes = Vec::new();
    if evidence.objects.iter().any(ObjectEvidence::by_acl) {
        causes.push("All users");
    }
    if evidence.objects.iter().any(|object| object.by_policy) {
        causes.push("the bucket policy");
    }
    let number = words::count(open as u64);
    let first = if evidence.complete { "" } else { "the first " };
    let of = format!("{number} of {first}{}", words::counted(all as u64, "object"));
    let text = if open == 0 {
        caused_by(&[], "No grant to strangers was found.")
    } else {
        caused_by(&causes, "")
    };
    let text = if open == 0 {
        text
    } else {
        format!("{of}, {}", lower_first(&text))
    };
    let agrees = evidence
        .objects
        .iter()
        .all(|object| object.is_open() == object.says_open());
    let mut others: Vec<String> = Vec::new();
    for line in evidence
        .objects
        .iter()
        .flat_map(|object| other_grants(object.acl, None))
    {
        if !others.contains(&line) {
            others.push(line);
        }
    }
    others.extend(other_grants(None, evidence.policy));
    others.extend(evidence.unread);
    let seen: Vec<(Seen, bool)> = evidence
        .objects
        .into_iter()
        .filter_map(|object| object.seen.clone().map(|seen| (seen, object.says_open())))
        .collect();
    let more = (all - seen.len()) as u64;
    finish(access, level, title, text, &seen, agrees, more, others)
}

#[expect(
    clippy::too_many_arguments,
    reason = "the last step of two judgements, not an interface"
)]
fn finish(
    access: Access,
    level: PublicLevel,
    title: &str,
    text: String,
    seen: &[(Seen, bool)],
    agrees: bool,
    more_probes: u64,
    others: Vec<String>,
) -> Verdict {
    let answered: Vec<&Seen> = seen
        .iter()
        .map(|(seen, _)| seen)
        .filter(|seen| seen.open.is_some())
        .collect();
    let checked_at = answered.iter().map(|seen| seen.at).max();
    let missing = seen.iter().find(|(seen, _)| seen.open.is_none());
    let (ok, proof) = match (checked_at, missing) {
        (None, Some((seen, _))) => (false, format!("Not checked: {}", seen.status)),
        (None, None) => (false, "Not checked: there is nothing to ask for.".to_owned()),
        (Some(_), _) if !agrees => (
            false,
            "The server answers a stranger otherwise than its settings say.".to_owned(),
        ),
        (Some(_), Some((seen, _))) => (false, format!("Checked in part: {}", seen.status)),
        (Some(_), None) => (true, "Verified with an unsigned request".to_owned()),
    };
    let probes = seen.iter().map(|(seen, says)| ProbeLine {
        name: seen.name.clone(),
        status: seen.status.clone(),
        ms: seen.ms,
        ok: seen.open == Some(*says),
    });
    Verdict {
        access,
        level,
        title: title.to_owned(),
        text,
        proof: Proof {
            ok,
            text: proof,
            checked_at,
        },
        probes: probes.collect(),
        more_probes,
        others,
    }
}

fn caused_by(causes: &[&str], nothing: &str) -> String {
    match causes {
        [] => nothing.to_owned(),
        causes => format!("Through {}", causes.join(" and ")),
    }
}

fn lower_first(text: &str) -> String {
    if text.is_empty() {
        "through no grant that was found".to_owned()
    } else {
        text.replacen("Through", "through", 1)
    }
}

/// Grants that let in others than the owner and All users, and policy statements that are not ours.
pub(super) fn other_grants(acl: Option<&Acl>, policy: Option<&Policy>) -> Vec<String> {
    let lines = acl.map(grid::in_words).unwrap_or_default();
    let mut others: Vec<String> = lines
        .into_iter()
        .filter(|line| !line.starts_with("Owner:") && !line.starts_with("All users:"))
        .collect();
    others.extend(policy.map(Policy::others).unwrap_or_default());
    others
}

#[cfg(test)]
#[path = "judge/tests.rs"]
mod tests;
