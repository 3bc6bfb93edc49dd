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
        301 | 302 | 303 | 307 | 308 => "Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
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
    let by_policy = |action: &str, on: &str| evidence.policy.is_some_and(|policy| policy.lets_anyone(action, on));
    let reads_all = evidence.policy.is_some_and(|policy| policy.opens_all_objects(name));
    let lists_by_policy = by_policy("s3:ListBucket", name);
    let says_listing = by_acl(Right::Read) || lists_by_policy;
    let sample = evidence.sample.as_ref().and_then(|seen| seen.open);
    let reads = reads_all && sample != Some(false);
    let open = BucketOpen {
        writes: by_acl(Right::Write) || by_policy("s3:PutObject", &format!("{name}/key")),
        reads,
        lists: evidence.listing.open.unwrap_or(says_listing),
        some: sample == Some(true) && !reads,
    };
    let in_the_dark = evidence.listing.open.is_none() && evidence.acl.is_none() && evidence.policy.is_none();
    let causes = [
        (
            by_acl(Right::Read) || by_acl(Right::Write),
            "All users in the bucket's ACL",
        ),
        (reads_all || lists_by_policy, "the bucket policy"),
        (open.some, "the ACLs of single objects"),
    ];
    let ignored = reads_all && sample == Some(false);
    let agrees = evidence.listing.open.is_none_or(|open| open == says_listing) && !ignored;
    let (access, level, title) = open.judged(in_the_dark);
    let mut others = other_grants(evidence.acl, evidence.policy);
    others.extend(evidence.unread);
    let mut seen = vec![(evidence.listing, says_listing)];
    seen.extend(evidence.sample.map(|seen| (seen, reads_all || sample == Some(true))));
    let text = caused_by(&causes).unwrap_or_else(|| NO_GRANT.to_owned());
    finish(
        Judged {
            access,
            level,
            title,
            text,
            others,
        },
        &seen,
        agrees,
        0,
    )
}

/// What a stranger can do with a bucket, the most first.
#[expect(clippy::struct_excessive_bools, reason = "each is open or not, by itself")]
struct BucketOpen {
    writes: bool,
    reads: bool,
    lists: bool,
    some: bool,
}

impl BucketOpen {
    fn judged(&self, in_the_dark: bool) -> (Access, PublicLevel, &'static str) {
        use Access::{Partly, Private, Public, Unknown};
        match (self.writes, self.reads, self.lists, self.some) {
            (true, ..) => (
                Public,
                PublicLevel::Writable,
                "Anyone on the internet can write into it",
            ),
            (_, true, true, _) => (
                Public,
                PublicLevel::Readable,
                "Anyone on the internet can list and read it",
            ),
            (_, true, ..) => (
                Public,
                PublicLevel::Readable,
                "Anyone on the internet can read its objects",
            ),
            (_, _, true, true) => (
                Public,
                PublicLevel::Readable,
                "Anyone on the internet can see its list and read some objects",
            ),
            (_, _, true, _) => (
                Public,
                PublicLevel::Listable,
                "Anyone on the internet can see its list of objects",
            ),
            (.., true) => (
                Partly,
                PublicLevel::Readable,
                "Anyone on the internet can read some of its objects",
            ),
            _ if in_the_dark => (Unknown, PublicLevel::Unknown, "Not known"),
            _ => (Private, PublicLevel::Private, "Private"),
        }
    }
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
    /// How many these are of how many, in words.
    pub(super) looked_at: String,
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
    let (access, level, title) = judged_objects(&evidence, open);
    let causes = [
        (evidence.objects.iter().any(ObjectEvidence::by_acl), "All users"),
        (
            evidence.objects.iter().any(|object| object.by_policy),
            "the bucket policy",
        ),
    ];
    let text = if open == 0 && evidence.complete {
        NO_GRANT.to_owned()
    } else if open == 0 {
        format!("No grant to strangers was found on {}.", evidence.looked_at)
    } else {
        let cause = caused_by(&causes).unwrap_or_else(|| "Through no grant that was found".to_owned());
        let cause = cause.replacen("Through", "through", 1);
        format!("{} of {}, {cause}", words::count(open as u64), evidence.looked_at)
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
    let seen = evidence.objects.into_iter().filter_map(|object| {
        let says = object.says_open();
        object.seen.map(|seen| (seen, says))
    });
    let seen: Vec<(Seen, bool)> = seen.collect();
    finish(
        Judged {
            access,
            level,
            title,
            text,
            others,
        },
        &seen,
        agrees,
        (all - seen.len()) as u64,
    )
}

fn judged_objects(evidence: &ObjectsEvidence<'_>, open: usize) -> (Access, PublicLevel, &'static str) {
    let unseen = |object: &ObjectEvidence<'_>| object.seen.as_ref().is_none_or(|seen| seen.open.is_none());
    let dark = |object: &ObjectEvidence<'_>| object.acl.is_none() && unseen(object);
    if evidence.objects.iter().any(ObjectEvidence::is_changeable) {
        return (
            Access::Public,
            PublicLevel::Writable,
            "Anyone on the internet can change who may read",
        );
    }
    if evidence.policy.is_none() && evidence.objects.iter().all(dark) || evidence.objects.is_empty() {
        return (Access::Unknown, PublicLevel::Unknown, "Not known");
    }
    match open {
        0 if evidence.complete => (Access::Private, PublicLevel::Private, "Private"),
        0 => (Access::Unknown, PublicLevel::Unknown, "Private as far as it was read"),
        all if evidence.complete && all == evidence.objects.len() => {
            (Access::Public, PublicLevel::Readable, "Anyone on the internet can read")
        }
        _ => (
            Access::Partly,
            PublicLevel::Readable,
            "Anyone on the internet can read some of these",
        ),
    }
}

const NO_GRANT: &str = "No grant to strangers was found.";

/// A judgement before its proof.
struct Judged {
    access: Access,
    level: PublicLevel,
    title: &'static str,
    text: String,
    others: Vec<String>,
}

/// Adds the proof: each request seen, with what the settings say it should have been.
fn finish(judged: Judged, seen: &[(Seen, bool)], agrees: bool, more_probes: u64) -> Verdict {
    let answered = seen.iter().map(|(seen, _)| seen).filter(|seen| seen.open.is_some());
    let checked_at = answered.map(|seen| seen.at).max();
    let missing = seen.iter().find(|(seen, _)| seen.open.is_none());
    let (ok, proof) = match (checked_at, missing) {
        (None, Some((seen, _))) => (false, format!("Not checked: {}", seen.status)),
        (None, None) => (false, "Not checked: there is nothing to ask for.".to_owned()),
        (Some(_), _) if !agrees => (
            false,
            "The server answers a stranger otherwise than its settings say.".to_owned(),
        ),
        (Some(_), Some((seen, _))) => (false, format!("Checked in part: {}", seen.status)),
        (Some(_), None) => (true, "an unsigned request".to_owned()),
    };
    let probes = seen.iter().map(|(seen, says)| ProbeLine {
        name: seen.name.clone(),
        status: seen.status.clone(),
        ms: seen.ms,
        ok: seen.open == Some(*says),
    });
    Verdict {
        access: judged.access,
        level: judged.level,
        title: judged.title.to_owned(),
        text: judged.text,
        proof: Proof {
            ok,
            text: proof,
            checked_at,
        },
        probes: probes.collect(),
        more_probes,
        others: judged.others,
    }
}

/// "Through this and that", of the causes that hold.
fn caused_by(causes: &[(bool, &str)]) -> Option<String> {
    let held: Vec<&str> = causes
        .iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, cause)| *cause)
        .collect();
    (!held.is_empty()).then(|| format!("Through {}", held.join(" and ")))
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
