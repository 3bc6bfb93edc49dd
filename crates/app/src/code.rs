//! Copy as code: what a click does, as boto3, aws cli and curl. Keys are never inside; they come from the reader's own
//! profile. Every name is quoted so that a hostile one stays a string.

mod aws_cli;
mod boto3;
mod curl;
mod quoting;

use dipper_storage::{Addressing, BucketName, Client, LinkOptions, ObjectKey, ProjectIdUse, SignatureVersion};

use crate::error::Result;
use crate::links::{LinkKind, LinkRequest};
use crate::targets::{Subject, Target};
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
    /// A file's name.
    pub name: Option<String>,
    /// The typed text.
    pub text: Option<String>,
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
    file: String,
    text: String,
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
        let target = request
            .target
            .as_ref()
            .or(request.link.as_ref().map(|link| &link.target));
        let chosen = match target {
            Some(target) => Some(self.resolve("codeSnippets", target).await?),
            None => None,
        };
        let (mut keys, mut prefix, mut more) = (Vec::new(), String::new(), 0);
        if let Some(Subject::Entries(entries)) = chosen.as_ref().map(|chosen| &chosen.subject) {
            keys = entries
                .objects
                .iter()
                .take(MOST_KEYS)
                .map(|object| object.key.as_str().to_owned())
                .collect();
            more = (entries.objects.len() - keys.len()) as u64;
            prefix = entries
                .folders
                .first()
                .map(|folder| folder.as_str().to_owned())
                .unwrap_or_default();
        }
        keys.extend(request.key.clone().filter(|_| target.is_none()));
        let bucket = chosen
            .map(|chosen| chosen.bucket.to_string())
            .or_else(|| request.bucket.clone())
            .unwrap_or_default();
        let link = match &request.link {
            Some(link) => Some(scene_link(link, &client, &bucket, keys.first())?),
            None => None,
        };
        let file = request
            .name
            .clone()
            .or_else(|| keys.first().map(|key| file_name(key)))
            .unwrap_or_default();
        Ok(Scene {
            endpoint: config.endpoint.to_string(),
            region: config.signing_region().to_owned(),
            path_style: account.kind != AccountKind::Amazon && account.addressing != Addressing::VirtualHost,
            amazon: account.kind == AccountKind::Amazon,
            signature: account.signature,
            project_id: account.project_id,
            bucket,
            keys,
            prefix,
            more,
            file,
            text: request.text.clone().unwrap_or_default(),
            link,
        })
    }
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
