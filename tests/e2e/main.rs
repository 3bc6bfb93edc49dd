//! The built program, in its real window, on real servers: what a person does on the page this product comes from, and
//! what someone hostile tries.

#![expect(clippy::unwrap_used, reason = "tests")]
#![cfg(target_os = "linux")]

mod access;
mod accounts;
mod answering;
mod buckets;
mod cloud;
mod connection;
mod crash;
mod drops;
mod gate;
mod hostile_server;
mod keyboard;
mod objects;
mod queue;
mod security;
mod shape;
mod shell;
mod story;
mod transfers;

use tokio::sync::{Mutex, MutexGuard};

/// One screen at a time: two windows on two cores would time each other out.
async fn alone() -> MutexGuard<'static, ()> {
    static SCREEN: Mutex<()> = Mutex::const_new(());
    SCREEN.lock().await
}

/// On failure, what the window showed goes to `target/test-logs`, beside the message.
async fn with_picture<T>(
    name: &str,
    window: &dipper_tests::window::Window,
    outcome: Result<T, dipper_tests::window::Failure>,
) -> T {
    match outcome {
        Ok(value) => value,
        Err(failure) => {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/test-logs");
            std::fs::create_dir_all(&folder).unwrap();
            let file = folder.join(format!("{name}.png"));
            if let Ok(picture) = window.picture().await {
                std::fs::write(&file, picture).unwrap();
            }
            panic!("{failure}\n(the window: {})", file.display());
        }
    }
}
