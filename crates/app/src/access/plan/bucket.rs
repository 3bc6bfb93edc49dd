//! A bucket's three openings: its list, the objects that are there, whatever comes.

use dipper_catalog::Counted;
use dipper_storage::{Acl, CannedAcl, ObjectKey, Prefix};

use super::writes::{closed, opened, without_acls};
use super::{Draft, ObjectsWrite, Planner, PolicyWrite, Writes};
use crate::access::facts::{READ_LIMIT, has_no_acls, read_acls};
use crate::access::policy::Opening;
use crate::access::strangers::{Deed, Place, Strangers};
use crate::access::survey::{Keep, Scope, Survey};
use crate::access::{AccessPlan, PermissionsKind, PublicScope, SensitiveNames, count_public, looks_sensitive};
use crate::error::{Error, Result};

/// Of so many objects it is looked up how many are public already: one request each, while a sheet opens.
const LOOKED_AT: usize = 100;

impl Planner<'_> {
    pub(super) async fn bucket_public(self, scope: PublicScope, names: SensitiveNames) -> Result<AccessPlan> {
        let acl = self.bucket_acl()?;
        let has_acls = acl.is_some();
        let openings = openings(scope, has_acls);
        let by_policy = openings.contains(&Opening::Objects);
        self.refuse_impossible(scope, names, by_policy)?;
        let by_acl = scope.existing && has_acls;
        let leaves = by_acl && names == SensitiveNames::LeavePrivate;
        let survey = self.bucket_survey(leaves).await?;
        let already_public = self.already_public(&survey).await;
        let objects = if by_acl {
            bucket_job(&survey, names, CannedAcl::PublicRead)
        } else {
            ObjectsWrite::Nothing
        };
        let writes = Writes {
            bucket_acl: acl.map(|acl| {
                let after = if scope.listing { opened(&acl) } else { None };
                (acl, after)
            }),
            policy: self.opening_policy(&openings)?,
            objects,
        };
        let left_private = if leaves { survey.sensitive_count } else { 0 };
        let rows = self.bucket_rows(&writes, scope.existing, &survey, already_public, left_private)?;
        let mut notes = Vec::new();
        if !has_acls {
            notes.push("This server keeps no ACLs here, so the bucket policy is used.".to_owned());
        }
        if by_policy {
            notes.push("The policy opens every object, those that are here now and those to come.".to_owned());
        }
        if by_acl {
            notes.push("Other grants on the objects are replaced by “public-read”.".to_owned());
        }
        self.finish(Draft {
            scope,
            survey,
            already_public,
            left_private,
            opens_objects: by_acl || by_policy,
            can_leave_private: !by_policy,
            writes,
            rows,
            notes,
            confirm: true,
        })
    }

    /// Undoes the three openings; always shown first, as objects may stay public or lose grants to others.
    pub(super) async fn bucket_private(self, existing: bool) -> Result<AccessPlan> {
        let acl = self.bucket_acl()?;
        let survey = if existing {
            self.bucket_survey(false).await?
        } else {
            Survey::default()
        };
        let (objects, already_public) = match (existing, &acl) {
            (true, Some(_)) => self.closing_objects(&survey).await?,
            (true, None) => (ObjectsWrite::Nothing, self.already_public(&survey).await),
            (false, _) => (ObjectsWrite::Nothing, None),
        };
        let ours = self.facts.policy.as_ref().ok().filter(|policy| policy.has_ours());
        let policy = ours.map(|policy| policy.without_ours().map_or(PolicyWrite::Delete, PolicyWrite::Put));
        let writes = Writes {
            bucket_acl: acl.map(|acl| {
                let after = closed(&acl);
                (acl, after)
            }),
            policy: policy.map(|write| self.policy_write(write)),
            objects,
        };
        let scope = PublicScope {
            listing: true,
            existing,
            future: true,
        };
        let rows = self.bucket_rows(&writes, existing, &survey, already_public, 0)?;
        let mut notes = Vec::new();
        if !existing {
            notes.push("Objects that are public by themselves stay so.".to_owned());
        }
        if matches!(writes.objects, ObjectsWrite::Job { .. }) {
            notes.push("Other grants on the objects are replaced by “private”.".to_owned());
        }
        self.finish(Draft {
            scope,
            survey,
            already_public,
            left_private: 0,
            opens_objects: false,
            can_leave_private: false,
            writes,
            rows,
            notes,
            confirm: true,
        })
    }

    /// Few objects lose exactly what strangers have; many get a canned ACL, by a job.
    async fn closing_objects(&self, survey: &Survey) -> Result<(ObjectsWrite, Option<u64>)> {
        let few = survey.keys.as_ref().filter(|keys| keys.len() <= READ_LIMIT);
        let Some(keys) = few else {
            let job = bucket_job(survey, SensitiveNames::Open, CannedAcl::Private);
            return Ok((job, self.already_public(survey).await));
        };
        let acls = read_acls(self.client(), self.bucket(), PermissionsKind::Objects, keys).await?;
        let each = self.each(acls);
        let public = if self.opens_all() {
            survey.objects
        } else {
            each.len() as u64
        };
        Ok((ObjectsWrite::Each(each), Some(public)))
    }

    fn refuse_impossible(&self, scope: PublicScope, names: SensitiveNames, by_policy: bool) -> Result<()> {
        if !(scope.listing || scope.existing || scope.future) {
            return Err(Error::field_at_fault(
                self.operation,
                "scope",
                "Choose at least one thing to open.",
            ));
        }
        if by_policy && names == SensitiveNames::LeavePrivate {
            let message = "The bucket policy opens every object, so none can be left private. Untick what needs the \
                           policy, or open those as well.";
            return Err(Error::field_at_fault(self.operation, "leavePrivate", message));
        }
        Ok(())
    }

    fn opening_policy(&self, openings: &[Opening]) -> Result<Option<(String, PolicyWrite)>> {
        if openings.is_empty() {
            return Ok(None);
        }
        let policy = self.facts.policy.as_ref().map_err(|error| self.without_policy(error))?;
        let text = policy.with(self.bucket().as_str(), openings);
        Ok(Some(self.policy_write(PolicyWrite::Put(text))))
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
        if self.opens_all() {
            return Some(survey.objects);
        }
        match &survey.keys {
            Some(keys) if keys.len() <= LOOKED_AT => count_public(self.client(), self.bucket(), keys).await,
            _ => None,
        }
    }

    /// Whether the policy opens every object now.
    fn opens_all(&self) -> bool {
        let place = Place::Bucket(self.bucket().as_str());
        Strangers::of(place, Ok(None), self.facts.policy()).may(Deed::Read)
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

fn bucket_job(survey: &Survey, names: SensitiveNames, canned: CannedAcl) -> ObjectsWrite {
    let (keys, prefixes, counted) = match &survey.keys {
        _ if survey.objects == 0 => return ObjectsWrite::Nothing,
        Some(keys) if names == SensitiveNames::LeavePrivate => {
            let open = |key: &&ObjectKey| !looks_sensitive(key.as_str());
            let keys = keys.iter().filter(open).cloned().collect();
            (keys, Vec::new(), Counted::default())
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
