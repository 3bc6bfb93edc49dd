//! Uploads: bytes, types, policies.

use dipper_storage::{ErrorKind, Grantee, Right};
use dipper_transfer::{ConflictPolicy, JobSpec, JobState};

use crate::support::{MIB, World, content, key};

#[tokio::test(flavor = "multi_thread")]
async fn files_of_every_size_arrive_byte_for_byte() {
    let world = World::new().await;
    let sizes = [
        0,
        1,
        256 * 1024,
        MIB,
        MIB + 1,
        5 * MIB,
        16 * MIB - 1,
        16 * MIB,
        33 * MIB + 7,
    ];
    let sources: Vec<_> = sizes
        .iter()
        .map(|size| (format!("f{size}.txt"), content(*size, *size as u64)))
        .collect();
    let paths: Vec<_> = sources.iter().map(|(name, bytes)| world.write(name, bytes)).collect();
    let items: Vec<_> = paths
        .iter()
        .zip(&sources)
        .map(|(path, (name, _))| (path.as_path(), name.as_str()))
        .collect();
    let job = world
        .run_well(JobSpec::Upload(world.upload(&items, ConflictPolicy::Overwrite)))
        .await;
    assert_eq!(
        (job.items_done, job.title.as_str(), job.place.as_str()),
        (9, "9 files", "to bucket/")
    );
    for (name, bytes) in &sources {
        assert!(world.get(name).await == *bytes, "{name}");
    }
    let info = world.client.head_object(&world.bucket, &key("f1.txt")).await.unwrap();
    assert_eq!(info.content_type.as_deref(), Some("text/plain"));
    assert_eq!(world.unfinished_uploads().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_acl_and_the_type_asked_for_are_set() {
    let world = World::new().await;
    let path = world.write("a", b"Hello World!");
    let mut spec = world.upload(&[(&path, "hello")], ConflictPolicy::Overwrite);
    spec.canned_acl = Some(dipper_storage::CannedAcl::PublicRead);
    spec.items[0].content_type = Some("text/markdown".to_owned());
    world.run_well(JobSpec::Upload(spec)).await;
    let info = world.client.head_object(&world.bucket, &key("hello")).await.unwrap();
    assert_eq!((info.content_type.as_deref(), info.size), (Some("text/markdown"), 12));
    let acl = world.client.object_acl(&world.bucket, &key("hello")).await.unwrap();
    assert!(acl.allows(&Grantee::AllUsers, Right::Read));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_policy_does_what_it_says_where_a_key_is_taken() {
    let world = World::new().await;
    for (size, name) in [(10, "d/small.txt"), (17 * MIB, "d/large.bin")] {
        world.put(name, b"old").await;
        let bytes = content(size, 3);
        let path = world.write("source", &bytes);
        let items = [(path.as_path(), name)];
        let skipped = world
            .run_well(JobSpec::Upload(world.upload(&items, ConflictPolicy::Skip)))
            .await;
        assert_eq!(
            (skipped.items_skipped, skipped.items_done, skipped.bytes_total),
            (1, 0, Some(0))
        );
        assert_eq!(world.get(name).await, b"old");
        world
            .run_well(JobSpec::Upload(world.upload(&items, ConflictPolicy::KeepBoth)))
            .await;
        assert_eq!(world.get(name).await, b"old");
        assert!(world.get(&name.replace('.', " (2).")).await == bytes);
        world
            .run_well(JobSpec::Upload(world.upload(&items, ConflictPolicy::KeepBoth)))
            .await;
        assert!(world.get(&name.replace('.', " (3).")).await == bytes);
        world
            .run_well(JobSpec::Upload(world.upload(&items, ConflictPolicy::Overwrite)))
            .await;
        assert!(world.get(name).await == bytes);
    }
    assert_eq!(world.keys().await.len(), 6);
    assert_eq!(world.unfinished_uploads().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_taken_by_two_files_of_one_job_keeps_both() {
    let world = World::new().await;
    let paths: Vec<_> = (0..8).map(|n| world.write(&format!("f{n}"), &[n; 3])).collect();
    let items: Vec<_> = paths.iter().map(|path| (path.as_path(), "same.txt")).collect();
    world
        .run_well(JobSpec::Upload(world.upload(&items, ConflictPolicy::KeepBoth)))
        .await;
    let mut found = Vec::new();
    for name in world.keys().await {
        found.push(world.get(&name).await[0]);
    }
    found.sort_unstable();
    assert_eq!(found, (0..8).collect::<Vec<u8>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_missing_file_fails_alone_and_retry_does_only_that() {
    let world = World::new().await;
    let paths: Vec<_> = (0..20).map(|n| world.write(&format!("f{n}"), &[n])).collect();
    let names: Vec<_> = (0..20).map(|n| format!("k{n}")).collect();
    let items: Vec<_> = paths
        .iter()
        .zip(&names)
        .map(|(path, name)| (path.as_path(), name.as_str()))
        .collect();
    let spec = world.upload(&items, ConflictPolicy::Skip);
    std::fs::remove_file(&paths[7]).unwrap();
    let id = world.engine.start(JobSpec::Upload(spec)).await.unwrap();
    let job = world.engine.join(id).await.unwrap();
    assert_eq!((job.state, job.items_done, job.items_failed), (JobState::Failed, 19, 1));
    assert_eq!(
        (job.errors[0].name.as_str(), job.errors[0].kind),
        ("k7", ErrorKind::NotFound)
    );
    world.write("f7", b"back");
    world.engine.retry(id).await.unwrap();
    let job = world.engine.join(id).await.unwrap();
    assert_eq!(
        (job.state, job.items_done, job.items_skipped, job.items_total),
        (JobState::Done, 20, 0, 20)
    );
    assert_eq!(job.bytes_total, Some(job.bytes_done));
    assert_eq!(world.get("k7").await, b"back");
    world.engine.retry(id).await.unwrap();
    assert_eq!(
        world.engine.job(id).unwrap().state,
        JobState::Done,
        "nothing is left to do"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_into_a_missing_bucket_says_so() {
    let world = World::new().await;
    let path = world.write("a", b"a");
    let mut spec = world.upload(&[(&path, "a")], ConflictPolicy::Overwrite);
    spec.bucket = dipper_storage::BucketName::parse("missing").unwrap();
    let job = world.run(JobSpec::Upload(spec)).await;
    assert_eq!(
        (job.state, job.errors[0].code.as_deref()),
        (JobState::Failed, Some("NoSuchBucket"))
    );
}

/// L14: what no server can take is refused before anything is sent. The file is sparse, on a disk that allows that length.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn l14_a_file_larger_than_any_object_is_refused_at_once() {
    let world = World::new().await;
    let folder = tempfile::tempdir_in("/dev/shm").unwrap();
    let path = folder.path().join("huge");
    std::fs::File::create(&path).unwrap().set_len(49 << 40).unwrap();
    let job = world
        .run(JobSpec::Upload(world.upload(&[(&path, "huge")], ConflictPolicy::Skip)))
        .await;
    assert_eq!(
        (job.state, job.errors[0].kind),
        (JobState::Failed, ErrorKind::InvalidInput)
    );
    assert!(job.errors[0].message.contains("48.8 TiB") && job.errors[0].hint.is_some());
    assert!(world.keys().await.is_empty());
    assert_eq!(world.unfinished_uploads().await, 0);
}

/// L14: a job of a hundred thousand files takes little memory, since what is left to do is in the journal.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn l14_a_job_of_a_hundred_thousand_files_takes_little_memory() {
    let world = World::new().await;
    let engine = dipper_transfer::Engine::new(dipper_transfer::EngineOptions {
        journal: Some(world.path("journal")),
        ..dipper_transfer::EngineOptions::default()
    })
    .unwrap();
    // Nothing goes out, so that all of it is left to do.
    engine.hold("Test", "a test");
    let path = world.write("file", b"text");
    let before = resident();
    let items: Vec<String> = (0..100_000)
        .map(|number| format!("folder/of/many/file-{number:06}.jpg"))
        .collect();
    let items: Vec<_> = items.iter().map(|name| (path.as_path(), name.as_str())).collect();
    let spec = world.upload(&items, ConflictPolicy::Skip);
    let id = engine.start(JobSpec::Upload(spec)).await.unwrap();
    drop(items);
    while engine.job(id).unwrap().state != JobState::Running {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    let job = engine.job(id).unwrap();
    assert_eq!(job.items_total, 100_000);
    let grown = resident().saturating_sub(before) / MIB as u64;
    println!(
        "{grown} MiB more for 100,000 files that wait, {} MiB in all",
        resident() / MIB as u64
    );
    assert!(grown < 150, "{grown} MiB");
    engine.shut_down().await;
}

/// The memory that this process has at this moment, in bytes.
#[cfg(target_os = "linux")]
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = pages.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}
