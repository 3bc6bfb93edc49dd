//! Looking at one object and reading it.

use bytes::Bytes;
use dipper_storage::{BucketName, ByteRange, GetOptions, ObjectInfo, ObjectKey, ObjectStream};

use crate::error::Result;
use crate::{AccountId, App};

/// The bytes of an object as they arrive. Dropping it closes the connection.
#[derive(Debug)]
pub struct ObjectReader(ObjectStream);

impl ObjectReader {
    /// The next piece, `None` at the end. An object that ends too early is an error, so that nobody takes a part for the
    /// whole.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        Ok(self.0.next().await?)
    }

    /// How many bytes will come.
    pub fn length(&self) -> u64 {
        self.0.length
    }
}

impl App {
    /// What the server tells about one object.
    pub async fn object_info(&self, account: &AccountId, bucket: &str, key: &str) -> Result<ObjectInfo> {
        let client = self.client(account).await?;
        Ok(client
            .head_object(&BucketName::parse(bucket)?, &ObjectKey::parse(key)?)
            .await?)
    }

    /// Begins to read an object, or a range of it.
    pub async fn read_object(
        &self,
        account: &AccountId,
        bucket: &str,
        key: &str,
        range: Option<ByteRange>,
    ) -> Result<ObjectReader> {
        let client = self.client(account).await?;
        let options = GetOptions {
            range,
            ..GetOptions::default()
        };
        let (bucket, key) = (BucketName::parse(bucket)?, ObjectKey::parse(key)?);
        Ok(ObjectReader(client.get_object(&bucket, &key, &options).await?))
    }
}
