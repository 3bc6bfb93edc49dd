//! Links: plain ones for what is public, expiring ones for the rest, with the Project ID signed in where there is one.
//! Making a link sends nothing; only a public link of a single target is tried, unsigned, to say whether it works.

use std::time::Duration;

use dipper_storage::{
    BucketName, Client, LinkMethod, LinkOptions, LinkPart, ObjectKey, PresignOptions, ProjectIdUse, Scheme,
    SignatureVersion,
};
use time::OffsetDateTime;

use crate::access::{Access, Seen};
use crate::error::{Error, ErrorKind, Result};
use crate::targets::{Subject, Target};
use crate::words;
use crate::{Account, AccountKind, App};

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
        f.debug_struct("Link")
            .field("key", &self.key)
            .field("parts", &self.parts)
            .finish_non_exhaustive()
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
    /// Makes links to a bucket or to objects. Nothing is sent, except that a plain link to one thing is tried, unsigned.
    pub async fn make_links(&self, request: &LinkRequest) -> Result<LinkSet> {
        const OPERATION: &str = "makeLinks";
        let resolved = self.resolve(OPERATION, &request.target).await?;
        let account = self.account(&resolved.account_id).await?;
        let (keys, total, folders) = match &resolved.subject {
            Subject::Bucket => (vec![None], 0, 0),
            Subject::Entries(entries) => {
                let keys = entries
                    .objects
                    .iter()
                    .take(MOST_LINKS)
                    .map(|object| Some(object.key.clone()))
                    .collect();
                (keys, entries.objects.len() as u64, entries.folders.len() as u64)
            }
        };
        if keys.is_empty() {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                OPERATION,
                "A link leads to one object, and only folders are selected.",
            )
            .with_hint("Open the folder and select objects in it."));
        }
        let client = &resolved.client;
        let now = (client.config().clock)();
        let maker = Maker {
            client,
            bucket: &resolved.bucket,
            request,
            now,
        };
        let links = keys
            .iter()
            .map(|key| maker.link(key.as_ref()))
            .collect::<Result<Vec<Link>>>()?;
        let seen = match (request.kind, keys.as_slice()) {
            (LinkKind::Public, [key]) => Some(maker.probe(key.as_ref()).await),
            _ => None,
        };
        let expiring = request.kind == LinkKind::Expiring;
        Ok(LinkSet {
            links,
            total,
            works_until: expiring.then(|| now + Duration::from_secs(request.expires_seconds)),
            access: seen.as_ref().map(Seen::access),
            proof: seen.as_ref().map(Seen::in_words),
            notes: notes(request, &account, folders, total),
            scheme: request.scheme,
            project_id: account.project_id,
        })
    }
}

/// Makes one link after another with the same choices.
struct Maker<'a> {
    client: &'a Client,
    bucket: &'a BucketName,
    request: &'a LinkRequest,
    now: OffsetDateTime,
}

impl Maker<'_> {
    fn options(&self) -> LinkOptions {
        let project_id = if self.request.with_project_id {
            ProjectIdUse::Account
        } else {
            ProjectIdUse::Omit
        };
        LinkOptions {
            scheme: Some(self.request.scheme),
            project_id,
        }
    }

    /// Tries the plain link, as a stranger would.
    async fn probe(&self, key: Option<&ObjectKey>) -> Seen {
        let link = self.client.public_url(self.bucket, key, &self.options());
        Seen::new(String::new(), &self.client.probe_link(&link, self.bucket, key).await)
    }

    fn link(&self, key: Option<&ObjectKey>) -> Result<Link> {
        let link = match (self.request.kind, key) {
            (LinkKind::Public, key) => self.client.public_url(self.bucket, key, &self.options()),
            (LinkKind::Expiring, Some(key)) => self.signed(key, self.options())?,
            (LinkKind::Expiring, None) => {
                return Err(Error::new(
                    ErrorKind::InvalidInput,
                    "makeLinks",
                    "An expiring link leads to one object, not to a bucket.",
                )
                .with_hint("Select objects, or make a public link to the bucket's list."));
            }
        };
        let key = key.map(|key| key.as_str().to_owned()).unwrap_or_default();
        Ok(Link {
            key,
            url: link.url(),
            parts: link.parts().to_vec(),
        })
    }

    fn signed(&self, key: &ObjectKey, link: LinkOptions) -> Result<dipper_storage::Link> {
        let options = PresignOptions {
            link,
            signature: self.request.style,
            method: LinkMethod::Get,
            expires_in: Duration::from_secs(self.request.expires_seconds),
            now: self.now,
        };
        let signed = self.client.presigned_url(self.bucket, key, &options);
        signed.map_err(|error| match error.kind() {
            dipper_storage::ErrorKind::InvalidInput => Error::from(error).with_field("expiresSeconds"),
            _ => error.into(),
        })
    }
}

fn notes(request: &LinkRequest, account: &Account, folders: u64, total: u64) -> Vec<String> {
    let mut notes = Vec::new();
    if folders > 0 {
        notes.push(format!(
            "{} left out: a link leads to one object.",
            words::counted(folders, "folder")
        ));
    }
    if total > MOST_LINKS as u64 {
        notes.push(format!(
            "The first {} of {} links are made.",
            words::count(MOST_LINKS as u64),
            words::count(total)
        ));
    }
    if request.with_project_id && account.project_id.is_none() {
        notes.push("This account has no Project ID, so the links have none.".to_owned());
    }
    if !request.with_project_id && account.project_id.is_some() && request.kind == LinkKind::Public {
        notes.push(
            "Without the Project ID a stranger's request does not find the bucket on servers with projects.".to_owned(),
        );
    }
    if request.scheme == Scheme::Http && account.kind != AccountKind::Local {
        notes.push("Not encrypted: whoever carries the request can read the link and the object.".to_owned());
    }
    if request.scheme != account.scheme {
        notes.push("The account uses the other scheme; the server may not answer this one.".to_owned());
    }
    if account.kind == AccountKind::Local {
        notes.push("Works on this computer only, while Dipper has Local storage open.".to_owned());
    }
    notes
}
