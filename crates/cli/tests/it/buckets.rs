//! Buckets: made, listed, removed; and how commands end that cannot be done.

use crate::support::{World, run};

#[test]
fn a_bucket_is_made_listed_and_removed() {
    let world = World::new();
    let made = world.dip(&["--json", "mb", "s3://letters"]).succeeds().json();
    assert_eq!(
        (&made[0]["action"], &made[0]["name"]),
        (&"made".into(), &"letters".into())
    );
    let names = |world: &World| -> Vec<String> {
        let listed = world.dip(&["ls", "--json"]).succeeds().json();
        listed
            .iter()
            .map(|bucket| bucket["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&world), ["letters", "photos"]);
    world.dip(&["rb", "letters"]).succeeds();
    assert_eq!(names(&world), ["photos"]);
    world.dip(&["rb", "letters"]).ends_with(3);
}

#[test]
fn a_bucket_with_something_in_it_goes_only_when_that_was_said() {
    let world = World::new();
    world.put("a/b", b"content");
    let refused = world.dip(&["--json", "rb", "photos"]).ends_with(1).error();
    assert!(refused["message"].as_str().unwrap().contains("1 object"), "{refused}");
    let unasked = world.dip(&["rb", "--force", "photos"]).ends_with(2);
    assert!(unasked.err.contains("-y"), "{unasked:?}");
    assert_eq!(world.keys(), ["a/b"]);
    let removed = world
        .dip(&["--json", "rb", "--force", "-y", "photos"])
        .succeeds()
        .json();
    assert_eq!(
        (&removed[0]["type"], &removed[0]["action"]),
        (&"result".into(), &"removed".into())
    );
    world.dip(&["ls", "photos"]).ends_with(3);
}

#[test]
fn a_command_that_cannot_be_understood_ends_with_two() {
    let world = World::new();
    world.dip(&["fly"]).ends_with(2);
    world.dip(&["cp", "a"]).ends_with(2);
    world.dip(&["cp", "a", "b"]).ends_with(2);
    world.dip(&["cat", "photos"]).ends_with(2);
    world.dip(&["rm", "photos/a**b"]).ends_with(2);
    world.dip(&["mb", "photos/key"]).ends_with(2);
    world.dip(&["link", "--expires", "soon", "photos/a"]).ends_with(2);
    world.dip(&["--help"]).succeeds();
}

#[test]
fn errors_say_in_their_code_whose_fault_it_is() {
    let world = World::new();
    let gone = world.dip(&["--json", "cat", "photos/gone"]).ends_with(3).error();
    assert_eq!((&gone["kind"], &gone["exit_code"]), (&"not_found".into(), &3.into()));
    world.dip(&["ls", "nowhere-at-all"]).ends_with(3);
    let mut denied = world.command();
    denied
        .env("DIP_SECRET_ACCESS_KEY", "wrong")
        .args(["--json", "ls", "photos"]);
    let denied = run(&mut denied, b"").ends_with(4).error();
    assert_eq!(denied["kind"], "invalid_credentials");
    let mut away = world.command();
    away.env("DIP_ENDPOINT", "http://127.0.0.1:1").args(["ls", "photos"]);
    run(&mut away, b"").ends_with(5);
    let mut half = world.command();
    half.env_remove("DIP_SECRET_ACCESS_KEY").args(["ls", "photos"]);
    assert!(run(&mut half, b"").ends_with(4).err.contains("DIP_SECRET_ACCESS_KEY"));
}

#[test]
fn keys_of_other_programs_are_understood() {
    let world = World::new();
    world.put("a", b"1");
    let mut command = world.without_keys();
    command
        .env("AWS_ENDPOINT_URL", &world.endpoint)
        .env("AWS_ACCESS_KEY_ID", crate::support::KEY_ID)
        .env("AWS_SECRET_ACCESS_KEY", crate::support::SECRET);
    assert_eq!(run(command.args(["cat", "photos/a"]), b"").succeeds().out, b"1");
}

#[test]
fn keys_are_not_sent_in_the_clear_to_another_computer_unless_that_was_said() {
    let world = World::new();
    let mut command = world.command();
    command.env("DIP_ENDPOINT", "http://objects.example.net");
    let refused = run(command.args(["ls"]), b"").ends_with(2);
    assert!(refused.err.contains("DIP_PLAIN_HTTP"), "{refused:?}");
}

#[test]
fn completions_are_written_for_every_shell() {
    let world = World::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let written = run(world.without_keys().args(["completions", shell]), b"").succeeds();
        assert!(written.text().contains("accounts"), "{shell}");
    }
    assert!(!world.path("data/none").exists());
}
