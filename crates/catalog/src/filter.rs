//! What the filter lets through: names that contain a text, letter case and composition ignored.

use std::num::NonZero;
use std::thread;

use crate::entry::RowKind;
use crate::fold::fold;
use crate::marks::Marks;
use crate::table::Table;

/// Below this many rows one thread is done before a second one has started.
const ROWS_WORTH_A_THREAD: u32 = 50_000;

/// A text and the rows that contain it.
#[derive(Debug)]
pub(crate) struct Filter {
    needle: String,
    matches: Marks,
    folders: u64,
    shown: Vec<u32>,
}

impl Filter {
    /// Looks through the whole table, or only through what `before` let through if that can be all.
    pub(crate) fn new(text: &str, table: &Table, before: Option<&Filter>) -> Self {
        let needle = fold(text);
        // Typing on narrows what is there. While many rows match, walking over all of them in one go is quicker.
        let few = |before: &&Filter| before.matches.count() < u64::from(table.len() / 4);
        let narrowed = before.filter(|before| needle.contains(&before.needle)).filter(few);
        let matches: Marks = match narrowed {
            Some(before) => before
                .matches
                .iter()
                .filter(|row| contains(table, *row, &needle))
                .collect(),
            None => search(table, &needle),
        };
        Self {
            needle,
            folders: matches.iter().filter(|row| is_folder(table, *row)).count() as u64,
            matches,
            shown: Vec::new(),
        }
    }

    /// Rows have arrived.
    pub(crate) fn add(&mut self, table: &Table, rows: std::ops::Range<u32>) {
        for row in rows.filter(|row| contains(table, *row, &self.needle)) {
            self.matches.insert(row);
            self.folders += u64::from(is_folder(table, row));
        }
    }

    /// Takes over the order of all rows.
    pub(crate) fn arrange(&mut self, ordered: &[u32]) {
        self.shown.clear();
        self.shown
            .extend(ordered.iter().filter(|row| self.matches.contains(**row)));
    }

    /// Forgets the rows but not the text: another table takes the place of the first.
    pub(crate) fn clear(&mut self) {
        self.matches.clear();
        self.folders = 0;
        self.shown.clear();
    }

    pub(crate) fn matches(&self) -> &Marks {
        &self.matches
    }

    /// How many of the rows it lets through are folders.
    pub(crate) fn folders(&self) -> u64 {
        self.folders
    }

    /// The rows it lets through, as last arranged.
    pub(crate) fn shown(&self) -> &[u32] {
        &self.shown
    }
}

fn is_folder(table: &Table, row: u32) -> bool {
    table.row(row).kind() == RowKind::Folder
}

fn contains(table: &Table, row: u32, needle: &str) -> bool {
    table.row(row).folded().contains(needle.as_bytes())
}

/// All rows that contain the needle, looked for on a few threads when there are many.
fn search(table: &Table, needle: &str) -> Marks {
    let cores = thread::available_parallelism().map_or(1, NonZero::get).min(4);
    let threads = u32::try_from(cores)
        .unwrap_or(1)
        .min(table.len() / ROWS_WORTH_A_THREAD)
        .max(1);
    let share = table.len().div_ceil(threads).max(1);
    let look = |begin: u32| {
        let rows = begin..table.len().min(begin + share);
        table.search(rows, |name| name.contains(needle.as_bytes()))
    };
    if threads == 1 {
        return look(0).into_iter().collect();
    }
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|n| scope.spawn(move || look(n * share))).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}
