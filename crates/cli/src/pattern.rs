//! Patterns in keys: `*` and `?` stay between slashes, `**` crosses them. A backslash in front of one of them, or of another
//! backslash, takes it literally; everything else in a key means itself, brackets too.

use glob::MatchOptions;

use crate::exit::Failure;

/// Keys are exact: case counts, dots are nothing special.
const EXACT: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// What the key of a place asks for.
#[derive(Debug, PartialEq)]
pub(crate) enum Wanted {
    /// This key, its escapes taken off.
    Literal(String),
    /// All keys like this.
    Pattern(Pattern),
}

/// A pattern for whole keys.
#[derive(Debug, PartialEq)]
pub(crate) struct Pattern {
    /// What all keys that match begin with.
    pub(crate) prefix: String,
    /// The folder part of that.
    pub(crate) folder: String,
    /// Whether what matches lies right in that folder.
    pub(crate) one_level: bool,
    whole: glob::Pattern,
}

impl Wanted {
    /// Reads the key of a place.
    pub(crate) fn read(key: &str) -> Result<Self, Failure> {
        let mut escaped = String::with_capacity(key.len() + 8);
        let (mut literal, mut prefix) = (String::with_capacity(key.len()), None);
        let mut rest = key.chars().peekable();
        while let Some(character) = rest.next() {
            match character {
                '\\' if matches!(rest.peek(), Some('*' | '?' | '\\')) => {
                    let taken = rest.next().unwrap_or('\\');
                    literal.push(taken);
                    escaped.push_str(&glob::Pattern::escape(&taken.to_string()));
                }
                '*' | '?' => {
                    prefix.get_or_insert_with(|| literal.clone());
                    escaped.push(character);
                }
                other => {
                    literal.push(other);
                    escaped.push_str(&glob::Pattern::escape(&other.to_string()));
                }
            }
        }
        let Some(prefix) = prefix else {
            return Ok(Self::Literal(literal));
        };
        let whole = glob::Pattern::new(&escaped).map_err(|cause| {
            Failure::usage(format!("“{key}” is no pattern: {}.", cause.msg))
                .with_hint("`**` stands alone between slashes: a/**/b. To mean a star itself, write \\*.")
        })?;
        let folder = prefix[..prefix.rfind('/').map_or(0, |slash| slash + 1)].to_owned();
        let one_level = !escaped[glob::Pattern::escape(&folder).len()..].contains('/') && !escaped.contains("**");
        Ok(Self::Pattern(Pattern {
            prefix,
            folder,
            one_level,
            whole,
        }))
    }
}

impl Pattern {
    /// Whether a whole key is meant.
    pub(crate) fn matches(&self, key: &str) -> bool {
        self.whole.matches_with(key, EXACT)
    }

    /// Whether a key, or a folder it lies in, is meant.
    pub(crate) fn matches_or_holds(&self, key: &str) -> bool {
        self.matches(key)
            || key
                .match_indices('/')
                .filter(|(slash, _)| *slash >= self.folder.len())
                .any(|(slash, _)| self.matches(&key[..slash]))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::panic, reason = "tests")]

    use super::*;

    fn pattern(text: &str) -> Pattern {
        match Wanted::read(text) {
            Ok(Wanted::Pattern(pattern)) => pattern,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn stars_stay_between_slashes_and_double_stars_do_not() {
        let cases = [
            ("2026/*.jpg", "2026/a.jpg", true),
            ("2026/*.jpg", "2026/raw/a.jpg", false),
            ("2026/*.jpg", "2026/.jpg", true),
            ("2026/?.jpg", "2026/ü.jpg", true),
            ("2026/?.jpg", "2026/ab.jpg", false),
            ("2026/**/*.jpg", "2026/a.jpg", true),
            ("2026/**/*.jpg", "2026/raw/x/a.jpg", true),
            ("**/a.jpg", "a.jpg", true),
            ("**/a.jpg", "x/y/a.jpg", true),
            ("2026/**", "2026/raw/x", true),
            ("*", "a", true),
            ("*", "a/b", false),
            ("[a]*", "[a]b", true),
            ("[a]*", "ab", false),
            ("A*", "ab", false),
            ("{a,b}*", "{a,b}c", true),
        ];
        for (text, key, expected) in cases {
            assert_eq!(pattern(text).matches(key), expected, "{text} on {key}");
        }
    }

    #[test]
    fn what_comes_before_the_first_star_is_listed() {
        let found = pattern("2026/raw-*/x?");
        assert_eq!(
            (found.prefix.as_str(), found.folder.as_str(), found.one_level),
            ("2026/raw-", "2026/", false)
        );
        let found = pattern("2026/[x]-*");
        assert_eq!(
            (found.prefix.as_str(), found.folder.as_str(), found.one_level),
            ("2026/[x]-", "2026/", true)
        );
        assert!(!pattern("2026/**").one_level);
        assert!(pattern("*").one_level);
    }

    #[test]
    fn a_backslash_takes_a_star_literally() {
        assert_eq!(
            Wanted::read("a\\*b\\?c\\\\d").ok(),
            Some(Wanted::Literal("a*b?c\\d".to_owned()))
        );
        assert_eq!(
            Wanted::read("a\\b[c]").ok(),
            Some(Wanted::Literal("a\\b[c]".to_owned()))
        );
        assert!(pattern("a\\*b*").matches("a*bc"));
        assert!(!pattern("a\\*b*").matches("axbc"));
    }

    #[test]
    fn a_double_star_inside_a_name_is_refused() {
        assert!(Wanted::read("a**b").is_err());
    }

    #[test]
    fn a_folder_that_matches_holds_what_is_in_it() {
        let found = pattern("2026/raw*");
        assert!(found.matches_or_holds("2026/raw-1/x/y"));
        assert!(!found.matches_or_holds("2026/other/raw"));
    }
}
