//! Planning to make something public or private: what is so now, what will be, and exactly what is sent for it.
//!
//! A bucket has three separate openings: its ACL lets strangers list, the ACLs of its objects let them read what is
//! there, and one policy statement of ours lets them read whatever comes. Making private undoes exactly these.

mod bucket;
mod objects;
mod rows;
mod writes;

use dipper_catalog::Counted;
use dipper_storage::{Acl, BucketName, CannedAcl, Client, LinkOptions, ObjectKey, Prefix};

pub(super) use self::writes::as_write;
use self::writes::exact_acl;
use super::facts::Facts;
use super::judge::other_grants;
use super::policy::{Policy, pretty};
use super::survey::Survey;
use super::{AccessPlan, AccessPlanKind, AccessPlanRow, PermissionsKind, PublicScope, SensitiveNames};
use crate::error::Result;
use crate::operations::Operation;
use crate::targets::{Resolved, Subject, Target};
use crate::{AccountId, App, CountProgress, PlanToken};

/// What an access token is bound to.
pub(super) struct PlannedAccess {
    pub(super) kind: AccessPlanKind,
    pub(super) target: Target,
    pub(super) account_id: AccountId,
    pub(super) bucket: BucketName,
    pub(super) writes: Writes,
}

/// Everything that is written, with what it was when it was shown.
pub(super) struct Writes {
    /// The bucket's list: what it was, and what is written if anything.
    pub(super) bucket_acl: Option<(Acl, Option<Acl>)>,
    /// The policy: what it was, and what becomes of it if anything.
    pub(super) policy: Option<(String, PolicyWrite)>,
    pub(super) objects: ObjectsWrite,
}

/// What becomes of a policy.
pub(super) enum PolicyWrite {
    Put(String),
    Delete,
}

/// What becomes of objects.
pub(super) enum ObjectsWrite {
    Nothing,
    /// Few: each list as it was read, and what is written.
    Each(Vec<(ObjectKey, Acl, Acl)>),
    /// Many: a canned ACL, by a job, for these keys and everything below these prefixes.
    Job {
        keys: Vec<ObjectKey>,
        prefixes: Vec<Prefix>,
        canned: CannedAcl,
        counted: Counted,
    },
}

impl App {
    /// Plans to make a target public; `scope` is for buckets. Nothing changes yet.
    pub async fn plan_make_public(
        &self,
        target: &Target,
        scope: PublicScope,
        names: SensitiveNames,
        progress: &(dyn Fn(CountProgress) + Send + Sync),
        operation: &str,
    ) -> Result<AccessPlan> {
        let running = self.parts.operations.begin(operation);
        let plan = self.planner("planMakePublic", AccessPlanKind::MakePublic, target, &running, progress);
        plan.await?.public(scope, names).await
    }

    /// Plans to make a target private; `existing` includes a bucket's objects. Nothing changes yet.
    pub async fn plan_make_private(
        &self,
        target: &Target,
        existing: bool,
        progress: &(dyn Fn(CountProgress) + Send + Sync),
        operation: &str,
    ) -> Result<AccessPlan> {
        let running = self.parts.operations.begin(operation);
        let plan = self.planner(
            "planMakePrivate",
            AccessPlanKind::MakePrivate,
            target,
            &running,
            progress,
        );
        plan.await?.private(existing).await
    }

    async fn planner<'a>(
        &'a self,
        operation: &'static str,
        kind: AccessPlanKind,
        target: &'a Target,
        running: &'a Operation,
        progress: &'a (dyn Fn(CountProgress) + Send + Sync),
    ) -> Result<Planner<'a>> {
        let facts = self.access_facts(operation, target).await?;
        let cancel = running.cancel_token();
        Ok(Planner {
            app: self,
            operation,
            kind,
            target,
            facts,
            cancel,
            progress,
        })
    }
}

struct Planner<'a> {
    app: &'a App,
    operation: &'static str,
    kind: AccessPlanKind,
    target: &'a Target,
    facts: Facts,
    cancel: &'a tokio_util::sync::CancellationToken,
    progress: &'a (dyn Fn(CountProgress) + Send + Sync),
}

impl Planner<'_> {
    async fn public(self, scope: PublicScope, names: SensitiveNames) -> Result<AccessPlan> {
        match self.facts.resolved.subject.clone() {
            Subject::Bucket => self.bucket_public(scope, names).await,
            Subject::Entries(entries) => self.objects(&entries, names).await,
        }
    }

    async fn private(self, existing: bool) -> Result<AccessPlan> {
        match self.facts.resolved.subject.clone() {
            Subject::Bucket => self.bucket_private(existing).await,
            Subject::Entries(entries) => self.objects(&entries, SensitiveNames::Open).await,
        }
    }

    fn client(&self) -> &Client {
        &self.facts.resolved.client
    }

    fn bucket(&self) -> &BucketName {
        &self.facts.resolved.bucket
    }

    fn canned(&self) -> CannedAcl {
        if self.kind == AccessPlanKind::MakePublic {
            CannedAcl::PublicRead
        } else {
            CannedAcl::Private
        }
    }

    /// Issues the token for what was drafted and puts it in words.
    fn finish(self, draft: Draft) -> Result<AccessPlan> {
        let Resolved { client, bucket, .. } = &self.facts.resolved;
        let writes = draft.writes;
        let publishes = self.kind == AccessPlanKind::MakePublic;
        let warns = publishes && draft.opens_objects && draft.left_private == 0;
        let remaining = if publishes { Vec::new() } else { self.remaining(&writes) };
        let objects_only = self.facts.kind == PermissionsKind::Objects;
        let key = match draft.survey.keys.as_deref() {
            Some([only]) if objects_only => Some(only),
            _ => None,
        };
        let exact_policy = match &writes.policy {
            Some((_, PolicyWrite::Put(text))) => Some(pretty(text)),
            _ => None,
        };
        let plan = AccessPlan {
            token: PlanToken::from(String::new()),
            kind: self.kind,
            label: self.facts.resolved.label(),
            scope: draft.scope,
            address: client.public_url(bucket, key, &LinkOptions::default()).parts().to_vec(),
            objects: draft.survey.objects,
            bytes: draft.survey.bytes,
            already_public: draft.already_public,
            requests: writes.requests(),
            rows: draft.rows,
            sensitive: if warns { draft.survey.sensitive } else { Vec::new() },
            sensitive_count: if warns { draft.survey.sensitive_count } else { 0 },
            left_private: draft.left_private,
            can_leave_private: draft.can_leave_private,
            exact_acl: exact_acl(bucket, &writes),
            exact_policy,
            confirm: draft.confirm || !remaining.is_empty(),
            remaining,
            notes: draft.notes,
        };
        let token = self.app.parts.plans.issue(PlannedAccess {
            kind: self.kind,
            target: self.target.clone(),
            account_id: self.facts.resolved.account_id.clone(),
            bucket: bucket.clone(),
            writes,
        })?;
        Ok(AccessPlan { token, ..plan })
    }

    /// What still lets others in after making private.
    fn remaining(&self, writes: &Writes) -> Vec<String> {
        let policy = self.facts.policy.as_ref().ok();
        let bucket_acl = writes.bucket_acl.as_ref();
        let bucket_acl = bucket_acl.map(|(before, after)| after.as_ref().unwrap_or(before));
        let mut lines = other_grants(bucket_acl, policy);
        if let ObjectsWrite::Each(each) = &writes.objects {
            for line in each.iter().flat_map(|(_, _, after)| other_grants(Some(after), None)) {
                if !lines.contains(&line) {
                    lines.push(line);
                }
            }
        }
        if let Err(error) = self.facts.policy() {
            lines.push(format!(
                "Perhaps through the bucket policy, which could not be read: {error}"
            ));
        }
        if self.facts.kind == PermissionsKind::Objects && policy.is_some_and(Policy::has_ours) {
            lines.push(OPEN_BY_POLICY.to_owned());
        }
        lines
    }

    /// The policy's write with what the policy is now, for the check before it is written.
    fn policy_write(&self, write: PolicyWrite) -> (String, PolicyWrite) {
        let policy = self.facts.policy.as_ref();
        let before = policy
            .map(|policy| policy.with(self.bucket().as_str(), &[]))
            .unwrap_or_default();
        (before, write)
    }
}

const OPEN_BY_POLICY: &str = "Dipper's policy statement opens the whole bucket; make the bucket private to close it";

/// A plan before it has a token.
struct Draft {
    scope: PublicScope,
    survey: Survey,
    already_public: Option<u64>,
    left_private: u64,
    opens_objects: bool,
    can_leave_private: bool,
    writes: Writes,
    rows: Vec<AccessPlanRow>,
    notes: Vec<String>,
    confirm: bool,
}

impl Writes {
    fn requests(&self) -> u64 {
        let bucket_acl = self.bucket_acl.as_ref().is_some_and(|(_, write)| write.is_some());
        let objects = match &self.objects {
            ObjectsWrite::Nothing => 0,
            ObjectsWrite::Each(each) => each.len() as u64,
            ObjectsWrite::Job { keys, counted, .. } => keys.len() as u64 + counted.objects,
        };
        u64::from(bucket_acl) + u64::from(self.policy.is_some()) + objects
    }
}
