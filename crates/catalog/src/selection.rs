//! The selection: one bit a row, kept by key over refreshes, and the snapshot that work is done on.

use crate::entry::{Entry, EntryName, Row};
use crate::marks::Marks;
use crate::table::Table;

/// What a click or a key does to the selection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelectionChange {
    /// This row and nothing else.
    Only(u64),
    /// In if it was out, out if it was in.
    Toggle(u64),
    /// All rows between two, both included, in either order.
    Range {
        /// The row where the range was begun.
        from: u64,
        /// The row where it ends.
        to: u64,
        /// Whether what was selected before stays.
        additive: bool,
    },
    /// Every row that the filter lets through, of those listed so far.
    All,
    /// Nothing.
    None,
    /// This key and nothing else. A key that is not listed yet is selected when it comes.
    Key(EntryName),
}

/// What is selected, in figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SelectionSummary {
    /// Changes whenever the selection changes.
    pub id: u64,
    /// Selected objects.
    pub objects: u64,
    /// Selected folders.
    pub folders: u64,
    /// Bytes of the selected objects; what folders hold is not known here.
    pub bytes: u64,
    /// Selected rows that the filter hides.
    pub hidden: u64,
    /// The first hundred selected rows, in the order shown.
    pub first: Vec<Row>,
    /// Whether every row shown is selected (and there is one).
    pub all: bool,
}

/// The selection of one moment. It neither changes nor goes away when the view does.
#[derive(Clone, Debug)]
pub struct Selection {
    pub(crate) summary: SelectionSummary,
    pub(crate) table: Table,
    pub(crate) selected: Marks,
}

impl Selection {
    /// The id of the selection when this was taken.
    pub fn id(&self) -> u64 {
        self.summary.id
    }

    /// The figures.
    pub fn summary(&self) -> &SelectionSummary {
        &self.summary
    }

    /// Everything selected, in the order listed, whether the filter shows it or not.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        self.selected.iter().map(|row| self.table.row(row).to_entry())
    }
}
