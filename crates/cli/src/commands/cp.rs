//! `dip cp`: files to objects, objects to files, and objects to other places.
//!
//! Which way it goes is said by the arguments, which are places or paths. Nothing that is there is replaced unless that was
//! said.

pub(super) mod across;
mod download;
mod rate;
mod upload;

use std::path::PathBuf;

use dipper_app::{TransferLimits, UploadAccess};

pub(crate) use rate::rate;

use crate::arguments::{AclName, CopyAclName, CpArguments, HowToCopy};
use crate::conflicts::Conflict;
use crate::exit::{Code, Failure};
use crate::place::{Argument, Place};
use crate::session::Session;

/// What was asked for, whichever way it goes.
pub(super) struct Choices {
    pub(super) recursive: bool,
    pub(super) conflict: Conflict,
}

impl Choices {
    pub(super) fn new(how: &HowToCopy) -> Self {
        let said = how.overwrite.then_some(Conflict::Overwrite).or(how.conflict);
        Self {
            recursive: how.recursive,
            conflict: Conflict::or_default(said),
        }
    }
}

pub(super) async fn run(session: &Session, arguments: CpArguments) -> Result<Code, Failure> {
    limit(session, arguments.how.limit);
    let choices = Choices::new(&arguments.how);
    let mut read: Vec<Argument> = arguments.places.iter().map(|text| Argument::read(text)).collect();
    let Some(target) = read.pop() else {
        return Err(Failure::usage("There is nothing to copy."));
    };
    let (mut places, mut paths): (Vec<Place>, Vec<PathBuf>) = (Vec::new(), Vec::new());
    for source in read {
        match source {
            Argument::Place(place) => places.push(place),
            Argument::Path(path) => paths.push(path),
        }
    }
    match target {
        Argument::Place(target) if places.is_empty() => {
            upload::run(session, &paths, &target, &choices, access(arguments.acl)?).await
        }
        Argument::Path(target) if paths.is_empty() => download::run(session, &places, &target, &choices).await,
        Argument::Place(target) if paths.is_empty() => {
            across::run(session, &places, &target, &choices, across::Way::copying(arguments.acl)).await
        }
        Argument::Place(_) => Err(Failure::usage(
            "Some sources are files and some are places: copy them one kind after the other.",
        )
        .with_hint("A place is account:bucket/key or s3://bucket/key; a file with a colon is ./like:this.")),
        Argument::Path(target) => Err(Failure::usage(format!(
            "Both sides are files: where in which bucket is “{}”?",
            target.display()
        ))
        .with_hint("A place is account:bucket/key, s3://bucket/key or :bucket/key.")),
    }
}

/// At most so many bytes a second, up and down.
pub(super) fn limit(session: &Session, rate: Option<u64>) {
    session.app.limit_transfers(TransferLimits {
        up: rate,
        down: rate,
        ..TransferLimits::default()
    });
}

/// Who may read what is sent. A file has no access rights that an object could keep.
fn access(acl: Option<CopyAclName>) -> Result<UploadAccess, Failure> {
    match acl {
        None => Ok(super::access(None)),
        Some(CopyAclName::Private) => Ok(super::access(Some(AclName::Private))),
        Some(CopyAclName::Public) => Ok(super::access(Some(AclName::Public))),
        Some(CopyAclName::Keep) => Err(Failure::usage("A file has no access rights to keep.")),
    }
}
