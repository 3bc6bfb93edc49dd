//! New objects from typed text, and new folders. Nothing is added to what was typed, and nothing is replaced that the
//! check did not show.

use bytes::Bytes;
use dipper_storage::{BucketName, Client, ListRequest, ObjectInfo, ObjectKey, Prefix, PutOptions, UploadBody};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use super::{KeyCheck, NewTextObject};
use crate::access::Seen;
use crate::error::{Error, ErrorKind, Result};
use crate::names;
use crate::{AccessBadge, AccountId, App, UploadAccess};

/// What a check bound its token to.
struct CheckedKey {
    account_id: AccountId,
    bucket: String,
    key: String,
    text: [u8; 32],
    access: UploadAccess,
    found: Option<Found>,
    problem: Option<String>,
}

/// The object that had the key when it was checked.
#[derive(Clone, PartialEq, Eq)]
struct Found {
    size: u64,
    etag: Option<String>,
    last_modified: Option<OffsetDateTime>,
}

impl App {
    /// Checks a key before an object is made from text, and binds a token to exactly that key, text and access.
    pub async fn check_new_key(
        &self,
        account: &AccountId,
        bucket: &str,
        key: &str,
        text: &str,
        access: UploadAccess,
    ) -> Result<KeyCheck> {
        let client = self.client(account).await?;
        let bucket_name = BucketName::parse(bucket)?;
        let (found, problem) = match ObjectKey::parse(key) {
            Ok(key) => (look(&client, &bucket_name, &key).await?, None),
            Err(error) => (None, Some(error.to_string())),
        };
        let checked = CheckedKey {
            account_id: account.clone(),
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            text: Sha256::digest(text).into(),
            access,
            found: found.clone(),
            problem: problem.clone(),
        };
        Ok(KeyCheck {
            token: self.parts.plans.issue(checked)?,
            exists: found.is_some(),
            size: found.as_ref().map(|found| found.size),
            last_modified: found.and_then(|found| found.last_modified),
            problem,
            bytes: text.len() as u64,
        })
    }

    /// Makes the object that was checked, and looks with a stranger's eyes when it was to be public. Refused as stale when
    /// anything differs from the check, or when the key changed on the server since.
    pub async fn create_text_object(&self, object: NewTextObject) -> Result<Option<AccessBadge>> {
        const OPERATION: &str = "createTextObject";
        let checked: CheckedKey = self.parts.plans.take(OPERATION, &object.token)?;
        if !checked.is_for(&object) {
            let error = Error::stale_plan(OPERATION, "Nothing was written: this is not what was checked.");
            return Err(error.with_bucket(object.bucket).with_key(object.key));
        }
        if let Some(problem) = checked.problem {
            return Err(Error::field_at_fault(OPERATION, "key", problem));
        }
        let client = self.client(&object.account_id).await?;
        let bucket = BucketName::parse(&object.bucket)?;
        let key = ObjectKey::parse(&object.key)?;
        if look(&client, &bucket, &key).await? != checked.found {
            return Err(changed(&bucket, &key));
        }
        let options = PutOptions {
            content_type: (!object.content_type.is_empty()).then_some(object.content_type),
            canned_acl: object.access.canned(),
            if_none_match: checked.found.is_none(),
            ..PutOptions::default()
        };
        put(&client, &bucket, &key, Bytes::from(object.text), options).await?;
        if object.access != UploadAccess::Public {
            return Ok(None);
        }
        let seen = Seen::new(String::new(), &client.probe_object(&bucket, &key).await);
        Ok(Some(AccessBadge {
            access: seen.access(),
            reason: Some(seen.in_words()),
        }))
    }

    /// Makes the empty object `prefix` + `name` + `/` and gives that prefix. A folder that is there is a `Conflict`.
    pub async fn create_folder(&self, account: &AccountId, bucket: &str, prefix: &str, name: &str) -> Result<String> {
        const OPERATION: &str = "createFolder";
        let problem = match name {
            "" => Some("Type a name."),
            name if name.contains('/') => {
                Some("A folder's name cannot contain “/”. Make one folder, then the next in it.")
            }
            _ => None,
        };
        if let Some(problem) = problem {
            return Err(Error::field_at_fault(OPERATION, "name", problem));
        }
        let client = self.client(account).await?;
        let bucket = BucketName::parse(bucket)?;
        let folder = format!("{prefix}{name}/");
        let key = ObjectKey::parse(&folder)?;
        let mut below = ListRequest::new(bucket.clone());
        below.prefix = Prefix::new(folder.as_str());
        below.max_keys = 1;
        if !client.list_page(&below).await?.objects.is_empty() {
            let message = format!(
                "Could not make the folder “{}”: it is there already.",
                names::shown(name)
            );
            return Err(Error::new(ErrorKind::Conflict, OPERATION, message).with_field("name"));
        }
        let options = PutOptions {
            content_type: Some("application/x-directory".to_owned()),
            if_none_match: true,
            ..PutOptions::default()
        };
        put(&client, &bucket, &key, Bytes::new(), options).await?;
        Ok(folder)
    }
}

impl CheckedKey {
    fn is_for(&self, object: &NewTextObject) -> bool {
        self.account_id == object.account_id
            && self.bucket == object.bucket
            && self.key == object.key
            && self.access == object.access
            && self.text == <[u8; 32]>::from(Sha256::digest(&object.text))
    }
}

/// What has this key now. A key that may write and not read sees nothing; the condition on the write still protects.
async fn look(client: &Client, bucket: &BucketName, key: &ObjectKey) -> Result<Option<Found>> {
    match client.head_object(bucket, key).await {
        Ok(info) => Ok(Some(Found::from(info))),
        Err(error)
            if error.kind() == dipper_storage::ErrorKind::NotFound && error.s3_code() != Some("NoSuchBucket") =>
        {
            Ok(None)
        }
        Err(error) if error.kind() == dipper_storage::ErrorKind::AccessDenied => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Writes under the condition that nothing has the key, where one is asked for and the server knows conditions.
async fn put(
    client: &Client,
    bucket: &BucketName,
    key: &ObjectKey,
    body: Bytes,
    mut options: PutOptions,
) -> Result<()> {
    use dipper_storage::ErrorKind::{Conflict, PreconditionFailed, Unsupported};
    let mut outcome = client
        .put_object(bucket, key, UploadBody::bytes(body.clone()), &options)
        .await;
    if options.if_none_match && outcome.as_ref().is_err_and(|error| error.kind() == Unsupported) {
        options.if_none_match = false;
        outcome = client.put_object(bucket, key, UploadBody::bytes(body), &options).await;
    }
    match outcome {
        Ok(_) => Ok(()),
        Err(error) if options.if_none_match && matches!(error.kind(), Conflict | PreconditionFailed) => {
            Err(changed(bucket, key).with_source(error))
        }
        Err(error) => Err(error.into()),
    }
}

fn changed(bucket: &BucketName, key: &ObjectKey) -> Error {
    let message = format!(
        "Nothing was written: “{}” has changed on the server since it was checked.",
        names::shown(key.as_str())
    );
    Error::stale_plan("createTextObject", message)
        .with_bucket(bucket.as_str())
        .with_key(key.as_str())
}

impl From<ObjectInfo> for Found {
    fn from(info: ObjectInfo) -> Self {
        Self {
            size: info.size,
            etag: info.etag,
            last_modified: info.last_modified,
        }
    }
}
