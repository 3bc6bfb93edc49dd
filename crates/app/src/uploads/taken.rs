//! Which keys of an upload exist: by asking for each where they are few, by listing from the first on where they are many
//! and stand close together. A key pair that may not look is no failure: then it is not known.

use std::collections::{BTreeSet, HashMap};

use dipper_storage::{BucketName, Client, ErrorKind as StorageKind, ListRequest, ObjectKey, Prefix};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use tokio_util::sync::CancellationToken;

use super::draft::Taken;
use crate::error::{Error, ErrorKind, Result};
use crate::work::SIDE_BY_SIDE;

/// Up to so many keys are asked for one by one, and no more pages are listed than cost as much as asking for all: a page
/// of 1,000 keys costs about as much as eight questions.
const ASKED_ONE_BY_ONE: usize = 64;
const QUESTIONS_A_PAGE_COSTS: usize = 8;

/// For every key given, whether an object has it.
pub(super) async fn taken_keys(
    client: &Client,
    bucket: &BucketName,
    keys: &BTreeSet<String>,
    cancel: &CancellationToken,
) -> Result<HashMap<String, Taken>> {
    let work = async {
        if keys.len() <= ASKED_ONE_BY_ONE {
            return by_asking(client, bucket, keys.iter().cloned().collect()).await;
        }
        let (mut taken, left) = by_listing(client, bucket, keys).await?;
        taken.extend(by_asking(client, bucket, left).await?);
        Ok(taken)
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

async fn by_asking(client: &Client, bucket: &BucketName, keys: Vec<String>) -> Result<HashMap<String, Taken>> {
    let asked = keys.into_iter().map(|key| async move {
        let taken = is_taken(client, bucket, &ObjectKey::parse(&key)?).await?;
        Ok::<_, Error>((key, taken))
    });
    stream::iter(asked).buffer_unordered(SIDE_BY_SIDE).try_collect().await
}

/// Lists from the first key on, and gives the keys that are left to be asked for: the first one, where the listing starts
/// behind it; those behind the last page it is worth to list; all of them where the key pair may not list.
async fn by_listing(
    client: &Client,
    bucket: &BucketName,
    keys: &BTreeSet<String>,
) -> Result<(HashMap<String, Taken>, Vec<String>)> {
    let mut taken = HashMap::new();
    let mut request = ListRequest::new(bucket.clone());
    request.prefix = Prefix::new(in_common(keys));
    request.start_after = keys.first().map(|first| ObjectKey::parse(first)).transpose()?;
    let mut left: BTreeSet<&String> = keys.iter().skip(1).collect();
    for _ in 0..keys.len().div_ceil(QUESTIONS_A_PAGE_COSTS) {
        let page = match client.list_page(&request).await {
            Ok(page) => page,
            Err(error) if error.kind() == StorageKind::AccessDenied => break,
            Err(error) => return Err(error.into()),
        };
        for object in &page.objects {
            if let Some(key) = keys.get(object.key.as_str())
                && left.remove(&key)
            {
                taken.insert(key.clone(), Taken::Yes);
            }
        }
        // What was not met before this key does not exist.
        let reached = page.objects.last().map(|object| object.key.as_str());
        let passed = |key: &str| page.next.is_none() || reached.is_some_and(|reached| key <= reached);
        left.retain(|key| {
            let passed = passed(key);
            if passed {
                taken.insert((*key).clone(), Taken::No);
            }
            !passed
        });
        match page.next {
            Some(next) if !left.is_empty() => request.continuation = Some(next),
            _ => break,
        }
    }
    Ok((taken, keys.first().into_iter().chain(left).cloned().collect()))
}

async fn is_taken(client: &Client, bucket: &BucketName, key: &ObjectKey) -> Result<Taken> {
    match client.head_object(bucket, key).await {
        Ok(_) => Ok(Taken::Yes),
        Err(error) if error.kind() == StorageKind::NotFound && error.s3_code() != Some("NoSuchBucket") => Ok(Taken::No),
        Err(error) if error.kind() == StorageKind::AccessDenied => Ok(Taken::Unknown),
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
