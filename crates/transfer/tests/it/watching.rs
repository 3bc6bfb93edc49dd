//! What a watcher hears.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use dipper_transfer::{ConflictPolicy, ItemStanding, JobId, JobSpec, JobState};

use crate::support::{MIB, World, content};

#[tokio::test(flavor = "multi_thread")]
async fn the_first_batch_is_full_and_later_ones_tell_only_what_changed() {
    let world = World::new().await;
    let path = world.write("a", &content(48 * MIB, 1));
    let spec = || JobSpec::Upload(world.upload(&[(&path, "a")], ConflictPolicy::Overwrite));
    let first = world.engine.start(spec()).await.unwrap();
    world.engine.join(first).await.unwrap();
    let mut changes = world.engine.watch();
    let batch = changes.next().await;
    assert!(batch.full && batch.jobs.len() == 1 && batch.sequence == 1 && batch.totals.done == 1);
    let second = world.engine.start(spec()).await.unwrap();
    let mut told = BTreeMap::new();
    let mut last = Instant::now();
    for expected in 2.. {
        let batch = changes.next().await;
        assert!(
            expected == 2 || last.elapsed() >= Duration::from_millis(240),
            "at most four a second"
        );
        last = Instant::now();
        assert!(!batch.full && batch.sequence == expected && batch.removed.is_empty());
        assert!(
            batch.jobs.iter().all(|job| job.id == second),
            "the first job has not changed"
        );
        told.extend(batch.jobs.into_iter().map(|job| (job.id, job)));
        if told[&second].state.is_finished() {
            break;
        }
    }
    assert_eq!(
        (told[&second].state, told[&second].bytes_done),
        (JobState::Done, 48 * MIB as u64)
    );
    world.engine.forget_finished().await.unwrap();
    let batch = changes.next().await;
    assert_eq!((batch.removed, batch.jobs.len()), (vec![first, second], 0));
    let quiet = tokio::time::timeout(Duration::from_millis(600), changes.next()).await;
    assert!(quiet.is_err(), "nothing changes, nothing is told");
    assert!(world.engine.join(first).await.is_none() && world.engine.job(second).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_job_of_many_ends_up_told() {
    let world = World::new().await;
    let path = world.write("a", b"a");
    let mut changes = world.engine.watch();
    assert!(changes.next().await.jobs.is_empty());
    let names: Vec<String> = (0..40).map(|n| format!("k{n}")).collect();
    for name in &names {
        world
            .engine
            .start(JobSpec::Upload(world.upload(&[(&path, name)], ConflictPolicy::Skip)))
            .await
            .unwrap();
    }
    let mut done = 0;
    let mut states = BTreeMap::new();
    while done < 40 {
        states.extend(changes.next().await.jobs.into_iter().map(|job| (job.id, job.state)));
        done = states.values().filter(|state| **state == JobState::Done).count();
    }
    assert_eq!(world.keys().await.len(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_looked_through_in_pages_and_by_standing() {
    let world = World::new().await;
    let names: Vec<_> = (0..25).map(|n| format!("item-{n:02}")).collect();
    let paths: Vec<_> = names.iter().map(|name| world.write(name, name.as_bytes())).collect();
    let items: Vec<_> = paths
        .iter()
        .zip(&names)
        .map(|(path, name)| (path.as_path(), name.as_str()))
        .collect();
    let spec = world.upload(&items, ConflictPolicy::Skip);
    world.put("item-03", b"taken").await;
    std::fs::remove_file(&paths[7]).unwrap();
    let id = world.run(JobSpec::Upload(spec)).await.id;

    let engine = &world.engine;
    let first = engine.items(id, None, 0, 10).await.unwrap();
    let rest = engine.items(id, None, first[9].number, 100).await.unwrap();
    let seen: Vec<_> = first.iter().chain(&rest).map(|item| item.key.clone()).collect();
    assert_eq!(seen, names, "every item once, in order");
    let of = async |which| {
        let items = engine.items(id, Some(which), 0, 100).await.unwrap();
        items.into_iter().map(|item| item.key).collect::<Vec<_>>()
    };
    assert_eq!(of(ItemStanding::Failed).await, ["item-07"]);
    assert_eq!(of(ItemStanding::Skipped).await, ["item-03"]);
    assert_eq!(
        (
            of(ItemStanding::Done).await.len(),
            of(ItemStanding::Waiting).await.len()
        ),
        (23, 0)
    );
    assert_eq!((first[0].size, first[0].standing), (7, ItemStanding::Done));
    let last = rest.last().unwrap().number;
    assert!(engine.items(id, None, last, 10).await.unwrap().is_empty());
    let unknown = JobId::from_number(4711);
    assert!(engine.items(unknown, None, 0, 10).await.unwrap().is_empty());
}
