//! Faults of networks and servers, done to whole transfers by a proxy, with the same questions asked after every one.
//!
//! Each row is a test `nNN_…`, or `lNN_…` where this computer is the fault. Whatever happens, [`World::judge`](support::World::judge) asks at the end what no fault may
//! ever do: lose an object, store or leave half of one, keep litter, touch what belongs to others, or leave something
//! stuck. Waits are a twentieth of the real ones, by configuration. Where RGW is not installed its tests say so by name
//! and prove nothing; with `CI` set they fail.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "tests")]

mod breaking;
mod damaging;
mod leaving;
mod moving;
mod oracle;
mod refusing;
mod strange;
mod support;
mod twice;
