//! Downloads: each object goes to a temporary file beside its place and from there to its name, whole or not at all.

mod fetch;
mod verify;

pub use verify::Verified;

use std::sync::Arc;

use dipper_storage::{BucketName, Client};

use self::fetch::Fetched;
use crate::context::Context;
use crate::crew::{Crew, Settled};
use crate::error::Result;
use crate::files::{Folders, Target, blocking};
use crate::names::{LocalName, local_name};
use crate::parts::parts_for;
use crate::spec::{DownloadConflict, DownloadSpec};
use crate::targets::{Object, Stream, Targets};

/// An object in ranges takes four slots of sixteen: two such at a time keep all connections busy.
const LARGE_WEIGHT: usize = 4;

/// What all downloads of a job share.
struct Place {
    client: Client,
    bucket: BucketName,
    base: String,
    folders: Folders,
    conflict: DownloadConflict,
}

/// Downloads everything and hands back what is left.
pub(crate) async fn run(context: &Context, spec: &DownloadSpec, targets: Targets) -> Targets {
    let root = spec.folder.clone();
    let folders = match blocking(move || Folders::below(&root)).await {
        Ok(folders) => folders,
        Err(error) => {
            context.job.item_failed(&spec.folder.display().to_string(), &error);
            return targets;
        }
    };
    let place = Arc::new(Place {
        client: spec.client.clone(),
        bucket: spec.bucket.clone(),
        base: spec.base.as_str().to_owned(),
        folders,
        conflict: spec.conflict,
    });
    let mut crew = Crew::new(context, |object: &Object| object.key.to_string());
    let mut stream = Stream::start(context, &spec.client, &spec.bucket, targets);
    while let Some(object) = stream.next().await {
        let weight = if parts_for(object.size).count > 1 {
            LARGE_WEIGHT
        } else {
            1
        };
        match crew.slot(weight).await {
            Some(slot) => {
                let work = download(context.child(), place.clone(), object.clone());
                crew.work(slot, object, work);
            }
            None => crew.leave(object),
        }
    }
    let mut left = stream.rest();
    left.objects.extend(crew.finish().await);
    left
}

async fn download(context: Context, place: Arc<Place>, object: Object) -> Result<Settled> {
    let relative = object
        .key
        .as_str()
        .strip_prefix(&place.base)
        .unwrap_or(object.key.as_str());
    let mut name = local_name(relative);
    if name.is_folder && object.size > 0 {
        name = name.into_file();
    }
    if name.is_folder {
        let place = place.clone();
        blocking(move || place.folders.make(&name.components)).await?;
        return Ok(Settled::Done);
    }
    let Some(target) = make_target(&place, name).await? else {
        context.job.progress.resize(object.size, 0);
        return Ok(Settled::Skipped);
    };
    let bytes = context.item_bytes();
    let fetch = fetch::Fetch {
        context: context.clone(),
        client: place.client.clone(),
        bucket: place.bucket.clone(),
        object: object.clone(),
        target: Arc::new(target),
        bytes: bytes.clone(),
    };
    let outcome = finish(fetch, place.conflict).await;
    match &outcome {
        Ok((Settled::Done, size)) => context.job.progress.resize(object.size, *size),
        Ok((Settled::Skipped, _)) => {
            bytes.reset();
            context.job.progress.resize(object.size, 0);
        }
        Err(_) => bytes.reset(),
    }
    outcome.map(|(settled, _)| settled)
}

/// The temporary file, unless the name is taken and that means to skip.
async fn make_target(place: &Arc<Place>, name: LocalName) -> Result<Option<Target>> {
    let place = place.clone();
    blocking(move || {
        let Some((file, folders)) = name.components.split_last() else {
            return Ok(None);
        };
        let folder = place.folders.make(folders)?;
        if place.conflict == DownloadConflict::Skip && Target::is_taken(&folder, file) {
            return Ok(None);
        }
        Ok(Some(Target::create(&folder, file)?))
    })
    .await
}

async fn finish(fetch: fetch::Fetch, conflict: DownloadConflict) -> Result<(Settled, u64)> {
    let Fetched { size, verified } = fetch.all().await?;
    tracing::debug!(key = %fetch.object.key, ?verified, "an object is here");
    blocking(move || {
        let settled = match fetch.into_target()?.commit(size, conflict)? {
            Some(_) => Settled::Done,
            None => Settled::Skipped,
        };
        Ok((settled, size))
    })
    .await
}
