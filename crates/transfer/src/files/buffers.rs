//! Buffers that are filled from a file, handed to a connection, and come back when it has sent them.
//!
//! They are zeroed once in their life. Fresh memory for each piece would cost a page fault every 4 KiB, which at full
//! speed is as much work as reading the file.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use bytes::Bytes;

/// The size of a piece: larger ones save nothing measurable, smaller ones cost.
pub(crate) const CHUNK: usize = 256 * 1024;
/// Buffers that are kept when nobody needs them: three for each of sixteen connections (12 MiB).
const KEPT: usize = 48;

/// A stock of buffers.
#[derive(Default)]
pub(crate) struct Buffers {
    idle: Mutex<Vec<Box<[u8]>>>,
}

/// A buffer on loan.
pub(crate) struct Buffer {
    bytes: Box<[u8]>,
    filled: usize,
    home: Weak<Buffers>,
}

impl Buffers {
    pub(crate) fn take(self: &Arc<Self>) -> Buffer {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let bytes = idle.unwrap_or_else(|| vec![0; CHUNK].into_boxed_slice());
        Buffer {
            bytes,
            filled: 0,
            home: Arc::downgrade(self),
        }
    }
}

impl Buffer {
    /// Lets `fill` write up to `length` bytes (at most [`CHUNK`]) and turns them into a piece to send.
    pub(crate) fn fill<E>(mut self, length: usize, fill: impl FnOnce(&mut [u8]) -> Result<(), E>) -> Result<Bytes, E> {
        self.filled = length.min(CHUNK);
        fill(&mut self.bytes[..self.filled])?;
        Ok(Bytes::from_owner(self))
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let Some(home) = self.home.upgrade() else { return };
        let mut idle = home.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push(std::mem::take(&mut self.bytes));
        }
    }
}

impl fmt::Debug for Buffers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffers").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_buffer_comes_back_when_its_last_piece_is_dropped() {
        let buffers = Arc::new(Buffers::default());
        let idle = || buffers.idle.lock().unwrap().len();
        let fill = |slice: &mut [u8]| -> Result<(), ()> {
            slice.fill(7);
            Ok(())
        };
        let piece = buffers.take().fill(5, fill).unwrap();
        let part = piece.slice(1..3);
        drop(piece);
        assert_eq!((part.as_ref(), idle()), (&[7, 7][..], 0));
        drop(part);
        assert_eq!(idle(), 1);
        let again = buffers.take();
        assert_eq!(idle(), 0, "it is used again");
        drop(again);
    }
}
