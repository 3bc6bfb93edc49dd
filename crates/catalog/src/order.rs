//! The order of rows: which column, which direction, and what decides a tie.
//!
//! An [`Order`] is a list of row numbers. Rows that arrive wait in a second list until somebody looks, and are then woven
//! in with a bisection each. Sorting all rows goes by a number of sixteen bytes made of the column (the first bytes of a
//! name, after what all names have in common), and looks at the rows themselves only where those numbers are equal.

use std::cmp::Ordering;

use crate::entry::RowKind;
use crate::table::{RowRef, Table};

/// A column to sort by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Column {
    /// The name: first as people read it (letter case and composition ignored), then its bytes.
    #[default]
    Name,
    /// Bytes.
    Size,
    /// The file name extension.
    Type,
    /// When it was last written.
    LastModified,
    /// The storage class.
    StorageClass,
}

/// Which end comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest, oldest, `a` first.
    #[default]
    Ascending,
    /// Largest, newest, `z` first.
    Descending,
}

/// How a view is sorted. Folders always stand before objects; equal rows stand by ascending name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sort {
    /// The column.
    pub column: Column,
    /// The direction.
    pub direction: Direction,
}

/// The rows of a table in order.
#[derive(Debug, Default)]
pub(crate) struct Order {
    sort: Sort,
    rows: Vec<u32>,
    waiting: Vec<u32>,
}

impl Order {
    pub(crate) fn new(sort: Sort) -> Self {
        Self {
            sort,
            rows: Vec::new(),
            waiting: Vec::new(),
        }
    }

    pub(crate) fn sort(&self) -> Sort {
        self.sort
    }

    /// Rows have arrived; they are put in their places when [`Order::settle`] is called.
    pub(crate) fn add(&mut self, rows: std::ops::Range<u32>) {
        self.waiting.extend(rows);
    }

    /// Orders by something else from the next [`Order::settle`] on.
    pub(crate) fn set_sort(&mut self, sort: Sort) {
        self.sort = sort;
        self.waiting.append(&mut self.rows);
    }

    /// Puts waiting rows in their places. Says whether there were any.
    pub(crate) fn settle(&mut self, table: &Table) -> bool {
        if self.waiting.is_empty() {
            return false;
        }
        let mut waiting = std::mem::take(&mut self.waiting);
        if waiting.len() * 8 > self.rows.len() {
            waiting.append(&mut self.rows);
        }
        let ranking = Ranking::new(table, self.sort);
        ranking.sort(&mut waiting);
        if self.rows.is_empty() {
            self.rows = waiting;
            return true;
        }
        let old = std::mem::take(&mut self.rows);
        self.rows.reserve_exact(old.len() + waiting.len());
        let mut rest = old.as_slice();
        for row in waiting {
            let before = rest.partition_point(|other| ranking.compare(*other, row) == Ordering::Less);
            self.rows.extend_from_slice(&rest[..before]);
            self.rows.push(row);
            rest = &rest[before..];
        }
        self.rows.extend_from_slice(rest);
        true
    }

    /// The rows, as of the last [`Order::settle`].
    pub(crate) fn rows(&self) -> &[u32] {
        &self.rows
    }
}

/// Decides which of two rows comes first.
struct Ranking<'t> {
    table: &'t Table,
    sort: Sort,
    class_ranks: Vec<u16>,
}

impl<'t> Ranking<'t> {
    fn new(table: &'t Table, sort: Sort) -> Self {
        let class_ranks = if sort.column == Column::StorageClass {
            table.class_ranks()
        } else {
            Vec::new()
        };
        Self {
            table,
            sort,
            class_ranks,
        }
    }

    fn directed(&self, ordering: Ordering) -> Ordering {
        if self.sort.direction == Direction::Ascending {
            ordering
        } else {
            ordering.reverse()
        }
    }

    fn compare(&self, a: u32, b: u32) -> Ordering {
        let (a, b) = (self.table.row(a), self.table.row(b));
        let folders_first = (a.kind() == RowKind::Object).cmp(&(b.kind() == RowKind::Object));
        folders_first.then_with(|| self.compare_alike(a, b))
    }

    /// Two folders or two objects.
    fn compare_alike(&self, a: RowRef<'_>, b: RowRef<'_>) -> Ordering {
        let by_column = match self.sort.column {
            Column::Name => return self.directed(by_name(a, b)),
            Column::Type if a.kind() == RowKind::Object => a.folded().extension().compare(b.folded().extension()),
            _ => self.number(a, 0).cmp(&self.number(b, 0)),
        };
        self.directed(by_column).then_with(|| by_name(a, b))
    }

    /// A number that sorts as the column does, as far as sixteen bytes reach. `common` bytes of all names are equal.
    fn number(&self, row: RowRef<'_>, common: usize) -> u128 {
        match self.sort.column {
            Column::Name => row.folded().skip(common).head(),
            _ if row.kind() == RowKind::Folder => 0,
            Column::Size => u128::from(row.size()),
            Column::Type => row.folded().extension().head(),
            Column::LastModified => u128::from(row.time().abs_diff(i64::MIN)),
            Column::StorageClass => row
                .class()
                .and_then(|class| self.class_ranks.get(class))
                .map_or(0, |rank| u128::from(*rank)),
        }
    }

    fn sort(&self, rows: &mut Vec<u32>) {
        let (folders, objects): (Vec<u32>, Vec<u32>) = rows
            .iter()
            .partition(|row| self.table.row(**row).kind() == RowKind::Folder);
        rows.clear();
        for group in [folders, objects] {
            let common = if self.sort.column == Column::Name {
                self.common_bytes(&group)
            } else {
                0
            };
            let number = |row: u32| self.number(self.table.row(row), common);
            let mut numbered: Vec<(u128, u32)> = group.into_iter().map(|row| (number(row), row)).collect();
            numbered.sort_unstable_by(|a, b| {
                self.directed(a.0.cmp(&b.0))
                    .then_with(|| self.compare_alike(self.table.row(a.1), self.table.row(b.1)))
            });
            rows.extend(numbered.into_iter().map(|(_, row)| row));
        }
    }

    /// How many bytes all folded names begin with.
    fn common_bytes(&self, rows: &[u32]) -> usize {
        let Some((first, rest)) = rows.split_first() else {
            return 0;
        };
        let first = self.table.row(*first).folded();
        rest.iter().fold(first.len(), |common, row| {
            let other = self.table.row(*row).folded();
            (0..common)
                .find(|at| first.byte(*at) != other.byte(*at))
                .unwrap_or(common)
        })
    }
}

fn by_name(a: RowRef<'_>, b: RowRef<'_>) -> Ordering {
    a.folded().compare(b.folded()).then_with(|| a.name().cmp(b.name()))
}
