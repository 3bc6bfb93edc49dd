//! An address typed into the path bar: a path, `s3://…`, or a link of this server.

use crate::error::Result;
use crate::{AccountId, App};

/// Where a typed address leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The bucket.
    pub bucket: String,
    /// The folder to show.
    pub prefix: String,
    /// The object to select in it.
    pub key: Option<String>,
}

impl App {
    /// Reads a typed address. Text that does not end in `/` may name a folder or an object: one request tells.
    pub async fn read_address(&self, account: &AccountId, text: &str) -> Result<Address> {
        todo!("{account} {text}")
    }
}
