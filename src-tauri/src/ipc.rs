//! The boundary to the web view: wire types, errors and streams. No rule lives here; everything is a plain mapping of
//! what `dipper-app` says.

pub(crate) mod error;
pub(crate) mod mirror;
pub(crate) mod stream;
pub(crate) mod views;
pub(crate) mod watcher;
