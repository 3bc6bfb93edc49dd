//! Files to a bucket: planned, decided, sent.

use std::path::{Path, PathBuf};

use dipper_app::{
    ConflictPolicy, Decision, UploadAccess, UploadChange, UploadChoices, UploadPlan, UploadResult, UploadTarget,
};

use super::Choices;
use crate::conflicts::{Asker, Conflict};
use crate::exit::{Code, Failure, say};
use crate::output::{counted, escaped};
use crate::place::{Place, means_content};
use crate::progress::{self, Outcome};
use crate::session::Session;

pub(super) async fn run(
    session: &Session,
    paths: &[PathBuf],
    target: &Place,
    choices: &Choices,
    access: UploadAccess,
) -> Result<Code, Failure> {
    if target.bucket.is_empty() {
        return Err(Failure::usage(format!(
            "“{}” names no bucket to copy to.",
            target.typed
        )));
    }
    let account = session.account(&target.owner).await?;
    let sources = sources(paths, choices.recursive)?;
    let (prefix, key_rest) = keys(paths, target, choices.recursive)?;
    let plan = session
        .app
        .plan_upload_as(
            &session.app.register_upload_source(sources)?,
            UploadTarget {
                account_id: account.id,
                bucket: target.bucket.clone(),
                prefix,
            },
            UploadChoices {
                policy: policy(choices.conflict),
                access,
                key_rest,
            },
            &|_| (),
            "cp",
        )
        .await?;
    warn(session, &plan);
    let plan = decided(session, plan).await?;
    let skipped = plan.files - plan.to_send;
    let mut outcome = Outcome {
        jobs: Vec::new(),
        skipped,
        left_out: plan.skipped.len() as u64,
    };
    if plan.to_send > 0 {
        let job = session.app.start_upload(&plan.token).await?;
        outcome.jobs = progress::follow(session, &[job]).await?;
    }
    progress::report(session, "copied", &outcome)
}

/// What is looked through: a folder whose content is meant is replaced by what is in it.
fn sources(paths: &[PathBuf], recursive: bool) -> Result<Vec<PathBuf>, Failure> {
    let mut sources = Vec::with_capacity(paths.len());
    for path in paths {
        let metadata = std::fs::metadata(path).map_err(|cause| unreadable(path, &cause))?;
        if !metadata.is_dir() {
            sources.push(path.clone());
            continue;
        }
        if !recursive {
            return Err(Failure::usage(format!("“{}” is a folder.", path.display()))
                .with_hint("Say -r to take everything in it."));
        }
        if means_content(path) {
            let entries = std::fs::read_dir(path).map_err(|cause| unreadable(path, &cause))?;
            for entry in entries {
                sources.push(entry.map_err(|cause| unreadable(path, &cause))?.path());
            }
        } else {
            sources.push(path.clone());
        }
    }
    Ok(sources)
}

fn unreadable(path: &Path, cause: &std::io::Error) -> Failure {
    let code = match cause.kind() {
        std::io::ErrorKind::NotFound => Code::NotFound,
        _ => Code::Failed,
    };
    Failure::new(code, format!("Could not read “{}”: {cause}.", path.display()))
}

/// The start of all keys, and the rest where one file gets exactly the key of the target.
fn keys(paths: &[PathBuf], target: &Place, recursive: bool) -> Result<(String, Option<String>), Failure> {
    if target.is_folder() {
        return Ok((target.key.clone(), None));
    }
    match paths {
        _ if recursive => Ok((format!("{}/", target.key), None)),
        [_] => Ok((String::new(), Some(target.key.clone()))),
        _ => Err(Failure::usage(format!(
            "Several files do not fit into the one object “{}”.",
            target.typed
        ))
        .with_hint("End the target with / to put them below it.")),
    }
}

fn policy(conflict: Conflict) -> ConflictPolicy {
    match conflict {
        Conflict::Ask => ConflictPolicy::Ask,
        Conflict::Skip => ConflictPolicy::Skip,
        Conflict::Overwrite => ConflictPolicy::Replace,
        Conflict::Rename => ConflictPolicy::KeepBoth,
    }
}

fn warn(session: &Session, plan: &UploadPlan) {
    for skipped in &plan.skipped {
        say(&format!(
            "dip: {} is left out: {}",
            escaped(&skipped.name),
            escaped(&skipped.reason)
        ));
    }
    if !session.global.quiet {
        for name in &plan.sensitive {
            say(&format!("dip: anyone will be able to read {}", escaped(name)));
        }
    }
}

/// Asks about every file whose key is taken. A plan shows the first two hundred; what comes behind them gets one answer.
async fn decided(session: &Session, plan: UploadPlan) -> Result<UploadPlan, Failure> {
    if plan.undecided == 0 {
        return Ok(plan);
    }
    let mut asker = Asker::default();
    let mut decisions = Vec::new();
    for item in plan.items.iter().filter(|item| item.result == UploadResult::Exists) {
        let name = format!("{}{}", item.key_prefix, item.key_rest);
        decisions.push(Decision {
            index: item.index,
            policy: policy(asker.decide(&name).await?),
        });
    }
    let behind = plan.undecided.saturating_sub(decisions.len() as u64);
    let policy = match behind {
        0 => None,
        behind => Some(policy(asker.decide(&counted(behind, "more key")).await?)),
    };
    let change = UploadChange {
        policy,
        decisions,
        ..UploadChange::default()
    };
    Ok(session.app.revise_upload(&plan.plan_id, change).await?)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn keys_of(files: usize, target: &str, recursive: bool) -> Option<(String, Option<String>)> {
        let paths = vec![PathBuf::from("photo.jpg"); files];
        keys(&paths, &Place::read(target), recursive).ok()
    }

    #[test]
    fn one_file_gets_the_name_that_was_typed_and_several_go_below_it() {
        let below = |prefix: &str| Some((prefix.to_owned(), None));
        assert_eq!(
            keys_of(1, ":b/new.jpg", false),
            Some((String::new(), Some("new.jpg".to_owned())))
        );
        assert_eq!(keys_of(1, ":b/2026/", false), below("2026/"));
        assert_eq!(keys_of(1, ":b", false), below(""));
        assert_eq!(keys_of(2, ":b/2026/", false), below("2026/"));
        assert_eq!(keys_of(2, ":b/2026", false), None);
        assert_eq!(keys_of(1, ":b/2026", true), below("2026/"));
    }

    #[test]
    fn folders_need_to_be_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), "a").unwrap();
        let path = folder.path().to_path_buf();
        let content = PathBuf::from(format!("{}/", path.display()));
        assert_eq!(
            sources(std::slice::from_ref(&path), false).unwrap_err().code,
            Code::Usage
        );
        assert_eq!(
            sources(std::slice::from_ref(&path), true).unwrap(),
            std::slice::from_ref(&path)
        );
        assert_eq!(sources(&[content], true).unwrap(), [path.join("a")]);
        assert_eq!(sources(&[path.join("gone")], true).unwrap_err().code, Code::NotFound);
    }
}
