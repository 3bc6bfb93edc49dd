//! Now and after, as the sheet shows it: both are read from lists and policy, those that are kept and those that would
//! be written.

use super::{ObjectsWrite, Planner, PolicyWrite, Writes};
use crate::access::policy::Policy;
use crate::access::strangers::{Deed, Place, Strangers};
use crate::access::survey::Survey;
use crate::access::{AccessPlanKind, AccessPlanRow};
use crate::error::Result;
use crate::words;

impl Planner<'_> {
    /// Now and after for a bucket, in the sheet's order. `chosen` is whether its objects are meant, too.
    pub(super) fn bucket_rows(
        &self,
        writes: &Writes,
        chosen: bool,
        survey: &Survey,
        already: Option<u64>,
        left: u64,
    ) -> Result<Vec<AccessPlanRow>> {
        let place = Place::Bucket(self.bucket().as_str());
        let now = Strangers::of(place, self.facts.bucket_acl(), self.facts.policy());
        let after = self.strangers_after(writes)?;
        let writing = |says: &Strangers| says.may(Deed::Write) || says.may(Deed::Permit);
        let existing = AccessPlanRow {
            what: "Read existing objects".to_owned(),
            ..self.existing_row(writes, chosen, survey, (already, left), (&now, &after))
        };
        let row = |what, is: &dyn Fn(&Strangers) -> bool| in_words(what, &now, &after, is);
        Ok(vec![
            row("List object names", &|says| says.may(Deed::List)),
            existing,
            row("Read future objects", &|says| says.may(Deed::Read)),
            row("Write or delete", &writing),
        ])
    }

    /// What strangers may do once all is written.
    fn strangers_after(&self, writes: &Writes) -> Result<Strangers> {
        let acl = match &writes.bucket_acl {
            Some((before, after)) => Ok(Some(after.as_ref().unwrap_or(before))),
            None => self.facts.bucket_acl(),
        };
        let written = match &writes.policy {
            Some((_, PolicyWrite::Put(text))) => Some(Policy::parse(Some(text))?),
            Some((_, PolicyWrite::Delete)) => Some(Policy::default()),
            None => None,
        };
        let policy = match &written {
            Some(policy) => Ok(Some(policy)),
            None => self.facts.policy(),
        };
        Ok(Strangers::of(Place::Bucket(self.bucket().as_str()), acl, policy))
    }

    fn existing_row(
        &self,
        writes: &Writes,
        chosen: bool,
        survey: &Survey,
        (already, left): (Option<u64>, u64),
        (now, after): (&Strangers, &Strangers),
    ) -> AccessPlanRow {
        let row = self.objects_row(survey, already, left);
        let opens = self.kind == AccessPlanKind::MakePublic;
        let by_policy = after.may(Deed::Read) || (!opens && after.may(Deed::ReadSome));
        let (words, is_public) = if by_policy && !opens {
            (BY_POLICY, true)
        } else if by_policy && survey.objects > 0 {
            (EVERY_ONE, true)
        } else if opens && !matches!(writes.objects, ObjectsWrite::Nothing) {
            return row;
        } else if opens || !(chosen || now.may(Deed::Read)) {
            return unchanged(row);
        } else if chosen && unsure(after) {
            (NOT_KNOWN, row.now_public)
        } else if chosen {
            ("No", false)
        } else {
            ("Those with ACLs of their own", row.now_public)
        };
        let after = if words == EVERY_ONE {
            all_of(survey.objects)
        } else {
            words.to_owned()
        };
        AccessPlanRow {
            changes: row.now != after,
            after,
            after_public: is_public,
            ..row
        }
    }

    /// Now and after for objects.
    pub(super) fn objects_row(&self, survey: &Survey, already: Option<u64>, left: u64) -> AccessPlanRow {
        let all = survey.objects;
        let opens = self.kind == AccessPlanKind::MakePublic;
        let stays = !opens && self.open_by_policy(survey);
        let now = match already {
            None => "Not looked at".to_owned(),
            Some(0) if stays => BY_POLICY.to_owned(),
            Some(0) => "No".to_owned(),
            Some(some) if some == all => all_of(all),
            Some(some) => format!("{} of {}", words::count(some), words::count(all)),
        };
        let after = match (opens, left) {
            (false, _) if stays => BY_POLICY.to_owned(),
            (false, _) if self.facts.policy().is_err() => NOT_KNOWN.to_owned(),
            (false, _) => "No".to_owned(),
            (true, 0) => all_of(all),
            (true, left) => format!("{} of {}", words::count(all.saturating_sub(left)), words::count(all)),
        };
        AccessPlanRow {
            what: format!("Read {}", words::counted(all, "object")),
            now_public: stays || already.is_some_and(|some| some > 0),
            after_public: stays || (opens && all > left),
            changes: now != after && all > 0,
            now,
            after,
        }
    }

    /// Whether the policy lets strangers read the objects, or some of them.
    fn open_by_policy(&self, survey: &Survey) -> bool {
        let bucket = self.bucket().as_str();
        let reads = |place| Strangers::of(place, Ok(None), self.facts.policy()).may(Deed::Read);
        let mut keys = survey.keys.iter().flatten();
        reads(Place::Bucket(bucket)) || keys.any(|key| reads(Place::Object(bucket, key.as_str())))
    }
}

const BY_POLICY: &str = "By the bucket policy";
const EVERY_ONE: &str = "All";
const NOT_KNOWN: &str = "Not known";

fn unsure(says: &Strangers) -> bool {
    says.may(Deed::Unread) || says.may(Deed::Unclear)
}

fn all_of(all: u64) -> String {
    format!("All {}", words::count(all))
}

fn unchanged(row: AccessPlanRow) -> AccessPlanRow {
    AccessPlanRow {
        after: "No change".to_owned(),
        after_public: row.now_public,
        changes: false,
        ..row
    }
}

/// Yes, no, or not known where something that could open it is not.
fn in_words(what: &str, now: &Strangers, after: &Strangers, is: &dyn Fn(&Strangers) -> bool) -> AccessPlanRow {
    let word = |says: &Strangers| {
        if is(says) {
            "Yes"
        } else if unsure(says) {
            NOT_KNOWN
        } else {
            "No"
        }
    };
    let (before, then) = (word(now), word(after));
    let changes = before != then;
    AccessPlanRow {
        what: what.to_owned(),
        now: before.to_owned(),
        now_public: is(now),
        after: if changes { then } else { "No change" }.to_owned(),
        after_public: is(after),
        changes,
    }
}
