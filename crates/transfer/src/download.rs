//! Downloads: each object goes to a temporary file beside its place and from there to its name, whole or not at all.
//!
//! A large one is fetched in ranges, and what lies in the temporary file is written down range by range; a small one is
//! fetched before its file is made. Before a whole file gets its name the journal says so: after a crash it is then known
//! whether the name that is there is ours.

mod fetch;
mod landing;
mod verify;

pub(crate) use fetch::check_extent;
pub use verify::Verified;
pub(crate) use verify::proof_of_one;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dipper_storage::{ErrorKind, ObjectKey};

use self::fetch::{Fetch, Fetched};
use self::landing::{Landing, SMALL};
use crate::context::Context;
use crate::crash::crash_point;
use crate::crew::{self, Settled};
use crate::error::Result;
use crate::files::{Folders, Place, Target, blocking};
use crate::journal::{Evidence, Item};
use crate::names::{LocalName, local_name};
use crate::progress::ItemBytes;
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
    let mut folders = name.components;
    let Some(file) = folders.pop() else {
        context.job.progress.resize(item.size, 0);
        return Ok(Settled::Skipped);
    };
    let spot = Spot {
        mark: mark(&context, item.number),
        folders,
        file,
        goal,
    };
    let bytes = context.item_bytes();
    let planned = item.size;
    let outcome = spot.fill(&context, Arc::new(item), &key, &bytes).await;
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

/// Where one object goes.
#[derive(Clone)]
struct Spot {
    goal: Arc<Goal>,
    folders: Vec<String>,
    file: String,
    /// The temporary name.
    mark: String,
}

impl Spot {
    /// Fetches the object and gives its file its name; says how long it is.
    async fn fill(
        self,
        context: &Context,
        item: Arc<Item>,
        key: &ObjectKey,
        bytes: &ItemBytes,
    ) -> Result<(Settled, u64)> {
        let fetch = |landing| Fetch {
            context: context.clone(),
            item: item.clone(),
            key: key.clone(),
            landing: Arc::new(landing),
            bytes: bytes.clone(),
        };
        let Some(landing) = self.landing(&item).await? else {
            return Ok((Settled::Skipped, 0));
        };
        let (mut landing, mut outcome) = fetched(fetch(landing)).await?;
        if landing.is_overflown() {
            let Some(file) = self.file(ranges_length(&item)).await? else {
                return Ok((Settled::Skipped, 0));
            };
            (landing, outcome) = fetched(fetch(file)).await?;
        }
        match outcome {
            Ok(Fetched { size, verified }) => {
                tracing::debug!(key = %item.key, ?verified, "an object is here");
                let settled = self.settle_in(context, item.number, landing, size).await?;
                Ok((settled, size))
            }
            Err(error) => {
                leave(context, item.number, landing, &error).await?;
                Err(error)
            }
        }
    }

    /// The folder it goes into, made if missing.
    fn folder(&self) -> Result<Place> {
        self.goal.folders.make(&self.folders)
    }

    /// Where its bytes land; `None` if the name is taken and that means to skip.
    async fn landing(&self, item: &Item) -> Result<Option<Landing>> {
        if item.size > SMALL || item.evidence.is_some() {
            return self.file(ranges_length(item)).await;
        }
        if self.goal.conflict == DownloadConflict::Skip && Target::is_taken(&self.folder()?, &self.file) {
            return Ok(None);
        }
        Ok(Some(Landing::in_memory()))
    }

    /// The temporary file, unless the name is taken and that means to skip.
    async fn file(&self, before: Option<u64>) -> Result<Option<Landing>> {
        let spot = self.clone();
        let made = blocking(move || {
            let folder = spot.folder()?;
            if spot.goal.conflict == DownloadConflict::Skip && Target::is_taken(&folder, &spot.file) {
                return Ok(None);
            }
            if let Some(target) = before.and_then(|length| Target::reopen(&folder, &spot.file, &spot.mark, length)) {
                return Ok(Some(target));
            }
            Ok(Some(Target::create(folder, &spot.file, &spot.mark)?))
        });
        let made = made.await?;
        crash_point!("download.after_create");
        Ok(made.map(Landing::File))
    }

    /// Makes the file durable and gives it its name, in one go on one thread. Between the two the journal is told.
    async fn settle_in(self, context: &Context, number: u32, landing: Landing, size: u64) -> Result<Settled> {
        let (journal, id) = (context.journal.clone(), context.job.id());
        blocking(move || {
            let target = self.written(landing)?;
            crash_point!("download.before_finish");
            target.finish(size)?;
            crash_point!("download.after_finish");
            let (folder, name) = target.place();
            let placing = Evidence::Placing {
                temporary: target.temporary().to_owned(),
                folder: folder.to_owned(),
                name: name.to_owned(),
                size,
            };
            journal.reach_blocking(id, number, placing)?;
            crash_point!("download.after_placing");
            Ok(match target.commit(self.goal.conflict)? {
                Some(_) => Settled::Done,
                None => Settled::Skipped,
            })
        })
        .await
    }

    fn written(&self, landing: Landing) -> Result<Target> {
        let held = match landing {
            Landing::File(target) => return Ok(target),
            Landing::Memory(held) => held,
        };
        let target = Target::create(self.folder()?, &self.file, &self.mark)?;
        crash_point!("download.after_create");
        target.write_at(&held.into_bytes(), 0)?;
        Ok(target)
    }
}

/// Fetches, and gives back where the bytes landed.
async fn fetched(fetch: Fetch) -> Result<(Landing, Result<Fetched>)> {
    let outcome = fetch.all().await;
    Ok((fetch.into_landing()?, outcome))
}

/// Keeps what another run can go on with.
async fn leave(context: &Context, number: u32, landing: Landing, error: &crate::Error) -> Result<()> {
    let Landing::File(mut target) = landing else {
        return Ok(());
    };
    let goes_on = error.is_cancelled() || error.kind().is_retryable() || error.kind() == ErrorKind::DiskFull;
    if goes_on && context.journal.has_parts(context.job.id(), number).await? {
        target.keep();
    } else {
        context.journal.lose(context.job.id(), number).await;
    }
    Ok(())
}
