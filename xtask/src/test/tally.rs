//! Counting tests, by what the programs that run them say at their end.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::AddAssign;

/// How many tests there were, and which failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    passed: usize,
    failed: usize,
    skipped: usize,
    names: BTreeSet<String>,
}

impl Tally {
    /// Adds up the summaries in the output of cargo, nextest or vitest.
    pub(super) fn read(output: &str) -> Self {
        // What a failed test said is in nextest's output too, and that is cargo's summary of the one test.
        let by_nextest = output.lines().any(|line| line.trim().starts_with("Summary ["));
        let own = |line: &&str| !(by_nextest && line.starts_with("test "));
        let mut tally = Self {
            names: output
                .lines()
                .map(str::trim)
                .filter(own)
                .filter_map(failed_test)
                .collect(),
            ..Self::default()
        };
        for line in output
            .lines()
            .map(str::trim)
            .filter(own)
            .filter(|line| is_summary(line))
        {
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

/// The test that this line says failed. cargo: `test NAME ... FAILED`, nextest: `FAIL [ 0.1s] (3/9) BINARY NAME`, or
/// `TIMEOUT`, `SIGABRT` and the like in the same place, vitest: `FAIL  FILE > NAME`.
fn failed_test(line: &str) -> Option<String> {
    if let Some(name) = line
        .strip_prefix("test ")
        .and_then(|rest| rest.strip_suffix(" ... FAILED"))
    {
        return Some(name.to_owned());
    }
    let (status, rest) = line.split_once(' ')?;
    if !(["FAIL", "TIMEOUT", "ABORT"].contains(&status) || status.starts_with("SIG")) {
        return None;
    }
    let rest = rest.trim();
    let name = match rest.strip_prefix('[') {
        Some(timed) => timed.split_once(']')?.1.trim(),
        None => rest,
    };
    let name = match name.strip_prefix('(') {
        Some(counted) => counted.split_once(')')?.1.trim(),
        None => name,
    };
    Some(name.to_owned())
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.names.extend(other.names);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        for name in &self.names {
            write!(f, "\n    failed: {name}")?;
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
                skipped: 1,
                ..Tally::default()
            }
        );
        let nextest = "     Summary [   3.123s] 17 tests run: 14 passed (1 slow), 2 failed, 1 timed out, 2 skipped";
        assert_eq!(
            Tally::read(nextest),
            Tally {
                passed: 14,
                failed: 3,
                skipped: 2,
                ..Tally::default()
            }
        );
        let vitest = " Test Files  1 failed | 30 passed (31)\n      Tests  2 failed | 121 passed | 1 skipped (124)";
        assert_eq!(
            Tally::read(vitest),
            Tally {
                passed: 121,
                failed: 2,
                skipped: 1,
                ..Tally::default()
            }
        );
    }

    #[test]
    fn tallies_add_up_and_say_so() {
        let mut tally = Tally::read("test result: ok. 1 passed; 0 failed");
        tally += Tally::read("Tests  2 passed (2)");
        assert_eq!(tally.to_string(), "3 passed, 0 failed");
    }

    #[test]
    fn what_failed_is_named_once() {
        let nextest = "        FAIL [  48.956s] (642/766) dipper-tests::e2e objects::found\n     Summary [ 60.0s] 2 tests run: 2 failed\n    \
                       test objects::found ... FAILED\n    test result: FAILED. 0 passed; 1 failed; 21 filtered out\n        \
                       FAIL [  48.956s] (642/766) dipper-tests::e2e objects::found\n     SIGABRT [   0.1s] (1/766) dipper-local ends";
        let cargo = "test step::a ... FAILED\ntest step::b ... ok\ntest result: FAILED. 1 passed; 1 failed";
        let vitest = " FAIL  src/lib/focus.test.ts > the focus is taken";
        let mut tally = Tally::default();
        for output in [nextest, cargo, vitest] {
            tally += Tally::read(output);
        }
        assert_eq!(
            tally.to_string(),
            "1 passed, 3 failed\n    failed: dipper-local ends\n    failed: dipper-tests::e2e objects::found\n    \
             failed: src/lib/focus.test.ts > the focus is taken\n    failed: step::a"
        );
    }
}
