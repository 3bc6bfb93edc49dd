//! From a looked-at draft to the engine's orders: every conflict decided, every key exact.

use dipper_storage::{BucketName, Client, ObjectKey};
use dipper_transfer::{ConflictPolicy as EnginePolicy, UploadItem, UploadSpec};

use super::draft::{Draft, PlannedFile, undecided_words};
use super::{ConflictPolicy, UploadResult};
use crate::error::{Error, ErrorKind, Result};

const OPERATION: &str = "startUpload";

/// The orders for the engine. Refused while a conflict has no decision or a key cannot be used, and when every file is
/// to be skipped.
pub(super) fn spec(draft: &Draft, client: Client) -> Result<UploadSpec> {
    refuse_unusable(draft)?;
    let items = draft
        .planned
        .iter()
        .filter(|file| !draft.is_skipped(file))
        .map(|file| item(draft, file))
        .collect::<Result<Vec<_>>>()?;
    if items.is_empty() {
        return Err(Error::new(
            ErrorKind::Conflict,
            OPERATION,
            "Nothing was sent: every file's key exists and is skipped.",
        ));
    }
    Ok(UploadSpec {
        client,
        account: draft.target.account_id.to_string(),
        bucket: BucketName::parse(&draft.target.bucket)?,
        items,
        canned_acl: draft.access.canned(),
    })
}

fn refuse_unusable(draft: &Draft) -> Result<()> {
    if let Some(problem) = draft.planned.iter().find_map(|file| draft.problem(file)) {
        return Err(Error::field_at_fault(
            OPERATION,
            "keys",
            format!("Nothing was sent: {problem}"),
        ));
    }
    match draft.planned.iter().filter(|file| draft.is_undecided(file)).count() as u64 {
        0 => Ok(()),
        undecided => Err(Error::new(ErrorKind::Conflict, OPERATION, undecided_words(undecided))
            .with_hint("Replace them, skip them, or keep both.")),
    }
}

/// What the engine does if the key is taken when its turn comes. Replacing needs a decision for this very file, or for
/// all; a key taken since the plan was shown is otherwise left alone.
fn engine_policy(draft: &Draft, file: &PlannedFile) -> EnginePolicy {
    let exists = draft.result(file) == UploadResult::Exists;
    let decided = if exists { draft.decided(file) } else { draft.policy };
    match decided {
        ConflictPolicy::Replace => EnginePolicy::Overwrite,
        ConflictPolicy::KeepBoth => EnginePolicy::KeepBoth,
        ConflictPolicy::Skip | ConflictPolicy::Ask => EnginePolicy::Skip,
    }
}

fn item(draft: &Draft, file: &PlannedFile) -> Result<UploadItem> {
    Ok(UploadItem {
        source: file.path.clone(),
        key: ObjectKey::parse(&draft.key(file))?,
        size: file.size,
        modified: file.modified,
        content_type: None,
        conflict: engine_policy(draft, file),
    })
}
