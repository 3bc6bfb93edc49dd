//! What a job has to do: the task that all its items share, its items as they go into the journal, and its description.

use std::path::PathBuf;

use dipper_storage::{CannedAcl, Client, ListedObject, ObjectKey, ObjectVersion, Prefix, UnfinishedUpload};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::context::Context;
use crate::copy::CopyTask;
use crate::error::Result;
use crate::job::JobKind;
use crate::journal::{Item, ItemOptions, NewItem, NewJob, Role, exact_path};
use crate::spec::{
    CopySpec, DeleteSpec, DownloadConflict, DownloadSpec, EmptyBucketSpec, JobSpec, UploadItem, UploadSpec,
};
use crate::{acl, copy, delete, download, upload};

/// How many keys a description names.
const KEYS_NAMED: usize = 5;

/// What is done with each item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Task {
    Upload {
        canned_acl: Option<CannedAcl>,
    },
    Download {
        base: String,
        #[serde(with = "exact_path")]
        folder: PathBuf,
        conflict: DownloadConflict,
    },
    Copy(CopyTask),
    Delete,
    /// The bucket too is an item: the last.
    EmptyBucket,
    SetAcl {
        canned_acl: CannedAcl,
    },
}

/// A job in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Description {
    pub(crate) title: String,
    pub(crate) place: String,
    pub(crate) keys: Vec<String>,
}

impl Task {
    pub(crate) fn kind(&self) -> JobKind {
        match self {
            Self::Upload { .. } => JobKind::Upload,
            Self::Download { .. } => JobKind::Download,
            Self::Copy(task) if task.remove => JobKind::Move,
            Self::Copy(_) => JobKind::Copy,
            Self::Delete => JobKind::Delete,
            Self::EmptyBucket => JobKind::EmptyAndDeleteBucket,
            Self::SetAcl { .. } => JobKind::SetAcl,
        }
    }

    /// Where a copy's sources are.
    pub(crate) fn origin(&self) -> Option<&CopyTask> {
        match self {
            Self::Copy(task) => Some(task),
            _ => None,
        }
    }

    /// Does what is left. Fails only where the journal does; what fails of an item is written there and in the record.
    pub(crate) async fn run(&self, context: &Context) -> Result<()> {
        match self {
            Self::Upload { canned_acl } => upload::run(context, *canned_acl).await,
            Self::Download { base, folder, conflict } => download::run(context, base, folder, *conflict).await,
            Self::Copy(task) => copy::run(context, task).await,
            Self::Delete => delete::run(context).await,
            Self::EmptyBucket => delete::empty_bucket(context).await,
            Self::SetAcl { canned_acl } => acl::run(context, *canned_acl).await,
        }
    }
}

/// A request of a user as it goes into the journal, and the clients that it came with. Fails where it makes no sense.
pub(crate) fn order(spec: JobSpec, at: OffsetDateTime) -> Result<(Clients, NewJob)> {
    if let JobSpec::Copy(spec) = &spec {
        copy::check(spec)?;
    }
    let description = describe(&spec);
    let (client, account, bucket) = spec.place();
    let mut clients = vec![(account.clone(), client.clone())];
    if let JobSpec::Copy(spec) = &spec {
        clients.push((spec.from.account.clone(), spec.from.client.clone()));
    }
    let (task, items) = plan(spec);
    let job = NewJob {
        account,
        server: server_of(&client),
        bucket: bucket.to_string(),
        task,
        description,
        items,
        at,
    };
    Ok((clients, job))
}

/// Accounts' names and their clients.
pub(crate) type Clients = Vec<(String, Client)>;

/// Tells the server of a client from others: its address; on this computer, where a port may change, the key it takes.
pub(crate) fn server_of(client: &Client) -> String {
    let config = client.config();
    match &config.credentials {
        Some(credentials) if config.endpoint.is_loopback() => {
            format!("this computer, for the key {}", credentials.access_key_id)
        }
        _ => config.endpoint.to_string(),
    }
}

/// What is done with what.
fn plan(spec: JobSpec) -> (Task, Vec<NewItem>) {
    match spec {
        JobSpec::Upload(UploadSpec { items, canned_acl, .. }) => {
            (Task::Upload { canned_acl }, items.into_iter().map(file).collect())
        }
        JobSpec::Download(spec) => {
            let objects = spec.objects.iter().map(|(key, size)| object(key, *size));
            let items = objects.chain(spec.folders.iter().map(prefix)).collect();
            let task = Task::Download {
                base: spec.base.as_str().to_owned(),
                folder: spec.folder,
                conflict: spec.conflict,
            };
            (task, items)
        }
        JobSpec::Copy(spec) => copies(spec),
        JobSpec::Delete(DeleteSpec { objects, .. }) => (Task::Delete, objects.into_iter().map(version).collect()),
        JobSpec::EmptyAndDeleteBucket(spec) => {
            let last = item(Role::Bucket, spec.bucket.to_string());
            let uploads = spec.uploads.iter().map(upload);
            let objects = spec.objects.into_iter().map(version);
            (Task::EmptyBucket, objects.chain(uploads).chain([last]).collect())
        }
        JobSpec::SetAcl(spec) => {
            let objects = spec.keys.iter().map(|key| object(key, 0));
            let items = objects.chain(spec.prefixes.iter().map(prefix)).collect();
            let canned_acl = spec.canned_acl;
            (Task::SetAcl { canned_acl }, items)
        }
    }
}

fn copies(spec: CopySpec) -> (Task, Vec<NewItem>) {
    let folders = spec.folders.iter();
    let sources = if copy::is_one_bucket(&spec) {
        folders.map(|folder| folder.from.as_str().to_owned()).collect()
    } else {
        Vec::new()
    };
    let task = CopyTask {
        server: server_of(&spec.from.client),
        inside: spec.from.account == spec.to.account,
        account: spec.from.account,
        bucket: spec.from.bucket.to_string(),
        access: spec.access,
        remove: spec.remove,
        sources,
    };
    let aimed = |item: NewItem, to: String| NewItem {
        options: ItemOptions {
            conflict: Some(spec.conflict),
            to: Some(to),
            ..ItemOptions::default()
        },
        ..item
    };
    let objects = spec.objects.iter();
    let objects = objects.map(|copied| aimed(object(&copied.from, copied.size), copied.to.to_string()));
    let folders = spec.folders.iter();
    let folders = folders.map(|folder| aimed(prefix(&folder.from), folder.to.as_str().to_owned()));
    (Task::Copy(task), objects.chain(folders).collect())
}

fn item(role: Role, key: String) -> NewItem {
    NewItem {
        role,
        key,
        path: None,
        size: 0,
        options: ItemOptions::default(),
    }
}

/// One object and its size.
pub(crate) fn object(key: &ObjectKey, size: u64) -> NewItem {
    NewItem {
        size,
        ..item(Role::Object, key.to_string())
    }
}

/// What was found below a prefix. A copy has its place in what stands for the prefix.
pub(crate) fn found(below: &Item, listed: &ListedObject) -> NewItem {
    let key = listed.key.as_str();
    let rest = key.strip_prefix(&below.key).unwrap_or(key);
    NewItem {
        options: ItemOptions {
            conflict: below.options.conflict,
            to: below.options.to.as_ref().map(|to| format!("{to}{rest}")),
            ..ItemOptions::default()
        },
        ..object(&listed.key, listed.size)
    }
}

fn prefix(prefix: &Prefix) -> NewItem {
    item(Role::Prefix, prefix.as_str().to_owned())
}

fn version(object: ObjectVersion) -> NewItem {
    NewItem {
        options: ItemOptions {
            version_id: object.version_id,
            ..ItemOptions::default()
        },
        ..item(Role::Object, object.key.to_string())
    }
}

fn upload(upload: &UnfinishedUpload) -> NewItem {
    NewItem {
        options: ItemOptions {
            upload_id: Some(upload.upload_id.to_string()),
            ..ItemOptions::default()
        },
        ..item(Role::Upload, upload.key.to_string())
    }
}

/// How a file is asked to be uploaded.
pub(crate) fn options_of(file: &UploadItem) -> ItemOptions {
    ItemOptions {
        content_type: file.content_type.clone(),
        conflict: Some(file.conflict),
        ..ItemOptions::default()
    }
}

fn file(file: UploadItem) -> NewItem {
    NewItem {
        options: options_of(&file),
        path: Some(file.source),
        size: file.size,
        ..item(Role::Object, file.key.to_string())
    }
}

fn describe(spec: &JobSpec) -> Description {
    match spec {
        JobSpec::Upload(UploadSpec { items, bucket, .. }) => {
            let keys: Vec<&str> = items.iter().map(|item| item.key.as_str()).collect();
            Description::new(&keys, &[], |folder| format!("to {bucket}/{folder}"))
        }
        JobSpec::Download(DownloadSpec {
            objects,
            folders,
            folder,
            ..
        }) => {
            let objects: Vec<&str> = objects.iter().map(|(key, _)| key.as_str()).collect();
            Description::new(&objects, &texts(folders), |_| format!("to {}", folder.display()))
        }
        JobSpec::Copy(spec) => describe_copy(spec),
        JobSpec::Delete(DeleteSpec { objects, bucket, .. }) => {
            let keys: Vec<&str> = objects.iter().map(|object| object.key.as_str()).collect();
            Description::new(&keys, &[], |folder| format!("from {bucket}/{folder}"))
        }
        JobSpec::EmptyAndDeleteBucket(EmptyBucketSpec { bucket, .. }) => Description {
            title: bucket.to_string(),
            place: "with everything in it".to_owned(),
            keys: Vec::new(),
        },
        JobSpec::SetAcl(spec) => {
            let keys: Vec<&str> = spec.keys.iter().map(ObjectKey::as_str).collect();
            let bucket = &spec.bucket;
            Description::new(&keys, &texts(&spec.prefixes), |folder| format!("in {bucket}/{folder}"))
        }
    }
}

/// From where to where: one that gets another name is told by both.
fn describe_copy(spec: &CopySpec) -> Description {
    let keys: Vec<&str> = spec.objects.iter().map(|object| object.from.as_str()).collect();
    let prefixes: Vec<&str> = spec.folders.iter().map(|folder| folder.from.as_str()).collect();
    let to = spec.objects.iter().map(|object| object.to.as_str());
    let mut to = to.chain(spec.folders.iter().map(|folder| folder.to.as_str()));
    let only = to
        .next()
        .filter(|_| keys.len() + prefixes.len() == 1)
        .map(str::to_owned);
    let all = to.chain(spec.objects.first().map(|object| object.to.as_str()));
    let folder = all.map(parent).reduce(common_folder).unwrap_or_default();
    let target = only.unwrap_or_else(|| folder.to_owned());
    let bucket = &spec.to.bucket;
    Description::new(&keys, &prefixes, |folder| {
        format!("from {}/{folder} to {bucket}/{target}", spec.from.bucket)
    })
}

fn texts(prefixes: &[Prefix]) -> Vec<&str> {
    prefixes.iter().map(Prefix::as_str).collect()
}

impl Description {
    fn new(objects: &[&str], folders: &[&str], place: impl FnOnce(&str) -> String) -> Self {
        let all = || objects.iter().chain(folders);
        let title = match (objects, folders) {
            ([], [""]) => "everything".to_owned(),
            ([only], []) | ([], [only]) => last_part(only).to_owned(),
            (_, []) => format!("{} files", objects.len()),
            ([], _) => format!("{} folders", folders.len()),
            _ => format!(
                "{} and {}",
                count(objects.len(), "file"),
                count(folders.len(), "folder")
            ),
        };
        let folder = all().map(|key| parent(key)).reduce(common_folder).unwrap_or_default();
        Self {
            title,
            place: place(folder),
            keys: all().take(KEYS_NAMED).map(|key| (*key).to_owned()).collect(),
        }
    }
}

fn count(number: usize, what: &str) -> String {
    if number == 1 {
        format!("1 {what}")
    } else {
        format!("{number} {what}s")
    }
}

/// `2026/` of `photos/2026/`, `a.txt` of `photos/a.txt`.
fn last_part(key: &str) -> &str {
    &key[parent(key).len()..]
}

/// `photos/` of `photos/2026/` and of `photos/a.txt`.
fn parent(key: &str) -> &str {
    let inner = key.strip_suffix('/').unwrap_or(key);
    inner.rfind('/').map_or("", |slash| &key[..=slash])
}

/// The deepest folder that two have in common.
fn common_folder<'a>(a: &'a str, b: &str) -> &'a str {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    a.as_bytes()[..same]
        .iter()
        .rposition(|byte| *byte == b'/')
        .map_or("", |slash| &a[..=slash])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(objects: &[&str], folders: &[&str]) -> (String, String) {
        let description = Description::new(objects, folders, |folder| format!("to b/{folder}"));
        (description.title, description.place)
    }

    #[test]
    fn a_job_is_described_by_what_moves_and_where() {
        let cases: [(&[&str], &[&str], &str, &str); 7] = [
            (&[], &[""], "everything", "to b/"),
            (&["p/2026/hello.txt"], &[], "hello.txt", "to b/p/2026/"),
            (&["p/a/1", "p/ab/2"], &[], "2 files", "to b/p/"),
            (&["1", "p/2"], &[], "2 files", "to b/"),
            (&[], &["p/2026/"], "2026/", "to b/p/"),
            (&["p/1"], &["p/2/", "p/3/"], "1 file and 2 folders", "to b/p/"),
            (&[], &[], "0 files", "to b/"),
        ];
        for (objects, folders, title, place) in cases {
            assert_eq!(described(objects, folders), (title.to_owned(), place.to_owned()));
        }
    }
}
