//! `put` and `cat`: bytes in, the same bytes out.

use crate::support::{World, content};

#[test]
fn bytes_come_back_as_they_went_in() {
    let world = World::new();
    for bytes in [
        vec![],
        b"one line\n".to_vec(),
        vec![0, 255, 13, 10, 0],
        content(300_000),
    ] {
        world.put("x", &bytes);
        assert_eq!(world.dip(&["cat", "photos/x"]).succeeds().out, bytes);
    }
}

#[test]
fn a_stream_larger_than_a_part_goes_up_whole() {
    let world = World::new();
    let bytes = content(40 * 1024 * 1024 + 17);
    let stored = world
        .dip_reading(&["--json", "put", "photos/large.bin"], &bytes)
        .succeeds()
        .json();
    assert_eq!(stored[0]["bytes"], bytes.len());
    let read = world.dip(&["cat", "photos/large.bin"]).succeeds();
    assert!(read.out == bytes, "{} bytes came back", read.out.len());
}

#[test]
fn an_object_that_is_there_is_replaced_only_when_that_was_said() {
    let world = World::new();
    world.put("x", b"old");
    let refused = world
        .dip_reading(&["--json", "put", "photos/x"], b"new")
        .ends_with(1)
        .error();
    assert_eq!(refused["kind"], "conflict");
    assert_eq!(world.dip(&["cat", "photos/x"]).succeeds().out, b"old");
    world
        .dip_reading(&["put", "--overwrite", "photos/x"], b"new")
        .succeeds();
    assert_eq!(world.dip(&["cat", "photos/x"]).succeeds().out, b"new");
}

#[test]
fn ranges_are_read_and_several_objects_follow_each_other() {
    let world = World::new();
    world.put("x", b"0123456789");
    world.put("y", b"abc");
    for (range, expected) in [("2-4", &b"234"[..]), ("7-", b"789"), ("-3", b"789")] {
        assert_eq!(
            world.dip(&["cat", "--range", range, "photos/x"]).succeeds().out,
            expected
        );
    }
    assert_eq!(
        world.dip(&["cat", "photos/x", "photos/y"]).succeeds().out,
        b"0123456789abc"
    );
}

#[test]
fn the_content_type_is_said_or_guessed() {
    let world = World::new();
    world.dip_reading(&["put", "photos/a.json"], b"{}").succeeds();
    world
        .dip_reading(&["put", "--content-type", "text/x-odd", "photos/b.json"], b"{}")
        .succeeds();
    let stat = world
        .dip(&["stat", "--json", "photos/a.json", "photos/b.json"])
        .succeeds()
        .json();
    assert_eq!(
        (&stat[0]["content_type"], &stat[1]["content_type"]),
        (&"application/json".into(), &"text/x-odd".into())
    );
}
