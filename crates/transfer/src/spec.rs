//! What a job is asked to do. Everything in here is decided: names, policies, keys. The engine asks no questions.

use std::path::PathBuf;

use dipper_storage::{BucketName, CannedAcl, Client, ObjectKey, ObjectVersion, Prefix, UnfinishedUpload};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// One request of a user.
#[derive(Clone, Debug)]
pub enum JobSpec {
    /// Files to objects.
    Upload(UploadSpec),
    /// Objects to files.
    Download(DownloadSpec),
    /// Objects to other keys, on the same server or another.
    Copy(CopySpec),
    /// Objects away.
    Delete(DeleteSpec),
    /// Everything that was counted in a bucket away, then the bucket.
    EmptyAndDeleteBucket(EmptyBucketSpec),
    /// A canned ACL on existing objects.
    SetAcl(AclSpec),
}

impl JobSpec {
    /// Where the job writes: the client, the account's name, and the bucket.
    pub(crate) fn place(&self) -> (Client, String, BucketName) {
        let (client, account, bucket) = match self {
            Self::Copy(spec) => (&spec.to.client, &spec.to.account, &spec.to.bucket),
            Self::Upload(spec) => (&spec.client, &spec.account, &spec.bucket),
            Self::Download(spec) => (&spec.client, &spec.account, &spec.bucket),
            Self::Delete(spec) => (&spec.client, &spec.account, &spec.bucket),
            Self::EmptyAndDeleteBucket(spec) => (&spec.client, &spec.account, &spec.bucket),
            Self::SetAcl(spec) => (&spec.client, &spec.account, &spec.bucket),
        };
        (client.clone(), account.clone(), bucket.clone())
    }
}

/// Files to put into a bucket.
#[derive(Clone, Debug)]
pub struct UploadSpec {
    /// The account's client.
    pub client: Client,
    /// The account's name, for the list of transfers only.
    pub account: String,
    /// The bucket.
    pub bucket: BucketName,
    /// The files and their keys.
    pub items: Vec<UploadItem>,
    /// The ACL of the new objects; `None` leaves it to the server.
    pub canned_acl: Option<CannedAcl>,
}

/// One file and the key it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadItem {
    /// The file.
    pub source: PathBuf,
    /// The key.
    pub key: ObjectKey,
    /// Its size when it was scanned, for the totals. What is sent is what the file holds when its turn comes.
    pub size: u64,
    /// When it was last changed, as scanned.
    pub modified: Option<OffsetDateTime>,
    /// The content type; `None` decides by the key's extension.
    pub content_type: Option<String>,
    /// What to do where the key is taken.
    pub conflict: ConflictPolicy,
}

/// What an upload does where the key is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ConflictPolicy {
    /// Replaces the object.
    Overwrite,
    /// Leaves the object and counts the item as skipped.
    #[default]
    Skip,
    /// Takes a free key beside it: `name (2).ext`.
    KeepBoth,
}

/// What a download does where the file is there. Nothing on the disk is ever replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DownloadConflict {
    /// Takes a free name beside it: `name (2).ext`.
    #[default]
    KeepBoth,
    /// Leaves the file and counts the item as skipped.
    Skip,
}

/// Objects to put into a folder.
#[derive(Clone, Debug)]
pub struct DownloadSpec {
    /// The account's client.
    pub client: Client,
    /// The account's name, for the list of transfers only.
    pub account: String,
    /// The bucket.
    pub bucket: BucketName,
    /// Objects and their sizes as listed, for the totals.
    pub objects: Vec<(ObjectKey, u64)>,
    /// Prefixes of which everything is wanted.
    pub folders: Vec<Prefix>,
    /// What is left off the front of keys when they become paths. A key that does not begin with it keeps its whole name.
    pub base: Prefix,
    /// Where the files go. Made if missing.
    pub folder: PathBuf,
    /// What to do where a file is there.
    pub conflict: DownloadConflict,
}

/// A bucket and the account it is seen with.
#[derive(Clone, Debug)]
pub struct Place {
    /// The account's client.
    pub client: Client,
    /// The account's name: where two places have the same, the server can copy by itself.
    pub account: String,
    /// The bucket.
    pub bucket: BucketName,
}

/// Objects to copy or to move.
#[derive(Clone, Debug)]
pub struct CopySpec {
    /// Where they are.
    pub from: Place,
    /// Where they go.
    pub to: Place,
    /// Single objects.
    pub objects: Vec<CopyObject>,
    /// Prefixes of which everything is wanted.
    pub folders: Vec<CopyFolder>,
    /// What to do where a key is taken.
    pub conflict: ConflictPolicy,
    /// Who may read the copies.
    pub access: CopyAccess,
    /// Whether each source goes once its copy was looked at and is whole.
    pub remove: bool,
}

/// One object and the key of its copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyObject {
    /// Its key.
    pub from: ObjectKey,
    /// The key of the copy.
    pub to: ObjectKey,
    /// Its size as listed, for the totals.
    pub size: u64,
}

/// A prefix and what stands in its place in the keys of the copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyFolder {
    /// The prefix.
    pub from: Prefix,
    /// What the copies have in its place.
    pub to: Prefix,
}

/// Who may read a copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CopyAccess {
    /// What the server gives a new object: on most, only its owner.
    #[default]
    New,
    /// This.
    Canned(CannedAcl),
    /// Whoever may read the source, as far as both servers keep access rights of objects and are in the same account.
    Keep,
}

/// Objects to delete: exactly these, so that nothing goes that nobody was shown.
#[derive(Clone, Debug)]
pub struct DeleteSpec {
    /// The account's client.
    pub client: Client,
    /// The account's name, for the list of transfers only.
    pub account: String,
    /// The bucket.
    pub bucket: BucketName,
    /// Objects as they are now, or versions of them.
    pub objects: Vec<ObjectVersion>,
}

/// A bucket to empty of exactly this and to delete. It stays, and the job fails, if there is more in it by then.
#[derive(Clone, Debug)]
pub struct EmptyBucketSpec {
    /// The account's client.
    pub client: Client,
    /// The account's name, for the list of transfers only.
    pub account: String,
    /// The bucket.
    pub bucket: BucketName,
    /// Objects as they are now, or versions and delete markers.
    pub objects: Vec<ObjectVersion>,
    /// Unfinished uploads, which are aborted.
    pub uploads: Vec<UnfinishedUpload>,
}

/// Existing objects that get a canned ACL.
#[derive(Clone, Debug)]
pub struct AclSpec {
    /// The account's client.
    pub client: Client,
    /// The account's name, for the list of transfers only.
    pub account: String,
    /// The bucket.
    pub bucket: BucketName,
    /// Single objects.
    pub keys: Vec<ObjectKey>,
    /// Prefixes of which every object gets it.
    pub prefixes: Vec<Prefix>,
    /// The ACL.
    pub canned_acl: CannedAcl,
}
