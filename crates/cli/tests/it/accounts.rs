//! Saved accounts. Their secrets are in the system's keychain or nowhere.
#![cfg(target_os = "linux")]

use std::process::Command;

use dipper_testkit::canary::Canary;
use dipper_testkit::{Action, FaultProxy, Keyring, Keys, Rule};

use crate::support::{KEY_ID, Run, SECRET, World, run};

/// `accounts add` with the secret on the standard input.
fn add(world: &World, name: &str, prepare: impl FnOnce(&mut Command)) -> Run {
    let mut command = world.without_keys();
    command.args(["--json", "accounts", "add", name, "--endpoint", &world.endpoint]);
    command.args(["--access-key-id", KEY_ID]);
    prepare(&mut command);
    run(&mut command, format!("{SECRET}\n").as_bytes())
}

#[test]
fn an_account_lives_in_the_keychain_from_adding_to_removing() {
    let world = World::new();
    world.put("a", b"content");
    let keyring = Keyring::start().unwrap();
    let dip = |arguments: &[&str]| run(world.without_keys().envs(keyring.environment()).args(arguments), b"");
    let added = add(&world, "Work", |command| {
        command.envs(keyring.environment());
    });
    let added = added.succeeds().json().remove(0);
    assert_eq!((&added["name"], &added["secret"]), (&"Work".into(), &"keychain".into()));
    let listed = dip(&["accounts", "--json"]).succeeds().json();
    assert_eq!((listed.len(), &listed[0]["access_key_id"]), (1, &KEY_ID.into()));
    let tested = dip(&["--json", "accounts", "test", "work"]).succeeds().json();
    assert_eq!(
        (&tested[0]["connected"], &tested[0]["buckets"]),
        (&true.into(), &1.into())
    );
    for place in ["Work:photos/a", "work:photos/a", ":photos/a", "s3://photos/a"] {
        assert_eq!(dip(&["cat", place]).succeeds().out, b"content", "{place}");
    }
    assert!(dip(&["ls"]).succeeds().text().contains("Work"));
    dip(&["ls", "other:photos"]).ends_with(3);
    dip(&["accounts", "remove", "Work"]).ends_with(2);
    dip(&["accounts", "remove", "-y", "Work"]).succeeds();
    assert!(dip(&["accounts", "--json"]).succeeds().json().is_empty());
    dip(&["ls", ":photos"]).ends_with(4);
    let canary = Canary::new(SECRET).unwrap();
    assert!(canary.in_files(&world.path("data")).unwrap().is_empty());
}

#[test]
fn without_a_keychain_no_account_is_saved_and_the_secret_is_nowhere() {
    let world = World::new();
    let bus = Keyring::start_without_service().unwrap();
    let refused = add(&world, "Work", |command| {
        command.envs(bus.environment());
    });
    let error = refused.ends_with(4).error();
    assert!(
        error["hint"].as_str().unwrap().contains("DIP_SECRET_ACCESS_KEY"),
        "{error}"
    );
    let mut list = world.without_keys();
    let list = list.envs(bus.environment()).args(["accounts", "--json"]);
    assert!(run(list, b"").succeeds().json().is_empty());
    let canary = Canary::new(SECRET).unwrap();
    assert!(canary.in_files(&world.path("data")).unwrap().is_empty());
}

#[test]
fn keys_that_the_server_refuses_are_not_saved() {
    let world = World::new();
    let keyring = Keyring::start().unwrap();
    let refused = add(&world, "Work", |command| {
        command
            .envs(keyring.environment())
            .env("DIP_SECRET_ACCESS_KEY", "wrong");
    });
    refused.ends_with(4);
    let mut list = world.without_keys();
    let list = list.envs(keyring.environment()).args(["accounts", "--json"]);
    assert!(run(list, b"").succeeds().json().is_empty());
}

#[test]
fn the_keychain_is_not_asked_when_keys_are_in_the_environment() {
    let world = World::new();
    // A bus that nobody answers on would hold a program that asks it.
    let mut command = world.command();
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    run(command.args(["ls", "photos"]), b"").succeeds();
}

#[test]
fn local_storage_opens_when_it_is_named() {
    let world = World::new();
    let keyring = Keyring::start().unwrap();
    let dip =
        |arguments: &[&str], input: &[u8]| run(world.without_keys().envs(keyring.environment()).args(arguments), input);
    dip(&["mb", "local:letters"], b"").succeeds();
    dip(&["put", "local:letters/a"], b"dear").succeeds();
    assert_eq!(dip(&["cat", "local:letters/a"], b"").succeeds().out, b"dear");
}

/// Local storage knows no sessions: it refuses a token that reaches it, and serves what a proxy signs without one.
#[test]
fn the_token_of_a_session_goes_along_and_is_written_nowhere() {
    let world = World::new();
    let token = "CANARY+t0ken/dip/5d2c";
    let mut direct = world.command();
    direct.env("DIP_SESSION_TOKEN", token).args(["ls", "s3://photos/"]);
    let refused = run(&mut direct, b"").ends_with(1);
    assert!(refused.err.contains("does not support it"), "{refused:?}");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let keys = Keys {
        access_key_id: KEY_ID.to_owned(),
        secret_access_key: SECRET.to_owned(),
        region: "us-east-1".to_owned(),
    };
    let proxy = runtime
        .block_on(FaultProxy::start(&world.endpoint, Some(keys)))
        .unwrap();
    // The rule changes nothing but who signs.
    proxy.rule(Rule::new(Action::IgnoreParameters(vec!["nothing"])));
    let with_token = || {
        let mut command = world.command();
        command
            .env("DIP_ENDPOINT", proxy.endpoint())
            .env("DIP_SESSION_TOKEN", token);
        command
    };
    world.write("a.txt", "a");
    run(with_token().args(["cp", "a.txt", "s3://photos/"]), b"").succeeds();
    assert_eq!(
        run(with_token().args(["cat", "s3://photos/a.txt"]), b"")
            .succeeds()
            .text(),
        "a"
    );
    let canary = Canary::new(token).unwrap();
    assert!(canary.in_files(&world.path("data")).unwrap().is_empty());
}
