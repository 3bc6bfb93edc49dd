//! S3 as types: buckets, objects, permissions and links, on any S3-compatible server.
//!
//! This is the only room of Dipper that knows HTTP, XML, signatures and servers' quirks. It knows no disks, no queues, no
//! accounts and no screen. The one idea to hold: a [`Client`] is one account on one server, built from a [`Config`]; every
//! request it makes, signed by the SDK, signed by ourselves or not signed at all, leaves through one transport with one set
//! of trusted certificates, limits and records.

mod acl;
mod body;
mod buckets;
mod call;
mod client;
mod config;
mod diagnose;
mod endpoint;
mod error;
mod heal;
mod integrity;
mod limits;
mod links;
mod list;
mod metadata;
mod multipart;
mod names;
mod objects;
mod place;
mod policy;
mod probe;
mod sdk;
mod sigv2;
mod transport;
mod versions;
mod walk;

pub use acl::{Acl, CannedAcl, Grant, Grantee, Owner, Right};
pub use body::{BodySource, BoxBody, Checksum, RunningChecksum, UploadBody};
pub use buckets::{Bucket, BucketInfo, BucketList, CreateBucketOptions, CreateOutcome, Versioning};
pub use client::Client;
pub use config::{
    Addressing, CallObserver, CallRecord, Clock, Compatibility, Config, Credentials, ListVersion, NoObserver,
    SignatureVersion, Timeouts, UploadChecksum,
};
pub use diagnose::{CertificateInfo, Diagnosis, Outcome};
pub use endpoint::{Endpoint, Scheme};
pub use error::{Error, ErrorKind, Result};
pub use integrity::{Effort, Hasher, Proof};
pub use limits::{
    MAX_BUCKET_NAME_BYTES, MAX_DELETE_KEYS, MAX_KEY_BYTES, MAX_KEYS_PER_PAGE, MAX_LINK_SECONDS_V4, MAX_OBJECT_SIZE,
    MAX_PARTS, MAX_PUT_SIZE, MIN_PART_SIZE,
};
pub use links::{Link, LinkMethod, LinkOptions, LinkPart, LinkRole, PresignOptions, ProjectIdUse};
pub use list::{Continuation, ListPage, ListRequest, ListedObject};
pub use multipart::{CompletedPart, PartInfo, PartRef, PartStored, UnfinishedUpload, UploadId};
pub use names::{BucketName, NameRule, NameRuleKind, ObjectKey, Prefix, new_name_problems};
pub use objects::{
    ByteRange, ContentRange, CopyOptions, DeleteReport, GetOptions, ObjectInfo, ObjectRef, ObjectStream, PutOptions,
    Stored,
};
pub use probe::{Probe, ProbeOutcome};
pub use versions::{ListedVersion, ObjectVersion, VersionMarker, VersionsPage, VersionsRequest};
