//! `rm`.

use crate::support::World;

fn world() -> World {
    let world = World::new();
    for key in ["2026/a.jpg", "2026/b.png", "2026/raw/c.jpg", "2026-old/d.jpg", "2026"] {
        world.put(key, b"12345");
    }
    world
}

#[test]
fn a_dry_run_counts_and_deletes_nothing() {
    let world = world();
    let shown = world.dip(&["--json", "rm", "-rn", "photos/2026/"]).succeeds().json();
    assert_eq!(shown.len(), 4);
    let all = shown.last().unwrap();
    assert_eq!((&all["objects"], &all["bytes"]), (&3.into(), &15.into()));
    assert_eq!(shown[0]["key"], "2026/a.jpg");
    assert_eq!(world.keys().len(), 5);
}

#[test]
fn without_a_terminal_deleting_needs_a_yes() {
    let world = world();
    let refused = world.dip(&["rm", "photos/2026/a.jpg"]).ends_with(2);
    assert!(
        refused.err.contains("-y") && refused.err.contains("1 object"),
        "{refused:?}"
    );
    assert_eq!(world.keys().len(), 5);
}

#[test]
fn exactly_what_was_named_is_deleted() {
    let world = world();
    let deleted = world
        .dip(&["--json", "rm", "-y", "photos/2026/a.jpg"])
        .succeeds()
        .json();
    assert_eq!(
        (&deleted[0]["action"], &deleted[0]["done"]),
        (&"deleted".into(), &1.into())
    );
    assert_eq!(world.keys(), ["2026", "2026-old/d.jpg", "2026/b.png", "2026/raw/c.jpg"]);
    world.dip(&["rm", "-y", "photos/2026/"]).ends_with(2);
    world
        .dip(&["rm", "-y", "photos/2026/*.png", "photos/2026/*.png"])
        .succeeds();
    world.dip(&["rm", "-y", "photos/2026"]).succeeds();
    assert_eq!(world.keys(), ["2026-old/d.jpg", "2026/raw/c.jpg"]);
    world.dip(&["rm", "-ry", "photos/2026"]).succeeds();
    assert_eq!(world.keys(), ["2026-old/d.jpg"]);
    world.dip(&["rm", "-y", "photos/gone"]).ends_with(3);
    world.dip(&["rm", "-y", "photos/*.gif"]).ends_with(3);
}
