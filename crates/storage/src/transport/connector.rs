//! How a connection is made: name, TCP, TLS, all within one timeout.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use std::vec;

use http::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use super::fault::Fault;

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

/// Makes connections for the pool.
#[derive(Clone)]
pub(super) struct Connector {
    https: HttpsConnector<HttpConnector<Resolver>>,
    patience: Duration,
}

impl Connector {
    pub(super) fn new(tls: rustls::ClientConfig, patience: Duration) -> Self {
        let mut http = HttpConnector::new_with_resolver(Resolver);
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_keepalive(Some(Duration::from_secs(30)));
        let https = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        Self { https, patience }
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.https.poll_ready(cx)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.https.call(uri);
        let patience = self.patience;
        Box::pin(async move {
            match tokio::time::timeout(patience, connecting).await {
                Ok(result) => result,
                Err(_) => Err(Fault::ConnectTimeout.into()),
            }
        })
    }
}

/// The system's resolver, with a failure that says which name.
#[derive(Clone)]
struct Resolver;

impl Service<Name> for Resolver {
    type Response = vec::IntoIter<std::net::SocketAddr>;
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Fault>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        Box::pin(async move {
            let found: io::Result<Vec<_>> = tokio::net::lookup_host((name.as_str(), 0)).await.map(Iterator::collect);
            match found {
                Ok(addresses) if !addresses.is_empty() => Ok(addresses.into_iter()),
                Ok(_) => Err(Fault::NameNotFound(name.as_str().to_owned())),
                Err(error) => {
                    tracing::debug!(name = name.as_str(), %error, "name lookup failed");
                    Err(Fault::NameNotFound(name.as_str().to_owned()))
                }
            }
        })
    }
}
