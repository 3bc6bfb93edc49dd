//! What the tests that cross crates share: a person's desk with a screen, a keychain and files, and the real window on
//! it; and what measures [`transfers`], with the server it needs, a [`sink`]. The tests themselves live in `servers/`,
//! `it/` and `e2e/`; the tour in `bin/tour.rs` plays on the same desk.

pub mod desk;
pub mod sink;
pub mod story;
pub mod transfers;
pub mod window;
