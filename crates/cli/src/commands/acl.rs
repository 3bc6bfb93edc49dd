//! `dip acl`: who can read something, proved by a request without credentials; and making it public or private.

use dipper_app::{
    Access, AccessPlan, AccountId, Permissions, PublicLevel, PublicScope, Right, SensitiveNames, Target, Tick, Verdict,
};
use serde::Serialize;

use crate::arguments::{AclArguments, AclCommand};
use crate::exit::{Code, Failure, say};
use crate::output::{counted, escaped};
use crate::place::Place;
use crate::progress::{self, Outcome};
use crate::prompt;
use crate::select::{Reach, select};
use crate::session::Session;

/// Who can reach something, in JSON.
#[derive(Serialize)]
struct AccessRecord<'a> {
    #[serde(rename = "type")]
    record: &'static str,
    place: &'a str,
    access: &'static str,
    level: &'static str,
    title: &'a str,
    text: &'a str,
    proved: bool,
    proof: &'a str,
    grants: Vec<GrantRecord<'a>>,
}

/// One grant, in JSON.
#[derive(Serialize)]
struct GrantRecord<'a> {
    grantee: &'a str,
    public: bool,
    rights: Vec<&'static str>,
}

/// What is to become of access.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    Public(PublicScope, SensitiveNames),
    Private,
}

pub(super) async fn run(session: &Session, arguments: AclArguments) -> Result<Code, Failure> {
    match arguments {
        AclArguments { action: None, place } => show(session, &place.unwrap_or_default()).await,
        AclArguments {
            action: Some(AclCommand::Private { place, recursive, yes }),
            ..
        } => change(session, &place, recursive, yes, Wish::Private).await,
        AclArguments {
            action:
                Some(AclCommand::Public {
                    place,
                    recursive,
                    listing,
                    existing,
                    future,
                    skip_sensitive,
                    yes,
                }),
            ..
        } => {
            let scope = PublicScope {
                listing,
                existing,
                future,
            };
            let names = if skip_sensitive {
                SensitiveNames::LeavePrivate
            } else {
                SensitiveNames::Open
            };
            change(session, &place, recursive, yes, Wish::Public(scope, names)).await
        }
    }
}

async fn show(session: &Session, text: &str) -> Result<Code, Failure> {
    let place = Place::in_bucket(text)?;
    let reach = if place.is_folder() {
        Reach::Folders
    } else {
        Reach::Single
    };
    let target = target(session, &place, reach).await?;
    let permissions = session.app.load_permissions(&target).await?;
    written(session, &place, &permissions.verdict, Some(&permissions))?;
    Ok(Code::Done)
}

async fn change(session: &Session, text: &str, recursive: bool, yes: bool, wish: Wish) -> Result<Code, Failure> {
    let place = Place::in_bucket(text)?;
    if let Wish::Public(scope, _) = wish {
        let is_bucket = place.key.is_empty();
        if is_bucket && scope == PublicScope::default() {
            return Err(Failure::usage("Say what of the bucket anyone may read.")
                .with_hint("--listing (the names), --existing (the objects there now), --future (what comes later)."));
        }
        if !is_bucket && scope != PublicScope::default() {
            return Err(Failure::usage(
                "--listing, --existing and --future are for whole buckets.",
            ));
        }
    }
    let reach = if recursive { Reach::Folders } else { Reach::Single };
    let target = target(session, &place, reach).await?;
    let plan = match wish {
        Wish::Public(scope, names) => {
            session
                .app
                .plan_make_public(&target, scope, names, &|_| (), "acl")
                .await?
        }
        Wish::Private => session.app.plan_make_private(&target, true, &|_| (), "acl").await?,
    };
    tell(session, &plan);
    prompt::confirm(question(session, &place, &plan, wish), yes).await?;
    let result = session.app.apply_access_plan(&plan.token).await?;
    let mut code = Code::Done;
    let verdict = match result.job_id {
        Some(job) => {
            let outcome = Outcome {
                jobs: progress::follow(session, &[job]).await?,
                ..Outcome::default()
            };
            code = progress::report(session, "access changed", &outcome)?;
            session.app.check_access(&target).await?
        }
        None => result.verdict?,
    };
    written(session, &place, &verdict, None)?;
    let wanted = match wish {
        Wish::Private => verdict.access == Access::Private,
        Wish::Public(..) => matches!(verdict.access, Access::Public | Access::Partly),
    };
    Ok(if code == Code::Done && !wanted {
        Code::Failed
    } else {
        code
    })
}

async fn target(session: &Session, place: &Place, reach: Reach) -> Result<Target, Failure> {
    if place.key.is_empty() {
        let account_id: AccountId = session.account(&place.owner).await?.id;
        return Ok(Target::Bucket {
            account_id,
            bucket: place.bucket.clone(),
        });
    }
    Ok(select(session, place, reach).await?.into_target())
}

/// What a person should know beforehand.
fn tell(session: &Session, plan: &AccessPlan) {
    if session.global.quiet || session.out.is_json() {
        return;
    }
    plan.notes
        .iter()
        .for_each(|note| say(&format!("dip: {}", escaped(note))));
    for name in &plan.sensitive {
        say(&format!(
            "dip: {} looks like something that should stay private",
            escaped(name)
        ));
    }
    plan.remaining
        .iter()
        .for_each(|grant| say(&format!("dip: stays: {}", escaped(grant))));
}

fn question(session: &Session, place: &Place, plan: &AccessPlan, wish: Wish) -> String {
    let what = match wish {
        Wish::Public(..) => "public: anyone can read it",
        Wish::Private => "private",
    };
    let objects = match plan.objects {
        0 => String::new(),
        objects => format!(" ({})", counted(objects, "object")),
    };
    format!("Make {}{objects} {what}?", session.out.name(&place.typed))
}

fn written(session: &Session, place: &Place, verdict: &Verdict, read: Option<&Permissions>) -> Result<(), Failure> {
    let record = AccessRecord {
        record: "access",
        place: &place.typed,
        access: access_name(verdict.access),
        level: match verdict.level {
            PublicLevel::Private => "private",
            PublicLevel::Listable => "listable",
            PublicLevel::Readable => "readable",
            PublicLevel::Writable => "writable",
            PublicLevel::Unknown => "unknown",
        },
        title: &verdict.title,
        text: &verdict.text,
        proved: verdict.proof.ok,
        proof: &verdict.proof.text,
        grants: read.map(grants).unwrap_or_default(),
    };
    session.out.record(&record, |record| {
        let mut lines = vec![record.title.to_owned(), record.text.to_owned(), record.proof.to_owned()];
        lines.extend(
            record
                .grants
                .iter()
                .map(|grant| format!("{}: {}", grant.grantee, grant.rights.join(", "))),
        );
        lines.retain(|line| !line.is_empty());
        let shown: Vec<_> = lines.iter().map(|line| session.out.name(line)).collect();
        shown.join("\n")
    })
}

fn grants(read: &Permissions) -> Vec<GrantRecord<'_>> {
    let grants = read.rows.iter().map(|row| GrantRecord {
        grantee: &row.name,
        public: row.is_public,
        rights: row
            .cells
            .iter()
            .filter(|cell| matches!(cell.tick, Tick::On | Tick::Mixed))
            .map(|cell| right_name(cell.right))
            .collect(),
    });
    grants.filter(|grant| !grant.rights.is_empty()).collect()
}

/// An access in JSON.
pub(super) fn access_name(access: Access) -> &'static str {
    match access {
        Access::Public => "public",
        Access::Private => "private",
        Access::Partly => "partly",
        Access::Unknown => "unknown",
    }
}

fn right_name(right: Right) -> &'static str {
    match right {
        Right::FullControl => "full_control",
        Right::Read => "read",
        Right::Write => "write",
        Right::ReadAcp => "read_acp",
        Right::WriteAcp => "write_acp",
    }
}
