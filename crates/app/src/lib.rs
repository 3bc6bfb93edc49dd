//! Everything Dipper can do without a window.
//!
//! [`App`] is the façade: one method for each thing the product does, callable from a test. It knows accounts, the
//! keychain, settings, plans and words; it does not know Tauri, HTML or wire formats. Moving bytes is
//! `dipper-transfer`'s work, listing is `dipper-catalog`'s, HTTP is `dipper-storage`'s.
//!
//! Two rules hold for every module. A secret goes in and never comes out: it is kept in the keychain
//! ([`vault`](KeychainState)) and handed to the storage client only. And nothing that destroys or publishes runs without
//! the one-time [`PlanToken`] of the dry run that was shown.

mod accounts;
mod address;
mod app;
mod buckets;
mod certificates;
mod clients;
mod connection;
mod database;
mod diagnostics;
mod error;
mod events;
mod local_storage;
mod operations;
mod plans;
mod settings;
mod vault;

pub use accounts::{Account, AccountDraft, AccountId, AccountKind, RemoveAccountPlan, SecretSaved};
pub use address::Address;
pub use app::{App, AppOptions, Started};
pub use buckets::{Bucket, BucketList, CreatedBucket, DeleteBucketPlan, NameRule};
pub use certificates::{CaToken, RegisteredCa};
pub use connection::{Certificate, ConnectionOutcome, ConnectionReport, Endpoint, Tone};
pub use dipper_storage::{Addressing, Scheme, SignatureVersion, Versioning};
pub use error::{Error, ErrorKind};
pub use events::{Event, EventChanges};
pub use operations::CountProgress;
pub use plans::PlanToken;
pub use settings::{Density, Settings, Theme};
pub use vault::{KeychainState, VaultKind};
