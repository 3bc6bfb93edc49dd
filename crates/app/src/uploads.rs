//! Uploads before a byte is sent: what was chosen or dropped, which keys it becomes, which of them exist, and who may
//! read them. A plan is shown, changed and started by its newest token only.
//!
//! The web view never sees or sends a path: the shell registers paths and hands out a source id.

mod choices;
mod draft;
mod start;
mod taken;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use dipper_storage::{BucketName, CannedAcl};
use dipper_transfer::{JobSpec, Scan};
use tokio_util::sync::CancellationToken;

pub use self::choices::UploadChoices;
use self::draft::Draft;
use self::taken::taken_keys;
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::Icon;
use crate::random;
use crate::{AccountId, App, CountProgress, PlanToken};

/// Identifies files that were chosen or dropped.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SourceId(String);

impl SourceId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for SourceId {
    fn from(id: String) -> Self {
        Self(id)
    }
}

/// Where an upload goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadTarget {
    /// The account.
    pub account_id: AccountId,
    /// The bucket.
    pub bucket: String,
    /// The folder, empty or ending in `/`.
    pub prefix: String,
}

/// What to do where a key exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConflictPolicy {
    /// Decide for each; the upload cannot start before.
    Ask,
    /// The new file replaces the object.
    Replace,
    /// The object stays, the file is not sent.
    Skip,
    /// The file gets a free name: `name (2).ext`.
    KeepBoth,
}

/// Who may read what is uploaded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UploadAccess {
    /// No ACL header is sent: the server decides.
    #[default]
    ServerDefault,
    /// The canned ACL `private`.
    Private,
    /// The canned ACL `public-read`.
    Public,
}

impl UploadAccess {
    /// What is sent for it.
    pub(crate) fn canned(self) -> Option<CannedAcl> {
        match self {
            Self::ServerDefault => None,
            Self::Private => Some(CannedAcl::Private),
            Self::Public => Some(CannedAcl::PublicRead),
        }
    }
}

/// An upload as it would happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadPlan {
    /// Stays the same while the plan is changed.
    pub plan_id: String,
    /// Starts exactly this state of the plan, for two minutes, once.
    pub token: PlanToken,
    /// Where it goes.
    pub target: UploadTarget,
    /// Files to send.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that will be sent: all but those that are skipped because their key exists.
    pub to_send: u64,
    /// Files whose key exists and that wait for a decision.
    pub undecided: u64,
    /// Files whose key cannot be used.
    pub unusable: u64,
    /// The first [`SHOWN_ITEMS`] files; those with a conflict come first.
    pub items: Vec<UploadItem>,
    /// What will not be sent, and why.
    pub skipped: Vec<SkippedFile>,
    /// The policy for keys that exist.
    pub policy: ConflictPolicy,
    /// Who may read.
    pub access: UploadAccess,
    /// Names that look sensitive, when the access is public.
    pub sensitive: Vec<String>,
    /// Whether a drop has to show the sheet: a key exists, or there are more than 100 files.
    pub needs_sheet: bool,
}

/// As many files of a plan are shown.
pub const SHOWN_ITEMS: usize = 200;

/// One file of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadItem {
    /// Its number in the plan.
    pub index: u64,
    /// The file's name.
    pub file: String,
    /// The start of its key, which the target gives.
    pub key_prefix: String,
    /// The rest of its key, which can be edited.
    pub key_rest: String,
    /// Bytes.
    pub size: u64,
    /// The icon.
    pub icon: Icon,
    /// What will come of it.
    pub result: UploadResult,
    /// What happens if its key exists.
    pub decision: ConflictPolicy,
    /// Parts it is sent in.
    pub parts: u64,
    /// Why its key cannot be used.
    pub problem: Option<String>,
}

/// What a file's key means on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadResult {
    /// The key is free.
    New,
    /// An object has this key.
    Exists,
    /// The key pair may not ask whether an object has this key; an upload finds out.
    Unknown,
    /// The key cannot be used.
    Invalid,
}

/// A file that will not be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedFile {
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// A change to a plan. What is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UploadChange {
    /// New keys. What was decided for the old ones is forgotten.
    pub keys: Vec<KeyChange>,
    /// A new policy for all files, in place of what was decided for single ones.
    pub policy: Option<ConflictPolicy>,
    /// A new access.
    pub access: Option<UploadAccess>,
    /// Decisions for single files.
    pub decisions: Vec<Decision>,
}

/// A new key for one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChange {
    /// The file's number in the plan.
    pub index: u64,
    /// The rest of its key, after the prefix.
    pub key_rest: String,
}

/// What to do with one file whose key exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// The file's number in the plan.
    pub index: u64,
    /// What to do.
    pub policy: ConflictPolicy,
}

/// What was chosen or dropped, and the plans being looked at.
#[derive(Default)]
pub(crate) struct Uploads {
    sources: Mutex<VecDeque<(SourceId, Vec<PathBuf>)>>,
    plans: Mutex<VecDeque<Draft>>,
}

/// As many choices and plans are remembered; the oldest go first. A window works on one at a time.
const REMEMBERED: usize = 32;

#[expect(
    clippy::unused_async,
    reason = "every method of the façade is async, whatever it needs today"
)]
impl App {
    /// Remembers what was chosen or dropped; the paths never leave the core.
    pub fn register_upload_source(&self, paths: Vec<PathBuf>) -> Result<SourceId> {
        let id = SourceId(random::hex_id()?);
        remember(&mut lock(&self.parts.work.uploads.sources), (id.clone(), paths));
        Ok(id)
    }

    /// Looks at the files and the bucket, and shows what an upload would do.
    pub async fn plan_upload(
        &self,
        source: &SourceId,
        target: UploadTarget,
        progress: &(dyn Fn(CountProgress) + Send + Sync),
        operation: &str,
    ) -> Result<UploadPlan> {
        let undecided = UploadChoices::default();
        self.plan_upload_as(source, target, undecided, progress, operation)
            .await
    }

    /// The same where things are decided already. The bucket is not looked at where that decides nothing: when objects are
    /// replaced, or files get free names.
    pub async fn plan_upload_as(
        &self,
        source: &SourceId,
        target: UploadTarget,
        choices: UploadChoices,
        progress: &(dyn Fn(CountProgress) + Send + Sync),
        operation: &str,
    ) -> Result<UploadPlan> {
        const OPERATION: &str = "planUpload";
        let running = self.parts.operations.begin(operation);
        let paths = self.parts.work.uploads.source(OPERATION, source)?;
        let client = self.client(&target.account_id).await?;
        let bucket = BucketName::parse(&target.bucket)?;
        let always_ask = self.settings().await?.always_ask_before_upload;
        let scan = scan_files(paths, running.cancel_token()).await?;
        progress(CountProgress {
            objects: scan.items.len() as u64,
            bytes: scan.total_bytes,
            done: false,
        });
        let mut draft = Draft::new(random::hex_id()?, target, scan, always_ask);
        draft.apply(&choices.into());
        if matches!(draft.policy, ConflictPolicy::Ask | ConflictPolicy::Skip) {
            let taken = taken_keys(&client, &bucket, &draft.keys_to_look_up(), running.cancel_token()).await?;
            draft.learn(taken);
        }
        progress(CountProgress {
            objects: draft.files(),
            bytes: draft.bytes(),
            done: true,
        });
        let plan = self.show(OPERATION, &mut draft)?;
        remember(&mut lock(&self.parts.work.uploads.plans), draft);
        Ok(plan)
    }

    /// Changes a plan; its earlier token stops working. New keys are looked up before the plan is shown again. An empty
    /// change gives a fresh token.
    pub async fn revise_upload(&self, plan_id: &str, change: UploadChange) -> Result<UploadPlan> {
        const OPERATION: &str = "reviseUpload";
        let mut draft = self.parts.work.uploads.plan(OPERATION, plan_id)?;
        draft.apply(&change);
        let client = self.client(&draft.target.account_id).await?;
        let bucket = BucketName::parse(&draft.target.bucket)?;
        let taken = taken_keys(&client, &bucket, &draft.keys_to_look_up(), &CancellationToken::new()).await?;
        // Another change may have come in while the server was asked: this one is made on top of it.
        let mut plans = lock(&self.parts.work.uploads.plans);
        let current = plans
            .iter_mut()
            .find(|plan| plan.id == plan_id)
            .ok_or_else(|| gone(OPERATION))?;
        current.apply(&change);
        current.learn(taken);
        self.show(OPERATION, current)
    }

    /// Starts a plan and gives its job. Refused while a conflict has no decision or a key cannot be used.
    pub async fn start_upload(&self, token: &PlanToken) -> Result<u64> {
        const OPERATION: &str = "startUpload";
        let shown: ShownUpload = self.parts.plans.take(OPERATION, token)?;
        let draft = self.parts.work.uploads.plan(OPERATION, &shown.plan_id)?;
        if draft.revision != shown.revision {
            return Err(Error::stale_plan(
                OPERATION,
                "Nothing was sent: the upload was changed after it was shown.",
            ));
        }
        let client = self.client(&draft.target.account_id).await?;
        let spec = start::spec(&draft, client)?;
        let job = self.start_job(OPERATION, JobSpec::Upload(spec)).await?;
        self.discard_upload(&shown.plan_id).await?;
        Ok(job.get())
    }

    /// Forgets a plan. One that is gone is no error.
    pub async fn discard_upload(&self, plan_id: &str) -> Result<()> {
        let mut plans = lock(&self.parts.work.uploads.plans);
        let found = plans.iter().position(|plan| plan.id == plan_id);
        if let Some(token) = found
            .and_then(|index| plans.remove(index))
            .and_then(|draft| draft.token)
        {
            self.parts.plans.revoke(&token);
        }
        Ok(())
    }

    /// Where a plan goes, who may read it, and the name and key of every file it sends.
    pub(crate) fn planned_upload(&self, operation: &str, plan_id: &str) -> Result<PlannedUpload> {
        let draft = self.parts.work.uploads.plan(operation, plan_id)?;
        let sent = draft.planned.iter().filter(|file| !draft.is_skipped(file));
        Ok(PlannedUpload {
            files: sent
                .map(|file| (draft::file_name(&file.path), draft.key(file)))
                .collect(),
            access: draft.access,
            bucket: draft.target.bucket,
        })
    }

    /// Shows a draft as a plan, with a new token for exactly this state of it.
    fn show(&self, operation: &str, draft: &mut Draft) -> Result<UploadPlan> {
        if draft.is_empty() {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                operation,
                "There is nothing to upload in what was chosen.",
            )
            .with_hint(draft.skipped_hint()));
        }
        if let Some(before) = draft.token.take() {
            self.parts.plans.revoke(&before);
        }
        draft.revision += 1;
        let token = self.parts.plans.issue(ShownUpload {
            plan_id: draft.id.clone(),
            revision: draft.revision,
        })?;
        draft.token = Some(token.clone());
        Ok(draft.shown(token))
    }
}

/// What a plan sends.
pub(crate) struct PlannedUpload {
    pub(crate) bucket: String,
    pub(crate) access: UploadAccess,
    /// Name and key.
    pub(crate) files: Vec<(String, String)>,
}

/// What an upload token is bound to.
struct ShownUpload {
    plan_id: String,
    revision: u64,
}

impl Uploads {
    /// Forgets the plans of an account: their keys were looked up where it was before.
    pub(crate) fn forget_account(&self, account: &AccountId) {
        lock(&self.plans).retain(|plan| plan.target.account_id != *account);
    }

    fn source(&self, operation: &str, id: &SourceId) -> Result<Vec<PathBuf>> {
        let sources = lock(&self.sources);
        let found = sources
            .iter()
            .find(|(known, _)| known == id)
            .map(|(_, paths)| paths.clone());
        found.ok_or_else(|| {
            Error::stale_plan(operation, "These files are no longer known.").with_hint("Choose them again.")
        })
    }

    fn plan(&self, operation: &str, id: &str) -> Result<Draft> {
        lock(&self.plans)
            .iter()
            .find(|plan| plan.id == id)
            .cloned()
            .ok_or_else(|| gone(operation))
    }
}

fn gone(operation: &str) -> Error {
    Error::stale_plan(operation, "This upload is no longer waiting.").with_hint("Choose the files again.")
}

async fn scan_files(paths: Vec<PathBuf>, cancel: &CancellationToken) -> Result<Scan> {
    let token = cancel.clone();
    let scan = tokio::task::spawn_blocking(move || dipper_transfer::scan(&paths, &token));
    let scan = scan.await.map_err(|cause| Error::internal("planUpload", cause))?;
    if cancel.is_cancelled() {
        return Err(Error::new(
            ErrorKind::Cancelled,
            "planUpload",
            "Stopped before anything was sent.",
        ));
    }
    Ok(scan)
}

fn remember<T>(queue: &mut VecDeque<T>, item: T) {
    queue.truncate(REMEMBERED - 1);
    queue.push_front(item);
}

fn lock<T>(queue: &Mutex<VecDeque<T>>) -> MutexGuard<'_, VecDeque<T>> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}
