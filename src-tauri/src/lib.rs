//! The shell: a window around [`dipper_app::App`].
//!
//! Nothing here knows S3. A command is a few lines that call one method and map its result (`commands`, `ipc`); what
//! only a desktop has, the window, drops, dialogs and the clipboard, is in `desktop`.

mod commands;
mod desktop;
mod ipc;

use std::process::ExitCode;

use dipper_app::{App, AppOptions};
use tauri::{AppHandle, Manager, RunEvent, WindowEvent};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the program until its window closes.
pub fn run() -> ExitCode {
    start_logging();
    let commands = commands::all();
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(commands.invoke_handler())
        .on_window_event(|window, event| {
            if let WindowEvent::DragDrop(event) = event {
                desktop::drops::take(window, event);
            }
        })
        .setup(|app| set_up(app.handle()))
        .build(tauri::generate_context!());
    match built {
        Ok(program) => {
            program.run(|handle, event| on_event(handle, &event));
            ExitCode::SUCCESS
        }
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

/// Opens the data folder, then the window. A folder that cannot be used ends the program, with the reason.
fn set_up(handle: &AppHandle) -> Result<(), Box<dyn std::error::Error>> {
    let folder = handle.path().app_local_data_dir()?;
    let app = tauri::async_runtime::block_on(App::start(AppOptions::new(folder)))?;
    handle.manage(desktop::Shell::new(app));
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

/// Logs go to standard error, as `RUST_LOG` asks; nothing by default. What may be logged holds no secret.
fn start_logging() {
    let filter = tracing_subscriber::EnvFilter::from_default_env();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

#[expect(clippy::print_stderr, reason = "there is no window to say it in")]
fn report(error: &dyn std::error::Error) {
    eprintln!("Dipper could not start: {error}");
}
