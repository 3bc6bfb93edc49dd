//! Links and code.

use dipper_app as app;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::ipc::mirror::{list, maybe, maybe_millis, same_fields, same_variants};
use crate::ipc::views::{Access, Scheme, Signature, Target, UploadAccess};

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LinkPart {
    pub(crate) text: String,
    pub(crate) role: LinkRole,
}

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LinkRequest {
    pub(crate) target: Target,
    pub(crate) kind: LinkKind,
    pub(crate) expires_seconds: u64,
    pub(crate) style: Signature,
    pub(crate) scheme: Scheme,
    pub(crate) with_project_id: bool,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LinkView {
    pub(crate) key: String,
    pub(crate) url: String,
    pub(crate) parts: Vec<LinkPart>,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LinkSet {
    pub(crate) links: Vec<LinkView>,
    pub(crate) total: u64,
    pub(crate) works_until: Option<i64>,
    pub(crate) access: Option<Access>,
    pub(crate) proof: Option<String>,
    pub(crate) notes: Vec<String>,
    pub(crate) scheme: Scheme,
    pub(crate) project_id: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CodeRequest {
    pub(crate) action: CodeAction,
    pub(crate) link: Option<LinkRequest>,
    pub(crate) target: Option<Target>,
    pub(crate) account_id: String,
    pub(crate) bucket: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) access: UploadAccess,
    /// the plan of the upload sheet.
    pub(crate) upload_plan: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum CodeAction {
    Link,
    ListBuckets,
    CreateBucket,
    DeleteBucket,
    ListObjects,
    PutText,
    Upload,
    Download,
    DeleteObjects,
    MakePublic,
    MakePrivate,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CodeSnippet {
    pub(crate) language: Language,
    pub(crate) title: String,
    pub(crate) code: String,
    pub(crate) note: Option<String>,
}

/// What a part of a link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum LinkRole {
    Plain,
    ProjectId,
    Path,
    Signature,
}

/// Unsigned, or signed until a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum LinkKind {
    Public,
    Expiring,
}

/// The language of a snippet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Language {
    Boto3,
    AwsCli,
    Curl,
}

same_variants!(app::LinkRole => LinkRole { Plain, ProjectId, Path, Signature });
same_variants!(app::CodeLanguage => Language { Boto3, AwsCli, Curl });
same_variants!(back LinkKind => app::LinkKind { Public, Expiring });
same_variants!(back CodeAction => app::CodeAction {
    Link, ListBuckets, CreateBucket, DeleteBucket, ListObjects, PutText, Upload, Download, DeleteObjects, MakePublic,
    MakePrivate,
});
same_fields!(app::LinkPart => LinkPart { text, role });
same_fields!(LinkRequest => app::LinkRequest { target, kind, expires_seconds, style, scheme, with_project_id });
same_fields!(app::Link => LinkView { key, url, parts: list });
same_fields!(app::LinkSet => LinkSet {
    links: list, total, works_until: maybe_millis, access: maybe, proof, notes, scheme, project_id,
});
same_fields!(CodeRequest => app::CodeRequest {
    action, link: maybe, target: maybe, account_id, bucket, key, text, content_type, access, upload_plan,
});
same_fields!(app::CodeSnippet => CodeSnippet { language, title, code, note });
