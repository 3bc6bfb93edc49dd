//! A journal whose disk fails: at every call in turn, as SQLite tests itself.

use std::path::Path;

use crate::killing::{Order, Size, Stage};
use crate::support::World;

/// Asserts that a journal is whole.
pub(crate) fn is_sound(folder: &Path) {
    let connection = rusqlite::Connection::open(folder.join("transfers.sqlite")).unwrap();
    let sound: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(sound, "ok");
}

/// Has one call to the files of the journal fail: the n-th of its kind.
fn failing(stage: &Stage<'_>, call: &str, error: &str, nth: &str) -> Vec<String> {
    let mut words: Vec<String> = ["timeout", "60", "strace", "-f", "-qq", "-o", "/dev/null"]
        .map(str::to_owned)
        .into();
    for file in ["transfers.sqlite", "transfers.sqlite-wal"] {
        words.push("-P".to_owned());
        words.push(stage.path("journal").join(file).display().to_string());
    }
    words.push(format!("--trace={call}"));
    words.push(format!("--inject={call}:error={error}:when={nth}"));
    words
}

/// L3: whatever fails and when, the process says so or goes on, and the next one finishes.
#[tokio::test(flavor = "multi_thread")]
async fn l03_a_journal_that_fails_at_any_call_loses_nothing() {
    let mut failures = 0;
    let calls = ["pwrite64", "fdatasync", "fsync"];
    let rows = calls
        .iter()
        .flat_map(|call| ["1", "2", "3", "5", "8", "13+"].map(|nth| (*call, nth)));
    for (row, (call, nth)) in rows.enumerate() {
        let world = World::new().await;
        let stage = Stage::set(&world, Order::Upload, Size { large: 0, small: 12 }).await;
        let error = ["EIO", "ENOSPC"][row % 2];
        let words = failing(&stage, call, error, nth);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let ended = stage.run_behind(&words);
        let what = format!("{call} {nth} {error}: {}", stage.log());
        assert_ne!(ended.code(), Some(124), "it hangs at {what}");
        if !ended.success() {
            failures += 1;
            assert!(stage.log().contains("the journal of transfers"), "{what}");
        }
        is_sound(&stage.path("journal"));
        assert!(stage.run(None).success(), "after {what}");
        assert_eq!(stage.faults().await, Vec::<String>::new(), "after {what}");
        is_sound(&stage.path("journal"));
    }
    assert!(failures >= 6, "the faults must be met: {failures}");
}
