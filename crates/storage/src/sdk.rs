//! The SDK, tamed: built in one place, sending through our own transport, with everything switched off that stands better
//! above or below it (most retries, timeouts, stalled-stream protection, checksum trailers, endpoint rules).

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::future::ProvideCredentials as ProvideFuture;

use aws_sdk_s3::config::endpoint::{EndpointFuture, Params, ResolveEndpoint};
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, HttpClient, IdentityCache, Region, RequestChecksumCalculation, ResponseChecksumValidation,
    RuntimeComponents, SharedHttpClient, StalledStreamProtectionConfig,
};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::Document;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::endpoint::Endpoint as SdkEndpoint;
use bytes::Bytes;
use http::HeaderValue;
use http_body_util::BodyExt;
use secrecy::ExposeSecret;

use crate::config::{Clock, Config, Credentials, SignatureVersion};
use crate::heal::{About, Healing, Regions, endpoint_in};
use crate::place::Place;
use crate::sigv2;
use crate::transport::{Answer, Fault, Tag, Transport};

/// The SDK's client for this account, over this transport.
pub(crate) fn client(config: &Config, transport: &Transport, keys: &Keys) -> aws_sdk_s3::Client {
    let regions = Regions::default();
    let mut builder = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(config.signing_region().to_owned()))
        .endpoint_resolver(Resolver {
            config: config.clone(),
            regions: regions.clone(),
        })
        .http_client(SharedHttpClient::new(Connector {
            transport: transport.clone(),
            config: config.clone(),
            keys: keys.clone(),
            regions: regions.clone(),
        }))
        .time_source(Now(config.clock))
        .sleep_impl(TokioSleep::new())
        // Once more, and only what was healed: everything else is decided above.
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(2)
                .with_initial_backoff(Duration::ZERO),
        )
        .retry_classifier(Healing(regions))
        .timeout_config(TimeoutConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
    builder = match (&config.credentials, config.signature) {
        // Never kept by the SDK: they may be replaced at any time.
        (Some(_), SignatureVersion::V4) => builder
            .credentials_provider(keys.clone())
            .identity_cache(IdentityCache::no_cache()),
        // V2: the connector below signs what the SDK leaves unsigned.
        _ => builder.allow_no_auth(),
    };
    aws_sdk_s3::Client::from_conf(builder.build())
}

#[derive(Debug)]
struct Now(Clock);

impl TimeSource for Now {
    fn now(&self) -> SystemTime {
        (self.0)().into()
    }
}

/// Puts the bucket where the account's addressing wants it. The SDK's own rules know Amazon only: they refuse some names
/// that other servers have, and see access points and express zones in others.
#[derive(Debug)]
struct Resolver {
    config: Config,
    regions: Regions,
}

impl ResolveEndpoint for Resolver {
    fn resolve_endpoint<'a>(&'a self, params: &'a Params) -> EndpointFuture<'a> {
        let (config, bucket) = (&self.config, params.bucket());
        let endpoint = match bucket.and_then(|bucket| self.regions.of(bucket)) {
            None => SdkEndpoint::builder().url(Place::of(config, bucket).url()),
            Some(region) => {
                let there = endpoint_in(&config.endpoint, &region);
                let url = Place::at(&there, config.addressing, bucket).url();
                SdkEndpoint::builder()
                    .url(url)
                    .property("authSchemes", vec![signing_in(region)])
            }
        };
        EndpointFuture::ready(Ok(endpoint.build()))
    }
}

/// What the SDK's own rules would say of how to sign there.
fn signing_in(region: String) -> Document {
    Document::Object(HashMap::from([
        ("name".to_owned(), Document::String("sigv4".to_owned())),
        ("signingName".to_owned(), Document::String("s3".to_owned())),
        ("signingRegion".to_owned(), Document::String(region)),
        ("disableDoubleEncoding".to_owned(), Document::Bool(true)),
    ]))
}

/// The credentials that requests are signed with from now on. Clones share them.
#[derive(Clone)]
pub(crate) struct Keys(Arc<RwLock<Option<Credentials>>>);

impl Keys {
    pub(crate) fn new(credentials: Option<Credentials>) -> Self {
        Self(Arc::new(RwLock::new(credentials)))
    }

    pub(crate) fn replace(&self, credentials: Credentials) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(credentials);
    }

    pub(crate) fn now(&self) -> Option<Credentials> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

impl ProvideCredentials for Keys {
    fn provide_credentials<'a>(&'a self) -> ProvideFuture<'a>
    where
        Self: 'a,
    {
        ProvideFuture::ready(match self.now() {
            Some(keys) => Ok(aws_credential_types::Credentials::new(
                keys.access_key_id,
                keys.secret_access_key.expose_secret(),
                keys.session_token
                    .as_ref()
                    .map(|token| token.expose_secret().to_owned()),
                None,
                "dipper",
            )),
            None => Err(CredentialsError::not_loaded_no_source()),
        })
    }
}

/// Carries the SDK's requests to our transport; signs them on the way when the account wants V2.
#[derive(Clone, Debug)]
struct Connector {
    transport: Transport,
    config: Config,
    keys: Keys,
    regions: Regions,
}

impl HttpClient for Connector {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let this = self.clone();
        HttpConnectorFuture::new(async move { this.send(request).await.map_err(connector_error) })
    }
}

impl Connector {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Fault> {
        let mut request = request
            .try_into_http1x()
            .map_err(|error| Fault::Request(error.to_string()))?;
        let tag = request.extensions_mut().remove::<Tag>().unwrap_or(Tag {
            operation: "S3",
            bucket: None,
            key: None,
            answer: Answer::Document,
        });
        if let (Some(credentials), SignatureVersion::V2) = (self.keys.now(), self.config.signature) {
            let bucket = tag.bucket.as_ref().map(crate::BucketName::as_str);
            let prefix = Place::of(&self.config, bucket).v2_resource_prefix();
            sigv2::sign_request(&mut request, &prefix, &credentials, (self.config.clock)())
                .map_err(|error| Fault::Request(error.to_string()))?;
        }
        let about = tag.bucket.clone().map(|bucket| About {
            region: self.regions.of(bucket.as_str()),
            bucket,
        });
        let response = self.transport.send(request, &tag).await?;
        let names_are_read =
            (tag.answer == Answer::Listing || tag.answer.is_object()) && response.status().is_success();
        let mut response = if names_are_read {
            response.map(SdkBody::from_body_1_x)
        } else {
            response.map(|body| SdkBody::from_body_1_x(body.map_frame(|frame| frame.map_data(readable))))
        };
        response.headers_mut().values_mut().for_each(make_utf8);
        let mut response = HttpResponse::try_from(response).map_err(|error| Fault::Broken(error.to_string()))?;
        if let Some(about) = about {
            response.add_extension(about);
        }
        Ok(response)
    }
}

/// Servers repeat keys in documents that XML cannot hold, and the whole answer with its code or upload id would be lost.
/// Only for answers whose names are not read: there a wrong character does no harm.
fn readable(document: Bytes) -> Bytes {
    let forbidden = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    if !document.iter().any(forbidden) {
        return document;
    }
    document
        .iter()
        .map(|byte| if forbidden(byte) { b'?' } else { *byte })
        .collect()
}

/// The SDK reads headers as UTF-8; what is not was meant as Latin-1, the older rule.
pub(crate) fn make_utf8(value: &mut HeaderValue) {
    if std::str::from_utf8(value.as_bytes()).is_err() {
        let text: String = value.as_bytes().iter().copied().map(char::from).collect();
        if let Ok(read) = HeaderValue::from_bytes(text.as_bytes()) {
            *value = read;
        }
    }
}

fn connector_error(fault: Fault) -> ConnectorError {
    match fault {
        Fault::Timeout | Fault::ConnectTimeout => ConnectorError::timeout(fault.into()),
        fault => ConnectorError::io(fault.into()),
    }
}
