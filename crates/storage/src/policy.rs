//! The policy of a bucket, as JSON text.

use crate::client::Client;
use crate::error::Result;
use crate::names::BucketName;

impl Client {
    /// The policy, `None` when there is none. A server that answers with something else is `Unsupported`.
    pub async fn bucket_policy(&self, bucket: &BucketName) -> Result<Option<String>> {
        todo!("{bucket}")
    }

    /// Replaces the policy.
    pub async fn put_bucket_policy(&self, bucket: &BucketName, policy: &str) -> Result<()> {
        todo!("{bucket}{policy}")
    }

    /// Removes the policy; none is no error.
    pub async fn delete_bucket_policy(&self, bucket: &BucketName) -> Result<()> {
        todo!("{bucket}")
    }
}
