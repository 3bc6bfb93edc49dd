//! Counting what lies below a prefix, for dry runs: pages stream by, nothing is kept.

use dipper_storage::{BucketName, Client, Error, Prefix};
use tokio_util::sync::CancellationToken;

/// How much was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Objects.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Counts every object below `prefix`, telling `progress` after each page. Holds one page at a time. Ends with the kind
/// `Cancelled` as soon as `cancel` is.
pub async fn count(
    client: &Client,
    bucket: &BucketName,
    prefix: &Prefix,
    cancel: &CancellationToken,
    progress: impl Fn(Counted),
) -> Result<Counted, Error> {
    let _ = (client, bucket, prefix, cancel, progress);
    todo!()
}
