//! Objects that nobody ever stored. A prefix `COUNTxSIZE/` holds COUNT objects of SIZE bytes: `10000x4096/0000123.dat`.

use std::ops::Range;

use bytes::Bytes;
use md5::{Digest, Md5};

/// How many digits the numbers of objects have: keys are then in the order of their numbers.
const DIGITS: usize = 7;
const ENDING: &str = ".dat";
/// The bytes of every object, over and over.
const PATTERN: usize = 256 * 1024;
/// Up to this size an object's `ETag` is its MD5, as if it had been stored in one request.
const WHOLE: u64 = 16 * 1024 * 1024;

/// A number of objects of one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Set {
    /// How many.
    pub count: usize,
    /// Bytes of each.
    pub size: u64,
}

impl Set {
    /// The prefix all of them have.
    pub fn prefix(&self) -> String {
        format!("{}x{}/", self.count, self.size)
    }

    /// The key of one of them, counted from 0.
    pub fn key(&self, index: usize) -> String {
        format!("{}x{}/{index:0DIGITS$}{ENDING}", self.count, self.size)
    }

    /// The set that a key or a prefix that goes beyond the first slash belongs to.
    pub(super) fn around(key: &str) -> Option<Self> {
        let (name, _) = key.split_once('/')?;
        let (count, size) = name.split_once('x')?;
        let set = Self {
            count: count.parse().ok()?,
            size: size.parse().ok()?,
        };
        key.starts_with(&set.prefix()).then_some(set)
    }

    /// Whether there is an object of this key.
    pub(super) fn holds(&self, key: &str) -> bool {
        let number = key
            .strip_prefix(&self.prefix())
            .and_then(|key| key.strip_suffix(ENDING));
        let number = number.filter(|number| number.len() == DIGITS);
        number.is_some_and(|number| number.parse::<usize>().is_ok_and(|index| index < self.count))
    }

    /// The first object whose key is behind this one.
    pub(super) fn behind(&self, key: &str) -> usize {
        let all: Range<usize> = 0..self.count;
        self.first(all, |candidate| candidate > key)
    }

    /// The objects whose keys begin with this.
    pub(super) fn beginning_with(&self, prefix: &str) -> Range<usize> {
        let first = self.first(0..self.count, |candidate| candidate >= prefix);
        let end = self.first(first..self.count, |candidate| !candidate.starts_with(prefix));
        first..end
    }

    /// Where in a range `is_there` begins to hold.
    fn first(&self, range: Range<usize>, is_there: impl Fn(&str) -> bool) -> usize {
        let (mut low, mut high) = (range.start, range.end);
        while low < high {
            let middle = low.midpoint(high);
            if is_there(&self.key(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }

    /// The `ETag` of each of them, with its quotes.
    pub(super) fn etag(&self) -> String {
        if self.size > WHOLE {
            return format!("\"{}-{}\"", "5".repeat(32), self.size.div_ceil(WHOLE));
        }
        let mut digest = Md5::new();
        for piece in Filling::new(0, self.size) {
            digest.update(&piece);
        }
        format!("\"{}\"", hex::encode(digest.finalize()))
    }
}

/// The bytes of an object from some place on, in pieces that are never copied.
#[derive(Clone, Debug)]
pub(super) struct Filling {
    at: usize,
    pub(super) left: u64,
}

impl Filling {
    pub(super) fn new(first: u64, length: u64) -> Self {
        let at = usize::try_from(first % PATTERN as u64).unwrap_or_default();
        Self { at, left: length }
    }
}

impl Iterator for Filling {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        if self.left == 0 {
            return None;
        }
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let piece = pattern().slice(self.at..self.at + left.min(PATTERN - self.at));
        self.at = (self.at + piece.len()) % PATTERN;
        self.left -= piece.len() as u64;
        Some(piece)
    }
}

/// Bytes that no compression makes smaller.
fn pattern() -> Bytes {
    static BYTES: std::sync::OnceLock<Bytes> = std::sync::OnceLock::new();
    let made = BYTES.get_or_init(|| {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let words = std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()
        });
        words.flatten().take(PATTERN).collect()
    });
    made.clone()
}
