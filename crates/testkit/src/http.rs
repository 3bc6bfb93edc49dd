//! A stranger's view: plain HTTP without any signature.
//!
//! What Dipper says about a link or a bucket's openness is held against what this client sees. It therefore does
//! nothing by itself: no redirects, no retries, no decoding, no normalising of paths, and a connection of its own for
//! every request.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;

use crate::{Error, ErrorKind};

/// Long enough for a large body on a busy machine, short enough to end a hanging test with a name.
const LIMIT: Duration = Duration::from_mins(1);

/// Somebody without credentials.
#[derive(Clone, Debug)]
pub struct Stranger {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// All headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl Answer {
    /// The body as text, for messages and substring checks.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's value, if it is there and is ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Stranger {
    /// A stranger who trusts no certificate authority: http works, https does not.
    pub fn new() -> Self {
        Self::with_roots(RootCertStore::empty())
    }

    /// A stranger who trusts the authorities in this PEM file and no others.
    pub fn trusting(authority: &Path) -> Result<Self, Error> {
        let operation = format!("read the certificates in {}", authority.display());
        let invalid = |error| Error::new(ErrorKind::InvalidInput, operation.clone()).with_source(error);
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(authority).map_err(|error| invalid(error.to_string()))? {
            let certificate = certificate.map_err(|error| invalid(error.to_string()))?;
            roots.add(certificate).map_err(|error| invalid(error.to_string()))?;
        }
        Ok(Self::with_roots(roots))
    }

    /// GET.
    pub async fn get(&self, url: &str) -> Result<Answer, Error> {
        self.send(Method::GET, url, &HeaderMap::new(), Bytes::new()).await
    }

    /// HEAD.
    pub async fn head(&self, url: &str) -> Result<Answer, Error> {
        self.send(Method::HEAD, url, &HeaderMap::new(), Bytes::new()).await
    }

    /// Any request. The path and query go out exactly as they stand in `url`.
    pub async fn send(&self, method: Method, url: &str, headers: &HeaderMap, body: Bytes) -> Result<Answer, Error> {
        let operation = format!("{method} {url}");
        let uri: Uri = url.parse().map_err(|error: http::uri::InvalidUri| {
            Error::new(ErrorKind::InvalidInput, operation.clone()).with_source(error)
        })?;
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        request.headers_mut().extend(headers.clone());
        let exchange = async {
            let response = self
                .client
                .request(request)
                .await
                .map_err(Error::network(operation.clone()))?;
            let (head, body) = response.into_parts();
            let body = body
                .collect()
                .await
                .map_err(Error::network(operation.clone()))?
                .to_bytes();
            Ok(Answer {
                status: head.status,
                headers: head.headers,
                body,
            })
        };
        timeout(LIMIT, exchange)
            .await
            .map_err(|_| Error::new(ErrorKind::Timeout, operation.clone()))?
    }

    fn with_roots(roots: RootCertStore) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        #[expect(
            clippy::expect_used,
            reason = "ring supports the default versions; asked with nothing else set"
        )]
        let config = config
            .expect("ring speaks TLS 1.2 and 1.3")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(config)
            .https_or_http();
        let connector = connector.enable_http1().build();
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .build(connector);
        Self { client }
    }
}

impl Default for Stranger {
    fn default() -> Self {
        Self::new()
    }
}
