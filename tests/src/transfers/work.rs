//! What is measured, and how it is told that it was done.

use super::failure::Failure;
use super::files::Found;
use crate::sink::{Operation, Set, Tally};

/// One kind of work.
#[derive(Debug, PartialEq)]
pub struct Work {
    /// As people call it.
    pub name: &'static str,
    /// What is done.
    pub task: Task,
    /// To what or from what.
    pub set: Set,
    /// Whether by https.
    pub tls: bool,
    /// The most of s5cmd's processor time that Dipper may need.
    pub goal: Option<f64>,
    /// The most memory that Dipper may have, in MiB.
    pub memory: Option<f64>,
    /// Whether only Dipper is measured: it is about memory, and there is nothing to compare.
    pub alone: bool,
}

/// A task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Files to objects.
    Upload,
    /// Objects to files.
    Download,
    /// Objects away, which includes listing them.
    Delete,
}

const GIB_2: Set = Set {
    count: 1,
    size: 2 * 1024 * 1024 * 1024,
};
const SMALL: Set = Set {
    count: 10_000,
    size: 4096,
};
const MANY: Set = Set {
    count: 100_000,
    size: 1024,
};
/// The most memory for one large file, and for a hundred thousand small ones.
const LARGE_MEMORY: Option<f64> = Some(64.0);
const MANY_MEMORY: Option<f64> = Some(200.0);

const PLAIN: Work = Work {
    name: "",
    task: Task::Upload,
    set: GIB_2,
    tls: false,
    goal: None,
    memory: LARGE_MEMORY,
    alone: false,
};

/// All that is measured.
pub const WORKS: [Work; 7] = [
    Work {
        name: "upload 1 × 2 GiB",
        goal: Some(0.20),
        ..PLAIN
    },
    Work {
        name: "upload 1 × 2 GiB, https",
        tls: true,
        goal: Some(0.30),
        ..PLAIN
    },
    Work {
        name: "download 1 × 2 GiB",
        task: Task::Download,
        goal: Some(0.85),
        ..PLAIN
    },
    Work {
        name: "upload 10,000 × 4 KiB",
        set: SMALL,
        goal: Some(0.40),
        memory: MANY_MEMORY,
        ..PLAIN
    },
    Work {
        name: "download 10,000 × 4 KiB",
        task: Task::Download,
        set: SMALL,
        goal: Some(0.50),
        memory: MANY_MEMORY,
        ..PLAIN
    },
    Work {
        name: "delete 100,000",
        task: Task::Delete,
        set: MANY,
        goal: Some(0.15),
        memory: MANY_MEMORY,
        ..PLAIN
    },
    Work {
        name: "upload 100,000 × 1 KiB",
        set: MANY,
        memory: MANY_MEMORY,
        alone: true,
        ..PLAIN
    },
];

impl Work {
    /// Bytes of all its files.
    pub fn bytes(&self) -> u64 {
        self.set.size * self.set.count as u64
    }

    /// Whether it is one file rather than a folder of them.
    pub fn is_one(&self) -> bool {
        self.set.count == 1
    }

    /// Whether the server and the disk saw what the program says it did.
    pub(super) fn check(&self, tally: &Tally, found: Found) -> Result<(), Failure> {
        let count = self.set.count as u64;
        let (what, is, should) = match self.task {
            Task::Upload => ("stored", (tally.stored, tally.bytes_in), (count, self.bytes())),
            Task::Download => ("on the disk", (found.files, found.bytes), (count, self.bytes())),
            Task::Delete => ("deleted", (tally.deleted, 0), (count, 0)),
        };
        let wrong = if is != should {
            format!(
                "{} objects of {} bytes are {what} instead of {} of {}",
                is.0, is.1, should.0, should.1
            )
        } else if tally.unfinished > 0 {
            format!("{} uploads were left unfinished", tally.unfinished)
        } else {
            return Ok(());
        };
        Err(Failure::Undone {
            wrong,
            tally: tally.to_string(),
        })
    }

    /// How many requests the work needed, by the operation that does it.
    pub(super) fn requests(&self, tally: &Tally) -> u64 {
        match self.task {
            Task::Upload => tally.of(Operation::PutObject) + tally.of(Operation::UploadPart),
            Task::Download => tally.of(Operation::GetObject),
            Task::Delete => tally.of(Operation::DeleteObjects) + tally.of(Operation::DeleteObject),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn work_that_was_not_done_does_not_count() {
        let upload = &WORKS[3];
        let mut tally = Tally {
            stored: 10_000,
            bytes_in: 10_000 * 4096,
            ..Tally::default()
        };
        upload.check(&tally, Found::default()).unwrap();
        tally.unfinished = 1;
        assert!(
            upload
                .check(&tally, Found::default())
                .unwrap_err()
                .to_string()
                .contains("unfinished")
        );
        tally.stored = 9_999;
        let words = upload.check(&tally, Found::default()).unwrap_err().to_string();
        assert!(
            words.contains("9999 objects") && words.contains("instead of 10000"),
            "{words}"
        );
        let download = &WORKS[2];
        assert!(download.check(&tally, Found { files: 1, bytes: 5 }).is_err());
    }
}
