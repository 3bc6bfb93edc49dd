//! A certificate authority made for one server, and the server's certificate.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

use crate::{Error, ErrorKind};

/// The names the server is reached by.
const NAMES: [&str; 3] = ["localhost", "*.localhost", "127.0.0.1"];

/// A server's certificate and what vouches for it: files in PEM.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The authority's certificate: what a client has to trust.
    pub authority: PathBuf,
    /// The server's certificate.
    pub server: PathBuf,
    /// The server's private key.
    pub key: PathBuf,
}

impl Certificate {
    /// Makes both certificates and writes them into `folder`, for a server on this machine. The authority's own key is
    /// not kept.
    pub fn create(folder: &Path) -> Result<Self, Error> {
        let (authority_pem, server_pem, key_pem) =
            sign().map_err(|error| Error::new(ErrorKind::Failed, "make a certificate").with_source(error))?;
        let files = Self {
            authority: folder.join("ca.crt"),
            server: folder.join("server.crt"),
            key: folder.join("server.key"),
        };
        for (file, text) in [
            (&files.authority, authority_pem),
            (&files.server, server_pem),
            (&files.key, key_pem),
        ] {
            fs::write(file, text).map_err(Error::io(format!("write {}", file.display())))?;
        }
        Ok(files)
    }
}

/// The authority's certificate, the server's certificate and the server's key.
fn sign() -> Result<(String, String, String), rcgen::Error> {
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.distinguished_name.push(DnType::CommonName, "Dipper test CA");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority_key = KeyPair::generate()?;
    let authority_pem = authority.self_signed(&authority_key)?.pem();

    let mut server = CertificateParams::new(NAMES.map(String::from))?;
    server.distinguished_name.push(DnType::CommonName, "localhost");
    let server_key = KeyPair::generate()?;
    let server_pem = server
        .signed_by(&server_key, &Issuer::new(authority, authority_key))?
        .pem();
    Ok((authority_pem, server_pem, server_key.serialize_pem()))
}
