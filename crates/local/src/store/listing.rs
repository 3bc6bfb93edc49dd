//! Listing keys in order, with common prefixes folded.
//!
//! Keys are compared as bytes, as S3 does, straight along the index. When a key folds into a common prefix the scan
//! jumps behind everything that shares it: a page over a million keys in ten folders reads ten rows, not a million.

use rusqlite::{Connection, params};

use super::{Size, Store, bucket_id};
use crate::failure::Failure;

/// Current objects of a range of keys, along the index.
const SCAN: &str = "SELECT key, size, etag, modified, storage_class FROM objects INDEXED BY current_objects \
    WHERE bucket = ?1 AND is_current = 1 AND key >= ?2 AND key < ?3 ORDER BY key";

/// What to list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query {
    pub(crate) prefix: String,
    /// Empty: nothing is folded.
    pub(crate) delimiter: String,
    /// Only what sorts behind this, common prefixes too: one that it begins with is behind us already.
    pub(crate) after: String,
    pub(crate) limit: usize,
}

/// One line of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    Object(Listed),
    CommonPrefix(String),
}

/// An object as listings show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) key: String,
    pub(crate) size: u64,
    pub(crate) etag: String,
    /// Unix time in milliseconds.
    pub(crate) modified: i64,
    pub(crate) storage_class: String,
}

/// A page of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) entries: Vec<Entry>,
    /// Where the next page begins (`Query::after`), if there is one.
    pub(crate) next: Option<String>,
}

impl Entry {
    /// The key or the common prefix.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Object(listed) => &listed.key,
            Self::CommonPrefix(prefix) => prefix,
        }
    }
}

impl Store {
    pub(crate) async fn list(&self, bucket: String, query: Query) -> Result<Page, Failure> {
        self.database
            .read(move |connection| {
                let bucket = bucket_id(connection, &bucket)?;
                list(connection, bucket, &query)
            })
            .await
    }
}

fn list(connection: &Connection, bucket: i64, query: &Query) -> Result<Page, Failure> {
    let mut page = Page::default();
    let end = behind(query.prefix.as_bytes());
    let mut from = Some(first_key(query));
    while let Some(start) = from.take() {
        from = scan(connection, bucket, (&start, &end), query, &mut page)?;
    }
    Ok(page)
}

/// Where the scan begins: the smallest key that can be on the page.
fn first_key(query: &Query) -> Vec<u8> {
    if query.after.as_str() < query.prefix.as_str() {
        return query.prefix.clone().into_bytes();
    }
    if let Some(common) = fold(&query.after, query) {
        return behind(common.as_bytes());
    }
    let mut next = query.after.clone().into_bytes();
    if !query.after.is_empty() {
        next.push(0); // the smallest key behind `after`
    }
    next
}

/// Reads keys until the page is full, the range ends, or a common prefix has been added: then says where to go on.
fn scan(
    connection: &Connection,
    bucket: i64,
    (start, end): (&[u8], &[u8]),
    query: &Query,
    page: &mut Page,
) -> Result<Option<Vec<u8>>, Failure> {
    let mut select = connection.prepare_cached(SCAN)?;
    let mut rows = select.query(params![bucket, start, end])?;
    while let Some(row) = rows.next()? {
        if page.entries.len() >= query.limit {
            page.next = page.entries.last().map(|entry| entry.name().to_owned());
            return Ok(None);
        }
        let key = String::from_utf8(row.get(0)?).map_err(|error| std::io::Error::other(error.utf8_error()))?;
        if let Some(common) = fold(&key, query) {
            page.entries.push(Entry::CommonPrefix(common.to_owned()));
            return Ok(Some(behind(common.as_bytes())));
        }
        page.entries.push(Entry::Object(Listed {
            key,
            size: row.get::<_, Size>(1)?.0,
            etag: row.get(2)?,
            modified: row.get(3)?,
            storage_class: row.get(4)?,
        }));
    }
    Ok(None)
}

/// The common prefix that a key folds into: up to and with the first delimiter behind the prefix.
pub(in crate::store) fn fold<'key>(key: &'key str, query: &Query) -> Option<&'key str> {
    if query.delimiter.is_empty() {
        return None;
    }
    let rest = key.strip_prefix(&query.prefix)?;
    let at = rest.find(&query.delimiter)?;
    key.get(..query.prefix.len() + at + query.delimiter.len())
}

/// The smallest bytes that sort behind everything beginning with `prefix`. Keys are UTF-8, so no byte of one is 0xFF.
fn behind(prefix: &[u8]) -> Vec<u8> {
    let mut bytes = prefix.to_vec();
    match bytes.last_mut() {
        Some(last) => *last += 1,
        None => bytes.push(u8::MAX),
    }
    bytes
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use rusqlite::StatementStatus;

    use super::*;
    use crate::database::tests_support::memory;

    fn insert(connection: &Connection, key: &str) {
        connection.execute("INSERT INTO contents DEFAULT VALUES", []).unwrap();
        let content = connection.last_insert_rowid();
        connection
            .execute(
                "INSERT INTO objects (bucket, key, version, is_current, content, size, etag, modified, storage_class, \
                 attributes, checksums, acl) VALUES (1, ?1, 'null', 1, ?2, 0, '', 0, '', '{}', '{}', '[]')",
                params![key.as_bytes(), content],
            )
            .unwrap();
    }

    fn database(keys: &BTreeSet<String>) -> Connection {
        let connection = memory();
        connection
            .execute(
                "INSERT INTO buckets (id, name, created, region, acl) VALUES (1, 'b', 0, '', '[]')",
                [],
            )
            .unwrap();
        for key in keys {
            insert(&connection, key);
        }
        connection
    }

    /// The definition: everything, filtered, folded, cut.
    fn model(keys: &BTreeSet<String>, query: &Query) -> Vec<String> {
        let mut names: Vec<String> = keys
            .iter()
            .filter(|key| key.starts_with(&query.prefix) && **key > query.after)
            .map(|key| fold(key, query).unwrap_or(key).to_owned())
            .filter(|name| *name > query.after)
            .collect();
        names.dedup();
        names
    }

    fn all_pages(connection: &Connection, query: &Query) -> Vec<String> {
        let mut query = query.clone();
        let mut names = Vec::new();
        loop {
            let page = list(connection, 1, &query).unwrap();
            assert!(page.entries.len() <= query.limit);
            names.extend(page.entries.iter().map(|entry| entry.name().to_owned()));
            let Some(next) = page.next else { return names };
            assert!(!page.entries.is_empty(), "a page that leads on has something on it");
            query.after = next;
        }
    }

    fn key() -> impl Strategy<Value = String> {
        proptest::string::string_regex("[ab/é\u{10FFFF}\u{1}\u{7f}-]{1,6}").unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn every_way_of_paging_sees_what_the_model_sees(
            keys in proptest::collection::btree_set(key(), 0..40),
            prefix in proptest::string::string_regex("[ab/]{0,2}").unwrap(),
            delimiter in prop_oneof![Just(String::new()), Just("/".to_owned()), Just("a/".to_owned()), Just("é".to_owned())],
            after in prop_oneof![Just(String::new()), key()],
            limit in 1_usize..8,
        ) {
            let connection = database(&keys);
            let query = Query { prefix, delimiter, after, limit };
            prop_assert_eq!(all_pages(&connection, &query), model(&keys, &query));
        }
    }

    #[test]
    fn common_prefixes_are_jumped_over() {
        let keys = (0..2000).map(|n| format!("{}/{n:04}", n % 2)).collect();
        let connection = database(&keys);
        let query = Query {
            delimiter: "/".to_owned(),
            limit: 1000,
            ..Query::default()
        };
        // The steps of SQLite's own machine since they were last asked for.
        let steps = || {
            let statement = connection.prepare_cached(SCAN).unwrap();
            statement.reset_status(StatementStatus::VmStep)
        };
        steps();
        assert_eq!(list(&connection, 1, &query).unwrap().entries.len(), 2);
        let folded = steps();
        let flat = Query {
            limit: 2000,
            ..Query::default()
        };
        assert_eq!(list(&connection, 1, &flat).unwrap().entries.len(), 2000);
        let everything = steps();
        assert!(
            folded > 0 && folded * 50 < everything,
            "two folders are not read key by key: {folded} steps of {everything}"
        );
    }
}
