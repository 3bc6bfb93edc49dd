//! The desktop's side of the shell: the window, drops from outside, dialogs, the clipboard, the browser.

pub(crate) mod browser;
pub(crate) mod clipboard;
pub(crate) mod dialogs;
pub(crate) mod drops;
pub(crate) mod window;

use dipper_app::App;

use crate::ipc::stream::Pumps;

/// What every command may use.
pub(crate) struct Shell {
    /// Everything Dipper can do.
    pub(crate) app: App,
    /// Streams to the page.
    pub(crate) pumps: Pumps,
    /// Files dragged over the window.
    pub(crate) drops: drops::Drops,
    /// The system's clipboard.
    pub(crate) clipboard: clipboard::Clipboard,
}

impl Shell {
    /// A shell around an app.
    pub(crate) fn new(app: App) -> Self {
        Self {
            app,
            pumps: Pumps::default(),
            drops: drops::Drops::default(),
            clipboard: clipboard::Clipboard::default(),
        }
    }
}
