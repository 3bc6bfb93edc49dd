//! Declares every command to Tauri, so that none can be called without a permission, and embeds the pages.

include!("src/commands/list.rs");

macro_rules! names {
    ($($module:ident :: $name:ident,)*) => { &[$(stringify!($name)),*] };
}

const COMMANDS: &[&str] = every_command!(names);

fn main() {
    println!("cargo:rerun-if-changed=src/commands/list.rs");
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo:error=the application could not be prepared: {error:#}");
        std::process::exit(1);
    }
}
