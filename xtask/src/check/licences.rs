//! Where dependencies come from and under which licences, as `deny.toml` allows it.
//!
//! `cargo deny` reads the same file and knows more (advisories, texts of licences); this needs nothing installed, so
//! it is looked at in every run.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::failure::Failure;
use crate::repository;

/// The only place dependencies come from.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// What `deny.toml` says.
struct Policy {
    licences: BTreeSet<String>,
    banned: BTreeSet<String>,
}

/// Every dependency that should not be there.
pub(super) fn findings() -> Result<Vec<String>, Failure> {
    let policy = Policy::read(&repository::read(Path::new("deny.toml"))?);
    let metadata = repository::full_metadata()?;
    let packages = metadata["packages"].as_array();
    let packages = packages.ok_or_else(|| Failure::new("cargo metadata lists no packages"))?;
    Ok(packages
        .iter()
        .filter_map(|package| policy.objection(package))
        .collect())
}

impl Policy {
    /// Reads the lists `allow = […]` and `deny = […]` of `deny.toml`, whose entries are quoted.
    fn read(text: &str) -> Self {
        Self {
            licences: quoted(list(text, "allow")),
            banned: quoted(list(text, "deny")),
        }
    }

    fn objection(&self, package: &Value) -> Option<String> {
        let name = package["name"].as_str()?;
        let version = package["version"].as_str().unwrap_or_default();
        // A crate of our own.
        let source = package["source"].as_str()?;
        let licence = package["license"].as_str().unwrap_or("none that is named");
        let why = if source != REGISTRY {
            format!("comes from {source}")
        } else if self.banned.contains(name) {
            "is banned in deny.toml, which says what to use instead".to_owned()
        } else if !self.accepts(licence) {
            format!("its licence is {licence}, which deny.toml does not allow")
        } else {
            return None;
        };
        Some(format!("{name} {version}: {why}"))
    }

    /// An expression such as `MIT OR (Apache-2.0 AND ISC)`; old crates write `MIT/Apache-2.0`.
    fn accepts(&self, expression: &str) -> bool {
        let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
        let words: Vec<&str> = spaced.split_whitespace().collect();
        let (accepted, rest) = self.either(&words);
        accepted && rest.is_empty()
    }

    fn either<'a>(&self, words: &'a [&'a str]) -> (bool, &'a [&'a str]) {
        let (mut accepted, mut rest) = self.both(words);
        while let ["OR", more @ ..] = rest {
            let (other, after) = self.both(more);
            (accepted, rest) = (accepted || other, after);
        }
        (accepted, rest)
    }

    fn both<'a>(&self, words: &'a [&'a str]) -> (bool, &'a [&'a str]) {
        let (mut accepted, mut rest) = self.one(words);
        while let ["AND", more @ ..] = rest {
            let (other, after) = self.one(more);
            (accepted, rest) = (accepted && other, after);
        }
        (accepted, rest)
    }

    fn one<'a>(&self, words: &'a [&'a str]) -> (bool, &'a [&'a str]) {
        match words {
            ["(", inside @ ..] => {
                let (accepted, rest) = self.either(inside);
                (accepted, rest.strip_prefix(&[")"]).unwrap_or(rest))
            }
            // An exception only gives more rights.
            [licence, "WITH", _, rest @ ..] | [licence, rest @ ..] => (self.licences.contains(*licence), rest),
            [] => (false, words),
        }
    }
}

/// The text between `name = [` at the beginning of a line and the next `]`.
fn list<'a>(text: &'a str, name: &str) -> &'a str {
    let after = text.split_once(&format!("\n{name} = [")).map_or("", |(_, after)| after);
    after.split_once("\n]").map_or(after, |(inside, _)| inside)
}

/// The first quoted word of each line that is not a comment.
fn quoted(lines: &str) -> BTreeSet<String> {
    let lines = lines.lines().filter(|line| !line.trim_start().starts_with('#'));
    lines
        .filter_map(|line| line.split('"').nth(1).map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const POLICY: &str = "[licenses]\nallow = [\n    # comment \"GPL\"\n    \"MIT\",\n    \"ISC\",\n]\n[bans]\n\
                          deny = [\n    { crate = \"openssl\", reason = \"rustls\" },\n]\n";

    #[test]
    fn expressions_are_understood() {
        let policy = Policy::read(POLICY);
        let fine = [
            "MIT",
            "GPL-3.0 OR MIT",
            "MIT/Apache-2.0",
            "(MIT OR X) AND ISC",
            "MIT WITH exception OR X",
            "MIT AND ISC",
        ];
        for expression in fine {
            assert!(policy.accepts(expression), "{expression}");
        }
        for expression in [
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "(X OR Y) AND MIT",
            "none that is named",
            "",
        ] {
            assert!(!policy.accepts(expression), "{expression}");
        }
    }

    #[test]
    fn a_foreign_source_a_ban_and_a_licence_are_each_said() {
        let policy = Policy::read(POLICY);
        let package = |name: &str, source: &str, licence: &str| {
            policy.objection(&json!({"name": name, "version": "1.0.0", "source": source, "license": licence}))
        };
        assert_eq!(package("a", REGISTRY, "MIT"), None);
        assert!(package("a", "git+https://example.com", "MIT").is_some_and(|text| text.contains("comes from")));
        assert!(package("openssl", REGISTRY, "MIT").is_some_and(|text| text.contains("banned")));
        assert!(package("a", REGISTRY, "GPL-3.0").is_some_and(|text| text.contains("licence")));
        assert_eq!(
            policy.objection(&json!({"name": "dipper", "version": "0.1.0", "source": null})),
            None
        );
    }
}
