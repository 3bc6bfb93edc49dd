//! An upload while it is being looked at: files, their keys, which of them exist, and what was decided.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use dipper_storage::ObjectKey;
use dipper_transfer::{Scan, SkipReason};
use time::OffsetDateTime;

use super::{
    ConflictPolicy, SHOWN_ITEMS, SkippedFile, UploadAccess, UploadChange, UploadItem, UploadPlan, UploadResult,
    UploadTarget,
};
use crate::access;
use crate::kinds;
use crate::names;
use crate::{PlanToken, words};

/// More files than this are never sent from a drop without the sheet.
const FILES_WITHOUT_SHEET: usize = 100;
/// As many names of a kind are listed; the sheet says how many more there are by its counts.
const MOST_NAMES: usize = 100;

#[derive(Clone)]
pub(super) struct Draft {
    pub(super) id: String,
    pub(super) revision: u64,
    pub(super) token: Option<PlanToken>,
    pub(super) target: UploadTarget,
    pub(super) planned: Vec<PlannedFile>,
    pub(super) policy: ConflictPolicy,
    pub(super) access: UploadAccess,
    skipped: Vec<SkippedFile>,
    taken: HashMap<String, Taken>,
    always_ask: bool,
}

/// Whether an object has a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    Yes,
    No,
    /// The key pair may not ask.
    Unknown,
}

#[derive(Clone)]
pub(super) struct PlannedFile {
    pub(super) path: PathBuf,
    pub(super) size: u64,
    pub(super) modified: Option<OffsetDateTime>,
    pub(super) key_rest: String,
    decision: Option<ConflictPolicy>,
    twin: bool,
}

impl Draft {
    pub(super) fn new(id: String, target: UploadTarget, scan: Scan, always_ask: bool) -> Self {
        let planned = scan.items.into_iter().map(|file| PlannedFile {
            path: file.path,
            size: file.size,
            modified: file.modified,
            key_rest: file.relative,
            decision: None,
            twin: false,
        });
        let mut draft = Self {
            id,
            revision: 0,
            token: None,
            target,
            planned: planned.collect(),
            policy: ConflictPolicy::Ask,
            access: UploadAccess::ServerDefault,
            skipped: scan.skipped.into_iter().map(|skipped| skipped_file(&skipped)).collect(),
            taken: HashMap::new(),
            always_ask,
        };
        draft.mark_twins();
        draft
    }

    pub(super) fn is_empty(&self) -> bool {
        self.planned.is_empty()
    }

    pub(super) fn files(&self) -> u64 {
        self.planned.len() as u64
    }

    pub(super) fn bytes(&self) -> u64 {
        self.planned.iter().map(|file| file.size).sum()
    }

    /// Makes a change. Numbers that are not in the plan are ignored; doing it twice changes nothing more.
    pub(super) fn apply(&mut self, change: &UploadChange) {
        for key in &change.keys {
            if let Some(file) = self.file(key.index) {
                file.key_rest.clone_from(&key.key_rest);
                file.decision = None;
            }
        }
        if let Some(policy) = change.policy {
            self.policy = policy;
            self.planned.iter_mut().for_each(|file| file.decision = None);
        }
        for decision in &change.decisions {
            if let Some(file) = self.file(decision.index) {
                file.decision = (decision.policy != ConflictPolicy::Ask).then_some(decision.policy);
            }
        }
        self.access = change.access.unwrap_or(self.access);
        if !change.keys.is_empty() {
            self.mark_twins();
        }
    }

    /// The usable keys of which it is not known whether they exist.
    pub(super) fn keys_to_look_up(&self) -> BTreeSet<String> {
        let usable = self
            .planned
            .iter()
            .map(|file| self.key(file))
            .filter(|key| ObjectKey::parse(key).is_ok());
        usable.filter(|key| !self.taken.contains_key(key)).collect()
    }

    /// Remembers which keys exist.
    pub(super) fn learn(&mut self, taken: HashMap<String, Taken>) {
        self.taken.extend(taken);
    }

    /// The whole key of a file.
    pub(super) fn key(&self, file: &PlannedFile) -> String {
        format!("{}{}", self.target.prefix, file.key_rest)
    }

    pub(super) fn result(&self, file: &PlannedFile) -> UploadResult {
        if self.problem(file).is_some() {
            return UploadResult::Invalid;
        }
        match self.taken.get(&self.key(file)) {
            Some(Taken::Yes) => UploadResult::Exists,
            Some(Taken::Unknown) => UploadResult::Unknown,
            Some(Taken::No) | None => UploadResult::New,
        }
    }

    /// Why a file's key cannot be used.
    pub(super) fn problem(&self, file: &PlannedFile) -> Option<String> {
        if file.key_rest.is_empty() {
            return Some("Type a key.".to_owned());
        }
        if let Err(error) = ObjectKey::parse(&self.key(file)) {
            return Some(error.to_string());
        }
        file.twin
            .then(|| "Another file of this upload has the same key.".to_owned())
    }

    /// What happens to a file whose key exists.
    pub(super) fn decided(&self, file: &PlannedFile) -> ConflictPolicy {
        file.decision.unwrap_or(self.policy)
    }

    /// Whether a file stays behind because its key exists and is skipped.
    pub(super) fn is_skipped(&self, file: &PlannedFile) -> bool {
        self.result(file) == UploadResult::Exists && self.decided(file) == ConflictPolicy::Skip
    }

    /// Whether a file waits for a decision.
    pub(super) fn is_undecided(&self, file: &PlannedFile) -> bool {
        self.result(file) == UploadResult::Exists && self.decided(file) == ConflictPolicy::Ask
    }

    fn count(&self, counts: impl Fn(&PlannedFile) -> bool) -> u64 {
        self.planned.iter().filter(|file| counts(file)).count() as u64
    }

    /// Why there is nothing to send.
    pub(super) fn skipped_hint(&self) -> String {
        match self.skipped.first() {
            Some(skipped) => format!("“{}” was left out: {}.", skipped.name, skipped.reason),
            None => "Empty folders are not uploaded; use New folder.".to_owned(),
        }
    }

    pub(super) fn shown(&self, token: PlanToken) -> UploadPlan {
        let mut numbered: Vec<(usize, &PlannedFile, UploadResult)> = self
            .planned
            .iter()
            .enumerate()
            .map(|(index, file)| (index, file, self.result(file)))
            .collect();
        let exists = numbered.iter().any(|(_, _, result)| *result == UploadResult::Exists);
        let unusable = numbered
            .iter()
            .filter(|(_, _, result)| *result == UploadResult::Invalid);
        let unusable = unusable.count() as u64;
        // What a person has to look at comes first.
        let plain = |result: &UploadResult| matches!(result, UploadResult::New | UploadResult::Unknown);
        numbered.sort_by_key(|(index, _, result)| (plain(result), *index));
        let items = numbered
            .iter()
            .take(SHOWN_ITEMS)
            .map(|(index, file, result)| self.item(*index, file, *result));
        UploadPlan {
            plan_id: self.id.clone(),
            token,
            target: self.target.clone(),
            files: self.files(),
            bytes: self.bytes(),
            to_send: self.count(|file| !self.is_skipped(file)),
            undecided: self.count(|file| self.is_undecided(file)),
            unusable,
            items: items.collect(),
            skipped: self.skipped.iter().take(MOST_NAMES).cloned().collect(),
            policy: self.policy,
            access: self.access,
            sensitive: self.sensitive(),
            needs_sheet: exists || self.always_ask || self.planned.len() > FILES_WITHOUT_SHEET,
        }
    }

    fn item(&self, index: usize, file: &PlannedFile, result: UploadResult) -> UploadItem {
        UploadItem {
            index: index as u64,
            file: names::shown(&file_name(&file.path)),
            key_prefix: self.target.prefix.clone(),
            key_rest: file.key_rest.clone(),
            size: file.size,
            icon: kinds::of(&file.key_rest).icon,
            result,
            decision: self.decided(file),
            parts: u64::from(dipper_transfer::parts_for(file.size).count),
            problem: self.problem(file),
        }
    }

    fn sensitive(&self) -> Vec<String> {
        if self.access != UploadAccess::Public {
            return Vec::new();
        }
        let names = self
            .planned
            .iter()
            .map(|file| file.key_rest.as_str())
            .filter(|name| access::looks_sensitive(name));
        names.take(MOST_NAMES).map(names::shown).collect()
    }

    fn file(&mut self, index: u64) -> Option<&mut PlannedFile> {
        self.planned.get_mut(usize::try_from(index).ok()?)
    }

    /// Every file after the first with the same key would overwrite it.
    fn mark_twins(&mut self) {
        let mut seen = BTreeSet::new();
        for file in &mut self.planned {
            file.twin = !seen.insert(file.key_rest.clone());
        }
    }
}

fn skipped_file(skipped: &dipper_transfer::Skipped) -> SkippedFile {
    let reason = match &skipped.reason {
        SkipReason::Symlink => "a symbolic link; links are not followed".to_owned(),
        SkipReason::Special => "not a file: a pipe, socket or device".to_owned(),
        SkipReason::NotUnicode => "its name is not Unicode, so no key can hold it".to_owned(),
        SkipReason::Unreadable(why) => format!("it cannot be read: {why}"),
    };
    SkippedFile {
        name: names::shown(&file_name(&skipped.path)),
        reason,
    }
}

pub(super) fn file_name(path: &std::path::Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

/// How many files wait for a decision, in words for a refusal.
pub(super) fn undecided_words(conflicts: u64) -> String {
    format!(
        "Nothing was sent: {} with a key that exists wait for a decision.",
        words::counted(conflicts, "file")
    )
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use dipper_transfer::ScannedFile;

    use super::*;
    use crate::AccountId;
    use crate::uploads::{Decision, KeyChange};

    fn draft(files: &[&str], taken: &[&str]) -> Draft {
        let items = files.iter().map(|name| ScannedFile {
            path: PathBuf::from("/home/anna").join(name),
            relative: (*name).to_owned(),
            size: 10,
            modified: None,
        });
        let scan = Scan {
            items: items.collect(),
            skipped: Vec::new(),
            total_bytes: 0,
        };
        let target = UploadTarget {
            account_id: AccountId::from("a"),
            bucket: "photos".to_owned(),
            prefix: "2026/".to_owned(),
        };
        let mut draft = Draft::new("plan".to_owned(), target, scan, false);
        let known = draft.keys_to_look_up();
        draft.learn(
            known
                .into_iter()
                .map(|key| {
                    let exists = taken.contains(&key.as_str());
                    (key, if exists { Taken::Yes } else { Taken::No })
                })
                .collect(),
        );
        draft
    }

    fn shown(draft: &Draft) -> UploadPlan {
        draft.shown(PlanToken::from("t".to_owned()))
    }

    #[test]
    fn a_free_key_needs_no_sheet_and_a_taken_one_does() {
        let free = shown(&draft(&["a.txt"], &[]));
        assert_eq!(
            (free.undecided, free.needs_sheet, free.items[0].result),
            (0, false, UploadResult::New)
        );
        let taken = shown(&draft(&["a.txt", "b.txt"], &["2026/b.txt"]));
        assert_eq!((taken.undecided, taken.needs_sheet), (1, true));
        assert_eq!((taken.items[0].index, taken.items[0].result), (1, UploadResult::Exists));
    }

    #[test]
    fn more_than_a_hundred_files_need_the_sheet() {
        let names: Vec<String> = (0..101).map(|number| format!("f{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert!(!shown(&draft(&names[..100], &[])).needs_sheet);
        assert!(shown(&draft(&names, &[])).needs_sheet);
    }

    #[test]
    fn a_new_key_is_looked_up_and_may_be_unusable() {
        let mut draft = draft(&["a.txt", "b.txt"], &[]);
        let key = |index, key_rest: &str| KeyChange {
            index,
            key_rest: key_rest.to_owned(),
        };
        draft.apply(&UploadChange {
            keys: vec![key(0, "c.txt"), key(9, "ignored")],
            ..UploadChange::default()
        });
        assert_eq!(draft.keys_to_look_up().into_iter().collect::<Vec<_>>(), ["2026/c.txt"]);
        for (rest, part) in [("", "Type a key"), ("b.txt", "same key")] {
            draft.apply(&UploadChange {
                keys: vec![key(0, rest)],
                ..UploadChange::default()
            });
            let problems: Vec<String> = draft.planned.iter().filter_map(|file| draft.problem(file)).collect();
            assert!(problems.len() == 1 && problems[0].contains(part), "{problems:?}");
        }
        draft.apply(&UploadChange {
            keys: vec![key(0, &"x".repeat(1_024))],
            ..UploadChange::default()
        });
        assert!(draft.problem(&draft.planned[0]).unwrap().contains("1,024"));
    }

    #[test]
    fn a_decision_ends_a_conflict_and_asking_again_brings_it_back() {
        let mut draft = draft(&["a.txt"], &["2026/a.txt"]);
        let decide = |policy| UploadChange {
            decisions: vec![Decision { index: 0, policy }],
            ..UploadChange::default()
        };
        for (policy, undecided) in [
            (ConflictPolicy::Replace, 0),
            (ConflictPolicy::Ask, 1),
            (ConflictPolicy::Skip, 0),
        ] {
            draft.apply(&decide(policy));
            assert_eq!(shown(&draft).undecided, undecided);
        }
    }

    #[test]
    fn another_key_is_another_question() {
        let mut draft = draft(&["a.txt"], &["2026/a.txt", "2026/b.txt"]);
        draft.apply(&UploadChange {
            decisions: vec![Decision {
                index: 0,
                policy: ConflictPolicy::Replace,
            }],
            ..UploadChange::default()
        });
        draft.apply(&UploadChange {
            keys: vec![KeyChange {
                index: 0,
                key_rest: "b.txt".to_owned(),
            }],
            ..UploadChange::default()
        });
        draft.learn(HashMap::from([("2026/b.txt".to_owned(), Taken::Yes)]));
        assert_eq!(
            shown(&draft).undecided,
            1,
            "what was decided for one key is not done to another"
        );
    }

    #[test]
    fn sensitive_names_matter_only_when_all_may_read() {
        let mut draft = draft(&["private_info.txt", "harbour.jpg"], &[]);
        assert!(shown(&draft).sensitive.is_empty());
        draft.apply(&UploadChange {
            access: Some(UploadAccess::Public),
            ..UploadChange::default()
        });
        assert_eq!(shown(&draft).sensitive, ["private_info.txt"]);
    }
}
