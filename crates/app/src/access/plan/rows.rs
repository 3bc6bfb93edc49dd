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
        let policy = self.facts.policy.as_ref().ok();
        let acl = self
            .facts
            .acls
            .as_ref()
            .ok()
            .and_then(|acls| acls.first())
            .map(|(_, acl)| acl);
        let by_acl = |right| acl.is_some_and(|acl| acl.allows(&Grantee::AllUsers, right));
        let bucket = self.bucket().as_str();
        let lists = by_acl(Right::Read) || policy.is_some_and(|policy| policy.lets_anyone("s3:ListBucket", bucket));
        let future = policy.is_some_and(|policy| policy.opens_all_objects(bucket));
        let writes = by_acl(Right::Write);
        let opens = self.kind == AccessPlanKind::MakePublic;
        let theirs = policy.map(Policy::theirs);
        let after = |now: bool, chosen: bool, foreign: bool| {
            if opens {
                now || chosen
            } else if chosen {
                foreign
            } else {
                now
            }
        };
        let foreign = |action: &str, resource: &str| {
            theirs
                .as_ref()
                .is_some_and(|policy| policy.lets_anyone(action, resource))
        };
        let foreign_future = theirs.as_ref().is_some_and(|policy| policy.opens_all_objects(bucket));
        let yes_no = |what: &str, now: bool, after: bool| AccessPlanRow {
            what: what.to_owned(),
            now: if now { "Yes" } else { "No" }.to_owned(),
            now_public: now,
            after: if now == after {
                "No change"
            } else if after {
                "Yes"
            } else {
                "No"
            }
            .to_owned(),
            after_public: after,
            changes: now != after,
        };
        let counted = !opens && !scope.existing;
        let existing = if counted {
            AccessPlanRow {
                after: "No change".to_owned(),
                after_public: false,
                changes: false,
                ..self.objects_row(survey, None, 0)
            }
        } else {
            self.existing_row(scope, survey, already, left)
        };
        vec![
            yes_no(
                "List object names",
                lists,
                after(lists, scope.listing, foreign("s3:ListBucket", bucket)),
            ),
            existing,
            yes_no(
                "Read future objects",
                future,
                after(future, scope.future, foreign_future),
            ),
            yes_no("Write or delete", writes, if opens { writes } else { false }),
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
