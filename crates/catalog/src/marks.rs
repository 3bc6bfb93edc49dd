//! A set of rows, one bit each.

/// A set of row numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    words: Vec<u64>,
    count: u64,
}

impl Marks {
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    pub(crate) fn contains(&self, row: u32) -> bool {
        self.words
            .get(row as usize / 64)
            .is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    pub(crate) fn insert(&mut self, row: u32) {
        let word = row as usize / 64;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        let bit = 1 << (row % 64);
        self.count += u64::from(self.words[word] & bit == 0);
        self.words[word] |= bit;
    }

    pub(crate) fn toggle(&mut self, row: u32) {
        if !self.contains(row) {
            return self.insert(row);
        }
        self.words[row as usize / 64] &= !(1 << (row % 64));
        self.count -= 1;
    }

    pub(crate) fn clear(&mut self) {
        self.words.clear();
        self.count = 0;
    }

    /// The rows, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0..).zip(&self.words).flat_map(|(at, word): (u32, &u64)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(at * 64 + bit)
            })
        })
    }
}

impl FromIterator<u32> for Marks {
    fn from_iter<I: IntoIterator<Item = u32>>(rows: I) -> Self {
        let mut marks = Self::default();
        rows.into_iter().for_each(|row| marks.insert(row));
        marks
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn behaves_like_a_set(steps in proptest::collection::vec((any::<bool>(), 0_u32..300), 0..200)) {
            let (mut marks, mut model) = (Marks::default(), BTreeSet::new());
            for (insert, row) in steps {
                if insert {
                    marks.insert(row);
                    model.insert(row);
                } else {
                    marks.toggle(row);
                    if !model.remove(&row) {
                        model.insert(row);
                    }
                }
            }
            prop_assert_eq!(marks.count(), model.len() as u64);
            prop_assert!((0..300).all(|row| marks.contains(row) == model.contains(&row)));
            prop_assert!(marks.iter().eq(model));
        }
    }
}
