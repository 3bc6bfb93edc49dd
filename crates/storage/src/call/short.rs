//! The short way: requests that go out by the ten thousand are made and signed here.
//!
//! For a small object the SDK's machinery (interceptors, endpoint rules, identity, serialisers) costs several times what
//! signing and sending cost. What leaves is the same, through the same transport, under the same [`Call`]; what comes back
//! is told in the same errors. Accounts without keys, and those that sign with V2, go the long way.

use std::time::SystemTime;

use aws_sdk_s3::error::SdkError;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings, UriPathNormalizationMode,
    sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::http::Headers;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, header};
use http_body_util::BodyExt;
use md5::{Digest, Md5};
use secrecy::ExposeSecret;

use super::{Call, Document};
use crate::client::Client;
use crate::config::{Credentials, SignatureVersion};
use crate::error::{Error, Result};
use crate::names::{BucketName, ObjectKey};
use crate::place::{Place, encode_path};
use crate::sdk::make_utf8;
use crate::transport::{Fault, ResponseBody};

const USER_AGENT: &str = concat!("dipper/", env!("CARGO_PKG_VERSION"));

/// A request that is signed here.
pub(crate) struct Short<'a> {
    pub(crate) method: Method,
    pub(crate) bucket: &'a BucketName,
    /// The object; without one it is about the bucket.
    pub(crate) key: Option<&'a ObjectKey>,
    /// Parameters as they are sent, without the question mark; may be empty.
    pub(crate) query: String,
    /// Headers beside those that every request has and those of the call.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) payload: Payload,
}

/// What a request carries.
pub(crate) enum Payload {
    /// Nothing.
    Nothing,
    /// Bytes in memory, whose digest is signed.
    Bytes(Bytes),
    /// So many bytes that come as they are sent. Their digest is not known and not signed.
    Stream(SdkBody, u64),
}

impl Client {
    /// Whether requests of this account can go the short way.
    pub(crate) fn has_a_short_way(&self) -> bool {
        self.config().credentials.is_some() && self.config().signature == SignatureVersion::V4 && !self.heals()
    }

    /// Whether the server refused something that only the long way heals: a clock that is wrong, a bucket in another
    /// region. From then on everything of this client goes there.
    pub(crate) fn has_to_heal(&self, error: &Error) -> bool {
        let by_code = matches!(
            error.s3_code(),
            Some("RequestTimeTooSkewed" | "RequestExpired" | "AuthorizationHeaderMalformed")
        );
        let by_status = match error.status() {
            Some(301 | 307 | 308) => true,
            Some(400) => error.s3_code().is_none(),
            _ => false,
        };
        if by_code || by_status {
            self.heal();
        }
        by_code || by_status
    }

    /// Sends a request; the answer's body, once it is known to be no refusal. Its headers are then with the call.
    pub(crate) async fn send_short(&self, call: &Call, short: Short<'_>) -> Result<SdkBody> {
        let request = self.signed(call, short).map_err(|fault| call.fault(fault))?;
        let sent = self.transport().send(request, &call.tag).await;
        let (mut head, body) = sent.map_err(|fault| call.fault(fault))?.into_parts();
        head.headers.values_mut().for_each(make_utf8);
        if !head.status.is_success() {
            return Err(refusal(call, Response::from_parts(head, body)).await);
        }
        let headers = Headers::try_from(head.headers).map_err(|error| call.fault(Fault::Broken(error.to_string())))?;
        // Set once: a call is one request.
        let _ = call.answer.set(headers);
        Ok(SdkBody::from_body_1_x(body))
    }

    /// Sends a request that is answered with a document, and reads it to its end.
    pub(crate) async fn document_short(&self, call: &Call, short: Short<'_>) -> Result<Bytes> {
        let body = self.send_short(call, short).await?;
        let collected = body.collect().await;
        let document = collected.map_err(|error| call.fault(Fault::from_chain(error.as_ref())))?;
        Ok(document.to_bytes())
    }

    fn signed(&self, call: &Call, short: Short<'_>) -> std::result::Result<Request<SdkBody>, Fault> {
        let place = Place::of(self.config(), Some(short.bucket.as_str()));
        let mut url = place.url();
        match short.key {
            Some(key) => url = format!("{url}/{}", encode_path(key.as_str())),
            // A path must not be empty.
            None if place.bucket_in_path.is_none() => url.push('/'),
            None => {}
        }
        if !short.query.is_empty() {
            url.push('?');
            url.push_str(&short.query);
        }
        let broken = |error: &dyn std::fmt::Display| Fault::Request(error.to_string());
        let mut request = Request::builder()
            .method(short.method)
            .uri(&url)
            .header(header::HOST, place.endpoint.authority())
            .header(header::USER_AGENT, USER_AGENT)
            .body(())
            .map_err(|error| broken(&error))?;
        let headers = request.headers_mut();
        let digest = match &short.payload {
            Payload::Bytes(bytes) if call.digest => Some(BASE64_STANDARD.encode(Md5::digest(bytes))),
            _ => None,
        };
        let of_the_call = call.headers.iter().map(|(name, value)| (name.as_str(), value));
        for (name, value) in short
            .headers
            .iter()
            .map(|(name, value)| (*name, value))
            .chain(of_the_call)
        {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| broken(&error))?;
            headers.insert(name, HeaderValue::from_str(value).map_err(|error| broken(&error))?);
        }
        if let Some(digest) = digest {
            let value = HeaderValue::from_str(&digest).map_err(|error| broken(&error))?;
            headers.insert("content-md5", value);
        }
        if let Some(length) = short.payload.length() {
            headers.insert(header::CONTENT_LENGTH, length.into());
        }
        if let Some(credentials) = &self.credentials() {
            let region = self.config().signing_region();
            let now = self.now().into();
            sign_v4(&mut request, &short.payload, credentials, (region, now))?;
        }
        Ok(request.map(|()| short.payload.into_body()))
    }
}

impl Payload {
    fn length(&self) -> Option<u64> {
        match self {
            Self::Nothing => None,
            Self::Bytes(bytes) => Some(bytes.len() as u64),
            Self::Stream(_, length) => Some(*length),
        }
    }

    fn signable(&self) -> SignableBody<'_> {
        match self {
            Self::Nothing => SignableBody::Bytes(&[]),
            Self::Bytes(bytes) => SignableBody::Bytes(bytes),
            Self::Stream(..) => SignableBody::UnsignedPayload,
        }
    }

    fn into_body(self) -> SdkBody {
        match self {
            Self::Nothing => SdkBody::empty(),
            Self::Bytes(bytes) => SdkBody::from(bytes),
            Self::Stream(body, _) => body,
        }
    }
}

impl Call {
    /// An answer that could not be read.
    pub(crate) fn unreadable_document(&self, document: &[u8]) -> Error {
        self.unreadable(&Document::sniff(document))
    }
}

/// As S3 wants it: the path encoded once and otherwise as it is, the payload's digest in a header.
fn sign_v4(
    request: &mut Request<()>,
    payload: &Payload,
    credentials: &Credentials,
    (region, now): (&str, SystemTime),
) -> std::result::Result<(), Fault> {
    let broken = |error: &dyn std::fmt::Display| Fault::Request(error.to_string());
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    let token = credentials.session_token.as_ref();
    let identity = aws_credential_types::Credentials::new(
        &credentials.access_key_id,
        credentials.secret_access_key.expose_secret(),
        token.map(|token| token.expose_secret().to_owned()),
        None,
        "dipper",
    )
    .into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("s3")
        .time(now)
        .settings(settings)
        .build()
        .map_err(|error| broken(&error))?
        .into();
    let mut headers = Vec::with_capacity(request.headers().len());
    for (name, value) in request.headers() {
        headers.push((name.as_str(), value.to_str().map_err(|error| broken(&error))?));
    }
    let uri = request.uri().to_string();
    let signable = SignableRequest::new(request.method().as_str(), &uri, headers.into_iter(), payload.signable())
        .map_err(|error| broken(&error))?;
    let (instructions, _) = sign(signable, &params).map_err(|error| broken(&error))?.into_parts();
    instructions.apply_to_request_http1x(request);
    Ok(())
}

/// What a refusal means, in the words of [`Call::failed`].
async fn refusal(call: &Call, response: Response<ResponseBody>) -> Error {
    let (head, body) = response.into_parts();
    let document = match body.collect().await {
        Ok(document) => document.to_bytes(),
        Err(fault) => return call.fault(fault),
    };
    let mut told = ErrorMetadata::builder();
    if Document::sniff(&document) == Document::Xml("Error".to_owned()) {
        let text = String::from_utf8_lossy(&document);
        if let Some(code) = element(&text, "Code") {
            told = told.code(code);
        }
        if let Some(message) = element(&text, "Message") {
            told = told.message(message);
        }
    }
    let response = Response::from_parts(head, SdkBody::from(document));
    match HttpResponse::try_from(response) {
        Ok(response) => call.failed(SdkError::service_error(told.build(), response)),
        Err(error) => call.fault(Fault::Broken(error.to_string())),
    }
}

/// The text of the first element of this name in an error document, which has no others inside.
fn element(text: &str, name: &str) -> Option<String> {
    let (_, behind) = text.split_once(&format!("<{name}>"))?;
    let (value, _) = behind.split_once(&format!("</{name}>"))?;
    let value = value
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&#39;", "'")
        .replace("&#34;", "\"")
        .replace("&amp;", "&");
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_an_error_are_found() {
        let text = "<Error><Code>NoSuchKey</Code><Message>a &lt;b&gt; &amp;amp;</Message><Resource/></Error>";
        assert_eq!(element(text, "Code").as_deref(), Some("NoSuchKey"));
        assert_eq!(element(text, "Message").as_deref(), Some("a <b> &amp;"));
        assert_eq!(element(text, "RequestId"), None);
        assert_eq!(element("<Code></Code>", "Code"), None);
    }
}
