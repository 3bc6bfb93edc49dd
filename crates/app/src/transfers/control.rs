//! Telling transfers to stop, to go on, to try again, to go; and taking up what an earlier run left.

use dipper_transfer::{JobId, Move};

use super::TakenUpTransfers;
use crate::error::{Error, ErrorKind, Result};
use crate::{AccountId, App};

#[expect(
    clippy::unused_async,
    reason = "every method of the façade is async, whatever it needs today"
)]
impl App {
    /// Stops a job and cleans up after it: multipart uploads are aborted, temporary files removed.
    pub async fn cancel_transfer(&self, id: u64) -> Result<()> {
        self.parts.work.engine.cancel(self.known_job("cancelTransfer", id)?);
        Ok(())
    }

    /// Stops a job until it is resumed; parts and ranges that are there are kept.
    pub async fn pause_transfer(&self, id: u64) -> Result<()> {
        self.parts.work.engine.pause(self.known_job("pauseTransfer", id)?);
        Ok(())
    }

    /// Pauses every job that runs or waits.
    pub async fn pause_all_transfers(&self) -> Result<()> {
        self.parts.work.engine.pause_all();
        Ok(())
    }

    /// Lets a paused job go on.
    pub async fn resume_transfer(&self, id: u64) -> Result<()> {
        const OPERATION: &str = "resumeTransfer";
        let job = self.known_job(OPERATION, id)?;
        self.open_account_of(job).await?;
        let resumed = self.parts.work.engine.resume(job).await;
        resumed.map_err(|cause| Error::of_transfer(OPERATION, cause))
    }

    /// Lets every paused job go on.
    pub async fn resume_all_transfers(&self) -> Result<()> {
        let resumed = self.parts.work.engine.resume_all().await;
        resumed.map_err(|cause| Error::of_transfer("resumeAllTransfers", cause))
    }

    /// Moves a job among those that wait for their turn, for good. One that does not wait stays as it is.
    pub async fn move_transfer(&self, id: u64, to: Move) -> Result<()> {
        const OPERATION: &str = "moveTransfer";
        let moved = self.parts.work.engine.shift(self.known_job(OPERATION, id)?, to).await;
        moved.map_err(|cause| Error::of_transfer(OPERATION, cause))
    }

    /// Takes up what an earlier Dipper left unfinished when it was closed or killed, and puts what had ended back on the
    /// list. Transfers of an account that cannot be opened now, as without its secret, wait until it can.
    pub async fn take_up_transfers(&self) -> Result<TakenUpTransfers> {
        const OPERATION: &str = "takeUpTransfers";
        let engine = &self.parts.work.engine;
        let waiting = engine
            .restore()
            .await
            .map_err(|cause| Error::of_transfer(OPERATION, cause))?;
        let mut all = TakenUpTransfers::default();
        for account in waiting {
            let client = match self.client(&AccountId::from(account.as_str())).await {
                Ok(client) => client,
                // Saved nowhere, so nobody could open it: removed since, or a command line's own, for one run.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => {
                    tracing::warn!(%account, %error, "transfers wait for their account");
                    all.waiting_accounts += 1;
                    continue;
                }
            };
            let taken = engine.adopt(&account, client).await;
            let taken = taken.map_err(|cause| Error::of_transfer(OPERATION, cause))?;
            self.open_for_copies(&taken.needed).await;
            all.resumed += taken.resumed.len() as u64;
            all.paused += taken.paused.len() as u64;
            all.items_kept += taken.items_kept;
            all.bytes_kept += taken.bytes_kept;
        }
        Ok(all)
    }

    /// Makes sure that the engine has the clients of a job's accounts: a job from the list of an earlier run may be of some
    /// that were not opened yet.
    async fn open_account_of(&self, job: JobId) -> Result<()> {
        let Some(job) = self.parts.work.engine.job(job) else {
            return Ok(());
        };
        for account in [Some(job.account), job.from_account].into_iter().flatten() {
            let client = self.client(&AccountId::from(account.as_str())).await?;
            self.parts.work.engine.set_client(&account, client);
        }
        Ok(())
    }

    /// Brings the accounts that copies read from; a copy waits for one that cannot be opened now.
    async fn open_for_copies(&self, accounts: &[String]) {
        for account in accounts {
            match self.client(&AccountId::from(account.as_str())).await {
                Ok(client) => self.parts.work.engine.set_client(account, client),
                Err(error) => tracing::warn!(%account, %error, "copies wait for the account that they read from"),
            }
        }
    }

    /// Stops every job.
    pub async fn cancel_all_transfers(&self) -> Result<()> {
        self.parts.work.engine.cancel_all();
        Ok(())
    }

    /// Tries what failed or was cancelled again, under the same number.
    pub async fn retry_transfer(&self, id: u64) -> Result<()> {
        const OPERATION: &str = "retryTransfer";
        let job = self.known_job(OPERATION, id)?;
        self.open_account_of(job).await?;
        let retried = self.parts.work.engine.retry(job).await;
        retried.map_err(|cause| Error::of_transfer(OPERATION, cause))
    }

    /// Takes a job that has ended off the list: a failed one stays there until somebody does.
    pub async fn forget_transfer(&self, id: u64) -> Result<()> {
        const OPERATION: &str = "forgetTransfer";
        let forgotten = self.parts.work.engine.forget(self.known_job(OPERATION, id)?).await;
        if forgotten.map_err(|cause| Error::of_transfer(OPERATION, cause))? {
            return Ok(());
        }
        let running = "This transfer is still going on, so it stays on the list.";
        Err(Error::new(ErrorKind::Conflict, OPERATION, running).with_hint("Cancel it first."))
    }

    /// Takes jobs that are done or cancelled off the list.
    pub async fn clear_finished_transfers(&self) -> Result<()> {
        let cleared = self.parts.work.engine.forget_finished().await;
        cleared.map_err(|cause| Error::of_transfer("clearFinishedTransfers", cause))
    }
}
