//! Listing a bucket page by page, for whoever reads it from its beginning to its end. What a person looks at, sorts and
//! selects in is a view instead.

use dipper_storage::{BucketName, Client, ListRequest, ListedObject, Prefix};

use crate::error::Result;
use crate::{AccountId, App};

/// How deep a listing goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListDepth {
    /// Objects and folders right below the prefix.
    OneLevel,
    /// Every object below the prefix.
    Everything,
}

/// Some of what is below a prefix, in the server's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectPage {
    /// Objects.
    pub objects: Vec<ListedObject>,
    /// Folders, each ending in `/`.
    pub folders: Vec<Prefix>,
}

/// A listing under way.
#[derive(Debug)]
pub struct ObjectPages {
    client: Client,
    /// The next page; `None` behind the last one.
    next: Option<ListRequest>,
}

impl ObjectPages {
    /// The next page, `None` behind the last one. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Result<Option<ObjectPage>> {
        let Some(request) = &mut self.next else {
            return Ok(None);
        };
        let page = self.client.list_page(request).await?;
        match page.next {
            Some(next) => request.continuation = Some(next),
            None => self.next = None,
        }
        Ok(Some(ObjectPage {
            objects: page.objects,
            folders: page.common_prefixes,
        }))
    }
}

impl App {
    /// Begins to list what is below a prefix, which need not end in `/`. The first request is sent for the first page.
    pub async fn list_objects(
        &self,
        account: &AccountId,
        bucket: &str,
        prefix: &str,
        depth: ListDepth,
    ) -> Result<ObjectPages> {
        let client = self.client(account).await?;
        let request = ListRequest {
            prefix: Prefix::new(prefix),
            delimiter: (depth == ListDepth::OneLevel).then(|| "/".to_owned()),
            ..ListRequest::new(BucketName::parse(bucket)?)
        };
        Ok(ObjectPages {
            client,
            next: Some(request),
        })
    }
}
