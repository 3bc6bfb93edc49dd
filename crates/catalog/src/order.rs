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
            column => self.number(a, column, 0).cmp(&self.number(b, column, 0)),
        };
        self.directed(by_column).then_with(|| by_name(a, b))
    }

    /// A number that sorts as the column does, as far as sixteen bytes reach. `common` bytes of all names are equal.
    fn number(&self, row: RowRef<'_>, column: Column, common: usize) -> u128 {
        match column {
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

    /// Sorts by name first, which the order of arrival nearly is, and then by the column in a way that keeps the names of
    /// equal rows in order: a million objects of one storage class need no second look at their names.
    fn sort(&self, rows: &mut Vec<u32>) {
        rows.sort_unstable();
        let (folders, objects): (Vec<u32>, Vec<u32>) = rows
            .iter()
            .partition(|row| self.table.row(**row).kind() == RowKind::Folder);
        rows.clear();
        for group in [folders, objects] {
            let mut named = self.numbered(group, Column::Name);
            named.sort_by(|a, b| {
                let by_head = a.0.cmp(&b.0);
                by_head.then_with(|| by_name(self.table.row(a.1), self.table.row(b.1)))
            });
            let mut group: Vec<u32> = named.into_iter().map(|(_, row)| row).collect();
            match (self.sort.column, self.sort.direction) {
                (Column::Name, Direction::Ascending) => {}
                (Column::Name, Direction::Descending) => group.reverse(),
                (column, _) => group = self.by_column(group, column),
            }
            rows.extend(group);
        }
    }

    fn by_column(&self, rows: Vec<u32>, column: Column) -> Vec<u32> {
        let mut numbered = self.numbered(rows, column);
        numbered.sort_by(|a, b| {
            // Only an extension can go on behind the sixteen bytes of a number; one that ends before has a zero there.
            let long = column == Column::Type && a.0 == b.0 && a.0 & 0xff != 0;
            let extension = |row| self.table.row(row).folded().extension();
            self.directed(if long {
                extension(a.1).compare(extension(b.1))
            } else {
                a.0.cmp(&b.0)
            })
        });
        numbered.into_iter().map(|(_, row)| row).collect()
    }

    fn numbered(&self, rows: Vec<u32>, column: Column) -> Vec<(u128, u32)> {
        let common = if column == Column::Name {
            self.common_bytes(&rows)
        } else {
            0
        };
        let number = |row| self.number(self.table.row(row), column, common);
        rows.into_iter().map(|row| (number(row), row)).collect()
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
