//! Cleaning up after a job that will not go on: unfinished uploads are aborted, temporary files removed. Only what the
//! journal says is ours; what others left on the server is theirs.

use std::path::Path;
use std::time::Duration;

use dipper_storage::{ObjectKey, UploadId};
use time::OffsetDateTime;

use crate::context::{Context, Interrupt};
use crate::crash::crash_point;
use crate::download::temporary_of;
use crate::error::{Error, Result};
use crate::files::blocking;
use crate::journal::{Evidence, Item};

/// How long aborting one upload may hold up the end of a job.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much the clocks of a server and of this computer may differ before an upload that we were about to begin is not
/// recognised by its time any more.
pub(crate) const SKEW: time::Duration = time::Duration::minutes(5);

/// Removes what the items of a job left unfinished.
pub(crate) async fn up(context: &Context) -> Result<()> {
    for item in context.journal.leftovers(context.job.id()).await? {
        tidy(context, &item).await;
        crash_point!("clean.before_lose");
        context.journal.lose(context.job.id(), item.number).await;
        crash_point!("clean.after_lose");
    }
    Ok(())
}

/// Removes what one item left. What cannot be removed is said in the log.
pub(crate) async fn tidy(context: &Context, item: &Item) {
    let outcome = match &item.evidence {
        Some(Evidence::Sending { key, upload, .. }) => abort(context, key, UploadId::new(upload.clone())).await,
        Some(Evidence::Beginning { key, at }) => abort_just_begun(context, key, *at, None).await,
        Some(Evidence::Receiving { temporary, .. } | Evidence::Placing { temporary, .. }) => remove(temporary).await,
        Some(Evidence::Listed { .. } | Evidence::Copying { .. } | Evidence::Removing { .. }) => Ok(()),
        None => match temporary_of(context, item) {
            Some(temporary) => remove(&temporary).await,
            None => Ok(()),
        },
    };
    if let Err(error) = outcome {
        tracing::warn!(key = %item.key, %error, "something unfinished stays behind");
    }
}

/// Aborts an upload; one that is gone needs no more.
async fn abort(context: &Context, key: &str, upload: UploadId) -> Result<()> {
    let key = ObjectKey::parse(key)?;
    let (client, bucket) = (&context.client, context.job.bucket());
    let attempt = || async {
        client
            .abort_multipart_upload(bucket, &key, &upload)
            .await
            .map_err(Error::from)
    };
    crash_point!("clean.before_abort");
    let aborted = tokio::time::timeout(PATIENCE, context.request(Interrupt::Never, attempt)).await;
    crash_point!("clean.after_abort");
    aborted.unwrap_or_else(|_| Err(Error::cancelled()))
}

/// A process ended between asking for an upload and writing down its id. It is recognised by its key and its time, and by
/// having no parts: nothing that holds anything is ever touched.
pub(crate) async fn abort_just_begun(context: &Context, key: &str, at: i64, but: Option<&UploadId>) -> Result<()> {
    let (client, bucket) = (&context.client, context.job.bucket());
    let asked = OffsetDateTime::from_unix_timestamp(at).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let attempt = || async { client.list_multipart_uploads(bucket).await.map_err(Error::from) };
    for upload in context.request(Interrupt::Never, attempt).await? {
        let near = upload.initiated.is_some_and(|begun| (begun - asked).abs() <= SKEW);
        if upload.key.as_str() != key || !near || but == Some(&upload.upload_id) {
            continue;
        }
        let parts = || async { Ok(client.list_parts(bucket, &upload.key, &upload.upload_id).await?) };
        if context.request(Interrupt::Never, parts).await?.is_empty() {
            abort(context, key, upload.upload_id).await?;
        }
    }
    Ok(())
}

async fn remove(path: &Path) -> Result<()> {
    let path = path.to_owned();
    blocking(move || match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::disk("remove", &path, error)),
        _ => Ok(()),
    })
    .await?;
    crash_point!("clean.after_remove");
    Ok(())
}
