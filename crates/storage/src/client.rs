//! The client: one account on one server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use aws_smithy_types::DateTime;
use time::OffsetDateTime;

use crate::call::Call;
use crate::config::{Config, Credentials};
use crate::error::Result;
use crate::names::{BucketName, ObjectKey};
use crate::sdk;
use crate::transport::Transport;

/// One account on one server. Cheap to clone; clones share the connections.
#[derive(Clone, Debug)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    config: Config,
    transport: Transport,
    keys: sdk::Keys,
    sdk: aws_sdk_s3::Client,
    /// Whether requests go through the SDK alone, which heals what a server's refusal teaches.
    heals: AtomicBool,
}

impl Client {
    /// Prepares a client; nothing is sent. Fails with `InvalidInput` on a CA certificate that cannot be read.
    pub fn new(config: Config) -> Result<Self> {
        let transport = Transport::new(&config)?;
        let keys = sdk::Keys::new(config.credentials.clone());
        let sdk = sdk::client(&config, &transport, &keys);
        Ok(Self {
            inner: Arc::new(Inner {
                config,
                transport,
                keys,
                sdk,
                heals: AtomicBool::new(false),
            }),
        })
    }

    /// From now on requests of this client and its clones are signed with these. [`Client::config`] keeps the ones it was
    /// built from, and so do links. Does nothing for a client that was built without credentials and signs nothing.
    pub fn replace_credentials(&self, credentials: Credentials) {
        if self.inner.config.credentials.is_some() {
            self.inner.keys.replace(credentials);
        }
    }

    /// What the client was built from.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// What requests are signed with now.
    pub(crate) fn credentials(&self) -> Option<Credentials> {
        self.inner.keys.now()
    }

    pub(crate) fn heals(&self) -> bool {
        self.inner.heals.load(Relaxed)
    }

    pub(crate) fn heal(&self) {
        self.inner.heals.store(true, Relaxed);
    }

    pub(crate) fn sdk(&self) -> &aws_sdk_s3::Client {
        &self.inner.sdk
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.inner.transport
    }

    /// This moment, by the account's clock.
    pub(crate) fn now(&self) -> OffsetDateTime {
        (self.inner.config.clock)()
    }

    pub(crate) fn call(&self, operation: &'static str) -> Call {
        Call::new(operation, self.inner.config.clock)
    }

    pub(crate) fn bucket_call(&self, operation: &'static str, bucket: &BucketName) -> Call {
        self.call(operation).bucket(bucket)
    }

    pub(crate) fn object_call(&self, operation: &'static str, bucket: &BucketName, key: &ObjectKey) -> Call {
        self.call(operation).bucket(bucket).key(key)
    }
}

/// The SDK's time as ours; `None` outside the years that both know.
pub(crate) fn moment(time: Option<&DateTime>) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(time?.as_nanos()).ok()
}

/// An `ETag` without its quotes; `None` if nothing is between them.
pub(crate) fn etag_of(header: &str) -> Option<String> {
    let etag = header.trim_matches('"');
    (!etag.is_empty()).then(|| etag.to_owned())
}
