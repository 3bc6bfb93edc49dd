//! `dip cp`: files to objects, and objects to files.
//!
//! Which way it goes is said by the arguments: one side is places, the other is paths. Nothing that is there is replaced
//! unless that was said.

mod download;
mod rate;
mod upload;

use std::path::PathBuf;

use dipper_app::TransferLimits;

pub(crate) use rate::rate;

use crate::arguments::CpArguments;
use crate::conflicts::Conflict;
use crate::exit::{Code, Failure};
use crate::place::{Argument, Place};
use crate::session::Session;

/// What was asked for, whichever way it goes.
struct Choices {
    recursive: bool,
    conflict: Conflict,
}

pub(super) async fn run(session: &Session, arguments: CpArguments) -> Result<Code, Failure> {
    let said = arguments
        .overwrite
        .then_some(Conflict::Overwrite)
        .or(arguments.conflict);
    session.app.limit_transfers(TransferLimits {
        up: arguments.limit,
        down: arguments.limit,
        ..TransferLimits::default()
    });
    let choices = Choices {
        recursive: arguments.recursive,
        conflict: Conflict::or_default(said),
    };
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
            upload::run(session, &paths, &target, &choices, super::access(arguments.acl)).await
        }
        Argument::Path(target) if paths.is_empty() => download::run(session, &places, &target, &choices).await,
        Argument::Place(_) => Err(
            Failure::usage("cp goes from files to a bucket, or from a bucket to files.")
                .with_hint("A place is account:bucket/key or s3://bucket/key; a file with a colon is ./like:this."),
        ),
        Argument::Path(target) => Err(Failure::usage(format!(
            "Both sides are files: where in which bucket is “{}”?",
            target.display()
        ))
        .with_hint("A place is account:bucket/key, s3://bucket/key or :bucket/key.")),
    }
}
