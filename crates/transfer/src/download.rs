//! Downloads: each object goes to a temporary file beside its place and from there to its name, whole or not at all.
//!
//! A large one is fetched in ranges, and what lies in the temporary file is written down range by range. Before a whole
//! file gets its name the journal says so: after a crash it is then known whether the name that is there is ours.

mod fetch;
mod verify;

pub(crate) use fetch::check_extent;
pub use verify::Verified;
pub(crate) use verify::proof_of_one;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dipper_storage::{ErrorKind, ObjectKey};

use self::fetch::Fetched;
use crate::context::Context;
use crate::crash::crash_point;
use crate::crew::{self, Settled};
use crate::error::Result;
use crate::files::{Folders, Place, Target, blocking};
use crate::journal::{Evidence, Item};
use crate::names::{LocalName, local_name};
use crate::spec::DownloadConflict;
use crate::work::Task;

/// What all downloads of a job share.
struct Goal {
    base: String,
    folders: Folders,
    conflict: DownloadConflict,
}

/// Downloads everything that is left.
pub(crate) async fn run(context: &Context, base: &str, folder: &Path, conflict: DownloadConflict) -> Result<()> {
    let root = folder.to_owned();
    let goal = Arc::new(Goal {
        base: base.to_owned(),
        folders: blocking(move || Folders::below(&root)).await?,
        conflict,
    });
    crew::work_through(context, |item| download(context.child(), goal.clone(), item)).await
}

async fn download(context: Context, goal: Arc<Goal>, item: Item) -> Result<Settled> {
    let key = ObjectKey::parse(&item.key)?;
    let name = name_of(&item, &goal.base);
    if name.is_folder {
        blocking(move || goal.folders.make(&name.components)).await?;
        crash_point!("download.after_folder");
        return Ok(Settled::Done);
    }
    if was_placed(&item).await? {
        crash_point!("resume.after_placed");
        context.item_bytes().add(item.size);
        return Ok(Settled::Done);
    }
    let mark = mark(&context, item.number);
    let Some(target) = make_target(&goal, name, mark, ranges_length(&item)).await? else {
        context.job.progress.resize(item.size, 0);
        return Ok(Settled::Skipped);
    };
    crash_point!("download.after_create");
    let bytes = context.item_bytes();
    let fetch = fetch::Fetch {
        context: context.clone(),
        item: Arc::new(item),
        key,
        target: Arc::new(target),
        bytes: bytes.clone(),
    };
    let planned = fetch.item.size;
    let outcome = finish(fetch, goal.conflict).await;
    match &outcome {
        Ok((Settled::Done, size)) => context.job.progress.resize(planned, *size),
        Ok((Settled::Skipped, _)) => {
            bytes.reset();
            context.job.progress.resize(planned, 0);
        }
        Err(_) => bytes.reset(),
    }
    outcome.map(|(settled, _)| settled)
}

/// What an object is called on the disk, below the chosen folder.
fn name_of(item: &Item, base: &str) -> LocalName {
    let name = local_name(item.key.strip_prefix(base).unwrap_or(&item.key));
    if name.is_folder && item.size > 0 {
        name.into_file()
    } else {
        name
    }
}

/// The name of an item's temporary file: no other item of any journal has it.
fn mark(context: &Context, number: u32) -> String {
    format!(".{}-{}-{number}.dipper-part", context.journal.token(), context.job.id())
}

/// Where the temporary file of an item is that was begun and left no word, if its job downloads.
pub(crate) fn temporary_of(context: &Context, item: &Item) -> Option<PathBuf> {
    let Task::Download { base, folder, .. } = context.job.task() else {
        return None;
    };
    let name = name_of(item, base);
    let (_, folders) = name.components.split_last()?;
    Some(Folders::guess(folder, folders).join(mark(context, item.number)))
}

/// The length of the temporary file that an earlier run fetched ranges into.
fn ranges_length(item: &Item) -> Option<u64> {
    match &item.evidence {
        Some(Evidence::Receiving { size, .. }) => Some(*size),
        _ => None,
    }
}

/// Whether an earlier run gave the file its name and did not come to write that down. The temporary name is the last to
/// go, so where it is gone and the name is there, it is ours; where both are, the bytes decide.
async fn was_placed(item: &Item) -> Result<bool> {
    let Some(Evidence::Placing {
        temporary,
        folder,
        name,
        size,
    }) = item.evidence.clone()
    else {
        return Ok(false);
    };
    blocking(move || {
        let mark = temporary.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // Without its folder it is nowhere.
        let Ok(folder) = Place::open(&folder) else {
            return Ok(false);
        };
        match Target::reopen(&folder, &name, &mark, size) {
            Some(target) => target.is_placed(),
            None => Ok(Target::has_length(&folder, &name, size)),
        }
    })
    .await
}

/// The temporary file, unless the name is taken and that means to skip.
async fn make_target(goal: &Arc<Goal>, name: LocalName, mark: String, before: Option<u64>) -> Result<Option<Target>> {
    let goal = goal.clone();
    blocking(move || {
        let Some((file, folders)) = name.components.split_last() else {
            return Ok(None);
        };
        let folder = goal.folders.make(folders)?;
        if goal.conflict == DownloadConflict::Skip && Target::is_taken(&folder, file) {
            return Ok(None);
        }
        if let Some(target) = before.and_then(|length| Target::reopen(&folder, file, &mark, length)) {
            return Ok(Some(target));
        }
        Ok(Some(Target::create(folder, file, &mark)?))
    })
    .await
}

async fn finish(fetch: fetch::Fetch, conflict: DownloadConflict) -> Result<(Settled, u64)> {
    let outcome = fetch.all().await;
    let goes_on = |error: &crate::Error| {
        error.is_cancelled() || error.kind().is_retryable() || error.kind() == ErrorKind::DiskFull
    };
    let (context, item) = (fetch.context.clone(), fetch.item.clone());
    let number = item.number;
    let mut target = fetch.into_target()?;
    let size = match outcome {
        Ok(Fetched { size, verified }) => {
            tracing::debug!(key = %item.key, ?verified, "an object is here");
            size
        }
        Err(error) => {
            if goes_on(&error) && context.journal.has_parts(context.job.id(), number).await? {
                target.keep();
            } else {
                context.journal.lose(context.job.id(), number).await;
            }
            return Err(error);
        }
    };
    crash_point!("download.before_finish");
    let (target, placing) = blocking(move || {
        target.finish(size)?;
        let (folder, name) = target.place();
        let placing = Evidence::Placing {
            temporary: target.temporary().to_owned(),
            folder: folder.to_owned(),
            name: name.to_owned(),
            size,
        };
        Ok((target, placing))
    })
    .await?;
    crash_point!("download.after_finish");
    context.journal.reach(context.job.id(), number, placing).await?;
    crash_point!("download.after_placing");
    blocking(move || {
        let settled = match target.commit(conflict)? {
            Some(_) => Settled::Done,
            None => Settled::Skipped,
        };
        Ok((settled, size))
    })
    .await
}
