//! `ls`, `du` and `stat`.

use serde_json::Value;

use crate::support::World;

fn keys(listed: &[Value]) -> Vec<&str> {
    listed.iter().map(|record| record["key"].as_str().unwrap()).collect()
}

fn world() -> World {
    let world = World::new();
    for key in ["2026/a.jpg", "2026/b.png", "2026/raw/c.jpg", "2026-old/d.jpg", "e.jpg"] {
        world.put(key, key.as_bytes());
    }
    world
}

#[test]
fn folders_and_objects_are_listed_one_level_at_a_time_or_all_the_way_down() {
    let world = world();
    let list = |arguments: &[&str]| world.dip(&[&["ls", "--json"], arguments].concat()).succeeds().json();
    let listed = list(&["photos"]);
    assert_eq!(keys(&listed), ["2026-old/", "2026/", "e.jpg"]);
    assert_eq!(
        (&listed[0]["type"], &listed[2]["type"]),
        (&"prefix".into(), &"object".into())
    );
    assert_eq!(listed[2]["size"], 5);
    assert!(listed[2]["last_modified"].as_str().unwrap().ends_with('Z'));
    assert_eq!(keys(&list(&["photos/2026"])), ["2026/raw/", "2026/a.jpg", "2026/b.png"]);
    assert_eq!(
        keys(&list(&["-r", "photos/2026/"])),
        ["2026/a.jpg", "2026/b.png", "2026/raw/c.jpg"]
    );
    assert_eq!(keys(&list(&["s3://photos/e.jpg"])), ["e.jpg"]);
    world.dip(&["ls", "photos/nothing"]).ends_with(3);
    world.dip(&["ls", "photos/2"]).ends_with(3);
}

#[test]
fn patterns_choose_keys() {
    let world = world();
    let list = |arguments: &[&str]| {
        let listed = world.dip(&[&["ls", "--json"], arguments].concat()).succeeds().json();
        keys(&listed).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(list(&["photos/2026/*.jpg"]), ["2026/a.jpg"]);
    assert_eq!(list(&["photos/2026*"]), ["2026-old/", "2026/"]);
    assert_eq!(
        list(&["photos/**/*.jpg"]),
        ["2026-old/d.jpg", "2026/a.jpg", "2026/raw/c.jpg", "e.jpg"]
    );
    assert_eq!(list(&["photos/2026/?.*"]), ["2026/a.jpg", "2026/b.png"]);
    world.dip(&["ls", "photos/*.gif"]).ends_with(3);
}

#[test]
fn sizes_are_exact_unless_people_are_to_read_them() {
    let world = World::new();
    world.put("big", &vec![0; 1_234_567]);
    assert!(world.dip(&["ls", "photos"]).succeeds().text().contains("1234567"));
    assert!(world.dip(&["ls", "-h", "photos"]).succeeds().text().contains("1.23 MB"));
}

#[test]
fn usage_is_summed_up() {
    let world = world();
    let usage = |place: &str| world.dip(&["du", "--json", place]).succeeds().json().remove(0);
    let all = usage("photos");
    assert_eq!(
        (&all["objects"], &all["bytes"]),
        (&5.into(), &(10 + 10 + 14 + 14 + 5).into())
    );
    assert_eq!(usage("photos/2026")["objects"], 3, "not what is in 2026-old");
    assert_eq!(usage("photos/**/*.jpg")["objects"], 4);
    assert!(
        world
            .dip(&["du", "-h", "photos/2026/"])
            .succeeds()
            .text()
            .contains("3 objects")
    );
    world.dip(&["du", "photos/nothing/"]).ends_with(3);
}

#[test]
fn objects_and_buckets_are_described() {
    let world = world();
    let stat = world
        .dip(&["stat", "--json", "photos/2026/a.jpg", "photos"])
        .succeeds()
        .json();
    assert_eq!((&stat[0]["key"], &stat[0]["size"]), (&"2026/a.jpg".into(), &10.into()));
    assert_eq!(stat[0]["content_type"], "image/jpeg");
    assert_eq!(
        (&stat[1]["type"], &stat[1]["name"]),
        (&"bucket".into(), &"photos".into())
    );
    assert!(stat[1]["properties"]["name"].is_string(), "{}", stat[1]);
    world.dip(&["stat", "photos/gone"]).ends_with(3);
}

#[test]
fn odd_names_are_exact_in_json() {
    let world = World::new();
    let odd = [
        " leading",
        "a//b",
        "bell\u{7}",
        "ümläut/ñ",
        "star*\\?",
        "[x] {y}",
        "-dash",
        "a:b",
        "..",
        "nl\nx",
    ];
    for key in odd {
        world.put(key, key.as_bytes());
    }
    let mut expected: Vec<&str> = odd.to_vec();
    expected.sort_unstable();
    assert_eq!(world.keys(), expected);
    for key in odd {
        let escaped = key.replace('\\', "\\\\").replace('*', "\\*").replace('?', "\\?");
        let read = world.dip(&["cat", &format!("s3://photos/{escaped}")]).succeeds();
        assert_eq!(read.out, key.as_bytes(), "{key:?}");
    }
}
