//! Looks for a secret where it must not be.
//!
//! A secret leaks in disguises: inside a base64 blob at any alignment, in UTF-16 in a crash dump, percent-encoded in a
//! URL. [`Canary`] knows them, and searches bytes, files, names of files and whole folders. A search that finds nothing
//! only proves something beside a positive control: put the canary somewhere first and see it found.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind as IoErrorKind;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

use crate::{Error, ErrorKind};

/// Anything shorter is found by chance, at the latest in its disguises.
const SHORTEST: usize = 12;

/// A secret, and all the forms it is searched in. Its Debug shows neither.
pub struct Canary {
    forms: Vec<(&'static str, Vec<u8>)>,
}

/// Where a secret was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The file, or the name given to the bytes.
    pub place: PathBuf,
    /// How it was written there: `plain`, `hex`, `base64 (offset 1)`, …
    pub form: &'static str,
    /// At which byte; `None` when it stands in the file's name.
    pub offset: Option<usize>,
}

impl Canary {
    /// A canary for this secret, which must have 12 bytes or more.
    pub fn new(secret: &str) -> Result<Self, Error> {
        if secret.len() < SHORTEST {
            let operation = "search for a secret of fewer than 12 bytes";
            return Err(Error::new(ErrorKind::InvalidInput, operation));
        }
        let mut seen = BTreeSet::new();
        let forms = forms(secret)
            .into_iter()
            .filter(|(_, bytes)| seen.insert(bytes.clone()))
            .collect();
        Ok(Self { forms })
    }

    /// Every form of the secret in these bytes, at its first place.
    pub fn in_bytes(&self, name: impl Into<PathBuf>, bytes: &[u8]) -> Vec<Sighting> {
        let place = name.into();
        let found = |(form, pattern): &(&'static str, Vec<u8>)| {
            let offset = find(bytes, pattern)?;
            Some(Sighting {
                place: place.clone(),
                form,
                offset: Some(offset),
            })
        };
        self.forms.iter().filter_map(found).collect()
    }

    /// Every form of the secret in the files under `path` and in their names. Links are not followed; a file that goes
    /// away during the search is passed over; anything else that cannot be read is an error.
    pub fn in_files(&self, path: &Path) -> Result<Vec<Sighting>, Error> {
        let mut sightings = Vec::new();
        let mut waiting = vec![path.to_path_buf()];
        while let Some(path) = waiting.pop() {
            sightings.extend(self.in_name(&path));
            let Some(kind) = unless_gone(fs::symlink_metadata(&path), &path)? else {
                continue;
            };
            if kind.is_dir() {
                waiting.extend(children(&path)?);
            } else if kind.is_file()
                && let Some(bytes) = unless_gone(fs::read(&path), &path)?
            {
                sightings.extend(self.in_bytes(&path, &bytes));
            }
        }
        sightings.sort_by(|one, other| (&one.place, one.offset).cmp(&(&other.place, other.offset)));
        Ok(sightings)
    }

    fn in_name(&self, path: &Path) -> Vec<Sighting> {
        let name = path
            .file_name()
            .map(|name| name.as_encoded_bytes().to_vec())
            .unwrap_or_default();
        let mut sightings = self.in_bytes(path, &name);
        for sighting in &mut sightings {
            sighting.offset = None;
        }
        sightings
    }
}

impl std::fmt::Debug for Canary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Canary").finish_non_exhaustive()
    }
}

fn forms(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = secret.as_bytes();
    let each = |before: &str, form: fn(u8) -> String| {
        let written: Vec<String> = bytes.iter().map(|byte| format!("{before}{}", form(*byte))).collect();
        written.concat().into_bytes()
    };
    let (lower, upper) = (|byte| format!("{byte:02x}"), |byte| format!("{byte:02X}"));
    let little: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = secret.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let escaped = serde_json::Value::from(secret).to_string();
    let mut forms = vec![
        ("plain", bytes.to_vec()),
        ("hex", each("", lower)),
        ("hex", each("", upper)),
        ("every byte percent-encoded", each("%", upper)),
        ("every byte percent-encoded", each("%", lower)),
        (
            "percent-encoded",
            percent_encode(bytes, NON_ALPHANUMERIC).to_string().into_bytes(),
        ),
        ("JSON", escaped.trim_matches('"').into()),
        ("UTF-16, little-endian", little),
        ("UTF-16, big-endian", big),
        ("reversed", secret.chars().rev().collect::<String>().into_bytes()),
    ];
    for (offset, name) in ["base64 (offset 0)", "base64 (offset 1)", "base64 (offset 2)"]
        .into_iter()
        .enumerate()
    {
        forms.push((
            name,
            base64_inside(bytes, offset, |bytes| STANDARD_NO_PAD.encode(bytes)),
        ));
        forms.push((
            name,
            base64_inside(bytes, offset, |bytes| URL_SAFE_NO_PAD.encode(bytes)),
        ));
    }
    forms
}

/// The characters that depend on nothing but the secret when it stands `offset` bytes (modulo 3) into something that
/// is encoded: the first ones also hold bits of what stands before it, the last one of what follows.
fn base64_inside(secret: &[u8], offset: usize, encode: impl Fn(&[u8]) -> String) -> Vec<u8> {
    let shifted = [&[0_u8, 0][..offset], secret].concat();
    let first = (offset * 8).div_ceil(6);
    let end = shifted.len() * 8 / 6;
    encode(&shifted).into_bytes()[first..end].to_vec()
}

fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    let first = *pattern.first()?;
    let mut from = 0;
    while let Some(step) = bytes.get(from..)?.iter().position(|byte| *byte == first) {
        from += step;
        if bytes[from..].starts_with(pattern) {
            return Some(from);
        }
        from += 1;
    }
    None
}

fn children(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let Some(entries) = unless_gone(fs::read_dir(folder), folder)? else {
        return Ok(Vec::new());
    };
    let paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>();
    paths.map_err(Error::io(format!("list {}", folder.display())))
}

fn unless_gone<T>(result: std::io::Result<T>, path: &Path) -> Result<Option<T>, Error> {
    match result {
        Err(error) if error.kind() == IoErrorKind::NotFound => Ok(None),
        other => other.map(Some).map_err(Error::io(format!("search {}", path.display()))),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCY\"KEY";

    fn canary() -> Canary {
        Canary::new(SECRET).unwrap()
    }

    fn forms_in(bytes: &[u8]) -> BTreeSet<&'static str> {
        canary()
            .in_bytes("blob", bytes)
            .iter()
            .map(|sighting| sighting.form)
            .collect()
    }

    #[test]
    fn every_disguise_is_seen_through() {
        let utf16: Vec<u8> = SECRET.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf16_big: Vec<u8> = SECRET.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let pairs: Vec<String> = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
        let hex = pairs.concat();
        let url = percent_encode(SECRET.as_bytes(), NON_ALPHANUMERIC).to_string();
        let disguises: [(&str, Vec<u8>); 9] = [
            ("plain", SECRET.into()),
            ("hex", hex.clone().into()),
            ("hex", hex.to_uppercase().into()),
            ("percent-encoded", url.into()),
            ("JSON", serde_json::to_vec(SECRET).unwrap()),
            ("UTF-16, little-endian", utf16),
            ("UTF-16, big-endian", utf16_big),
            ("reversed", SECRET.chars().rev().collect::<String>().into()),
            ("every byte percent-encoded", format!("%{}", pairs.join("%")).into()),
        ];
        for (form, bytes) in disguises {
            let around = [b"before ", bytes.as_slice(), b" after"].concat();
            assert!(forms_in(&around).contains(form), "{form}");
        }
    }

    #[test]
    fn base64_is_found_at_every_alignment_and_in_both_alphabets() {
        for before in 0..7 {
            for after in 0..4 {
                let text = format!("{}{SECRET}{}", "#".repeat(before), "~".repeat(after));
                let name = ["base64 (offset 0)", "base64 (offset 1)", "base64 (offset 2)"][before % 3];
                assert!(
                    forms_in(STANDARD_NO_PAD.encode(&text).as_bytes()).contains(name),
                    "{before} {after}"
                );
                assert!(
                    forms_in(URL_SAFE_NO_PAD.encode(&text).as_bytes()).contains(name),
                    "{before} {after}"
                );
            }
        }
    }

    #[test]
    fn files_and_names_of_files_are_searched_however_deep() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("cache/deep/er");
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("clean"), "nothing to see").unwrap();
        let named = Canary::new("a-secret-for-a-name").unwrap();
        assert_eq!(canary().in_files(folder.path()).unwrap(), []);

        fs::write(deep.join("dirty.db"), format!("....{SECRET}....")).unwrap();
        let sighting = Sighting {
            place: deep.join("dirty.db"),
            form: "plain",
            offset: Some(4),
        };
        assert_eq!(canary().in_files(folder.path()).unwrap(), [sighting]);

        fs::write(deep.join("a-secret-for-a-name.txt"), "").unwrap();
        let found = named.in_files(folder.path()).unwrap();
        assert_eq!((found.len(), found[0].offset), (1, None));
    }

    #[test]
    fn half_a_secret_is_not_a_sighting_and_a_short_one_is_refused() {
        assert!(forms_in(&SECRET.as_bytes()[..SECRET.len() - 1]).is_empty());
        assert_eq!(Canary::new("short").unwrap_err().kind(), ErrorKind::InvalidInput);
        assert!(!format!("{:?}", canary()).contains("wJal"));
    }
}
