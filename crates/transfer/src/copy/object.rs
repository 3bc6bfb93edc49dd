//! An object that is copied: one state of it, by its size and `ETag`, that every further request asks for.

use bytes::{Bytes, BytesMut};
use dipper_storage::{
    Acl, BucketName, ByteRange, CannedAcl, CopyOptions, ErrorKind, GetOptions, MAX_PUT_SIZE, ObjectInfo, ObjectKey,
    ObjectRef, PartRef, PartStored, PutOptions, UploadBody,
};
use tokio::sync::SemaphorePermit;

use crate::context::{Context, Interrupt};
use crate::download::{check_extent, proof_of_one};
use crate::error::{Error, Result};
use crate::parts::{PartPlan, copy_parts_for, parts_for};
use crate::store::SourceState;

const MIB: u64 = 1024 * 1024;

/// MiB of objects that are on their way through this computer at the same time, over all jobs.
pub(crate) const ROOM: u32 = 64;

/// How often bytes that are not the object's are fetched.
const FETCHES: u32 = 2;

/// An object and what its server told of it.
#[derive(Debug)]
pub(crate) struct SourceObject {
    /// What requests to its server go through.
    there: Context,
    bucket: BucketName,
    info: ObjectInfo,
    plan: PartPlan,
    inside: bool,
}

impl SourceObject {
    /// Looks at an object. `inside` is whether the server may be asked to copy it by itself.
    pub(crate) async fn open(context: &Context, key: &ObjectKey, inside: bool) -> Result<Self> {
        let (there, bucket) = context.at_origin();
        let attempt = || async {
            let info = if inside {
                there.client.head_object(&bucket, key).await
            } else {
                there.client.head_object_with_checksums(&bucket, key).await
            };
            info.map_err(Error::from)
        };
        let info = there.request(Interrupt::AtOnce, attempt).await?;
        let in_parts = there.client.config().compatibility.upload_part_copy && info.size >= context.copy_in_parts_from;
        let inside = inside && (in_parts || info.size <= MAX_PUT_SIZE);
        let plan = match inside {
            true if in_parts => copy_parts_for(info.size, context.copy_in_parts_from),
            true => PartPlan::whole(info.size),
            false => parts_for(info.size),
        };
        Ok(Self {
            there,
            bucket,
            info,
            plan,
            inside,
        })
    }

    pub(crate) fn info(&self) -> &ObjectInfo {
        &self.info
    }

    pub(crate) fn length(&self) -> u64 {
        self.info.size
    }

    pub(crate) fn plan(&self) -> PartPlan {
        self.plan
    }

    pub(crate) fn is_inside(&self) -> bool {
        self.inside
    }

    pub(crate) fn state(&self) -> SourceState {
        SourceState::Object {
            size: self.info.size,
            etag: self.info.etag.clone(),
        }
    }

    /// Whether what is made of it in one request gets the same `ETag`: that is then the MD5 of both.
    pub(crate) fn keeps_its_etag(&self) -> bool {
        self.info.has_plain_etag && self.info.etag.as_deref().is_some_and(|etag| !etag.contains('-'))
    }

    /// How a copy is described that the server does not make by itself.
    pub(crate) fn description(&self) -> PutOptions {
        let info = &self.info;
        PutOptions {
            content_type: info.content_type.clone(),
            cache_control: info.cache_control.clone(),
            content_disposition: info.content_disposition.clone(),
            content_encoding: info.content_encoding.clone(),
            content_language: info.content_language.clone(),
            metadata: info.metadata.clone(),
            ..PutOptions::default()
        }
    }

    pub(crate) async fn acl(&self) -> Result<Acl> {
        let attempt = || async { Ok(self.there.client.object_acl(&self.bucket, &self.info.key).await?) };
        self.there.request(Interrupt::AtOnce, attempt).await
    }

    /// Has the server copy it; the `ETag` of the copy.
    pub(crate) async fn copy_to(
        &self,
        context: &Context,
        key: &ObjectKey,
        acl: Option<CannedAcl>,
    ) -> Result<Option<String>> {
        let options = CopyOptions {
            replace: None,
            canned_acl: acl,
            source_if_match: self.info.etag.clone(),
        };
        let to = ObjectRef {
            bucket: context.job.bucket(),
            key,
        };
        let stored = context.client.copy_object(self.as_ref(), to, &options).await?;
        Ok(stored.etag)
    }

    /// Makes a part of a copy.
    pub(crate) async fn send_part(&self, context: &Context, to: PartRef<'_>, range: (u64, u64)) -> Result<PartStored> {
        if self.inside {
            return self.copy_part(context, to, range).await;
        }
        let _room = self.room(range.1).await?;
        let bytes = self.read(Some(range)).await?;
        let spent = context.up.spend(bytes.len());
        context.unless_cancelled(spent).await?;
        let attempt = || async {
            let (client, body) = (&context.client, UploadBody::bytes(bytes.clone()));
            let stored = client.upload_part(to.object.bucket, to.object.key, to.upload, to.number, body);
            stored.await.map_err(Error::from)
        };
        context.request(Interrupt::AtOnce, attempt).await
    }

    async fn copy_part(&self, context: &Context, to: PartRef<'_>, range: (u64, u64)) -> Result<PartStored> {
        let (range, etag) = (Some(between(range)), self.info.etag.as_deref());
        let attempt = || async {
            let copied = context.client.upload_part_copy(self.as_ref(), to, range, etag).await;
            copied.map_err(Error::from)
        };
        context.request(Interrupt::AtOnce, attempt).await
    }

    /// The whole of it, and the room that it takes until it has left again. For objects that go in one request.
    pub(crate) async fn read_all(&self) -> Result<(Bytes, SemaphorePermit<'_>)> {
        let room = self.room(self.length()).await?;
        Ok((self.read(None).await?, room))
    }

    /// Room for so many bytes. What is larger than all of it takes all.
    async fn room(&self, bytes: u64) -> Result<SemaphorePermit<'_>> {
        let mib = u32::try_from(bytes.div_ceil(MIB)).unwrap_or(ROOM).clamp(1, ROOM);
        let room = self.there.unless_cancelled(self.there.room.acquire_many(mib)).await?;
        room.map_err(|_| Error::cancelled())
    }

    async fn read(&self, range: Option<(u64, u64)>) -> Result<Bytes> {
        for _ in 0..FETCHES {
            let attempt = || self.fetch(range);
            if let Some(bytes) = self.there.request(Interrupt::AtOnce, attempt).await? {
                return Ok(bytes);
            }
        }
        let message = format!(
            "Could not copy `{}`: what arrives is not what the server says it keeps",
            self.info.key
        );
        Err(Error::new(ErrorKind::Corrupt, message)
            .with_hint("Retry; if it stays, the object is damaged on the server or something between changes it."))
    }

    /// The bytes of this state of it; `None` where they are not what its server says it keeps.
    async fn fetch(&self, range: Option<(u64, u64)>) -> Result<Option<Bytes>> {
        let options = GetOptions {
            range: range.map(between),
            if_match: self.info.etag.clone(),
            ..GetOptions::default()
        };
        let mut stream = self
            .there
            .client
            .get_object(&self.bucket, &self.info.key, &options)
            .await?;
        if stream.info.size != self.info.size || stream.info.etag != self.info.etag {
            return Err(self.changed());
        }
        let (begin, length) = range.unwrap_or((0, self.info.size));
        check_extent(&stream, begin, begin + length)?;
        let proof = proof_of_one(&stream.info).filter(|_| range.is_none());
        let mut bytes = BytesMut::with_capacity(usize::try_from(length).unwrap_or_default());
        while let Some(piece) = stream.next().await? {
            self.there.down.spend(piece.len()).await;
            bytes.extend_from_slice(&piece);
        }
        let holds = proof.is_none_or(|proof| {
            let mut hasher = proof.hasher();
            hasher.update(&bytes);
            proof.holds(hasher)
        });
        Ok(holds.then(|| bytes.freeze()))
    }

    /// It is another one by now.
    pub(crate) fn changed(&self) -> Error {
        let message = format!("Could not copy `{}`: it is another one than before", self.info.key);
        Error::new(ErrorKind::PreconditionFailed, message)
    }

    fn as_ref(&self) -> ObjectRef<'_> {
        ObjectRef {
            bucket: &self.bucket,
            key: &self.info.key,
        }
    }
}

fn between((begin, length): (u64, u64)) -> ByteRange {
    ByteRange::Between {
        first: begin,
        last: begin + length.saturating_sub(1),
    }
}
