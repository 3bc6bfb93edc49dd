//! Links: plain ones for what is public, expiring ones for the rest, with the Project ID signed in where there is one.
//! Making a link sends nothing; only a public link of a single target is tried, unsigned, to say whether it works.

use dipper_storage::LinkPart;
use time::OffsetDateTime;

use crate::access::Access;
use crate::error::Result;
use crate::targets::Target;
use crate::{App, Scheme, SignatureVersion};

/// Which links to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRequest {
    /// What to link to.
    pub target: Target,
    /// Plain or expiring.
    pub kind: LinkKind,
    /// How long an expiring one works.
    pub expires_seconds: u64,
    /// How an expiring one is signed.
    pub style: SignatureVersion,
    /// The scheme in the link.
    pub scheme: Scheme,
    /// Whether the bucket's name starts with the account's Project ID.
    pub with_project_id: bool,
}

/// Plain or expiring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// Works without end, for what is public.
    Public,
    /// Signed, works until its time.
    Expiring,
}

/// A link to one key.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// The key; empty for a bucket.
    pub key: String,
    /// The whole link.
    pub url: String,
    /// The same in parts.
    pub parts: Vec<LinkPart>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").field("key", &self.key).field("parts", &self.parts).finish_non_exhaustive()
    }
}

/// The links of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkSet {
    /// The links, at most [`MOST_LINKS`].
    pub links: Vec<Link>,
    /// Objects in the target.
    pub total: u64,
    /// Until when they work; `None` for plain ones.
    pub works_until: Option<OffsetDateTime>,
    /// What is known of the access, where it was tried.
    pub access: Option<Access>,
    /// What was seen when it was tried.
    pub proof: Option<String>,
    /// What a person should know.
    pub notes: Vec<String>,
    /// The scheme in the links.
    pub scheme: Scheme,
    /// The account's Project ID.
    pub project_id: Option<String>,
}

/// As many links are made at once.
pub const MOST_LINKS: usize = 1_000;

impl App {
    /// Makes links.
    pub async fn make_links(&self, _request: &LinkRequest) -> Result<LinkSet> {
        todo!()
    }
}
