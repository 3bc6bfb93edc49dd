//! The desktop's side of the shell: the window, drops from outside, dialogs, notices, the task bar, the clipboard, the browser.

#[cfg(target_os = "linux")]
pub(crate) mod again;
pub(crate) mod browser;
pub(crate) mod clipboard;
pub(crate) mod dialogs;
pub(crate) mod drops;
#[cfg(target_os = "linux")]
pub(crate) mod graphics;
pub(crate) mod notices;
mod taskbar;
pub(crate) mod window;

use dipper_app::{App, AppOptions};
use tauri::{AppHandle, Manager, State};
use tokio::sync::Mutex;

use crate::ipc::error::{Answer, IpcError};
use crate::ipc::stream::Pumps;
use crate::ipc::watcher::Watcher;

/// What every command may use.
pub(crate) struct Shell {
    /// Everything Dipper can do.
    pub(crate) app: App,
    /// Streams to the page.
    pub(crate) pumps: Pumps,
    /// Files dragged over the window.
    pub(crate) drops: drops::Drops,
    /// Who is asked before the window closes over running transfers; told how many there are.
    pub(crate) closing: Watcher<u64>,
    /// What the system says of transfers when nobody looks.
    pub(crate) notices: notices::Notices,
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
            closing: Watcher::default(),
            notices: notices::Notices::default(),
            clipboard: clipboard::Clipboard::default(),
        }
    }
}

/// The shell, as soon as it is started. Where that failed before, as with a data folder that was not readable then, it is
/// tried again.
pub(crate) async fn started(handle: &AppHandle) -> Answer<State<'_, Shell>> {
    static STARTING: Mutex<()> = Mutex::const_new(());
    let _one_at_a_time = STARTING.lock().await;
    if handle.try_state::<Shell>().is_none() {
        let folder = handle.path().app_local_data_dir().map_err(|error| {
            IpcError::shell(
                format!("Dipper found no place for its data on this computer: {error}."),
                "Set HOME to a folder that you may write to, and start Dipper again.",
            )
        })?;
        let shell = Shell::new(App::start(AppOptions::new(folder)).await?);
        shell.notices.follow(handle, &shell.app);
        handle.manage(shell);
    }
    Ok(handle.state())
}
