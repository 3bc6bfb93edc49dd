//! Where the bytes of an object land: in a temporary file, or in memory until they are all there.
//!
//! A file that is made, written, made durable and named by one thread in one go costs a fifth of one for which threads wake
//! each other at every step. That pays for the many small ones.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use dipper_storage::ErrorKind;

use crate::error::{Error, Result};
use crate::files::Target;

/// Up to this size an object is fetched before its file is made. Sixteen of them are 16 MiB.
pub(super) const SMALL: u64 = 1024 * 1024;

/// Where bytes land.
#[derive(Debug)]
pub(super) enum Landing {
    File(Target),
    Memory(Held),
}

/// Bytes in memory.
#[derive(Debug, Default)]
pub(super) struct Held {
    bytes: Mutex<Vec<u8>>,
    /// There were more than was listed.
    overflown: AtomicBool,
}

impl Landing {
    pub(super) fn in_memory() -> Self {
        Self::Memory(Held::default())
    }

    /// The file, for what is only done with files: ranges side by side.
    pub(super) fn file(&self) -> Result<&Target> {
        match self {
            Self::File(target) => Ok(target),
            Self::Memory(_) => Err(Error::new(ErrorKind::Internal, "There is no file yet")),
        }
    }

    /// Forgets everything written and takes `length` as the size to come.
    pub(super) fn resize(&self, length: u64) -> Result<()> {
        match self {
            Self::File(target) => target.resize(length),
            Self::Memory(held) => {
                held.bytes().clear();
                Ok(())
            }
        }
    }

    /// Writes at an offset, inline. In memory only behind what is there.
    pub(super) fn write_at(&self, bytes: &[u8], offset: u64) -> Result<()> {
        match self {
            Self::File(target) => target.write_at(bytes, offset),
            Self::Memory(held) => held.write_at(bytes, offset),
        }
    }

    /// Whether the object turned out to be too large for memory.
    pub(super) fn is_overflown(&self) -> bool {
        matches!(self, Self::Memory(held) if held.overflown.load(Relaxed))
    }
}

impl Held {
    fn write_at(&self, bytes: &[u8], offset: u64) -> Result<()> {
        let mut held = self.bytes();
        let begin = usize::try_from(offset).unwrap_or(usize::MAX).min(held.len());
        // A connection that broke goes on at the byte it reached, or begins again.
        held.truncate(begin);
        if held.len() as u64 + bytes.len() as u64 > SMALL {
            self.overflown.store(true, Relaxed);
            return Err(Error::new(
                ErrorKind::Internal,
                "The object is larger than it was listed",
            ));
        }
        held.extend_from_slice(bytes);
        Ok(())
    }

    /// What there is.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn what_is_written_again_takes_the_place_of_what_was_there() {
        let landing = Landing::in_memory();
        landing.write_at(b"abcdef", 0).unwrap();
        landing.write_at(b"XY", 3).unwrap();
        let Landing::Memory(held) = landing else { return };
        assert_eq!(held.into_bytes(), b"abcXY");
    }

    #[test]
    fn what_does_not_fit_is_refused_and_remembered() {
        let landing = Landing::in_memory();
        let half = vec![0; 600 * 1024];
        landing.write_at(&half, 0).unwrap();
        assert!(!landing.is_overflown());
        assert!(landing.write_at(&half, half.len() as u64).is_err() && landing.is_overflown());
        assert!(landing.file().is_err());
    }
}
