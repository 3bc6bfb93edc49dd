//! Where things are: the repository, what is built from it, and its files.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::failure::Failure;

/// The repository's top folder.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_path_buf()
}

/// Cargo's description of the workspace's own packages.
pub(crate) fn metadata() -> Result<&'static Value, Failure> {
    static METADATA: OnceLock<Result<Value, Failure>> = OnceLock::new();
    let known = METADATA.get_or_init(|| metadata_with(&["--no-deps"]));
    known.as_ref().map_err(|failure| Failure::new(failure.to_string()))
}

/// Cargo's description of the workspace and of everything it is made from.
pub(crate) fn full_metadata() -> Result<Value, Failure> {
    metadata_with(&[])
}

fn metadata_with(arguments: &[&str]) -> Result<Value, Failure> {
    let mut command = crate::cargo::command(&["metadata", "--format-version", "1"]);
    let output = command
        .args(arguments)
        .output()
        .map_err(Failure::io("run cargo metadata"))?;
    if !output.status.success() {
        return Err(Failure::new(format!(
            "cargo metadata failed: {}",
            String::from_utf8_lossy(&output.stderr)
        )));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| Failure::new(format!("could not read what cargo metadata says: {error}")))
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> Result<PathBuf, Failure> {
    let folder = metadata()?["target_directory"].as_str();
    folder
        .map(PathBuf::from)
        .ok_or_else(|| Failure::new("cargo metadata names no target directory"))
}

/// A built program: `name` in the `debug` or `release` folder.
pub(crate) fn program(profile: &str, name: &str) -> Result<PathBuf, Failure> {
    Ok(target()?
        .join(profile)
        .join(format!("{name}{}", env::consts::EXE_SUFFIX)))
}

/// Where a step's output goes; the label's letters and digits are its name.
pub(crate) fn log_file(label: &str) -> Result<PathBuf, Failure> {
    let folder = target()?.join("test-logs");
    fs::create_dir_all(&folder).map_err(Failure::io(format!("make {}", folder.display())))?;
    let words: Vec<&str> = label.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
    let name: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    Ok(folder.join(format!("{}.log", name.join("-"))))
}

/// The repository's files, tracked or about to be, that end in one of these; relative to the root.
pub(crate) fn files(endings: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    // In a container the checkout often belongs to somebody else; listing names is safe all the same.
    let listing = Command::new("git")
        .args([
            "-c",
            "safe.directory=*",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root())
        .output()
        .map_err(Failure::io("list the repository's files with git"))?;
    if !listing.status.success() {
        let why = String::from_utf8_lossy(&listing.stderr).into_owned();
        return Err(Failure::new(format!(
            "git could not list the repository's files: {why}"
        )));
    }
    let names = String::from_utf8_lossy(&listing.stdout).into_owned();
    let wanted = names
        .split('\0')
        .filter(|name| endings.iter().any(|ending| name.ends_with(ending)));
    let mut paths: Vec<PathBuf> = wanted
        .map(PathBuf::from)
        .filter(|path| root().join(path).is_file())
        .collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// A file of the repository as text.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(root().join(path)).map_err(Failure::io(format!("read {}", path.display())))
}

/// Where a program is that a person could call by this name.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(&file))
        .find(|candidate| candidate.is_file())
}

/// Whether nobody sits at the terminal: continuous integration sets `CI`.
pub(crate) fn unattended() -> bool {
    env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}
