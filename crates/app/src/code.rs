//! Copy as code: what a click does, as boto3, aws cli and curl. Keys are never inside; they come from the reader's own
//! profile. Every name is quoted so that a hostile one stays a string.

use crate::error::Result;
use crate::links::LinkRequest;
use crate::targets::Target;
use crate::{AccountId, App};

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

impl App {
    /// The action as code, in every language that can express it.
    pub async fn code_snippets(&self, _request: &CodeRequest) -> Result<Vec<CodeSnippet>> {
        todo!()
    }
}
