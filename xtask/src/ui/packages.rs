//! Whether the installed npm packages are those of `package-lock.json`.
//!
//! npm keeps a lock file of its own in `node_modules` that says what it really installed. Comparing the two needs no
//! stamp that could lie after somebody called npm by hand.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde_json::{Map, Value};

use crate::failure::Failure;

/// Whether `folder` holds exactly the packages its lock file names.
pub(super) fn are_current(folder: &Path) -> Result<bool, Failure> {
    let wanted = packages(&folder.join("package-lock.json"))?.ok_or_else(|| {
        Failure::new("ui/package-lock.json is missing")
            .hint("it is part of the repository: git checkout brings it back")
    })?;
    let installed = packages(&folder.join("node_modules/.package-lock.json"))?;
    Ok(installed.is_some_and(|installed| are_the_same(&wanted, &installed)))
}

/// Every package that is wanted is there in its version, and no others. Packages for other systems are optional.
fn are_the_same(wanted: &Map<String, Value>, installed: &Map<String, Value>) -> bool {
    let is_fine = |(path, package): (&String, &Value)| match installed.get(path) {
        Some(found) => found["version"] == package["version"],
        None => path.is_empty() || package["optional"] == true,
    };
    wanted.iter().all(is_fine) && installed.keys().all(|path| wanted.contains_key(path))
}

/// The packages of a lock file, by their folders; `None` when there is no such file.
fn packages(lock_file: &Path) -> Result<Option<Map<String, Value>>, Failure> {
    let operation = format!("read {}", lock_file.display());
    let text = match fs::read(lock_file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        text => text.map_err(Failure::io(&operation))?,
    };
    let mut lock: Value =
        serde_json::from_slice(&text).map_err(|error| Failure::new(format!("could not {operation}: {error}")))?;
    match lock["packages"].take() {
        Value::Object(packages) => Ok(Some(packages)),
        _ => Err(Failure::new(format!("could not {operation}: it lists no packages"))),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use serde_json::json;

    use super::*;

    fn write(folder: &Path, packages: &Value) {
        fs::create_dir_all(folder).unwrap();
        let name = if folder.ends_with("node_modules") {
            ".package-lock.json"
        } else {
            "package-lock.json"
        };
        fs::write(folder.join(name), json!({ "packages": packages }).to_string()).unwrap();
    }

    #[test]
    fn another_version_a_missing_and_a_superfluous_package_are_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let (ui, modules) = (folder.path(), folder.path().join("node_modules"));
        let own = json!({"version": "0.1.0"});
        let one = json!({"version": "1.0.0"});
        let optional = json!({"version": "1.0.0", "optional": true});
        write(
            ui,
            &json!({"": own, "node_modules/a": one, "node_modules/for-windows": optional}),
        );
        assert!(!are_current(ui).unwrap(), "nothing is installed");

        write(&modules, &json!({"node_modules/a": one}));
        assert!(are_current(ui).unwrap());
        write(&modules, &json!({"node_modules/a": {"version": "1.0.1"}}));
        assert!(!are_current(ui).unwrap());
        write(&modules, &json!({}));
        assert!(!are_current(ui).unwrap());
        write(&modules, &json!({"node_modules/a": one, "node_modules/b": one}));
        assert!(!are_current(ui).unwrap());
    }
}
