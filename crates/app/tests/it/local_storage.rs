//! Local storage through the app: no typing, the same keys and address every time.

use dipper_app::{AccountDraft, AccountKind, App, ErrorKind};

use crate::support::{self, draft};

#[tokio::test]
async fn it_opens_with_no_typing_and_stays_the_same() {
    let (app, folder) = support::app().await;
    let first = app.open_local_storage().await.unwrap();
    assert_eq!(
        (first.kind, first.host.as_str(), first.encrypted),
        (AccountKind::Local, "127.0.0.1", false)
    );
    assert_eq!(
        first.local_folder.as_deref(),
        Some(folder.path().join("data/local-storage").as_path())
    );
    assert_eq!(first.project_id.as_ref().map(String::len), Some(32));
    app.create_bucket(&first.id, "kept-here").await.unwrap();
    assert_eq!(app.open_local_storage().await.unwrap(), first);
    app.shut_down().await;
    drop(app);

    let app = App::start(support::in_memory(&folder)).await.unwrap();
    let buckets = app.list_buckets(&first.id).await.unwrap().buckets;
    assert_eq!(
        buckets[0].name, "kept-here",
        "a saved account is opened by its first use"
    );
    let again = app.account(&first.id).await.unwrap();
    assert_eq!(
        (again.access_key_id, again.project_id, again.port),
        (first.access_key_id, first.project_id, first.port)
    );
}

#[tokio::test]
async fn opened_by_many_at_once_it_is_one() {
    let (app, _folder) = support::app().await;
    let (a, b, c) = tokio::join!(
        app.open_local_storage(),
        app.open_local_storage(),
        app.open_local_storage()
    );
    let account = a.unwrap();
    assert_eq!((&b.unwrap(), &c.unwrap()), (&account, &account));
    assert_eq!(app.accounts().await.unwrap().len(), 1);
    app.list_buckets(&account.id).await.unwrap();
}

#[tokio::test]
async fn removing_the_account_keeps_the_objects() {
    let (app, _folder) = support::app().await;
    let account = app.open_local_storage().await.unwrap();
    app.create_bucket(&account.id, "kept-here").await.unwrap();
    let plan = app.plan_remove_account(&account.id).await.unwrap();
    assert!(plan.text.contains("The objects stay"), "{}", plan.text);
    app.remove_account(&plan.token).await.unwrap();
    assert!(app.accounts().await.unwrap().is_empty());
    let gone = tokio::net::TcpStream::connect(("127.0.0.1", account.port.unwrap())).await;
    assert!(gone.is_err(), "its server has stopped");
    assert_eq!(
        app.list_buckets(&account.id).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );

    let again = app.open_local_storage().await.unwrap();
    assert_eq!(
        (&again.access_key_id, &again.project_id),
        (&account.access_key_id, &account.project_id)
    );
    assert_eq!(app.list_buckets(&again.id).await.unwrap().buckets[0].name, "kept-here");
}

#[tokio::test]
async fn only_its_name_can_be_edited() {
    let (app, _folder) = support::app().await;
    let account = app.open_local_storage().await.unwrap();
    app.create_bucket(&account.id, "kept-here").await.unwrap();
    let edit = AccountDraft {
        id: Some(account.id.clone()),
        name: "My disk".into(),
        ..draft("https://elsewhere.example")
    };
    let edited = app.save_account(edit).await.unwrap();
    assert_eq!((edited.name.as_str(), &edited.endpoint), ("My disk", &account.endpoint));
    assert_eq!(
        app.list_buckets(&account.id).await.unwrap().buckets[0].name,
        "kept-here"
    );
}

#[tokio::test]
async fn a_second_dipper_that_cannot_know_the_keys_says_so() {
    let (first, folder) = support::app().await;
    first.open_local_storage().await.unwrap();
    let second = App::start(support::in_memory(&folder)).await.unwrap();
    let error = second.open_local_storage().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.to_string().contains("another Dipper"), "{error}");
    first.shut_down().await;
    second.open_local_storage().await.unwrap();
}
