//! What is asked for twice: the same files dropped again, the same button pressed again.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use dipper_storage::CannedAcl;
use dipper_transfer::{JobSpec, JobState, UploadSpec};

use crate::support::{ACCOUNT, SMALL, World, on_local};

/// Files as they lie on a disk: a day old. And what dropping them asks for.
fn dropped(world: &mut World, names: &[String]) -> (Vec<PathBuf>, UploadSpec) {
    let paths: Vec<PathBuf> = names.iter().map(|name| world.source(name, SMALL)).collect();
    for path in &paths {
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_hours(24)).unwrap();
    }
    let spec = dropped_again(world, &paths);
    (paths, spec)
}

/// The same, as they are now.
fn dropped_again(world: &World, paths: &[PathBuf]) -> UploadSpec {
    let JobSpec::Upload(mut spec) = world.upload(paths) else {
        unreachable!("it is an upload")
    };
    for (item, path) in spec.items.iter_mut().zip(paths) {
        item.modified = Some(path.metadata().unwrap().modified().unwrap().into());
    }
    spec
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("file-{number:02}")).collect()
}

/// L11: ten times the same drop, at the same moment and one after the other, while it waits and while it works.
#[test]
fn l11_files_that_are_dropped_twice_go_up_once() {
    on_local(async |world| {
        let (_, spec) = dropped(world, &names(40));
        world.engine.hold(ACCOUNT, "a test");
        let drop = || world.engine.start(JobSpec::Upload(spec.clone()));
        let (one, two, three) = tokio::join!(drop(), drop(), drop());
        let id = one.unwrap();
        assert_eq!((two.unwrap(), three.unwrap()), (id, id), "they are one job");
        for _ in 0..7 {
            assert_eq!(drop().await.unwrap(), id);
        }
        let mut part = spec.clone();
        part.items.truncate(5);
        assert_eq!(world.start(JobSpec::Upload(part)).await, id, "some of them too");
        world.engine.release(ACCOUNT);
        let job = world.join(id).await;
        world.all_done(&job).await;
        assert_eq!((job.items_done, world.proxy.count("PutObject")), (40, 40));
        assert_eq!(world.engine.watch().next().await.jobs.len(), 1);
    });
}

/// L11: what is not the same is done.
#[test]
fn l11_what_was_changed_since_or_is_asked_for_otherwise_is_its_own_job() {
    on_local(async |world| {
        let (paths, spec) = dropped(world, &names(3));
        world.engine.hold(ACCOUNT, "a test");
        let first = world.start(JobSpec::Upload(spec.clone())).await;
        let public = UploadSpec {
            canned_acl: Some(CannedAcl::PublicRead),
            ..spec.clone()
        };
        let second = world.start(JobSpec::Upload(public)).await;
        // Changed since: the three as they are now.
        for path in &paths {
            let bytes = std::fs::read(path).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        let third = world.start(JobSpec::Upload(dropped_again(world, &paths))).await;
        let (more, _) = dropped(world, &["another".to_owned()]);
        let unchanged = UploadSpec {
            items: [spec.items.clone(), dropped_again(world, &more).items].concat(),
            ..spec
        };
        let fourth = world.start(JobSpec::Upload(unchanged)).await;
        let mut ids = vec![first, second, third, fourth];
        ids.dedup();
        assert_eq!(ids.len(), 4);
        world.engine.release(ACCOUNT);
        let mut jobs = Vec::new();
        for id in ids {
            jobs.push(world.join(id).await);
        }
        for job in &jobs {
            world.all_done(job).await;
        }
        let items: Vec<u64> = jobs.iter().map(|job| job.items_total).collect();
        assert_eq!(items, [3, 3, 3, 1], "of the last only the one that is new");
    });
}

/// L11: Retry pressed again and again.
#[test]
fn l11_a_retry_that_is_asked_for_twice_is_one() {
    on_local(async |world| {
        for round in 0..20 {
            let name = format!("late-{round}");
            let path = world.source(&name, SMALL);
            let spec = world.upload(std::slice::from_ref(&path));
            let bytes = std::fs::read(&path).unwrap();
            std::fs::remove_file(&path).unwrap();
            let id = world.start(spec).await;
            assert_eq!(world.join(id).await.state, JobState::Failed);
            std::fs::write(&path, bytes).unwrap();
            world.proxy.forget();
            let retry = || world.engine.retry(id);
            let (one, two, three) = tokio::join!(retry(), retry(), retry());
            one.and(two).and(three).unwrap();
            let job = world.join(id).await;
            assert_eq!((job.state, job.items_done, job.items_total), (JobState::Done, 1, 1));
            assert_eq!(world.proxy.count("PutObject"), 1);
        }
    });
}
