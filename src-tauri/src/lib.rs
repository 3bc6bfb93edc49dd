//! The shell: a window around [`dipper_app::App`].
//!
//! Nothing here knows S3. A command is a few lines that call one method and map its result (`commands`, `ipc`); what
//! only a desktop has, the window, drops, dialogs and the clipboard, is in `desktop`.

#[macro_use]
#[path = "commands/list.rs"]
mod list;

mod commands;
mod desktop;
mod ipc;

use std::process::ExitCode;

use tauri::{AppHandle, Manager, RunEvent, WindowEvent};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the program until its window closes.
pub fn run() -> ExitCode {
    start_logging();
    #[cfg(target_os = "linux")]
    desktop::graphics::draw_plainly_without_a_card();
    let commands = commands::all();
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|handle, _, _| {
            desktop::window::show(handle);
        }))
        .plugin(tauri_plugin_dialog::init())
        .plugin(desktop::window::remembered())
        .invoke_handler(commands.invoke_handler())
        .on_window_event(|window, event| match event {
            WindowEvent::DragDrop(event) => desktop::drops::take(window, event),
            WindowEvent::CloseRequested { api, .. } if desktop::window::ask_before_closing(window) => {
                api.prevent_close();
            }
            _ => {}
        })
        .setup(|app| set_up(app.handle()))
        .build(context());
    match built {
        Ok(program) => {
            program.run(|handle, event| on_event(handle, &event));
            ExitCode::SUCCESS
        }
        Err(error) => {
            #[cfg(target_os = "linux")]
            let error = desktop::again::unless_the_other_ended(error);
            report(&error);
            ExitCode::FAILURE
        }
    }
}

/// The configuration, the capabilities and the pages, as they were built in.
fn context<R: tauri::Runtime>() -> tauri::Context<R> {
    tauri::generate_context!()
}

/// Opens the data folder while the window opens. A folder that cannot be used is said there, with the reason: the page's
/// first command tries again and gets the error.
fn set_up(handle: &AppHandle) -> Result<(), Box<dyn std::error::Error>> {
    let starting = handle.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = desktop::started(&starting).await {
            tracing::error!("{}", error.message);
        }
    });
    desktop::window::open(handle)?;
    Ok(())
}

/// Before the program ends, what runs is stopped cleanly: no unfinished upload stays behind on a server.
fn on_event(handle: &AppHandle, event: &RunEvent) {
    if let RunEvent::Exit = event
        && let Some(shell) = handle.try_state::<desktop::Shell>()
    {
        tauri::async_runtime::block_on(shell.app.shut_down());
    }
}

/// Logs go to standard error, as `RUST_LOG` asks; errors only by default. What may be logged holds no secret: `s3s`, the
/// HTTP layer of Local storage, is never heard, since its words hold signatures.
fn start_logging() {
    let silenced = tracing::level_filters::LevelFilter::OFF;
    let filter = tracing_subscriber::EnvFilter::from_default_env()
        .add_directive("s3s=off".parse().unwrap_or_else(|_| silenced.into()));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

#[expect(clippy::print_stderr, reason = "there is no window to say it in")]
fn report(error: &dyn std::error::Error) {
    eprintln!("Dipper could not start: {error}");
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use tauri::ipc::{CallbackFn, InvokeBody};
    use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
    use tauri::webview::InvokeRequest;
    use tauri::{App, WebviewUrl, WebviewWindowBuilder};

    macro_rules! names {
        ($($module:ident :: $name:ident,)*) => { &[$(stringify!($name)),*] };
    }

    const NAMES: &[&str] = every_command!(names);

    /// Whether a command called from a window of this label, on this page, reaches its handler.
    fn is_let_through(app: &App<MockRuntime>, label: &str, page: &str, command: &str) -> bool {
        use tauri::Manager as _;
        let window = app.get_webview_window(label).unwrap_or_else(|| {
            WebviewWindowBuilder::new(app, label, WebviewUrl::default())
                .build()
                .unwrap()
        });
        let request = InvokeRequest {
            cmd: command.to_owned(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: page.parse().unwrap(),
            body: InvokeBody::default(),
            headers: tauri::http::HeaderMap::default(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        get_ipc_response(&window, request).is_ok()
    }

    /// S7: a window that was not named gets nothing, nor does a page from elsewhere in the window that was.
    #[test]
    fn s07_every_command_is_gated() {
        let builder = mock_builder().invoke_handler(|invoke| {
            invoke.resolver.resolve("reached");
            true
        });
        let app = builder.build(super::context()).unwrap();
        for command in NAMES {
            assert!(
                is_let_through(&app, "main", "tauri://localhost", command),
                "{command} in the window"
            );
            assert!(
                !is_let_through(&app, "nope", "tauri://localhost", command),
                "{command} in another window"
            );
            assert!(
                !is_let_through(&app, "main", "https://example.net", command),
                "{command} on another page"
            );
        }
        assert!(!is_let_through(
            &app,
            "main",
            "tauri://localhost",
            "plugin:event|listen"
        ));
        assert!(!is_let_through(&app, "main", "tauri://localhost", "plugin:dialog|open"));
    }
}
