//! The limits of S3, each written once. Servers may be stricter; none that we know is laxer.

/// The smallest part of a multipart upload, except the last: 5 MiB.
pub const MIN_PART_SIZE: u64 = 5 * 1024 * 1024;
/// The most parts one multipart upload may have.
pub const MAX_PARTS: u32 = 10_000;
/// The most keys one page of a listing holds.
pub const MAX_KEYS_PER_PAGE: u16 = 1_000;
/// The most keys one `DeleteObjects` request takes.
pub const MAX_DELETE_KEYS: usize = 1_000;
/// The largest object that one PUT, one part or one copy may carry: 5 GiB.
pub const MAX_PUT_SIZE: u64 = 5 * 1024 * 1024 * 1024;
/// The largest object: 5 TiB.
pub const MAX_OBJECT_SIZE: u64 = 5 * 1024 * 1024 * 1024 * 1024;
/// The longest life of a link signed with V4: seven days.
pub const MAX_LINK_SECONDS_V4: u64 = 604_800;
/// The longest key, in bytes of UTF-8.
pub const MAX_KEY_BYTES: usize = 1_024;
/// The longest bucket name that any server has had (old buckets of `us-east-1`). New names stop at 63.
pub const MAX_BUCKET_NAME_BYTES: usize = 255;
