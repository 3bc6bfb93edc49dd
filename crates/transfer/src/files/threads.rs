//! The engine's own threads, named so that a debugger and `top -H` show what they are.

use tokio::runtime::{Builder, Handle, Runtime};

use dipper_storage::ErrorKind;

use crate::error::{Error, Result};

/// A runtime for transfers: a slow disk holds up transfers only, never a click.
#[derive(Debug)]
pub(crate) struct Threads(Option<Runtime>);

impl Threads {
    /// Starts as many threads as there are processors, but at least two: one waits for a disk, one goes on.
    pub(crate) fn start() -> Result<Self> {
        let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let runtime = Builder::new_multi_thread()
            .worker_threads(processors.clamp(2, 8))
            .thread_name("dipper-transfer")
            .enable_all()
            .build()
            .map_err(|source| {
                Error::new(ErrorKind::LocalIo, "Could not start the threads for transfers").with_source(source)
            })?;
        Ok(Self(Some(runtime)))
    }

    pub(crate) fn handle(&self) -> Option<&Handle> {
        self.0.as_ref().map(Runtime::handle)
    }
}

impl Drop for Threads {
    /// A runtime must not be waited for inside another one; whoever wants to wait has shut the engine down before.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Does something that blocks, off the threads that move bytes.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| {
        Err(Error::new(
            ErrorKind::Internal,
            format!("Work with a file ended badly: {error}"),
        ))
    })
}
