//! Everything Dipper can do without a window.
//!
//! [`App`] is the façade: one method for each thing the product does, callable from a test. It knows accounts, the
//! keychain, settings, plans and words; it does not know Tauri, HTML or wire formats. Moving bytes is
//! `dipper-transfer`'s work, listing is `dipper-catalog`'s, HTTP is `dipper-storage`'s.
//!
//! Two rules hold for every module. A secret goes in and never comes out: it is kept in the keychain
//! ([`vault`](KeychainState)) and handed to the storage client only. And nothing that destroys or publishes runs without
//! the one-time [`PlanToken`] of the dry run that was shown.

mod access;
mod accounts;
mod address;
mod app;
mod buckets;
mod certificates;
mod clients;
mod code;
mod connection;
mod copies;
mod database;
mod diagnostics;
mod downloads;
mod error;
mod events;
mod kinds;
mod links;
mod listing;
mod local_storage;
mod names;
mod objects;
mod operations;
mod plans;
mod random;
mod settings;
mod targets;
mod transfers;
mod uploads;
mod vault;
mod views;
mod words;
mod work;

pub use access::{
    Access, AccessBadge, AccessPlan, AccessPlanKind, AccessPlanRow, AccessResult, Audience, GrantCell, GrantChange,
    GrantRow, GranteeKind, NewGrantee, NewGranteeKind, PermissionPlan, Permissions, PermissionsKind, ProbeLine, Proof,
    PublicLevel, PublicScope, SensitiveNames, Tick, Verdict,
};
pub use accounts::{Account, AccountDraft, AccountId, AccountKind, RemoveAccountPlan, SecretSaved};
pub use address::Address;
pub use app::{App, AppOptions, Started};
pub use buckets::{Bucket, BucketList, CreatedBucket, DeleteBucketPlan, NameRule};
pub use certificates::{CaToken, RegisteredCa};
pub use code::{CodeAction, CodeLanguage, CodeRequest, CodeSnippet};
pub use connection::{Certificate, ConnectionOutcome, ConnectionReport, Endpoint, Tone};
pub use copies::{CopyChoices, CopyName, CopyTarget};
pub use dipper_catalog::{Column, Direction, Mode, RowKind, Sort};
pub use dipper_storage::{Addressing, CannedAcl, Scheme, SignatureVersion, Versioning};
pub use dipper_storage::{ByteRange, ListedObject, ObjectInfo, ObjectKey, Prefix};
pub use dipper_storage::{LinkPart, LinkRole, Right};
pub use dipper_transfer::ConflictPolicy as TakenKey;
pub use dipper_transfer::{CopyAccess, DownloadConflict, ItemStanding, JobKind, JobState, Move};
pub use downloads::local_name;
pub use error::{Error, ErrorKind};
pub use events::{Event, EventChanges};
pub use kinds::Icon;
pub use links::{Link, LinkKind, LinkRequest, LinkSet, MOST_LINKS};
pub use listing::{ListDepth, ObjectPage, ObjectPages};
pub use names::NamePart;
pub use objects::{
    DeleteLine, DeleteObjectsPlan, KeyCheck, NewTextObject, OBJECTS_WITHOUT_NAME, ObjectReader, Properties,
    PropertiesKind, Property, PropertyGroup, PropertyValue, PutObject,
};
pub use operations::CountProgress;
pub use plans::PlanToken;
pub use secrecy::SecretString;
pub use settings::{Density, Settings, Theme};
pub use targets::Target;
pub use transfers::{
    Job, JobError, TakenUpTransfers, TransferBatch, TransferChanges, TransferItem, TransferLimits, TransferTotals,
};
pub use uploads::{
    ConflictPolicy, Decision, KeyChange, SHOWN_ITEMS, SkippedFile, SourceId, UploadAccess, UploadChange, UploadChoices,
    UploadItem, UploadPlan, UploadResult, UploadTarget,
};
pub use vault::{KeychainState, VaultKind};
pub use views::{Row, Rows, SelectionChange, SelectionSummary, ViewId, ViewRequest, ViewState, ViewStatus};
pub use words::size as size_in_words;
