//! Objects to other places: to another key, another bucket, another account. The server copies by itself where it can.

use std::collections::HashSet;

use dipper_app::{
    Account, CannedAcl, CopyAccess, CopyChoices, CopyName, CopyTarget, ErrorKind, ListDepth, ListedObject, TakenKey,
};

use super::Choices;
use crate::arguments::CopyAclName;
use crate::conflicts::{Asker, Conflict};
use crate::exit::{Code, Failure};
use crate::place::Place;
use crate::progress::{self, Outcome};
use crate::select::{Reach, Selection, not_found, select};
use crate::session::Session;

/// Whether the sources stay, and who may read the copies.
#[derive(Clone, Copy)]
pub(in crate::commands) struct Way {
    acl: Option<CopyAclName>,
    remove: bool,
}

impl Way {
    pub(super) fn copying(acl: Option<CopyAclName>) -> Self {
        Self { acl, remove: false }
    }

    pub(in crate::commands) fn moving(acl: Option<CopyAclName>) -> Self {
        Self { acl, remove: true }
    }

    fn done(self) -> &'static str {
        if self.remove { "moved" } else { "copied" }
    }

    /// What is moved inside a bucket has only got another name.
    fn access(self, stays_in_bucket: bool) -> CopyAccess {
        match self.acl {
            None if self.remove && stays_in_bucket => CopyAccess::Keep,
            None => CopyAccess::New,
            Some(CopyAclName::Keep) => CopyAccess::Keep,
            Some(CopyAclName::Private) => CopyAccess::Canned(CannedAcl::Private),
            Some(CopyAclName::Public) => CopyAccess::Canned(CannedAcl::PublicRead),
        }
    }
}

pub(in crate::commands) async fn run(
    session: &Session,
    sources: &[Place],
    target: &Place,
    choices: &Choices,
    way: Way,
) -> Result<Code, Failure> {
    if let Some(place) = sources.iter().chain([target]).find(|place| place.bucket.is_empty()) {
        return Err(Failure::usage(format!("“{}” names no bucket.", place.typed)));
    }
    let folder = folder_of(target, sources.len(), choices.recursive)?;
    let account = session.account(&target.owner).await?;
    let mut work = Work {
        session,
        target,
        account,
        folder,
        conflict: choices.conflict,
        way,
        made: Made::default(),
        asker: Asker::default(),
        outcome: Outcome::default(),
    };
    let reach = match (choices.recursive, choices.conflict) {
        (false, _) => Reach::Single,
        (true, Conflict::Ask) => Reach::Objects,
        (true, _) => Reach::Folders,
    };
    // All are looked at before the first is begun: what is refused changes nothing.
    let mut chosen = Vec::with_capacity(sources.len());
    for source in sources {
        let selection = select(session, source, reach).await?;
        work.refuse_what_has_no_place(&selection, source)?;
        chosen.push((selection, source));
    }
    for (selection, source) in chosen {
        work.copy(selection, source).await?;
    }
    progress::report(session, way.done(), &work.outcome)
}

/// The folder that copies go into; `None` where one object gets exactly the target's key.
fn folder_of(target: &Place, sources: usize, recursive: bool) -> Result<Option<String>, Failure> {
    if target.is_folder() {
        return Ok(Some(target.key.clone()));
    }
    if recursive {
        return Ok(Some(format!("{}/", target.key)));
    }
    if sources > 1 {
        return Err(Failure::usage(format!(
            "Several objects do not fit into the one object “{}”.",
            target.typed
        ))
        .with_hint("End the target with / to put them below it."));
    }
    Ok(None)
}

/// The keys and folders that a run will make: no later source may replace them.
#[derive(Default)]
struct Made {
    keys: HashSet<String>,
    folders: Vec<String>,
}

struct Work<'a> {
    session: &'a Session,
    target: &'a Place,
    account: Account,
    folder: Option<String>,
    conflict: Conflict,
    way: Way,
    made: Made,
    asker: Asker,
    outcome: Outcome,
}

impl Work<'_> {
    async fn copy(&mut self, selection: Selection, source: &Place) -> Result<(), Failure> {
        if self.conflict != Conflict::Ask {
            return self.start(selection, self.conflict, source).await;
        }
        let taken = self.taken(&selection).await?;
        let (mut free, mut replaced, mut renamed) = (Vec::new(), Vec::new(), Vec::new());
        for object in selection.objects.clone() {
            let key = self.key_of(&object, &selection.base);
            if !taken.contains(&key) {
                free.push(object);
                continue;
            }
            match self.asker.decide(&key).await? {
                Conflict::Overwrite => replaced.push(object),
                Conflict::Rename => renamed.push(object),
                Conflict::Skip | Conflict::Ask => self.outcome.skipped += 1,
            }
        }
        for (objects, conflict) in [
            (free, Conflict::Skip),
            (replaced, Conflict::Overwrite),
            (renamed, Conflict::Rename),
        ] {
            if !objects.is_empty() {
                let some = Selection {
                    account: selection.account.clone(),
                    bucket: selection.bucket.clone(),
                    base: selection.base.clone(),
                    objects,
                    folders: Vec::new(),
                    is_single: selection.is_single,
                };
                self.start(some, conflict, source).await?;
            }
        }
        Ok(())
    }

    /// Several do not fit into one object; and of two sources that would become one, the second would replace the first.
    fn refuse_what_has_no_place(&mut self, selection: &Selection, source: &Place) -> Result<(), Failure> {
        if self.folder.is_none() && !selection.is_single {
            return Err(Failure::usage(format!(
                "“{}” may be several objects, and “{}” is one.",
                source.typed, self.target.typed
            ))
            .with_hint("End the target with / to put them below it."));
        }
        let objects = selection.objects.iter();
        let keys: Vec<String> = objects.map(|object| self.key_of(object, &selection.base)).collect();
        let folders = selection.folders.iter();
        let folders: Vec<String> = folders
            .map(|folder| self.named(folder.as_str(), &selection.base))
            .collect();
        let in_made_folder = |key: &&String| self.made.folders.iter().any(|folder| key.starts_with(folder.as_str()));
        let made_below = |folder: &&String| self.made.keys.iter().any(|key| key.starts_with(folder.as_str()));
        let holds_made_folder =
            |folder: &&String| self.made.folders.iter().any(|made| made.starts_with(folder.as_str()));
        let twice = keys
            .iter()
            .find(|key| self.made.keys.contains(*key) || in_made_folder(key))
            .or_else(|| {
                let mut folders = folders.iter();
                folders.find(|folder| in_made_folder(folder) || made_below(folder) || holds_made_folder(folder))
            });
        if let Some(key) = twice {
            return Err(Failure::usage(format!("Two sources would become “{key}”."))
                .with_hint("Put them below different folders, one after the other."));
        }
        self.made.keys.extend(keys);
        self.made.folders.extend(folders);
        Ok(())
    }

    async fn start(&mut self, selection: Selection, conflict: Conflict, source: &Place) -> Result<(), Failure> {
        let stays = selection.account == self.account.id && selection.bucket == self.target.bucket;
        let choices = CopyChoices {
            conflict: match conflict {
                Conflict::Overwrite => TakenKey::Overwrite,
                Conflict::Rename => TakenKey::KeepBoth,
                Conflict::Skip | Conflict::Ask => TakenKey::Skip,
            },
            access: self.way.access(stays),
            remove: self.way.remove,
        };
        let target = CopyTarget {
            account_id: self.account.id.clone(),
            bucket: self.target.bucket.clone(),
            name: match &self.folder {
                Some(folder) => CopyName::Below(folder.clone()),
                None => CopyName::Exactly(self.target.key.clone()),
            },
        };
        let job = self
            .session
            .app
            .copy_target(&selection.into_target(), &target, choices)
            .await?;
        let jobs = progress::follow(self.session, &[job]).await?;
        if jobs.iter().all(|job| job.items_total == 0) {
            return Err(not_found(source));
        }
        self.outcome.jobs.extend(jobs);
        Ok(())
    }

    /// The keys that are taken where copies go.
    async fn taken(&self, selection: &Selection) -> Result<HashSet<String>, Failure> {
        let (app, bucket) = (&self.session.app, &self.target.bucket);
        let Some(folder) = &self.folder else {
            let found = app.object_info(&self.account.id, bucket, &self.target.key).await;
            return match found {
                Ok(_) => Ok(HashSet::from([self.target.key.clone()])),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(HashSet::new()),
                Err(error) => Err(error.into()),
            };
        };
        let wanted: HashSet<String> = selection
            .objects
            .iter()
            .map(|object| self.key_of(object, &selection.base))
            .collect();
        let mut taken = HashSet::new();
        let mut pages = app
            .list_objects(&self.account.id, bucket, folder, ListDepth::Everything)
            .await?;
        while let Some(page) = pages.next().await? {
            let keys = page.objects.into_iter().map(|object| object.key.to_string());
            taken.extend(keys.filter(|key| wanted.contains(key)));
        }
        Ok(taken)
    }

    fn key_of(&self, object: &ListedObject, base: &str) -> String {
        self.named(object.key.as_str(), base)
    }

    fn named(&self, key: &str, base: &str) -> String {
        match &self.folder {
            Some(folder) => format!("{folder}{}", key.strip_prefix(base).unwrap_or(key)),
            None => self.target.key.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_object_gets_the_name_that_was_typed_and_several_go_below_it() {
        let folder = |target: &str, sources, recursive| folder_of(&Place::read(target), sources, recursive).ok();
        assert_eq!(folder(":b/new.jpg", 1, false), Some(None));
        assert_eq!(folder(":b/2026/", 1, false), Some(Some("2026/".to_owned())));
        assert_eq!(folder(":b", 2, false), Some(Some(String::new())));
        assert_eq!(folder(":b/2026", 1, true), Some(Some("2026/".to_owned())));
        assert_eq!(folder(":b/2026", 2, false), None);
    }

    #[test]
    fn what_only_gets_another_name_keeps_its_access_rights() {
        assert_eq!(Way::moving(None).access(true), CopyAccess::Keep);
        assert_eq!(Way::moving(None).access(false), CopyAccess::New);
        assert_eq!(Way::copying(None).access(true), CopyAccess::New);
        assert_eq!(Way::copying(Some(CopyAclName::Keep)).access(false), CopyAccess::Keep);
        let public = Way::moving(Some(CopyAclName::Public)).access(true);
        assert_eq!(public, CopyAccess::Canned(CannedAcl::PublicRead));
    }
}
