//! The client: one account on one server.

use std::sync::Arc;

use crate::config::Config;
use crate::error::Result;

/// One account on one server. Cheap to clone; clones share the connections.
#[derive(Clone, Debug)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    config: Config,
}

impl Client {
    /// Prepares a client; nothing is sent. Fails with `InvalidInput` on a CA certificate that cannot be read, and with
    /// `Tls` when the system's trusted certificates are needed and cannot be loaded.
    pub fn new(config: Config) -> Result<Self> {
        Ok(Self {
            inner: Arc::new(Inner { config }),
        })
    }

    /// What the client was built from.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }
}
