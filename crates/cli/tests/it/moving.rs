//! `cp` between buckets, and `mv`.

use crate::support::{World, content};

fn put_folder(world: &World) {
    for (key, bytes) in [("old/a.txt", "a"), ("old/sub/b.txt", "b"), ("older/c.txt", "c")] {
        world.put(key, bytes.as_bytes());
    }
}

#[test]
fn an_object_is_copied_to_exactly_the_key_that_was_typed_or_into_a_folder() {
    let world = World::new();
    let bytes = content(17 * 1024 * 1024);
    world.put("a.bin", &bytes);
    world.dip(&["cp", "s3://photos/a.bin", "s3://photos/b.bin"]).succeeds();
    world.dip(&["cp", "s3://photos/a.bin", "s3://photos/in/"]).succeeds();
    assert_eq!(world.keys(), ["a.bin", "b.bin", "in/a.bin"]);
    world.dip(&["cp", "s3://photos/b.bin", "b.bin"]).succeeds();
    assert!(world.read("b.bin") == bytes);
    world
        .dip(&["cp", "s3://photos/a.bin", "s3://photos/a.bin"])
        .ends_with(2);
    world.dip(&["cp", "s3://photos/gone", "s3://photos/x"]).ends_with(3);
    world.dip(&["cp", "s3://photos/*.bin", "s3://photos/x"]).ends_with(2);
}

#[test]
fn a_bucket_is_copied_to_another() {
    let world = World::new();
    put_folder(&world);
    world.dip(&["mb", "backup"]).succeeds();
    let result = world
        .dip(&["--json", "cp", "-r", "s3://photos/", "s3://backup/2026"])
        .succeeds()
        .json();
    assert_eq!(
        (&result[0]["action"], &result[0]["done"]),
        (&"copied".into(), &3.into())
    );
    assert_eq!(result[0]["bucket"], "backup");
    let listed = world.dip(&["ls", "-r", "s3://backup/"]).succeeds().text();
    for key in ["2026/old/a.txt", "2026/old/sub/b.txt", "2026/older/c.txt"] {
        assert!(listed.contains(key), "{listed}");
    }
    assert_eq!(world.keys().len(), 3, "the sources stay");
}

#[test]
fn a_folder_is_renamed_and_keeps_who_may_read_it() {
    let world = World::new();
    put_folder(&world);
    world.dip(&["acl", "public", "-y", "s3://photos/old/a.txt"]).succeeds();
    let result = world
        .dip(&["--json", "mv", "-r", "s3://photos/old/", "s3://photos/new"])
        .succeeds()
        .json();
    assert_eq!((&result[0]["action"], &result[0]["done"]), (&"moved".into(), &2.into()));
    assert_eq!(world.keys(), ["new/a.txt", "new/sub/b.txt", "older/c.txt"]);
    let access = |key: &str| world.dip(&["--json", "acl", key]).succeeds().json()[0]["access"].clone();
    assert_eq!(access("s3://photos/new/a.txt"), "public");
    assert_eq!(access("s3://photos/new/sub/b.txt"), "private");
    world
        .dip(&["mv", "-r", "s3://photos/new", "s3://photos/new/below/"])
        .ends_with(2);
    assert_eq!(world.keys().len(), 3, "nothing was begun");
}

#[test]
fn what_is_taken_stays_and_so_does_what_could_not_go_there() {
    let world = World::new();
    world.put("a.txt", b"a");
    world.put("b.txt", b"b");
    let skipped = world
        .dip(&["--json", "mv", ":photos/a.txt", ":photos/b.txt"])
        .succeeds()
        .json();
    assert_eq!((&skipped[0]["done"], &skipped[0]["skipped"]), (&0.into(), &1.into()));
    assert_eq!(world.keys(), ["a.txt", "b.txt"]);
    world
        .dip(&["mv", "--conflict", "rename", ":photos/a.txt", ":photos/b.txt"])
        .succeeds();
    assert_eq!(world.keys(), ["b (2).txt", "b.txt"]);
    world
        .dip(&["mv", "-f", ":photos/b (2).txt", ":photos/b.txt"])
        .succeeds();
    assert_eq!(world.dip(&["cat", ":photos/b.txt"]).succeeds().text(), "a");
}

/// With `-f` the second would replace the first, and both be gone from where they were.
#[test]
fn two_sources_never_become_one() {
    let world = World::new();
    for key in ["one/a.txt", "two/a.txt"] {
        world.put(key, key.as_bytes());
    }
    let refused = world
        .dip(&["mv", "-f", ":photos/one/a.txt", ":photos/two/a.txt", ":photos/to/"])
        .ends_with(2);
    assert!(refused.err.contains("Two sources would become"), "{refused:?}");
    world
        .dip(&["mv", "-rf", ":photos/one/", ":photos/two/", ":photos/all/"])
        .ends_with(2);
    assert_eq!(world.keys(), ["one/a.txt", "two/a.txt"], "nothing was begun");
}

#[test]
fn what_cannot_be_moved_or_kept_is_said() {
    let world = World::new();
    world.write("a.txt", "a");
    assert!(
        world
            .dip(&["cp", "--acl", "keep", "a.txt", ":photos/"])
            .ends_with(2)
            .err
            .contains("no access rights")
    );
    world.put("b.txt", b"b");
    world.dip(&["cp", "a.txt", ":photos/b.txt", ":photos/c/"]).ends_with(2);
    world.dip(&["mv", ":photos/b.txt", ":"]).ends_with(2);
    world
        .dip(&["cp", "--acl", "public", ":photos/b.txt", ":photos/d.txt"])
        .succeeds();
    let access = world.dip(&["--json", "acl", ":photos/d.txt"]).succeeds().json();
    assert_eq!(access[0]["access"], "public");
}
