//! The rights grid, the verdict and changes of access.

use dipper_app as app;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::ipc::error::IpcError;
use crate::ipc::mirror::{list, maybe, maybe_millis, millis, plan_token, same_fields, same_variants};
use crate::ipc::views::{Access, LinkPart};

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Target {
    Bucket { account_id: String, bucket: String },
    Selection { view_id: String, selection_id: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Right {
    FullControl,
    Read,
    Write,
    ReadAcp,
    WriteAcp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Tick {
    On,
    Off,
    Mixed,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum GranteeKind {
    Owner,
    AuthenticatedUsers,
    AllUsers,
    LogDelivery,
    User,
    Email,
    Group,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GrantRow {
    /// stable, sent back in changes.
    pub(crate) id: String,
    pub(crate) kind: GranteeKind,
    pub(crate) name: String,
    pub(crate) detail: String,
    pub(crate) cells: Vec<CellView>,
    pub(crate) is_public: bool,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PermissionsView {
    pub(crate) label: String,
    pub(crate) kind: PermissionsKind,
    pub(crate) objects: u64,
    /// when not all were read.
    pub(crate) partly: Option<String>,
    pub(crate) supported: bool,
    pub(crate) unsupported: Option<IpcError>,
    pub(crate) rows: Vec<GrantRow>,
    /// changes are bound to what was read.
    pub(crate) read_token: String,
    pub(crate) verdict: VerdictView,
    pub(crate) read_at: i64,
    pub(crate) copy_text: String,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VerdictView {
    pub(crate) access: Access,
    pub(crate) level: Level,
    /// "Anyone on the internet can read", or "on this computer".
    pub(crate) title: String,
    /// "3 of 3 objects, through All users".
    pub(crate) text: String,
    pub(crate) proof: ProofView,
    pub(crate) probes: Vec<ProbeView>,
    pub(crate) more_probes: u64,
    /// other grants left.
    pub(crate) others: Vec<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GrantChange {
    pub(crate) row: String,
    pub(crate) right: Right,
    pub(crate) on: bool,
}

/// A grantee typed in.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewGrantee {
    pub(crate) kind: GranteeInput,
    pub(crate) value: String,
    pub(crate) rights: Vec<Right>,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PermissionPlan {
    pub(crate) token: String,
    /// whom it lets in who were not in before.
    pub(crate) publishes: Option<Audience>,
    pub(crate) before: Vec<String>,
    pub(crate) after: Vec<String>,
    pub(crate) objects: u64,
    pub(crate) requests: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PublicScope {
    pub(crate) listing: bool,
    pub(crate) existing: bool,
    pub(crate) future: bool,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessPlan {
    pub(crate) token: String,
    pub(crate) kind: AccessPlanKind,
    pub(crate) label: String,
    pub(crate) scope: PublicScope,
    pub(crate) address: Vec<LinkPart>,
    pub(crate) objects: u64,
    pub(crate) bytes: u64,
    pub(crate) already_public: Option<u64>,
    pub(crate) requests: u64,
    pub(crate) rows: Vec<AccessRow>,
    /// what would be opened, the first hundred.
    pub(crate) sensitive: Vec<String>,
    pub(crate) sensitive_count: u64,
    pub(crate) left_private: u64,
    /// false where the policy opens every object.
    pub(crate) can_leave_private: bool,
    pub(crate) exact_acl: String,
    pub(crate) exact_policy: Option<String>,
    /// needs the sheet, false = may be applied at once.
    pub(crate) confirm: bool,
    /// make private: what still grants access.
    pub(crate) remaining: Vec<String>,
    pub(crate) notes: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessResult {
    /// existing objects: a job.
    pub(crate) job_id: Option<u64>,
    /// null when the look failed; the change was made all the same.
    pub(crate) verdict: Option<VerdictView>,
    pub(crate) not_checked: Option<IpcError>,
    pub(crate) undo: String,
}

/// Who is let in by a grant to a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Audience {
    Anyone,
    Accounts,
}

/// What becomes of objects whose names look sensitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum SensitiveNames {
    Open,
    LeavePrivate,
}

/// One right of one grantee.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CellView {
    pub(crate) right: Right,
    pub(crate) tick: Tick,
    pub(crate) editable: bool,
}

/// A bucket or objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum PermissionsKind {
    Bucket,
    Objects,
}

/// What a stranger can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Level {
    Private,
    Listable,
    Readable,
    Writable,
    Unknown,
}

/// What an unsigned request saw.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProofView {
    pub(crate) ok: bool,
    pub(crate) text: String,
    pub(crate) checked_at: Option<i64>,
}

/// One unsigned request.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProbeView {
    pub(crate) name: String,
    pub(crate) status: String,
    pub(crate) ms: Option<u64>,
    pub(crate) ok: bool,
}

/// Which way access changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum AccessPlanKind {
    MakePublic,
    MakePrivate,
}

/// One thing a stranger can or cannot do, now and after.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessRow {
    pub(crate) what: String,
    pub(crate) now: String,
    pub(crate) now_public: bool,
    pub(crate) after: String,
    pub(crate) after_public: bool,
    pub(crate) changes: bool,
}

/// How a new grantee is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum GranteeInput {
    User,
    Email,
}

impl From<Target> for app::Target {
    fn from(target: Target) -> Self {
        match target {
            Target::Bucket { account_id, bucket } => Self::Bucket {
                account_id: account_id.into(),
                bucket,
            },
            Target::Selection { view_id, selection_id } => Self::Selection {
                view_id: view_id.into(),
                selection_id,
            },
        }
    }
}

same_variants!(app::Right => Right { FullControl, Read, Write, ReadAcp, WriteAcp } and back);
same_variants!(app::Tick => Tick { On, Off, Mixed, None });
same_variants!(app::GranteeKind => GranteeKind { Owner, AuthenticatedUsers, AllUsers, LogDelivery, User, Email, Group });
same_variants!(app::PermissionsKind => PermissionsKind { Bucket, Objects });
same_variants!(app::PublicLevel => Level { Private, Listable, Readable, Writable, Unknown });
same_variants!(app::AccessPlanKind => AccessPlanKind { MakePublic, MakePrivate });
same_variants!(app::Audience => Audience { Anyone, Accounts });
same_variants!(back SensitiveNames => app::SensitiveNames { Open, LeavePrivate });
same_variants!(back GranteeInput => app::NewGranteeKind { User, Email });
same_fields!(app::GrantCell => CellView { right, tick, editable });
same_fields!(app::GrantRow => GrantRow { id, kind, name, detail, cells: list, is_public });
same_fields!(app::Proof => ProofView { ok, text, checked_at: maybe_millis });
same_fields!(app::ProbeLine => ProbeView { name, status, ms, ok });
same_fields!(app::Verdict => VerdictView { access, level, title, text, proof, probes: list, more_probes, others });
same_fields!(app::Permissions => PermissionsView {
    label, kind, objects, partly, supported, unsupported: maybe, rows: list, read_token, verdict, read_at: millis,
    copy_text,
});
same_fields!(GrantChange => app::GrantChange { row, right, on });
same_fields!(NewGrantee => app::NewGrantee { kind, value, rights: list });
same_fields!(app::PermissionPlan => PermissionPlan { token: plan_token, publishes: maybe, before, after, objects, requests });
same_fields!(app::PublicScope => PublicScope { listing, existing, future });
same_fields!(PublicScope => app::PublicScope { listing, existing, future });
same_fields!(app::AccessPlanRow => AccessRow { what, now, now_public, after, after_public, changes });
same_fields!(app::AccessPlan => AccessPlan {
    token: plan_token, kind, label, scope, address: list, objects, bytes, already_public, requests, rows: list,
    sensitive, sensitive_count, left_private, can_leave_private, exact_acl, exact_policy, confirm, remaining, notes,
});

impl From<app::AccessResult> for AccessResult {
    fn from(result: app::AccessResult) -> Self {
        let (verdict, not_checked) = match result.verdict {
            Ok(verdict) => (Some(verdict.into()), None),
            Err(error) => (None, Some(error.into())),
        };
        Self {
            job_id: result.job_id,
            verdict,
            not_checked,
            undo: result.undo,
        }
    }
}
