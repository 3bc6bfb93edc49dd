//! Applying an access plan: first it is made sure that the server still has what was shown, then lists and policy are
//! written, then objects, then a stranger looks.

use std::time::Duration;

use dipper_catalog::Counted;
use dipper_storage::{BucketName, Client, Prefix};
use dipper_transfer::{AclSpec, JobId, JobSpec};
use tokio_util::sync::CancellationToken;

use super::change::write_acls;
use super::facts::{read_acls, read_policy};
use super::plan::{ObjectsWrite, PlannedAccess, PolicyWrite, Writes, as_write};
use super::{AccessPlanKind, AccessResult, PermissionsKind};
use crate::error::{Error, Result};
use crate::words;
use crate::{AccountId, App, PlanToken};

const OPERATION: &str = "applyAccessPlan";
/// How long the verdict waits for a job that may be short. A longer one is followed in Transfers and looked at again.
const SHORT_JOB: Duration = Duration::from_secs(3);

impl App {
    /// Applies an access plan, then looks with a stranger's eyes. Refused, with nothing done, when the server's list,
    /// policy or number of objects is not what was shown; once something was written, a failed look is part of the answer.
    pub async fn apply_access_plan(&self, token: &PlanToken) -> Result<AccessResult> {
        let planned: PlannedAccess = self.parts.plans.take(OPERATION, token)?;
        let client = self.client(&planned.account_id).await?;
        self.parts.work.reads.surveys.forget();
        refuse_if_changed(&client, &planned).await?;
        let PlannedAccess {
            kind,
            target,
            account_id,
            bucket,
            writes,
        } = planned;
        let job = self.write_access(&client, &account_id, &bucket, writes).await?;
        if let Some(job) = job {
            self.wait_a_little(job).await;
        }
        let undo = match kind {
            AccessPlanKind::MakePublic => "Make private takes this back.",
            AccessPlanKind::MakePrivate => "Make public opens it again.",
        };
        // What was written stays written, whatever comes of the look.
        Ok(AccessResult {
            job_id: job.map(JobId::get),
            verdict: self.check_access(&target).await,
            undo: undo.to_owned(),
        })
    }

    /// Lists and policy first: if the server refuses them, no object was touched.
    async fn write_access(
        &self,
        client: &Client,
        account_id: &AccountId,
        bucket: &BucketName,
        writes: Writes,
    ) -> Result<Option<JobId>> {
        let mut done = Vec::new();
        if let Some((_, Some(after))) = writes.bucket_acl {
            write_acls(OPERATION, client, bucket, vec![(None, as_write(&after))]).await?;
            done.push("the bucket's ACL");
        }
        if let Some((_, write)) = writes.policy {
            write_policy(client, bucket, &write)
                .await
                .map_err(|error| with_done(error, &done))?;
            done.push("the bucket policy");
        }
        match writes.objects {
            ObjectsWrite::Nothing => Ok(None),
            ObjectsWrite::Each(each) => {
                let each = each.iter().map(|(key, _, after)| (Some(key.clone()), as_write(after)));
                write_acls(OPERATION, client, bucket, each.collect())
                    .await
                    .map_err(|error| with_done(error, &done))?;
                Ok(None)
            }
            ObjectsWrite::Job {
                keys, prefixes, canned, ..
            } => {
                let (client, account, bucket) = (client.clone(), account_id.to_string(), bucket.clone());
                let spec = AclSpec {
                    client,
                    account,
                    bucket,
                    keys,
                    prefixes,
                    canned_acl: canned,
                };
                Ok(Some(self.start_job(OPERATION, JobSpec::SetAcl(spec)).await?))
            }
        }
    }

    async fn wait_a_little(&self, job: JobId) {
        // Running out of time is no failure: the job goes on, and the window follows it.
        let _still_running = tokio::time::timeout(SHORT_JOB, self.parts.work.engine.join(job))
            .await
            .is_err();
    }
}

/// Compares the server with what was shown. Reading again costs one request a list, far less than a wrong promise.
async fn refuse_if_changed(client: &Client, planned: &PlannedAccess) -> Result<()> {
    let bucket = &planned.bucket;
    if let Some((before, _)) = &planned.writes.bucket_acl
        && client.bucket_acl(bucket).await? != *before
    {
        return Err(changed(bucket, "the bucket's permissions on the server are"));
    }
    if let Some((before, _)) = &planned.writes.policy
        && read_policy(client, bucket).await?.with(bucket.as_str(), &[]) != *before
    {
        return Err(changed(bucket, "the bucket's policy on the server is"));
    }
    match &planned.writes.objects {
        ObjectsWrite::Nothing => Ok(()),
        ObjectsWrite::Each(each) => {
            let keys: Vec<_> = each.iter().map(|(key, ..)| key.clone()).collect();
            let now = read_acls(client, bucket, PermissionsKind::Objects, &keys).await?;
            let same = now
                .iter()
                .map(|(_, acl)| acl)
                .eq(each.iter().map(|(_, before, _)| before));
            if same {
                Ok(())
            } else {
                Err(changed(bucket, "the objects' permissions on the server are"))
            }
        }
        ObjectsWrite::Job { prefixes, counted, .. } => {
            let now = count(client, bucket, prefixes).await?;
            if now == *counted {
                return Ok(());
            }
            if now.objects == counted.objects {
                return Err(changed(bucket, "the objects on the server are"));
            }
            let message = format!(
                "Nothing was changed: there were {} when this was shown and there are {} now.",
                words::counted(counted.objects, "object"),
                words::count(now.objects)
            );
            Err(Error::stale_plan(OPERATION, message).with_bucket(bucket.as_str()))
        }
    }
}

async fn count(client: &Client, bucket: &BucketName, prefixes: &[Prefix]) -> Result<Counted> {
    let cancel = CancellationToken::new();
    let mut all = Counted::default();
    for prefix in prefixes {
        let counted = dipper_catalog::count(client, bucket, prefix, &cancel, |_, _| {}).await?;
        all = all + counted.unwrap_or_default();
    }
    Ok(all)
}

async fn write_policy(client: &Client, bucket: &BucketName, write: &PolicyWrite) -> Result<()> {
    match write {
        PolicyWrite::Put(text) => client.put_bucket_policy(bucket, text).await?,
        PolicyWrite::Delete => client.delete_bucket_policy(bucket).await?,
    }
    Ok(())
}

fn changed(bucket: &BucketName, what: &str) -> Error {
    Error::stale_plan(OPERATION, format!("Nothing was changed: {what} not what was shown."))
        .with_bucket(bucket.as_str())
}

/// A later step failed: the error says what was already written.
fn with_done(error: Error, done: &[&str]) -> Error {
    if done.is_empty() {
        return error;
    }
    let hint = format!(
        "Already changed: {}. {}",
        done.join(", "),
        error.hint().unwrap_or_default()
    );
    error.with_hint(hint.trim().to_owned())
}
