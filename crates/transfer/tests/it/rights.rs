//! Files and folders that the system keeps from us.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use dipper_storage::ErrorKind;
use dipper_transfer::{ConflictPolicy, JobSpec, JobState};

use crate::support::{World, files_below, passes};

/// Root reads and writes everything, so a child goes without that right.
fn without_all_rights() -> &'static [&'static str] {
    let is_root = tempfile::tempdir().unwrap().path().metadata().unwrap().uid() == 0;
    if is_root {
        &[
            "setpriv",
            "--bounding-set",
            "-dac_override,-dac_read_search",
            "--inh-caps",
            "-dac_override,-dac_read_search",
        ]
    } else {
        &["env"]
    }
}

fn allow(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// L4: what may not be read or written fails by itself, and clearly.
#[test]
fn l04_what_may_not_be_touched_fails_alone_and_clearly() {
    passes(without_all_rights(), "rights::files_that_may_not_be_touched");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it needs a child without the rights of root"]
async fn files_that_may_not_be_touched() {
    unreadable_files().await;
    folders_that_may_not_be_written().await;
    a_folder_that_may_not_be_made().await;
}

async fn unreadable_files() {
    let world = World::new().await;
    let paths: Vec<_> = (0..20).map(|n| world.write(&format!("f{n:02}"), &[n])).collect();
    let names: Vec<_> = (0..20).map(|n| format!("f{n:02}")).collect();
    let items: Vec<_> = paths
        .iter()
        .zip(&names)
        .map(|(path, name)| (path.as_path(), name.as_str()))
        .collect();
    allow(&paths[7], 0o000);
    let id = world
        .engine
        .start(JobSpec::Upload(world.upload(&items, ConflictPolicy::Skip)))
        .await
        .unwrap();
    let job = world.engine.join(id).await.unwrap();
    assert_eq!((job.state, job.items_done, job.items_failed), (JobState::Failed, 19, 1));
    let error = &job.errors[0];
    assert_eq!((error.name.as_str(), error.kind), ("f07", ErrorKind::AccessDenied));
    assert!(error.message.contains("f07") && error.hint.is_some(), "{error:?}");
    allow(&paths[7], 0o600);
    world.engine.retry(id).await.unwrap();
    assert_eq!(world.engine.join(id).await.unwrap().items_done, 20);
}

async fn folders_that_may_not_be_written() {
    let world = World::new().await;
    for name in ["closed/1", "closed/2", "open/1", "open/2"] {
        world.put(name, name.as_bytes()).await;
    }
    let closed = world.path("downloads/closed");
    std::fs::create_dir_all(&closed).unwrap();
    allow(&closed, 0o500);
    let id = world
        .engine
        .start(JobSpec::Download(world.download(&[], &["closed/", "open/"])))
        .await
        .unwrap();
    let job = world.engine.join(id).await.unwrap();
    assert_eq!((job.state, job.items_done, job.items_failed), (JobState::Failed, 2, 2));
    for error in &job.errors {
        assert!(
            error.name.starts_with("closed/") && error.kind == ErrorKind::AccessDenied,
            "{error:?}"
        );
        assert!(error.hint.is_some());
    }
    assert_eq!(files_below(&world.path("downloads")), ["open/1", "open/2"]);
    allow(&closed, 0o700);
    world.engine.retry(id).await.unwrap();
    assert_eq!(world.engine.join(id).await.unwrap().items_done, 4);
}

async fn a_folder_that_may_not_be_made() {
    let world = World::new().await;
    world.put("a", b"a").await;
    allow(world.files.path(), 0o500);
    let job = world.run(JobSpec::Download(world.download(&[("a", 1)], &[]))).await;
    allow(world.files.path(), 0o700);
    assert_eq!((job.state, job.errors.len()), (JobState::Failed, 1));
    assert_eq!(job.errors[0].kind, ErrorKind::AccessDenied);
    assert!(job.errors[0].hint.is_some());
}
