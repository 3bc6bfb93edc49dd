//! Jobs in the journal: put in whole, taken by one owner at a time, kept after their end until somebody forgets them.

use rusqlite::{Connection, Row, params};
use time::OffsetDateTime;

use super::Journal;
use super::items::{self, NewItem};
use super::standing::{Standing, standing};
use crate::error::Result;
use crate::job::{ItemError, JobId, JobState};
use crate::work::{Description, Task};

/// A job that is put in.
pub(crate) struct NewJob {
    pub(crate) account: String,
    /// Where the account was when the job was made.
    pub(crate) server: String,
    pub(crate) bucket: String,
    pub(crate) task: Task,
    pub(crate) description: Description,
    pub(crate) items: Vec<NewItem>,
    pub(crate) at: OffsetDateTime,
}

/// A job as it is kept.
#[derive(Debug)]
pub(crate) struct JobRow {
    pub(crate) id: JobId,
    pub(crate) account: String,
    pub(crate) server: String,
    pub(crate) bucket: String,
    pub(crate) task: Task,
    pub(crate) description: Description,
    pub(crate) state: Saved,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) started_at: Option<OffsetDateTime>,
    pub(crate) finished_at: Option<OffsetDateTime>,
    pub(crate) errors: Vec<ItemError>,
    pub(crate) standing: Standing,
    pub(crate) turn: u64,
}

/// How a job stands on the disk. What is open there and runs nowhere is taken up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Saved {
    /// To be done, or being done.
    Open,
    /// To be done when somebody says so.
    Paused,
    /// Ended.
    Ended(JobState),
}

impl Saved {
    fn word(self) -> &'static str {
        match self {
            Self::Paused => "paused",
            Self::Ended(JobState::Done) => "done",
            Self::Ended(JobState::Failed) => "failed",
            Self::Ended(JobState::Cancelled) => "cancelled",
            Self::Open | Self::Ended(_) => "open",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "paused" => Self::Paused,
            "done" => Self::Ended(JobState::Done),
            "failed" => Self::Ended(JobState::Failed),
            "cancelled" => Self::Ended(JobState::Cancelled),
            _ => Self::Open,
        }
    }
}

impl Journal {
    /// Puts a job in with all its items, as ours. All of it or nothing is there when this returns.
    pub(crate) async fn insert(&self, job: NewJob) -> Result<JobId> {
        let owner = self.owner().name().to_owned();
        self.call(move |connection| {
            let sql = "INSERT INTO jobs (account, bucket, task, description, state, created_at, owner, server)
                       VALUES (?1, ?2, ?3, ?4, 'open', ?5, ?6, ?7)";
            let (task, description) = (json(&job.task)?, json(&job.description)?);
            let at = millis(job.at);
            connection.prepare_cached(sql)?.execute(params![
                job.account,
                job.bucket,
                task,
                description,
                at,
                owner,
                job.server
            ])?;
            let id = JobId(u64::try_from(connection.last_insert_rowid()).unwrap_or_default());
            items::insert(connection, id, 1, &job.items)?;
            Ok(id)
        })
        .await
    }

    /// The accounts that have something left to do that nobody does.
    pub(crate) async fn waiting_accounts(&self) -> Result<Vec<String>> {
        let journal = self.clone();
        self.call(move |connection| {
            let mut accounts: Vec<String> = Vec::new();
            let sql = "SELECT account, owner FROM jobs WHERE state IN ('open', 'paused') ORDER BY id";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (account, owner): (String, Option<String>) = (row.get(0)?, row.get(1)?);
                if !accounts.contains(&account) && journal.is_free(owner.as_deref()) {
                    accounts.push(account);
                }
            }
            Ok(accounts)
        })
        .await
    }

    /// Takes over every job of an account that has something left to do and that no living process runs.
    pub(crate) async fn adopt(&self, account: String) -> Result<Vec<JobRow>> {
        self.take("account = ?1 AND state IN ('open', 'paused')", account).await
    }

    /// The jobs that have ended and that no other living process shows, for the list.
    pub(crate) async fn history(&self) -> Result<Vec<JobRow>> {
        let ended = "state NOT IN ('open', 'paused') AND ?1 = ''";
        self.take(ended, String::new()).await
    }

    async fn take(&self, which: &'static str, account: String) -> Result<Vec<JobRow>> {
        let journal = self.clone();
        self.call(move |connection| {
            let me = journal.owner().name();
            let sql = format!(
                "SELECT id, account, bucket, task, description, state, created_at, started_at, finished_at, errors, owner, server,
                        coalesce(turn, id)
                 FROM jobs WHERE {which} AND owner IS NOT ?2 ORDER BY coalesce(turn, id)"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query(params![account, me])?;
            let mut taken = Vec::new();
            while let Some(row) = rows.next()? {
                let owner: Option<String> = row.get(10)?;
                if journal.is_free(owner.as_deref()) {
                    taken.extend(job_row(connection, row)?);
                }
            }
            let mut claim = connection.prepare_cached("UPDATE jobs SET owner = ?2 WHERE id = ?1")?;
            for job in &taken {
                claim.execute(params![job.id.0, me])?;
            }
            Ok(taken)
        })
        .await
    }

    /// Jobs that wait have another turn.
    pub(crate) async fn set_turns(&self, turns: Vec<(JobId, u64)>) -> Result<()> {
        self.call(move |connection| {
            let mut update = connection.prepare_cached("UPDATE jobs SET turn = ?2 WHERE id = ?1")?;
            for (job, turn) in turns {
                update.execute(params![job.0, turn])?;
            }
            Ok(())
        })
        .await
    }

    /// The job begins to run.
    pub(crate) async fn begun(&self, job: JobId, at: OffsetDateTime) -> Result<()> {
        self.call(move |connection| {
            let sql = "UPDATE jobs SET state = 'open', started_at = coalesce(started_at, ?2), finished_at = NULL,
                       errors = '[]' WHERE id = ?1";
            connection
                .prepare_cached(sql)?
                .execute(params![job.0, millis(at)])
                .map(drop)
        })
        .await
    }

    /// The job has ended, or waits for somebody's word.
    pub(crate) async fn ended(
        &self,
        job: JobId,
        state: Saved,
        at: Option<OffsetDateTime>,
        errors: Vec<ItemError>,
    ) -> Result<()> {
        self.call(move |connection| {
            let sql = "UPDATE jobs SET state = ?2, finished_at = ?3, errors = ?4 WHERE id = ?1";
            let errors = json(&errors)?;
            let values = params![job.0, state.word(), at.map(millis), errors];
            connection.prepare_cached(sql)?.execute(values).map(drop)
        })
        .await
    }

    /// Lets go of all our jobs, so that the next process takes them at once.
    pub(crate) async fn release(&self) -> Result<()> {
        let me = self.owner().name().to_owned();
        self.call(move |connection| {
            let mut release = connection.prepare_cached("UPDATE jobs SET owner = NULL WHERE owner = ?1")?;
            release.execute([me]).map(drop)
        })
        .await
    }

    /// Forgets jobs with all they had.
    pub(crate) async fn forget(&self, jobs: Vec<JobId>) -> Result<()> {
        self.call(move |connection| {
            let mut delete = connection.prepare_cached("DELETE FROM jobs WHERE id = ?1")?;
            jobs.iter().try_for_each(|job| delete.execute([job.0]).map(drop))
        })
        .await
    }

    /// Whether nobody who lives has it.
    fn is_free(&self, owner: Option<&str>) -> bool {
        owner.is_none_or(|owner| !self.owner().is_alive(owner))
    }
}

/// `None`, and a word in the log, for a row that makes no sense: the others are still good.
fn job_row(connection: &Connection, row: &Row<'_>) -> rusqlite::Result<Option<JobRow>> {
    let id = JobId(row.get(0)?);
    let (task, description): (String, String) = (row.get(3)?, row.get(4)?);
    let (Ok(task), Ok(description)) = (serde_json::from_str(&task), serde_json::from_str(&description)) else {
        tracing::error!(job = %id, "a job in the journal cannot be read and is left alone");
        return Ok(None);
    };
    let state: String = row.get(5)?;
    let errors: String = row.get(9)?;
    Ok(Some(JobRow {
        id,
        account: row.get(1)?,
        server: row.get(11)?,
        bucket: row.get(2)?,
        task,
        description,
        state: Saved::of(&state),
        created_at: moment(row.get(6)?),
        started_at: row.get::<_, Option<i64>>(7)?.map(moment),
        finished_at: row.get::<_, Option<i64>>(8)?.map(moment),
        errors: serde_json::from_str(&errors).unwrap_or_default(),
        standing: standing(connection, id)?,
        turn: row.get(12)?,
    }))
}

/// What cannot be said in JSON is a mistake of ours.
pub(super) fn json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|cause| rusqlite::Error::ToSqlConversionFailure(Box::new(cause)))
}

fn millis(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

fn moment(millis: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
