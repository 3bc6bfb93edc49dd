//! Files that do not hold still while they are uploaded: what is stored is one state of them, whatever is done and when.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use dipper_storage::ErrorKind;
use dipper_transfer::{ConflictPolicy, JobId, JobSnapshot, JobSpec, JobState};

use crate::support::{Dice, MIB, World, content, key};

/// What somebody does to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Grow,
    Shrink,
    /// Other bytes, as many as before.
    Rewrite,
    /// Another file under the name, of the same length.
    Replace,
    Delete,
}

const CHANGES: [Change; 5] = [
    Change::Grow,
    Change::Shrink,
    Change::Rewrite,
    Change::Replace,
    Change::Delete,
];

impl Change {
    /// What a file of these bytes holds afterwards, if it is there.
    fn state(self, before: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Grow => Some([before, b"and more"].concat()),
            Self::Shrink => Some(before[..before.len() / 2].to_vec()),
            Self::Rewrite | Self::Replace => Some(content(before.len(), 99)),
            Self::Delete => None,
        }
    }

    /// Gets ready for [`make`](Self::make), which must not take long: it would come too late.
    fn prepare(self, path: &Path, before: &[u8]) -> Option<Vec<u8>> {
        let after = self.state(before);
        if self == Self::Replace {
            std::fs::write(path.with_extension("other"), after.as_ref().unwrap()).unwrap();
        }
        after
    }

    /// In one step each, so that there is no third state.
    fn make(self, path: &Path, after: Option<&Vec<u8>>) {
        match (self, after) {
            (Self::Grow, _) => append(path, b"and more"),
            (Self::Shrink, Some(after)) => open(path).set_len(after.len() as u64).unwrap(),
            (Self::Rewrite, Some(after)) => open(path).write_all(after).unwrap(),
            (Self::Replace, _) => std::fs::rename(path.with_extension("other"), path).unwrap(),
            (_, _) => std::fs::remove_file(path).unwrap(),
        }
    }
}

fn open(path: &Path) -> File {
    File::options().write(true).open(path).unwrap()
}

fn append(path: &Path, bytes: &[u8]) {
    let mut file = open(path);
    file.seek(std::io::SeekFrom::End(0)).unwrap();
    file.write_all(bytes).unwrap();
}

async fn begun(world: &World, path: &Path) -> JobId {
    let spec = world.upload(&[(path, "object")], ConflictPolicy::Overwrite);
    world.engine.start(JobSpec::Upload(spec)).await.unwrap()
}

async fn until_bytes_move(world: &World, id: JobId) {
    while world.engine.job(id).unwrap().bytes_done == 0 {
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
}

/// L1: a change in the middle is noticed, and the file sent as it is then.
#[tokio::test(flavor = "multi_thread")]
async fn l01_a_file_that_changes_under_way_is_sent_anew_as_it_is_then() {
    for change in CHANGES {
        let world = World::new().await;
        let before = content(33 * MIB, 1);
        let path = world.write("file", &before);
        let after = change.prepare(&path, &before);
        let id = begun(&world, &path).await;
        until_bytes_move(&world, id).await;
        change.make(&path, after.as_ref());
        let job = world.engine.join(id).await.unwrap();
        match after {
            Some(after) => {
                assert_eq!(
                    (job.state, job.bytes_done, job.bytes_total),
                    (JobState::Done, after.len() as u64, Some(after.len() as u64)),
                    "{change:?}: {:?}",
                    job.errors
                );
                assert!(world.get("object").await == after, "{change:?}");
            }
            None => is_missed(&world, &job).await,
        }
        assert_eq!(world.unfinished_uploads().await, 0, "{change:?}");
    }
}

/// The file went away: that is said, and nothing is stored.
async fn is_missed(world: &World, job: &JobSnapshot) {
    assert_eq!((job.state, job.errors[0].kind), (JobState::Failed, ErrorKind::NotFound));
    assert!(job.errors[0].hint.is_some());
    assert!(world.keys().await.is_empty());
}

/// L1: at any moment, for files that go in one piece, in one request, and in parts.
#[tokio::test(flavor = "multi_thread")]
async fn l01_whenever_a_file_changes_one_whole_state_of_it_is_stored() {
    let mut dice = Dice::new();
    let (mut old, mut new) = (0, 0);
    for round in 0..45 {
        let world = World::new().await;
        let change = CHANGES[round % 5];
        let length = [300 * 1024, 3 * MIB, 17 * MIB][round / 5 % 3];
        let before = content(length, 1);
        let path = world.write("file", &before);
        let after = change.prepare(&path, &before);
        let id = begun(&world, &path).await;
        // Opening takes 50 milliseconds, since the file is fresh; then it is sent.
        tokio::time::sleep(Duration::from_micros(dice.below(120_000))).await;
        change.make(&path, after.as_ref());
        let job = world.engine.join(id).await.unwrap();
        if job.state == JobState::Done {
            let stored = world.get("object").await;
            assert!(
                stored == before || Some(&stored) == after.as_ref(),
                "{change:?} of {length} bytes: neither the old nor the new state"
            );
            *(if stored == before { &mut old } else { &mut new }) += 1;
        } else {
            assert_eq!(change, Change::Delete, "{:?}", job.errors);
            is_missed(&world, &job).await;
        }
        assert_eq!(world.unfinished_uploads().await, 0);
    }
    assert!(old > 0 && new > 0, "the moments must lie on both sides: {old}, {new}");
}

/// L1: what never rests is given up, and uploaded when it does.
#[tokio::test(flavor = "multi_thread")]
async fn l01_a_file_that_keeps_changing_fails_clearly_and_is_uploaded_on_retry() {
    let world = World::new().await;
    let path = world.write("file", &content(33 * MIB, 1));
    let ended = AtomicBool::new(false);
    let job = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(Relaxed) {
                append(&path, b"more");
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        let job = tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async {
                let id = begun(&world, &path).await;
                world.engine.join(id).await.unwrap()
            })
        });
        ended.store(true, Relaxed);
        job
    });
    assert_eq!((job.state, job.items_failed, job.bytes_done), (JobState::Failed, 1, 0));
    let error = &job.errors[0];
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert!(
        error.message.ends_with("the file keeps changing while it is uploaded"),
        "{}",
        error.message
    );
    assert!(error.hint.is_some());
    assert!(world.keys().await.is_empty());
    assert_eq!(world.unfinished_uploads().await, 0);

    world.engine.retry(job.id).await.unwrap();
    let job = world.engine.join(job.id).await.unwrap();
    assert_eq!(
        (job.state, job.items_done, job.items_failed, job.errors.len()),
        (JobState::Done, 1, 0, 0)
    );
    assert!(world.get("object").await == std::fs::read(&path).unwrap());
    let info = world.client.head_object(&world.bucket, &key("object")).await.unwrap();
    assert_eq!(info.size, std::fs::metadata(&path).unwrap().len());
}
