//! Uploads before a byte is sent: what was chosen or dropped, which keys it becomes, which of them exist, and who may
//! read them. A plan is shown, changed and started by its newest token only.
//!
//! The web view never sees or sends a path: the shell registers paths and hands out a source id.

use std::path::PathBuf;

use crate::error::Result;
use crate::kinds::Icon;
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadAccess {
    /// No ACL header is sent: the server decides.
    ServerDefault,
    /// The canned ACL `private`.
    Private,
    /// The canned ACL `public-read`.
    Public,
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
    /// Keys that exist and have no decision yet.
    pub conflicts: u64,
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
    /// New keys.
    pub keys: Vec<KeyChange>,
    /// A new policy.
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

impl App {
    /// Remembers what was chosen or dropped; the paths never leave the core.
    pub fn register_upload_source(&self, _paths: Vec<PathBuf>) -> Result<SourceId> {
        todo!()
    }
    /// Looks at the files and the bucket, and shows what an upload would do.
    pub async fn plan_upload(
        &self,
        _source: &SourceId,
        _target: UploadTarget,
        _progress: &(dyn Fn(CountProgress) + Send + Sync),
        _operation: &str,
    ) -> Result<UploadPlan> {
        todo!()
    }
    /// Changes a plan; its earlier token stops working.
    pub async fn revise_upload(&self, _plan_id: &str, _change: UploadChange) -> Result<UploadPlan> {
        todo!()
    }
    /// Starts a plan and gives its job. Refused while a conflict has no decision or a key cannot be used.
    pub async fn start_upload(&self, _token: &PlanToken) -> Result<u64> {
        todo!()
    }
    /// Forgets a plan.
    pub async fn discard_upload(&self, _plan_id: &str) -> Result<()> {
        todo!()
    }
}
