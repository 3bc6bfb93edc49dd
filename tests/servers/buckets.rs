//! Buckets: create, list, look at, delete, and what stands in the way.

use dipper_storage::{CreateBucketOptions, CreateOutcome, ErrorKind, ListRequest, Versioning};
use time::OffsetDateTime;

use crate::server::{Server, unused_name};

pub(crate) async fn are_created_listed_and_deleted(server: &Server) {
    let (client, bucket) = (&server.client, unused_name());
    let options = CreateBucketOptions::default();
    assert_eq!(
        client.create_bucket(&bucket, &options).await.unwrap(),
        CreateOutcome::Created
    );
    assert_eq!(
        client.create_bucket(&bucket, &options).await.unwrap(),
        CreateOutcome::AlreadyYours
    );
    client.head_bucket(&bucket).await.unwrap();
    let list = client.list_buckets().await.unwrap();
    let owner = list.owner.expect("the owner is told");
    assert!(owner.id.starts_with(&format!("{}$", server.tenant)), "{}", owner.id);
    let listed = list
        .buckets
        .iter()
        .find(|listed| listed.name == bucket)
        .expect("it is listed");
    let age = OffsetDateTime::now_utc() - listed.created.expect("with its date");
    assert!(age.whole_minutes().abs() < 10, "{age}");
    client.delete_bucket(&bucket).await.unwrap();
    let list = client.list_buckets().await.unwrap();
    assert!(list.buckets.iter().all(|listed| listed.name != bucket));
}

pub(crate) async fn not_empty_is_explained(server: &Server) {
    let bucket = server.bucket().await;
    let key = server.put(&bucket, "k", "v").await;
    let error = server.client.delete_bucket(&bucket).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.s3_code()),
        (ErrorKind::Conflict, Some("BucketNotEmpty"))
    );
    assert_eq!(
        error.to_string(),
        format!("Could not delete bucket `{bucket}`: the bucket is not empty.")
    );
    server.client.delete_object(&bucket, &key).await.unwrap();
    server.client.delete_bucket(&bucket).await.unwrap();
}

pub(crate) async fn missing_ones_are_not_found(server: &Server) {
    let (client, bucket) = (&server.client, unused_name());
    for error in [
        client.head_bucket(&bucket).await.unwrap_err(),
        client.delete_bucket(&bucket).await.unwrap_err(),
        client.list_page(&ListRequest::new(bucket.clone())).await.unwrap_err(),
        client.bucket_acl(&bucket).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
        assert_eq!(error.bucket(), Some(&bucket));
        assert!(error.hint().is_some());
    }
}

pub(crate) async fn another_users_name_is_a_conflict(server: &Server) {
    // Local storage has one user.
    let Some(other) = &server.other else { return };
    let bucket = server.bucket().await;
    let error = other
        .create_bucket(&bucket, &CreateBucketOptions::default())
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.s3_code()),
        (ErrorKind::Conflict, Some("BucketAlreadyExists"))
    );
    let error = other.list_page(&ListRequest::new(bucket.clone())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(
        format!("{error} {}", error.hint().unwrap()),
        format!("Could not list bucket `{bucket}`: access denied. This key needs s3:ListBucket on the bucket.")
    );
}

pub(crate) async fn versioning_is_off(server: &Server) {
    let bucket = server.bucket().await;
    let versioning = server.client.bucket_versioning(&bucket).await.unwrap();
    assert!(
        matches!(versioning, Versioning::Off | Versioning::Unsupported),
        "{versioning:?}"
    );
}

pub(crate) async fn usage_is_told(server: &Server) {
    let bucket = server.bucket().await;
    server.put(&bucket, "k", "twelve bytes").await;
    let info = server.client.head_bucket(&bucket).await.unwrap();
    assert!(info.object_count.is_some() && info.bytes_used.is_some(), "{info:?}");
}
