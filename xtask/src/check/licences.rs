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
    Ok(packages.iter().flat_map(|package| policy.objections(package)).collect())
}

impl Policy {
    /// Reads the lists `allow = […]` and `deny = […]` of `deny.toml`, whose entries are quoted.
    fn read(text: &str) -> Self {
        Self {
            licences: quoted(list(text, "allow")),
            banned: quoted(list(text, "deny")),
        }
    }

    /// What is wrong with a package: with its origin and licence, or, if it is our own, with what it depends on.
    fn objections(&self, package: &Value) -> Vec<String> {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(source) = package["source"].as_str() else {
            return self.banned_by(name, package);
        };
        let licence = package["license"].as_str().unwrap_or("none that is named");
        let mut objections = Vec::new();
        if source != REGISTRY {
            objections.push(format!("{name} comes from {source}"));
        }
        if !self.accepts(licence) {
            objections.push(format!(
                "the licence of {name} is {licence}, which deny.toml does not allow"
            ));
        }
        objections
    }

    /// Libraries we chose ourselves although `deny.toml` says what to use instead. What others chose is cargo-deny's.
    fn banned_by(&self, name: &str, package: &Value) -> Vec<String> {
        let dependencies = package["dependencies"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let names = dependencies.iter().filter_map(|dependency| dependency["name"].as_str());
        let banned = names.filter(|other| self.banned.contains(*other));
        banned
            .map(|other| format!("{name} uses {other}; deny.toml says what to use instead"))
            .collect()
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
        let package = |source: &str, licence: &str| {
            policy.objections(&json!({"name": "a", "source": source, "license": licence}))
        };
        assert!(package(REGISTRY, "MIT").is_empty());
        assert_eq!(
            package("git+https://example.com", "MIT"),
            ["a comes from git+https://example.com"]
        );
        assert!(package(REGISTRY, "GPL-3.0").concat().contains("licence"));
        let own = json!({"name": "dipper", "source": null, "dependencies": [{"name": "openssl"}, {"name": "tokio"}]});
        assert_eq!(
            policy.objections(&own),
            ["dipper uses openssl; deny.toml says what to use instead"]
        );
    }
}
