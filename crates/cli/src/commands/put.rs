//! `dip put`: standard input becomes an object, byte for byte, whatever its length.

use dipper_app::PutObject;
use serde::Serialize;

use crate::arguments::PutArguments;
use crate::exit::{Code, Failure};
use crate::place::Place;
use crate::session::Session;

#[derive(Serialize)]
struct Stored<'a> {
    #[serde(rename = "type")]
    record: &'static str,
    action: &'static str,
    bucket: &'a str,
    key: &'a str,
    bytes: u64,
}

pub(super) async fn run(session: &Session, arguments: PutArguments) -> Result<Code, Failure> {
    let place = Place::in_bucket(&arguments.place)?;
    let account = session.account(&place.owner).await?;
    // A key is taken as it is typed: there is nothing yet that a pattern could match.
    if place.key.is_empty() {
        return Err(Failure::usage(format!("“{}” names no object.", place.typed)).with_hint("Write bucket/key."));
    }
    let object = PutObject {
        account_id: account.id,
        bucket: place.bucket,
        key: place.key,
        content_type: arguments.content_type,
        access: super::access(arguments.acl),
        replace: arguments.overwrite,
    };
    let bytes = session.app.put_object(&object, input()?).await?;
    if session.out.is_json() {
        let stored = Stored {
            record: "object",
            action: "stored",
            bucket: &object.bucket,
            key: &object.key,
            bytes,
        };
        session.out.record(&stored, |_| String::new())?;
    }
    Ok(Code::Done)
}

/// Standard input as a file that is read beside everything else. No buffer of the standard library stands in between.
fn input() -> Result<tokio::fs::File, Failure> {
    #[cfg(unix)]
    let input = {
        use std::os::fd::AsFd as _;
        std::io::stdin().as_fd().try_clone_to_owned()
    };
    #[cfg(windows)]
    let input = {
        use std::os::windows::io::AsHandle as _;
        std::io::stdin().as_handle().try_clone_to_owned()
    };
    match input {
        Ok(input) => Ok(tokio::fs::File::from_std(std::fs::File::from(input))),
        Err(cause) => Err(Failure::new(
            Code::Failed,
            format!("Could not read the standard input: {cause}."),
        )),
    }
}
