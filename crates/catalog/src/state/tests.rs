//! The state of a view against a naive model: a map of names, sorted and filtered anew at every look.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use dipper_storage::ListedObject;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::*;
use crate::entry::Entry;
use crate::order::{Column, Direction};

const EPOCH: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

#[derive(Clone, Debug, PartialEq)]
struct ModelRow {
    folder: bool,
    size: u64,
    time: Option<i64>,
    class: Option<String>,
}

#[derive(Debug)]
struct Model {
    prefix: String,
    mode: Mode,
    rows: BTreeMap<String, ModelRow>,
    next: Option<BTreeMap<String, ModelRow>>,
    selected: BTreeSet<String>,
    filter: String,
    sort: Sort,
}

fn naive_fold(text: &str) -> String {
    text.nfc().flat_map(char::to_lowercase).collect()
}

fn extension(name: &str) -> String {
    match name.rfind('.') {
        Some(dot) if dot > 0 => name[dot + 1..].to_owned(),
        _ => String::new(),
    }
}

impl Model {
    fn append(&mut self, objects: &[ListedObject], folders: &[Prefix]) {
        let base = self.prefix.rfind('/').map_or(0, |slash| slash + 1);
        let target = self.next.as_mut().unwrap_or(&mut self.rows);
        let folder = ModelRow {
            folder: true,
            size: 0,
            time: None,
            class: None,
        };
        let mut found: Vec<(String, ModelRow)> = Vec::new();
        for object in objects
            .iter()
            .filter(|object| object.key.as_str().starts_with(&self.prefix))
        {
            let name = &object.key.as_str()[base..];
            match (self.mode, name.find('/')) {
                (Mode::Folders, Some(slash)) => found.push((name[..=slash].to_owned(), folder.clone())),
                (Mode::Folders, None) if name.is_empty() => {}
                _ => {
                    let time = object.last_modified.map(OffsetDateTime::unix_timestamp);
                    let row = ModelRow {
                        folder: false,
                        size: object.size,
                        time,
                        class: object.storage_class.clone(),
                    };
                    found.push((name.to_owned(), row));
                }
            }
        }
        found.extend(
            folders
                .iter()
                .map(|prefix| (prefix.as_str()[base..].to_owned(), folder.clone())),
        );
        for (name, row) in found {
            target.entry(name).or_insert(row);
        }
        if self.next.as_ref().is_some_and(|next| next.len() >= self.rows.len()) {
            self.rows = self.next.take().unwrap();
        }
    }

    fn complete(&mut self) {
        self.rows = self.next.take().unwrap_or_else(|| std::mem::take(&mut self.rows));
        let rows = &self.rows;
        self.selected.retain(|name| rows.contains_key(name));
    }

    fn compare(&self, a: (&String, &ModelRow), b: (&String, &ModelRow)) -> Ordering {
        let by_name = naive_fold(a.0).cmp(&naive_fold(b.0)).then(a.0.cmp(b.0));
        let directed = |order: Ordering| {
            if self.sort.direction == Direction::Ascending {
                order
            } else {
                order.reverse()
            }
        };
        let by_column = match self.sort.column {
            Column::Name => directed(by_name),
            _ if a.1.folder && b.1.folder => Ordering::Equal,
            Column::Size => directed(a.1.size.cmp(&b.1.size)),
            Column::Type => directed(extension(&naive_fold(a.0)).cmp(&extension(&naive_fold(b.0)))),
            Column::LastModified => directed(a.1.time.cmp(&b.1.time)),
            Column::StorageClass => directed(a.1.class.cmp(&b.1.class)),
        };
        b.1.folder.cmp(&a.1.folder).then(by_column).then(by_name)
    }

    fn shown(&self) -> Vec<(&String, &ModelRow)> {
        let needle = naive_fold(&self.filter);
        let mut rows: Vec<_> = self
            .rows
            .iter()
            .filter(|(name, _)| naive_fold(name).contains(&needle))
            .collect();
        rows.sort_by(|a, b| self.compare(*a, *b));
        rows
    }

    fn select(&mut self, change: &SelectionChange) {
        let shown: Vec<String> = self.shown().into_iter().map(|(name, _)| name.clone()).collect();
        let at = |index: u64| shown.get(usize::try_from(index).unwrap()).cloned();
        match *change {
            SelectionChange::Only(index) => self.selected = at(index).into_iter().collect(),
            SelectionChange::Toggle(index) => {
                if let Some(name) = at(index)
                    && !self.selected.remove(&name)
                {
                    self.selected.insert(name);
                }
            }
            SelectionChange::Range { from, to, additive } => {
                if !additive {
                    self.selected.clear();
                }
                self.selected.extend((from.min(to)..=from.max(to)).filter_map(at));
            }
            SelectionChange::All => self.selected = shown.into_iter().collect(),
            SelectionChange::None => self.selected.clear(),
            SelectionChange::Key(_) => unreachable!("not generated"),
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Page(Vec<ListedObject>),
    Sort(Sort),
    Filter(String),
    Select(SelectionChange),
    Complete,
    Restart,
}

fn object(key: &str, size: u64, time: Option<i64>, class: Option<&str>) -> ListedObject {
    ListedObject {
        key: ObjectKey::parse(key).unwrap(),
        size,
        last_modified: time.map(|time| OffsetDateTime::from_unix_timestamp(time).unwrap()),
        etag: None,
        storage_class: class.map(str::to_owned),
    }
}

fn any_object() -> impl Strategy<Value = ListedObject> {
    let class = prop_oneof![Just(None), Just(Some("STANDARD")), Just(Some("GLACIER"))];
    ("(p/)?[aAbéÉ名./]{1,5}", 0_u64..4, proptest::option::of(0_i64..3), class)
        .prop_map(|(key, size, time, class)| object(&key, size, time, class))
}

fn any_page() -> impl Strategy<Value = Vec<ListedObject>> {
    (proptest::collection::vec(any_object(), 0..12), any::<bool>()).prop_map(|(mut page, ordered)| {
        if ordered {
            page.sort_by(|a, b| a.key.cmp(&b.key));
        }
        page
    })
}

fn any_sort() -> impl Strategy<Value = Sort> {
    let columns = [
        Column::Name,
        Column::Size,
        Column::Type,
        Column::LastModified,
        Column::StorageClass,
    ];
    let directions = [Direction::Ascending, Direction::Descending];
    (
        proptest::sample::select(columns.to_vec()),
        proptest::sample::select(directions.to_vec()),
    )
        .prop_map(|(column, direction)| Sort { column, direction })
}

fn any_change() -> impl Strategy<Value = SelectionChange> {
    prop_oneof![
        (0_u64..12).prop_map(SelectionChange::Only),
        (0_u64..12).prop_map(SelectionChange::Toggle),
        (0_u64..12, 0_u64..12, any::<bool>()).prop_map(|(from, to, additive)| SelectionChange::Range {
            from,
            to,
            additive
        }),
        Just(SelectionChange::All),
        Just(SelectionChange::None),
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => any_page().prop_map(Step::Page),
        2 => any_sort().prop_map(Step::Sort),
        2 => "[aAéÉ/.]{0,2}".prop_map(Step::Filter),
        4 => any_change().prop_map(Step::Select),
        1 => Just(Step::Complete),
        1 => Just(Step::Restart),
    ]
}

/// One page as a server with folders sends it, or, unfolded, as one that ignores the delimiter.
fn page_of(objects: &[ListedObject], model: &Model, folds: bool) -> ListPage {
    let mut page = ListPage {
        objects: objects.to_vec(),
        ..ListPage::default()
    };
    if folds && model.mode == Mode::Folders {
        let prefix = model.prefix.len();
        let slash = |object: &ListedObject| object.key.as_str().get(prefix..).and_then(|rest| rest.find('/'));
        let inside = |object: &ListedObject| object.key.as_str().starts_with(&model.prefix) && slash(object).is_some();
        let folder = |object: &ListedObject| object.key.as_str()[..=prefix + slash(object).unwrap()].to_owned();
        let folders: BTreeSet<String> = objects.iter().filter(|object| inside(object)).map(folder).collect();
        page.objects.retain(|object| !inside(object));
        page.common_prefixes = folders.into_iter().map(Prefix::new).collect();
    }
    page
}

fn apply(step: Step, state: &mut State, model: &mut Model, folds: bool) {
    match step {
        Step::Page(objects) => {
            let page = page_of(&objects, model, folds);
            state.append(&page);
            model.append(&page.objects, &page.common_prefixes);
        }
        Step::Sort(sort) => {
            state.set_sort(sort);
            model.sort = sort;
        }
        Step::Filter(text) => {
            state.set_filter(&text);
            model.filter = text;
        }
        Step::Select(change) => {
            model.select(&change);
            state.select(change);
        }
        Step::Complete => {
            state.finish(ListingState::Complete, EPOCH);
            model.complete();
        }
        Step::Restart => {
            state.restart();
            model.next = Some(BTreeMap::new());
        }
    }
}

fn assert_alike(state: &mut State, model: &Model) {
    let base = &model.prefix[..model.prefix.rfind('/').map_or(0, |slash| slash + 1)];
    let rows = state.rows(0, 500);
    let shown = model.shown();
    let keys: Vec<String> = shown.iter().map(|(name, _)| format!("{base}{name}")).collect();
    assert_eq!(rows.rows.iter().map(|row| row.key.clone()).collect::<Vec<_>>(), keys);
    for (row, (name, model_row)) in rows.rows.iter().zip(&shown) {
        assert_eq!(row.selected, model.selected.contains(*name));
        assert_eq!(row.size, (!model_row.folder).then_some(model_row.size));
        assert_eq!(row.last_modified.map(OffsetDateTime::unix_timestamp), model_row.time);
        assert_eq!(row.storage_class, model_row.class);
    }
    let status = state.status();
    assert_eq!((status.version, status.matching), (rows.version, shown.len() as u64));
    let folders = shown.iter().filter(|(_, row)| row.folder).count();
    assert_eq!(status.matching_folders, folders as u64);
    assert_eq!(status.listed + status.folders, model.rows.len() as u64);
    let selected: Vec<_> = model
        .rows
        .iter()
        .filter(|(name, _)| model.selected.contains(*name))
        .collect();
    let selection = state.selection();
    let summary = selection.summary();
    assert_eq!(summary.bytes, selected.iter().map(|(_, row)| row.size).sum::<u64>());
    assert_eq!(summary.objects + summary.folders, selected.len() as u64);
    let visible = shown.iter().filter(|(name, _)| model.selected.contains(*name)).count();
    assert_eq!(summary.hidden, (selected.len() - visible) as u64);
    assert_eq!(summary.all, !shown.is_empty() && visible == shown.len());
    assert_eq!(summary.first.len(), visible);
    let entries: BTreeSet<String> = selection
        .entries()
        .map(|entry| match entry {
            Entry::Object { key, .. } => key.to_string(),
            Entry::Folder(prefix) => prefix.to_string(),
        })
        .collect();
    assert_eq!(
        entries,
        selected.iter().map(|(name, _)| format!("{base}{name}")).collect()
    );
    for (at, key) in keys.iter().enumerate() {
        let name = if shown[at].1.folder {
            EntryName::Folder(Prefix::new(key))
        } else {
            EntryName::Object(ObjectKey::parse(key).unwrap())
        };
        assert_eq!(state.index_of(&name), Some(at as u64));
    }
    let begins = |name: &str| naive_fold(name).starts_with('a');
    let first = shown.iter().position(|(name, _)| begins(name)).map(|at| at as u64);
    assert_eq!(state.find("A", 0), first);
    assert_eq!(state.find("A", shown.len() as u64), first);
}

proptest! {
    #[test]
    fn a_view_behaves_like_a_sorted_filtered_map(
        prefix in prop_oneof![Just(""), Just("p/"), Just("p/a"), Just("a")],
        flat in any::<bool>(),
        folds in any::<bool>(),
        steps in proptest::collection::vec(any_step(), 1..25),
    ) {
        let mode = if flat { Mode::Flat } else { Mode::Folders };
        let mut state = State::new(Prefix::new(prefix), mode, Sort::default());
        let mut model = Model {
            prefix: prefix.to_owned(), mode, rows: BTreeMap::new(), next: None,
            selected: BTreeSet::new(), filter: String::new(), sort: Sort::default(),
        };
        for step in steps {
            apply(step, &mut state, &mut model, folds);
            assert_alike(&mut state, &model);
        }
    }
}

fn page(keys: &[&str]) -> ListPage {
    ListPage {
        objects: keys.iter().map(|key| object(key, 1, None, None)).collect(),
        ..ListPage::default()
    }
}

#[test]
fn a_key_that_is_awaited_is_selected_when_it_comes() {
    let mut state = State::new(Prefix::default(), Mode::Folders, Sort::default());
    state.append(&page(&["a", "b"]));
    state.finish(ListingState::Complete, EPOCH);
    let new = EntryName::Object(ObjectKey::parse("new").unwrap());
    assert_eq!(state.select(SelectionChange::Key(new)).objects, 0);
    state.restart();
    assert_eq!(
        state.contains_key(&ObjectKey::parse("a").unwrap()),
        None,
        "a listing under way knows nothing for certain"
    );
    state.append(&page(&["a", "b", "new"]));
    state.finish(ListingState::Complete, EPOCH);
    assert_eq!(state.selection().summary().first[0].key, "new");
    assert_eq!(state.contains_key(&ObjectKey::parse("new").unwrap()), Some(true));
    assert_eq!(state.contains_key(&ObjectKey::parse("x").unwrap()), Some(false));
    assert_eq!(
        state.contains_key(&ObjectKey::parse("a/b").unwrap()),
        None,
        "it lies deeper than this view looks"
    );
}

#[test]
fn a_snapshot_of_the_selection_outlives_what_the_view_does_next() {
    let mut state = State::new(Prefix::default(), Mode::Folders, Sort::default());
    state.append(&page(&["a", "b"]));
    state.select(SelectionChange::All);
    let snapshot = state.selection();
    state.append(&page(&["c"]));
    state.select(SelectionChange::None);
    assert_eq!(snapshot.entries().count(), 2);
    assert_ne!(snapshot.id(), state.selection().id());
}

#[test]
fn the_same_keys_listed_again_are_the_same_selection() {
    let mut state = State::new(Prefix::default(), Mode::Folders, Sort::default());
    state.append(&page(&["a", "b"]));
    state.finish(ListingState::Complete, EPOCH);
    state.select(SelectionChange::All);
    let id = state.selection().id();
    state.restart();
    state.append(&page(&["a", "b", "c"]));
    state.finish(ListingState::Complete, EPOCH);
    assert_eq!(state.selection().id(), id, "nothing of it changed");
    state.restart();
    state.append(&page(&["a", "c", "d"]));
    state.finish(ListingState::Complete, EPOCH);
    assert_ne!(state.selection().id(), id, "one of them is gone");
}

#[test]
fn etags_come_back_as_they_were() {
    let etags = [
        "d41d8cd98f00b204e9800998ecf8427e",
        "d41d8cd98f00b204e9800998ecf8427e-12",
        "odd",
        "",
        "ABC-1",
        "d41d8cd98f00b204e9800998ecf8427e-012",
        "D41D8CD98F00B204E9800998ECF8427E",
        "d41d8cd98f00b204e9800998ecf8427e-10001",
    ];
    let mut state = State::new(Prefix::default(), Mode::Flat, Sort::default());
    let mut listed = page(&["a", "b", "c", "d", "e", "f", "g", "h"]);
    for (object, etag) in listed.objects.iter_mut().zip(etags) {
        object.etag = Some(etag.to_owned());
    }
    state.append(&listed);
    let rows = state.rows(0, 10).rows;
    assert_eq!(
        rows.iter().map(|row| row.etag.clone().unwrap()).collect::<Vec<_>>(),
        etags
    );
}

#[test]
fn the_marker_of_the_folder_looked_at_is_a_row_only_in_a_flat_view() {
    for (mode, names) in [(Mode::Folders, vec!["a"]), (Mode::Flat, vec!["p/", "a"])] {
        let mut state = State::new(Prefix::new("x/p/"), mode, Sort::default());
        state.append(&page(&["x/p/", "x/p/a"]));
        assert_eq!(
            state
                .rows(0, 9)
                .rows
                .into_iter()
                .map(|row| row.name)
                .collect::<Vec<_>>(),
            names
        );
    }
}
