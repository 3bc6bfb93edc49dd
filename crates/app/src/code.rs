//! Copy as code: what a click does, as boto3, aws cli and curl. Keys are never inside; they come from the reader's own
//! profile. Every name is quoted so that a hostile one stays a string.

mod aws_cli;
mod boto3;
mod curl;
mod quoting;

use dipper_storage::{
    Addressing, BucketName, CannedAcl, Client, LinkOptions, ObjectKey, ProjectIdUse, SignatureVersion,
};

use crate::error::Result;
use crate::links::{LinkKind, LinkRequest};
use crate::targets::{Subject, Target};
use crate::uploads::UploadAccess;
use crate::{AccountId, AccountKind, App};

/// The click to write down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeRequest {
    /// What was clicked.
    pub action: CodeAction,
    /// The link dialog's state, for [`CodeAction::Link`].
    pub link: Option<LinkRequest>,
    /// What it acts on.
    pub target: Option<Target>,
    /// The account.
    pub account_id: AccountId,
    /// The bucket, where no target gives it.
    pub bucket: Option<String>,
    /// The key, where no target gives it.
    pub key: Option<String>,
    /// The typed text.
    pub text: Option<String>,
    /// Its content type.
    pub content_type: Option<String>,
    /// Who may read what is written.
    pub access: UploadAccess,
    /// The upload that is looked at, for [`CodeAction::Upload`].
    pub upload_plan: Option<String>,
}

/// An action that can be written as code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeAction {
    /// Get link.
    Link,
    /// List the buckets.
    ListBuckets,
    /// New bucket.
    CreateBucket,
    /// Delete bucket.
    DeleteBucket,
    /// List a bucket or folder.
    ListObjects,
    /// New object from text.
    PutText,
    /// Upload.
    Upload,
    /// Download.
    Download,
    /// Delete objects.
    DeleteObjects,
    /// Make public.
    MakePublic,
    /// Make private.
    MakePrivate,
}

/// Code for one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeSnippet {
    /// The language.
    pub language: CodeLanguage,
    /// Its name on the tab.
    pub title: String,
    /// The code.
    pub code: String,
    /// What to know before running it.
    pub note: Option<String>,
}

/// A language code is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeLanguage {
    /// Python with boto3.
    Boto3,
    /// A shell with the aws command.
    AwsCli,
    /// A shell with curl.
    Curl,
}

/// As many keys are written out; more would bury the code.
const MOST_KEYS: usize = 20;

/// What a snippet is made of: names exact, no secret and no key pair.
struct Scene {
    endpoint: String,
    region: String,
    path_style: bool,
    amazon: bool,
    signature: SignatureVersion,
    project_id: Option<String>,
    bucket: String,
    keys: Vec<String>,
    prefix: String,
    more: u64,
    /// What is sent, or what a download becomes: name and key.
    files: Vec<(String, String)>,
    text: String,
    content_type: String,
    acl: Option<CannedAcl>,
    /// Where a new bucket has to be, for a server that asks.
    location: Option<String>,
    link: Option<SceneLink>,
}

/// The link dialog's choices.
struct SceneLink {
    kind: LinkKind,
    seconds: u64,
    style: SignatureVersion,
    with_project_id: bool,
    /// The plain link to the first key, for a public one.
    plain: String,
}

impl App {
    /// The action as code, in boto3, aws cli and curl.
    pub async fn code_snippets(&self, request: &CodeRequest) -> Result<Vec<CodeSnippet>> {
        let scene = self.scene(request).await?;
        let action = request.action;
        Ok(vec![
            CodeSnippet {
                language: CodeLanguage::Boto3,
                title: "boto3".to_owned(),
                code: boto3::code(action, &scene),
                note: boto3::note(action, &scene),
            },
            CodeSnippet {
                language: CodeLanguage::AwsCli,
                title: "aws cli".to_owned(),
                code: aws_cli::code(action, &scene),
                note: aws_cli::note(action, &scene),
            },
            CodeSnippet {
                language: CodeLanguage::Curl,
                title: "curl".to_owned(),
                code: curl::code(action, &scene),
                note: curl::note(action, &scene),
            },
        ])
    }

    async fn scene(&self, request: &CodeRequest) -> Result<Scene> {
        let account = self.account(&request.account_id).await?;
        let client = self.client(&request.account_id).await?;
        let config = client.config();
        let chosen = self.chosen(request).await?;
        let link = match &request.link {
            Some(link) => Some(scene_link(link, &client, &chosen.bucket, chosen.keys.first())?),
            None => None,
        };
        let region = config.signing_region().to_owned();
        let elsewhere = config.compatibility.location_constraint && region != "us-east-1";
        Ok(Scene {
            endpoint: config.endpoint.to_string(),
            location: elsewhere.then(|| region.clone()),
            region,
            path_style: account.kind != AccountKind::Amazon && account.addressing != Addressing::VirtualHost,
            amazon: account.kind == AccountKind::Amazon,
            signature: account.signature,
            project_id: account.project_id,
            bucket: chosen.bucket,
            keys: chosen.keys,
            prefix: chosen.prefix,
            more: chosen.more,
            files: chosen.files,
            text: request.text.clone().unwrap_or_default(),
            content_type: request.content_type.clone().unwrap_or_default(),
            acl: chosen.access.canned(),
            link,
        })
    }

    /// What the click is about: the files of an upload, the target, or what a form names.
    async fn chosen(&self, request: &CodeRequest) -> Result<Chosen> {
        const OPERATION: &str = "codeSnippets";
        let mut chosen = Chosen {
            bucket: request.bucket.clone().unwrap_or_default(),
            access: request.access,
            ..Chosen::default()
        };
        if let Some(plan) = &request.upload_plan {
            let upload = self.planned_upload(OPERATION, plan)?;
            chosen.more = upload.files.len().saturating_sub(MOST_KEYS) as u64;
            chosen.files = upload.files;
            chosen.files.truncate(MOST_KEYS);
            chosen.keys = chosen.files.iter().map(|(_, key)| key.clone()).collect();
            chosen.bucket = upload.bucket;
            chosen.access = upload.access;
            return Ok(chosen);
        }
        let target = request.target.as_ref();
        if let Some(target) = target.or(request.link.as_ref().map(|link| &link.target)) {
            let resolved = self.resolve(OPERATION, target).await?;
            chosen.bucket = resolved.bucket.to_string();
            if let Subject::Entries(entries) = &resolved.subject {
                let keys = entries.objects.iter().take(MOST_KEYS);
                chosen.keys = keys.map(|object| object.key.as_str().to_owned()).collect();
                chosen.more = (entries.objects.len() - chosen.keys.len()) as u64;
                chosen.prefix = entries
                    .folders
                    .first()
                    .map_or_else(String::new, |folder| folder.as_str().to_owned());
            }
        } else {
            chosen.keys.extend(request.key.clone());
        }
        chosen.files = chosen.keys.iter().map(|key| (file_name(key), key.clone())).collect();
        Ok(chosen)
    }
}

/// What a click is about.
#[derive(Default)]
struct Chosen {
    bucket: String,
    keys: Vec<String>,
    prefix: String,
    more: u64,
    files: Vec<(String, String)>,
    access: UploadAccess,
}

impl Scene {
    fn key(&self) -> &str {
        self.keys.first().map_or(&self.prefix, String::as_str)
    }

    fn is_for_bucket(&self) -> bool {
        self.keys.is_empty() && self.prefix.is_empty()
    }
}

fn scene_link(link: &LinkRequest, client: &Client, bucket: &str, key: Option<&String>) -> Result<SceneLink> {
    let bucket = BucketName::parse(bucket)?;
    let key = key.map(|key| ObjectKey::parse(key)).transpose()?;
    let project_id = if link.with_project_id {
        ProjectIdUse::Account
    } else {
        ProjectIdUse::Omit
    };
    let plain = client.public_url(
        &bucket,
        key.as_ref(),
        &LinkOptions {
            scheme: Some(link.scheme),
            project_id,
        },
    );
    Ok(SceneLink {
        kind: link.kind,
        seconds: link.expires_seconds,
        style: link.style,
        with_project_id: link.with_project_id,
        plain: plain.url(),
    })
}

/// A key's last part, as a file on the reader's computer: never a path of the server's choosing.
fn file_name(key: &str) -> String {
    let name = key.trim_end_matches('/').rsplit(['/', '\\']).next().unwrap_or_default();
    match name {
        "" | "." | ".." => "object".to_owned(),
        name if name.starts_with('-') => format!("./{name}"),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests;
