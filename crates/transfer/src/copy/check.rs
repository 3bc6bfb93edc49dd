//! What would not be what anybody means is refused before anything is begun.

use std::collections::HashSet;

use dipper_storage::ErrorKind;

use crate::error::{Error, Result};
use crate::spec::{CopyFolder, CopySpec};
use crate::work::server_of;

/// Fails where a copy would replace its own source, another source, or another copy of the same job.
pub(crate) fn check(spec: &CopySpec) -> Result<()> {
    let mut targets = HashSet::with_capacity(spec.objects.len());
    if let Some(twice) = spec.objects.iter().find(|object| !targets.insert(&object.to)) {
        return Err(refused(&format!("two of them would become `{}`", twice.to)));
    }
    let overlap = |one: &CopyFolder, other: &CopyFolder| one.to.as_str().starts_with(other.to.as_str());
    for (at, folder) in spec.folders.iter().enumerate() {
        let mut others = spec.folders.iter().enumerate().filter(|(other, _)| *other != at);
        if others.any(|(_, other)| overlap(folder, other)) {
            return Err(refused(&format!("two of them would go to `{}`", folder.to.as_str())));
        }
        let mut objects = spec.objects.iter();
        if let Some(object) = objects.find(|object| object.to.as_str().starts_with(folder.to.as_str())) {
            return Err(refused(&format!("two of them may become `{}`", object.to)));
        }
    }
    if is_one_bucket(spec) {
        apart(spec)?;
    }
    Ok(())
}

/// In one bucket sources and copies must not be the same.
fn apart(spec: &CopySpec) -> Result<()> {
    let sources: HashSet<_> = spec.objects.iter().map(|object| &object.from).collect();
    for object in &spec.objects {
        if object.from == object.to {
            return Err(refused(&format!("`{}` would be copied onto itself", object.from)));
        }
        if sources.contains(&object.to) {
            return Err(refused(&format!("`{}` is to be copied and to be replaced", object.to)));
        }
    }
    match spec
        .folders
        .iter()
        .find(|folder| folder.to.as_str().starts_with(folder.from.as_str()))
    {
        Some(folder) => Err(refused(&format!(
            "`{}` would be copied into itself",
            folder.from.as_str()
        ))),
        None => Ok(()),
    }
}

/// Whether it goes from a bucket to the very same. Two accounts may see the same bucket.
pub(crate) fn is_one_bucket(spec: &CopySpec) -> bool {
    let same_server =
        spec.from.account == spec.to.account || server_of(&spec.from.client) == server_of(&spec.to.client);
    same_server && spec.from.bucket == spec.to.bucket
}

fn refused(why: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, format!("Could not begin to copy: {why}"))
        .with_hint("Choose another place, or copy them one after the other.")
}
