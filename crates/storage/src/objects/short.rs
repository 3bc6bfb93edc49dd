//! Writing and reading objects without the SDK: see [`Short`].

use aws_sdk_s3::primitives::ByteStream;
use aws_smithy_types::body::SdkBody;
use http::Method;

use super::{GetOptions, Stored, check_etag};
use crate::body::{Checksum, Content, UploadBody};
use crate::call::{Call, Payload, Short};
use crate::client::{Client, etag_of};
use crate::error::Result;
use crate::names::{BucketName, ObjectKey};
use crate::place::encode_component;

/// What the SDK calls bytes of which nothing is known.
const PLAIN_BYTES: &str = "application/octet-stream";

impl Client {
    /// Writes an object; the call has the headers of its options.
    pub(super) async fn put_short(
        &self,
        call: Call,
        (bucket, key): (&BucketName, &ObjectKey),
        body: UploadBody,
    ) -> Result<Stored> {
        let checksum = body.checksum(self.config().compatibility.checksum);
        let call = call.headers(checksum.as_ref().map(Checksum::header));
        let payload = match body.content {
            Content::Bytes(bytes) => Payload::Bytes(bytes),
            Content::Source(source, length) => Payload::Stream(SdkBody::from_body_1_x(source.open()?), length),
        };
        let short = Short {
            method: Method::PUT,
            bucket,
            key: Some(key),
            query: String::new(),
            headers: vec![("content-type", PLAIN_BYTES.to_owned())],
            payload,
        };
        // The connection serves again only when the answer was read to its end.
        self.document_short(&call, short).await?;
        let etag = call.answered("etag").and_then(etag_of);
        check_etag(&call, checksum.as_ref(), etag.as_deref())?;
        Ok(Stored {
            etag,
            version_id: call.answered("x-amz-version-id").map(str::to_owned),
        })
    }

    /// The body of an object or of a range of it.
    pub(super) async fn get_short(
        &self,
        call: &Call,
        (bucket, key): (&BucketName, &ObjectKey),
        options: &GetOptions,
    ) -> Result<ByteStream> {
        let mut headers = Vec::new();
        headers.extend(options.range.map(|range| ("range", range.to_string())));
        headers.extend(
            options
                .if_match
                .as_ref()
                .map(|etag| ("if-match", format!("\"{etag}\""))),
        );
        let version = options.version.as_ref();
        let short = Short {
            method: Method::GET,
            bucket,
            key: Some(key),
            query: version.map_or(String::new(), |id| format!("versionId={}", encode_component(id))),
            headers,
            payload: Payload::Nothing,
        };
        Ok(ByteStream::new(self.send_short(call, short).await?))
    }
}
