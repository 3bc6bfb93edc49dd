//! Taking up what an earlier process left: first the list, then each account's jobs as soon as its client is there.

use std::sync::Arc;

use dipper_storage::{BucketName, Client};

use super::Engine;
use crate::error::Result;
use crate::job::{JobId, JobState};
use crate::journal::{JobRow, Saved};
use crate::record::{Identity, Job, Past};

/// What was taken up of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenUp {
    /// Jobs that go on by themselves.
    pub resumed: Vec<JobId>,
    /// Jobs that were paused and still are.
    pub paused: Vec<JobId>,
    /// Other accounts that copies among them read from: these wait until [`Engine::set_client`] brings them.
    pub needed: Vec<String>,
    /// Items of both that were done before.
    pub items_kept: u64,
    /// Bytes of those items.
    pub bytes_kept: u64,
}

impl Engine {
    /// Puts the jobs that have ended back on the list, and names the accounts that have something left to do that no
    /// living process does.
    pub async fn restore(&self) -> Result<Vec<String>> {
        for row in self.shared().journal.history().await? {
            self.take_up(row);
        }
        self.shared().touch();
        self.shared().journal.waiting_accounts().await
    }

    /// The client that an account's jobs use from their next run on.
    pub fn set_client(&self, account: &str, client: Client) {
        self.shared().clients().insert(account.to_owned(), client);
        self.shared().opened.send_modify(|count| *count += 1);
    }

    /// Takes up what is left of an account's jobs. Those that another living process runs stay with it.
    pub async fn adopt(&self, account: &str, client: Client) -> Result<TakenUp> {
        let shared = self.shared();
        self.set_client(account, client);
        let mut taken = TakenUp::default();
        for row in shared.journal.adopt(account.to_owned()).await? {
            taken.items_kept += row.standing.done;
            taken.bytes_kept += row.standing.bytes_done;
            let origin = row.task.origin().map(|origin| origin.account.clone());
            let Some(job) = self.take_up(row) else { continue };
            taken.needed.extend(origin.filter(|origin| origin != account));
            if job.state() == JobState::Queued {
                taken.resumed.push(job.id());
                shared.queue(job);
            } else {
                taken.paused.push(job.id());
            }
        }
        shared.touch();
        Ok(taken)
    }

    fn take_up(&self, row: JobRow) -> Option<Arc<Job>> {
        let shared = self.shared();
        let state = match row.state {
            Saved::Open => JobState::Queued,
            Saved::Paused => JobState::Paused,
            Saved::Ended(state) => state,
        };
        let identity = Identity {
            id: row.id,
            account: row.account,
            server: row.server,
            bucket: BucketName::parse(&row.bucket).ok()?,
            task: row.task,
            description: row.description,
            created_at: row.created_at,
        };
        let past = Past {
            started_at: row.started_at,
            finished_at: row.finished_at,
            errors: row.errors,
            turn: Some(row.turn),
        };
        let job = Arc::new(Job::new(
            identity,
            state,
            &row.standing,
            past,
            shared.root.child_token(),
        ));
        shared.jobs().insert(job.id(), job.clone());
        Some(job)
    }
}
