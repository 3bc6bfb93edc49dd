//! The listing in columns: about 45 bytes a row beside its name.
//!
//! Rows live in segments of 4,096. A full segment is frozen and shared, so a snapshot of a million rows is some 250
//! pointers, and no column is ever copied because it grew. Rows stand in the server's order, which is byte order on all
//! but a few servers: a key is then found by bisection. A server that jumps about gets a map of its names instead.
//!
//! Names are stored without the base that all keys of the view have in front: the prefix up to its last `/`. In a view
//! with folders a folder's name ends in `/` and no object's has one; in a flat view there are no folders. So a name alone
//! tells which row is meant.

mod etag;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use dipper_storage::{ListPage, ListedObject, MAX_KEY_BYTES, ObjectKey, Prefix};
use time::OffsetDateTime;

use crate::entry::{Entry, Row, RowKind};
use crate::fold::{Folded, fold};
use crate::view::Mode;

use etag::Etag;

const SEGMENT_ROWS: usize = 4096;

/// The class of a row that has none.
const NO_CLASS: u16 = u16::MAX;
/// The class of a row that is a folder.
const FOLDER: u16 = u16::MAX - 1;
/// The time of a row that has none.
const NO_TIME: i64 = i64::MIN;

/// A listing, as far as it is known.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    base: Arc<str>,
    prefix: Arc<str>,
    mode: Mode,
    frozen: Vec<Arc<Segment>>,
    growing: Segment,
    classes: Vec<String>,
    /// Rows by name, once the server's order turned out not to be byte order.
    by_name: Option<HashMap<Box<str>, u32>>,
    objects: u64,
    folders: u64,
    bytes: u64,
}

#[derive(Clone, Debug, Default)]
struct Segment {
    /// Names, each followed by its fold if it is not ASCII.
    text: String,
    name_ends: Vec<u32>,
    fold_lengths: Vec<u16>,
    sizes: Vec<u64>,
    times: Vec<i64>,
    classes: Vec<u16>,
    etags: Vec<Etag>,
    /// Those that are not an MD5 with an optional count of parts.
    odd_etags: HashMap<u32, Box<str>>,
}

/// One row, where it lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowRef<'a> {
    table: &'a Table,
    segment: &'a Segment,
    at: usize,
}

/// A row on its way in.
struct Incoming<'a> {
    name: &'a str,
    object: Option<&'a ListedObject>,
}

impl Table {
    pub(crate) fn new(prefix: &Prefix, mode: Mode) -> Self {
        let prefix: Arc<str> = prefix.as_str().into();
        let base = prefix.rfind('/').map_or("", |slash| &prefix[..=slash]).into();
        Self {
            base,
            prefix,
            mode,
            frozen: Vec::new(),
            growing: Segment::default(),
            classes: Vec::new(),
            by_name: None,
            objects: 0,
            folders: 0,
            bytes: 0,
        }
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.frozen.len() * SEGMENT_ROWS + self.growing.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn objects(&self) -> u64 {
        self.objects
    }

    pub(crate) fn folders(&self) -> u64 {
        self.folders
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// A row; `row` must be below [`Table::len`].
    pub(crate) fn row(&self, row: u32) -> RowRef<'_> {
        let (segment, at) = (row as usize / SEGMENT_ROWS, row as usize % SEGMENT_ROWS);
        let segment = self.frozen.get(segment).map_or(&self.growing, Arc::as_ref);
        RowRef {
            table: self,
            segment,
            at,
        }
    }

    /// The rows of a range whose fold pleases `wanted`, walking over the columns once.
    pub(crate) fn search(&self, rows: Range<u32>, wanted: impl Fn(Folded<'_>) -> bool) -> Vec<u32> {
        let mut found = Vec::new();
        let mut row = rows.start;
        while row < rows.end.min(self.len()) {
            let first = self.row(row);
            let last = (rows.end - row).min(u32::try_from(first.segment.len() - first.at).unwrap_or(u32::MAX));
            first.segment.search(first.at, row..row + last, &wanted, &mut found);
            row += last;
        }
        found
    }

    /// Takes a page in and says how many rows that made. Keys listed before, keys outside the prefix and keys that S3
    /// would not take are left out; keys that should have been folded into a folder are.
    pub(crate) fn append(&mut self, page: &ListPage) -> u32 {
        let before = self.len();
        let mut incoming: Vec<Incoming<'_>> = Vec::with_capacity(page.objects.len() + page.common_prefixes.len());
        let (prefix, base, mode) = (self.prefix.clone(), self.base.clone(), self.mode);
        for object in &page.objects {
            incoming.extend(incoming_object(object, &prefix, &base, mode));
        }
        for folder in page
            .common_prefixes
            .iter()
            .filter(|folder| folder.as_str().starts_with(&*prefix) && folder.as_str().len() <= MAX_KEY_BYTES)
        {
            let name = &folder.as_str()[base.len()..];
            incoming.push(Incoming { name, object: None });
        }
        // The two lists of a page are each in order; sorting interleaves them as the server walked over them.
        incoming.sort_by(|a, b| a.name.cmp(b.name));
        for row in incoming.iter().filter(|row| !row.name.is_empty() || mode == Mode::Flat) {
            self.insert(row);
        }
        self.len() - before
    }

    fn insert(&mut self, incoming: &Incoming<'_>) {
        let rows = self.len();
        let in_order = rows == 0 || self.row(rows - 1).name() < incoming.name;
        if !in_order || self.by_name.is_some() {
            if self.find(incoming.name).is_some() {
                return;
            }
            let by_name = self.by_name.take().unwrap_or_else(|| self.names());
            self.by_name.insert(by_name).insert(incoming.name.into(), rows);
        }
        if let Some(object) = incoming.object {
            self.objects += 1;
            self.bytes = self.bytes.saturating_add(object.size);
        } else {
            self.folders += 1;
        }
        let class = self.class_of(incoming.object);
        self.growing.push(incoming, class);
        if self.growing.len() == SEGMENT_ROWS {
            let mut full = std::mem::take(&mut self.growing);
            full.shrink();
            self.frozen.push(Arc::new(full));
        }
    }

    fn names(&self) -> HashMap<Box<str>, u32> {
        (0..self.len()).map(|row| (self.row(row).name().into(), row)).collect()
    }

    fn class_of(&mut self, object: Option<&ListedObject>) -> u16 {
        let Some(object) = object else { return FOLDER };
        let Some(class) = &object.storage_class else {
            return NO_CLASS;
        };
        let known = self.classes.iter().position(|known| known == class).unwrap_or_else(|| {
            // S3 has about ten. A server that invents one for each object gets no memory for them.
            if self.classes.len() < 1000 {
                self.classes.push(class.clone());
                self.classes.len() - 1
            } else {
                usize::from(NO_CLASS)
            }
        });
        u16::try_from(known).unwrap_or(NO_CLASS)
    }

    /// The row of this name.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        if let Some(by_name) = &self.by_name {
            return by_name.get(name).copied();
        }
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.row(middle).name() < name {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low < self.len() && self.row(low).name() == name).then_some(low)
    }

    /// The name that a key or prefix has in this view, if it can be listed here as one row.
    pub(crate) fn name_of<'k>(&self, key: &'k str, kind: RowKind) -> Option<&'k str> {
        let name = key.starts_with(&*self.prefix).then(|| &key[self.base.len()..])?;
        let fits = match (self.mode, kind) {
            (Mode::Folders, RowKind::Folder) => name.find('/').is_some_and(|slash| slash + 1 == name.len()),
            (Mode::Folders, RowKind::Object) => !name.is_empty() && !name.contains('/'),
            (Mode::Flat, kind) => kind == RowKind::Object,
        };
        fits.then_some(name)
    }

    /// The rank of each storage class in alphabetical order, by number.
    pub(crate) fn class_ranks(&self) -> Vec<u16> {
        let mut sorted: Vec<&String> = self.classes.iter().collect();
        sorted.sort();
        let rank = |class| {
            sorted
                .iter()
                .position(|other| *other == class)
                .and_then(|at| u16::try_from(at + 1).ok())
        };
        self.classes.iter().map(|class| rank(class).unwrap_or(0)).collect()
    }
}

fn incoming_object<'a>(object: &'a ListedObject, prefix: &str, base: &str, mode: Mode) -> Option<Incoming<'a>> {
    let key = object.key.as_str();
    if !key.starts_with(prefix) || key.is_empty() || key.len() > MAX_KEY_BYTES {
        tracing::warn!(key, "left a key out of the listing that does not belong there");
        return None;
    }
    let name = &key[base.len()..];
    match name.find('/') {
        Some(slash) if mode == Mode::Folders => Some(Incoming {
            name: &name[..=slash],
            object: None,
        }),
        _ => Some(Incoming {
            name,
            object: Some(object),
        }),
    }
}

impl Segment {
    fn len(&self) -> usize {
        self.name_ends.len()
    }

    fn push(&mut self, incoming: &Incoming<'_>, class: u16) {
        let at = u32::try_from(self.len()).unwrap_or(u32::MAX);
        self.text.push_str(incoming.name);
        self.name_ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        let fold = if incoming.name.is_ascii() {
            String::new()
        } else {
            fold(incoming.name)
        };
        self.text.push_str(&fold);
        self.fold_lengths.push(u16::try_from(fold.len()).unwrap_or(u16::MAX));
        self.classes.push(class);
        self.sizes.push(incoming.object.map_or(0, |object| object.size));
        let time = incoming.object.and_then(|object| object.last_modified);
        self.times.push(time.map_or(NO_TIME, OffsetDateTime::unix_timestamp));
        let etag = incoming.object.and_then(|object| object.etag.as_deref());
        let usual = etag.and_then(Etag::parse);
        if let (Some(odd), None) = (etag, usual) {
            self.odd_etags.insert(at, odd.into());
        }
        self.etags.push(usual.unwrap_or_else(Etag::none));
    }

    /// Rows that are wanted; those numbered `rows` begin at `at`.
    fn search(&self, at: usize, rows: Range<u32>, wanted: &impl Fn(Folded<'_>) -> bool, found: &mut Vec<u32>) {
        let text = self.text.as_bytes();
        let mut start = self.start(at);
        for (row, (end, fold)) in rows.zip(self.name_ends[at..].iter().zip(&self.fold_lengths[at..])) {
            let (end, fold) = (*end as usize, usize::from(*fold));
            let folded = if fold == 0 {
                Folded::Ascii(&text[start..end])
            } else {
                Folded::Stored(&text[end..end + fold])
            };
            if wanted(folded) {
                found.push(row);
            }
            start = end + fold;
        }
    }

    /// Where the name of a row begins.
    fn start(&self, at: usize) -> usize {
        let before = at.checked_sub(1);
        before.map_or(0, |before| {
            self.name_ends[before] as usize + usize::from(self.fold_lengths[before])
        })
    }

    fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.odd_etags.shrink_to_fit();
    }
}

impl<'a> RowRef<'a> {
    fn bounds(self) -> (usize, usize, usize) {
        let start = self.segment.start(self.at);
        let end = self.segment.name_ends[self.at] as usize;
        (start, end, end + usize::from(self.segment.fold_lengths[self.at]))
    }

    /// The key without the view's base.
    pub(crate) fn name(self) -> &'a str {
        let (start, end, _) = self.bounds();
        &self.segment.text[start..end]
    }

    pub(crate) fn folded(self) -> Folded<'a> {
        let (start, end, fold_end) = self.bounds();
        let bytes = self.segment.text.as_bytes();
        if end == fold_end {
            Folded::Ascii(&bytes[start..end])
        } else {
            Folded::Stored(&bytes[end..fold_end])
        }
    }

    pub(crate) fn kind(self) -> RowKind {
        if self.segment.classes[self.at] == FOLDER {
            RowKind::Folder
        } else {
            RowKind::Object
        }
    }

    pub(crate) fn size(self) -> u64 {
        self.segment.sizes[self.at]
    }

    /// Seconds since 1970; rows without a time come first.
    pub(crate) fn time(self) -> i64 {
        self.segment.times[self.at]
    }

    /// The number of the storage class, if it has one.
    pub(crate) fn class(self) -> Option<usize> {
        let class = self.segment.classes[self.at];
        (class < FOLDER).then_some(usize::from(class))
    }

    fn key(self) -> String {
        format!("{}{}", self.table.base, self.name())
    }

    fn last_modified(self) -> Option<OffsetDateTime> {
        let time = (self.time() != NO_TIME).then_some(self.time())?;
        OffsetDateTime::from_unix_timestamp(time).ok()
    }

    fn etag(self) -> Option<String> {
        let etag = self.segment.etags[self.at];
        if !etag.is_none() {
            return Some(etag.text());
        }
        let at = u32::try_from(self.at).ok()?;
        self.segment.odd_etags.get(&at).map(|odd| odd.as_ref().to_owned())
    }

    pub(crate) fn to_row(self, index: u64, selected: bool) -> Row {
        let object = self.kind() == RowKind::Object;
        let key = self.key();
        // The marker of the very folder that a flat view shows has nothing left behind its base.
        let name = if self.name().is_empty() {
            last_part(&key).to_owned()
        } else {
            self.name().to_owned()
        };
        Row {
            index,
            kind: self.kind(),
            key,
            name,
            size: object.then(|| self.size()),
            last_modified: self.last_modified(),
            storage_class: self.class().and_then(|class| self.table.classes.get(class)).cloned(),
            etag: self.etag(),
            selected,
        }
    }

    pub(crate) fn to_entry(self) -> Entry {
        if self.kind() == RowKind::Folder {
            return Entry::Folder(Prefix::new(self.key()));
        }
        #[expect(
            clippy::expect_used,
            reason = "append takes in only keys of 1 to 1,024 bytes, which is all that parse asks"
        )]
        let key = ObjectKey::parse(&self.key()).expect("a listed key");
        Entry::Object {
            key,
            size: self.size(),
            last_modified: self.last_modified(),
        }
    }
}

fn last_part(key: &str) -> &str {
    let inner = key.strip_suffix('/').unwrap_or(key);
    inner.rfind('/').map_or(key, |slash| &key[slash + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_that_no_key_can_have_is_left_out() {
        let mut table = Table::new(&Prefix::default(), Mode::Folders);
        let longest = "é".repeat(MAX_KEY_BYTES / 2 - 1) + "b/";
        let page = ListPage {
            common_prefixes: vec![
                Prefix::new("a/"),
                Prefix::new("é".repeat(40_000) + "/"),
                Prefix::new(longest.clone()),
                Prefix::new("é/"),
            ],
            ..ListPage::default()
        };
        assert_eq!(table.append(&page), 3);
        let names: Vec<&str> = (0..table.len()).map(|row| table.row(row).name()).collect();
        assert_eq!(names, ["a/", "é/", &longest]);
        assert_eq!(table.search(0..table.len(), |_| true), [0, 1, 2]);
    }
}
