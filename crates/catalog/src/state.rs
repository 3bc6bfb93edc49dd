//! What a view knows and how it changes: pure, without network or locks, so that tests can compare it with a naive model.

use std::collections::HashSet;

use dipper_storage::{ListPage, ObjectKey, Prefix};
use time::OffsetDateTime;

use crate::entry::{EntryName, RowKind, Rows};
use crate::filter::Filter;
use crate::fold::fold;
use crate::marks::Marks;
use crate::order::{Order, Sort};
use crate::selection::{Selection, SelectionChange, SelectionSummary};
use crate::status::{ListingState, ViewStatus};
use crate::table::Table;
use crate::view::Mode;

/// The most rows one call hands out: a screen has about a hundred.
const MAX_ROWS: usize = 500;
/// How many selected rows a summary shows.
const SUMMARY_ROWS: usize = 100;

/// Everything a view knows.
#[derive(Debug)]
pub(crate) struct State {
    prefix: Prefix,
    mode: Mode,
    table: Table,
    order: Order,
    filter: Option<Filter>,
    selected: Marks,
    /// Names that are selected but not listed (yet).
    awaited: HashSet<Box<str>>,
    /// The listing that will replace `table`.
    next: Option<Table>,
    listing: ListingState,
    finished_at: Option<OffsetDateTime>,
    version: u64,
    selection_id: u64,
}

impl State {
    pub(crate) fn new(prefix: Prefix, mode: Mode, sort: Sort) -> Self {
        Self {
            table: Table::new(&prefix, mode),
            prefix,
            mode,
            order: Order::new(sort),
            filter: None,
            selected: Marks::default(),
            awaited: HashSet::new(),
            next: None,
            listing: ListingState::Listing,
            finished_at: None,
            version: 1,
            selection_id: 0,
        }
    }

    pub(crate) fn status(&self) -> ViewStatus {
        let all = u64::from(self.table.len());
        ViewStatus {
            version: self.version,
            state: self.listing.clone(),
            listed: self.table.objects(),
            folders: self.table.folders(),
            matching: self.filter.as_ref().map_or(all, |filter| filter.matches().count()),
            matching_folders: self.filter.as_ref().map_or(self.table.folders(), Filter::folders),
            bytes: self.table.bytes(),
            finished_at: self.finished_at,
        }
    }

    pub(crate) fn is_listing(&self) -> bool {
        matches!(self.listing, ListingState::Listing)
    }

    /// A page has come.
    pub(crate) fn append(&mut self, page: &ListPage) {
        if let Some(next) = &mut self.next {
            next.append(page);
            if next.len() >= self.table.len() {
                self.replace();
            }
            return;
        }
        let before = self.table.len();
        self.table.append(page);
        self.welcome(before..self.table.len());
    }

    /// The listing has ended in this way.
    pub(crate) fn finish(&mut self, ending: ListingState, at: OffsetDateTime) {
        if matches!(ending, ListingState::Complete) {
            if self.next.is_some() {
                self.replace();
            }
            self.awaited.clear();
        }
        self.next = None;
        self.listing = ending;
        self.finished_at = Some(at);
        self.version += 1;
    }

    /// A new listing begins; its rows are shown once they are as many as now.
    pub(crate) fn restart(&mut self) {
        self.next = Some(Table::new(&self.prefix, self.mode));
        self.listing = ListingState::Listing;
        self.finished_at = None;
        self.version += 1;
    }

    pub(crate) fn set_sort(&mut self, sort: Sort) {
        if sort != self.order.sort() {
            self.order.set_sort(sort);
            self.version += 1;
        }
    }

    pub(crate) fn set_filter(&mut self, text: &str) {
        let before = self.filter.take();
        self.filter = (!text.is_empty()).then(|| Filter::new(text, &self.table, before.as_ref()));
        self.settle();
        if let Some(filter) = &mut self.filter {
            filter.arrange(self.order.rows());
        }
        self.version += 1;
    }

    pub(crate) fn rows(&mut self, start: u64, count: u32) -> Rows {
        self.settle();
        let shown = self.shown();
        let total = shown.len();
        let begin = usize::try_from(start).unwrap_or(usize::MAX).min(total);
        let end = begin.saturating_add((count as usize).min(MAX_ROWS)).min(total);
        let row = |(at, row): (usize, &u32)| {
            self.table
                .row(*row)
                .to_row((begin + at) as u64, self.selected.contains(*row))
        };
        let rows = shown[begin..end].iter().enumerate().map(row).collect();
        Rows {
            version: self.version,
            total: total as u64,
            rows,
        }
    }

    pub(crate) fn select(&mut self, change: SelectionChange) -> SelectionSummary {
        self.settle();
        let keeps = matches!(
            change,
            SelectionChange::Toggle(_) | SelectionChange::Range { additive: true, .. }
        );
        if !keeps {
            self.selected.clear();
            self.awaited.clear();
        }
        let shown = self.filter.as_ref().map_or(self.order.rows(), |filter| filter.shown());
        let row = |index: u64| shown.get(usize::try_from(index).ok()?).copied();
        match change {
            SelectionChange::Only(index) => row(index).into_iter().for_each(|row| self.selected.insert(row)),
            SelectionChange::Toggle(index) => row(index).into_iter().for_each(|row| self.selected.toggle(row)),
            SelectionChange::Range { from, to, .. } => {
                let last = from.max(to).min((shown.len() as u64).saturating_sub(1));
                (from.min(to)..=last)
                    .filter_map(row)
                    .for_each(|row| self.selected.insert(row));
            }
            SelectionChange::All => shown.iter().for_each(|row| self.selected.insert(*row)),
            SelectionChange::None => {}
            SelectionChange::Key(name) => self.select_name(&name),
        }
        self.selection_id += 1;
        self.version += 1;
        self.summary()
    }

    pub(crate) fn selection(&mut self) -> Selection {
        self.settle();
        Selection {
            summary: self.summary(),
            table: self.table.clone(),
            selected: self.selected.clone(),
        }
    }

    pub(crate) fn find(&mut self, typed: &str, from: u64) -> Option<u64> {
        self.settle();
        let needle = fold(typed);
        let shown = self.shown();
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(shown.len());
        let begins = |at: &usize| self.table.row(shown[*at]).folded().starts_with(needle.as_bytes());
        (from..shown.len()).chain(0..from).find(begins).map(|at| at as u64)
    }

    pub(crate) fn index_of(&mut self, name: &EntryName) -> Option<u64> {
        self.settle();
        let row = self.table.find(self.name_of(name)?)?;
        self.shown().iter().position(|other| *other == row).map(|at| at as u64)
    }

    pub(crate) fn contains_key(&self, key: &ObjectKey) -> Option<bool> {
        let complete = matches!(self.listing, ListingState::Complete);
        let name = self.table.name_of(key.as_str(), RowKind::Object).filter(|_| complete)?;
        Some(self.table.find(name).is_some())
    }

    fn name_of<'n>(&self, name: &'n EntryName) -> Option<&'n str> {
        match name {
            EntryName::Object(key) => self.table.name_of(key.as_str(), RowKind::Object),
            EntryName::Folder(prefix) => self.table.name_of(prefix.as_str(), RowKind::Folder),
        }
    }

    fn select_name(&mut self, name: &EntryName) {
        let Some(name) = self.name_of(name) else { return };
        match self.table.find(name) {
            Some(row) => self.selected.insert(row),
            None => _ = self.awaited.insert(name.into()),
        }
    }

    /// The rows shown, in order. Right after [`State::settle`] only.
    fn shown(&self) -> &[u32] {
        self.filter.as_ref().map_or(self.order.rows(), |filter| filter.shown())
    }

    fn settle(&mut self) {
        if self.order.settle(&self.table)
            && let Some(filter) = &mut self.filter
        {
            filter.arrange(self.order.rows());
        }
    }

    /// New rows of the table take part in order, filter and selection.
    fn welcome(&mut self, rows: std::ops::Range<u32>) {
        if rows.is_empty() {
            return;
        }
        if let Some(filter) = &mut self.filter {
            filter.add(&self.table, rows.clone());
        }
        if !self.awaited.is_empty() {
            for row in rows.clone() {
                if self.awaited.remove(self.table.row(row).name()) {
                    self.selected.insert(row);
                    self.selection_id += 1;
                }
            }
        }
        self.order.add(rows);
        self.version += 1;
    }

    /// The next listing takes the place of the one shown.
    fn replace(&mut self) {
        let Some(next) = self.next.take() else { return };
        let old = std::mem::replace(&mut self.table, next);
        let selected = std::mem::take(&mut self.selected);
        let id = self.selection_id;
        self.awaited
            .extend(selected.iter().map(|row| Box::from(old.row(row).name())));
        self.order = Order::new(self.order.sort());
        if let Some(filter) = &mut self.filter {
            filter.clear();
        }
        self.welcome(0..self.table.len());
        self.version += 1;
        // Who acts on a selection names it by its id: the same keys listed again are the same selection.
        let is_lost = |row| self.awaited.contains(old.row(row).name());
        let same = self.selected.count() == selected.count() && !selected.iter().any(is_lost);
        self.selection_id = if same { id } else { id + 1 };
    }

    fn summary(&self) -> SelectionSummary {
        let mut summary = SelectionSummary {
            id: self.selection_id,
            ..SelectionSummary::default()
        };
        for row in self.selected.iter() {
            let row = self.table.row(row);
            match row.kind() {
                RowKind::Folder => summary.folders += 1,
                RowKind::Object => summary.objects += 1,
            }
            summary.bytes = summary.bytes.saturating_add(row.size());
        }
        let count = self.selected.count();
        let shown = self.shown();
        let visible = match &self.filter {
            Some(filter) => self
                .selected
                .iter()
                .filter(|row| filter.matches().contains(*row))
                .count() as u64,
            None => count,
        };
        summary.hidden = count - visible;
        summary.all = !shown.is_empty() && visible == shown.len() as u64;
        let selected = shown
            .iter()
            .enumerate()
            .filter(|(_, row)| self.selected.contains(**row));
        let first = selected.take(SUMMARY_ROWS.min(usize::try_from(visible).unwrap_or(usize::MAX)));
        summary.first = first
            .map(|(at, row)| self.table.row(*row).to_row(at as u64, true))
            .collect();
        summary
    }
}

#[cfg(test)]
mod tests;
