//! Real servers and hard cases for Dipper's tests.
//!
//! Nothing here imitates: [`Rgw`] is a Ceph gateway, [`Keyring`] a real Secret Service, [`Display`] an X server and
//! [`WebDriver`] WebKit's own driver, each a plain process on loopback that ends with its owner, however that ends.
//! [`FaultProxy`] stands in front of such a server and does what networks and bad servers do.
//! [`http`] is the stranger who looks from outside, [`Recorder`] keeps what really went over the wire, [`hostile`]
//! holds the names that break programs, and [`canary`] looks for a secret wherever it should not be.
//!
//! This crate knows none of Dipper's others, so that what it says about them is independent.

pub mod canary;
mod certificate;
mod display;
mod error;
mod fault_proxy;
pub mod hostile;
pub mod http;
mod keyring;
mod port;
mod process;
mod recorder;
mod rgw;
mod webdriver;

pub use certificate::Certificate;
pub use display::Display;
pub use error::{Error, ErrorKind};
pub use fault_proxy::{Action, FaultProxy, Framing, Keys, Passed, Rule, RuleId};
pub use keyring::Keyring;
pub use recorder::{Recorded, Recorder};
pub use rgw::{Rgw, RgwOptions, Tls, User, Users};
pub use webdriver::WebDriver;
