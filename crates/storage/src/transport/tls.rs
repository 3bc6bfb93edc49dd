//! Whom an encrypted connection trusts: the system's certificates, those the account adds, and the one the user pinned.
//!
//! The verifier remembers the certificate it was shown, trusted or not, so that a refusal can be explained.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme};
use rustls_platform_verifier::Verifier;
use sha2::{Digest, Sha256};

use crate::config::Config;
use crate::endpoint::Scheme;
use crate::error::{Error, ErrorKind, Result};

/// What the last handshake showed.
#[derive(Debug, Default)]
pub(crate) struct Handshake(Mutex<Seen>);

#[derive(Clone, Debug, Default)]
struct Seen {
    leaf: Option<Vec<u8>>,
    version: Option<&'static str>,
}

impl Handshake {
    /// The server's own certificate, DER.
    pub(crate) fn leaf(&self) -> Option<Vec<u8>> {
        self.seen().leaf
    }

    /// `TLS 1.3` or `TLS 1.2`.
    pub(crate) fn version(&self) -> Option<&'static str> {
        self.seen().version
    }

    fn seen(&self) -> Seen {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// The TLS side of a client. For a plain endpoint nothing is trusted and no certificate is loaded.
pub(super) fn client_config(config: &Config, handshake: Arc<Handshake>) -> Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let extra = extra_certificates(config.ca_certificate_pem.as_deref())?;
    let inner = match config.endpoint.scheme {
        Scheme::Http => None,
        Scheme::Https => system_verifier(extra, &provider)?,
    };
    let verifier = RecordingVerifier {
        inner,
        pin: config.pinned_certificate_sha256,
        handshake,
        provider: provider.clone(),
    };
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(ErrorKind::Tls, "Client").with_source(error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(tls)
}

fn extra_certificates(pem: Option<&[u8]>) -> Result<Vec<CertificateDer<'static>>> {
    let Some(pem) = pem else { return Ok(Vec::new()) };
    let found: std::result::Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match found {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(Error::invalid_input(
            "Client",
            "the CA certificate file holds no certificate in PEM form",
        )),
    }
}

/// `None` where the system has no trusted certificates at all: then only a pinned one can be trusted.
fn system_verifier(
    extra: Vec<CertificateDer<'static>>,
    provider: &Arc<CryptoProvider>,
) -> Result<Option<Arc<Verifier>>> {
    let own = !extra.is_empty();
    match Verifier::new_with_extra_roots(extra, provider.clone()) {
        Ok(verifier) => Ok(Some(Arc::new(verifier))),
        Err(error) if own => {
            Err(Error::invalid_input("Client", "the CA certificate cannot be used").with_source(error))
        }
        Err(error) => {
            tracing::warn!(%error, "no trusted certificates on this system");
            Ok(None)
        }
    }
}

#[derive(Debug)]
struct RecordingVerifier {
    inner: Option<Arc<Verifier>>,
    pin: Option<[u8; 32]>,
    handshake: Arc<Handshake>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for RecordingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.handshake.note(|seen| seen.leaf = Some(end_entity.to_vec()));
        let digest: [u8; 32] = Sha256::digest(end_entity).into();
        if self.pin == Some(digest) {
            return Ok(ServerCertVerified::assertion());
        }
        match &self.inner {
            Some(inner) => inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now),
            None => Err(CertificateError::UnknownIssuer.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.handshake.note(|seen| seen.version = Some("TLS 1.2"));
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.handshake.note(|seen| seen.version = Some("TLS 1.3"));
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
