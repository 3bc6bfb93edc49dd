//! Versions and delete markers: told page by page, and deleted one by one.

use std::collections::BTreeSet;

use dipper_storage::{BucketName, ErrorKind, ListedVersion, ObjectVersion, Versioning, VersionsRequest};

use crate::server::{Server, key};

const NAMES: [&str; 7] = ["a", "a b", "a%20b", "a+b", "b/1", "b/2", "é/\u{1}"];

/// All versions, from pages of `max_keys`.
async fn everything(server: &Server, bucket: &BucketName, max_keys: u16) -> Vec<ListedVersion> {
    let mut versions = Vec::new();
    let mut request = VersionsRequest {
        max_keys,
        ..VersionsRequest::new(bucket.clone())
    };
    for _ in 0..100 {
        let page = server.client.list_versions_page(&request).await.unwrap();
        versions.extend(page.versions);
        match page.next {
            Some(next) => request.continuation = Some(next),
            None => return versions,
        }
    }
    panic!("the listing does not end");
}

fn ids(versions: &[ListedVersion]) -> Vec<ObjectVersion> {
    let id = |version: &ListedVersion| ObjectVersion {
        key: version.key.clone(),
        version_id: Some(version.version_id.clone()),
    };
    versions.iter().map(id).collect()
}

pub(crate) async fn an_unversioned_bucket_has_one_null_version_of_each(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    for name in NAMES {
        server.put(&bucket, name, "old").await;
        server.put(&bucket, name, "12345").await;
    }
    for max_keys in [1, 2, 3, 1_000] {
        let versions = everything(server, &bucket, max_keys).await;
        let names: Vec<&str> = versions.iter().map(|version| version.key.as_str()).collect();
        assert_eq!(names, NAMES, "{max_keys} a page");
        for version in &versions {
            assert!(version.is_latest && !version.is_delete_marker, "{version:?}");
            assert_eq!((version.version_id.as_str(), version.size), ("null", 5));
            assert!(version.last_modified.is_some() && version.etag.is_some());
        }
    }
    let versions = ids(&everything(server, &bucket, 1_000).await);
    let report = client.delete_objects(&bucket, &versions).await.unwrap();
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    assert_eq!(report.deleted, 7);
    assert!(everything(server, &bucket, 1_000).await.is_empty());
    client
        .delete_version(&bucket, &versions[0])
        .await
        .expect("gone is gone");
    client.delete_bucket(&bucket).await.expect("nothing is left");
}

pub(crate) async fn versions_and_markers_are_told_and_deleted_by_their_ids(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    server.put(&bucket, "before", "x").await;
    client
        .put_bucket_versioning(&bucket, Versioning::Enabled)
        .await
        .unwrap();
    assert_eq!(client.bucket_versioning(&bucket).await.unwrap(), Versioning::Enabled);
    for name in NAMES {
        server.put(&bucket, name, "old").await;
        server.put(&bucket, name, "12345").await;
        client.delete_object(&bucket, &key(name)).await.unwrap();
    }
    let all: BTreeSet<_> = ids(&everything(server, &bucket, 1_000).await).into_iter().collect();
    assert_eq!(all.len(), 3 * NAMES.len() + 1);
    for max_keys in [1, 2, 4] {
        let paged = everything(server, &bucket, max_keys).await;
        assert_eq!(paged.len(), all.len(), "nothing twice at {max_keys} a page");
        assert_eq!(ids(&paged).into_iter().collect::<BTreeSet<_>>(), all);
        assert_eq!(
            paged.iter().filter(|version| version.is_delete_marker).count(),
            NAMES.len()
        );
        assert_eq!(
            paged.iter().filter(|version| version.is_latest).count(),
            NAMES.len() + 1
        );
    }
    let all: Vec<ObjectVersion> = all.into_iter().collect();
    let (some, rest) = all.split_at(4);
    let report = client.delete_objects(&bucket, some).await.unwrap();
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    assert_eq!(
        ids(&everything(server, &bucket, 1_000).await)
            .into_iter()
            .collect::<BTreeSet<_>>(),
        rest.iter().cloned().collect(),
        "only those that were named are gone"
    );
    let full = client.delete_bucket(&bucket).await.unwrap_err();
    assert_eq!(full.s3_code(), Some("BucketNotEmpty"));
    let report = client.delete_objects(&bucket, rest).await.unwrap();
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    client.delete_bucket(&bucket).await.expect("nothing is left");
}

pub(crate) async fn a_server_without_versions_says_so(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    let refused = client.put_bucket_versioning(&bucket, Versioning::Enabled).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Unsupported);
    let never = client.put_bucket_versioning(&bucket, Versioning::Off).await;
    assert_eq!(never.unwrap_err().kind(), ErrorKind::InvalidInput);
}
