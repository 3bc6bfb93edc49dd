//! `dip du`: how much there is.

use dipper_app::ListDepth;
use serde::Serialize;

use crate::arguments::DuArguments;
use crate::exit::{Code, Failure};
use crate::output::{counted, size};
use crate::pattern::Wanted;
use crate::place::Place;
use crate::select::not_found;
use crate::session::Session;

#[derive(Serialize)]
struct Usage<'a> {
    #[serde(rename = "type")]
    record: &'static str,
    place: &'a str,
    bucket: &'a str,
    objects: u64,
    bytes: u64,
}

pub(super) async fn run(session: &Session, arguments: &DuArguments) -> Result<Code, Failure> {
    for text in &arguments.places {
        let place = Place::in_bucket(text)?;
        let usage = usage(session, &place).await?;
        session.out.record(&usage, |usage| {
            let bytes = size(usage.bytes, arguments.human);
            let objects = counted(usage.objects, "object");
            format!("{bytes:>14}  {objects:>14}  {}", session.out.name(usage.place))
        })?;
    }
    Ok(Code::Done)
}

async fn usage<'p>(session: &Session, place: &'p Place) -> Result<Usage<'p>, Failure> {
    let account = session.account(&place.owner).await?;
    let wanted = Wanted::read(&place.key)?;
    let prefix = match &wanted {
        Wanted::Literal(key) => key.as_str(),
        Wanted::Pattern(pattern) => &pattern.prefix,
    };
    // `2026` means the object and what is in the folder, not `2026-old` beside them.
    let is_wanted = |key: &str| match &wanted {
        Wanted::Literal(wanted) if wanted.is_empty() || wanted.ends_with('/') => true,
        Wanted::Literal(wanted) => key.len() == wanted.len() || key[wanted.len()..].starts_with('/'),
        Wanted::Pattern(pattern) => pattern.matches_or_holds(key),
    };
    let mut usage = Usage {
        record: "usage",
        place: &place.typed,
        bucket: &place.bucket,
        objects: 0,
        bytes: 0,
    };
    let app = &session.app;
    let mut pages = app
        .list_objects(&account.id, &place.bucket, prefix, ListDepth::Everything)
        .await?;
    while let Some(page) = pages.next().await? {
        for object in page.objects.iter().filter(|object| is_wanted(object.key.as_str())) {
            usage.objects += 1;
            usage.bytes += object.size;
        }
    }
    if usage.objects == 0 && !place.key.is_empty() {
        return Err(not_found(place));
    }
    Ok(usage)
}
