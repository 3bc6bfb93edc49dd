//! What an action is about: a bucket, the selection of a view, or objects by name. Resolving a target gives the client and the exact keys,
//! taken from the selection as it stands; an id of a selection that has changed since is refused.

use dipper_catalog::Entry;
use dipper_storage::{BucketName, Client, ListedObject, ObjectKey, Prefix};
use time::OffsetDateTime;

use crate::error::{Error, ErrorKind, Result};
use crate::names;
use crate::views::ViewId;
use crate::words;
use crate::{AccountId, App};

/// A bucket, what is selected in a view, or objects that were named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A whole bucket.
    Bucket {
        /// The account.
        account_id: AccountId,
        /// The bucket.
        bucket: String,
    },
    /// The selection of a view.
    Selection {
        /// The view.
        view_id: ViewId,
        /// The selection, as it was shown.
        selection_id: String,
    },
    /// Exactly these, as they were listed.
    Objects {
        /// The account.
        account_id: AccountId,
        /// The bucket.
        bucket: String,
        /// The objects.
        objects: Vec<ListedObject>,
        /// Folders, which mean everything below them; each ends in `/`, or is empty and means the whole bucket.
        folders: Vec<Prefix>,
        /// What a download leaves off the front of keys.
        base: Prefix,
    },
}

/// A target with everything needed to act on it.
#[derive(Clone)]
pub(crate) struct Resolved {
    pub(crate) account_id: AccountId,
    pub(crate) client: Client,
    pub(crate) bucket: BucketName,
    pub(crate) subject: Subject,
}

/// What of a bucket is meant.
#[derive(Clone)]
pub(crate) enum Subject {
    Bucket,
    Entries(Entries),
}

/// Selected objects and folders, never both empty.
#[derive(Clone)]
pub(crate) struct Entries {
    pub(crate) objects: Vec<Selected>,
    pub(crate) folders: Vec<Prefix>,
    /// What the view was opened on.
    pub(crate) base: Prefix,
}

/// A selected object, as listed.
#[derive(Clone, Debug)]
pub(crate) struct Selected {
    pub(crate) key: ObjectKey,
    pub(crate) size: u64,
    pub(crate) last_modified: Option<OffsetDateTime>,
}

impl Entries {
    /// Bytes of the objects selected themselves.
    pub(crate) fn bytes(&self) -> u64 {
        self.objects.iter().map(|object| object.size).sum()
    }

    /// The one object, when it is the whole selection.
    pub(crate) fn single(&self) -> Option<&Selected> {
        match (self.objects.as_slice(), self.folders.as_slice()) {
            ([object], []) => Some(object),
            _ => None,
        }
    }

    /// "hello.txt", "3 objects", "3 objects and 1 folder".
    pub(crate) fn label(&self) -> String {
        match (self.objects.as_slice(), self.folders.as_slice()) {
            ([object], []) => last_name(object.key.as_str()),
            ([], [folder]) => format!("{}/", last_name(folder.as_str())),
            (objects, []) => words::counted(objects.len() as u64, "object"),
            ([], folders) => words::counted(folders.len() as u64, "folder"),
            (objects, folders) => {
                let objects = words::counted(objects.len() as u64, "object");
                format!("{objects} and {}", words::counted(folders.len() as u64, "folder"))
            }
        }
    }
}

impl Resolved {
    /// The target's name for a title.
    pub(crate) fn label(&self) -> String {
        match &self.subject {
            Subject::Bucket => self.bucket.to_string(),
            Subject::Entries(entries) => entries.label(),
        }
    }
}

impl App {
    /// Resolves a target as it stands now.
    pub(crate) async fn resolve(&self, operation: &str, target: &Target) -> Result<Resolved> {
        match target {
            Target::Bucket { account_id, bucket } => Ok(Resolved {
                account_id: account_id.clone(),
                client: self.client(account_id).await?,
                bucket: BucketName::parse(bucket)?,
                subject: Subject::Bucket,
            }),
            Target::Selection { .. } | Target::Objects { .. } => {
                let (resolved, entries) = self.resolve_entries(operation, target).await?;
                Ok(Resolved {
                    subject: Subject::Entries(entries),
                    ..resolved
                })
            }
        }
    }

    /// Resolves a target that is no whole bucket; the subject of the first result is left to the second.
    pub(crate) async fn resolve_entries(&self, operation: &str, target: &Target) -> Result<(Resolved, Entries)> {
        match target {
            Target::Bucket { .. } => Err(Error::new(
                ErrorKind::InvalidInput,
                operation,
                "This is done to objects, not to a bucket.",
            )),
            Target::Selection { view_id, selection_id } => {
                self.resolve_selection(operation, view_id, selection_id).await
            }
            Target::Objects {
                account_id,
                bucket,
                objects,
                folders,
                base,
            } => {
                let entries = Entries {
                    objects: objects.iter().map(Selected::from).collect(),
                    folders: folders.clone(),
                    base: base.clone(),
                };
                refuse_nothing(operation, &entries)?;
                let resolved = Resolved {
                    account_id: account_id.clone(),
                    client: self.client(account_id).await?,
                    bucket: BucketName::parse(bucket)?,
                    subject: Subject::Bucket,
                };
                Ok((resolved, entries))
            }
        }
    }

    /// Resolves a selection; the subject of the first result is left to the second.
    async fn resolve_selection(
        &self,
        operation: &str,
        view_id: &ViewId,
        selection_id: &str,
    ) -> Result<(Resolved, Entries)> {
        let open = self.parts.work.views.get(operation, view_id)?;
        let selection = open.view.selection();
        if selection.id().to_string() != selection_id {
            return Err(Error::stale_plan(operation, "The selection has changed since."));
        }
        let base = open.prefix;
        let entries = tokio::task::spawn_blocking(move || {
            let mut entries = Entries {
                objects: Vec::new(),
                folders: Vec::new(),
                base,
            };
            for entry in selection.entries() {
                match entry {
                    Entry::Object {
                        key,
                        size,
                        last_modified,
                    } => entries.objects.push(Selected {
                        key,
                        size,
                        last_modified,
                    }),
                    Entry::Folder(prefix) => entries.folders.push(prefix),
                }
            }
            entries
        });
        let entries = entries.await.map_err(|cause| Error::internal(operation, cause))?;
        refuse_nothing(operation, &entries)?;
        let resolved = Resolved {
            account_id: open.account_id,
            client: open.client,
            bucket: open.bucket,
            subject: Subject::Bucket,
        };
        Ok((resolved, entries))
    }
}

fn refuse_nothing(operation: &str, entries: &Entries) -> Result<()> {
    if entries.objects.is_empty() && entries.folders.is_empty() {
        return Err(Error::new(ErrorKind::InvalidInput, operation, "Nothing is selected."));
    }
    Ok(())
}

impl From<&ListedObject> for Selected {
    fn from(object: &ListedObject) -> Self {
        Self {
            key: object.key.clone(),
            size: object.size,
            last_modified: object.last_modified,
        }
    }
}

/// The last part of a key or prefix, as it is shown.
pub(crate) fn last_name(key: &str) -> String {
    let trimmed = key.strip_suffix('/').unwrap_or(key);
    names::shown(trimmed.rsplit('/').next().unwrap_or(trimmed))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn entries(objects: &[&str], folders: &[&str]) -> Entries {
        let selected = |key: &&str| Selected {
            key: ObjectKey::parse(key).unwrap(),
            size: 5,
            last_modified: None,
        };
        Entries {
            objects: objects.iter().map(selected).collect(),
            folders: folders.iter().map(|folder| Prefix::new(*folder)).collect(),
            base: Prefix::default(),
        }
    }

    #[test]
    fn labels_name_one_thing_and_count_several() {
        assert_eq!(entries(&["2026/hello.txt"], &[]).label(), "hello.txt");
        assert_eq!(entries(&[], &["2026/raw/"]).label(), "raw/");
        assert_eq!(entries(&["a", "b", "c"], &[]).label(), "3 objects");
        assert_eq!(entries(&["a", "b", "c"], &["d/"]).label(), "3 objects and 1 folder");
        assert_eq!(entries(&["notes "], &[]).label(), "notes␣");
    }

    #[test]
    fn only_one_object_alone_is_single() {
        assert!(entries(&["a"], &[]).single().is_some());
        assert!(entries(&["a"], &["b/"]).single().is_none());
        assert!(entries(&["a", "b"], &[]).single().is_none());
        assert_eq!(entries(&["a", "b"], &[]).bytes(), 10);
    }
}
