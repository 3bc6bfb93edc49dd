//! From what the settings say and what unsigned requests showed to one sentence. Pure: everything seen is handed in.
//!
//! Where a setting and a stranger's request disagree, the request is right, and the proof says that they disagree.
//! Nothing is called private while something that could open it is not known.

use dipper_storage::{Acl, Probe, ProbeOutcome};
use time::OffsetDateTime;

use super::grid;
use super::policy::Policy;
use super::strangers::{Deed, Source, Strangers};
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
            ProbeOutcome::Refused => Some(false),
            // What is asked for is there: a server with projects looked for it in no project.
            ProbeOutcome::NotFound | ProbeOutcome::Other(_) | ProbeOutcome::Unreachable(_) => None,
        };
        let status = match &probe.outcome {
            ProbeOutcome::Unreachable(error) => error.to_string(),
            ProbeOutcome::NotFound => format!(
                "{}, not found without signing in; a Project ID may be missing",
                probe.answer()
            ),
            _ => probe.answer(),
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

    /// What the request alone shows.
    pub(crate) fn access(&self) -> Access {
        match self.open {
            Some(true) => Access::Public,
            Some(false) => Access::Private,
            None => Access::Unknown,
        }
    }

    /// The same in words.
    pub(crate) fn in_words(&self) -> String {
        match self.open {
            Some(true) => "Checked with an unsigned request".to_owned(),
            Some(false) => format!("A stranger is answered {}", self.status),
            None => format!("Not checked: {}", self.status),
        }
    }
}

/// What is known about a bucket.
pub(super) struct BucketEvidence<'a> {
    /// Who a stranger is.
    pub(super) anyone: &'static str,
    /// What the settings let strangers do.
    pub(super) says: Strangers,
    pub(super) acl: Option<&'a Acl>,
    pub(super) policy: Option<&'a Policy>,
    /// The unsigned request for the list of names.
    pub(super) listing: Seen,
    /// The unsigned request for the first object, where there is one, and whether the policy lets anyone read it.
    pub(super) sample: Option<(Seen, bool)>,
    /// What could not be read, in words.
    pub(super) unread: Vec<String>,
}

/// The verdict on a bucket. Listing and reading are probed; writing is believed, as trying it would leave something.
pub(super) fn bucket(evidence: BucketEvidence<'_>) -> Verdict {
    let says = &evidence.says;
    let says_listing = says.may(Deed::List);
    let sample = evidence.sample.as_ref().and_then(|(seen, _)| seen.open);
    let ignored = sample == Some(false) && evidence.sample.as_ref().is_some_and(|(_, says)| *says);
    let reads = says.may(Deed::Read) && !ignored;
    let lists = evidence.listing.open.unwrap_or(says_listing);
    let some = !reads && (sample == Some(true) || says.may(Deed::ReadSome));
    let unsure = ignored || says.may(Deed::Unclear) || says.may(Deed::Unread);
    let closed = if unsure {
        (Access::Unknown, PublicLevel::Unknown, "")
    } else {
        (Access::Private, PublicLevel::Private, "")
    };
    let (access, level, can) = open_bucket(says, reads, lists, some).unwrap_or(closed);
    let causes = [
        (says.opened_by(Source::Acl), "the bucket's ACL"),
        (says.opened_by(Source::Policy), "the bucket policy"),
        (
            sample == Some(true) && !says.may(Deed::Read) && !says.may(Deed::ReadSome),
            "the ACLs of single objects",
        ),
    ];
    let text = match (access, caused_by(&causes)) {
        (Access::Public | Access::Partly, Some(cause)) => cause,
        (Access::Unknown, _) if ignored => {
            "The policy opens its objects, and a stranger was refused the first.".to_owned()
        }
        (Access::Unknown, _) => NOT_ALL_KNOWN.to_owned(),
        _ if evidence.sample.is_some() => ONLY_FIRST.to_owned(),
        _ => NO_GRANT.to_owned(),
    };
    let agrees = evidence.listing.open.is_none_or(|open| open == says_listing) && !ignored;
    let mut others = other_grants(evidence.acl, evidence.policy);
    others.retain(|line| line != READ_BY_ALL || !lists);
    others.extend(evidence.unread);
    let mut seen = vec![(evidence.listing, says_listing)];
    seen.extend(evidence.sample.map(|(seen, says)| {
        let says = says || seen.open == Some(true);
        (seen, says)
    }));
    let judged = Judged {
        access,
        level,
        title: title(evidence.anyone, access, can),
        text,
        others,
    };
    finish(judged, &seen, agrees, 0)
}

/// What a stranger can do with a bucket, the most first; `None` when nothing was found.
fn open_bucket(says: &Strangers, reads: bool, lists: bool, some: bool) -> Option<(Access, PublicLevel, &'static str)> {
    use Access::{Partly, Public};
    use PublicLevel::{Listable, Readable, Writable};
    Some(match (reads, lists, some) {
        _ if says.may(Deed::Write) => (Public, Writable, "can write into it"),
        _ if says.may(Deed::Permit) => (Public, Writable, "can change who may reach it"),
        (true, true, _) => (Public, Readable, "can list and read it"),
        (true, ..) => (Public, Readable, "can read its objects"),
        (_, true, true) => (Public, Readable, "can see its list and read some objects"),
        (_, true, _) => (Public, Listable, "can see its list of objects"),
        (.., true) => (Partly, Readable, "can read some of its objects"),
        _ if says.may(Deed::Other) => (Partly, PublicLevel::Unknown, "can see something of it"),
        _ if says.may(Deed::WithAccount) => (Partly, PublicLevel::Private, WITH_ACCOUNT),
        _ => return None,
    })
}

/// What is known about one object.
pub(super) struct ObjectEvidence<'a> {
    pub(super) acl: Option<&'a Acl>,
    /// What the settings let strangers do.
    pub(super) says: Strangers,
    pub(super) seen: Option<Seen>,
}

/// What is known about objects as a whole.
pub(super) struct ObjectsEvidence<'a> {
    /// Who a stranger is.
    pub(super) anyone: &'static str,
    pub(super) objects: Vec<ObjectEvidence<'a>>,
    pub(super) policy: Option<&'a Policy>,
    /// Whether these are all objects of the target.
    pub(super) complete: bool,
    /// How many these are of how many, in words.
    pub(super) looked_at: String,
    pub(super) unread: Vec<String>,
}

impl ObjectEvidence<'_> {
    fn answer(&self) -> Option<bool> {
        self.seen.as_ref().and_then(|seen| seen.open)
    }

    fn says_open(&self) -> bool {
        self.says.may(Deed::Read)
    }

    fn is_open(&self) -> bool {
        self.answer().unwrap_or_else(|| self.says_open())
    }

    /// Whether a stranger was refused although the settings open it.
    fn is_contradicted(&self) -> bool {
        self.says_open() && self.answer() == Some(false)
    }

    /// Whether something could open it that is not known. A condition may let in others than were tried here.
    fn is_dark(&self) -> bool {
        self.says.may(Deed::Unclear) || (self.says.may(Deed::Unread) && self.answer().is_none())
    }
}

/// The verdict on objects. The first few are probed; the others are believed.
pub(super) fn objects(evidence: ObjectsEvidence<'_>) -> Verdict {
    let all = evidence.objects.len();
    let open = evidence.objects.iter().filter(|object| object.is_open()).count();
    let (access, level, can) = judged_objects(&evidence, open);
    let text = objects_text(&evidence, access, open);
    let agrees = evidence
        .objects
        .iter()
        .all(|object| object.is_open() == object.says_open());
    let mut others: Vec<String> = Vec::new();
    let lines = evidence
        .objects
        .iter()
        .flat_map(|object| other_grants(object.acl, None));
    for line in lines.filter(|line| line != READ_BY_ALL || open == 0) {
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
    let judged = Judged {
        access,
        level,
        title: title(evidence.anyone, access, can),
        text,
        others,
    };
    finish(judged, &seen, agrees, (all - seen.len()) as u64)
}

fn judged_objects(evidence: &ObjectsEvidence<'_>, open: usize) -> (Access, PublicLevel, &'static str) {
    use Access::{Partly, Private, Public, Unknown};
    use PublicLevel::{Readable, Writable};
    let objects = &evidence.objects;
    let any = |deed| objects.iter().any(|object| object.says.may(deed));
    match open {
        _ if any(Deed::Permit) => (Public, Writable, "can change who may read"),
        _ if any(Deed::Write) => (Public, Writable, "can replace or delete"),
        0 if any(Deed::Other) => (Partly, PublicLevel::Unknown, "can see something of it"),
        0 if any(Deed::WithAccount) => (Partly, PublicLevel::Private, WITH_ACCOUNT),
        0 if objects.is_empty()
            || objects
                .iter()
                .any(|object| object.is_dark() || object.is_contradicted()) =>
        {
            (Unknown, PublicLevel::Unknown, "")
        }
        0 if !evidence.complete => (Unknown, PublicLevel::Unknown, AS_FAR_AS_READ),
        0 => (Private, PublicLevel::Private, ""),
        all if evidence.complete && all == objects.len() => (Public, Readable, "can read"),
        _ => (Partly, Readable, "can read some of these"),
    }
}

/// How many are open and through what, or why none is known to be.
fn objects_text(evidence: &ObjectsEvidence<'_>, access: Access, open: usize) -> String {
    let objects = &evidence.objects;
    let contradicted = objects.iter().filter(|object| object.is_contradicted()).count();
    let by = |source| objects.iter().any(|object| object.says.by(Deed::Read, source));
    let causes = [
        (by(Source::Acl), "All users"),
        (by(Source::Policy), "the bucket policy"),
    ];
    match access {
        _ if open > 0 => {
            let cause = caused_by(&causes).unwrap_or_else(|| "Through no grant that was found".to_owned());
            let cause = cause.replacen("Through", "through", 1);
            format!("{} of {}, {cause}", words::count(open as u64), evidence.looked_at)
        }
        Access::Unknown if contradicted > 0 => format!(
            "The settings open {} of {}, and a stranger was refused.",
            words::count(contradicted as u64),
            evidence.looked_at
        ),
        Access::Unknown if objects.iter().any(ObjectEvidence::is_dark) => NOT_ALL_KNOWN.to_owned(),
        Access::Unknown if !evidence.complete => {
            format!("No grant to strangers was found on {}.", evidence.looked_at)
        }
        Access::Public | Access::Partly => "By the grants below.".to_owned(),
        _ => NO_GRANT.to_owned(),
    }
}

fn title(anyone: &str, access: Access, can: &str) -> String {
    match access {
        Access::Private => "Private".to_owned(),
        Access::Unknown if can.is_empty() => "Not known".to_owned(),
        Access::Unknown => can.to_owned(),
        _ if can == WITH_ACCOUNT => can.to_owned(),
        _ => format!("{anyone} {can}"),
    }
}

const WITH_ACCOUNT: &str = "Anyone with an account at this server has rights to it";
const AS_FAR_AS_READ: &str = "Private as far as it was read";
const NO_GRANT: &str = "No grant to strangers was found.";
const ONLY_FIRST: &str = "No grant to strangers was found on the bucket. Of its objects, which may have grants of their own, the first was tried.";
const NOT_ALL_KNOWN: &str = "No grant to strangers was found, but not everything that could open it is known.";
/// Said by the title already.
const READ_BY_ALL: &str = "All users: Read";

/// A judgement before its proof.
struct Judged {
    access: Access,
    level: PublicLevel,
    title: String,
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
        title: judged.title,
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

/// Grants that let in others than the owner, and policy statements that are not ours.
pub(super) fn other_grants(acl: Option<&Acl>, policy: Option<&Policy>) -> Vec<String> {
    let mut others = acl.map(grid::in_words).unwrap_or_default();
    others.retain(|line| !line.starts_with("Owner:"));
    others.extend(policy.map(Policy::others).unwrap_or_default());
    others
}

#[cfg(test)]
#[path = "judge/tests.rs"]
mod tests;
