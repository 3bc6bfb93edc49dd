//! Knowing what is in a bucket: a listing that streams in, stays compact, sorts, filters and hands out windows of rows.
//!
//! This room knows neither the user's disk nor transfers nor the screen. The idea to hold: a [`View`] is one bucket and
//! prefix as one window looks at it. The listing arrives page by page and is kept in columns (about 50 bytes a key beside
//! the key); an order and a filter lie over it as lists of row numbers, and the selection is one bit a row. Nobody ever
//! receives the whole listing: callers ask for the rows they draw, and a [`Selection`] is a snapshot to iterate over.
//!
//! ```text
//!   storage ── pages ──► listing task ──► Table (segments of columns)
//!                                           │ row numbers
//!                               Order ◄─────┴─────► Marks (selection, matches)
//!                                 │
//!                   rows(start, count) · find · index_of
//! ```

mod count;
mod entry;
mod filter;
mod fold;
mod marks;
mod order;
mod pages;
mod selection;
mod state;
mod status;
mod table;
mod view;

pub use count::{Counted, count, count_versions, fingerprint};
pub use entry::{Entry, EntryName, Row, RowKind, Rows};
pub use order::{Column, Direction, Sort};
pub use selection::{Selection, SelectionChange, SelectionSummary};
pub use status::{ListingState, ViewStatus};
pub use view::{Mode, View, ViewOptions};
