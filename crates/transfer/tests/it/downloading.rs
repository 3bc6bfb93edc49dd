//! Downloads: bytes, names, and what is never written over.

use dipper_storage::{ErrorKind, Prefix};
use dipper_transfer::{DownloadConflict, JobSpec, JobState};

use crate::support::{MIB, World, content, files_below};

#[tokio::test(flavor = "multi_thread")]
async fn objects_of_every_size_arrive_byte_for_byte() {
    let world = World::new().await;
    let sizes = [0, 1, MIB, 16 * MIB - 1, 16 * MIB, 33 * MIB + 7];
    let mut objects = Vec::new();
    for size in sizes {
        let name = format!("f{size}");
        world.put(&name, &content(size, 5)).await;
        objects.push((name, size));
    }
    let named: Vec<_> = objects.iter().map(|(name, size)| (name.as_str(), *size)).collect();
    let job = world.run_well(JobSpec::Download(world.download(&named, &[]))).await;
    assert_eq!(job.items_done, 6);
    for (name, size) in objects {
        assert!(std::fs::read(world.path("downloads").join(name)).unwrap() == content(size, 5));
    }
    assert_eq!(
        files_below(&world.path("downloads")).len(),
        6,
        "no temporary file is left"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_comes_with_everything_below_it_and_without_its_base() {
    let world = World::new().await;
    for number in 0..1203 {
        world.put(&format!("p/2026/{}/{number}", number % 7), b"12").await;
    }
    world.put("p/2026/", b"").await;
    world.put("p/2026/empty/", b"").await;
    world.put("p/20261", b"not below").await;
    let mut spec = world.download(&[], &["p/2026/"]);
    spec.base = Prefix::new("p/");
    let job = world.run_well(JobSpec::Download(spec)).await;
    assert_eq!(
        (job.items_done, job.bytes_done, job.title.as_str()),
        (1205, 2406, "2026/")
    );
    let found = files_below(&world.path("downloads"));
    assert_eq!(found.len(), 1203);
    assert!(found.iter().all(|name| name.starts_with("2026/")));
    assert!(world.path("downloads/2026/empty").is_dir());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_never_clobbers() {
    let world = World::new().await;
    for (name, size) in [("a.txt", 3), ("large.bin", 17 * MIB)] {
        world.put(name, &content(size, 9)).await;
        world.write(&format!("downloads/{name}"), b"mine");
        let spec = world.download(&[(name, size)], &[]);
        world.run_well(JobSpec::Download(spec.clone())).await;
        let numbered = name.replace('.', " (2).");
        assert!(std::fs::read(world.path("downloads").join(numbered)).unwrap() == content(size, 9));
        let skip = dipper_transfer::DownloadSpec {
            conflict: DownloadConflict::Skip,
            ..spec
        };
        assert_eq!(world.run_well(JobSpec::Download(skip)).await.items_skipped, 1);
        assert_eq!(std::fs::read(world.path("downloads").join(name)).unwrap(), b"mine");
    }
    assert_eq!(files_below(&world.path("downloads")).len(), 4);
}

const HOSTILE: &[&str] = &[
    "../escape",
    "../../escape",
    "a/../../escape",
    "/etc/escape",
    "//escape",
    "..",
    ".",
    "a/./b",
    "a/..",
    "C:\\escape",
    "\\\\host\\share\\escape",
    "..\\escape",
    "~/escape",
    "%2e%2e/escape",
    "nul",
    "a\0b",
    "new\nline",
    "dir",
    "dir/file",
    "dir/file/deeper",
    "Case",
    "case",
    "trailing./x",
    "a//b",
    "e\u{301}",
    "\u{e9}",
    "..%2fescape",
    "-rf",
];

#[tokio::test(flavor = "multi_thread")]
async fn k01_hostile_keys_never_leave_the_chosen_folder() {
    let world = World::new().await;
    let mut keys: Vec<String> = HOSTILE.iter().map(|key| (*key).to_owned()).collect();
    keys.extend(["x/".repeat(300) + "end", "n".repeat(900)]);
    for name in &keys {
        world.put(name, name.as_bytes()).await;
    }
    world.put("full/", b"a marker with content").await;
    let planted = world.path("outside");
    std::fs::create_dir_all(&planted).unwrap();
    std::fs::create_dir_all(world.path("downloads")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&planted, world.path("downloads/~")).unwrap();
    let job = world.run(JobSpec::Download(world.download(&[], &[""]))).await;
    assert_eq!(
        (job.state, job.items_done),
        (JobState::Done, keys.len() as u64 + 1),
        "{:?}",
        job.errors
    );
    let found = files_below(world.files.path());
    assert!(found.iter().all(|name| name.starts_with("downloads/")), "{found:?}");
    let mut contents: Vec<Vec<u8>> = found
        .iter()
        .filter(|name| *name != "downloads/~")
        .map(|name| std::fs::read(world.files.path().join(name)).unwrap())
        .collect();
    let mut expected: Vec<Vec<u8>> = keys.iter().map(|name| name.as_bytes().to_vec()).collect();
    expected.push(b"a marker with content".to_vec());
    contents.sort();
    expected.sort();
    assert_eq!(contents, expected, "every object is there once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_or_has_another_size_is_told_or_taken_as_it_is() {
    let world = World::new().await;
    world.put("grown", &content(20 * MIB, 2)).await;
    world.put("shrunk", b"tiny").await;
    let spec = world.download(&[("grown", 10), ("shrunk", 30 * MIB), ("gone", 5)], &[]);
    let job = world.run(JobSpec::Download(spec)).await;
    assert_eq!((job.state, job.items_done, job.items_failed), (JobState::Failed, 2, 1));
    assert_eq!(
        (job.errors[0].name.as_str(), job.errors[0].kind),
        ("gone", ErrorKind::NotFound)
    );
    assert!(std::fs::read(world.path("downloads/grown")).unwrap() == content(20 * MIB, 2));
    assert_eq!(std::fs::read(world.path("downloads/shrunk")).unwrap(), b"tiny");
    assert_eq!(files_below(&world.path("downloads")).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_made_fails_the_job() {
    let world = World::new().await;
    world.put("a", b"a").await;
    world.write("downloads", b"a file where the folder should be");
    let job = world.run(JobSpec::Download(world.download(&[("a", 1)], &[]))).await;
    assert_eq!((job.state, job.errors.len()), (JobState::Failed, 1));
    assert!(
        job.errors[0].message.starts_with("Could not make the folder"),
        "{}",
        job.errors[0].message
    );
}
