//! The system's clipboard.

use std::sync::{Mutex, PoisonError};

use crate::ipc::error::{Answer, IpcError};

/// Opened on first use and kept: on X11 the text lives only as long as the one who offers it.
#[derive(Default)]
pub(crate) struct Clipboard(Mutex<Option<arboard::Clipboard>>);

impl Clipboard {
    /// Puts this text there.
    pub(crate) fn copy(&self, text: String) -> Answer<()> {
        let refused = |error: arboard::Error| {
            let message = format!("Could not copy: the system's clipboard refused ({error}).");
            IpcError::shell(message, "Select the text and copy it with the keyboard.")
        };
        let mut clipboard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if clipboard.is_none() {
            *clipboard = Some(arboard::Clipboard::new().map_err(refused)?);
        }
        clipboard
            .as_mut()
            .map_or(Ok(()), |clipboard| clipboard.set_text(text))
            .map_err(refused)
    }
}
