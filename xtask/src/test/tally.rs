//! Counting tests, by what the programs that run them say at their end.

use std::fmt;
use std::ops::AddAssign;

/// How many tests there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl Tally {
    /// Adds up the summaries in the output of cargo, nextest or vitest.
    pub(super) fn read(output: &str) -> Self {
        let mut tally = Self::default();
        for line in output.lines().map(str::trim).filter(|line| is_summary(line)) {
            let words: Vec<&str> = line.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
            let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
            for pair in words.windows(2) {
                let Ok(count) = pair[0].parse::<usize>() else { continue };
                match pair[1] {
                    "passed" => tally.passed += count,
                    "failed" | "timed" => tally.failed += count,
                    "skipped" | "ignored" | "todo" => tally.skipped += count,
                    _ => {}
                }
            }
        }
        tally
    }
}

/// cargo: `test result: ok. 3 passed; …`, nextest: `Summary [ 2.1s] 3 tests run: …`, vitest: `Tests  3 passed (3)`.
fn is_summary(line: &str) -> bool {
    line.starts_with("test result:") || line.starts_with("Summary [") || line.starts_with("Tests  ")
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_summaries_are_understood() {
        let cargo = "running 2 tests\ntest result: FAILED. 14 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out\n\
                     test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 7 filtered out; finished in 1.0s";
        assert_eq!(
            Tally::read(cargo),
            Tally {
                passed: 17,
                failed: 2,
                skipped: 1
            }
        );
        let nextest = "     Summary [   3.123s] 17 tests run: 14 passed (1 slow), 2 failed, 1 timed out, 2 skipped";
        assert_eq!(
            Tally::read(nextest),
            Tally {
                passed: 14,
                failed: 3,
                skipped: 2
            }
        );
        let vitest = " Test Files  1 failed | 30 passed (31)\n      Tests  2 failed | 121 passed | 1 skipped (124)";
        assert_eq!(
            Tally::read(vitest),
            Tally {
                passed: 121,
                failed: 2,
                skipped: 1
            }
        );
    }

    #[test]
    fn tallies_add_up_and_say_so() {
        let mut tally = Tally::read("test result: ok. 1 passed; 0 failed");
        tally += Tally::read("Tests  2 passed (2)");
        assert_eq!(tally.to_string(), "3 passed, 0 failed");
    }
}
