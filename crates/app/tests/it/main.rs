//! Whole stories through `App`, against a real server: Local storage's, started by the test.

#![expect(clippy::unwrap_used, reason = "tests")]

mod access;
mod accounts;
mod addresses;
mod buckets;
mod by_name;
mod ceph;
mod code;
mod connection;
mod gateway;
mod keychain;
mod local_storage;
mod log;
mod objects;
mod send;
mod strangers;
mod support;
mod transfers;
mod views;
mod window;
mod without_acls;
