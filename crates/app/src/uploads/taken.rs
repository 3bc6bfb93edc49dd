//! Which keys of an upload exist: by asking for each where they are few, by listing what they have in common where
//! they are many.

use std::collections::{BTreeSet, HashMap};

use dipper_storage::{BucketName, Client, ErrorKind as StorageKind, ListRequest, ObjectKey, Prefix};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use tokio_util::sync::CancellationToken;

use crate::error::{Error, ErrorKind, Result};
use crate::work::SIDE_BY_SIDE;

/// Up to so many keys are asked for one by one; a listing page of 1,000 keys costs about as much as eight of these.
const ASKED_ONE_BY_ONE: usize = 64;

/// For every key given, whether an object has it.
pub(super) async fn taken_keys(
    client: &Client,
    bucket: &BucketName,
    keys: &BTreeSet<String>,
    cancel: &CancellationToken,
) -> Result<HashMap<String, bool>> {
    let work = async {
        if keys.len() <= ASKED_ONE_BY_ONE {
            by_asking(client, bucket, keys).await
        } else {
            by_listing(client, bucket, keys).await
        }
    };
    match cancel.run_until_cancelled(work).await {
        Some(taken) => taken,
        None => Err(Error::new(
            ErrorKind::Cancelled,
            "planUpload",
            "Stopped before anything was sent.",
        )),
    }
}

async fn by_asking(client: &Client, bucket: &BucketName, keys: &BTreeSet<String>) -> Result<HashMap<String, bool>> {
    let asked = keys.iter().map(|key| async move {
        let exists = exists(client, bucket, &ObjectKey::parse(key)?).await?;
        Ok::<_, Error>((key.clone(), exists))
    });
    stream::iter(asked.collect::<Vec<_>>())
        .buffer_unordered(SIDE_BY_SIDE)
        .try_collect()
        .await
}

async fn by_listing(client: &Client, bucket: &BucketName, keys: &BTreeSet<String>) -> Result<HashMap<String, bool>> {
    let mut taken: HashMap<String, bool> = keys.iter().map(|key| (key.clone(), false)).collect();
    let mut request = ListRequest::new(bucket.clone());
    request.prefix = Prefix::new(in_common(keys));
    loop {
        let page = client.list_page(&request).await?;
        for object in &page.objects {
            if let Some(taken) = taken.get_mut(object.key.as_str()) {
                *taken = true;
            }
        }
        let past_the_last = page
            .objects
            .last()
            .zip(keys.last())
            .is_some_and(|(listed, last)| listed.key.as_str() > last.as_str());
        match page.next {
            Some(next) if !past_the_last => request.continuation = Some(next),
            _ => return Ok(taken),
        }
    }
}

/// Whether an object has this key. A key pair that may write and not read is told so by the server when it writes.
async fn exists(client: &Client, bucket: &BucketName, key: &ObjectKey) -> Result<bool> {
    match client.head_object(bucket, key).await {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == StorageKind::NotFound && error.s3_code() != Some("NoSuchBucket") => Ok(false),
        Err(error) if error.kind() == StorageKind::AccessDenied => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// What all keys begin with. First and last of a sorted set have in common what all have.
fn in_common(keys: &BTreeSet<String>) -> &str {
    let (Some(first), Some(last)) = (keys.first(), keys.last()) else {
        return "";
    };
    let pairs = first.char_indices().zip(last.chars());
    let end = pairs
        .take_while(|((_, a), b)| a == b)
        .map(|((at, a), _)| at + a.len_utf8())
        .last();
    &first[..end.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn common(keys: &[&str]) -> String {
        in_common(&keys.iter().map(|key| (*key).to_owned()).collect()).to_owned()
    }

    #[test]
    fn what_keys_have_in_common_is_exact() {
        assert_eq!(common(&["2026/a/x", "2026/a/y", "2026/ab"]), "2026/a");
        assert_eq!(common(&["a"]), "a");
        assert_eq!(common(&["übung/1", "über/2"]), "üb");
        assert_eq!(common(&["a", "b"]), "");
        assert_eq!(common(&[]), "");
    }
}
