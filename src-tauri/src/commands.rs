//! The commands of the page: each takes the state, calls one method of [`dipper_app::App`], and maps the result.

mod accounts;
mod buckets;
mod events;
mod objects;
mod permissions;
mod sharing;
mod transfers;
mod uploads;
mod views;
mod window;

use tauri::{State, Wry};

use crate::desktop::Shell;
use crate::ipc::error::Answer;

/// The state every command has.
type At<'a> = State<'a, Shell>;

macro_rules! collect {
    ($($module:ident :: $name:ident,)*) => { tauri_specta::collect_commands![$($module::$name),*] };
}

/// All commands, with their types for the bindings.
pub(crate) fn all() -> tauri_specta::Builder<Wry> {
    tauri_specta::Builder::new()
        .commands(every_command!(collect))
        .error_handling(tauri_specta::ErrorHandlingMode::Throw)
        // Sizes and times stay far below 2^53 (`ipc::mirror`), so plain numbers hold them.
        .dangerously_cast_bigints_to_number()
        .disable_serde_phases()
}

/// A counter's channel as the callback `dipper-app` takes. A page that no longer listens stops nothing: it cancels.
fn counting(
    channel: tauri::ipc::Channel<crate::ipc::views::CountProgress>,
) -> impl Fn(dipper_app::CountProgress) + Send + Sync {
    move |progress| drop(channel.send(progress.into()))
}

/// An answer without content.
fn done(result: Result<(), dipper_app::Error>) -> Answer<()> {
    Ok(result?)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::path::Path;

    macro_rules! names {
        ($($module:ident :: $name:ident,)*) => { &[$(stringify!($name)),*] };
    }

    const NAMES: &[&str] = every_command!(names);

    /// Writes `ui/src/backend/bindings.ts`; `cargo xtask check` fails when the committed one differs.
    #[test]
    fn the_bindings_are_written() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/backend/bindings.ts");
        let language = specta_typescript::Typescript::default()
            .header("// Generated from src-tauri/src/commands by a test of that crate. Do not edit.\n");
        super::all().export(language, file).unwrap();
    }

    /// S7, S8: the window may call exactly these commands, and nothing of Tauri's own.
    #[test]
    fn the_window_may_call_every_command_and_nothing_else() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("capabilities/main.json");
        let capability: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let allowed: Vec<String> = serde_json::from_value(capability["permissions"].clone()).unwrap();
        let expected: Vec<String> = NAMES
            .iter()
            .map(|name| format!("allow-{}", name.replace('_', "-")))
            .collect();
        assert_eq!(allowed, expected);
        assert_eq!(capability["windows"], serde_json::json!(["main"]));
        assert!(capability.get("remote").is_none());
    }

    /// S9: no global API, no asset protocol, a policy without any loophole.
    #[test]
    fn the_configuration_is_closed() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tauri.conf.json");
        let text = std::fs::read_to_string(file).unwrap();
        let config: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(config["app"]["withGlobalTauri"], false);
        let security = &config["app"]["security"];
        assert_eq!(security["freezePrototype"], true);
        assert_eq!(security["assetProtocol"]["enable"], false);
        let policy = security["csp"].to_string();
        for loophole in ["unsafe-inline", "unsafe-eval", "https:", "*"] {
            assert!(!policy.contains(loophole), "{loophole} in {policy}");
        }
        assert_eq!(security["csp"]["default-src"], "'none'");
        assert!(!text.contains("dangerous"));
    }
}
