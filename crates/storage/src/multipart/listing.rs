//! What the server has of unfinished uploads.

use aws_sdk_s3::types::EncodingType;

use super::{PartInfo, UnfinishedUpload, UploadId};
use crate::call::{Call, sdk_key, send};
use crate::client::{Client, etag_of, moment};
use crate::error::{ErrorKind, Result};
use crate::names::{BucketName, ObjectKey};
use crate::place::decode_listed;
use crate::transport::Answer;
use crate::walk::{Walk, repeated};

impl Client {
    /// All parts the server has of an upload.
    pub async fn list_parts(&self, bucket: &BucketName, key: &ObjectKey, upload: &UploadId) -> Result<Vec<PartInfo>> {
        let mut parts = Vec::new();
        let mut marker: Option<String> = None;
        let mut walk = Walk::default();
        loop {
            let call = self
                .object_call("ListParts", bucket, key)
                .upload(upload.as_str())
                .expecting(Answer::Listing);
            let request = self.sdk().list_parts().bucket(bucket.as_str()).key(sdk_key(key));
            let request = request
                .upload_id(upload.as_str())
                .set_part_number_marker(marker.clone());
            let page = send!(call, request)?;
            for part in page.parts() {
                parts.push(part_info(part).ok_or_else(|| call.error(ErrorKind::Corrupt))?);
            }
            if page.is_truncated() != Some(true) {
                return Ok(parts);
            }
            let next = page.next_part_number_marker().ok_or_else(|| repeated(&call))?;
            marker = Some(next.to_owned());
            walk.goes_on_at(&marker, &call)?;
        }
    }

    /// All unfinished uploads in a bucket.
    ///
    /// Ceph RGW encodes the keys of this list when asked to and does not echo that it did, so it is asked only when the
    /// plain list cannot be read: then a key has characters that XML cannot hold.
    pub async fn list_multipart_uploads(&self, bucket: &BucketName) -> Result<Vec<UnfinishedUpload>> {
        match self.list_uploads(bucket, None).await {
            Err(error) if error.kind() == ErrorKind::Corrupt => {
                self.list_uploads(bucket, Some(EncodingType::Url)).await
            }
            result => result,
        }
    }

    async fn list_uploads(&self, bucket: &BucketName, encoding: Option<EncodingType>) -> Result<Vec<UnfinishedUpload>> {
        let mut uploads = Vec::new();
        let mut markers: Option<(String, String)> = None;
        let mut walk = Walk::default();
        loop {
            let call = self
                .bucket_call("ListMultipartUploads", bucket)
                .expecting(Answer::Listing);
            let (key_marker, id_marker) = markers.clone().unzip();
            let request = self
                .sdk()
                .list_multipart_uploads()
                .bucket(bucket.as_str())
                .set_encoding_type(encoding.clone());
            let request = request.set_key_marker(key_marker).set_upload_id_marker(id_marker);
            let page = send!(call, request)?;
            for upload in page.uploads() {
                let key = name(&call, upload.key(), encoding.is_some())?;
                uploads.push(UnfinishedUpload {
                    key: ObjectKey::from_server(key),
                    upload_id: UploadId::new(upload.upload_id().unwrap_or_default()),
                    initiated: moment(upload.initiated()),
                });
            }
            if page.is_truncated() != Some(true) {
                return Ok(uploads);
            }
            let next_id = page.next_upload_id_marker().unwrap_or_default().to_owned();
            markers = Some((name(&call, page.next_key_marker(), encoding.is_some())?, next_id));
            walk.goes_on_at(&markers, &call)?;
        }
    }
}

fn part_info(part: &aws_sdk_s3::types::Part) -> Option<PartInfo> {
    Some(PartInfo {
        number: u32::try_from(part.part_number()?).ok()?,
        size: u64::try_from(part.size()?).ok()?,
        etag: etag_of(part.e_tag()?)?,
        last_modified: moment(part.last_modified()),
    })
}

fn name(call: &Call, text: Option<&str>, encoded: bool) -> Result<String> {
    let text = text.unwrap_or_default();
    let name = if encoded {
        decode_listed(text)
    } else {
        Some(text.to_owned())
    };
    name.filter(|name| !name.is_empty()).ok_or_else(|| {
        call.error(ErrorKind::Corrupt)
            .with_detail("the list has an upload without a usable key")
    })
}
