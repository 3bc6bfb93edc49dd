//! The real Secret Service: each story runs in a process of its own, on a private bus with a private keyring.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::Command;

use dipper_app::{AccountDraft, App, AppOptions, ErrorKind, SecretSaved, SecretString};
use dipper_testkit::Keyring;
use dipper_testkit::canary::Canary;

use crate::support::{SECRET, draft};

/// Where a story finds the folder it works in. Set only for the processes that `tell` starts.
const FOLDER: &str = "DIPPER_TEST_KEYCHAIN_FOLDER";

/// Runs one of the ignored stories below in a process that finds this keyring.
fn tell(keyring: &Keyring, folder: &Path, story: &str) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("keychain::{story}"), "--ignored", "--nocapture"]);
    command.envs(keyring.environment()).env(FOLDER, folder);
    let output = command.output().unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success() && out.contains("1 passed"), "{out}\n{err}");
    let canary = Canary::new(SECRET).unwrap();
    assert!(
        canary
            .in_bytes("output", &[output.stdout, output.stderr].concat())
            .is_empty()
    );
}

/// How many entries of ours are in the keyring.
fn entries(keyring: &Keyring) -> usize {
    let mut command = Command::new("secret-tool");
    command.args(["search", "--all", "service", "dev.dipper.desktop"]);
    let output = command.envs(keyring.environment()).output().unwrap();
    let found = String::from_utf8(output.stdout).unwrap();
    found.lines().filter(|line| line.starts_with("[/")).count()
}

/// Locks the default collection, as a desktop does when its user leaves.
fn lock(keyring: &Keyring) {
    let mut command = Command::new("dbus-send");
    command.args([
        "--session",
        "--print-reply",
        "--dest=org.freedesktop.secrets",
        "/org/freedesktop/secrets",
    ]);
    command.args([
        "org.freedesktop.Secret.Service.Lock",
        "array:objpath:/org/freedesktop/secrets/aliases/default",
    ]);
    let output = command.envs(keyring.environment()).output().unwrap();
    let answer = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && answer.contains("/org/freedesktop/secrets/"),
        "{answer}"
    );
}

fn options() -> Option<AppOptions> {
    std::env::var_os(FOLDER).map(|folder| AppOptions::new(Path::new(&folder).join("data")))
}

#[test]
fn a_secret_lives_in_the_keychain_and_nowhere_else() {
    let keyring = Keyring::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    tell(&keyring, folder.path(), "story_of_saving");
    let canary = Canary::new(SECRET).unwrap();
    assert!(canary.in_files(folder.path()).unwrap().is_empty());
    assert_eq!(entries(&keyring), 1);
    tell(&keyring, folder.path(), "story_of_the_next_day");
    assert_eq!(
        entries(&keyring),
        0,
        "an account that is removed takes its secret along"
    );
}

#[test]
fn another_keychain_does_not_have_the_secret() {
    let (keyring, other) = (Keyring::start().unwrap(), Keyring::start().unwrap());
    let folder = tempfile::tempdir().unwrap();
    tell(&keyring, folder.path(), "story_of_saving");
    tell(&other, folder.path(), "story_of_a_lost_secret");
}

#[test]
fn without_a_keychain_secrets_are_kept_for_this_run_and_it_is_said() {
    let bus = Keyring::start_without_service().unwrap();
    let folder = tempfile::tempdir().unwrap();
    tell(&bus, folder.path(), "story_without_a_keychain");
    assert!(Canary::new(SECRET).unwrap().in_files(folder.path()).unwrap().is_empty());
}

#[test]
fn a_locked_keychain_is_said_to_be_locked() {
    let keyring = Keyring::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    tell(&keyring, folder.path(), "story_of_saving");
    lock(&keyring);
    tell(&keyring, folder.path(), "story_of_a_locked_keychain");
}

#[test]
fn two_dippers_share_local_storage_through_the_keychain() {
    let keyring = Keyring::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    tell(&keyring, folder.path(), "story_of_two_dippers");
}

#[tokio::test]
#[ignore = "run by the tests above, with a keyring"]
async fn story_of_saving() {
    let Some(options) = options() else { return };
    let app = App::start(options).await.unwrap();
    assert!(app.started().await.unwrap().keychain.available);
    let account = app.save_account(draft("objects.example.net")).await.unwrap();
    assert_eq!(account.secret_saved, SecretSaved::Keychain);
}

#[tokio::test]
#[ignore = "run by the tests above, with a keyring"]
async fn story_of_the_next_day() {
    let Some(options) = options() else { return };
    let app = App::start(options.clone()).await.unwrap();
    let account = app.accounts().await.unwrap().remove(0);
    assert_eq!(account.secret_saved, SecretSaved::Keychain);
    // An edit that keeps the secret reads it; a closed port is as far as it has to come.
    let edit = AccountDraft {
        id: Some(account.id.clone()),
        secret_access_key: None,
        ..draft("127.0.0.1:1")
    };
    app.save_account(edit).await.unwrap();
    assert_eq!(
        app.list_buckets(&account.id).await.unwrap_err().kind(),
        ErrorKind::Network
    );
    let plan = app.plan_remove_account(&account.id).await.unwrap();
    app.remove_account(&plan.token).await.unwrap();
    assert!(app.accounts().await.unwrap().is_empty());
}

#[tokio::test]
#[ignore = "run by the tests above, with a keyring"]
async fn story_of_a_lost_secret() {
    let Some(options) = options() else { return };
    let app = App::start(options).await.unwrap();
    let account = app.accounts().await.unwrap().remove(0);
    let error = app.list_buckets(&account.id).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::Keychain, Some("secretAccessKey"))
    );
    assert_eq!(
        app.account(&account.id).await.unwrap().secret_saved,
        SecretSaved::Missing
    );
    let typed = AccountDraft {
        id: Some(account.id),
        secret_access_key: Some(SecretString::from(SECRET)),
        ..draft("a.example")
    };
    assert_eq!(
        app.save_account(typed).await.unwrap().secret_saved,
        SecretSaved::Keychain
    );
}

#[tokio::test]
#[ignore = "run by the tests above, without a keyring"]
async fn story_without_a_keychain() {
    let Some(options) = options() else { return };
    let app = App::start(options).await.unwrap();
    let keychain = app.started().await.unwrap().keychain;
    assert!(!keychain.available);
    assert!(keychain.message.unwrap().contains("for this run only"));
    let account = app.save_account(draft("127.0.0.1:1")).await.unwrap();
    assert_eq!(account.secret_saved, SecretSaved::Memory);
    assert_eq!(
        app.list_buckets(&account.id).await.unwrap_err().kind(),
        ErrorKind::Network,
        "the secret is at hand"
    );
}

#[tokio::test]
#[ignore = "run by the tests above, with a locked keyring"]
async fn story_of_a_locked_keychain() {
    let Some(options) = options() else { return };
    let app = App::start(options).await.unwrap();
    let account = app.accounts().await.unwrap().remove(0);
    let error = app.list_buckets(&account.id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Keychain);
    assert!(error.to_string().contains("locked"), "{error}");
    let error = app.save_account(draft("a.example")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Keychain);
    assert!(error.to_string().contains("locked"), "{error}");
    assert_eq!(
        app.accounts().await.unwrap().len(),
        1,
        "what could not be saved is not half there"
    );
    // Local storage needs nobody's password.
    let local = app.open_local_storage().await.unwrap();
    app.list_buckets(&local.id).await.unwrap();
}

#[tokio::test]
#[ignore = "run by the tests above, with a keyring"]
async fn story_of_two_dippers() {
    let Some(options) = options() else { return };
    let first = App::start(options.clone()).await.unwrap();
    let account = first.open_local_storage().await.unwrap();
    assert_eq!(account.secret_saved, SecretSaved::Keychain);
    first.create_bucket(&account.id, "shared").await.unwrap();
    let second = App::start(options).await.unwrap();
    assert_eq!(second.open_local_storage().await.unwrap(), account);
    assert_eq!(
        second.list_buckets(&account.id).await.unwrap().buckets[0].name,
        "shared"
    );
    // When the first ends, the second serves the folder itself.
    first.shut_down().await;
    assert_eq!(
        second.list_buckets(&account.id).await.unwrap().buckets[0].name,
        "shared"
    );
}
