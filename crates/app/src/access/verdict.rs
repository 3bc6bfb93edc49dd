//! The permissions panel: what the server keeps, as a grid, and the verdict with its unsigned requests.

use dipper_storage::{Acl, BucketName, Client, ListRequest, ObjectKey};
use futures_util::stream::{self, StreamExt as _};
use time::OffsetDateTime;

use super::facts::{Facts, ReadAcls, setting};
use super::judge::{self, BucketEvidence, ObjectEvidence, ObjectsEvidence, Seen};
use super::strangers::{Deed, Place, Strangers};
use super::{Permissions, PermissionsKind, Verdict, grid};
use crate::App;
use crate::error::{Error, ErrorKind, Result};
use crate::targets::{Target, last_name};
use crate::work::SIDE_BY_SIDE;

/// As many objects are asked for without signing in; the panel shows these and says how many more there are.
const PROBED: usize = 3;

impl App {
    /// Reads the permissions of a target and proves the verdict.
    pub async fn load_permissions(&self, target: &Target) -> Result<Permissions> {
        let facts = self.access_facts("loadPermissions", target).await?;
        let verdict = verdict(&facts).await;
        let partly = (!facts.complete).then(|| {
            let looked_at = facts.looked_at();
            format!("Only {looked_at} were read. Make public and Make private change all of them.")
        });
        let Facts {
            resolved,
            kind,
            acls,
            keys,
            complete,
            ..
        } = facts;
        let (acls, unsupported) = match acls {
            Ok(acls) => (acls, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        let lists: Vec<Acl> = acls.iter().map(|(_, acl)| acl.clone()).collect();
        let rows = if lists.is_empty() {
            Vec::new()
        } else {
            grid::rows(&lists, kind, complete)
        };
        let label = resolved.label();
        let copy_text = copy_text(&label, &lists);
        let read = ReadAcls {
            target: target.clone(),
            kind,
            acls,
            complete,
        };
        Ok(Permissions {
            label,
            kind,
            objects: keys.len() as u64,
            partly,
            supported: unsupported.is_none(),
            unsupported: unsupported.map(|error| std::sync::Arc::new(explained(&error, kind))),
            rows,
            read_token: self.parts.work.reads.remember(read)?,
            verdict,
            read_at: OffsetDateTime::now_utc(),
            copy_text,
        })
    }

    /// Proves the verdict again.
    pub async fn check_access(&self, target: &Target) -> Result<Verdict> {
        Ok(verdict(&self.access_facts("checkAccess", target).await?).await)
    }
}

/// Looks with a stranger's eyes and judges.
pub(super) async fn verdict(facts: &Facts) -> Verdict {
    let (client, bucket) = (&facts.resolved.client, &facts.resolved.bucket);
    let unread = unread(facts);
    if facts.kind == PermissionsKind::Bucket {
        let (listing, sample) = futures_util::join!(client.probe_bucket_listing(bucket), probe_first_object(facts));
        let place = Place::Bucket(bucket.as_str());
        return judge::bucket(BucketEvidence {
            anyone: facts.anyone,
            says: Strangers::of(place, facts.bucket_acl(), facts.policy()),
            acl: facts.bucket_acl().ok().flatten(),
            policy: facts.policy.as_ref().ok(),
            listing: Seen::new("List of objects".to_owned(), &listing),
            sample,
            unread,
        });
    }
    let probes = facts
        .keys
        .iter()
        .take(PROBED)
        .map(|key| probe_object(client, bucket, key));
    let mut probes: Vec<Seen> = stream::iter(probes.collect::<Vec<_>>())
        .buffered(SIDE_BY_SIDE)
        .collect()
        .await;
    let mut seen = probes.drain(..);
    let acls = setting(&facts.acls);
    let objects = facts.keys.iter().enumerate().map(|(index, key)| {
        let acl = acls.map(|acls| acls.and_then(|acls| acls.get(index)).map(|(_, acl)| acl));
        let place = Place::Object(bucket.as_str(), key.as_str());
        ObjectEvidence {
            acl: acl.ok().flatten(),
            says: Strangers::of(place, acl, facts.policy()),
            seen: seen.next(),
        }
    });
    judge::objects(ObjectsEvidence {
        anyone: facts.anyone,
        objects: objects.collect(),
        policy: facts.policy.as_ref().ok(),
        complete: facts.complete,
        looked_at: facts.looked_at(),
        unread,
    })
}

/// One unsigned request for an object.
pub(super) async fn probe_object(client: &Client, bucket: &BucketName, key: &ObjectKey) -> Seen {
    Seen::new(last_name(key.as_str()), &client.probe_object(bucket, key).await)
}

/// One unsigned request for the first object of a bucket, with whether the policy opens it; none where the bucket is empty
/// or cannot be listed.
async fn probe_first_object(facts: &Facts) -> Option<(Seen, bool)> {
    let (client, bucket) = (&facts.resolved.client, &facts.resolved.bucket);
    let mut request = ListRequest::new(bucket.clone());
    request.max_keys = 1;
    let page = client.list_page(&request).await.ok()?;
    let first = page.objects.first()?;
    let place = Place::Object(bucket.as_str(), first.key.as_str());
    let says = Strangers::of(place, Ok(None), facts.policy()).may(Deed::Read);
    Some((probe_object(client, bucket, &first.key).await, says))
}

/// What could not be read, said beside the verdict.
fn unread(facts: &Facts) -> Vec<String> {
    let mut lines = Vec::new();
    if let Err(error) = &facts.acls
        && error.kind() != ErrorKind::Unsupported
    {
        lines.push(format!("Permissions not read: {error}"));
    }
    if let Err(error) = &facts.policy
        && error.kind() != ErrorKind::Unsupported
    {
        lines.push(format!("Bucket policy not read: {error}"));
    }
    lines
}

/// Why there is no grid, and the other way.
fn explained(error: &Error, kind: PermissionsKind) -> Error {
    let of = if kind == PermissionsKind::Bucket {
        "this bucket"
    } else {
        "these objects"
    };
    if error.kind() == ErrorKind::Unsupported {
        Error::new(
            ErrorKind::Unsupported,
            error.operation(),
            format!("This server keeps no permissions (ACLs) for {of}."),
        )
        .with_hint(
            "Use Make public on the bucket: it can open objects through the bucket policy, where the server has one.",
        )
    } else {
        Error::new(error.kind(), error.operation(), error.to_string())
            .with_hint("Reading permissions needs the right to do so. The verdict still shows what a stranger sees.")
    }
}

/// The grid as text: one grantee a line, several objects after one another.
fn copy_text(label: &str, lists: &[Acl]) -> String {
    let mut lines = vec![label.to_owned()];
    let mut before: Option<Vec<String>> = None;
    for list in lists {
        let words = grid::in_words(list);
        if before.as_ref() != Some(&words) {
            lines.extend(words.iter().map(|line| format!("  {line}")));
        }
        before = Some(words);
    }
    lines.join("\n")
}
