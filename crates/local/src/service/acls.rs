//! Access control lists of buckets and objects.

use s3s::dto::{
    GetBucketAclInput, GetBucketAclOutput, GetObjectAclInput, GetObjectAclOutput, PutBucketAclInput,
    PutBucketAclOutput, PutObjectAclInput, PutObjectAclOutput,
};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Result};

use super::describe::wanted_acl;
use super::{Service, error};
use crate::access::Judged;
use crate::acl::{Acl, Resource, Wanted};

impl Service {
    pub(super) async fn get_bucket_acl(&self, request: S3Request<GetBucketAclInput>) -> S3Result<GetBucketAclOutput> {
        let acl = self.store.bucket_acl(self.names.bucket(&request.input.bucket)?).await?;
        let owner = self.names.owner();
        Ok(GetBucketAclOutput {
            grants: Some(acl.to_document(&owner)),
            owner: Some(owner),
        })
    }

    pub(super) async fn put_bucket_acl(&self, request: S3Request<PutBucketAclInput>) -> S3Result<PutBucketAclOutput> {
        let mut input = request.input;
        let bucket = self.names.bucket(&input.bucket)?;
        let wanted = Wanted {
            write: input.grant_write.take(),
            document: input.access_control_policy.take(),
            ..wanted_acl!(input)
        };
        let acl = Acl::wanted(wanted, Resource::Bucket, self.names.owner_id())?.ok_or_else(nothing_given)?;
        self.store.set_bucket_acl(bucket, acl).await?;
        Ok(PutBucketAclOutput::default())
    }

    pub(super) async fn get_object_acl(&self, request: S3Request<GetObjectAclInput>) -> S3Result<GetObjectAclOutput> {
        let bucket = self.names.bucket(&request.input.bucket)?;
        let object = self.store.object(bucket, request.input.key).await?;
        Judged::check(&request.extensions, &object)?;
        let owner = self.names.owner();
        let grants = Some(object.acl.to_document(&owner));
        Ok(GetObjectAclOutput {
            grants,
            owner: Some(owner),
            ..GetObjectAclOutput::default()
        })
    }

    pub(super) async fn put_object_acl(&self, request: S3Request<PutObjectAclInput>) -> S3Result<PutObjectAclOutput> {
        let mut input = request.input;
        let bucket = self.names.bucket(&input.bucket)?;
        let wanted = Wanted {
            write: input.grant_write.take(),
            document: input.access_control_policy.take(),
            ..wanted_acl!(input)
        };
        let acl = Acl::wanted(wanted, Resource::Object, self.names.owner_id())?.ok_or_else(nothing_given)?;
        self.store.set_object_acl(bucket, input.key, acl).await?;
        Ok(PutObjectAclOutput::default())
    }
}

fn nothing_given() -> S3Error {
    let message = "An access control list is given by x-amz-acl, by x-amz-grant headers, or in the body.";
    error(S3ErrorCode::MissingSecurityHeader, message)
}
