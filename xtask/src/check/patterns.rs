//! Things that are never written, because each has cost somebody an evening.

use crate::failure::Failure;
use crate::repository;

/// A pattern, where it is looked for, where it may stand, and what to do instead.
struct Ban {
    found_in: fn(&str) -> bool,
    files: &'static [&'static str],
    except: &'static [&'static str],
    instead: &'static str,
}

/// Only these sources are the product's own.
const RUST: &[&str] = &[".rs"];
const INTERFACE: &[&str] = &[".svelte", ".ts"];
const ALL: &[&str] = &[".rs", ".svelte", ".ts"];

const BANS: [Ban; 7] = [
    Ban {
        found_in: has_text_as_error,
        files: RUST,
        except: &["xtask/src/check/patterns.rs"],
        instead: "an error is a type with a kind, not a text",
    },
    Ban {
        found_in: |line| line.contains(concat!("unbounded", "_channel")),
        files: RUST,
        except: &[],
        instead: "a channel has a bound, and its number says why",
    },
    Ban {
        found_in: |line| line.contains(concat!("tokio::", "spawn(")),
        files: RUST,
        except: &[],
        instead: "a task belongs to a JoinSet or TaskTracker of the thing it serves",
    },
    Ban {
        found_in: |line| line.contains("{@html"),
        files: INTERFACE,
        except: &[],
        instead: "names come from servers: they become text nodes only",
    },
    Ban {
        found_in: |line| {
            line.contains("innerHTML") || line.contains("outerHTML") || line.contains("insertAdjacentHTML")
        },
        files: INTERFACE,
        except: &[],
        instead: "names come from servers: they become text nodes only",
    },
    Ban {
        found_in: |line| line.contains("@tauri-apps"),
        files: INTERFACE,
        except: &["ui/src/backend/tauri.ts", "ui/src/backend/bindings.ts"],
        instead: "only ui/src/backend/tauri.ts knows Tauri: use the Backend",
    },
    Ban {
        found_in: is_open_promise,
        files: ALL,
        except: &[],
        instead: "name the issue, as in #12, or do it now",
    },
];

/// Every line of a source file with a banned pattern. Tests of the interface are not looked at: they may show what an
/// attack looks like.
pub(super) fn findings() -> Result<Vec<String>, Failure> {
    let mut findings = Vec::new();
    for path in repository::files(ALL)? {
        let name = path.to_string_lossy().into_owned();
        if name.contains(".test.") {
            continue;
        }
        let text = repository::read(&path)?;
        for ban in BANS.iter().filter(|ban| ban.covers(&name)) {
            let places = text.lines().enumerate().filter(|(_, line)| (ban.found_in)(line));
            findings.extend(places.map(|(number, _)| format!("{name}:{}: {}", number + 1, ban.instead)));
        }
    }
    Ok(findings)
}

impl Ban {
    fn covers(&self, name: &str) -> bool {
        self.files.iter().any(|ending| name.ends_with(ending)) && !self.except.contains(&name)
    }
}

/// `Result<…, String>`, whatever stands in the first place.
fn has_text_as_error(line: &str) -> bool {
    let after = line
        .match_indices("Result<")
        .map(|(at, found)| &line[at + found.len()..]);
    after
        .into_iter()
        .any(|arguments| last_argument(arguments) == Some("String"))
}

/// The last of the arguments in front of the closing bracket; `None` when there is only one, or the line ends first.
fn last_argument(text: &str) -> Option<&str> {
    let (mut depth, mut start) = (0_usize, None);
    for (at, letter) in text.char_indices() {
        match letter {
            '<' | '(' | '[' => depth += 1,
            '>' if depth == 0 => return start.map(|start: usize| text[start..at].trim()),
            '>' | ')' | ']' => depth = depth.checked_sub(1)?,
            ',' if depth == 0 => start = Some(at + 1),
            _ => {}
        }
    }
    None
}

/// A note to do something later, without the number of an issue.
fn is_open_promise(line: &str) -> bool {
    let notes = [concat!("TO", "DO"), concat!("FIX", "ME")];
    let is_word = |at: usize, note: &str| {
        let letter = |found: Option<char>| found.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
        !letter(line[..at].chars().next_back()) && !letter(line[at + note.len()..].chars().next())
    };
    let found = notes
        .iter()
        .any(|note| line.match_indices(note).any(|(at, note)| is_word(at, note)));
    let numbered = line
        .split('#')
        .skip(1)
        .any(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    found && !numbered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_as_error_is_found_whatever_stands_before_it() {
        let kinds = [
            "Result<(), String>",
            "Result<Vec<(u8, String)>, String>",
            "fn f() -> io::Result<Map<A, B>, String> {",
        ];
        assert!(kinds.iter().all(|line| has_text_as_error(line)));
        let fine = [
            "Result<String, Error>",
            "Result<Vec<String>, Failure>",
            "Result<String>",
            "HashMap<u8, String>",
        ];
        assert!(!fine.iter().any(|line| has_text_as_error(line)));
    }

    #[test]
    fn a_note_needs_the_number_of_an_issue() {
        let note = concat!("// TO", "DO");
        assert!(is_open_promise(&format!("{note}: later")));
        assert!(!is_open_promise(&format!("{note}(#12): later")));
        assert!(!is_open_promise("mastodon, TODOS_LIST"));
    }

    #[test]
    fn exceptions_are_by_file() {
        assert!(!BANS[5].covers("ui/src/backend/tauri.ts") && BANS[5].covers("ui/src/app/menu.ts"));
    }
}
