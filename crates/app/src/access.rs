//! Who may read: permissions as the server keeps them, a verdict proved by one unsigned request, and the changes that
//! make something public or private again.
//!
//! The one idea: nothing is called public or private because a setting says so; a stranger's request has the last word.

mod apply;
mod badges;
mod change;
mod facts;
mod grid;
mod judge;
mod plan;
mod policy;
mod sensitive;
mod strangers;
mod survey;
mod verdict;

use std::sync::Arc;

use dipper_storage::{LinkPart, Right};
use time::OffsetDateTime;

pub(crate) use badges::count_public;
pub(crate) use facts::Reads;
pub(crate) use judge::Seen;
pub(crate) use sensitive::looks_sensitive;

use crate::PlanToken;
use crate::error::Error;

/// Who can reach something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone, without signing in.
    Public,
    /// Only those who were granted it.
    Private,
    /// Some of it is public.
    Partly,
    /// Not known.
    Unknown,
}

/// The access cell of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessBadge {
    /// The access.
    pub access: Access,
    /// Where it comes from, or why it is not known.
    pub reason: Option<String>,
}

/// A box of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// Granted.
    On,
    /// Not granted.
    Off,
    /// Granted on some objects.
    Mixed,
    /// Does not apply.
    None,
}

/// Whom a row of the grid stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GranteeKind {
    /// The owner.
    Owner,
    /// Everyone with an account.
    AuthenticatedUsers,
    /// Everyone.
    AllUsers,
    /// The server's log writer.
    LogDelivery,
    /// A user by id.
    User,
    /// A user by e-mail.
    Email,
    /// Another group.
    Group,
}

/// A row of the grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRow {
    /// Names the row in changes.
    pub id: String,
    /// Whom it stands for.
    pub kind: GranteeKind,
    /// The grantee.
    pub name: String,
    /// More about the grantee.
    pub detail: String,
    /// One cell per right, in the order full control, read, write, read and write permissions.
    pub cells: Vec<GrantCell>,
    /// Whether the row lets anyone in.
    pub is_public: bool,
}

/// A cell of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrantCell {
    /// The right.
    pub right: Right,
    /// Its state.
    pub tick: Tick,
    /// Whether it can be changed.
    pub editable: bool,
}

/// What a permissions panel is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PermissionsKind {
    /// A bucket.
    Bucket,
    /// Objects.
    Objects,
}

/// The permissions of a target as read from the server.
#[derive(Debug, Clone)]
pub struct Permissions {
    /// The target's name.
    pub label: String,
    /// What it is about.
    pub kind: PermissionsKind,
    /// Objects whose permissions were read; 0 for a bucket.
    pub objects: u64,
    /// Says so when these are not all of the target's.
    pub partly: Option<String>,
    /// Whether the server has ACLs for it.
    pub supported: bool,
    /// Why it has none, and the other way.
    pub unsupported: Option<Arc<Error>>,
    /// The grid.
    pub rows: Vec<GrantRow>,
    /// Names what was read; changes are bound to it.
    pub read_token: String,
    /// The verdict.
    pub verdict: Verdict,
    /// When it was read.
    pub read_at: OffsetDateTime,
    /// The grid as text, for the clipboard.
    pub copy_text: String,
}

/// What anyone can do without signing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicLevel {
    /// Nothing.
    Private,
    /// See the names.
    Listable,
    /// Read.
    Readable,
    /// Write.
    Writable,
    /// Not known.
    Unknown,
}

/// Who can reach a target, with its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The access.
    pub access: Access,
    /// The most that anyone can do.
    pub level: PublicLevel,
    /// One sentence.
    pub title: String,
    /// Which grant causes it.
    pub text: String,
    /// What an unsigned request showed.
    pub proof: Proof,
    /// The unsigned requests, the first few.
    pub probes: Vec<ProbeLine>,
    /// Targets that were not probed.
    pub more_probes: u64,
    /// Other grants that remain.
    pub others: Vec<String>,
}

/// What an unsigned request showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Whether it agrees with the verdict.
    pub ok: bool,
    /// In words.
    pub text: String,
    /// When it was made; `None` when none could be.
    pub checked_at: Option<OffsetDateTime>,
}

/// One unsigned request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeLine {
    /// What was asked for.
    pub name: String,
    /// "200 OK", "403 Forbidden", or why there was no answer.
    pub status: String,
    /// How long it took.
    pub ms: Option<u64>,
    /// Whether it agrees with the verdict.
    pub ok: bool,
}

/// A change to one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantChange {
    /// The row's id.
    pub row: String,
    /// The right.
    pub right: Right,
    /// Granted or not.
    pub on: bool,
}

/// A grantee to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGrantee {
    /// By id or by e-mail.
    pub kind: NewGranteeKind,
    /// The id or address.
    pub value: String,
    /// What to grant.
    pub rights: Vec<Right>,
}

/// How a new grantee is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewGranteeKind {
    /// By id.
    User,
    /// By e-mail address.
    Email,
}

/// Who is let in by a grant to a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Anyone, without signing in.
    Anyone,
    /// Anyone with an account at the server.
    Accounts,
}

/// What a change of permissions would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionPlan {
    /// Applies exactly this, for two minutes, once.
    pub token: PlanToken,
    /// Whom it lets in who were not in before.
    pub publishes: Option<Audience>,
    /// The grants now.
    pub before: Vec<String>,
    /// The grants after.
    pub after: Vec<String>,
    /// Objects it changes.
    pub objects: u64,
    /// Requests it takes.
    pub requests: u64,
}

/// What to make public of a bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PublicScope {
    /// The list of names.
    pub listing: bool,
    /// The objects that are there now.
    pub existing: bool,
    /// Everything uploaded later.
    pub future: bool,
}

/// What becomes of objects whose names look sensitive when others are made public.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SensitiveNames {
    /// They are opened, too.
    #[default]
    Open,
    /// They stay as they are.
    LeavePrivate,
}

/// Which way an access plan goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessPlanKind {
    /// To public.
    MakePublic,
    /// To private.
    MakePrivate,
}

/// What making something public or private would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessPlan {
    /// Applies exactly this, for two minutes, once.
    pub token: PlanToken,
    /// Which way.
    pub kind: AccessPlanKind,
    /// The target's name.
    pub label: String,
    /// What of a bucket.
    pub scope: PublicScope,
    /// The address a stranger uses.
    pub address: Vec<LinkPart>,
    /// Objects it concerns.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// How many are public already; `None` when they are too many to look at.
    pub already_public: Option<u64>,
    /// Requests it takes.
    pub requests: u64,
    /// Now and after.
    pub rows: Vec<AccessPlanRow>,
    /// Keys that look sensitive and would be opened, the first hundred.
    pub sensitive: Vec<String>,
    /// How many there are of them.
    pub sensitive_count: u64,
    /// Objects with such keys that are left as they are.
    pub left_private: u64,
    /// Whether they can be: a policy opens every object.
    pub can_leave_private: bool,
    /// The ACL in words as sent.
    pub exact_acl: String,
    /// The policy as sent.
    pub exact_policy: Option<String>,
    /// Whether it has to be confirmed on a sheet.
    pub confirm: bool,
    /// What still grants access after making private.
    pub remaining: Vec<String>,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// One line of now and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessPlanRow {
    /// What anyone can do.
    pub what: String,
    /// Now, in words.
    pub now: String,
    /// Whether it is public now.
    pub now_public: bool,
    /// After, in words.
    pub after: String,
    /// Whether it will be public.
    pub after_public: bool,
    /// Whether it changes.
    pub changes: bool,
}

/// What came of an access plan.
#[derive(Debug, Clone)]
pub struct AccessResult {
    /// The job that changes the objects, where there is one.
    pub job_id: Option<u64>,
    /// What a stranger sees now, or why that is not known: the change was made all the same.
    pub verdict: Result<Verdict, Error>,
    /// How to take it back, in words.
    pub undo: String,
}
