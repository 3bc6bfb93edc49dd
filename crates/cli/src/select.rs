//! From places to objects: one by its key, those below a prefix, those that match a pattern.

use dipper_app::{AccountId, ErrorKind, ListDepth, ListedObject, ObjectKey, Prefix, Target};

use crate::exit::{Code, Failure};
use crate::pattern::{Pattern, Wanted};
use crate::place::Place;
use crate::session::Session;

/// How far a selection goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Single objects.
    Single,
    /// What is below folders too; these may stay folders, which whoever works on them lists.
    Folders,
    /// What is below folders too, object by object.
    Objects,
}

/// Objects and folders of one bucket.
#[derive(Debug)]
pub(crate) struct Selection {
    pub(crate) account: AccountId,
    pub(crate) bucket: String,
    /// The folder they were looked for in: what a download leaves off.
    pub(crate) base: String,
    pub(crate) objects: Vec<ListedObject>,
    pub(crate) folders: Vec<Prefix>,
    /// Whether this is the one object that was named.
    pub(crate) is_single: bool,
}

impl Selection {
    pub(crate) fn bytes(&self) -> u64 {
        self.objects.iter().map(|object| object.size).sum()
    }

    pub(crate) fn into_target(self) -> Target {
        Target::Objects {
            account_id: self.account,
            bucket: self.bucket,
            objects: self.objects,
            folders: self.folders,
            base: Prefix::new(self.base),
        }
    }

    fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.folders.is_empty()
    }
}

/// What a place means. A place that means nothing that is there is not found.
pub(crate) async fn select(session: &Session, place: &Place, reach: Reach) -> Result<Selection, Failure> {
    let account = session.account(&place.owner).await?.id;
    let looking = Looking {
        session,
        place,
        reach,
        account: &account,
    };
    let found = match Wanted::read(&place.key)? {
        Wanted::Pattern(pattern) => looking.matching(&pattern).await?,
        Wanted::Literal(key) if key.is_empty() || key.ends_with('/') => looking.below(&key).await?,
        Wanted::Literal(key) => looking.named(&key).await?,
    };
    if found.is_empty() {
        return Err(not_found(place));
    }
    Ok(found)
}

/// Nothing is there.
pub(crate) fn not_found(place: &Place) -> Failure {
    Failure::new(Code::NotFound, format!("There is nothing at “{}”.", place.typed))
}

struct Looking<'a> {
    session: &'a Session,
    place: &'a Place,
    reach: Reach,
    account: &'a AccountId,
}

impl Looking<'_> {
    async fn named(&self, key: &str) -> Result<Selection, Failure> {
        let mut found = self.nothing(parent(key));
        match self
            .session
            .app
            .object_info(self.account, &self.place.bucket, key)
            .await
        {
            Ok(info) => {
                found.is_single = true;
                found.objects.push(ListedObject {
                    key: info.key,
                    size: info.size,
                    last_modified: info.last_modified,
                    etag: info.etag,
                    storage_class: info.storage_class,
                });
            }
            Err(error) if error.kind() == ErrorKind::NotFound && error.s3_code() != Some("NoSuchBucket") => {}
            Err(error) => return Err(error.into()),
        }
        let folder = format!("{key}/");
        if self.reach == Reach::Single {
            if found.is_empty() && self.is_folder(&folder).await? {
                return Err(self.needs_recursive());
            }
            return Ok(found);
        }
        if self.is_folder(&folder).await? {
            found.is_single = false;
            self.add_folder(&mut found, folder).await?;
        }
        Ok(found)
    }

    async fn below(&self, folder: &str) -> Result<Selection, Failure> {
        if self.reach == Reach::Single {
            return Err(self.needs_recursive());
        }
        let mut found = self.nothing(folder);
        if self.reach == Reach::Objects || self.is_folder(folder).await? {
            self.add_folder(&mut found, folder.to_owned()).await?;
        }
        Ok(found)
    }

    async fn matching(&self, pattern: &Pattern) -> Result<Selection, Failure> {
        let mut found = self.nothing(&pattern.folder);
        let depth = if pattern.one_level {
            ListDepth::OneLevel
        } else {
            ListDepth::Everything
        };
        let mut folders: Vec<Prefix> = Vec::new();
        let mut pages = self.pages(&pattern.prefix, depth).await?;
        while let Some(page) = pages.next().await? {
            let is_wanted = |key: &str| match self.reach {
                Reach::Single => pattern.matches(key),
                Reach::Folders | Reach::Objects => pattern.matches_or_holds(key),
            };
            found
                .objects
                .extend(page.objects.into_iter().filter(|object| is_wanted(object.key.as_str())));
            let is_match = |folder: &Prefix| pattern.matches(folder.as_str().trim_end_matches('/'));
            folders.extend(page.folders.into_iter().filter(is_match));
        }
        if self.reach == Reach::Single {
            if found.is_empty() && !folders.is_empty() {
                return Err(self.needs_recursive());
            }
            return Ok(found);
        }
        for folder in folders {
            self.add_folder(&mut found, folder.as_str().to_owned()).await?;
        }
        Ok(found)
    }

    async fn add_folder(&self, found: &mut Selection, folder: String) -> Result<(), Failure> {
        if self.reach != Reach::Objects {
            found.folders.push(Prefix::new(folder));
            return Ok(());
        }
        let mut pages = self.pages(&folder, ListDepth::Everything).await?;
        while let Some(page) = pages.next().await? {
            found.objects.extend(page.objects);
        }
        Ok(())
    }

    async fn is_folder(&self, folder: &str) -> Result<bool, Failure> {
        let mut pages = self.pages(folder, ListDepth::OneLevel).await?;
        let first = pages.next().await?;
        Ok(first.is_some_and(|page| !page.objects.is_empty() || !page.folders.is_empty()))
    }

    async fn pages(&self, prefix: &str, depth: ListDepth) -> Result<dipper_app::ObjectPages, Failure> {
        let (app, bucket) = (&self.session.app, &self.place.bucket);
        Ok(app.list_objects(self.account, bucket, prefix, depth).await?)
    }

    fn nothing(&self, base: &str) -> Selection {
        Selection {
            account: self.account.clone(),
            bucket: self.place.bucket.clone(),
            base: base.to_owned(),
            objects: Vec::new(),
            folders: Vec::new(),
            is_single: false,
        }
    }

    fn needs_recursive(&self) -> Failure {
        Failure::usage(format!("“{}” is a folder.", self.place.typed)).with_hint("Say -r to take everything below it.")
    }
}

/// The folder a key lies in: empty, or ending in `/`.
pub(crate) fn parent(key: &str) -> &str {
    &key[..key.rfind('/').map_or(0, |slash| slash + 1)]
}

/// One key as a target, whether or not it is there.
pub(crate) fn target_of(account: AccountId, bucket: &str, key: &str) -> Result<Target, Failure> {
    let key = ObjectKey::parse(key).map_err(dipper_app::Error::from)?;
    Ok(Target::Objects {
        account_id: account,
        bucket: bucket.to_owned(),
        objects: vec![ListedObject {
            key,
            size: 0,
            last_modified: None,
            etag: None,
            storage_class: None,
        }],
        folders: Vec::new(),
        base: Prefix::default(),
    })
}
