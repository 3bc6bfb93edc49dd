//! Copies and moves: inside one server where it can do that by itself, else through this computer, from one account's
//! server to another's. What is moved goes only when its copy was looked at and is whole.
//!
//! ```text
//!   look at the source ─► store ─► keep access ─┬─► done
//!                           ▲                   └─► look at the copy ─► written down ─► source still the same? ─► delete
//!      inside: CopyObject ──┤
//!      through here: GET, then PUT, part by part
//! ```

mod check;
mod object;
mod source_goes;

use std::sync::Arc;

use dipper_storage::{Acl, ErrorKind, Grantee, ObjectKey, PutOptions, Right};
use serde::{Deserialize, Serialize};

pub(crate) use check::{check, is_one_bucket};
pub(crate) use object::{ROOM, SourceObject};

use crate::context::{Context, Interrupt};
use crate::crash::crash_point;
use crate::crew::{self, Settled};
use crate::error::{Error, Result};
use crate::journal::{Evidence, Item};
use crate::spec::CopyAccess;
use crate::store::{Source, Stored, Storing};

/// How often an object may change under way before we give up.
const BEGINNINGS: u32 = 3;

/// What all copies of a job share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CopyTask {
    /// Where the sources are: the account's name, its server when the job was made, the bucket.
    pub(crate) account: String,
    pub(crate) server: String,
    pub(crate) bucket: String,
    pub(crate) access: CopyAccess,
    pub(crate) remove: bool,
    /// The prefixes that are copied from the very bucket that is copied to: nothing may land below one while it is listed.
    pub(crate) sources: Vec<String>,
    /// Whether both places are seen with the same account.
    pub(crate) inside: bool,
}

/// Copies everything that is left.
pub(crate) async fn run(context: &Context, task: &CopyTask) -> Result<()> {
    let task = Arc::new(task.clone());
    crew::work_through(context, |item| copy(context.child(), task.clone(), item)).await
}

async fn copy(context: Context, task: Arc<CopyTask>, item: Item) -> Result<Settled> {
    if let Some(Evidence::Removing { .. }) = &item.evidence {
        crash_point!("resume.after_removing");
        source_goes::again(&context, &item).await?;
        context.item_bytes().add(item.size);
        return Ok(Settled::Done);
    }
    let to = item.options.to.clone().unwrap_or_else(|| item.key.clone());
    let copying = Copying {
        from: ObjectKey::parse(&item.key)?,
        to: ObjectKey::parse(&to)?,
        context: &context,
        task: &task,
        item: &item,
    };
    copying.apart_from_sources()?;
    let mut inside = task.inside;
    let mut beginnings = 1;
    loop {
        match copying.once(inside).await {
            Err(error) if error.kind() == ErrorKind::Unsupported && inside => inside = false,
            Err(error) if error.kind() == ErrorKind::PreconditionFailed && beginnings < BEGINNINGS => beginnings += 1,
            Err(error) if error.kind() == ErrorKind::PreconditionFailed => return Err(copying.keeps_changing()),
            outcome => return outcome,
        }
    }
}

/// One object on its way to its copy.
struct Copying<'a> {
    context: &'a Context,
    task: &'a CopyTask,
    item: &'a Item,
    from: ObjectKey,
    to: ObjectKey,
}

impl Copying<'_> {
    async fn once(&self, inside: bool) -> Result<Settled> {
        let source = Arc::new(SourceObject::open(self.context, &self.from, inside).await?);
        crash_point!("copy.after_open");
        self.apart_from_itself(&source).await?;
        let acl = self.acl_to_keep(&source).await?;
        let options = PutOptions {
            canned_acl: match self.task.access {
                CopyAccess::Canned(acl) => Some(acl),
                CopyAccess::New | CopyAccess::Keep => None,
            },
            ..source.description()
        };
        let storing = Storing {
            context: self.context,
            item: self.item,
            source: &Source::Object(source.clone()),
            key: &self.to,
            options: &options,
            bytes: self.context.item_bytes(),
        };
        let Some(stored) = storing.run().await? else {
            return Ok(Settled::Skipped);
        };
        crash_point!("copy.after_store");
        if let Some(acl) = acl {
            self.keep_access(&stored, &acl).await?;
            crash_point!("copy.after_access");
        }
        if self.task.remove {
            source_goes::now(self.context, self.item, &source, &stored).await?;
        }
        Ok(Settled::Done)
    }

    /// Two accounts may see one bucket at two addresses. To move an object onto itself there would delete it.
    async fn apart_from_itself(&self, source: &SourceObject) -> Result<()> {
        let bucket = self.context.job.bucket();
        if !self.task.remove || self.from != self.to || self.task.bucket != bucket.as_str() {
            return Ok(());
        }
        let info = source.info();
        let there = self.context.look_at(bucket, &self.to).await?;
        let is_itself = there.is_some_and(|there| {
            (there.size, &there.etag, there.last_modified) == (info.size, &info.etag, info.last_modified)
        });
        if !is_itself {
            return Ok(());
        }
        let message = format!(
            "Could not move `{}`: both accounts show the same object there",
            self.from
        );
        Err(Error::new(ErrorKind::Conflict, message)
            .with_hint("It stays where it is. If there really are two, copy it, and delete the source by hand."))
    }

    /// What a copy that lands among the sources of its own job would do is not what anybody means: it would be copied again,
    /// or take the place of one that is still to be copied.
    fn apart_from_sources(&self) -> Result<()> {
        let is_below = |source: &String| self.to.as_str().starts_with(source.as_str());
        if !self.task.sources.iter().any(is_below) {
            return Ok(());
        }
        let message = format!(
            "Could not copy `{}`: its copy `{}` would lie among what is being copied",
            self.from, self.to
        );
        Err(Error::new(ErrorKind::Conflict, message).with_hint("Copy to another folder first."))
    }

    /// The access rights of the source, if they are to be kept and are more than a new object has anyway.
    async fn acl_to_keep(&self, source: &SourceObject) -> Result<Option<Acl>> {
        if self.task.access != CopyAccess::Keep || !self.task.inside {
            return Ok(None);
        }
        match source.acl().await {
            Ok(acl) => Ok(Some(acl).filter(|acl| !is_private(acl))),
            Err(error) if is_without_access_rights(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn keep_access(&self, stored: &Stored, acl: &Acl) -> Result<()> {
        let (client, bucket) = (&self.context.client, self.context.job.bucket());
        let attempt = || async {
            client
                .put_object_acl(bucket, &stored.key, acl)
                .await
                .map_err(Error::from)
        };
        match self.context.request(Interrupt::BetweenTries, attempt).await {
            Err(error) if is_without_access_rights(&error) => Ok(()),
            outcome => outcome,
        }
    }

    fn keeps_changing(&self) -> Error {
        let message = format!("Could not copy `{}`: it keeps changing while it is copied", self.from);
        Error::new(ErrorKind::Conflict, message).with_hint("Retry when nobody writes to it any more.")
    }
}

/// Whether nobody but the owner may do anything.
fn is_private(acl: &Acl) -> bool {
    let owner = Grantee::User {
        id: acl.owner.id.clone(),
        display_name: None,
    };
    acl.grants.iter().all(|grant| {
        grant.right == Right::FullControl
            && Acl {
                owner: acl.owner.clone(),
                grants: vec![grant.clone()],
            }
            .allows(&owner, Right::FullControl)
    })
}

/// Buckets may be without access rights of objects, and keys without the right to see them: then a copy is as private as any
/// new object, which is never too much.
fn is_without_access_rights(error: &Error) -> bool {
    let code = error.storage().and_then(dipper_storage::Error::s3_code);
    matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::AccessDenied)
        || code == Some("AccessControlListNotSupported")
}
