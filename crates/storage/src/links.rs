//! Links to objects: plain ones for what is public, signed ones that stop working. Pure: no network, the clock is given.

use std::fmt;
use std::time::Duration;

use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningError,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use secrecy::ExposeSecret;
use thiserror::Error;
use time::OffsetDateTime;

use crate::client::Client;
use crate::config::{Addressing, Credentials, SignatureVersion};
use crate::endpoint::Scheme;
use crate::error::{ErrorKind, Result};
use crate::limits::MAX_LINK_SECONDS_V4;
use crate::names::{BucketName, ObjectKey};
use crate::place::{Place, encode_component, encode_path};
use crate::sigv2;

/// Whether the account's Project ID stands before the bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProjectIdUse {
    /// If the account has one.
    #[default]
    Account,
    /// Never.
    Omit,
}

/// How any link looks.
#[derive(Clone, Debug, Default)]
pub struct LinkOptions {
    /// The scheme; `None` is the account's.
    pub scheme: Option<Scheme>,
    /// The Project ID.
    pub project_id: ProjectIdUse,
}

/// What a signed link allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LinkMethod {
    /// Download.
    #[default]
    Get,
    /// Ask for the properties.
    Head,
    /// Upload.
    Put,
}

impl LinkMethod {
    /// As HTTP spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Put => "PUT",
        }
    }
}

/// How a signed link is made.
#[derive(Clone, Debug)]
pub struct PresignOptions {
    /// How it looks.
    pub link: LinkOptions,
    /// How it is signed.
    pub signature: SignatureVersion,
    /// What it allows.
    pub method: LinkMethod,
    /// How long it works; V4 allows up to seven days.
    pub expires_in: Duration,
    /// When it starts to.
    pub now: OffsetDateTime,
}

/// What a piece of a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkRole {
    /// Scheme, host and port.
    Plain,
    /// The Project ID and its colon.
    ProjectId,
    /// Bucket and key.
    Path,
    /// What signs it: whoever has it may use the link.
    Signature,
}

/// A piece of a link.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkPart {
    /// The text.
    pub text: String,
    /// What it is.
    pub role: LinkRole,
}

/// A link. Its `Debug` leaves the signature out.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    parts: Vec<LinkPart>,
}

impl Link {
    /// The whole link.
    pub fn url(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect()
    }

    /// Its pieces; put together they are the link.
    pub fn parts(&self) -> &[LinkPart] {
        &self.parts
    }
}

impl fmt::Debug for LinkPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.role {
            LinkRole::Signature => f.write_str("<signature>"),
            _ => fmt::Debug::fmt(&self.text, f),
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Link").field(&self.parts).finish()
    }
}

impl Client {
    /// The link under which a bucket or an object is found by anyone, if it is public.
    pub fn public_url(&self, bucket: &BucketName, key: Option<&ObjectKey>, options: &LinkOptions) -> Link {
        Link {
            parts: self.address(bucket, key, options, ":").parts,
        }
    }

    /// A link that works until its time is over. Fails with `InvalidInput` without credentials, with a life of zero, or
    /// one over seven days for V4.
    pub fn presigned_url(&self, bucket: &BucketName, key: &ObjectKey, options: &PresignOptions) -> Result<Link> {
        let call = self.object_call("PresignedUrl", bucket, key);
        let refuse = |words: &str| Err(call.error(ErrorKind::InvalidInput).with_detail(words));
        let Some(credentials) = &self.config().credentials else {
            return refuse("the account has no access key to sign with");
        };
        if options.expires_in.as_secs() == 0 {
            return refuse("the link would be over before it begins");
        }
        if options.signature == SignatureVersion::V2 {
            let address = self.address(bucket, Some(key), &options.link, ":");
            let query = v2_query(&address, credentials, options);
            return Ok(address.signed(query));
        }
        if options.expires_in.as_secs() > MAX_LINK_SECONDS_V4 {
            return refuse("a link signed with V4 works for at most 7 days");
        }
        let address = self.address(bucket, Some(key), &options.link, "%3A");
        let query = v4_query(&address, credentials, self.config().signing_region(), options)
            .map_err(|error| call.error(ErrorKind::Internal).with_source(error))?;
        Ok(address.signed(query))
    }

    /// Scheme to key, with the Project ID and `colon` before the bucket where it is wanted.
    fn address(&self, bucket: &BucketName, key: Option<&ObjectKey>, options: &LinkOptions, colon: &str) -> Address {
        let config = self.config();
        let endpoint = config
            .endpoint
            .with_scheme(options.scheme.unwrap_or(config.endpoint.scheme));
        let tenant = match options.project_id {
            // A name with a colon already says whose it is.
            ProjectIdUse::Account if !bucket.as_str().contains(':') => {
                config.project_id.as_deref().filter(|id| !id.is_empty())
            }
            _ => None,
        };
        // The tenant's colon cannot stand in a host.
        let addressing = if tenant.is_some() {
            Addressing::Path
        } else {
            config.addressing
        };
        let place = Place::at(&endpoint, addressing, Some(bucket.as_str()));
        let mut parts = vec![LinkPart {
            text: format!("{}/", place.endpoint),
            role: LinkRole::Plain,
        }];
        if let Some(tenant) = tenant {
            parts.push(LinkPart {
                text: encode_component(tenant) + colon,
                role: LinkRole::ProjectId,
            });
        }
        let mut path = String::new();
        if let Some(bucket) = &place.bucket_in_path {
            path = encode_component(bucket).replace("%3A", colon) + "/";
        }
        path.push_str(&key.map(|key| encode_path(key.as_str())).unwrap_or_default());
        parts.push(LinkPart {
            text: path,
            role: LinkRole::Path,
        });
        Address {
            parts,
            authority: place.endpoint.authority(),
            base_path: place.endpoint.base_path.clone(),
            resource_prefix: place.v2_resource_prefix(),
        }
    }
}

/// A link before it is signed.
struct Address {
    parts: Vec<LinkPart>,
    authority: String,
    base_path: String,
    resource_prefix: String,
}

impl Address {
    fn url(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect()
    }

    /// The path exactly as it is sent.
    fn raw_path(&self) -> String {
        let behind_base = self.parts.iter().filter(|part| part.role != LinkRole::Plain);
        let behind_base: String = behind_base.map(|part| part.text.as_str()).collect();
        format!("{}/{behind_base}", self.base_path)
    }

    fn signed(self, query: String) -> Link {
        let mut parts = self.parts;
        parts.push(LinkPart {
            text: query,
            role: LinkRole::Signature,
        });
        Link { parts }
    }
}

/// `?Signature=…&Expires=…&AWSAccessKeyId=…`, in the order in which boto has always written them.
fn v2_query(address: &Address, credentials: &Credentials, options: &PresignOptions) -> String {
    let expires = (options.now + options.expires_in).unix_timestamp();
    let mut resource = format!("{}{}", address.resource_prefix, address.raw_path());
    let mut token = String::new();
    if let Some(session) = &credentials.session_token {
        // In a link the token is a header that stands in the query, and is signed like one.
        token = format!("&x-amz-security-token={}", encode_component(session.expose_secret()));
        resource = format!("x-amz-security-token:{}\n{resource}", session.expose_secret());
    }
    let secret = credentials.secret_access_key.expose_secret();
    let signature = sigv2::link_signature(secret, options.method.as_str(), expires, &resource);
    let id = encode_component(&credentials.access_key_id);
    format!(
        "?Signature={}&Expires={expires}&AWSAccessKeyId={id}{token}",
        encode_component(&signature)
    )
}

fn v4_query(
    address: &Address,
    credentials: &Credentials,
    region: &str,
    options: &PresignOptions,
) -> std::result::Result<String, Unsignable> {
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(options.expires_in);
    let identity = aws_credential_types::Credentials::new(
        &credentials.access_key_id,
        credentials.secret_access_key.expose_secret(),
        credentials
            .session_token
            .as_ref()
            .map(|token| token.expose_secret().to_owned()),
        None,
        "dipper",
    )
    .into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("s3")
        .time(options.now.into())
        .settings(settings)
        .build()
        .map_err(|error| Unsignable(error.to_string()))?
        .into();
    let url = address.url();
    let headers = std::iter::once(("host", address.authority.as_str()));
    let request = SignableRequest::new(options.method.as_str(), &url, headers, SignableBody::UnsignedPayload)?;
    let (instructions, _) = sign(request, &params)?.into_parts();
    let pairs: Vec<String> = instructions
        .params()
        .iter()
        .map(|(name, value)| format!("{name}={}", encode_component(value)))
        .collect();
    Ok(format!("?{}", pairs.join("&")))
}

/// Why the signing library refused. It never should: addresses are built here.
#[derive(Debug, Error)]
#[error("the link could not be signed: {0}")]
struct Unsignable(String);

impl From<SigningError> for Unsignable {
    fn from(error: SigningError) -> Self {
        Self(error.to_string())
    }
}

#[cfg(test)]
mod tests;
