//! Names and texts that break programs.
//!
//! [`keys`] are legal object keys that something on the way tends to mangle: URL encoding, XML, file systems, sorting,
//! right-to-left text. [`scripts`] are texts that would run code if a program took them for markup. Both are the same
//! in every run and every order, so that a failure can be found again by its text.

mod keys;
mod scripts;

pub use self::keys::keys;
pub use self::scripts::{SENTINEL, scripts};
