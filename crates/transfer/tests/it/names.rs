//! Keys that want the same name on the disk, and links that lie in the way.

use std::collections::BTreeMap;
use std::path::Path;

use dipper_storage::Prefix;
use dipper_transfer::{Engine, EngineOptions, JobSpec, JobState};

use crate::support::{Dice, World, files_below};

/// Keys of which some cannot have the names they want, on this disk or on another.
const COLLISIONS: &[&[&str]] = &[
    &["a", "a/b"],
    &["a", "a/"],
    &["a/", "a", "a/b"],
    &["a", "a/b", "a/b/c"],
    &["a/b", "a/b/c", "a"],
    &["A", "a"],
    &["A/x", "a/x", "a"],
    &["\u{e9}", "e\u{301}"],
    &["\u{e9}/x", "e\u{301}/x"],
    &["a//b", "a/%/b", "a/b"],
    &["nul", "NUL", "%6Eul"],
    &["dot.", "dot", "dot%2E"],
    &["x", "x (2)", "x (3)"],
    &["ﬁ", "fi"],
    &["ß", "ss", "SS"],
];

/// A few keys out of pieces that collide.
fn random_set(dice: &mut Dice) -> Vec<String> {
    const PIECES: [&str; 12] = [
        "a", "A", "/", "/", "b", "\u{e9}", "e\u{301}", ".", " ", "%", " (2)", "a/",
    ];
    let mut keys: Vec<String> = (0..8)
        .map(|_| {
            (0..=dice.below(4))
                .map(|_| PIECES[usize::try_from(dice.below(12)).unwrap()])
                .collect()
        })
        .collect();
    keys.sort();
    keys.dedup();
    keys
}

/// Downloads a set into a folder of its own that holds files already, and asserts that all of both are there.
async fn nothing_is_overwritten(world: &World, set: usize, keys: &[String]) {
    let base = format!("set-{set}/");
    let folder = world.path("downloads").join(&base);
    let mine = ["a", "b", "x (2)"];
    for name in mine {
        world.write(&format!("downloads/{base}{name}"), b"mine");
    }
    for key in keys {
        world.put(&format!("{base}{key}"), key.as_bytes()).await;
    }
    let mut spec = world.download(&[], &[&base]);
    spec.base = Prefix::new(&base);
    spec.folder.clone_from(&folder);
    let job = world.run(JobSpec::Download(spec)).await;
    assert_eq!(
        (job.state, job.items_done),
        (JobState::Done, keys.len() as u64),
        "{keys:?}: {:?}",
        job.errors
    );
    let mut found: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    for name in files_below(&folder) {
        *found.entry(std::fs::read(folder.join(name)).unwrap()).or_default() += 1;
    }
    assert_eq!(found.remove(&b"mine"[..]), Some(mine.len()), "{keys:?}");
    for name in mine {
        assert_eq!(std::fs::read(folder.join(name)).unwrap(), b"mine");
    }
    let expected: BTreeMap<Vec<u8>, usize> = keys.iter().map(|key| (key.as_bytes().to_vec(), 1)).collect();
    assert_eq!(found, expected, "each object is there once");
}

/// K4: of those that want the same name, each gets one.
#[tokio::test(flavor = "multi_thread")]
async fn k04_keys_that_collide_overwrite_nothing() {
    let world = World::new().await;
    let mut dice = Dice::new();
    let table = COLLISIONS
        .iter()
        .map(|set| set.iter().map(|key| (*key).to_owned()).collect());
    let mut sets: Vec<Vec<String>> = table.collect();
    sets.extend((0..60).map(|_| random_set(&mut dice)));
    for (number, keys) in sets.into_iter().enumerate() {
        nothing_is_overwritten(&world, number, &keys).await;
    }
}

/// K4: the name that is given instead is always the same.
#[tokio::test(flavor = "multi_thread")]
async fn k04_the_name_given_instead_is_always_the_same() {
    let world = World::new().await;
    for key in ["a", "a/b", "a/b/c", "d/x", "d/y"] {
        world.put(key, key.as_bytes()).await;
    }
    world.write("downloads/d/x", b"mine");
    let engine = Engine::new(EngineOptions {
        total_connections: 1,
        ..EngineOptions::default()
    })
    .unwrap();
    let id = engine
        .start(JobSpec::Download(world.download(&[], &[""])))
        .await
        .unwrap();
    assert_eq!(engine.join(id).await.unwrap().state, JobState::Done);
    assert_eq!(
        files_below(&world.path("downloads")),
        ["a", "a (2)/b", "a (2)/b (2)/c", "d/x", "d/x (2)", "d/y"]
    );
}

/// K8: what is a folder, what is an empty file, and what has nothing between two slashes.
#[tokio::test(flavor = "multi_thread")]
async fn k08_markers_are_folders_and_empty_objects_are_files() {
    let world = World::new().await;
    let table: [(&str, &[u8], &str); 9] = [
        ("marker/", b"", "marker/"),
        ("deep/er/", b"", "deep/er/"),
        ("full/", b"x", "full/%"),
        ("both/", b"", "both/"),
        ("both/file", b"x", "both/file"),
        ("empty", b"", "empty"),
        ("in/empty", b"", "in/empty"),
        ("a//b", b"x", "a/%/b"),
        ("ends//", b"", "ends/%/"),
    ];
    for (key, bytes, _) in table {
        world.put(key, bytes).await;
    }
    let job = world.run_well(JobSpec::Download(world.download(&[], &[""]))).await;
    assert_eq!(job.items_done, 9);
    let downloads = world.path("downloads");
    for (key, bytes, name) in table {
        if name.ends_with('/') {
            assert!(downloads.join(name).is_dir(), "{key}");
        } else {
            assert_eq!(std::fs::read(downloads.join(name)).unwrap(), bytes, "{key}");
        }
    }
    let files = table.iter().filter(|(.., name)| !name.ends_with('/')).count();
    assert_eq!(files_below(&downloads).len(), files, "no marker is a file");
}

/// K2: a link that somebody planted in the chosen folder leads nowhere, be it in place of a folder or of a file.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn k02_links_in_the_chosen_folder_are_not_followed() {
    use std::os::unix::fs::symlink;
    let world = World::new().await;
    for key in ["a/file", "a/b/file", "file", "c/file"] {
        world.put(key, key.as_bytes()).await;
    }
    let (downloads, outside) = (world.path("downloads"), world.path("outside"));
    std::fs::create_dir_all(downloads.join("c")).unwrap();
    std::fs::create_dir_all(&outside).unwrap();
    world.write("outside/kept", b"theirs");
    symlink(&outside, downloads.join("a")).unwrap();
    symlink(outside.join("kept"), downloads.join("file")).unwrap();
    symlink(outside.join("new"), downloads.join("c/file")).unwrap();
    world.run_well(JobSpec::Download(world.download(&[], &[""]))).await;
    assert_eq!(files_below(&outside), ["kept"]);
    assert_eq!(std::fs::read(outside.join("kept")).unwrap(), b"theirs");
    let is_link = |name: &str| downloads.join(name).symlink_metadata().unwrap().is_symlink();
    assert!(
        is_link("a") && is_link("file") && is_link("c/file"),
        "they stay what they are"
    );
    for (name, key) in [
        ("a (2)/file", "a/file"),
        ("a (2)/b/file", "a/b/file"),
        ("file (2)", "file"),
        ("c/file (2)", "c/file"),
    ] {
        assert_eq!(std::fs::read(downloads.join(name)).unwrap(), key.as_bytes());
    }
}

/// K2: a folder that becomes a link, again and again, while files are put into it.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn k02_a_folder_that_is_swapped_for_a_link_lets_nothing_out() {
    let world = World::new().await;
    for number in 0..1000 {
        world.put(&format!("a/{number}"), b"inside").await;
    }
    let (downloads, outside) = (world.path("downloads"), world.path("outside"));
    std::fs::create_dir_all(&outside).unwrap();
    std::fs::create_dir_all(downloads.join("a")).unwrap();
    let ended = std::sync::atomic::AtomicBool::new(false);
    let swaps = std::thread::scope(|scope| {
        let swapper = scope.spawn(|| swap_until(&ended, &downloads, &outside));
        let job = tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(world.run(JobSpec::Download(world.download(&[], &["a/"]))))
        });
        ended.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(job.state.is_finished());
        swapper.join().unwrap()
    });
    assert!(swaps > 50, "{swaps}");
    assert_eq!(files_below(&outside), Vec::<String>::new());
}

/// Puts a link in the place of the folder `a` and takes it away again. Says how often.
#[cfg(unix)]
fn swap_until(ended: &std::sync::atomic::AtomicBool, downloads: &Path, outside: &Path) -> usize {
    let (folder, aside) = (downloads.join("a"), downloads.join("aside"));
    let mut swaps = 0;
    while !ended.load(std::sync::atomic::Ordering::Relaxed) {
        if std::fs::rename(&folder, &aside).is_err() {
            continue;
        }
        // A download may have made the folder anew meanwhile; then there is nothing to plant.
        if std::os::unix::fs::symlink(outside, &folder).is_ok() {
            std::thread::sleep(std::time::Duration::from_micros(300));
            std::fs::remove_file(&folder).unwrap();
            std::fs::rename(&aside, &folder).unwrap_or_default();
        } else {
            std::fs::remove_dir_all(&aside).unwrap();
        }
        swaps += 1;
        std::thread::sleep(std::time::Duration::from_micros(300));
    }
    swaps
}
