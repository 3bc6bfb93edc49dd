//! Uploads: bytes, types, policies, and sources that do not hold still.

use std::io::Write;
use std::time::Duration;

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
async fn a_source_that_changes_fails_clearly_and_is_uploaded_on_retry() {
    let world = World::new().await;
    let path = world.write("growing.bin", &content(64 * MIB, 1));
    let spec = world.upload(&[(&path, "growing.bin")], ConflictPolicy::Overwrite);
    let id = world.engine.start(JobSpec::Upload(spec)).await.unwrap();
    while world.engine.job(id).unwrap().bytes_done == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    std::fs::File::options()
        .append(true)
        .open(&path)
        .unwrap()
        .write_all(b"more")
        .unwrap();
    let job = world.engine.join(id).await.unwrap();
    assert_eq!((job.state, job.items_failed, job.bytes_done), (JobState::Failed, 1, 0));
    assert_eq!(job.errors[0].kind, ErrorKind::Conflict);
    assert!(
        job.errors[0]
            .message
            .ends_with("the file changed while it was uploaded"),
        "{}",
        job.errors[0].message
    );
    assert!(job.errors[0].hint.is_some());
    assert!(world.keys().await.is_empty());
    assert_eq!(world.unfinished_uploads().await, 0);
    world.engine.retry(id).await.unwrap();
    let job = world.engine.join(id).await.unwrap();
    assert_eq!(
        (job.state, job.items_done, job.items_failed, job.errors.len()),
        (JobState::Done, 1, 0, 0)
    );
    assert!(world.get("growing.bin").await == std::fs::read(&path).unwrap());
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
