//! A canned ACL on existing objects, one request each.

use dipper_storage::{BucketName, CannedAcl, Client};

use crate::context::{Context, Interrupt};
use crate::crew::{Crew, Settled};
use crate::error::{Error, Result};
use crate::spec::AclSpec;
use crate::targets::{Object, Stream, Targets};

/// Sets it on everything and hands back what is left.
pub(crate) async fn run(context: &Context, spec: &AclSpec, targets: Targets) -> Targets {
    let mut crew = Crew::new(context, |object: &Object| object.key.to_string());
    let mut stream = Stream::start(context, &spec.client, &spec.bucket, targets);
    while let Some(object) = stream.next().await {
        match crew.slot(1).await {
            Some(slot) => {
                let work = set(
                    context.clone(),
                    spec.client.clone(),
                    spec.bucket.clone(),
                    object.clone(),
                    spec.canned_acl,
                );
                crew.work(slot, object, work);
            }
            None => crew.leave(object),
        }
    }
    let mut left = stream.rest();
    left.objects.extend(crew.finish().await);
    left
}

async fn set(context: Context, client: Client, bucket: BucketName, object: Object, acl: CannedAcl) -> Result<Settled> {
    let attempt = || async {
        client
            .put_object_canned_acl(&bucket, &object.key, acl)
            .await
            .map_err(Error::from)
    };
    context.request(Interrupt::BetweenTries, attempt).await?;
    Ok(Settled::Done)
}
