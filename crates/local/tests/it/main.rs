//! The real server over real HTTP, spoken to by a small client and signer of our own.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod acl;
mod buckets;
mod client;
mod conditions;
mod copying;
mod crash;
mod keys;
mod listing;
mod multipart;
mod objects;
mod policy;
mod security;
mod server;
mod signatures;
