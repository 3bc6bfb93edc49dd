//! `cargo xtask bundle`: the packages people install.

use crate::failure::Failure;
use crate::setup::{self, Purpose};
use crate::{repository, step, ui};

/// Makes the packages of the system this runs on.
pub(crate) fn bundle() -> Result<(), Failure> {
    setup::setup(Purpose::Build)?;
    // The AppImage is left out: its tool is fetched from a forge while it is made.
    let kinds = match std::env::consts::OS {
        "linux" => "deb,rpm",
        "macos" => "app,dmg",
        _ => "nsis",
    };
    // Tauri's own tool looks for the configuration below the folder it is called in.
    let mut command = ui::npm(&["--prefix", "ui", "exec", "--", "tauri", "build", "--bundles", kinds]);
    command.current_dir(repository::root()).env("CARGO_TERM_COLOR", "never");
    step::run("bundling Dipper", command)?;
    step::say(&format!(
        "the packages are in {}",
        repository::target()?.join("release/bundle").display()
    ));
    Ok(())
}
