//! Writing, copying and deleting objects.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use s3s::dto::{
    CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopySource, Delete, DeleteObjectInput, DeleteObjectOutput,
    DeleteObjectsInput, DeleteObjectsOutput, DeletedObject, ETag, ETagCondition, MetadataDirective, ObjectIdentifier,
    PutObjectInput, PutObjectOutput, StreamingBlob,
};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Result};

use super::describe::{attributes, checksums, condition, expected, set_checksums, storage_class, verify_trailers};
use super::describe::{wanted_acl, without_transfer_coding};
use super::reading::{Conditions, precondition_failed};
use super::{Service, error, timestamp};
use crate::files::Incoming;
use crate::store::Condition;
use crate::store::objects::{Copy, Describe, Description, Object, Target};

/// S3's limits of one `DeleteObjects` request and of a key.
const MAX_DELETE: usize = 1000;
const MAX_KEY: usize = 1024;

impl Service {
    pub(super) async fn put_object(&self, request: S3Request<PutObjectInput>) -> S3Result<PutObjectOutput> {
        let mut input = request.input;
        let target = Target {
            bucket: self.names.bucket(&input.bucket)?,
            key: input.key.clone(),
            condition: condition(input.if_match.take(), input.if_none_match.take())?,
        };
        let description = Description {
            acl: self.object_acl(wanted_acl!(input))?,
            storage_class: storage_class(input.storage_class.take())?,
            attributes: without_transfer_coding(attributes!(input)),
        };
        let expected = expected(
            input.content_md5.as_deref(),
            checksums!(input),
            input.checksum_algorithm.as_ref(),
        )?;
        self.store.check_target(target.clone()).await?;
        let body = incoming(input.body, input.content_length, expected)?;
        let received = self.store.files.receive(body).await?;
        verify_trailers(request.trailing_headers.as_ref(), &received.digest)?;
        let written = self.store.put_object(target, description, received).await?;
        let mut output = PutObjectOutput {
            e_tag: Some(ETag::Strong(written.etag)),
            ..PutObjectOutput::default()
        };
        output.checksum_type = written.checksums.kind();
        set_checksums!(output, written.checksums);
        Ok(output)
    }

    pub(super) async fn copy_object(&self, request: S3Request<CopyObjectInput>) -> S3Result<CopyObjectOutput> {
        let condition = copy_condition(&request.headers)?;
        let mut input = request.input;
        let (source_bucket, source_key) = self.copy_source(&input.copy_source)?;
        let target = Target {
            bucket: self.names.bucket(&input.bucket)?,
            key: input.key.clone(),
            condition,
        };
        let replaces = replaces_metadata(input.metadata_directive.as_ref())?;
        let onto_itself = source_bucket == target.bucket && source_key == target.key;
        if onto_itself && !replaces && input.storage_class.is_none() {
            let message = "This copy request is illegal because it is trying to copy an object to itself without \
                           changing the object's metadata or storage class.";
            return Err(error(S3ErrorCode::InvalidRequest, message));
        }
        let copy = Copy {
            source_bucket,
            source_key,
            target,
            describe: self.describe_copy(&mut input, replaces)?,
        };
        let written = self.store.copy_object(copy).await?;
        let mut result = CopyObjectResult {
            e_tag: Some(ETag::Strong(written.etag)),
            last_modified: Some(timestamp(written.modified)),
            ..CopyObjectResult::default()
        };
        result.checksum_type = written.checksums.kind();
        set_checksums!(result, written.checksums);
        Ok(CopyObjectOutput {
            copy_object_result: Some(result),
            ..CopyObjectOutput::default()
        })
    }

    /// What the copy will be, and on which conditions. As on S3, the copy of a public object is private.
    fn describe_copy(&self, input: &mut CopyObjectInput, replaces: bool) -> S3Result<Describe> {
        let conditions = Conditions {
            matching: input.copy_source_if_match.take(),
            not_matching: input.copy_source_if_none_match.take(),
            modified_since: input.copy_source_if_modified_since.take(),
            unmodified_since: input.copy_source_if_unmodified_since.take(),
        };
        let acl = self.object_acl(wanted_acl!(input))?;
        let storage_class = storage_class(input.storage_class.take())?;
        let replacement = replaces.then(|| attributes!(input));
        Ok(Box::new(move |source: &Object| {
            conditions.check(source).map_err(|_| precondition_failed())?;
            Ok(Description {
                storage_class,
                attributes: replacement.unwrap_or_else(|| source.attributes.clone()),
                acl,
            })
        }))
    }

    pub(super) async fn delete_object(&self, request: S3Request<DeleteObjectInput>) -> S3Result<DeleteObjectOutput> {
        let bucket = self.names.bucket(&request.input.bucket)?;
        self.store.delete_object(bucket, request.input.key).await?;
        Ok(DeleteObjectOutput::default())
    }

    pub(super) async fn delete_objects(&self, request: S3Request<DeleteObjectsInput>) -> S3Result<DeleteObjectsOutput> {
        let bucket = self.names.bucket(&request.input.bucket)?;
        let Delete { objects, quiet } = request.input.delete;
        if objects.len() > MAX_DELETE {
            return Err(error(
                S3ErrorCode::MalformedXML,
                "One request deletes at most 1,000 objects.",
            ));
        }
        let mut accepted = Vec::new();
        let mut errors = Vec::new();
        for object in objects {
            match refused(&object) {
                Some(refused) => errors.push(delete_error(object, &refused)),
                None => accepted.push(object),
            }
        }
        let keys = accepted.iter().map(|object| object.key.clone()).collect();
        self.store.delete_objects(bucket, keys).await?;
        let deleted = accepted.into_iter().map(|object| DeletedObject {
            key: Some(object.key),
            version_id: object.version_id,
            ..DeletedObject::default()
        });
        let deleted = if quiet.unwrap_or(false) {
            Vec::new()
        } else {
            deleted.collect()
        };
        Ok(DeleteObjectsOutput {
            deleted: Some(deleted),
            errors: Some(errors),
            request_charged: None,
        })
    }

    /// Bucket and key of a copy's source.
    pub(super) fn copy_source(&self, source: &CopySource) -> S3Result<(String, String)> {
        let CopySource::Bucket {
            bucket,
            key,
            version_id,
        } = source
        else {
            return Err(error(
                S3ErrorCode::NotImplemented,
                "Local storage has no access points.",
            ));
        };
        if version_id
            .as_deref()
            .is_some_and(|version| version != crate::store::NULL_VERSION)
        {
            return Err(error(S3ErrorCode::NoSuchVersion, "Local storage keeps no versions."));
        }
        Ok((self.names.bucket(bucket)?, key.to_string()))
    }
}

/// A body as the store receives it.
pub(super) fn incoming(
    body: Option<StreamingBlob>,
    content_length: Option<i64>,
    expected: crate::digest::Expected,
) -> S3Result<Incoming> {
    let stream = body.ok_or_else(|| S3Error::new(S3ErrorCode::IncompleteBody))?;
    let length = content_length.and_then(|length| u64::try_from(length).ok());
    Ok(Incoming {
        stream,
        length,
        expected,
    })
}

/// The condition on what a copy replaces, of which s3s knows nothing.
fn copy_condition(headers: &HeaderMap) -> S3Result<Condition> {
    let parse = |name: HeaderName| {
        let value = headers.get(&name).map(HeaderValue::as_bytes);
        let condition = value.map(ETagCondition::parse_http_header).transpose();
        condition.map_err(|_| error(S3ErrorCode::InvalidArgument, "A condition is an ETag in quotes, or *."))
    };
    condition(parse(header::IF_MATCH)?, parse(header::IF_NONE_MATCH)?)
}

/// Whether a copy takes its metadata from the request instead of from its source.
fn replaces_metadata(directive: Option<&MetadataDirective>) -> S3Result<bool> {
    match directive.map(MetadataDirective::as_str) {
        None | Some(MetadataDirective::COPY) => Ok(false),
        Some(MetadataDirective::REPLACE) => Ok(true),
        Some(_) => Err(error(
            S3ErrorCode::InvalidArgument,
            "The metadata directive is COPY or REPLACE.",
        )),
    }
}

/// Why one object of a `DeleteObjects` request cannot be deleted.
fn refused(object: &ObjectIdentifier) -> Option<S3Error> {
    if object.key.is_empty() {
        return Some(error(S3ErrorCode::InvalidArgument, "A key is not empty."));
    }
    if object.key.len() > MAX_KEY {
        return Some(error(S3ErrorCode::KeyTooLongError, "A key has at most 1,024 bytes."));
    }
    if object
        .version_id
        .as_deref()
        .is_some_and(|version| version != crate::store::NULL_VERSION)
    {
        return Some(error(S3ErrorCode::NoSuchVersion, "Local storage keeps no versions."));
    }
    let has_condition = object.e_tag.is_some() || object.last_modified_time.is_some() || object.size.is_some();
    has_condition.then(|| {
        error(
            S3ErrorCode::NotImplemented,
            "Local storage does not support conditional deletes.",
        )
    })
}

fn delete_error(object: ObjectIdentifier, refused: &S3Error) -> s3s::dto::Error {
    s3s::dto::Error {
        code: Some(refused.code().as_str().to_owned()),
        key: Some(object.key),
        message: refused.message().map(str::to_owned),
        version_id: object.version_id,
    }
}
