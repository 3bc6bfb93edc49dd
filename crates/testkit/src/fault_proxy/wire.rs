//! A client's connection that can be made to end with a reset instead of an orderly end.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// How a connection will end.
#[derive(Clone, Debug, Default)]
pub(super) struct Fate(Arc<AtomicBool>);

impl Fate {
    pub(super) fn reset(&self) {
        self.0.store(true, Relaxed);
    }

    fn is_reset(&self) -> bool {
        self.0.load(Relaxed)
    }
}

/// The connection.
pub(super) struct Wire {
    stream: TcpStream,
    fate: Fate,
}

impl Wire {
    pub(super) fn new(stream: TcpStream, fate: Fate) -> Self {
        Self { stream, fate }
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.fate.is_reset() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.fate.is_reset() {
            // Where the system refuses, the end is an orderly one, and the client sees a cut.
            drop(self.stream.set_zero_linger());
        }
    }
}
