//! From the catalog's rows to rows as the table draws them: names in visible parts, types in words.

use std::sync::Arc;

use dipper_catalog::{self as catalog, EntryName, ListingState, RowKind, View};
use dipper_storage::{ObjectKey, Prefix};

use super::{Row, Rows, SelectionChange, SelectionSummary, ViewState, ViewStatus};
use crate::error::{Error, Result};
use crate::kinds;
use crate::names::{self, NamePart};

/// What stands for the object that makes an empty folder visible: its key is the folder's own prefix.
const FOLDER_MARKER: &str = "(this folder)";

pub(super) fn window(view: &View, start: u64, count: u32) -> Rows {
    let window = view.rows(start, count);
    Rows {
        version: window.version,
        total: window.total,
        start,
        rows: window.rows.into_iter().map(row).collect(),
    }
}

pub(super) fn status(view: &View) -> ViewStatus {
    let status = view.status().borrow().clone();
    let (state, error) = match status.state {
        ListingState::Listing => (ViewState::Listing, None),
        ListingState::Complete => (ViewState::Complete, None),
        ListingState::Stopped => (ViewState::Stopped, None),
        ListingState::Failed(error) => (ViewState::Failed, Some(Arc::new(Error::from(error.as_ref().clone())))),
    };
    ViewStatus {
        version: status.version,
        state,
        listed: status.listed,
        folders: status.folders,
        matching: status.matching,
        matching_folders: status.matching_folders,
        bytes: status.bytes,
        finished_at: status.finished_at,
        error,
        selection: summary(view.selection().summary().clone()),
    }
}

pub(super) fn summary(summary: catalog::SelectionSummary) -> SelectionSummary {
    let alone = summary.objects + summary.folders == 1;
    let single = summary.first.into_iter().next().filter(|_| alone).map(row);
    SelectionSummary {
        id: summary.id.to_string(),
        objects: summary.objects,
        folders: summary.folders,
        bytes: summary.bytes,
        hidden: summary.hidden,
        single,
    }
}

/// A key that ends in `/` is taken for a folder's prefix first: that is the row a person sees under this name.
pub(super) fn change(change: SelectionChange) -> Result<catalog::SelectionChange> {
    Ok(match change {
        SelectionChange::Only { index } => catalog::SelectionChange::Only(index),
        SelectionChange::Toggle { index } => catalog::SelectionChange::Toggle(index),
        SelectionChange::Range { from, to, additive } => catalog::SelectionChange::Range { from, to, additive },
        SelectionChange::All => catalog::SelectionChange::All,
        SelectionChange::None => catalog::SelectionChange::None,
        SelectionChange::Key { key } if key.ends_with('/') => {
            catalog::SelectionChange::Key(EntryName::Folder(Prefix::new(key)))
        }
        SelectionChange::Key { key } => catalog::SelectionChange::Key(EntryName::Object(ObjectKey::parse(&key)?)),
    })
}

fn row(row: catalog::Row) -> Row {
    let folder = row.kind == RowKind::Folder;
    let name = if folder {
        row.name.strip_suffix('/').unwrap_or(&row.name)
    } else {
        &row.name
    };
    let kind = if folder { kinds::folder() } else { kinds::of(name) };
    let marker = !folder && name.is_empty();
    let (parts, spoken, tags) = if marker {
        (
            vec![NamePart {
                text: FOLDER_MARKER.to_owned(),
                odd: true,
            }],
            "this folder".to_owned(),
            Vec::new(),
        )
    } else {
        (names::name_parts(name), names::spoken(name), names::tags(name))
    };
    Row {
        index: row.index,
        kind: row.kind,
        name: parts,
        spoken: if folder { format!("{spoken}, folder") } else { spoken },
        tags,
        key: row.key,
        size: row.size,
        last_modified: row.last_modified,
        type_words: kind.words,
        icon: kind.icon,
        storage_class: row.storage_class,
        selected: row.selected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(kind: RowKind, key: &str, name: &str) -> Row {
        row(catalog::Row {
            index: 0,
            kind,
            key: key.to_owned(),
            name: name.to_owned(),
            size: None,
            last_modified: None,
            storage_class: None,
            etag: None,
            selected: false,
        })
    }

    #[test]
    fn a_folder_loses_its_slash_on_the_screen_and_keeps_it_in_its_key() {
        let row = listed(RowKind::Folder, "2026/raw/", "raw/");
        assert_eq!(
            row.name,
            [NamePart {
                text: "raw".to_owned(),
                odd: false
            }]
        );
        assert_eq!((row.key.as_str(), row.spoken.as_str()), ("2026/raw/", "raw, folder"));
    }

    #[test]
    fn an_empty_segment_has_words_and_a_tag() {
        let row = listed(RowKind::Folder, "2026//", "/");
        assert_eq!(
            row.name,
            [NamePart {
                text: names::EMPTY_NAME.to_owned(),
                odd: true
            }]
        );
        assert_eq!(row.tags, ["//"]);
    }

    #[test]
    fn the_marker_of_a_folder_is_named_as_what_it_is() {
        let row = listed(RowKind::Object, "2026/", "");
        assert_eq!(row.name[0].text, FOLDER_MARKER);
        assert!(row.tags.is_empty());
    }
}
