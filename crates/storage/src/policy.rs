//! The policy of a bucket, as JSON text.

use crate::call::{Call, send};
use crate::client::Client;
use crate::error::{ErrorKind, Result};
use crate::names::BucketName;

impl Client {
    /// The policy, `None` when there is none. A server that answers with something else is `Unsupported`.
    pub async fn bucket_policy(&self, bucket: &BucketName) -> Result<Option<String>> {
        let call = self.bucket_call("GetBucketPolicy", bucket);
        let request = self.sdk().get_bucket_policy().bucket(bucket.as_str());
        let answer = send!(call, request);
        match answer {
            Ok(answer) => policy_text(&call, answer.policy().unwrap_or_default()),
            Err(error) if error.s3_code() == Some("NoSuchBucketPolicy") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Replaces the policy.
    pub async fn put_bucket_policy(&self, bucket: &BucketName, policy: &str) -> Result<()> {
        let call = self.bucket_call("PutBucketPolicy", bucket).with_digest();
        let request = self.sdk().put_bucket_policy().bucket(bucket.as_str()).policy(policy);
        send!(call, request)?;
        Ok(())
    }

    /// Removes the policy; none is no error.
    pub async fn delete_bucket_policy(&self, bucket: &BucketName) -> Result<()> {
        let call = self.bucket_call("DeleteBucketPolicy", bucket);
        let request = self.sdk().delete_bucket_policy().bucket(bucket.as_str());
        match send!(call, request) {
            Err(error) if error.s3_code() != Some("NoSuchBucketPolicy") => Err(error),
            _ => Ok(()),
        }
    }
}

/// Some servers answer subresources that they do not know with another document and status 200.
fn policy_text(call: &Call, text: &str) -> Result<Option<String>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    match serde_json::from_str(text) {
        Ok(serde_json::Value::Object(_)) => Ok(Some(text.to_owned())),
        _ => Err(call
            .error(ErrorKind::Unsupported)
            .with_detail("the server answered with something that is no policy")),
    }
}
