//! Going on with an upload that an earlier run began. The server is asked what it has; the journal says what of that is
//! ours; and a part that only the server knows of is compared with the file before it is believed.

use std::collections::HashMap;

use dipper_storage::{CompletedPart, ErrorKind, ObjectKey, PartInfo, UploadId};

use super::{Stored, Storing};
use crate::clean;
use crate::context::Interrupt;
use crate::crash::crash_point;
use crate::error::{Error, Result};
use crate::journal::Evidence;
use crate::parts::PartPlan;

impl Storing<'_> {
    /// The upload of this very state of the file to this key that an earlier run began.
    pub(super) fn unfinished(&self, key: &ObjectKey) -> Option<UploadId> {
        match &self.item.evidence {
            Some(Evidence::Sending {
                key: begun,
                upload,
                source,
            }) if begun == key.as_str() && *source == self.source.state() => Some(UploadId::new(upload.clone())),
            _ => None,
        }
    }

    /// Whether an upload to this key goes on.
    pub(super) fn goes_on(&self, key: &ObjectKey) -> bool {
        self.unfinished(key).is_some()
    }

    /// Aborts what an earlier run began and this one has no use for: the file is another by now, or nobody knows what the
    /// upload is called.
    pub(super) async fn leave_what_will_not_go_on(&self) {
        let useful = match &self.item.evidence {
            None | Some(Evidence::Copying { .. } | Evidence::Removing { .. }) => true,
            Some(Evidence::Sending { source, .. }) => *source == self.source.state(),
            Some(_) => false,
        };
        if !useful {
            clean::tidy(self.context, self.item).await;
            self.context.journal.lose(self.context.job.id(), self.item.number).await;
        }
    }

    /// The parts of an upload that need not be sent again; `None` where the upload is gone.
    pub(super) async fn parts_there(
        &self,
        key: &ObjectKey,
        upload: &UploadId,
        plan: PartPlan,
    ) -> Result<Option<Vec<CompletedPart>>> {
        let (client, bucket) = (&self.context.client, self.context.job.bucket());
        let list = || async { client.list_parts(bucket, key, upload).await.map_err(Error::from) };
        let listed = match self.context.request(Interrupt::AtOnce, list).await {
            Ok(listed) => listed,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        crash_point!("resume.after_list");
        let known = self
            .context
            .journal
            .parts(self.context.job.id(), self.item.number)
            .await?;
        let known: HashMap<u32, String> = known.into_iter().map(|part| (part.number, part.etag)).collect();
        let mut there = Vec::with_capacity(listed.len());
        for part in listed {
            if self.can_keep(&part, plan, known.get(&part.number)).await? {
                there.push(CompletedPart {
                    number: part.number,
                    etag: part.etag,
                });
            }
        }
        crash_point!("resume.after_match");
        Ok(Some(there))
    }

    async fn can_keep(&self, part: &PartInfo, plan: PartPlan, known: Option<&String>) -> Result<bool> {
        if !(1..=plan.count).contains(&part.number) {
            return Ok(false);
        }
        let (offset, length) = plan.range(part.number - 1, self.source.length());
        if part.size != length {
            return Ok(false);
        }
        if let Some(etag) = known {
            return Ok(*etag == part.etag);
        }
        self.source.is_part((offset, length), &part.etag).await
    }

    /// Whether the object came to be although the upload's last answer was lost.
    pub(super) async fn arrived(&self, key: &ObjectKey) -> Result<Option<Stored>> {
        if !self.goes_on(key) {
            return Ok(None);
        }
        match self.look_at(key).await? {
            Some(found) if self.is_ours(key, &found).await? => Ok(Some(self.count_before(key, found))),
            _ => Ok(None),
        }
    }
}
