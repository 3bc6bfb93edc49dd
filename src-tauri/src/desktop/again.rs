//! Starting at the very moment that another Dipper ends: there was one to hand over to, and it has left without a word.

use std::env;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use tauri::Error;

/// The plugin that finds another Dipper.
const PLUGIN: &str = "single-instance";
/// Set where this was tried before: what fails twice has another reason.
const TRIED: &str = "DIPPER_STARTED_AGAIN";

/// Begins anew, in the same process, where the other Dipper ended instead of showing its window. Returns only with the
/// error that is to be said.
pub(crate) fn unless_the_other_ended(error: Error) -> Error {
    let left_alone = matches!(&error, Error::PluginInitialization(name, _) if name == PLUGIN);
    if !left_alone || env::var_os(TRIED).is_some() {
        return error;
    }
    let Ok(program) = env::current_exe() else {
        return error;
    };
    let failed = Command::new(program)
        .args(env::args_os().skip(1))
        .env(TRIED, "1")
        .exec();
    tracing::warn!(error = %failed, "Dipper could not begin anew");
    error
}
