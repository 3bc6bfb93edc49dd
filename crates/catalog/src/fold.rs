//! Comparing names as people read them: letter case and Unicode composition do not matter.
//!
//! A name is *folded* by composing it (NFC) and lowering each character. Nearly all names are ASCII, where folding is one
//! instruction a byte and needs no memory; the fold of other names is kept beside them by the table. Both forms compare as
//! the same sequence of bytes, so one order covers all names.

use std::cmp::Ordering;

use unicode_normalization::UnicodeNormalization;

/// The fold of `text`.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfc().flat_map(char::to_lowercase).collect()
}

/// A name's fold, without making it where the name is ASCII.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Folded<'a> {
    /// ASCII, still in its own letter case.
    Ascii(&'a [u8]),
    /// Folded before.
    Stored(&'a [u8]),
}

impl Folded<'_> {
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Ascii(bytes) | Self::Stored(bytes) => bytes.len(),
        }
    }

    pub(crate) fn byte(self, at: usize) -> Option<u8> {
        match self {
            Self::Ascii(bytes) => bytes.get(at).map(u8::to_ascii_lowercase),
            Self::Stored(bytes) => bytes.get(at).copied(),
        }
    }

    /// What follows the first `count` bytes.
    pub(crate) fn skip(self, count: usize) -> Self {
        match self {
            Self::Ascii(bytes) => Self::Ascii(bytes.get(count..).unwrap_or_default()),
            Self::Stored(bytes) => Self::Stored(bytes.get(count..).unwrap_or_default()),
        }
    }

    /// The file name extension: what follows the last dot, if that is not the first character.
    pub(crate) fn extension(self) -> Self {
        let (Self::Ascii(bytes) | Self::Stored(bytes)) = self;
        match bytes.iter().rposition(|byte| *byte == b'.') {
            Some(at) if at > 0 => self.skip(at + 1),
            _ => self.skip(bytes.len()),
        }
    }

    /// The first sixteen bytes as a number that sorts as they do; shorter ones are filled up with zeroes.
    pub(crate) fn head(self) -> u128 {
        let (Self::Ascii(bytes) | Self::Stored(bytes)) = self;
        let mut head = [0; 16];
        let length = bytes.len().min(16);
        head[..length].copy_from_slice(&bytes[..length]);
        if matches!(self, Self::Ascii(_)) {
            head.make_ascii_lowercase();
        }
        u128::from_be_bytes(head)
    }

    /// Whether the fold begins with `needle`, itself folded.
    pub(crate) fn starts_with(self, needle: &[u8]) -> bool {
        match self {
            Self::Ascii(bytes) => {
                bytes.len() >= needle.len() && bytes.iter().zip(needle).all(|(a, b)| a.to_ascii_lowercase() == *b)
            }
            Self::Stored(bytes) => bytes.starts_with(needle),
        }
    }

    /// Whether the fold contains `needle`, itself folded.
    pub(crate) fn contains(self, needle: &[u8]) -> bool {
        let Some((first, rest)) = needle.split_first() else {
            return true;
        };
        let (Self::Ascii(bytes) | Self::Stored(bytes)) = self;
        let upper = if matches!(self, Self::Ascii(_)) {
            first.to_ascii_uppercase()
        } else {
            *first
        };
        let mut begin = bytes;
        while begin.len() >= needle.len() {
            let candidates = &begin[..=begin.len() - needle.len()];
            let Some(at) = candidates.iter().position(|byte| *byte == *first || *byte == upper) else {
                return false;
            };
            begin = &begin[at + 1..];
            let found = match self {
                Self::Ascii(_) => begin.iter().zip(rest).all(|(a, b)| a.to_ascii_lowercase() == *b),
                Self::Stored(_) => begin.starts_with(rest),
            };
            if found {
                return true;
            }
        }
        false
    }

    pub(crate) fn compare(self, other: Folded<'_>) -> Ordering {
        match (self, other) {
            (Self::Stored(a), Folded::Stored(b)) => a.cmp(b),
            (Self::Ascii(a), Folded::Ascii(b)) => {
                let same = equal_blocks(a, b);
                let (a, b) = (a[same..].iter(), b[same..].iter());
                a.map(u8::to_ascii_lowercase).cmp(b.map(u8::to_ascii_lowercase))
            }
            (Self::Ascii(a) | Self::Stored(a), Folded::Ascii(b) | Folded::Stored(b)) => {
                let same = a.len().min(b.len());
                let differing = (0..same).find(|at| self.byte(*at) != other.byte(*at));
                differing.map_or(a.len().cmp(&b.len()), |at| self.byte(at).cmp(&other.byte(at)))
            }
        }
    }
}

/// How many bytes at the beginning of both are equal, in whole blocks of sixteen: names in one listing have much in common.
fn equal_blocks(a: &[u8], b: &[u8]) -> usize {
    let blocks = a.chunks_exact(16).zip(b.chunks_exact(16));
    blocks.take_while(|(a, b)| a == b).count() * 16
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded<'a>(name: &'a str, stored: &'a str) -> Folded<'a> {
        if name.is_ascii() {
            Folded::Ascii(name.as_bytes())
        } else {
            Folded::Stored(stored.as_bytes())
        }
    }

    fn naive(text: &str) -> String {
        text.nfc().flat_map(char::to_lowercase).collect()
    }

    #[test]
    fn composition_and_case_do_not_matter() {
        assert_eq!(fold("E\u{301}TE\u{301}"), fold("été"));
        assert_eq!(fold("ÀÉ.JPG"), "àé.jpg");
        assert_eq!(fold("\u{212a}elvin"), "kelvin");
    }

    #[test]
    fn an_extension_is_what_follows_the_last_dot() {
        let extension = |name: &str| {
            String::from_utf8_lossy(match folded(name, &fold(name)).extension() {
                Folded::Ascii(bytes) | Folded::Stored(bytes) => bytes,
            })
            .into_owned()
        };
        assert_eq!(extension("a.tar.gz"), "gz");
        assert_eq!(extension(".profile"), "");
        assert_eq!(extension("none"), "");
        assert_eq!(extension("é.JPG"), "jpg");
    }

    proptest! {
        #[test]
        fn everything_agrees_with_the_folded_text(a in "[aAbB.éÉß名K\u{301}]{0,20}", b in "[aAbB.éÉß名\u{301}]{0,4}") {
            let (stored_a, stored_b) = (fold(&a), fold(&b));
            prop_assert_eq!(&stored_a, &naive(&a));
            let (fa, fb) = (folded(&a, &stored_a), folded(&b, &stored_b));
            prop_assert_eq!(fa.compare(fb), naive(&a).cmp(&naive(&b)));
            prop_assert_eq!(fa.contains(stored_b.as_bytes()), naive(&a).contains(&naive(&b)));
            prop_assert_eq!(fa.starts_with(stored_b.as_bytes()), naive(&a).starts_with(&naive(&b)));
            if fa.head() != fb.head() {
                prop_assert_eq!(fa.head().cmp(&fb.head()), fa.compare(fb));
            }
        }
    }
}
