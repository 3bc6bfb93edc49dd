//! Every promise in `docs/SEMANTICS.md` names a test, and the test exists.

use std::collections::BTreeSet;
use std::path::Path;

use crate::failure::Failure;
use crate::repository;

const PROMISES: &str = "docs/SEMANTICS.md";

/// A row `| A1 | promise | test_name |`.
#[derive(Debug, PartialEq, Eq)]
struct Promise {
    id: String,
    tests: Vec<String>,
}

/// Promises without a test, with one that does not exist, or with somebody else's id.
pub(super) fn findings() -> Result<Vec<String>, Failure> {
    let promises = read(&repository::read(Path::new(PROMISES))?);
    let mut sources = String::new();
    for path in repository::files(&[".rs", ".test.ts"])? {
        sources.push_str(&repository::read(&path)?);
    }
    Ok(judge(&promises, &sources))
}

fn judge(promises: &[Promise], sources: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let mut ids = BTreeSet::new();
    for promise in promises {
        if !ids.insert(&promise.id) {
            findings.push(format!("{}: this id is there twice", promise.id));
        }
        if promise.tests.is_empty() {
            findings.push(format!("{}: names no test", promise.id));
        }
        let missing = promise.tests.iter().filter(|name| !exists(name, sources));
        findings.extend(missing.map(|name| format!("{}: there is no test called {name}", promise.id)));
    }
    findings
}

/// In Rust a function, in TypeScript a title in quotes.
fn exists(name: &str, sources: &str) -> bool {
    let forms = [format!("fn {name}("), format!("'{name}'"), format!("\"{name}\"")];
    forms.iter().any(|form| sources.contains(form))
}

fn read(text: &str) -> Vec<Promise> {
    text.lines().filter_map(row).collect()
}

/// An id is a capital letter and a number; the table's head and rule are not rows.
fn row(line: &str) -> Option<Promise> {
    let cells: Vec<&str> = line
        .strip_prefix('|')?
        .trim_end()
        .strip_suffix('|')?
        .split('|')
        .map(str::trim)
        .collect();
    let (id, tests) = (cells.first()?, cells.last()?);
    let number = id.strip_prefix(|letter: char| letter.is_ascii_uppercase())?;
    if number.is_empty() || !number.chars().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let names = tests.split(',').map(|name| name.trim().trim_matches('`').to_owned());
    Some(Promise {
        id: (*id).to_owned(),
        tests: names.filter(|name| !name.is_empty()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "| id | promise | test |\n| --- | --- | --- |\n| A1 | keeps | `it_keeps` |\n| A2 | x | |\n\
                         | A1 | twice | `it_keeps`, `says it` |\n";

    #[test]
    fn rows_are_read_and_heads_are_not() {
        let promises = read(TABLE);
        assert_eq!(promises.len(), 3);
        assert_eq!(promises[2].tests, ["it_keeps", "says it"]);
    }

    #[test]
    fn a_promise_without_a_living_test_is_found() {
        let sources = "fn it_keeps() {}";
        let expected = [
            "A2: names no test",
            "A1: this id is there twice",
            "A1: there is no test called says it",
        ];
        assert_eq!(judge(&read(TABLE), sources), expected);
    }
}
