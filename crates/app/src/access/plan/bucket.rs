//! A bucket's three openings: its list, the objects that are there, whatever comes.

use dipper_catalog::Counted;
use dipper_storage::{Acl, CannedAcl, ObjectKey, Prefix};

use super::writes::{closed, opened, without_acls};
use super::{Draft, ObjectsWrite, Planner, PolicyWrite, Writes};
use crate::access::facts::has_no_acls;
use crate::access::policy::Opening;
use crate::access::survey::{Keep, Scope, Survey};
use crate::access::{AccessPlan, PublicScope, count_public};
use crate::error::{Error, Result};

/// Of so many objects it is looked up how many are public already: one request each, while a sheet opens.
const LOOKED_AT: usize = 100;

impl Planner<'_> {
    pub(super) async fn bucket_public(self, scope: PublicScope, leave_private: &[String]) -> Result<AccessPlan> {
        self.refuse_impossible(scope, leave_private)?;
        let survey = self.bucket_survey(scope.existing && !leave_private.is_empty()).await?;
        let already_public = self.already_public(&survey).await;
        let acl = self.bucket_acl()?;
        let has_acls = acl.is_some();
        let openings = openings(scope, has_acls);
        let policy = if openings.is_empty() {
            None
        } else {
            let policy = self.facts.policy.as_ref().map_err(|error| self.without_policy(error))?;
            Some(self.policy_write(PolicyWrite::Put(policy.with(self.bucket().as_str(), &openings))))
        };
        let by_acl = scope.existing && has_acls;
        let objects = if by_acl {
            bucket_job(&survey, leave_private, CannedAcl::PublicRead)
        } else {
            ObjectsWrite::Nothing
        };
        let write = |acl: Acl| {
            let write = if scope.listing { opened(&acl) } else { None };
            (acl, write)
        };
        let rows = self.bucket_rows(scope, &survey, already_public, leave_private.len() as u64);
        let mut notes = Vec::new();
        if !has_acls {
            notes.push("This server keeps no ACLs here, so the bucket policy is used.".to_owned());
        }
        if openings.contains(&Opening::Objects) {
            notes.push("The policy opens every object, those that are here now included.".to_owned());
        }
        if by_acl {
            notes.push("Other grants on the objects are replaced by “public-read”.".to_owned());
        }
        let writes = Writes {
            bucket_acl: acl.map(write),
            policy,
            objects,
        };
        self.finish(Draft {
            scope,
            survey,
            already_public,
            writes,
            rows,
            notes,
            confirm: true,
        })
    }

    pub(super) async fn bucket_private(self, existing: bool) -> Result<AccessPlan> {
        let survey = if existing {
            self.bucket_survey(false).await?
        } else {
            Survey::default()
        };
        let already_public = if existing {
            self.already_public(&survey).await
        } else {
            None
        };
        let acl = self.bucket_acl()?;
        let by_acl = existing && acl.is_some();
        let ours = self.facts.policy.as_ref().ok().filter(|policy| policy.has_ours());
        let policy = ours.map(|policy| policy.without_ours().map_or(PolicyWrite::Delete, PolicyWrite::Put));
        let policy = policy.map(|write| self.policy_write(write));
        let objects = if by_acl {
            bucket_job(&survey, &[], CannedAcl::Private)
        } else {
            ObjectsWrite::Nothing
        };
        let write = |acl: Acl| {
            let write = closed(&acl);
            (acl, write)
        };
        let scope = PublicScope {
            listing: true,
            existing,
            future: true,
        };
        let rows = self.bucket_rows(scope, &survey, already_public, 0);
        let mut notes = Vec::new();
        if !existing {
            notes.push("Objects that are public by themselves stay so.".to_owned());
        }
        if by_acl {
            notes.push("Other grants on the objects are replaced by “private”.".to_owned());
        }
        let writes = Writes {
            bucket_acl: acl.map(write),
            policy,
            objects,
        };
        self.finish(Draft {
            scope,
            survey,
            already_public,
            writes,
            rows,
            notes,
            confirm: existing,
        })
    }

    fn refuse_impossible(&self, scope: PublicScope, leave_private: &[String]) -> Result<()> {
        if !(scope.listing || scope.existing || scope.future) {
            return Err(Error::field_at_fault(
                self.operation,
                "scope",
                "Choose at least one thing to open.",
            ));
        }
        if scope.future && !leave_private.is_empty() {
            let message = "The policy that opens future objects opens every object. Untick it, or open those as well.";
            return Err(Error::field_at_fault(self.operation, "leavePrivate", message));
        }
        Ok(())
    }

    async fn bucket_survey(&self, all_keys: bool) -> Result<Survey> {
        let (account, bucket) = (&self.facts.resolved.account_id, self.bucket());
        let recent = &self.app.parts.work.reads.surveys;
        if let Some(survey) = recent
            .get(account, bucket)
            .filter(|survey| !all_keys || survey.keys.is_some())
        {
            return Ok(survey);
        }
        let keep = if all_keys { Keep::All } else { Keep::Few };
        let scope = Scope {
            client: self.client(),
            bucket,
            objects: Vec::new(),
            prefixes: vec![Prefix::default()],
            keep,
        };
        let survey = scope.survey(self.cancel, self.progress).await?;
        recent.set(account, bucket, &survey);
        Ok(survey)
    }

    async fn already_public(&self, survey: &Survey) -> Option<u64> {
        if self
            .facts
            .policy
            .as_ref()
            .is_ok_and(|policy| policy.opens_all_objects(self.bucket().as_str()))
        {
            return Some(survey.objects);
        }
        match &survey.keys {
            Some(keys) if keys.len() <= LOOKED_AT => count_public(self.client(), self.bucket(), keys).await,
            _ => None,
        }
    }

    /// The bucket's list; `None` on a server without lists, an error where it may not be read.
    fn bucket_acl(&self) -> Result<Option<Acl>> {
        match &self.facts.acls {
            Ok(acls) => Ok(acls.first().map(|(_, acl)| acl.clone())),
            Err(error) if has_no_acls(error) => Ok(None),
            Err(error) => Err(without_acls(self.operation, error)),
        }
    }

    fn without_policy(&self, error: &Error) -> Error {
        Error::new(
            error.kind(),
            self.operation,
            format!("Future objects cannot be opened here: {error}"),
        )
        .with_hint("Open the objects that are here now, and again after each upload.")
        .with_field("scope")
    }
}

/// What the policy has to open: the future always, the rest only where no ACL can.
fn openings(scope: PublicScope, has_acls: bool) -> Vec<Opening> {
    let mut openings = Vec::new();
    if scope.future || (!has_acls && scope.existing) {
        openings.push(Opening::Objects);
    }
    if !has_acls && scope.listing {
        openings.push(Opening::List);
    }
    openings
}

fn bucket_job(survey: &Survey, leave_private: &[String], canned: CannedAcl) -> ObjectsWrite {
    let (keys, prefixes, counted) = match &survey.keys {
        _ if survey.objects == 0 => return ObjectsWrite::Nothing,
        Some(keys) if !leave_private.is_empty() => {
            let kept = |key: &&ObjectKey| !leave_private.iter().any(|left| left == key.as_str());
            (
                keys.iter().filter(kept).cloned().collect(),
                Vec::new(),
                Counted::default(),
            )
        }
        _ => (Vec::new(), vec![Prefix::default()], survey.below),
    };
    ObjectsWrite::Job {
        keys,
        prefixes,
        canned,
        counted,
    }
}
