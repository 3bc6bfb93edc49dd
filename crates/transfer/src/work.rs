//! What a job has to do, what is left of it after a run, and how it is described.

use dipper_storage::BucketName;

use crate::context::Context;
use crate::job::JobKind;
use crate::spec::{AclSpec, DeleteSpec, DownloadSpec, EmptyBucketSpec, JobSpec, UploadSpec};
use crate::targets::Targets;
use crate::{acl, delete, download, upload};

/// How many keys a description names.
const KEYS_NAMED: usize = 5;

/// The work of a job. The lists of the specs are moved into the targets and shrink as they are done.
#[derive(Debug)]
pub(crate) enum Work {
    Upload(UploadSpec),
    Download(DownloadSpec, Targets),
    Delete(DeleteSpec),
    /// The bucket too is an item: it is left until it is gone.
    Empty(EmptyBucketSpec, Bucket),
    SetAcl(AclSpec, Targets),
}

/// Whether the bucket that goes last is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bucket {
    Left,
    Gone,
}

/// A job in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Description {
    pub(crate) title: String,
    pub(crate) place: String,
    pub(crate) keys: Vec<String>,
}

impl Work {
    pub(crate) fn new(spec: JobSpec) -> Self {
        match spec {
            JobSpec::Upload(spec) => Self::Upload(spec),
            JobSpec::Download(mut spec) => {
                let (objects, folders) = (std::mem::take(&mut spec.objects), std::mem::take(&mut spec.folders));
                Self::Download(spec, Targets::new(objects, folders))
            }
            JobSpec::Delete(spec) => Self::Delete(spec),
            JobSpec::EmptyAndDeleteBucket(spec) => Self::Empty(spec, Bucket::Left),
            JobSpec::SetAcl(mut spec) => {
                let (keys, prefixes) = (std::mem::take(&mut spec.keys), std::mem::take(&mut spec.prefixes));
                Self::SetAcl(spec, Targets::new(keys.into_iter().map(|key| (key, 0)), prefixes))
            }
        }
    }

    /// Does it, and hands back what is left.
    pub(crate) async fn run(self, context: &Context) -> Self {
        match self {
            Self::Upload(spec) => Self::Upload(upload::run(context, spec).await),
            Self::Download(spec, targets) => {
                let left = download::run(context, &spec, targets).await;
                Self::Download(spec, left)
            }
            Self::Delete(mut spec) => {
                spec.objects = delete::run(context, &spec.client, &spec.bucket, spec.objects).await;
                Self::Delete(spec)
            }
            Self::Empty(mut spec, _) => {
                let bucket = delete::empty_bucket(context, &mut spec).await;
                Self::Empty(spec, bucket)
            }
            Self::SetAcl(spec, targets) => {
                let left = acl::run(context, &spec, targets).await;
                Self::SetAcl(spec, left)
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Upload(spec) => spec.items.is_empty(),
            Self::Delete(spec) => spec.objects.is_empty(),
            Self::Empty(_, bucket) => *bucket == Bucket::Gone,
            Self::Download(_, targets) | Self::SetAcl(_, targets) => targets.is_empty(),
        }
    }

    /// Items and bytes that are known before the work begins.
    pub(crate) fn known(&self) -> (u64, u64) {
        match self {
            Self::Upload(spec) => {
                let bytes = spec.items.iter().fold(0_u64, |sum, item| sum.saturating_add(item.size));
                (spec.items.len() as u64, bytes)
            }
            Self::Delete(spec) => (spec.objects.len() as u64, 0),
            Self::Empty(spec, _) => ((spec.objects.len() + spec.uploads.len() + 1) as u64, 0),
            Self::Download(_, targets) | Self::SetAcl(_, targets) => targets.known(),
        }
    }

    pub(crate) fn kind(&self) -> JobKind {
        match self {
            Self::Upload(_) => JobKind::Upload,
            Self::Download(..) => JobKind::Download,
            Self::Delete(_) => JobKind::Delete,
            Self::Empty(..) => JobKind::EmptyAndDeleteBucket,
            Self::SetAcl(..) => JobKind::SetAcl,
        }
    }

    pub(crate) fn account(&self) -> &str {
        match self {
            Self::Upload(spec) => &spec.account,
            Self::Download(spec, _) => &spec.account,
            Self::Delete(spec) => &spec.account,
            Self::Empty(spec, _) => &spec.account,
            Self::SetAcl(spec, _) => &spec.account,
        }
    }

    pub(crate) fn bucket(&self) -> &BucketName {
        match self {
            Self::Upload(spec) => &spec.bucket,
            Self::Download(spec, _) => &spec.bucket,
            Self::Delete(spec) => &spec.bucket,
            Self::Empty(spec, _) => &spec.bucket,
            Self::SetAcl(spec, _) => &spec.bucket,
        }
    }

    pub(crate) fn describe(&self) -> Description {
        let bucket = self.bucket();
        match self {
            Self::Upload(spec) => {
                let keys: Vec<&str> = spec.items.iter().map(|item| item.key.as_str()).collect();
                Description::new(&keys, &[], |folder| format!("to {bucket}/{folder}"))
            }
            Self::Download(spec, targets) => targets.describe(|_| format!("to {}", spec.folder.display())),
            Self::Delete(spec) => {
                let keys: Vec<&str> = spec.objects.iter().map(|object| object.key.as_str()).collect();
                Description::new(&keys, &[], |folder| format!("from {bucket}/{folder}"))
            }
            Self::Empty(..) => Description {
                title: bucket.to_string(),
                place: "with everything in it".to_owned(),
                keys: Vec::new(),
            },
            Self::SetAcl(_, targets) => targets.describe(|folder| format!("in {bucket}/{folder}")),
        }
    }
}

impl Targets {
    fn describe(&self, place: impl FnOnce(&str) -> String) -> Description {
        let objects: Vec<&str> = self.objects.iter().map(|object| object.key.as_str()).collect();
        let folders: Vec<&str> = self.folders.iter().map(crate::targets::Folder::prefix).collect();
        Description::new(&objects, &folders, place)
    }
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
