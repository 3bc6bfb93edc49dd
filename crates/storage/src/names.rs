//! Names that must not be mixed up: [`BucketName`], [`ObjectKey`], [`Prefix`].
//!
//! They are checked once, where they enter, and exact from then on: no trimming, no normalising, no lossy conversion.
//! Existing buckets may have names that no server would accept today, so reading is lenient; the strict rules for *new*
//! buckets are [`new_name_problems`], worded for a form that checks while one types.

use std::fmt;

use crate::error::{Error, Result};
use crate::limits::{MAX_BUCKET_NAME_BYTES, MAX_KEY_BYTES};

/// The name of a bucket as a server has it: 1 to 255 bytes, no `/`, no control characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BucketName(String);

/// The key of an object: 1 to 1,024 bytes of UTF-8, anything inside.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey(String);

/// The beginning that keys have in common. Empty is every key.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix(String);

impl BucketName {
    /// Takes a name that a server may have. Fails with `InvalidInput` on an empty name, one over 255 bytes, or one with a
    /// `/`, `?`, `#` or control character in it.
    pub fn parse(name: &str) -> Result<Self> {
        let problem = if name.is_empty() {
            "the bucket name is empty"
        } else if name.len() > MAX_BUCKET_NAME_BYTES {
            "the bucket name is longer than 255 characters"
        } else if name.contains(['/', '?', '#']) || name.chars().any(char::is_control) {
            "a bucket name cannot contain `/`, `?`, `#` or control characters"
        } else if name == "." || name == ".." {
            "a bucket cannot be called `.` or `..`"
        } else {
            return Ok(Self(name.to_owned()));
        };
        Err(Error::invalid_input("ParseBucketName", problem))
    }

    /// The name, exactly.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ObjectKey {
    /// Takes any key of 1 to 1,024 bytes; fails with `InvalidInput` on others.
    pub fn parse(key: &str) -> Result<Self> {
        if key.is_empty() {
            return Err(Error::invalid_input("ParseKey", "the key is empty"));
        }
        if key.len() > MAX_KEY_BYTES {
            return Err(Error::invalid_input(
                "ParseKey",
                format!("the key has {} bytes; S3 allows 1,024", key.len()),
            ));
        }
        Ok(Self(key.to_owned()))
    }

    /// A key that a server told us. Servers are believed about length; an empty key is refused by the caller.
    pub(crate) fn from_server(key: String) -> Self {
        Self(key)
    }

    /// The key, exactly.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Prefix {
    /// Any text, exactly as given.
    pub fn new(prefix: impl Into<String>) -> Self {
        Self(prefix.into())
    }

    /// The prefix, exactly.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the prefix of every key.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

macro_rules! text_of {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    )*};
}
text_of!(BucketName, ObjectKey, Prefix);

/// Which rule for new bucket names a [`NameRule`] speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NameRuleKind {
    /// 3 to 63 characters.
    Length,
    /// Small letters, digits, dots and hyphens only.
    Characters,
    /// The first and the last character are a letter or a digit.
    Ends,
    /// No two dots side by side, no dot beside a hyphen.
    Dots,
    /// Not an IP address.
    NotAddress,
    /// None of the beginnings and endings that Amazon keeps for itself.
    Reserved,
}

/// One rule for the name of a new bucket, and whether a name keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameRule {
    /// The rule.
    pub rule: NameRuleKind,
    /// Whether the name keeps it.
    pub ok: bool,
    /// The rule in words.
    pub text: &'static str,
}

/// Every rule for the name of a new bucket, in the order to show them, with the verdict on `name`.
pub fn new_name_problems(name: &str) -> Vec<NameRule> {
    let rule = |rule, ok, text| NameRule { rule, ok, text };
    let letter_or_digit = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let allowed = |c: char| letter_or_digit(c) || c == '.' || c == '-';
    let ends = name.starts_with(letter_or_digit) && name.ends_with(letter_or_digit);
    let dots = ["..", ".-", "-."].iter().all(|pair| !name.contains(pair));
    let starts = ["xn--", "sthree-", "amzn-s3-demo-"];
    let tails = ["-s3alias", "--ol-s3", "--x-s3", ".mrap", "--table-s3"];
    let reserved = starts.iter().any(|s| name.starts_with(s)) || tails.iter().any(|s| name.ends_with(s));
    vec![
        rule(
            NameRuleKind::Length,
            (3..=63).contains(&name.len()),
            "3 to 63 characters",
        ),
        rule(
            NameRuleKind::Characters,
            !name.is_empty() && name.chars().all(allowed),
            "small letters, digits, dots and hyphens",
        ),
        rule(NameRuleKind::Ends, ends, "begins and ends with a letter or a digit"),
        rule(
            NameRuleKind::Dots,
            dots,
            "no two dots side by side, no dot beside a hyphen",
        ),
        rule(
            NameRuleKind::NotAddress,
            name.parse::<std::net::Ipv4Addr>().is_err(),
            "not an IP address",
        ),
        rule(
            NameRuleKind::Reserved,
            !reserved,
            "no beginning or ending that Amazon keeps for itself",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(name: &str) -> Vec<NameRuleKind> {
        new_name_problems(name)
            .into_iter()
            .filter(|rule| !rule.ok)
            .map(|rule| rule.rule)
            .collect()
    }

    #[test]
    fn good_names_break_no_rule() {
        for name in [
            "1-bucket-using-python",
            "abc",
            "my.bucket.name",
            &"x".repeat(63),
            "a--b",
        ] {
            assert_eq!(broken(name), [], "{name}");
        }
    }

    #[test]
    fn each_rule_is_told_by_itself() {
        use NameRuleKind as K;
        let table: [(&str, &[K]); 11] = [
            ("", &[K::Length, K::Characters, K::Ends]),
            ("ab", &[K::Length]),
            (&"x".repeat(64), &[K::Length]),
            ("Photos", &[K::Characters, K::Ends]),
            ("my_bucket", &[K::Characters]),
            ("-photos", &[K::Ends]),
            ("photos.", &[K::Ends]),
            ("a..b", &[K::Dots]),
            ("a.-b", &[K::Dots]),
            ("192.168.1.1", &[K::NotAddress]),
            ("xn--photos", &[K::Reserved]),
        ];
        for (name, rules) in table {
            assert_eq!(broken(name), rules, "{name:?}");
        }
    }

    #[test]
    fn old_names_are_read_and_impossible_ones_are_not() {
        for name in ["Legacy_Name", "a", "tenant:bucket", "ends.", &"x".repeat(255)] {
            assert!(BucketName::parse(name).is_ok(), "{name}");
        }
        for name in ["", "a/b", "a?b", "a#b", "a\nb", ".", "..", &"x".repeat(256)] {
            assert!(BucketName::parse(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn keys_are_exact_up_to_1024_bytes() {
        assert!(ObjectKey::parse("").is_err());
        assert!(ObjectKey::parse(&"é".repeat(512)).is_ok());
        let error = ObjectKey::parse(&"é".repeat(513)).err().map(|error| error.to_string());
        assert_eq!(
            error.as_deref(),
            Some("Could not use this key: the key has 1026 bytes; S3 allows 1,024.")
        );
        assert_eq!(
            ObjectKey::parse(" .\u{0}/ ").ok().as_ref().map(ObjectKey::as_str),
            Some(" .\u{0}/ ")
        );
    }
}
