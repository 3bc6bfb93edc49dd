//! `dip rm`: deletes objects. Exactly those that were counted go, and none that come to the same folder later.

use serde::Serialize;

use crate::arguments::RmArguments;
use crate::exit::{Code, Failure};
use crate::output::{counted, size};
use crate::place::Place;
use crate::progress::{self, Outcome};
use crate::prompt;
use crate::select::{Reach, Selection, select};
use crate::session::Session;

/// What would go, in JSON.
#[derive(Serialize)]
struct WouldDelete<'a> {
    #[serde(rename = "type")]
    record: &'static str,
    bucket: &'a str,
    key: &'a str,
    size: u64,
}

/// How much would go, in JSON.
#[derive(Serialize)]
struct WouldDeleteInAll {
    #[serde(rename = "type")]
    record: &'static str,
    objects: u64,
    bytes: u64,
}

pub(super) async fn run(session: &Session, arguments: &RmArguments) -> Result<Code, Failure> {
    let reach = if arguments.recursive {
        Reach::Objects
    } else {
        Reach::Single
    };
    let mut chosen: Vec<Selection> = Vec::new();
    for text in &arguments.places {
        let place = Place::in_bucket(text)?;
        add(&mut chosen, select(session, &place, reach).await?);
    }
    let objects = chosen.iter().map(|chosen| chosen.objects.len() as u64).sum();
    let bytes = chosen.iter().map(Selection::bytes).sum();
    if arguments.dry_run {
        return show(
            session,
            &chosen,
            &WouldDeleteInAll {
                record: "would_delete_in_all",
                objects,
                bytes,
            },
        );
    }
    let buckets: Vec<String> = chosen
        .iter()
        .map(|chosen| session.out.name(&chosen.bucket).into_owned())
        .collect();
    let question = format!(
        "Delete {}, {}, from {}?",
        counted(objects, "object"),
        size(bytes, true),
        buckets.join(", ")
    );
    prompt::confirm(question, arguments.yes).await?;
    let mut jobs = Vec::new();
    for chosen in chosen {
        let bucket = chosen.bucket.clone();
        let plan = session.app.plan_delete(&chosen.into_target(), &|_| (), "rm").await?;
        jobs.push(session.app.delete_objects(&plan.token, Some(&bucket)).await?);
    }
    let outcome = Outcome {
        jobs: progress::follow(session, &jobs).await?,
        ..Outcome::default()
    };
    progress::report(session, "deleted", &outcome)
}

/// One selection for each bucket, and each object in it once.
fn add(chosen: &mut Vec<Selection>, more: Selection) {
    let same = |before: &&mut Selection| before.account == more.account && before.bucket == more.bucket;
    match chosen.iter_mut().find(same) {
        Some(before) => {
            before.objects.extend(more.objects);
            before.objects.sort_by(|a, b| a.key.as_str().cmp(b.key.as_str()));
            before.objects.dedup_by(|a, b| a.key == b.key);
        }
        None => chosen.push(more),
    }
}

fn show(session: &Session, chosen: &[Selection], in_all: &WouldDeleteInAll) -> Result<Code, Failure> {
    for chosen in chosen {
        for object in &chosen.objects {
            let record = WouldDelete {
                record: "would_delete",
                bucket: &chosen.bucket,
                key: object.key.as_str(),
                size: object.size,
            };
            session.out.record(&record, |record| {
                format!(
                    "{:>14}  {}/{}",
                    record.size,
                    session.out.name(record.bucket),
                    session.out.name(record.key)
                )
            })?;
        }
    }
    session.out.record(in_all, |in_all| {
        let (objects, bytes) = (counted(in_all.objects, "object"), in_all.bytes);
        format!("{bytes:>14}  {objects} would be deleted; nothing was")
    })?;
    Ok(Code::Done)
}
