//! Single objects and folders: making them from text, deleting what is selected, and what is known about them.
//!
//! Deleting and publishing take nothing but the token of the plan that was shown; see `plans`.

mod create;
mod delete;
mod properties;
mod put;
mod read;

use time::OffsetDateTime;

pub use put::PutObject;
pub use read::ObjectReader;

use crate::{AccountId, PlanToken, UploadAccess, Versioning};

/// What a check of a new key found. The token is needed to create it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyCheck {
    /// Creates exactly what was checked, for two minutes, once.
    pub token: PlanToken,
    /// Whether an object has this key now.
    pub exists: bool,
    /// The size of the one that exists.
    pub size: Option<u64>,
    /// When the one that exists was written.
    pub last_modified: Option<OffsetDateTime>,
    /// Why the key cannot be used.
    pub problem: Option<String>,
    /// Bytes of the text as UTF-8.
    pub bytes: u64,
}

/// An object to make from typed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTextObject {
    /// The account.
    pub account_id: AccountId,
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// Its content, saved exactly as typed: no byte order mark, no newline added.
    pub text: String,
    /// Its content type.
    pub content_type: String,
    /// Who may read it.
    pub access: UploadAccess,
    /// The token of the check just shown.
    pub token: PlanToken,
}

/// What deleting the selection would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteObjectsPlan {
    /// Deletes exactly this, for two minutes, once.
    pub token: PlanToken,
    /// Objects that will go, those below folders included.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Selected folders.
    pub folders: u64,
    /// The first entries, to be read by a person.
    pub lines: Vec<DeleteLine>,
    /// Entries not among the lines.
    pub more: u64,
    /// Whether the bucket keeps old versions.
    pub versioning: Versioning,
    /// Requests it takes.
    pub requests: u64,
    /// Whether the bucket's name has to be typed: more than [`OBJECTS_WITHOUT_NAME`] objects.
    pub asks_for_name: bool,
    /// The bucket.
    pub bucket: String,
    /// How many of the selected objects anyone can read; `None` when that was not looked at.
    pub public_count: Option<u64>,
}

/// Up to this many objects are deleted without typing the bucket's name.
pub const OBJECTS_WITHOUT_NAME: u64 = 1_000;

/// One entry of a delete plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteLine {
    /// The name as shown.
    pub name: String,
    /// Its size, or what is below it.
    pub detail: String,
}

/// What is known of a target, in groups of labelled values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Properties {
    /// The name of the target.
    pub title: String,
    /// What the target is.
    pub kind: PropertiesKind,
    /// The groups, in the order to show.
    pub groups: Vec<PropertyGroup>,
}

/// What properties are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PropertiesKind {
    /// A bucket.
    Bucket,
    /// One object.
    Object,
    /// One folder.
    Folder,
    /// Several entries.
    Many,
}

/// Values under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PropertyGroup {
    /// The heading.
    pub title: String,
    /// The values.
    pub rows: Vec<Property>,
}

/// One labelled value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// What it is.
    pub label: String,
    /// The value, whole.
    pub value: PropertyValue,
    /// Whether it is drawn in a fixed-width face.
    pub mono: bool,
    /// Whether a button to copy it makes sense.
    pub copy: bool,
}

/// A value, for whoever draws it to put into words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PropertyValue {
    /// Words or a code.
    Text(String),
    /// A number of bytes.
    Bytes(u64),
    /// A number of things.
    Count(u64),
    /// A moment.
    Time(OffsetDateTime),
}
