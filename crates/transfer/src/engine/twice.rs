//! Files that are dropped twice go up once.
//!
//! The same file to the same key, asked for in the same way, is left to the job that has it already, as long as that one
//! waits or works. Not where the file was changed since that job was made: what it sends may be the older state.

use std::collections::HashMap;
use std::path::PathBuf;

use time::{Duration, OffsetDateTime};

use super::Shared;
use crate::error::Result;
use crate::job::{JobId, JobState};
use crate::journal::ItemOptions;
use crate::record::Job;
use crate::spec::{JobSpec, UploadItem, UploadSpec};
use crate::work::{self, Task};

/// File systems date by ticks, the coarsest (FAT) of two seconds: a file this young may be newer than it says.
const TICK: Duration = Duration::seconds(2);

/// What jobs have under way: by key and file, how that was asked for, and which job was asked when.
type UnderWay = HashMap<(String, PathBuf), (ItemOptions, JobId, OffsetDateTime)>;

impl Shared {
    /// Takes out of an upload what is under way already. If that is everything: the job that has it.
    pub(super) async fn leave_out_what_is_under_way(&self, spec: &mut JobSpec) -> Result<Option<JobId>> {
        let JobSpec::Upload(spec) = spec else {
            return Ok(None);
        };
        let mut under_way = UnderWay::new();
        for job in self.all().into_iter().filter(|job| is_alike(job, spec)) {
            for (key, path, options) in self.journal.files_under_way(job.id()).await? {
                under_way.insert((key, path), (options, job.id(), job.created_at()));
            }
        }
        let mut known = None;
        if !under_way.is_empty() {
            spec.items.retain(|item| {
                let job = job_with(item, &under_way);
                known = job.or(known);
                job.is_none()
            });
        }
        Ok(known.filter(|_| spec.items.is_empty()))
    }
}

/// Whether a job waits or works, and uploads to the same bucket in the same way.
fn is_alike(job: &Job, spec: &UploadSpec) -> bool {
    let uploads = Task::Upload {
        canned_acl: spec.canned_acl,
    };
    matches!(job.state(), JobState::Queued | JobState::Running)
        && job.stopping().is_none()
        && *job.task() == uploads
        && job.account() == spec.account
        && *job.bucket() == spec.bucket
        && job.server() == work::server_of(&spec.client)
}

/// The job that sends this very state of the file, or a newer one.
fn job_with(item: &UploadItem, under_way: &UnderWay) -> Option<JobId> {
    let place = (item.key.to_string(), item.source.clone());
    let (options, job, since) = under_way.get(&place)?;
    let is_older = item.modified.is_some_and(|modified| modified + TICK < *since);
    (is_older && *options == work::options_of(item)).then_some(*job)
}
