//! Links to objects: plain ones for what is public, signed ones that stop working. Pure: no network, the clock is given.

use std::fmt;
use std::time::Duration;

use time::OffsetDateTime;

use crate::client::Client;
use crate::config::SignatureVersion;
use crate::endpoint::Scheme;
use crate::error::Result;
use crate::names::{BucketName, ObjectKey};

/// Whether the account's Project ID stands before the bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProjectIdUse {
    /// If the account has one.
    #[default]
    Account,
    /// Never.
    Omit,
}

/// How any link looks.
#[derive(Clone, Debug, Default)]
pub struct LinkOptions {
    /// The scheme; `None` is the account's.
    pub scheme: Option<Scheme>,
    /// The Project ID.
    pub project_id: ProjectIdUse,
}

/// What a signed link allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LinkMethod {
    /// Download.
    #[default]
    Get,
    /// Ask for the properties.
    Head,
    /// Upload.
    Put,
}

impl LinkMethod {
    /// As HTTP spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Put => "PUT",
        }
    }
}

/// How a signed link is made.
#[derive(Clone, Debug)]
pub struct PresignOptions {
    /// How it looks.
    pub link: LinkOptions,
    /// How it is signed.
    pub signature: SignatureVersion,
    /// What it allows.
    pub method: LinkMethod,
    /// How long it works; V4 allows up to seven days.
    pub expires_in: Duration,
    /// When it starts to.
    pub now: OffsetDateTime,
}

/// What a piece of a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkRole {
    /// Scheme, host and port.
    Plain,
    /// The Project ID and its colon.
    ProjectId,
    /// Bucket and key.
    Path,
    /// What signs it: whoever has it may use the link.
    Signature,
}

/// A piece of a link.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkPart {
    /// The text.
    pub text: String,
    /// What it is.
    pub role: LinkRole,
}

/// A link. Its `Debug` leaves the signature out.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    parts: Vec<LinkPart>,
}

impl Link {
    /// The whole link.
    pub fn url(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect()
    }

    /// Its pieces; put together they are the link.
    pub fn parts(&self) -> &[LinkPart] {
        &self.parts
    }
}

impl fmt::Debug for LinkPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.role {
            LinkRole::Signature => f.write_str("<signature>"),
            _ => fmt::Debug::fmt(&self.text, f),
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Link").field(&self.parts).finish()
    }
}

impl Client {
    /// The link under which a bucket or an object is found by anyone, if it is public.
    pub fn public_url(&self, bucket: &BucketName, key: Option<&ObjectKey>, options: &LinkOptions) -> Link {
        todo!("{bucket}{key:?}{options:?}")
    }

    /// A link that works until its time is over. Fails with `InvalidInput` without credentials, with a life of zero, or
    /// one over seven days for V4.
    pub fn presigned_url(&self, bucket: &BucketName, key: &ObjectKey, options: &PresignOptions) -> Result<Link> {
        todo!("{bucket}{key}{options:?}")
    }
}
