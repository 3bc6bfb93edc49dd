//! Cancelling at random moments leaves nothing behind, settles quickly, and retry finishes the rest.

use std::time::{Duration, Instant};

use dipper_transfer::{ConflictPolicy, DeleteSpec, JobSpec, JobState};

use crate::support::{MIB, World, content, files_below, key};

/// Moments spread over the life of a job, the same in every run: `FAULT_SEED` chooses others.
fn moments(count: u64) -> impl Iterator<Item = Duration> {
    let seed = std::env::var("FAULT_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(7_u64);
    (0..count).map(move |n| {
        Duration::from_micros(
            (seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(n * n * 7919)) % 4000 * (n + 1),
        )
    })
}

async fn cancelled_in_under_a_second(
    world: &World,
    spec: JobSpec,
    after: Duration,
) -> (dipper_transfer::JobId, JobState) {
    let id = world.engine.start(spec).await.unwrap();
    tokio::time::sleep(after).await;
    let begin = Instant::now();
    world.engine.cancel(id);
    let job = world.engine.join(id).await.unwrap();
    assert!(
        begin.elapsed() < Duration::from_secs(5),
        "settled in {:?}",
        begin.elapsed()
    );
    assert!(job.errors.is_empty(), "cancelling is no failure: {:?}", job.errors);
    (id, job.state)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_upload_leaves_no_open_multipart_and_goes_on_at_retry() {
    let world = World::new().await;
    let large = world.write("large", &content(20 * MIB, 1));
    let small: Vec<_> = (0..30)
        .map(|n| world.write(&format!("small{n}"), &content(1000 + n, 2)))
        .collect();
    let mut cancelled = 0;
    for (round, after) in moments(6).enumerate() {
        let names: Vec<String> = (0..30).map(|n| format!("{round}/small{n}")).collect();
        let large_name = format!("{round}/large");
        let mut items: Vec<_> = small
            .iter()
            .zip(&names)
            .map(|(path, name)| (path.as_path(), name.as_str()))
            .collect();
        items.insert(5, (&large, &large_name));
        let spec = JobSpec::Upload(world.upload(&items, ConflictPolicy::Overwrite));
        let (id, state) = cancelled_in_under_a_second(&world, spec, after).await;
        assert_eq!(world.unfinished_uploads().await, 0, "after {after:?}");
        cancelled += usize::from(state == JobState::Cancelled);
        world.engine.retry(id).await.unwrap();
        let job = world.engine.join(id).await.unwrap();
        assert_eq!((job.state, job.items_done), (JobState::Done, 31), "{:?}", job.errors);
        assert!(world.get(&large_name).await == content(20 * MIB, 1));
    }
    assert!(
        cancelled >= 3,
        "most rounds must have been cancelled in the middle, not {cancelled}"
    );
    assert_eq!(world.keys().await.len(), 6 * 31);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_download_leaves_no_temporary_file_and_goes_on_at_retry() {
    let world = World::new().await;
    world.put("p/large", &content(20 * MIB, 3)).await;
    for number in 0..30 {
        world.put(&format!("p/small{number}"), b"small").await;
    }
    for (round, after) in moments(6).enumerate() {
        let mut spec = world.download(&[], &["p/"]);
        spec.folder = world.path(&format!("round{round}"));
        let folder = spec.folder.clone();
        let (id, _) = cancelled_in_under_a_second(&world, JobSpec::Download(spec), after).await;
        let found = files_below(&folder);
        assert!(found.iter().all(|name| !name.contains("dipper-part")), "{found:?}");
        world.engine.retry(id).await.unwrap();
        let job = world.engine.join(id).await.unwrap();
        assert!(matches!(job.state, JobState::Done), "{:?}", job.errors);
        assert_eq!(
            files_below(&folder).len(),
            31,
            "nothing is missing and nothing came twice"
        );
        assert!(std::fs::read(folder.join("p/large")).unwrap() == content(20 * MIB, 3));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_delete_goes_on_at_retry() {
    let world = World::new().await;
    // What is not there is as gone as what was deleted, so every tenth is enough to fill three requests.
    for number in (0..2500).step_by(10) {
        world.put(&format!("p/{number}"), b"").await;
    }
    world.put("stays", b"").await;
    let spec = JobSpec::Delete(DeleteSpec {
        client: world.client.clone(),
        account: "Test".to_owned(),
        bucket: world.bucket.clone(),
        objects: (0..2500).map(|number| key(&format!("p/{number}")).into()).collect(),
    });
    let (id, _) = cancelled_in_under_a_second(&world, spec, Duration::from_millis(20)).await;
    world.engine.retry(id).await.unwrap();
    let job = world.engine.join(id).await.unwrap();
    assert_eq!(job.state, JobState::Done, "{:?}", job.errors);
    assert_eq!((job.items_done, job.items_total), (2500, 2500));
    assert_eq!(world.keys().await, ["stays"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_waits_for_its_turn_is_cancelled_untouched_and_shut_down_settles_everything() {
    let world = World::new().await;
    let path = world.write("large", &content(60 * MIB, 1));
    let names: Vec<String> = (0..6).map(|n| format!("large{n}")).collect();
    let start = async |name: &str| {
        let spec = world.upload(&[(&path, name)], ConflictPolicy::Overwrite);
        world.engine.start(JobSpec::Upload(spec)).await.unwrap()
    };
    let mut ids = Vec::new();
    for name in &names {
        ids.push(start(name).await);
    }
    world.engine.cancel(ids[5]);
    let waiting = world.engine.join(ids[5]).await.unwrap();
    assert_eq!(
        (waiting.state, waiting.items_total, waiting.started_at),
        (JobState::Cancelled, 1, None)
    );
    world.engine.shut_down().await;
    for id in &ids {
        assert!(world.engine.job(*id).unwrap().state.is_finished());
    }
    assert_eq!(world.unfinished_uploads().await, 0);
    let late = start("late").await;
    assert_eq!(
        world.engine.join(late).await.unwrap().state,
        JobState::Cancelled,
        "nothing begins any more"
    );
    assert!(!world.keys().await.contains(&key("late").to_string()));
}
