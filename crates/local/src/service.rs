//! The S3 operations, as s3s calls them: types of the protocol in, types of the protocol out.
//!
//! An operation that is not here answers `NotImplemented` by s3s's default. Requests have passed `door` and `access`.

mod acls;
mod buckets;
mod describe;
mod listing;
mod multipart;
mod objects;
mod reading;
pub(crate) mod tenant;

use std::time::{Duration, UNIX_EPOCH};

use async_trait::async_trait;
use s3s::dto::{self, Timestamp};
use s3s::{S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use crate::names::Names;
use crate::store::Store;

/// S3 over one store.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    pub(crate) store: Store,
    pub(crate) names: Names,
}

/// The protocol's timestamp of Unix milliseconds.
fn timestamp(milliseconds: i64) -> Timestamp {
    let since = Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0));
    Timestamp::from(UNIX_EPOCH + since)
}

/// The protocol counts bytes in `i64`.
fn length(size: u64) -> i64 {
    crate::store::signed(size)
}

fn error(code: S3ErrorCode, message: &'static str) -> S3Error {
    S3Error::with_message(code, message)
}

/// A page size: what was asked for, at most S3's 1,000.
fn page_size(asked: Option<i32>) -> S3Result<usize> {
    let negative = |_| error(S3ErrorCode::InvalidArgument, "A page size is not negative.");
    Ok(usize::try_from(asked.unwrap_or(1000)).map_err(negative)?.min(1000))
}

/// Declares the operations: each is the method of the same name in one of the submodules.
macro_rules! operations {
    ($($name:ident($input:ident) -> $output:ident;)*) => {
        #[async_trait]
        impl S3 for Service {
            $(
                async fn $name(&self, request: S3Request<dto::$input>) -> S3Result<S3Response<dto::$output>> {
                    self.$name(request).await.map(S3Response::new)
                }
            )*
        }
    };
}

operations! {
    list_buckets(ListBucketsInput) -> ListBucketsOutput;
    create_bucket(CreateBucketInput) -> CreateBucketOutput;
    head_bucket(HeadBucketInput) -> HeadBucketOutput;
    delete_bucket(DeleteBucketInput) -> DeleteBucketOutput;
    get_bucket_location(GetBucketLocationInput) -> GetBucketLocationOutput;
    get_bucket_versioning(GetBucketVersioningInput) -> GetBucketVersioningOutput;
    get_bucket_policy(GetBucketPolicyInput) -> GetBucketPolicyOutput;
    get_bucket_policy_status(GetBucketPolicyStatusInput) -> GetBucketPolicyStatusOutput;
    put_bucket_policy(PutBucketPolicyInput) -> PutBucketPolicyOutput;
    delete_bucket_policy(DeleteBucketPolicyInput) -> DeleteBucketPolicyOutput;

    get_bucket_acl(GetBucketAclInput) -> GetBucketAclOutput;
    put_bucket_acl(PutBucketAclInput) -> PutBucketAclOutput;
    get_object_acl(GetObjectAclInput) -> GetObjectAclOutput;
    put_object_acl(PutObjectAclInput) -> PutObjectAclOutput;

    list_objects(ListObjectsInput) -> ListObjectsOutput;
    list_objects_v2(ListObjectsV2Input) -> ListObjectsV2Output;
    list_object_versions(ListObjectVersionsInput) -> ListObjectVersionsOutput;

    get_object(GetObjectInput) -> GetObjectOutput;
    head_object(HeadObjectInput) -> HeadObjectOutput;
    put_object(PutObjectInput) -> PutObjectOutput;
    copy_object(CopyObjectInput) -> CopyObjectOutput;
    delete_object(DeleteObjectInput) -> DeleteObjectOutput;
    delete_objects(DeleteObjectsInput) -> DeleteObjectsOutput;

    create_multipart_upload(CreateMultipartUploadInput) -> CreateMultipartUploadOutput;
    upload_part(UploadPartInput) -> UploadPartOutput;
    upload_part_copy(UploadPartCopyInput) -> UploadPartCopyOutput;
    list_parts(ListPartsInput) -> ListPartsOutput;
    list_multipart_uploads(ListMultipartUploadsInput) -> ListMultipartUploadsOutput;
    abort_multipart_upload(AbortMultipartUploadInput) -> AbortMultipartUploadOutput;
    complete_multipart_upload(CompleteMultipartUploadInput) -> CompleteMultipartUploadOutput;
}
