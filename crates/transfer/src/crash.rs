//! Named places between two durable effects where a test has the process die, as if the power went.
//!
//! Only in builds with debug assertions: what is given to people has none of it. A test names the place in
//! `DIPPER_CRASH_POINT`, with `:3` behind it for the third time it is reached, and sees the process end by `SIGABRT`; one
//! that ends otherwise has not been there.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

/// Every name there is; `crash_point!` takes no other.
pub const CRASH_POINTS: &[&str] = &[
    "acl.after_request",
    "acl.before_request",
    "clean.after_abort",
    "clean.after_lose",
    "clean.after_remove",
    "clean.before_abort",
    "clean.before_lose",
    "copy.after_access",
    "copy.after_announce",
    "copy.after_open",
    "copy.after_request",
    "copy.after_store",
    "copy.before_request",
    "delete.after_request",
    "delete.after_settle",
    "delete.before_request",
    "download.after_create",
    "download.after_finish",
    "download.after_folder",
    "download.after_placing",
    "download.before_finish",
    "empty.after_abort",
    "empty.after_bucket",
    "empty.before_abort",
    "empty.before_bucket",
    "feed.after_claim",
    "feed.after_expand",
    "feed.after_list",
    "feed.before_expand",
    "forget.after_clean",
    "forget.after_forget",
    "item.after_settle",
    "item.before_settle",
    "job.after_begun",
    "job.after_end",
    "job.after_insert",
    "job.before_end",
    "job.before_insert",
    "move.after_delete",
    "move.after_removing",
    "move.before_delete",
    "parts.after_beginning",
    "parts.after_complete",
    "parts.after_create",
    "parts.after_note",
    "parts.after_part",
    "parts.after_sending",
    "parts.before_beginning",
    "parts.before_complete",
    "parts.before_part",
    "ranges.after_note",
    "ranges.after_pin",
    "ranges.after_range",
    "ranges.after_receiving",
    "ranges.after_sync",
    "resume.after_list",
    "resume.after_match",
    "resume.after_placed",
    "resume.after_removing",
    "retry.after_reopen",
    "target.after_link",
    "target.after_sync",
    "target.after_unlink",
    "upload.after_open",
    "upload.after_put",
    "upload.before_put",
];

const VARIABLE: &str = "DIPPER_CRASH_POINT";

/// Ends the process here if that is what the test wants.
macro_rules! crash_point {
    ($name:literal) => {
        if cfg!(debug_assertions) {
            crate::crash::reached($name);
        }
    };
}
pub(crate) use crash_point;

/// The place is reached.
pub(crate) fn reached(name: &str) {
    static WANTED: OnceLock<Option<(String, u64)>> = OnceLock::new();
    static TIMES: AtomicU64 = AtomicU64::new(0);
    let wanted = WANTED.get_or_init(|| {
        let text = std::env::var(VARIABLE).ok()?;
        let (name, times) = text.split_once(':').unwrap_or((&text, "1"));
        Some((name.to_owned(), times.parse().ok()?))
    });
    debug_assert!(
        CRASH_POINTS.contains(&name),
        "`{name}` is not in the list of crash points"
    );
    if let Some((wanted, times)) = wanted
        && wanted == name
        && TIMES.fetch_add(1, SeqCst) + 1 == *times
    {
        std::process::abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_a_name_of_its_own() {
        assert!(CRASH_POINTS.is_sorted_by(|a, b| a < b));
        assert!(CRASH_POINTS.len() >= 40);
    }
}
