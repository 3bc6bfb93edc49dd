//! Selected objects: few get exactly their own list with one grant more or less, many get a canned one by a job.

use dipper_catalog::Counted;
use dipper_storage::{Acl, Grantee, ObjectKey, Prefix, Right};

use super::writes::{closed, opened, without_acls};
use super::{Draft, ObjectsWrite, Planner, Writes};
use crate::access::facts::{READ_LIMIT, read_acls};
use crate::access::survey::{Keep, Scope, Survey};
use crate::access::{AccessPlan, AccessPlanKind, PermissionsKind, PublicScope, SensitiveNames, looks_sensitive};
use crate::error::Result;
use crate::targets::Entries;

impl Planner<'_> {
    /// Few objects get exactly their own list with one grant more or less; many get a canned one, by a job.
    pub(super) async fn objects(self, entries: &Entries, names: SensitiveNames) -> Result<AccessPlan> {
        if let Err(error) = &self.facts.acls {
            return Err(without_acls(self.operation, error));
        }
        let leaves = names == SensitiveNames::LeavePrivate;
        let keep = if leaves { Keep::All } else { Keep::Few };
        let known = entries.objects.iter().map(|object| (object.key.clone(), object.size));
        let (objects, prefixes) = (known.collect(), entries.folders.clone());
        let scope = Scope {
            client: self.client(),
            bucket: self.bucket(),
            objects,
            prefixes,
            keep,
        };
        let survey = scope.survey(self.cancel, self.progress).await?;
        let (write, already_public) = self.objects_write(entries, &survey, names).await?;
        let left_private = if leaves { survey.sensitive_count } else { 0 };
        let rows = vec![self.objects_row(&survey, already_public, left_private)];
        let mut notes = Vec::new();
        if matches!(write, ObjectsWrite::Job { .. }) {
            notes.push(format!(
                "Other grants on the objects are replaced by “{}”.",
                self.canned().as_str()
            ));
        }
        let sensitive = self.kind == AccessPlanKind::MakePublic && !survey.sensitive.is_empty();
        let confirm = survey.objects > 1 || sensitive;
        let scope = PublicScope {
            existing: true,
            ..PublicScope::default()
        };
        let writes = Writes {
            bucket_acl: None,
            policy: None,
            objects: write,
        };
        self.finish(Draft {
            scope,
            survey,
            already_public,
            left_private,
            opens_objects: true,
            can_leave_private: true,
            writes,
            rows,
            notes,
            confirm,
        })
    }

    /// What is written, and how many of the objects are public now where they are few enough to look at.
    async fn objects_write(
        &self,
        entries: &Entries,
        survey: &Survey,
        names: SensitiveNames,
    ) -> Result<(ObjectsWrite, Option<u64>)> {
        let Some(keys) = &survey.keys else {
            let keys = entries.objects.iter().map(|object| object.key.clone()).collect();
            return Ok((self.job(keys, entries.folders.clone(), survey), None));
        };
        let open = |key: &&ObjectKey| names == SensitiveNames::Open || !looks_sensitive(key.as_str());
        let keys: Vec<ObjectKey> = keys.iter().filter(open).cloned().collect();
        if keys.len() > READ_LIMIT {
            return Ok((self.job(keys, Vec::new(), survey), None));
        }
        let acls = read_acls(self.client(), self.bucket(), PermissionsKind::Objects, &keys).await?;
        let public = acls
            .iter()
            .filter(|(_, acl)| acl.allows(&Grantee::AllUsers, Right::Read))
            .count() as u64;
        Ok((ObjectsWrite::Each(self.each(acls)), Some(public)))
    }

    /// Each list with what becomes of it, where it changes.
    pub(super) fn each(&self, acls: Vec<(Option<ObjectKey>, Acl)>) -> Vec<(ObjectKey, Acl, Acl)> {
        let change = if self.kind == AccessPlanKind::MakePublic {
            opened
        } else {
            closed
        };
        acls.into_iter()
            .filter_map(|(key, acl)| change(&acl).map(|after| Some((key?, acl, after))))
            .flatten()
            .collect()
    }

    fn job(&self, keys: Vec<ObjectKey>, prefixes: Vec<Prefix>, survey: &Survey) -> ObjectsWrite {
        let counted = if prefixes.is_empty() {
            Counted::default()
        } else {
            survey.below
        };
        ObjectsWrite::Job {
            keys,
            prefixes,
            canned: self.canned(),
            counted,
        }
    }
}
