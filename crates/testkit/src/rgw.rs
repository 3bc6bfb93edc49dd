//! A real Ceph RADOS Gateway, started for tests.
//!
//! One monitor, one OSD that keeps everything in memory, one gateway and five users, as plain processes on loopback.
//! It is ready in about ten seconds and holds nothing afterwards. Tests that only need *a* gateway share one
//! ([`Rgw::shared`]); tests that fill quotas, stop it or look at everything in it start their own ([`Rgw::start`]).

mod cluster;
mod config;
mod users;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use self::cluster::Cluster;
pub use self::users::{User, Users};
use crate::{Error, ErrorKind};

/// Names the file with a running gateway's addresses and users, which `cargo xtask test` exports to all tests.
pub(crate) const SHARED_GATEWAY: &str = "DIPPER_TEST_RGW";

/// How a gateway is started.
#[derive(Clone, Copy, Debug, Default)]
pub struct RgwOptions {
    /// Whether it answers over https beside http.
    pub tls: Tls,
}

/// Whether a gateway answers over https beside http.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// http only.
    #[default]
    Off,
    /// http and https, with a certificate signed by an authority made for this gateway alone.
    On,
}

/// A running gateway. Dropping it kills its processes and removes its folder, unless it is another process's.
#[derive(Debug)]
pub struct Rgw {
    description: Description,
    /// Kept for its end only; `None` when the gateway belongs to another process.
    _cluster: Option<Cluster>,
}

/// What other processes need to know to use a gateway.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Description {
    endpoint: String,
    tls_endpoint: Option<String>,
    ca_certificate: Option<PathBuf>,
    config: PathBuf,
    tenant: String,
    users: Users,
}

impl Rgw {
    /// Starts a gateway of one's own; it blocks until the gateway answers.
    ///
    /// [`ErrorKind::Missing`] when Ceph is not installed.
    pub fn start(options: RgwOptions) -> Result<Self, Error> {
        let cluster = Cluster::start(options.tls)?;
        let description = Description {
            endpoint: cluster.endpoint(),
            tls_endpoint: cluster.tls_endpoint(),
            ca_certificate: cluster.ca_certificate(),
            config: cluster.config().into(),
            tenant: users::TENANT.into(),
            users: Users::default(),
        };
        Ok(Self {
            description,
            _cluster: Some(cluster),
        })
    }

    /// The gateway all tests of a run share, over http and https: the one whose description `DIPPER_TEST_RGW` names,
    /// else one started for this process.
    ///
    /// Others write to it at the same time: use bucket names of your own, and the quota user only in a gateway of your
    /// own.
    pub fn shared() -> Result<&'static Self, &'static Error> {
        static SHARED: OnceLock<Result<Rgw, Error>> = OnceLock::new();
        SHARED
            .get_or_init(|| match std::env::var_os(SHARED_GATEWAY) {
                Some(file) => Self::described_in(Path::new(&file)),
                None => Self::start(RgwOptions { tls: Tls::On }),
            })
            .as_ref()
    }

    /// The gateway another process started and described in a file.
    pub fn described_in(file: &Path) -> Result<Self, Error> {
        let operation = format!("read the gateway's description {}", file.display());
        let text = fs::read(file).map_err(Error::io(operation.clone()))?;
        let description = serde_json::from_slice(&text)
            .map_err(|error| Error::new(ErrorKind::InvalidInput, operation).with_source(error))?;
        Ok(Self {
            description,
            _cluster: None,
        })
    }

    /// Describes the gateway in a file for other processes. It appears there whole or not at all.
    pub fn describe_in(&self, file: &Path) -> Result<(), Error> {
        let operation = format!("write the gateway's description {}", file.display());
        let text = serde_json::to_vec_pretty(&self.description)
            .map_err(|error| Error::new(ErrorKind::InvalidInput, operation.clone()).with_source(error))?;
        let unfinished = file.with_extension("unfinished");
        fs::write(&unfinished, text).map_err(Error::io(operation.clone()))?;
        fs::rename(&unfinished, file).map_err(Error::io(operation))
    }

    /// `http://127.0.0.1:PORT`
    pub fn endpoint(&self) -> &str {
        &self.description.endpoint
    }

    /// `https://localhost:PORT`, when it was started with [`Tls::On`].
    pub fn tls_endpoint(&self) -> Option<&str> {
        self.description.tls_endpoint.as_deref()
    }

    /// The certificate of the authority that signed the gateway's, in PEM, when it was started with [`Tls::On`].
    pub fn ca_certificate_path(&self) -> Option<&Path> {
        self.description.ca_certificate.as_deref()
    }

    /// The Project ID: 32 hexadecimal digits, the tenant of all users but [`Users::without_tenant`].
    pub fn tenant(&self) -> &str {
        &self.description.tenant
    }

    /// The users and their keys.
    pub fn users(&self) -> &Users {
        &self.description.users
    }

    /// Runs `radosgw-admin` on this gateway and returns what it prints, usually JSON.
    pub fn admin(&self, arguments: &[&str]) -> Result<String, Error> {
        users::admin(&self.description.config, arguments)
    }
}
