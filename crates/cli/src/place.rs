//! What an argument names: a place on a server, or a file of this computer.
//!
//! `name:bucket/key` is a place in the account of that name or id; `s3://bucket/key` and `:bucket/key` are places in the
//! account that needs no name. Everything else is a path, where a command takes paths. A path with a colon begins with `./`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::exit::Failure;

/// Whose bucket it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The one from the environment, or the only one there is.
    Default,
    /// The one of this name or id.
    Named(String),
}

/// A place on a server. An empty bucket means all of them, an empty key the bucket itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) owner: Owner,
    pub(crate) bucket: String,
    pub(crate) key: String,
    /// As it was typed, for messages.
    pub(crate) typed: String,
}

/// A place or a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Argument {
    Place(Place),
    Path(PathBuf),
}

impl Argument {
    /// Reads an argument of a command that takes both: what has no colon in front of its first slash is a path.
    pub(crate) fn read(text: &OsStr) -> Self {
        match text.to_str().and_then(marked) {
            Some(place) => Self::Place(place),
            None => Self::Path(PathBuf::from(text)),
        }
    }
}

impl Place {
    /// Reads an argument of a command that takes places only: `bucket/key` alone is a place of the default account.
    pub(crate) fn read(text: &str) -> Self {
        marked(text).unwrap_or_else(|| split(Owner::Default, text, text))
    }

    /// The same, and it names a bucket.
    pub(crate) fn in_bucket(text: &str) -> Result<Self, Failure> {
        let place = Self::read(text);
        if place.bucket.is_empty() {
            return Err(Failure::usage(format!("“{text}” names no bucket."))
                .with_hint("Write account:bucket/key, or s3://bucket/key."));
        }
        Ok(place)
    }

    /// The same, and it names a bucket alone.
    pub(crate) fn bucket(text: &str) -> Result<Self, Failure> {
        let place = Self::in_bucket(text)?;
        if !place.key.is_empty() {
            return Err(Failure::usage(format!(
                "“{text}” names something in a bucket, not a bucket."
            )));
        }
        Ok(place)
    }

    /// Whether it means everything below something rather than one object.
    pub(crate) fn is_folder(&self) -> bool {
        self.key.is_empty() || self.key.ends_with('/')
    }
}

/// A text that says itself that it is a place.
fn marked(text: &str) -> Option<Place> {
    if let Some(rest) = text.strip_prefix("s3://") {
        return Some(split(Owner::Default, rest, text));
    }
    let colon = text.find(':')?;
    let (name, rest) = (&text[..colon], &text[colon + 1..]);
    if name.contains(['/', '\\']) || is_drive(name, rest) {
        return None;
    }
    let owner = match name {
        "" => Owner::Default,
        name => Owner::Named(name.to_owned()),
    };
    Some(split(owner, rest, text))
}

/// `C:\photos`, `C:/photos`; on Windows also `C:photos`.
fn is_drive(name: &str, rest: &str) -> bool {
    name.len() == 1
        && name.bytes().all(|letter| letter.is_ascii_alphabetic())
        && (cfg!(windows) || rest.starts_with(['\\', '/']))
}

/// One slash ends the bucket's name; everything behind it is the key, exactly.
fn split(owner: Owner, rest: &str, typed: &str) -> Place {
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    Place {
        owner,
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        typed: typed.to_owned(),
    }
}

/// Whether a path was typed as a folder whose content is meant: `photos/`, `photos/.`, `.`.
pub(crate) fn means_content(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let ends = |end: char| text.ends_with(end) || text.ends_with(&format!("{end}."));
    text == "." || ends('/') || (cfg!(windows) && ends('\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read = (Option<String>, String, String);

    fn read(text: &str) -> Option<Read> {
        match Argument::read(OsStr::new(text)) {
            Argument::Path(_) => None,
            Argument::Place(place) => {
                let owner = match place.owner {
                    Owner::Default => None,
                    Owner::Named(name) => Some(name),
                };
                Some((owner, place.bucket, place.key))
            }
        }
    }

    fn place(owner: Option<&str>, bucket: &str, key: &str) -> Read {
        (owner.map(str::to_owned), bucket.to_owned(), key.to_owned())
    }

    #[test]
    fn places_are_told_from_paths() {
        let cases = [
            (
                "work:photos/2026/a.jpg",
                Some(place(Some("work"), "photos", "2026/a.jpg")),
            ),
            (
                "Research cloud:photos",
                Some(place(Some("Research cloud"), "photos", "")),
            ),
            ("work:", Some(place(Some("work"), "", ""))),
            ("s3://photos/a:b", Some(place(None, "photos", "a:b"))),
            (":photos/a", Some(place(None, "photos", "a"))),
            (":", Some(place(None, "", ""))),
            ("photos/a.jpg", None),
            ("./a:b", None),
            ("../a:b", None),
            ("/tmp/a:b", None),
            ("C:\\photos\\a.jpg", None),
            ("c:/photos/a.jpg", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn keys_are_exact() {
        assert_eq!(read(":b//a//b/"), Some(place(None, "b", "/a//b/")));
        assert_eq!(read("s3://b/ a "), Some(place(None, "b", " a ")));
        assert_eq!(read(":b/../x"), Some(place(None, "b", "../x")));
    }

    #[test]
    fn where_only_places_are_taken_a_bare_one_is_one() {
        let place = Place::read("photos/2026/");
        assert_eq!(
            (place.owner, place.bucket.as_str(), place.key.as_str()),
            (Owner::Default, "photos", "2026/")
        );
        assert!(Place::in_bucket("work:").is_err());
        assert!(Place::bucket("work:photos/a").is_err());
        assert!(Place::bucket("work:photos/").is_ok());
    }

    #[test]
    fn a_trailing_slash_means_what_is_in_a_folder() {
        for (text, expected) in [
            ("photos/", true),
            ("photos/.", true),
            (".", true),
            ("photos", false),
            ("a.", false),
            ("..", false),
        ] {
            assert_eq!(means_content(Path::new(text)), expected, "{text}");
        }
    }
}
