//! The window: how it is made, what it may navigate to, and its own buttons.

use serde::Deserialize;
use specta::Type;
use tauri::plugin::TauriPlugin;
use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Window, Wry};
use tauri_plugin_window_state::StateFlags;

use super::Shell;
use crate::ipc::error::{Answer, IpcError};

/// The label of the one window; `capabilities/main.json` grants it the commands.
pub(crate) const LABEL: &str = "main";

/// What the page asks of its window.
#[derive(Debug, Clone, Copy, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum WindowAction {
    /// To the task bar.
    Minimise,
    /// To the whole screen and back.
    ToggleMaximise,
    /// Close, which ends the program; over running transfers the page is asked first.
    Close,
    /// Close without asking.
    CloseNow,
    /// Out of sight while transfers run; the program ends with the last of them, unless it was started again meanwhile,
    /// which shows the window.
    HideUntilDone,
    /// Move with the pointer from now on.
    StartDragging,
    /// Draw everything this large, in percent.
    Zoom(u16),
}

impl WindowAction {
    /// Does it.
    pub(crate) fn perform(self, window: &WebviewWindow) -> Answer<()> {
        let outcome = match self {
            Self::Minimise => window.minimize(),
            Self::ToggleMaximise => window.is_maximized().and_then(|maximised| {
                if maximised {
                    window.unmaximize()
                } else {
                    window.maximize()
                }
            }),
            Self::Close => window.close(),
            Self::CloseNow => window.destroy(),
            Self::HideUntilDone => hide_until_done(window),
            Self::StartDragging => window.start_dragging(),
            Self::Zoom(percent) => window.set_zoom(f64::from(percent.clamp(50, 300)) / 100.0),
        };
        outcome.map_err(|error| {
            IpcError::shell(
                format!("The window could not do that: {error}."),
                "Use the desktop's own window menu.",
            )
        })
    }
}

/// Opens the window.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Dipper")
        .inner_size(1280.0, 800.0)
        .min_inner_size(640.0, 420.0)
        .on_navigation(is_ours)
        .on_page_load(|window, page| {
            // A page that is loaded again knows nothing of the streams of the one before.
            if matches!(page.event(), PageLoadEvent::Started)
                && let Some(shell) = window.try_state::<Shell>()
            {
                shell.pumps.stop_all();
            }
        })
        .on_new_window(|_, _| NewWindowResponse::Deny);
    #[cfg(target_os = "macos")]
    let window = window.title_bar_style(tauri::TitleBarStyle::Overlay).hidden_title(true);
    #[cfg(not(target_os = "macos"))]
    let window = window.decorations(false);
    window.build()
}

/// Asks the page where transfers run. Whether it was asked, so that closing has to wait for the answer.
pub(crate) fn ask_before_closing(window: &Window) -> bool {
    let Some(shell) = window.try_state::<Shell>() else {
        return false;
    };
    let running = shell.app.transfers_under_way();
    running > 0 && shell.closing.tell(running)
}

/// Hides the window and closes it as soon as nothing runs or waits, if it is hidden still.
fn hide_until_done(window: &WebviewWindow) -> tauri::Result<()> {
    window.hide()?;
    let window = window.clone();
    tauri::async_runtime::spawn(async move {
        let Some(shell) = window.try_state::<Shell>() else {
            return;
        };
        shell.app.until_transfers_rest().await;
        shell.notices.said().await;
        if !window.is_visible().unwrap_or(true)
            && let Err(error) = window.destroy()
        {
            tracing::error!(%error, "the hidden window could not be closed");
        }
    });
    Ok(())
}

/// Keeps the window's place and size from one run to the next.
pub(crate) fn remembered() -> TauriPlugin<Wry> {
    tauri_plugin_window_state::Builder::default()
        .with_filename("window.json")
        .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
        .build()
}

/// Somebody started Dipper again: the window that is there comes to the front instead.
pub(crate) fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    let shown = window
        .unminimize()
        .and_then(|()| window.show())
        .and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(%error, "the window could not be brought to the front");
    }
}

/// The page may not leave the program: whatever a name, a link or a preview says, only our own origin loads.
fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost") || is_development(url),
        "about" => url.as_str() == "about:blank",
        _ => false,
    }
}

/// The development server, only in a build that loads its pages from there.
fn is_development(url: &Url) -> bool {
    tauri::is_dev() && url.host_str() == Some("localhost") && url.port() == Some(5173)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn s14_the_window_navigates_nowhere_else() {
        for inside in [
            "tauri://localhost/",
            "tauri://localhost/index.html",
            "http://tauri.localhost/",
        ] {
            assert!(is_ours(&Url::parse(inside).unwrap()), "{inside}");
        }
        let outside = [
            "https://example.net/",
            "http://127.0.0.1:8080/bucket/page.html",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,<script>1</script>",
            "tauri://elsewhere/",
            "https://tauri.localhost.example.net/",
        ];
        for outside in outside {
            assert!(!is_ours(&Url::parse(outside).unwrap()), "{outside}");
        }
    }
}
