//! A canned ACL on existing objects, one request each.

use dipper_storage::{CannedAcl, ObjectKey};

use crate::context::{Context, Interrupt};
use crate::crash::crash_point;
use crate::crew::{self, Settled};
use crate::error::{Error, Result};

/// Sets it on everything that is left.
pub(crate) async fn run(context: &Context, acl: CannedAcl) -> Result<()> {
    crew::work_through(context, |item| set(context.clone(), item.key, acl)).await
}

async fn set(context: Context, key: String, acl: CannedAcl) -> Result<Settled> {
    let key = ObjectKey::parse(&key)?;
    let (client, bucket) = (&context.client, context.job.bucket());
    let attempt = || async {
        client
            .put_object_canned_acl(bucket, &key, acl)
            .await
            .map_err(Error::from)
    };
    crash_point!("acl.before_request");
    context.request(Interrupt::BetweenTries, attempt).await?;
    crash_point!("acl.after_request");
    Ok(Settled::Done)
}
