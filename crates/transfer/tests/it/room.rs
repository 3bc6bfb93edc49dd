//! Disks that are full. Each test has small disks of its own, in a child that sees them alone: they go with it, whatever
//! becomes of it.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use dipper_storage::ErrorKind;
use dipper_transfer::{ConflictPolicy, Engine, EngineOptions, JobId, JobSnapshot, JobSpec, JobState, Limits};

use crate::support::{MIB, World, content, files_below, passes};

const SLOW: Limits = Limits {
    up: None,
    down: Some(16 * MIB as u64),
    jobs: 4,
};

/// What lets a child mount disks that nobody else sees: by right, as root of a user namespace of its own, or by sudo.
fn with_disks() -> Vec<&'static str> {
    let ways: [&[&str]; 3] = [
        &["unshare", "--mount"],
        &["unshare", "--user", "--map-root-user", "--mount"],
        &["sudo", "--non-interactive", "--preserve-env", "unshare", "--mount"],
    ];
    let works = |way: &&&[&str]| {
        let tried = Command::new(way[0]).args(&way[1..]).arg("true").output();
        tried.is_ok_and(|output| output.status.success())
    };
    let Some(way) = ways.iter().find(works) else {
        panic!("there is no way to mount a small disk: run it as root, or allow user namespaces");
    };
    way.to_vec()
}

/// A small disk in a folder.
fn mount(folder: &Path, mib: usize) {
    std::fs::create_dir_all(folder).unwrap();
    let size = format!("size={mib}m");
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", &size, "small"])
        .arg(folder)
        .status();
    assert!(mounted.unwrap().success());
}

/// Takes all that is left of a disk.
fn fill(folder: &Path) -> PathBuf {
    let path = folder.join("filler");
    let mut file = File::create(&path).unwrap();
    for piece in [64 * 1024, 4096] {
        while file.write_all(&vec![1; piece]).is_ok() {}
    }
    path
}

async fn at_rest(engine: &Engine, id: JobId) -> JobSnapshot {
    engine.join(id).await.unwrap()
}

fn is_out_of_room(job: &JobSnapshot) {
    assert_eq!(job.state, JobState::Failed);
    assert_eq!(job.errors.len(), 1, "it is said once: {:?}", job.errors);
    assert_eq!(job.errors[0].kind, ErrorKind::DiskFull);
    let hint = job.errors[0].hint.as_deref().unwrap();
    assert!(hint.contains("space"), "{hint}");
}

/// L2: no room for a download.
#[test]
fn l02_a_full_disk_stops_a_download_that_goes_on_when_there_is_room() {
    passes(&with_disks(), "room::downloads_on_a_small_disk");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it mounts disks, so it runs in a child of l02"]
async fn downloads_on_a_small_disk() {
    let world = World::new().await;
    let disk = world.path("downloads");
    mount(&disk, 28);
    what_cannot_fit_is_not_begun(&world).await;
    for moment in [9, 13, 17] {
        filled_in_the_middle(&world, moment).await;
        std::fs::remove_dir_all(disk.join("p")).unwrap();
    }
}

async fn what_cannot_fit_is_not_begun(world: &World) {
    world.put("huge", &content(33 * MIB, 1)).await;
    let job = world
        .run(JobSpec::Download(world.download(&[("huge", 33 * MIB)], &[])))
        .await;
    is_out_of_room(&job);
    assert!(
        job.errors[0].message.contains("it needs 33 MiB more"),
        "{:?}",
        job.errors
    );
    assert!(files_below(&world.path("downloads")).is_empty());
}

/// The disk fills up when so many MiB of a large object are there; many small ones wait behind it.
async fn filled_in_the_middle(world: &World, moment: usize) {
    let (disk, large) = (world.path("downloads"), content(20 * MIB, 2));
    world.put("p/0-large", &large).await;
    for number in 0..40 {
        world.put(&format!("p/{number:02}"), &content(60_000, number)).await;
    }
    let options = EngineOptions {
        // One at a time: it is then known which ranges are there.
        total_connections: 1,
        // Slow enough for the disk to be full before the rest is there.
        limits: SLOW,
        ..EngineOptions::default()
    };
    let engine = Engine::new(options).unwrap();
    let id = engine
        .start(JobSpec::Download(world.download(&[], &["p/"])))
        .await
        .unwrap();
    while engine.job(id).unwrap().bytes_done < (moment * MIB) as u64 {
        tokio::time::sleep(Duration::from_micros(100)).await;
    }
    let filler = fill(&disk);
    let job = at_rest(&engine, id).await;
    is_out_of_room(&job);
    assert_eq!((job.items_done, job.items_failed, job.items_total), (0, 1, 41));
    let kept = files_below(&disk);
    assert!(
        kept.iter().any(|name| name.ends_with(".dipper-part")) && kept.len() == 2,
        "{kept:?}"
    );

    let mut elsewhere = world.download(&[("p/00", 60_000)], &[]);
    elsewhere.folder = world.path("elsewhere");
    let other = world.run(JobSpec::Download(elsewhere)).await;
    assert_eq!(other.state, JobState::Done, "another disk has room");

    std::fs::remove_file(filler).unwrap();
    engine.set_limits(Limits::default());
    engine.retry(id).await.unwrap();
    let first = loop {
        let job = engine.job(id).unwrap();
        if job.bytes_done > 0 {
            break job.bytes_done;
        }
        tokio::time::sleep(Duration::from_micros(20)).await;
    };
    assert!(
        first >= 8 * MIB as u64,
        "it goes on with the ranges it has, not at byte {first}"
    );
    let job = at_rest(&engine, id).await;
    assert_eq!((job.state, job.items_done), (JobState::Done, 41), "{:?}", job.errors);
    assert!(std::fs::read(disk.join("p/0-large")).unwrap() == large);
    for number in 0..40 {
        let bytes = std::fs::read(disk.join(format!("p/{number:02}"))).unwrap();
        assert!(bytes == content(60_000, number));
    }
    assert_eq!(files_below(&disk).len(), 41, "no temporary file is left");
}

/// L3: no room for the journal.
#[test]
fn l03_a_journal_without_room_begins_nothing_and_says_so() {
    passes(&with_disks(), "room::a_journal_on_a_small_disk");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it mounts disks, so it runs in a child of l03"]
async fn a_journal_on_a_small_disk() {
    let world = World::new().await;
    let folder = world.path("journal");
    mount(&folder, 8);
    let options = EngineOptions {
        journal: Some(folder.clone()),
        ..EngineOptions::default()
    };
    let engine = Engine::new(options).unwrap();
    let names: Vec<String> = (0..3000).map(|number| format!("f{number:04}")).collect();
    let paths: Vec<PathBuf> = names.iter().map(|name| world.write(name, name.as_bytes())).collect();
    let items: Vec<_> = paths
        .iter()
        .map(PathBuf::as_path)
        .zip(names.iter().map(String::as_str))
        .collect();
    let spec = || JobSpec::Upload(world.upload(&items, ConflictPolicy::KeepBoth));

    let filler = fill(&folder);
    let refused = engine.start(spec()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::DiskFull, "{refused}");
    assert!(engine.watch().next().await.jobs.is_empty() && world.keys().await.is_empty());
    std::fs::remove_file(filler).unwrap();

    let id = engine.start(spec()).await.unwrap();
    while engine.job(id).unwrap().items_done < 100 {
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
    let filler = fill(&folder);
    let job = at_rest(&engine, id).await;
    assert_eq!(job.state, JobState::Failed);
    assert!(
        job.errors
            .iter()
            .all(|error| error.message.contains("the journal of transfers") && error.hint.is_some()),
        "{:?}",
        job.errors
    );
    assert!(world.keys().await.len() < 3000, "no new work is begun");
    crate::journal::is_sound(&folder);

    std::fs::remove_file(filler).unwrap();
    engine.retry(id).await.unwrap();
    let job = at_rest(&engine, id).await;
    assert_eq!((job.state, job.items_done), (JobState::Done, 3000), "{:?}", job.errors);
    assert_eq!(world.keys().await, names, "nothing twice, nothing missing");
    engine.shut_down().await;
    crate::journal::is_sound(&folder);
}
