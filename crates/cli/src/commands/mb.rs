//! `dip mb`: new buckets.

use serde::Serialize;

use crate::exit::{Code, Failure};
use crate::place::Place;
use crate::session::Session;

#[derive(Serialize)]
struct Made {
    #[serde(rename = "type")]
    record: &'static str,
    action: &'static str,
    name: String,
    already_yours: bool,
}

pub(super) async fn run(session: &Session, places: &[String]) -> Result<Code, Failure> {
    for text in places {
        let place = Place::bucket(text)?;
        let account = session.account(&place.owner).await?;
        let made = session.app.create_bucket(&account.id, &place.bucket).await?;
        let made = Made {
            record: "bucket",
            action: "made",
            name: made.name,
            already_yours: made.already_yours,
        };
        if session.out.is_json() {
            session.out.record(&made, |_| String::new())?;
        } else if made.already_yours && !session.global.quiet {
            session
                .out
                .words(&format!("{} was yours already", session.out.name(&made.name)))?;
        }
    }
    Ok(Code::Done)
}
