//! `acl` and `link`: what a stranger sees.

use dipper_testkit::http::Stranger;

use crate::support::World;

/// What somebody without credentials gets.
fn status(url: &str) -> u16 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let answer = runtime.block_on(Stranger::new().get(url)).unwrap();
    answer.status.as_u16()
}

#[test]
fn an_object_is_made_public_and_private_again() {
    let world = World::new();
    world.put("a.txt", b"hello");
    let access = |world: &World| {
        let shown = world
            .dip(&["acl", "--json", "photos/a.txt"])
            .succeeds()
            .json()
            .remove(0);
        assert_eq!(shown["type"], "access");
        shown["access"].as_str().unwrap().to_owned()
    };
    assert_eq!(access(&world), "private");
    world.dip(&["acl", "public", "photos/a.txt"]).ends_with(2);
    let made = world
        .dip(&["acl", "public", "-y", "--json", "photos/a.txt"])
        .succeeds()
        .json();
    assert_eq!(
        (&made[0]["access"], &made[0]["proved"]),
        (&"public".into(), &true.into())
    );
    assert_eq!(access(&world), "public");
    let link = world.dip(&["link", "photos/a.txt"]).succeeds();
    assert_eq!(status(link.lines()[0].as_str()), 200);
    world.dip(&["acl", "private", "-y", "photos/a.txt"]).succeeds();
    assert_eq!(access(&world), "private");
    assert_eq!(status(link.lines()[0].as_str()), 403);
    world.dip(&["acl", "photos/gone"]).ends_with(3);
}

#[test]
fn of_a_bucket_it_has_to_be_said_what_becomes_public() {
    let world = World::new();
    world.put("a.txt", b"hello");
    let refused = world.dip(&["acl", "public", "-y", "photos"]).ends_with(2);
    assert!(refused.err.contains("--listing"), "{refused:?}");
    world.dip(&["acl", "public", "-y", "--listing", "photos"]).succeeds();
    let shown = world.dip(&["acl", "--json", "photos"]).succeeds().json();
    assert_eq!(shown[0]["level"], "listable", "{}", shown[0]);
    let grants = shown[0]["grants"].as_array().unwrap();
    assert!(grants.iter().any(|grant| grant["public"] == true), "{}", shown[0]);
}

#[test]
fn a_link_that_expires_opens_what_is_private() {
    let world = World::new();
    world.put("ä b.txt", b"hello");
    for extra in [&["--expires", "1h"][..], &["--expires", "90s", "--v2"]] {
        let arguments = [&["link", "--json"], extra, &["s3://photos/ä b.txt"]].concat();
        let link = world.dip(&arguments).succeeds().json().remove(0);
        assert_eq!(status(link["url"].as_str().unwrap()), 200, "{link}");
        assert!(link["works_until"].is_string());
    }
    let plain = world
        .dip(&["link", "--json", "photos/ä b.txt"])
        .succeeds()
        .json()
        .remove(0);
    assert_eq!(
        (&plain["access"], status(plain["url"].as_str().unwrap())),
        (&"private".into(), 403)
    );
    world.dip(&["link", "--v2", "photos/a"]).ends_with(2);
}
