//! All that a sink remembers: sizes, uploads in parts, and the tally.

use std::collections::{BTreeMap, HashMap};

use super::operation::Operation;
use super::tally::Tally;

/// An object that somebody stored.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) size: u64,
    pub(super) etag: String,
}

/// What a sink knows.
#[derive(Debug, Default)]
pub(super) struct Memory {
    objects: HashMap<String, Stored>,
    uploads: HashMap<String, BTreeMap<u32, u64>>,
    begun: u64,
    pub(super) tally: Tally,
}

impl Memory {
    pub(super) fn count(&mut self, operation: Operation) {
        self.tally.count(operation);
    }

    pub(super) fn object(&self, key: &str) -> Option<Stored> {
        self.objects.get(key).cloned()
    }

    pub(super) fn store(&mut self, key: String, object: Stored) {
        self.tally.stored += 1;
        self.objects.insert(key, object);
    }

    pub(super) fn delete(&mut self, key: &str) {
        self.tally.deleted += 1;
        self.objects.remove(key);
    }

    /// Begins an upload in parts; its id.
    pub(super) fn begin(&mut self) -> String {
        self.begun += 1;
        let id = format!("upload-{}", self.begun);
        self.uploads.insert(id.clone(), BTreeMap::new());
        id
    }

    /// Takes a part; false if there is no such upload.
    pub(super) fn part(&mut self, upload: &str, number: u32, size: u64) -> bool {
        let Some(parts) = self.uploads.get_mut(upload) else {
            return false;
        };
        parts.insert(number, size);
        true
    }

    pub(super) fn parts(&self, upload: &str) -> Option<BTreeMap<u32, u64>> {
        self.uploads.get(upload).cloned()
    }

    /// Takes an upload away, to be completed or aborted.
    pub(super) fn end(&mut self, upload: &str) -> Option<BTreeMap<u32, u64>> {
        self.uploads.remove(upload)
    }

    /// The tally so far; everything is forgotten.
    pub(super) fn take(&mut self) -> Tally {
        self.objects.clear();
        self.tally.unfinished = self.uploads.len() as u64;
        self.uploads.clear();
        std::mem::take(&mut self.tally)
    }
}
