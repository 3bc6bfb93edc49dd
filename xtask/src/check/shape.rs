//! The size and the beginning of files.

use std::path::Path;

use crate::failure::Failure;
use crate::repository;

/// A source file without its tests.
const LINES: usize = 450;
/// A Svelte component without its style.
const COMPONENT_LINES: usize = 200;

/// Generated, or a table that is read by its rows.
const LONG: [&str; 2] = ["ui/src/backend/bindings.ts", "ui/src/app/commands.ts"];
/// Included into other files, where a module's own documentation cannot stand.
const INCLUDED: [&str; 1] = ["src-tauri/src/commands/list.rs"];

/// Every file that is too long, does not say what it is for, or has the old name for a module.
pub(super) fn findings() -> Result<Vec<String>, Failure> {
    let mut findings = Vec::new();
    for path in repository::files(&[".rs", ".svelte", ".ts"])? {
        let text = repository::read(&path)?;
        findings.extend(of_file(&path, &text).map(|finding| format!("{}: {finding}", path.display())));
    }
    Ok(findings)
}

fn of_file<'a>(path: &'a Path, text: &'a str) -> impl Iterator<Item = String> + 'a {
    let name = path.to_string_lossy();
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let (lines, limit) = match ending {
        "svelte" => (without_style(text), COMPONENT_LINES),
        "rs" => (without_tests(text), LINES),
        _ => (text.lines().count(), LINES),
    };
    let long = lines > limit && !is_test(&name) && !LONG.contains(&name.as_ref());
    let silent = ending == "rs" && !text.starts_with("//!") && !INCLUDED.contains(&name.as_ref());
    let old = name.ends_with("/mod.rs");
    [
        long.then(|| format!("{lines} lines, {limit} are the limit")),
        silent.then(|| "does not open with `//!`: what is it for?".to_owned()),
        old.then(|| "is called `mod.rs`: modules are `foo.rs` and `foo/`".to_owned()),
    ]
    .into_iter()
    .flatten()
}

fn is_test(name: &str) -> bool {
    name.contains(".test.") || name.starts_with("tests/") || name.contains("/tests/") || name.ends_with("tests.rs")
}

/// Unit tests stand at the end of a file.
fn without_tests(text: &str) -> usize {
    let is_start = |line: &str| line.starts_with("#[cfg(test)]") || line.starts_with("#[cfg(all(test");
    text.lines().take_while(|line| !is_start(line)).count()
}

fn without_style(text: &str) -> usize {
    let mut in_style = false;
    let is_counted = |line: &&str| {
        in_style |= line.starts_with("<style");
        let counted = !in_style;
        in_style &= !line.starts_with("</style>");
        counted
    };
    text.lines().filter(is_counted).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, text: &str) -> Vec<String> {
        of_file(Path::new(name), text).collect()
    }

    #[test]
    fn lines_are_counted_without_tests_and_style() {
        let code = format!("//! x\n{}", "a\n".repeat(LINES));
        assert_eq!(found("crates/x/src/a.rs", &code).len(), 1);
        assert_eq!(found("crates/x/tests/a.rs", &code).len(), 0);
        let tested = format!("//! x\n#[cfg(test)]\n{}", "a\n".repeat(LINES));
        assert_eq!(found("crates/x/src/a.rs", &tested).len(), 0);
        let styled = format!("<p>x</p>\n<style>\n{}</style>\n", "a\n".repeat(COMPONENT_LINES));
        assert_eq!(found("ui/src/a.svelte", &styled).len(), 0);
        assert_eq!(found("ui/src/a.svelte", &"a\n".repeat(COMPONENT_LINES + 1)).len(), 1);
    }

    #[test]
    fn a_module_says_what_it_is_for_and_has_its_own_name() {
        assert_eq!(found("crates/x/src/a.rs", "use a;\n").len(), 1);
        assert_eq!(found("crates/x/src/a/mod.rs", "//! x\n").len(), 1);
    }
}
