//! Buckets and their policies.

use s3s::dto::{
    Bucket, BucketLocationConstraint, CreateBucketInput, CreateBucketOutput, DeleteBucketInput, DeleteBucketOutput,
    DeleteBucketPolicyInput, DeleteBucketPolicyOutput, GetBucketLocationInput, GetBucketLocationOutput,
    GetBucketPolicyInput, GetBucketPolicyOutput, GetBucketPolicyStatusInput, GetBucketPolicyStatusOutput,
    GetBucketVersioningInput, GetBucketVersioningOutput, HeadBucketInput, HeadBucketOutput, ListBucketsInput,
    ListBucketsOutput, PolicyStatus, PutBucketPolicyInput, PutBucketPolicyOutput,
};
use s3s::{S3ErrorCode, S3Request, S3Result};

use super::describe::wanted_acl;
use super::{Service, error, page_size, timestamp};
use crate::acl::{Acl, Resource, Wanted};
use crate::policy::Policy;

/// Buckets without a location of their own are here, as on S3.
const DEFAULT_REGION: &str = "us-east-1";

impl Service {
    pub(super) async fn list_buckets(&self, request: S3Request<ListBucketsInput>) -> S3Result<ListBucketsOutput> {
        let ListBucketsInput {
            continuation_token,
            max_buckets,
            prefix,
            ..
        } = request.input;
        let limit = match max_buckets {
            None => usize::MAX - 1,
            Some(asked) => page_size(Some(asked))?.max(1),
        };
        let prefix = prefix.unwrap_or_default();
        let after = continuation_token.unwrap_or_default();
        let mut buckets = self.store.list_buckets(prefix.clone(), after, limit + 1).await?;
        let more = buckets.len() > limit;
        buckets.truncate(limit);
        let continuation_token = buckets.last().filter(|_| more).map(|bucket| bucket.name.clone());
        let shown = buckets.into_iter().map(|bucket| Bucket {
            creation_date: Some(timestamp(bucket.created)),
            name: Some(bucket.name),
            ..Bucket::default()
        });
        Ok(ListBucketsOutput {
            buckets: Some(shown.collect()),
            continuation_token,
            owner: Some(self.names.owner()),
            prefix: Some(prefix).filter(|prefix| !prefix.is_empty()),
        })
    }

    pub(super) async fn create_bucket(&self, request: S3Request<CreateBucketInput>) -> S3Result<CreateBucketOutput> {
        let mut input = request.input;
        let name = self.names.new_bucket(&input.bucket)?;
        let wanted = Wanted {
            write: input.grant_write.take(),
            ..wanted_acl!(input)
        };
        let acl = Acl::wanted(wanted, Resource::Bucket, self.names.owner_id())?;
        let acl = acl.unwrap_or_else(|| Acl::private(self.names.owner_id()));
        let region = input
            .create_bucket_configuration
            .and_then(|configuration| configuration.location_constraint);
        let region = region
            .map(|region| region.as_str().to_owned())
            .filter(|region| region != DEFAULT_REGION);
        self.store
            .create_bucket(name.clone(), region.unwrap_or_default(), acl)
            .await?;
        Ok(CreateBucketOutput {
            location: Some(format!("/{name}")),
        })
    }

    pub(super) async fn head_bucket(&self, request: S3Request<HeadBucketInput>) -> S3Result<HeadBucketOutput> {
        let region = self
            .store
            .bucket_region(self.names.bucket(&request.input.bucket)?)
            .await?;
        let region = if region.is_empty() {
            DEFAULT_REGION.to_owned()
        } else {
            region
        };
        Ok(HeadBucketOutput {
            bucket_region: Some(region),
            ..HeadBucketOutput::default()
        })
    }

    pub(super) async fn delete_bucket(&self, request: S3Request<DeleteBucketInput>) -> S3Result<DeleteBucketOutput> {
        self.store
            .delete_bucket(self.names.bucket(&request.input.bucket)?)
            .await?;
        Ok(DeleteBucketOutput::default())
    }

    pub(super) async fn get_bucket_location(
        &self,
        request: S3Request<GetBucketLocationInput>,
    ) -> S3Result<GetBucketLocationOutput> {
        let region = self
            .store
            .bucket_region(self.names.bucket(&request.input.bucket)?)
            .await?;
        let location_constraint = (!region.is_empty()).then(|| BucketLocationConstraint::from(region));
        Ok(GetBucketLocationOutput { location_constraint })
    }

    /// Honestly: versioning was never switched on.
    pub(super) async fn get_bucket_versioning(
        &self,
        request: S3Request<GetBucketVersioningInput>,
    ) -> S3Result<GetBucketVersioningOutput> {
        self.store
            .bucket_region(self.names.bucket(&request.input.bucket)?)
            .await?;
        Ok(GetBucketVersioningOutput::default())
    }

    pub(super) async fn get_bucket_policy(
        &self,
        request: S3Request<GetBucketPolicyInput>,
    ) -> S3Result<GetBucketPolicyOutput> {
        let policy = self.policy_of(&request.input.bucket).await?;
        Ok(GetBucketPolicyOutput { policy: Some(policy) })
    }

    pub(super) async fn get_bucket_policy_status(
        &self,
        request: S3Request<GetBucketPolicyStatusInput>,
    ) -> S3Result<GetBucketPolicyStatusOutput> {
        let bucket = self.names.bucket(&request.input.bucket)?;
        let text = self.policy_of(&request.input.bucket).await?;
        let policy = Policy::parse(&text, self.names.tenant(), &bucket)?;
        let policy_status = Some(PolicyStatus {
            is_public: Some(policy.is_public()),
        });
        Ok(GetBucketPolicyStatusOutput { policy_status })
    }

    pub(super) async fn put_bucket_policy(
        &self,
        request: S3Request<PutBucketPolicyInput>,
    ) -> S3Result<PutBucketPolicyOutput> {
        let bucket = self.names.bucket(&request.input.bucket)?;
        let text = request.input.policy;
        Policy::parse(&text, self.names.tenant(), &bucket)?;
        self.store.set_bucket_policy(bucket, Some(text)).await?;
        Ok(PutBucketPolicyOutput::default())
    }

    pub(super) async fn delete_bucket_policy(
        &self,
        request: S3Request<DeleteBucketPolicyInput>,
    ) -> S3Result<DeleteBucketPolicyOutput> {
        self.store
            .set_bucket_policy(self.names.bucket(&request.input.bucket)?, None)
            .await?;
        Ok(DeleteBucketPolicyOutput::default())
    }

    async fn policy_of(&self, bucket: &str) -> S3Result<String> {
        let policy = self.store.bucket_policy(self.names.bucket(bucket)?).await?;
        policy.ok_or_else(|| error(S3ErrorCode::NoSuchBucketPolicy, "The bucket policy does not exist."))
    }
}
