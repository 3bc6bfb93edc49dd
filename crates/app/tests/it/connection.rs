//! Test connection: each answer told apart, against servers that really answer so.

use dipper_app::{AccountDraft, AccountKind, ConnectionOutcome, SecretString, Tone};
use tokio::net::TcpListener;

use crate::support::{self, Scripted, TENANT, draft, s3_error};

#[tokio::test]
async fn a_working_account_is_connected_and_its_project_id_suggested() {
    let story = support::story().await;
    story.app.create_bucket(&story.account, "one-bucket").await.unwrap();
    let report = story.app.test_account(draft(&story.endpoint)).await.unwrap();
    assert_eq!(
        (report.outcome, report.tone, report.buckets),
        (ConnectionOutcome::Connected, Tone::Ok, Some(1))
    );
    assert!(report.title.starts_with("Connected: 1 bucket in "), "{}", report.title);
    assert_eq!(report.suggested_project_id.as_deref(), Some(TENANT));
    assert_eq!(story.app.accounts().await.unwrap().len(), 1, "a test saves nothing");
}

#[tokio::test]
async fn a_test_of_an_edit_uses_the_saved_secret() {
    let story = support::story().await;
    let edit = AccountDraft {
        id: Some(story.account.clone()),
        secret_access_key: None,
        ..draft(&story.endpoint)
    };
    assert_eq!(
        story.app.test_account(edit).await.unwrap().outcome,
        ConnectionOutcome::Connected
    );
}

#[tokio::test]
async fn a_wrong_key_and_a_wrong_secret_are_told_apart() {
    let story = support::story().await;
    let wrong = AccountDraft {
        secret_access_key: Some(SecretString::from("not the secret")),
        ..draft(&story.endpoint)
    };
    let report = story.app.test_account(wrong).await.unwrap();
    assert_eq!(
        (report.outcome, report.tone),
        (ConnectionOutcome::WrongSecret, Tone::Bad)
    );
    let wrong = AccountDraft {
        access_key_id: "NOBODY".into(),
        ..draft(&story.endpoint)
    };
    assert_eq!(
        story.app.test_account(wrong).await.unwrap().outcome,
        ConnectionOutcome::WrongAccessKey
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_so() {
    let (app, _folder) = support::app().await;
    let port = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let report = app.test_account(draft(&format!("127.0.0.1:{port}"))).await.unwrap();
    assert_eq!(report.outcome, ConnectionOutcome::Refused);
    assert_eq!(report.title, format!("Nothing answers at 127.0.0.1:{port}"));
    let report = app.test_account(draft("no-such-host.invalid")).await.unwrap();
    assert_eq!(report.outcome, ConnectionOutcome::NameNotFound);
    assert_eq!(report.title, "Can’t find no-such-host.invalid");
}

#[tokio::test]
async fn what_is_not_s3_or_speaks_otherwise_is_said_so() {
    let (app, _folder) = support::app().await;
    let web = Scripted::start(|_| ("200 OK", "<!doctype html><title>Console</title>".into())).await;
    let report = app.test_account(draft(&web.address.to_string())).await.unwrap();
    assert_eq!(report.outcome, ConnectionOutcome::NotS3);
    let tls = AccountDraft {
        tls: true,
        ..draft(&web.address.to_string())
    };
    assert_eq!(
        app.test_account(tls).await.unwrap().outcome,
        ConnectionOutcome::PlainHttp
    );
}

#[tokio::test]
async fn keys_that_may_not_list_are_good_keys() {
    let (app, _folder) = support::app().await;
    let server = Scripted::start(|_| ("403 Forbidden", s3_error("AccessDenied"))).await;
    let report = app.test_account(draft(&server.address.to_string())).await.unwrap();
    assert_eq!(
        (report.outcome, report.tone),
        (ConnectionOutcome::ListingDenied, Tone::Info)
    );
}

#[tokio::test]
async fn local_storage_can_be_tested_too() {
    let (app, _folder) = support::app().await;
    let account = app.open_local_storage().await.unwrap();
    let form = AccountDraft {
        id: Some(account.id),
        kind: AccountKind::Local,
        secret_access_key: None,
        ..draft("")
    };
    assert_eq!(
        app.test_account(form).await.unwrap().outcome,
        ConnectionOutcome::Connected
    );
}
