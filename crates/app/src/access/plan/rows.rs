//! Now and after, as the sheet shows it.

use dipper_storage::{Grantee, Right};

use super::Planner;
use crate::access::policy::Policy;
use crate::access::survey::Survey;
use crate::access::{AccessPlanKind, AccessPlanRow, PublicScope};
use crate::words;

impl Planner<'_> {
    /// Now and after for a bucket, in the sheet's order.
    pub(super) fn bucket_rows(
        &self,
        scope: PublicScope,
        survey: &Survey,
        already: Option<u64>,
        left: u64,
    ) -> Vec<AccessPlanRow> {
        let bucket = self.bucket().as_str();
        let policy = self.facts.policy.as_ref().ok();
        // What a policy of others lets in stays when ours goes.
        let theirs = policy.map(Policy::theirs);
        let acl = self.facts.acls.as_ref().ok().and_then(|acls| acls.first());
        let by_acl = |right| acl.is_some_and(|(_, acl)| acl.allows(&Grantee::AllUsers, right));
        let lists = |policy: Option<&Policy>| policy.is_some_and(|policy| policy.lets_anyone("s3:ListBucket", bucket));
        let opens = |policy: Option<&Policy>| policy.is_some_and(|policy| policy.opens_all_objects(bucket));
        let after = |now: bool, chosen: bool, stays: bool| match (self.kind, chosen) {
            (_, false) => now,
            (AccessPlanKind::MakePublic, true) => true,
            (AccessPlanKind::MakePrivate, true) => stays,
        };
        let listed = by_acl(Right::Read) || lists(policy);
        let open = opens(policy);
        let writes = by_acl(Right::Write);
        vec![
            yes_or_no(
                "List object names",
                listed,
                after(listed, scope.listing, lists(theirs.as_ref())),
            ),
            self.existing_row(scope, survey, already, left),
            yes_or_no(
                "Read future objects",
                open,
                after(open, scope.future, opens(theirs.as_ref())),
            ),
            yes_or_no(
                "Write or delete",
                writes,
                writes && self.kind == AccessPlanKind::MakePublic,
            ),
        ]
    }

    fn existing_row(&self, scope: PublicScope, survey: &Survey, already: Option<u64>, left: u64) -> AccessPlanRow {
        let row = self.objects_row(survey, already, left);
        let chosen = scope.existing || (self.kind == AccessPlanKind::MakePublic && scope.future);
        if chosen {
            return AccessPlanRow {
                what: "Read existing objects".to_owned(),
                ..row
            };
        }
        AccessPlanRow {
            what: "Read existing objects".to_owned(),
            after: "No change".to_owned(),
            after_public: row.now_public,
            changes: false,
            ..row
        }
    }

    /// Now and after for objects.
    pub(super) fn objects_row(&self, survey: &Survey, already: Option<u64>, left: u64) -> AccessPlanRow {
        let all = survey.objects;
        let opens = self.kind == AccessPlanKind::MakePublic;
        let now = match already {
            None => "Not looked at".to_owned(),
            Some(0) => "No".to_owned(),
            Some(some) if some == all => format!("All {}", words::count(all)),
            Some(some) => format!("{} of {}", words::count(some), words::count(all)),
        };
        let after = match (opens, left) {
            (false, _) => "No".to_owned(),
            (true, 0) => format!("All {}", words::count(all)),
            (true, left) => format!("{} of {}", words::count(all.saturating_sub(left)), words::count(all)),
        };
        AccessPlanRow {
            what: format!("Read {}", words::counted(all, "object")),
            now_public: already.is_some_and(|some| some > 0),
            after_public: opens && all > 0,
            changes: now != after && all > 0,
            now,
            after,
        }
    }
}

fn yes_or_no(what: &str, now: bool, after: bool) -> AccessPlanRow {
    let word = |yes: bool| if yes { "Yes" } else { "No" }.to_owned();
    AccessPlanRow {
        what: what.to_owned(),
        now: word(now),
        now_public: now,
        after: if now == after {
            "No change".to_owned()
        } else {
            word(after)
        },
        after_public: after,
        changes: now != after,
    }
}
