//! Who may know whom.
//!
//! The arrows of `docs/ARCHITECTURE.md`, and the libraries only one crate may speak to. Both are read from the crates'
//! manifests, so a forbidden arrow is found before it is used.

use serde_json::Value;

use crate::failure::Failure;
use crate::repository;

/// A crate, and the crates of ours it may depend on. The tests may know everybody.
const ARROWS: [(&str, &[&str]); 10] = [
    ("dipper", &["dipper-app"]),
    (
        "dipper-app",
        &["dipper-catalog", "dipper-local", "dipper-storage", "dipper-transfer"],
    ),
    ("dipper-catalog", &["dipper-storage"]),
    ("dipper-cli", &["dipper-app"]),
    ("dipper-local", &[]),
    ("dipper-storage", &[]),
    ("dipper-testkit", &[]),
    ("dipper-transfer", &["dipper-storage"]),
    (
        "dipper-tests",
        &[
            "dipper-app",
            "dipper-local",
            "dipper-storage",
            "dipper-testkit",
            "dipper-transfer",
        ],
    ),
    ("xtask", &[]),
];

/// In its own tests any crate may use these.
const FOR_TESTS: [&str; 2] = ["dipper-local", "dipper-testkit"];

/// How a library's name begins, and the crates that alone may depend on it.
const ONLY: [(&str, &[&str]); 6] = [
    ("aws-", &["dipper-storage"]),
    ("keyring", &["dipper-app"]),
    ("s3s", &["dipper-local"]),
    ("tauri", &["dipper"]),
    ("specta", &["dipper"]),
    ("rusqlite", &["dipper-app", "dipper-local", "dipper-transfer"]),
];

/// Every arrow that should not be there.
pub(super) fn findings() -> Result<Vec<String>, Failure> {
    let packages = repository::metadata()?["packages"].as_array();
    let packages = packages.ok_or_else(|| Failure::new("cargo metadata lists no packages"))?;
    Ok(packages.iter().flat_map(of_package).collect())
}

fn of_package(package: &Value) -> Vec<String> {
    let name = package["name"].as_str().unwrap_or_default();
    let Some((_, allowed)) = ARROWS.iter().find(|(crate_name, _)| *crate_name == name) else {
        return vec![format!(
            "{name} has no place in the architecture: add it to xtask/src/check/arrows.rs"
        )];
    };
    let dependencies = package["dependencies"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    dependencies
        .iter()
        .filter_map(|dependency| of_dependency(name, allowed, dependency))
        .collect()
}

fn of_dependency(name: &str, allowed: &[&str], dependency: &Value) -> Option<String> {
    let other = dependency["name"].as_str()?;
    let is_ours = dependency["path"].is_string();
    let is_for_tests = dependency["kind"] == "dev";
    if is_ours {
        let fine = allowed.contains(&other) || (is_for_tests && FOR_TESTS.contains(&other));
        return (!fine).then(|| format!("{name} must not know {other}"));
    }
    let (_, owners) = ONLY.iter().find(|(beginning, _)| other.starts_with(beginning))?;
    (!owners.contains(&name)).then(|| format!("{name} must not use {other}: that is for {}", owners.join(", ")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_forbidden_arrow_and_a_foreign_library_are_found() {
        let package = json!({"name": "dipper-storage", "dependencies": [
            {"name": "dipper-app", "path": "/x", "kind": null},
            {"name": "dipper-local", "path": "/x", "kind": "dev"},
            {"name": "aws-sdk-s3", "kind": null},
            {"name": "tauri", "kind": null},
        ]});
        let expected = [
            "dipper-storage must not know dipper-app",
            "dipper-storage must not use tauri: that is for dipper",
        ];
        assert_eq!(of_package(&package), expected);
        assert_eq!(of_package(&json!({"name": "dipper-new", "dependencies": []})).len(), 1);
    }
}
