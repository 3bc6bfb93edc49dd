//! The order of rows: which column, which direction, and what decides a tie.

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
