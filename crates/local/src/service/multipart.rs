//! Multipart uploads.

use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, ChecksumAlgorithm, ChecksumType, CommonPrefix,
    CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CompletedPart, CopyPartResult,
    CreateMultipartUploadInput, CreateMultipartUploadOutput, ETag, Initiator, ListMultipartUploadsInput,
    ListMultipartUploadsOutput, ListPartsInput, ListPartsOutput, MultipartUpload, Owner, Part, Range, StorageClass,
    UploadPartCopyInput, UploadPartCopyOutput, UploadPartInput, UploadPartOutput,
};
use s3s::{S3ErrorCode, S3Request, S3Result};

use super::describe::{attributes, checksums, condition, expected, set_checksums, storage_class, verify_trailers};
use super::describe::{wanted_acl, without_transfer_coding};
use super::listing::Encoding;
use super::objects::incoming;
use super::reading::{Conditions, precondition_failed};
use super::{Service, error, length, page_size, timestamp};
use crate::digest::Algorithm;
use crate::files::{Files, Slice, cut};
use crate::store::listing::Query;
use crate::store::objects::{Description, OpenObject, Target};
use crate::store::uploads::{Completion, MAX_PART_NUMBER, NewUpload, Part as StoredPart, PartSource, Upload};
use crate::store::uploads::{UploadName, WantedPart};

impl Service {
    pub(super) async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<CreateMultipartUploadOutput> {
        let mut input = request.input;
        let algorithm = input.checksum_algorithm.take();
        let algorithm = algorithm
            .map(|algorithm| Algorithm::parse(algorithm.as_str()))
            .transpose()?;
        let composite = is_composite(algorithm, input.checksum_type.take().as_ref())?;
        let description = Description {
            acl: self.object_acl(wanted_acl!(input))?,
            storage_class: storage_class(input.storage_class.take())?,
            attributes: without_transfer_coding(attributes!(input)),
        };
        let bucket = self.names.bucket(&input.bucket)?;
        let new = NewUpload {
            bucket,
            key: input.key.clone(),
            description,
            algorithm,
            composite,
        };
        let id = self.store.create_upload(new).await?;
        Ok(CreateMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(id),
            checksum_algorithm: algorithm.map(|algorithm| ChecksumAlgorithm::from_static(algorithm.name())),
            checksum_type: algorithm.map(|_| checksum_type(composite)),
            ..CreateMultipartUploadOutput::default()
        })
    }

    pub(super) async fn upload_part(&self, request: S3Request<UploadPartInput>) -> S3Result<UploadPartOutput> {
        let mut input = request.input;
        let name = self.upload_name(&input.bucket, &input.key, &input.upload_id)?;
        let number = part_number(input.part_number)?;
        let upload = self.store.upload(name.clone()).await?;
        let mut expected = expected(
            input.content_md5.as_deref(),
            checksums!(input),
            input.checksum_algorithm.as_ref(),
        )?;
        // An upload started with an algorithm has its checksum for every part, sent or not.
        expected.algorithm = expected.algorithm.or(upload.algorithm);
        let body = incoming(input.body, input.content_length, expected)?;
        let received = self.store.files.receive(body).await?;
        verify_trailers(request.trailing_headers.as_ref(), &received.digest)?;
        let digest = self.store.put_part(name, number, received).await?;
        let mut output = UploadPartOutput {
            e_tag: Some(ETag::Strong(digest.etag())),
            ..UploadPartOutput::default()
        };
        set_checksums!(output, digest.checksums);
        Ok(output)
    }

    pub(super) async fn upload_part_copy(
        &self,
        request: S3Request<UploadPartCopyInput>,
    ) -> S3Result<UploadPartCopyOutput> {
        let input = request.input;
        let name = self.upload_name(&input.bucket, &input.key, &input.upload_id)?;
        let number = part_number(input.part_number)?;
        let upload = self.store.upload(name.clone()).await?;
        let (bucket, key) = self.copy_source(&input.copy_source)?;
        let open = self.store.open_object(bucket.clone(), key.clone()).await?;
        let conditions = Conditions {
            matching: input.copy_source_if_match,
            not_matching: input.copy_source_if_none_match,
            modified_since: input.copy_source_if_modified_since,
            unmodified_since: input.copy_source_if_unmodified_since,
        };
        conditions.check(&open.object).map_err(|_| precondition_failed())?;
        let OpenObject {
            object,
            segments,
            lease,
        } = open;
        let (start, size) = copied_range(input.copy_source_range.as_deref(), object.size)?;
        let slices: Vec<Slice> = segments.into_iter().map(|segment| segment.slice).collect();
        let slices = cut(&slices, start, size);
        let digest = Files::digest(lease, slices.clone(), upload.algorithm.into_iter().collect()).await?;
        let source = PartSource {
            bucket,
            key,
            object: object.id,
            slices,
            size,
            digest: digest.clone(),
        };
        let modified = self.store.copy_part(name, number, source).await?;
        let mut result = CopyPartResult {
            e_tag: Some(ETag::Strong(digest.etag())),
            last_modified: Some(timestamp(modified)),
            ..CopyPartResult::default()
        };
        set_checksums!(result, digest.checksums);
        Ok(UploadPartCopyOutput {
            copy_part_result: Some(result),
            ..UploadPartCopyOutput::default()
        })
    }

    pub(super) async fn list_parts(&self, request: S3Request<ListPartsInput>) -> S3Result<ListPartsOutput> {
        let input = request.input;
        let name = self.upload_name(&input.bucket, &input.key, &input.upload_id)?;
        let limit = page_size(input.max_parts)?;
        let marker = input.part_number_marker.unwrap_or(0);
        let (upload, mut parts) = self.store.list_parts(name, marker, limit + 1).await?;
        let is_truncated = parts.len() > limit;
        parts.truncate(limit);
        let owner = self.names.owner();
        Ok(ListPartsOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(input.upload_id),
            initiator: Some(initiator(&owner)),
            owner: Some(owner),
            storage_class: Some(StorageClass::from(upload.storage_class)),
            checksum_algorithm: upload
                .algorithm
                .map(|algorithm| ChecksumAlgorithm::from_static(algorithm.name())),
            checksum_type: upload.algorithm.map(|_| checksum_type(upload.composite)),
            part_number_marker: Some(marker),
            next_part_number_marker: parts.last().filter(|_| is_truncated).map(|part| part.number),
            max_parts: Some(i32::try_from(limit).unwrap_or(1000)),
            is_truncated: Some(is_truncated),
            parts: Some(parts.into_iter().map(shown_part).collect()),
            ..ListPartsOutput::default()
        })
    }

    pub(super) async fn list_multipart_uploads(
        &self,
        request: S3Request<ListMultipartUploadsInput>,
    ) -> S3Result<ListMultipartUploadsOutput> {
        let input = request.input;
        let encoding = Encoding::parse(input.encoding_type.as_ref())?;
        let limit = page_size(input.max_uploads)?;
        let query = Query {
            prefix: input.prefix.clone().unwrap_or_default(),
            delimiter: input.delimiter.clone().unwrap_or_default(),
            after: input.key_marker.clone().unwrap_or_default(),
            limit,
        };
        let after_id = input.upload_id_marker.clone().filter(|id| !id.is_empty());
        let page = self
            .store
            .list_uploads(self.names.bucket(&input.bucket)?, query, after_id)
            .await?;
        let owner = self.names.owner();
        let (next_key_marker, next_upload_id_marker) = page.next.unzip();
        let prefixes = page.common_prefixes.into_iter();
        Ok(ListMultipartUploadsOutput {
            bucket: Some(input.bucket),
            prefix: Some(encoding.write(input.prefix.unwrap_or_default())),
            delimiter: encoding.write_some(input.delimiter),
            key_marker: Some(encoding.write(input.key_marker.unwrap_or_default())),
            upload_id_marker: Some(input.upload_id_marker.unwrap_or_default()),
            is_truncated: Some(next_key_marker.is_some()),
            next_key_marker: encoding.write_some(next_key_marker),
            next_upload_id_marker,
            max_uploads: Some(i32::try_from(limit).unwrap_or(1000)),
            encoding_type: encoding.name(),
            common_prefixes: Some(
                prefixes
                    .map(|prefix| CommonPrefix {
                        prefix: Some(encoding.write(prefix)),
                    })
                    .collect(),
            ),
            uploads: Some(
                page.uploads
                    .into_iter()
                    .map(|upload| shown_upload(upload, encoding, &owner))
                    .collect(),
            ),
            request_charged: None,
        })
    }

    pub(super) async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<AbortMultipartUploadOutput> {
        let input = request.input;
        self.store
            .abort_upload(self.upload_name(&input.bucket, &input.key, &input.upload_id)?)
            .await?;
        Ok(AbortMultipartUploadOutput::default())
    }

    pub(super) async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<CompleteMultipartUploadOutput> {
        let mut input = request.input;
        let upload = self.upload_name(&input.bucket, &input.key, &input.upload_id)?;
        let listed = input
            .multipart_upload
            .take()
            .and_then(|upload| upload.parts)
            .unwrap_or_default();
        let target = Target {
            bucket: upload.bucket.clone(),
            key: upload.key.clone(),
            condition: condition(input.if_match.take(), input.if_none_match.take())?,
        };
        let completion = Completion {
            target,
            parts: listed.into_iter().map(wanted_part).collect::<S3Result<_>>()?,
            size: input.mpu_object_size.and_then(|size| u64::try_from(size).ok()),
            checksums: checksums!(input),
            upload,
        };
        let written = self.store.complete_upload(completion).await?;
        let mut output = CompleteMultipartUploadOutput {
            location: Some(format!("/{}/{}", input.bucket, input.key)),
            bucket: Some(input.bucket),
            key: Some(input.key),
            e_tag: Some(ETag::Strong(written.etag)),
            ..CompleteMultipartUploadOutput::default()
        };
        output.checksum_type = written.checksums.kind();
        set_checksums!(output, written.checksums);
        Ok(output)
    }

    fn upload_name(&self, bucket: &str, key: &str, id: &str) -> S3Result<UploadName> {
        Ok(UploadName {
            bucket: self.names.bucket(bucket)?,
            key: key.to_owned(),
            id: id.to_owned(),
        })
    }
}

fn part_number(number: i32) -> S3Result<i32> {
    if (1..=MAX_PART_NUMBER).contains(&number) {
        return Ok(number);
    }
    Err(error(
        S3ErrorCode::InvalidArgument,
        "Part number must be an integer between 1 and 10000, inclusive.",
    ))
}

/// As on S3: CRC64NVME is always of the whole object, SHA values always of the parts, the other CRCs by choice.
fn is_composite(algorithm: Option<Algorithm>, asked: Option<&ChecksumType>) -> S3Result<bool> {
    let asked = asked.map(|asked| asked.as_str() == ChecksumType::COMPOSITE);
    let fixed = match algorithm {
        None | Some(Algorithm::Crc64Nvme) => Some(false),
        Some(Algorithm::Sha1 | Algorithm::Sha256) => Some(true),
        Some(Algorithm::Crc32 | Algorithm::Crc32c) => None,
    };
    match (fixed, asked) {
        (Some(fixed), Some(asked)) if fixed != asked => Err(error(
            S3ErrorCode::InvalidRequest,
            "This checksum algorithm cannot be used with this checksum type.",
        )),
        (fixed, asked) => Ok(fixed.or(asked).unwrap_or(true)),
    }
}

fn checksum_type(composite: bool) -> ChecksumType {
    ChecksumType::from_static(if composite {
        ChecksumType::COMPOSITE
    } else {
        ChecksumType::FULL_OBJECT
    })
}

/// Start and length of the source's bytes that become a part. Unlike a read, a copy must not ask for more than is there.
fn copied_range(range: Option<&str>, size: u64) -> S3Result<(u64, u64)> {
    let Some(range) = range else { return Ok((0, size)) };
    let invalid = || {
        error(
            S3ErrorCode::InvalidArgument,
            "The copy range is bytes=first-last, within the source object.",
        )
    };
    match Range::parse(range) {
        Ok(Range::Int {
            first,
            last: Some(last),
        }) if last < size => Ok((first, last - first + 1)),
        _ => Err(invalid()),
    }
}

fn wanted_part(mut part: CompletedPart) -> S3Result<WantedPart> {
    let malformed = || {
        error(
            S3ErrorCode::MalformedXML,
            "A part is listed with its number and its ETag.",
        )
    };
    Ok(WantedPart {
        number: part.part_number.ok_or_else(malformed)?,
        etag: part.e_tag.take().ok_or_else(malformed)?.into_value(),
        checksums: checksums!(part),
    })
}

fn initiator(owner: &Owner) -> Initiator {
    Initiator {
        display_name: owner.display_name.clone(),
        id: owner.id.clone(),
    }
}

fn shown_part(part: StoredPart) -> Part {
    let mut shown = Part {
        e_tag: Some(ETag::Strong(part.etag())),
        last_modified: Some(timestamp(part.modified)),
        part_number: Some(part.number),
        size: Some(length(part.size)),
        ..Part::default()
    };
    set_checksums!(shown, part.checksums);
    shown
}

fn shown_upload(upload: Upload, encoding: Encoding, owner: &Owner) -> MultipartUpload {
    MultipartUpload {
        checksum_algorithm: upload
            .algorithm
            .map(|algorithm| ChecksumAlgorithm::from_static(algorithm.name())),
        checksum_type: upload.algorithm.map(|_| checksum_type(upload.composite)),
        initiated: Some(timestamp(upload.initiated)),
        initiator: Some(initiator(owner)),
        key: Some(encoding.write(upload.key)),
        owner: Some(owner.clone()),
        storage_class: Some(StorageClass::from(upload.storage_class)),
        upload_id: Some(upload.id),
    }
}
