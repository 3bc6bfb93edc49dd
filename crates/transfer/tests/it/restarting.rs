//! What a process leaves behind when it ends in the middle, and what the next one makes of it.

use std::path::Path;
use std::time::Duration;

use dipper_storage::{ErrorKind, PutOptions};
use dipper_transfer::{ConflictPolicy, Engine, EngineOptions, JobId, JobSnapshot, JobSpec, JobState, TakenUp};

use crate::support::{MIB, World, content, files_below, key};

fn engine_on(folder: &Path) -> Engine {
    let options = EngineOptions {
        journal: Some(folder.to_owned()),
        // Few at a time, so that some parts are whole when it is interrupted.
        total_connections: 2,
        ..EngineOptions::default()
    };
    Engine::new(options).unwrap()
}

/// Takes everything up that was left.
async fn take_up(world: &World, engine: &Engine) -> TakenUp {
    let accounts = engine.restore().await.unwrap();
    assert!(accounts.len() <= 1, "{accounts:?}");
    match accounts.first() {
        Some(account) => engine.adopt(account, world.client.clone()).await.unwrap(),
        None => TakenUp::default(),
    }
}

/// Waits until a job has moved some bytes and is not done yet.
async fn in_the_middle(engine: &Engine, id: JobId, bytes: u64) -> JobSnapshot {
    loop {
        let job = engine.job(id).unwrap();
        assert!(!job.state.is_finished(), "it was too quick: {job:?}");
        if job.bytes_done >= bytes {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_is_shut_down_is_taken_up_where_it_was() {
    let world = World::new().await;
    let journal = world.path("journal");
    let large = world.write("large", &content(64 * MIB, 1));
    let small: Vec<_> = (0..40)
        .map(|n| world.write(&format!("s{n}"), &content(100 + n, 2)))
        .collect();
    let names: Vec<_> = (0..40).map(|n| format!("s{n}")).collect();
    let mut items: Vec<_> = small
        .iter()
        .zip(&names)
        .map(|(path, name)| (path.as_path(), name.as_str()))
        .collect();
    items.push((&large, "large"));
    let engine = engine_on(&journal);
    let spec = world.upload(&items, ConflictPolicy::Skip);
    let id = engine.start(JobSpec::Upload(spec)).await.unwrap();
    in_the_middle(&engine, id, 12 * MIB as u64).await;
    engine.shut_down().await;
    drop(engine);
    assert_eq!(world.unfinished_uploads().await, 1, "what was sent is kept");

    let engine = engine_on(&journal);
    let taken = take_up(&world, &engine).await;
    assert_eq!((taken.resumed.as_slice(), taken.paused.len()), (&[id][..], 0));
    let job = engine.join(id).await.unwrap();
    assert_eq!(
        (job.state, job.items_done, job.items_skipped),
        (JobState::Done, 41, 0),
        "{:?}",
        job.errors
    );
    assert_eq!(job.bytes_total, Some(job.bytes_done));
    assert!(world.get("large").await == content(64 * MIB, 1));
    assert_eq!((world.keys().await.len(), world.unfinished_uploads().await), (41, 0));
    engine.shut_down().await;
    drop(engine);

    let engine = engine_on(&journal);
    assert_eq!(
        take_up(&world, &engine).await,
        TakenUp::default(),
        "nothing is left to do"
    );
    assert_eq!(engine.job(id).unwrap().state, JobState::Done, "it is still on the list");
    assert!(engine.forget(id).await.unwrap());
    drop(engine);
    let engine = engine_on(&journal);
    engine.restore().await.unwrap();
    assert!(engine.job(id).is_none(), "until it is taken off");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_goes_on_with_the_ranges_it_has() {
    let world = World::new().await;
    world.put("p/large", &content(64 * MIB, 3)).await;
    world.put("p/small", b"small").await;
    let journal = world.path("journal");
    let engine = engine_on(&journal);
    let id = engine
        .start(JobSpec::Download(world.download(&[], &["p/"])))
        .await
        .unwrap();
    in_the_middle(&engine, id, 24 * MIB as u64).await;
    engine.shut_down().await;
    drop(engine);
    let kept = files_below(&world.path("downloads"));
    assert!(kept.iter().any(|name| name.ends_with(".dipper-part")), "{kept:?}");

    let engine = engine_on(&journal);
    take_up(&world, &engine).await;
    let job = engine.join(id).await.unwrap();
    assert_eq!((job.state, job.items_done), (JobState::Done, 2), "{:?}", job.errors);
    assert_eq!(files_below(&world.path("downloads")), ["p/large", "p/small"]);
    assert!(std::fs::read(world.path("downloads/p/large")).unwrap() == content(64 * MIB, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_job_keeps_what_it_has_and_goes_on_when_told() {
    let world = World::new().await;
    let journal = world.path("journal");
    let path = world.write("large", &content(64 * MIB, 1));
    let engine = engine_on(&journal);
    let spec = world.upload(&[(&path, "large")], ConflictPolicy::Overwrite);
    let id = engine.start(JobSpec::Upload(spec)).await.unwrap();
    in_the_middle(&engine, id, 10 * MIB as u64).await;
    engine.pause(id);
    assert_eq!(engine.join(id).await.unwrap().state, JobState::Paused);
    assert_eq!((engine.unfinished(), world.unfinished_uploads().await), (0, 1));
    engine.shut_down().await;
    drop(engine);

    let engine = engine_on(&journal);
    let taken = take_up(&world, &engine).await;
    assert_eq!(
        (taken.resumed.len(), taken.paused.as_slice()),
        (0, &[id][..]),
        "it waits for its word"
    );
    engine.resume(id).await.unwrap();
    while engine.job(id).unwrap().state == JobState::Paused {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(engine.join(id).await.unwrap().state, JobState::Done);
    assert!(world.get("large").await == content(64 * MIB, 1));
    assert_eq!(world.unfinished_uploads().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_a_paused_job_cleans_up_and_leaves_the_uploads_of_others() {
    let world = World::new().await;
    let options = PutOptions::default();
    world
        .client
        .create_multipart_upload(&world.bucket, &key("large"), &options)
        .await
        .unwrap();
    let path = world.write("large", &content(64 * MIB, 1));
    let engine = engine_on(&world.path("journal"));
    let spec = world.upload(&[(&path, "large")], ConflictPolicy::Overwrite);
    let id = engine.start(JobSpec::Upload(spec)).await.unwrap();
    in_the_middle(&engine, id, 10 * MIB as u64).await;
    engine.pause(id);
    engine.join(id).await.unwrap();
    assert_eq!(world.unfinished_uploads().await, 2);
    engine.cancel(id);
    while engine.job(id).unwrap().state == JobState::Paused {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(engine.job(id).unwrap().state, JobState::Cancelled);
    assert_eq!(world.unfinished_uploads().await, 1, "ours is gone, theirs is there");
}

/// An account may have been pointed to another server since: nothing of the job is done there.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_does_nothing_on_another_server_than_its_own() {
    let world = World::new().await;
    let journal = world.path("journal");
    let id = interrupted(&world, &journal).await;
    let other = World::with_key("another-key").await;
    let engine = engine_on(&journal);
    engine.adopt("Test", other.client.clone()).await.unwrap();
    let job = engine.join(id).await.unwrap();
    assert_eq!((job.state, job.errors[0].kind), (JobState::Failed, ErrorKind::Conflict));
    assert!(job.errors[0].hint.is_some());
    assert!(other.keys().await.is_empty());
    engine.shut_down().await;
    drop(engine);

    let engine = engine_on(&journal);
    engine.restore().await.unwrap();
    engine.set_client("Test", world.client.clone());
    engine.retry(id).await.unwrap();
    assert_eq!(
        engine.join(id).await.unwrap().state,
        JobState::Done,
        "on its own it goes on"
    );
    assert!(world.get("large").await == content(64 * MIB, 1));
}

/// L10: what one process runs is not taken by another while it lives, and by exactly one when it is gone.
#[tokio::test(flavor = "multi_thread")]
async fn l10_a_job_has_one_owner_at_a_time() {
    let world = World::new().await;
    let journal = world.path("journal");
    let path = world.write("large", &content(64 * MIB, 1));
    let owner = engine_on(&journal);
    let spec = world.upload(&[(&path, "large")], ConflictPolicy::Overwrite);
    let id = owner.start(JobSpec::Upload(spec)).await.unwrap();
    in_the_middle(&owner, id, 10 * MIB as u64).await;
    let others: Vec<Engine> = (0..3).map(|_| engine_on(&journal)).collect();
    for other in &others {
        assert_eq!(take_up(&world, other).await, TakenUp::default());
    }
    owner.shut_down().await;
    drop(owner);
    let mut takers = Vec::new();
    for other in &others {
        takers.push(take_up(&world, other).await.resumed.len());
    }
    assert_eq!(takers.iter().sum::<usize>(), 1, "{takers:?}");
    for other in &others {
        if let Some(job) = other.join(id).await {
            assert_eq!(job.state, JobState::Done, "{:?}", job.errors);
        }
    }
    assert!(world.get("large").await == content(64 * MIB, 1));
}

/// N15: the upload that was to go on is gone on the server.
#[tokio::test(flavor = "multi_thread")]
async fn n15_an_upload_that_is_gone_begins_anew() {
    let world = World::new().await;
    let journal = world.path("journal");
    let id = interrupted(&world, &journal).await;
    for upload in world.client.list_multipart_uploads(&world.bucket).await.unwrap() {
        let aborted = world
            .client
            .abort_multipart_upload(&world.bucket, &upload.key, &upload.upload_id)
            .await;
        aborted.unwrap();
    }
    finishes(&world, &journal, id).await;
}

/// N16: the server has another part than the journal knows.
#[tokio::test(flavor = "multi_thread")]
async fn n16_a_part_that_is_another_than_ours_is_sent_again() {
    let world = World::new().await;
    let journal = world.path("journal");
    let id = interrupted(&world, &journal).await;
    for upload in world.client.list_multipart_uploads(&world.bucket).await.unwrap() {
        let parts = world
            .client
            .list_parts(&world.bucket, &upload.key, &upload.upload_id)
            .await
            .unwrap();
        assert!(!parts.is_empty());
        for part in parts {
            let other = dipper_storage::UploadBody::bytes(vec![7; usize::try_from(part.size).unwrap()]);
            let (bucket, id) = (&world.bucket, &upload.upload_id);
            world
                .client
                .upload_part(bucket, &upload.key, id, part.number, other)
                .await
                .unwrap();
        }
    }
    finishes(&world, &journal, id).await;
}

/// L15: a journal that was damaged is moved aside and a new one begun.
#[tokio::test(flavor = "multi_thread")]
async fn l15_a_damaged_journal_is_moved_aside() {
    let world = World::new().await;
    let journal = world.path("journal");
    drop(engine_on(&journal));
    let file = journal.join("transfers.sqlite");
    for damage in [b"no database".repeat(500), Vec::from(&b"SQLite format 3\0"[..])] {
        for companion in ["transfers.sqlite-wal", "transfers.sqlite-shm"] {
            _ = std::fs::remove_file(journal.join(companion));
        }
        std::fs::write(&file, damage).unwrap();
        let engine = engine_on(&journal);
        let path = world.write("a", b"a");
        let spec = world.upload(&[(&path, "a")], ConflictPolicy::Overwrite);
        let id = engine.start(JobSpec::Upload(spec)).await.unwrap();
        assert_eq!(engine.join(id).await.unwrap().state, JobState::Done);
    }
    let aside = files_below(&journal)
        .into_iter()
        .filter(|name| name.contains(".damaged-"))
        .count();
    assert!(aside >= 1, "what was there is kept");
}

/// Uploads some of a large file to `large` and ends.
async fn interrupted(world: &World, journal: &Path) -> JobId {
    let path = world.write("large", &content(64 * MIB, 1));
    let engine = engine_on(journal);
    let spec = world.upload(&[(&path, "large")], ConflictPolicy::Overwrite);
    let id = engine.start(JobSpec::Upload(spec)).await.unwrap();
    in_the_middle(&engine, id, 24 * MIB as u64).await;
    engine.shut_down().await;
    id
}

async fn finishes(world: &World, journal: &Path, id: JobId) {
    let engine = engine_on(journal);
    take_up(world, &engine).await;
    let job = engine.join(id).await.unwrap();
    assert_eq!(job.state, JobState::Done, "{:?}", job.errors);
    assert!(world.get("large").await == content(64 * MIB, 1));
    assert_eq!(world.unfinished_uploads().await, 0);
}
