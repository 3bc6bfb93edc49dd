//! From a looked-at draft to the engine's orders: every conflict decided, every key exact.

use std::collections::HashSet;

use dipper_storage::{BucketName, CannedAcl, Client, ObjectKey};
use dipper_transfer::{ConflictPolicy as EnginePolicy, UploadItem, UploadSpec};

use super::draft::{Draft, PlannedFile, undecided_words};
use super::taken::exists;
use super::{ConflictPolicy, UploadAccess, UploadResult};
use crate::error::{Error, ErrorKind, Result};

const OPERATION: &str = "startUpload";

/// The orders for the engine. Refused while a conflict has no decision or a key cannot be used, and when every file is
/// to be skipped.
pub(super) async fn spec(draft: &Draft, client: Client) -> Result<UploadSpec> {
    refuse_unusable(draft)?;
    let bucket = BucketName::parse(&draft.target.bucket)?;
    let policy = engine_policy(draft);
    let mut items = Vec::with_capacity(draft.planned.len());
    let mut given: HashSet<String> = draft.planned.iter().map(|file| draft.key(file)).collect();
    for file in &draft.planned {
        let key = draft.key(file);
        let key = match (draft.result(file), draft.decided(file)) {
            (UploadResult::Exists, ConflictPolicy::Skip) => continue,
            (UploadResult::Exists, ConflictPolicy::KeepBoth) if policy != EnginePolicy::KeepBoth => {
                free_key(&client, &bucket, &key, &mut given).await?
            }
            _ => ObjectKey::parse(&key)?,
        };
        items.push(item(file, key));
    }
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
        bucket,
        items,
        canned_acl: match draft.access {
            UploadAccess::ServerDefault => None,
            UploadAccess::Private => Some(CannedAcl::Private),
            UploadAccess::Public => Some(CannedAcl::PublicRead),
        },
        conflict: policy,
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
    let undecided = draft
        .planned
        .iter()
        .filter(|file| draft.result(file) == UploadResult::Exists && draft.decided(file) == ConflictPolicy::Ask);
    match undecided.count() as u64 {
        0 => Ok(()),
        conflicts => Err(Error::new(ErrorKind::Conflict, OPERATION, undecided_words(conflicts))
            .with_hint("Replace them, skip them, or keep both.")),
    }
}

/// What the engine does where a key turns out to be taken. Replacing is allowed only if it was decided for some file;
/// a key taken since the plan was shown is otherwise left alone.
fn engine_policy(draft: &Draft) -> EnginePolicy {
    let existing = draft
        .planned
        .iter()
        .filter(|file| draft.result(file) == UploadResult::Exists);
    let decided: HashSet<ConflictPolicy> = existing.map(|file| draft.decided(file)).collect();
    if decided.contains(&ConflictPolicy::Replace) || draft.policy == ConflictPolicy::Replace {
        EnginePolicy::Overwrite
    } else if decided.contains(&ConflictPolicy::KeepBoth) || draft.policy == ConflictPolicy::KeepBoth {
        EnginePolicy::KeepBoth
    } else {
        EnginePolicy::Skip
    }
}

/// `name (2).ext`, or the next number that neither the server nor this upload has.
async fn free_key(client: &Client, bucket: &BucketName, key: &str, given: &mut HashSet<String>) -> Result<ObjectKey> {
    for number in 2..1_000 {
        let candidate = numbered(key, number);
        let parsed = ObjectKey::parse(&candidate)?;
        if !given.contains(&candidate) && !exists(client, bucket, &parsed).await? {
            given.insert(candidate);
            return Ok(parsed);
        }
    }
    Err(Error::new(
        ErrorKind::Conflict,
        OPERATION,
        "Nothing was sent: no free name was found beside a key that exists.",
    )
    .with_key(key))
}

/// The number goes before the extension of the last segment; a leading dot is no extension.
fn numbered(key: &str, number: u32) -> String {
    let name = key.rfind('/').map_or(0, |slash| slash + 1);
    match key[name..].rfind('.') {
        Some(dot) if dot > 0 => format!("{} ({number}){}", &key[..name + dot], &key[name + dot..]),
        _ => format!("{key} ({number})"),
    }
}

fn item(file: &PlannedFile, key: ObjectKey) -> UploadItem {
    UploadItem {
        source: file.path.clone(),
        key,
        size: file.size,
        modified: file.modified,
        content_type: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_before_the_extension_of_the_name() {
        assert_eq!(numbered("a/b.c/photo.jpg", 2), "a/b.c/photo (2).jpg");
        assert_eq!(numbered("a/b.c/photo", 3), "a/b.c/photo (3)");
        assert_eq!(numbered("a/.env", 2), "a/.env (2)");
        assert_eq!(numbered("x.tar.gz", 2), "x.tar (2).gz");
    }
}
