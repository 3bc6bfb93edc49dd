//! `dip rb`: deletes a bucket; one that is not empty only when that was said.

use dipper_app::{DeleteBucketPlan, ErrorKind};
use serde::Serialize;

use crate::arguments::RbArguments;
use crate::exit::{Code, Failure};
use crate::output::{counted, size};
use crate::place::Place;
use crate::progress::{self, Outcome};
use crate::prompt;
use crate::session::Session;

#[derive(Serialize)]
struct Removed<'a> {
    #[serde(rename = "type")]
    record: &'static str,
    action: &'static str,
    name: &'a str,
}

pub(super) async fn run(session: &Session, arguments: &RbArguments) -> Result<Code, Failure> {
    let place = Place::bucket(&arguments.place)?;
    let account = session.account(&place.owner).await?;
    let plan = session
        .app
        .plan_delete_bucket(&account.id, &place.bucket, &|_| (), "rb")
        .await?;
    if !plan.empty {
        if !arguments.force {
            let message = format!("“{}” was not deleted: it holds {}.", plan.bucket, contents(&plan));
            return Err(Failure::new(Code::of(ErrorKind::Conflict), message).with_hint("Empty it first with --force."));
        }
        let question = format!(
            "Delete the bucket {} with {}?",
            session.out.name(&plan.bucket),
            contents(&plan)
        );
        prompt::confirm(question, arguments.yes).await?;
    }
    let job = session.app.delete_bucket(&plan.token, Some(&plan.bucket)).await?;
    let Some(job) = job else {
        let removed = Removed {
            record: "bucket",
            action: "removed",
            name: &plan.bucket,
        };
        if session.out.is_json() {
            session.out.record(&removed, |_| String::new())?;
        }
        return Ok(Code::Done);
    };
    let outcome = Outcome {
        jobs: progress::follow(session, &[job]).await?,
        ..Outcome::default()
    };
    progress::report(session, "removed", &outcome)
}

fn contents(plan: &DeleteBucketPlan) -> String {
    let mut parts = vec![format!(
        "{}, {}",
        counted(plan.objects, "object"),
        size(plan.bytes, true)
    )];
    let more = [
        (plan.old_versions, "older version"),
        (plan.delete_markers, "delete marker"),
        (plan.unfinished_uploads, "unfinished upload"),
    ];
    parts.extend(
        more.into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, noun)| counted(count, noun)),
    );
    parts.join(", ")
}
