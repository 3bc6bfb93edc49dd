//! `cp`, both ways.

use std::time::{Duration, Instant};

use crate::support::{World, content, files_below};

#[test]
fn a_file_goes_up_and_comes_back_byte_for_byte() {
    let world = World::new();
    let bytes = content(20 * 1024 * 1024 + 3);
    let file = world.write("mine/large.bin", &bytes);
    world
        .dip(&["cp", file.to_str().unwrap(), "s3://photos/2026/"])
        .succeeds();
    assert_eq!(world.keys(), ["2026/large.bin"]);
    world.dip(&["cp", "s3://photos/2026/large.bin", "back.bin"]).succeeds();
    assert!(world.read("back.bin") == bytes);
    let result = world
        .dip(&["--json", "cp", "s3://photos/2026/large.bin", "again/"])
        .succeeds()
        .json();
    assert_eq!((&result[0]["type"], &result[0]["done"]), (&"result".into(), &1.into()));
    assert_eq!(result[0]["bytes"], bytes.len());
    assert!(world.read("again/large.bin") == bytes);
}

#[test]
fn one_file_gets_exactly_the_key_that_was_typed() {
    let world = World::new();
    world.write("a.txt", "a");
    world.dip(&["cp", "a.txt", "s3://photos/x/y.txt"]).succeeds();
    world.dip(&["cp", "./a.txt", ":photos"]).succeeds();
    world.write("co:lon", "c");
    world.dip(&["cp", "./co:lon", ":photos/"]).succeeds();
    assert_eq!(world.keys(), ["a.txt", "co:lon", "x/y.txt"]);
}

#[test]
fn a_folder_goes_with_its_name_or_only_what_is_in_it() {
    let world = World::new();
    world.write("trip/a.txt", "a");
    world.write("trip/raw/b.txt", "b");
    let refused = world.dip(&["cp", "trip", "s3://photos/"]).ends_with(2);
    assert!(refused.err.contains("-r"), "{refused:?}");
    world.dip(&["cp", "-r", "trip", "s3://photos/one"]).succeeds();
    world.dip(&["cp", "-r", "trip/", "s3://photos/two"]).succeeds();
    assert_eq!(
        world.keys(),
        ["one/trip/a.txt", "one/trip/raw/b.txt", "two/a.txt", "two/raw/b.txt"]
    );
    world.dip(&["cp", "-r", "s3://photos/one/trip", "down"]).succeeds();
    world.dip(&["cp", "-r", "s3://photos/one/trip/", "content"]).succeeds();
    assert_eq!(files_below(&world.path("down")), ["trip/a.txt", "trip/raw/b.txt"]);
    assert_eq!(files_below(&world.path("content")), ["a.txt", "raw/b.txt"]);
    world.dip(&["cp", "-r", "s3://photos/nothing/", "none"]).ends_with(3);
    world.dip(&["cp", "s3://photos/one", "none"]).ends_with(2);
}

#[test]
fn several_sources_go_into_a_folder() {
    let world = World::new();
    world.write("a", "a");
    world.write("b", "b");
    world.dip(&["cp", "a", "b", "s3://photos/x"]).ends_with(2);
    world.dip(&["cp", "a", "b", "s3://photos/x/"]).succeeds();
    assert_eq!(world.keys(), ["x/a", "x/b"]);
    world
        .dip(&["cp", "s3://photos/x/a", "s3://photos/x/b", "down/"])
        .succeeds();
    assert_eq!(files_below(&world.path("down")), ["a", "b"]);
}

#[test]
fn patterns_choose_what_comes_down() {
    let world = World::new();
    for key in ["2026/a.jpg", "2026/b.png", "2026/raw/c.jpg"] {
        world.put(key, key.as_bytes());
    }
    world.dip(&["cp", "s3://photos/2026/*.jpg", "one/"]).succeeds();
    assert_eq!(files_below(&world.path("one")), ["a.jpg"]);
    world.dip(&["cp", "s3://photos/**/*.jpg", "all/"]).succeeds();
    assert_eq!(files_below(&world.path("all")), ["2026/a.jpg", "2026/raw/c.jpg"]);
    world.dip(&["cp", "s3://photos/*.gif", "none/"]).ends_with(3);
}

#[test]
fn an_object_that_is_there_is_skipped_renamed_or_replaced_as_asked() {
    let world = World::new();
    world.put("a.txt", b"old");
    world.write("a.txt", "new");
    let skipped = world.dip(&["--json", "cp", "a.txt", "s3://photos"]).succeeds().json();
    assert_eq!((&skipped[0]["skipped"], &skipped[0]["done"]), (&1.into(), &0.into()));
    assert_eq!(world.dip(&["cat", "photos/a.txt"]).out, b"old");
    world
        .dip(&["cp", "--conflict", "rename", "a.txt", "s3://photos"])
        .succeeds();
    assert_eq!(world.keys(), ["a (2).txt", "a.txt"]);
    world.dip(&["cp", "-f", "a.txt", "s3://photos"]).succeeds();
    assert_eq!(world.dip(&["cat", "photos/a.txt"]).out, b"new");
    let unasked = world
        .dip(&["cp", "--conflict", "ask", "a.txt", "s3://photos"])
        .ends_with(2);
    assert!(unasked.err.contains("--conflict"), "{unasked:?}");
}

#[test]
fn a_file_that_is_there_is_skipped_renamed_or_replaced_as_asked() {
    let world = World::new();
    world.put("d/a.txt", b"new");
    world.put("d/b.txt", b"new");
    world.write("down/a.txt", "old");
    let copy = |conflict: &str| {
        let arguments = ["--json", "cp", "-r", "--conflict", conflict, "s3://photos/d/", "down"];
        world.dip(&arguments).succeeds().json().remove(0)
    };
    let skipped = copy("skip");
    assert_eq!((&skipped["done"], &skipped["skipped"]), (&1.into(), &1.into()));
    assert_eq!(world.read("down/a.txt"), b"old");
    copy("rename");
    assert_eq!(
        files_below(&world.path("down")),
        ["a (2).txt", "a.txt", "b (2).txt", "b.txt"]
    );
    copy("overwrite");
    assert_eq!(world.read("down/a.txt"), b"new");
    world.write("single", "old");
    world.dip(&["cp", "s3://photos/d/a.txt", "single"]).succeeds();
    assert_eq!(world.read("single"), b"old");
    world
        .dip(&["cp", "--conflict", "rename", "s3://photos/d/a.txt", "single"])
        .succeeds();
    assert_eq!(world.read("single (2)"), b"new");
    world.dip(&["cp", "-f", "s3://photos/d/a.txt", "single"]).succeeds();
    assert_eq!(world.read("single"), b"new");
    let left = std::fs::read_dir(world.folder.path()).unwrap();
    assert!(
        left.flatten()
            .all(|entry| !entry.file_name().to_string_lossy().starts_with(".dip-"))
    );
}

#[test]
fn what_cannot_be_sent_is_said_and_the_rest_is_sent() {
    let world = World::new();
    world.write("mine/a", "a");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("a", world.path("mine/link")).unwrap();
        let run = world.dip(&["cp", "-r", "mine/", "s3://photos/"]).ends_with(1);
        assert!(run.err.contains("link"), "{run:?}");
        assert_eq!(world.keys(), ["a"]);
    }
    world.dip(&["cp", "gone", "s3://photos/"]).ends_with(3);
    world.dip(&["cp", "s3://photos/gone", "here"]).ends_with(3);
    assert!(!world.path("here").exists());
}

/// L12: by Ctrl-C, and by a system that shuts down.
#[cfg(unix)]
#[test]
fn l12_a_copy_that_is_interrupted_ends_cleanly() {
    for signal in ["-INT", "-TERM"] {
        let world = World::new();
        // More than can arrive before the signal does.
        let file = world.path("large");
        std::fs::File::create(&file).unwrap().set_len(4 << 30).unwrap();
        let mut child = world.command().args(["cp", "large", "s3://photos/"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(1_500));
        let killed = std::process::Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status()
            .unwrap();
        let begin = std::time::Instant::now();
        assert!(killed.success());
        assert_eq!(child.wait().unwrap().code(), Some(130), "{signal}");
        assert!(
            begin.elapsed() < Duration::from_secs(5),
            "{signal}: {:?}",
            begin.elapsed()
        );
        assert!(world.keys().is_empty());
        // The bucket is empty of unfinished uploads too, or deleting it would take force.
        world.dip(&["rb", "photos"]).succeeds();
    }
}

#[test]
fn what_is_sent_may_be_public_at_once() {
    let world = World::new();
    world.write("a.txt", "a");
    world.dip(&["cp", "--acl", "public", "a.txt", "s3://photos"]).succeeds();
    let acl = world.dip(&["acl", "--json", "photos/a.txt"]).succeeds().json();
    assert_eq!(acl[0]["access"], "public", "{}", acl[0]);
}

#[test]
fn a_copy_keeps_to_its_limit() {
    let world = World::new();
    let bytes = content(1_500_000);
    world.write("a.bin", &bytes);
    for line in [
        ["cp", "--limit", "1M", "a.bin", "s3://photos/"],
        ["cp", "--limit", "1M", "s3://photos/a.bin", "back.bin"],
    ] {
        let begun = Instant::now();
        world.dip(&line).succeeds();
        assert!(begun.elapsed() > Duration::from_secs(1), "{line:?}");
    }
    assert!(world.read("back.bin") == bytes);
    let refused = world
        .dip(&["cp", "--limit", "fast", "a.bin", "s3://photos/"])
        .ends_with(2);
    assert!(refused.err.contains("500K"), "{refused:?}");
}
