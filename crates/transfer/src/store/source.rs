//! What an object is made of: a file of this computer, or another object.

use std::sync::Arc;

use dipper_storage::ObjectInfo;
use serde::{Deserialize, Serialize};

use crate::copy::SourceObject;
use crate::error::Result;
use crate::files::{Fingerprint, SourceFile, blocking};
use crate::parts::{PartPlan, parts_for};

/// Where the bytes come from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    File(Arc<SourceFile>),
    Object(Arc<SourceObject>),
}

/// One state of a source, as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum SourceState {
    File(Fingerprint),
    Object { size: u64, etag: Option<String> },
}

impl Source {
    pub(crate) fn length(&self) -> u64 {
        match self {
            Self::File(file) => file.length(),
            Self::Object(object) => object.length(),
        }
    }

    /// How it is cut.
    pub(super) fn plan(&self) -> PartPlan {
        match self {
            Self::File(file) => parts_for(file.length()),
            Self::Object(object) => object.plan(),
        }
    }

    pub(super) fn state(&self) -> SourceState {
        match self {
            Self::File(file) => SourceState::File(file.fingerprint()),
            Self::Object(object) => object.state(),
        }
    }

    /// Whether the server makes the copy by itself.
    pub(super) fn is_inside(&self) -> bool {
        matches!(self, Self::Object(object) if object.is_inside())
    }

    /// Fails unless it still is what it was. The bytes of an object need no look: each request names the state it wants.
    pub(super) async fn check(&self) -> Result<()> {
        match self {
            Self::File(file) => {
                let file = file.clone();
                blocking(move || file.check()).await
            }
            Self::Object(_) => Ok(()),
        }
    }

    /// Whether an object holds what this does: the same length, and the `ETag` that this gives.
    pub(super) async fn is_in(&self, found: &ObjectInfo) -> Result<bool> {
        if found.size != self.length() {
            return Ok(false);
        }
        match self {
            Self::File(file) => {
                let file = file.clone();
                let etag = blocking(move || file.etag(parts_for(file.length()))).await?;
                Ok(found.etag.as_deref() == Some(etag.as_str()))
            }
            Self::Object(object) => Ok(found.etag.is_some() && found.etag == object.info().etag),
        }
    }

    /// Whether a part that only the server knows of holds these bytes.
    pub(super) async fn is_part(&self, (offset, length): (u64, u64), etag: &str) -> Result<bool> {
        match self {
            Self::File(file) => {
                let file = file.clone();
                let digest = blocking(move || file.md5(offset, length)).await?;
                Ok(hex::encode(digest) == etag)
            }
            // To know that, the bytes would have to be fetched: they may as well be sent again.
            Self::Object(_) => Ok(false),
        }
    }
}
