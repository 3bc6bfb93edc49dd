//! Objects to files. A transfer never replaces a file: what is to be replaced, or gets another name, arrives in a folder of
//! its own beside its place and goes from there to its name in one step.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use dipper_app::{DownloadConflict, Job, ListedObject, local_name};
use tempfile::TempDir;

use super::Choices;
use crate::conflicts::{Asker, Conflict};
use crate::exit::{Code, Failure};
use crate::place::Place;
use crate::progress::{self, Outcome};
use crate::select::{Reach, Selection, not_found, select};
use crate::session::Session;

pub(super) async fn run(
    session: &Session,
    places: &[Place],
    target: &Path,
    choices: &Choices,
) -> Result<Code, Failure> {
    if let Some(place) = places.iter().find(|place| place.bucket.is_empty()) {
        return Err(Failure::usage(format!("“{}” names no bucket.", place.typed)));
    }
    let is_folder = target.is_dir() || ends_in_slash(target);
    if places.len() > 1 && !is_folder && !choices.recursive {
        return Err(Failure::usage(format!(
            "Several objects do not fit into the one file “{}”.",
            target.display()
        ))
        .with_hint("End the target with / to make it a folder."));
    }
    let mut outcome = Outcome::default();
    let mut asker = Asker::default();
    // Where nothing can be in the way, folders are listed by the transfer, while it runs.
    let nothing_there = is_empty(target);
    let reach = match (choices.recursive, choices.conflict) {
        (false, _) => Reach::Single,
        (true, Conflict::Ask | Conflict::Overwrite) if !nothing_there => Reach::Objects,
        (true, _) => Reach::Folders,
    };
    for place in places {
        let selection = select(session, place, reach).await?;
        let only_file = selection.is_single && !is_folder && !choices.recursive && places.len() == 1;
        let mut work = Work {
            session,
            outcome: &mut outcome,
            asker: &mut asker,
            conflict: choices.conflict,
        };
        if only_file {
            work.as_file(selection, target).await?;
        } else {
            work.below(selection, target, place, reach).await?;
        }
    }
    progress::report(session, "copied", &outcome)
}

struct Work<'a> {
    session: &'a Session,
    outcome: &'a mut Outcome,
    asker: &'a mut Asker,
    conflict: Conflict,
}

impl Work<'_> {
    /// One object becomes exactly this file.
    async fn as_file(&mut self, mut selection: Selection, file: &Path) -> Result<(), Failure> {
        let decided = if file.exists() {
            self.decide(file).await?
        } else {
            self.conflict
        };
        if file.exists() && decided == Conflict::Skip {
            self.outcome.skipped += 1;
            return Ok(());
        }
        let folder = match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let key = selection.objects.first().map(|object| object.key.as_str().to_owned());
        let local = key
            .as_deref()
            .and_then(|key| key.strip_prefix(&selection.base))
            .map(local_name);
        let same_name = local.as_deref().map(Path::as_os_str) == file.file_name();
        if same_name && decided != Conflict::Overwrite {
            return self.start(selection, folder.to_owned(), direct(decided)).await;
        }
        let staging = self.staging(folder)?;
        let arrived = staging.join(local.unwrap_or_default());
        selection.folders.clear();
        let jobs = self.jobs(selection, staging, DownloadConflict::KeepBoth).await?;
        let is_there = arrived.exists();
        self.outcome.jobs.extend(jobs);
        if is_there {
            place(&arrived, file, decided)?;
        }
        Ok(())
    }

    /// Keys become paths below a folder.
    async fn below(
        &mut self,
        mut selection: Selection,
        folder: &Path,
        asked: &Place,
        reach: Reach,
    ) -> Result<(), Failure> {
        if self.conflict == Conflict::Skip || self.conflict == Conflict::Rename || reach == Reach::Folders {
            let conflict = direct(self.conflict);
            let before = self.outcome.jobs.len();
            self.start(selection, folder.to_owned(), conflict).await?;
            let found: u64 = self.outcome.jobs[before..].iter().map(|job| job.items_total).sum();
            return if found == 0 { Err(not_found(asked)) } else { Ok(()) };
        }
        let mut replaced = Vec::new();
        let mut others = Vec::new();
        for object in std::mem::take(&mut selection.objects) {
            let path = folder.join(relative(&object, &selection.base));
            if !path.is_file() {
                others.push(object);
                continue;
            }
            match self.decide(&path).await? {
                Conflict::Overwrite => replaced.push(object),
                Conflict::Rename => others.push(object),
                Conflict::Skip | Conflict::Ask => self.outcome.skipped += 1,
            }
        }
        let with = |objects| Selection {
            account: selection.account.clone(),
            bucket: selection.bucket.clone(),
            base: selection.base.clone(),
            objects,
            folders: Vec::new(),
            is_single: false,
        };
        if !others.is_empty() {
            self.start(with(others), folder.to_owned(), DownloadConflict::KeepBoth)
                .await?;
        }
        if !replaced.is_empty() {
            self.replace(with(replaced), folder).await?;
        }
        Ok(())
    }

    /// Fetches into a folder of its own and moves what arrived over what is there.
    async fn replace(&mut self, selection: Selection, folder: &Path) -> Result<(), Failure> {
        let staging = self.staging(folder)?;
        let names: HashSet<PathBuf> = selection
            .objects
            .iter()
            .map(|object| relative(object, &selection.base))
            .collect();
        let jobs = self
            .jobs(selection, staging.clone(), DownloadConflict::KeepBoth)
            .await?;
        self.outcome.jobs.extend(jobs);
        for name in names {
            let arrived = staging.join(&name);
            if arrived.is_file() {
                place(&arrived, &folder.join(&name), Conflict::Overwrite)?;
            }
        }
        Ok(())
    }

    async fn decide(&mut self, path: &Path) -> Result<Conflict, Failure> {
        match self.conflict {
            Conflict::Ask => self.asker.decide(&path.display().to_string()).await,
            said => Ok(said),
        }
    }

    async fn start(
        &mut self,
        selection: Selection,
        folder: PathBuf,
        conflict: DownloadConflict,
    ) -> Result<(), Failure> {
        let jobs = self.jobs(selection, folder, conflict).await?;
        self.outcome.jobs.extend(jobs);
        Ok(())
    }

    async fn jobs(
        &self,
        selection: Selection,
        folder: PathBuf,
        conflict: DownloadConflict,
    ) -> Result<Vec<Job>, Failure> {
        let job = self
            .session
            .app
            .download_target(&selection.into_target(), folder, conflict)
            .await?;
        progress::follow(self.session, &[job]).await
    }

    /// A folder on the same disk, which goes when the run ends.
    fn staging(&self, beside: &Path) -> Result<PathBuf, Failure> {
        let made =
            fs::create_dir_all(beside).and_then(|()| tempfile::Builder::new().prefix(".dip-").tempdir_in(beside));
        let staging: TempDir = made.map_err(|cause| cannot("write to", beside, &cause))?;
        let path = staging.path().to_owned();
        self.session.keep(staging);
        Ok(path)
    }
}

/// What the transfer does where a name is taken; nothing it does replaces a file.
fn direct(conflict: Conflict) -> DownloadConflict {
    match conflict {
        Conflict::Skip => DownloadConflict::Skip,
        Conflict::Ask | Conflict::Overwrite | Conflict::Rename => DownloadConflict::KeepBoth,
    }
}

/// The path of an object below the folder.
fn relative(object: &ListedObject, base: &str) -> PathBuf {
    let key = object.key.as_str();
    local_name(key.strip_prefix(base).unwrap_or(key))
}

/// Gives a file that arrived its name. Unless that was said, what has the name by now stays, and a free name is taken.
fn place(arrived: &Path, file: &Path, decided: Conflict) -> Result<(), Failure> {
    if decided == Conflict::Overwrite {
        return fs::rename(arrived, file).map_err(|cause| cannot("replace", file, &cause));
    }
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let ending = file.extension().map(|ending| format!(".{}", ending.to_string_lossy()));
    let mut name = file.to_owned();
    for number in 2..1_000 {
        // A link is made only where the name is free, which a rename does not promise.
        match fs::hard_link(arrived, &name) {
            Ok(()) => return Ok(()),
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
                name = file.with_file_name(format!("{stem} ({number}){}", ending.as_deref().unwrap_or_default()));
            }
            // Disks without links: the look just before has to do.
            Err(_) if !name.exists() => {
                return fs::rename(arrived, &name).map_err(|cause| cannot("write", &name, &cause));
            }
            Err(cause) => return Err(cannot("write", &name, &cause)),
        }
    }
    Err(Failure::new(
        Code::Failed,
        format!("“{}” and all numbered names are taken.", file.display()),
    ))
}

fn cannot(doing: &str, path: &Path, cause: &io::Error) -> Failure {
    Failure::new(
        Code::Failed,
        format!("Could not {doing} “{}”: {cause}.", path.display()),
    )
}

fn ends_in_slash(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.ends_with('/') || (cfg!(windows) && text.ends_with('\\'))
}

/// Whether nothing is there that could be in the way.
fn is_empty(folder: &Path) -> bool {
    match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(cause) => cause.kind() == io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_file_that_is_there_stays_unless_replacing_was_said() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("a.txt"), "old").unwrap();
        fs::write(at("new"), "new").unwrap();
        place(&at("new"), &at("a.txt"), Conflict::Rename).unwrap();
        assert_eq!(fs::read_to_string(at("a.txt")).unwrap(), "old");
        assert_eq!(fs::read_to_string(at("a (2).txt")).unwrap(), "new");
        place(&at("new"), &at("a.txt"), Conflict::Overwrite).unwrap();
        assert_eq!(fs::read_to_string(at("a.txt")).unwrap(), "new");
    }

    #[test]
    fn what_is_missing_or_empty_is_in_nobody_s_way() {
        let folder = tempfile::tempdir().unwrap();
        assert!(is_empty(folder.path()) && is_empty(&folder.path().join("gone")));
        fs::write(folder.path().join("a"), "a").unwrap();
        assert!(!is_empty(folder.path()));
        assert!(ends_in_slash(Path::new("a/")) && !ends_in_slash(Path::new("a")));
    }
}
