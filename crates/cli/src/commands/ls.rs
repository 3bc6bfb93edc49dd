//! `dip ls`: accounts, buckets, objects. Pages are written as they arrive, so a long list costs no memory.

use dipper_app::{AccountId, ErrorKind, ListDepth, ListedObject};
use serde::Serialize;

use crate::arguments::LsArguments;
use crate::exit::{Code, Failure, say};
use crate::output::{escaped, moment, size};
use crate::pattern::Wanted;
use crate::place::{Owner, Place};
use crate::select::not_found;
use crate::session::Session;

/// An object, in JSON.
#[derive(Serialize)]
struct ObjectRecord<'a> {
    #[serde(rename = "type")]
    record: &'static str,
    bucket: &'a str,
    key: &'a str,
    size: u64,
    last_modified: Option<String>,
    etag: Option<&'a str>,
    storage_class: Option<&'a str>,
}

/// A folder, in JSON.
#[derive(Serialize)]
struct FolderRecord<'a> {
    #[serde(rename = "type")]
    record: &'static str,
    bucket: &'a str,
    key: &'a str,
}

/// A bucket, in JSON.
#[derive(Serialize)]
struct BucketRecord<'a> {
    #[serde(rename = "type")]
    record: &'static str,
    name: &'a str,
    created: Option<String>,
    added: bool,
}

pub(super) async fn run(session: &Session, arguments: &LsArguments) -> Result<Code, Failure> {
    if arguments.places.is_empty() {
        if !session.has_default() {
            return super::accounts::list(session).await;
        }
        return buckets(session, &Owner::Default).await;
    }
    for text in &arguments.places {
        let place = Place::read(text);
        if place.bucket.is_empty() {
            buckets(session, &place.owner).await?;
            continue;
        }
        let account = session.account(&place.owner).await?;
        let mut listing = Listing {
            session,
            place: &place,
            account: &account.id,
            arguments,
            found: false,
        };
        listing.run().await?;
        if !listing.found && !place.key.is_empty() {
            return Err(not_found(&place));
        }
    }
    Ok(Code::Done)
}

async fn buckets(session: &Session, owner: &Owner) -> Result<Code, Failure> {
    let account = session.account(owner).await?;
    let list = session.app.list_buckets(&account.id).await?;
    for bucket in &list.buckets {
        let record = BucketRecord {
            record: "bucket",
            name: &bucket.name,
            created: bucket.created.and_then(moment),
            added: bucket.added,
        };
        session.out.record(&record, |record| {
            format!(
                "{:20}  {}",
                record.created.as_deref().unwrap_or("-"),
                session.out.name(record.name)
            )
        })?;
    }
    for unusable in &list.unusable {
        say(&format!(
            "dip: a bucket was left out that no request could name: {}",
            escaped(unusable)
        ));
    }
    match list.listing_denied {
        // Buckets that were added by name are all there is to see.
        Some(error) if list.buckets.is_empty() => Err(error.into()),
        _ => Ok(Code::Done),
    }
}

struct Listing<'a> {
    session: &'a Session,
    place: &'a Place,
    account: &'a AccountId,
    arguments: &'a LsArguments,
    found: bool,
}

impl Listing<'_> {
    async fn run(&mut self) -> Result<(), Failure> {
        match Wanted::read(&self.place.key)? {
            Wanted::Pattern(pattern) if pattern.one_level && !self.arguments.recursive => {
                let is_wanted = |name: &str| pattern.matches(name);
                self.pages(&pattern.prefix, ListDepth::OneLevel, is_wanted).await
            }
            Wanted::Pattern(pattern) => {
                let recursive = self.arguments.recursive;
                let is_wanted = |name: &str| pattern.matches(name) || (recursive && pattern.matches_or_holds(name));
                self.pages(&pattern.prefix, ListDepth::Everything, is_wanted).await
            }
            Wanted::Literal(key) => {
                if !key.is_empty() && !key.ends_with('/') {
                    self.single(&key).await?;
                }
                let folder = match key.as_str() {
                    "" => key,
                    text if text.ends_with('/') => key,
                    _ => key + "/",
                };
                let depth = if self.arguments.recursive {
                    ListDepth::Everything
                } else {
                    ListDepth::OneLevel
                };
                self.pages(&folder, depth, |_| true).await
            }
        }
    }

    async fn single(&mut self, key: &str) -> Result<(), Failure> {
        match self
            .session
            .app
            .object_info(self.account, &self.place.bucket, key)
            .await
        {
            Ok(info) => self.object(&ListedObject {
                key: info.key,
                size: info.size,
                last_modified: info.last_modified,
                etag: info.etag,
                storage_class: info.storage_class,
            }),
            Err(error) if error.kind() == ErrorKind::NotFound && error.s3_code() != Some("NoSuchBucket") => Ok(()),
            // These keys may list and not read.
            Err(error) if error.kind() == ErrorKind::AccessDenied => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// `is_wanted` is asked for keys, and for folders without their last slash.
    async fn pages(&mut self, prefix: &str, depth: ListDepth, is_wanted: impl Fn(&str) -> bool) -> Result<(), Failure> {
        let (app, bucket) = (&self.session.app, &self.place.bucket);
        let mut pages = app.list_objects(self.account, bucket, prefix, depth).await?;
        while let Some(page) = pages.next().await? {
            for folder in &page.folders {
                if is_wanted(folder.as_str().trim_end_matches('/')) {
                    self.folder(folder.as_str())?;
                }
            }
            for object in &page.objects {
                if is_wanted(object.key.as_str()) {
                    self.object(object)?;
                }
            }
        }
        Ok(())
    }

    fn folder(&mut self, prefix: &str) -> Result<(), Failure> {
        self.found = true;
        let record = FolderRecord {
            record: "prefix",
            bucket: &self.place.bucket,
            key: prefix,
        };
        let out = &self.session.out;
        out.record(&record, |record| {
            format!("{:20}  {:>14}  {}", "", "-", out.name(record.key))
        })
    }

    fn object(&mut self, object: &ListedObject) -> Result<(), Failure> {
        self.found = true;
        let record = ObjectRecord {
            record: "object",
            bucket: &self.place.bucket,
            key: object.key.as_str(),
            size: object.size,
            last_modified: object.last_modified.and_then(moment),
            etag: object.etag.as_deref(),
            storage_class: object.storage_class.as_deref(),
        };
        let out = &self.session.out;
        out.record(&record, |record| {
            let when = record.last_modified.as_deref().unwrap_or("-");
            let size = size(record.size, self.arguments.human);
            format!("{when:20}  {size:>14}  {}", out.name(record.key))
        })
    }
}
