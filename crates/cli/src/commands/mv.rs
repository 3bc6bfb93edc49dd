//! `dip mv`: objects to another key, bucket or account.

use super::cp::Choices;
use super::cp::across::{self, Way};
use crate::arguments::MvArguments;
use crate::exit::{Code, Failure};
use crate::place::Place;
use crate::session::Session;

pub(super) async fn run(session: &Session, arguments: &MvArguments) -> Result<Code, Failure> {
    super::cp::limit(session, arguments.how.limit);
    let choices = Choices::new(&arguments.how);
    let places = arguments.places.iter().map(|text| Place::in_bucket(text));
    let mut places: Vec<Place> = places.collect::<Result<_, _>>()?;
    let Some(target) = places.pop() else {
        return Err(Failure::usage("There is nothing to move."));
    };
    across::run(session, &places, &target, &choices, Way::moving(arguments.acl)).await
}
