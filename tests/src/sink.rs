//! A bottomless S3 server: it throws away what it is given and makes up what it gives, so that a benchmark measures the
//! client and nothing else.
//!
//! It believes every signature and none. A bucket is there as soon as somebody names it. Objects that clients store are
//! remembered by their size only; what can be listed and downloaded is *made up*, and its name says what it is (see
//! `set`). It counts requests by operation, so that a benchmark also sees how a client went about its work.
//!
//! Two things it does like S3 because clients check them: an object that was stored in one request, or is small, has the
//! MD5 of its bytes as `ETag`; what came in parts has an `ETag` that is no digest.

mod memory;
mod operation;
mod reply;
mod service;
mod set;
mod tally;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

pub use operation::Operation;
pub use set::Set;
pub use tally::Tally;

use service::Service;

/// How a sink is started.
#[derive(Clone, Debug, Default)]
pub struct SinkOptions {
    /// The port; 0 takes a free one.
    pub port: u16,
    /// The server's certificate and its key, in PEM, for https.
    pub tls: Option<SinkTls>,
}

/// What a sink shows to those who come by https.
#[derive(Clone, Debug)]
pub struct SinkTls {
    /// The certificate's file.
    pub certificate: std::path::PathBuf,
    /// The file of its key.
    pub key: std::path::PathBuf,
}

/// A running sink on loopback, on threads of its own. It stops when dropped.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
    scheme: &'static str,
    service: Arc<Service>,
    runtime: Option<Runtime>,
}

impl Sink {
    /// Listens. Fails if the port is taken or the certificate cannot be read.
    pub fn start(options: &SinkOptions) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("sink")
            .enable_all()
            .build()?;
        let acceptor = options.tls.as_ref().map(acceptor).transpose()?;
        let scheme = if acceptor.is_some() { "https" } else { "http" };
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)))?;
        let address = listener.local_addr()?;
        let service = Arc::new(Service::default());
        // Dropping the runtime ends this task and all connections.
        drop(runtime.handle().spawn(accept(listener, acceptor, service.clone())));
        Ok(Self {
            address,
            scheme,
            service,
            runtime: Some(runtime),
        })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// What was asked of it since the last call, and forgets that and all that was stored.
    pub fn take(&self) -> Tally {
        self.service.take()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn acceptor(tls: &SinkTls) -> io::Result<TlsAcceptor> {
    let unreadable = |path: &Path, error: rustls::pki_types::pem::Error| {
        io::Error::other(format!("could not read {}: {error}", path.display()))
    };
    let certificate =
        CertificateDer::from_pem_file(&tls.certificate).map_err(|error| unreadable(&tls.certificate, error))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|error| unreadable(&tls.key, error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .map_err(io::Error::other)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn accept(listener: TcpListener, acceptor: Option<TlsAcceptor>, service: Arc<Service>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(connection(stream, acceptor.clone(), service.clone()));
        while connections.try_join_next().is_some() {}
    }
}

/// A client that breaks off is no matter to anybody here: it says so itself.
async fn connection(stream: TcpStream, acceptor: Option<TlsAcceptor>, service: Arc<Service>) {
    if stream.set_nodelay(true).is_err() {
        return;
    }
    match acceptor {
        None => serve(stream, service).await,
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                serve(stream, service).await;
            }
        }
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, service: Arc<Service>) {
    let answer = service_fn(move |request| {
        let service = service.clone();
        async move { service.answer(request).await }
    });
    drop(
        http1::Builder::new()
            .serve_connection(TokioIo::new(stream), answer)
            .await,
    );
}

#[cfg(test)]
mod tests;
