//! Accounts: saved, edited, removed; and what a form may not say.

use dipper_app::{
    AccountDraft, AccountKind, App, Error, ErrorKind, Mode, PlanToken, Scheme, SecretSaved, SecretString, Theme,
    UploadChange, UploadTarget,
};

use crate::support::{self, KEY_ID, SECRET, Story, draft};
use crate::window::{QUIET, Window};

#[tokio::test]
async fn an_account_is_kept_and_its_secret_is_not_in_any_file() {
    let (app, folder) = support::app().await;
    let saved = app
        .save_account(draft("https://objects.example.net:8080/s3/"))
        .await
        .unwrap();
    assert_eq!(
        (saved.endpoint.as_str(), saved.scheme, saved.port),
        ("objects.example.net:8080/s3", Scheme::Https, Some(8080))
    );
    assert_eq!(
        (saved.access_key_id.as_str(), saved.secret_saved, saved.encrypted),
        (KEY_ID, SecretSaved::Memory, true)
    );
    drop(app);

    let app = App::start(support::in_memory(&folder)).await.unwrap();
    let started = app.started().await.unwrap();
    assert_eq!(started.accounts.len(), 1);
    assert_eq!(started.accounts[0].id, saved.id);
    assert_eq!(
        started.accounts[0].secret_saved,
        SecretSaved::Missing,
        "memory is for one run"
    );
    assert!(!started.keychain.available);
    let error = app.list_buckets(&saved.id).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::Keychain, Some("secretAccessKey"))
    );

    let canary = dipper_testkit::canary::Canary::new(SECRET).unwrap();
    assert!(canary.in_files(folder.path()).unwrap().is_empty());
    // Positive control: the search sees a secret that is in the folder.
    std::fs::write(folder.path().join("data/leak"), SECRET).unwrap();
    assert!(!canary.in_files(folder.path()).unwrap().is_empty());
}

#[tokio::test]
async fn every_spelling_of_an_endpoint_is_one_endpoint() {
    let (app, _folder) = support::app().await;
    for (text, port, tls) in [
        ("objects.example.net", Some(8080), true),
        ("objects.example.net:8080", None, true),
        ("objects.example.net:8080", Some(9), true),
        ("  https://objects.example.net:8080/ ", None, false),
        ("**objects.example.net:8080**", None, true),
    ] {
        let endpoint = app.parse_endpoint(text, port, tls).unwrap();
        assert_eq!(endpoint.url, "https://objects.example.net:8080", "{text}");
    }
    for text in ["https://objects.example.net:443", "objects.example.net:443"] {
        let endpoint = app.parse_endpoint(text, Some(8080), true).unwrap();
        assert_eq!(
            endpoint.url, "https://objects.example.net",
            "a port in the text wins: {text}"
        );
    }
    assert_eq!(app.parse_endpoint("a.example", Some(443), true).unwrap().port, None);
    for text in [
        "",
        "ftp://a.example",
        "https://user:pass@a.example",
        "a.example?x=1",
        "a b.example",
        "http://169.254.169.254",
    ] {
        assert_eq!(
            app.parse_endpoint(text, None, true).unwrap_err().field(),
            Some("endpoint"),
            "{text}"
        );
    }
    assert_eq!(
        app.parse_endpoint("a.example", Some(0), true).unwrap_err().field(),
        Some("port")
    );
}

/// Puts one thing into a good form that may not be there.
type Spoil = fn(&mut AccountDraft);

#[tokio::test]
async fn a_form_is_refused_at_the_field_at_fault() {
    let cases: [(&str, Spoil); 13] = [
        ("name", |form| form.name = "  ".into()),
        ("endpoint", |form| form.endpoint = " ".into()),
        ("endpoint", |form| form.endpoint = "file:///etc".into()),
        ("accessKeyId", |form| form.access_key_id = "\n".into()),
        ("accessKeyId", |form| form.access_key_id = "AK ID".into()),
        ("secretAccessKey", |form| form.secret_access_key = None),
        ("secretAccessKey", |form| form.secret_access_key = Some(" \t".into())),
        ("secretAccessKey", |form| form.secret_access_key = Some("a\nb".into())),
        ("projectId", |form| form.project_id = Some("a/b".into())),
        ("region", |form| form.region = "us east".into()),
        ("kind", |form| form.kind = AccountKind::Local),
        ("pinnedCertificate", |form| form.pinned_certificate = Some("7a".into())),
        ("caToken", |form| form.ca_token = Some("x".to_owned().into())),
    ];
    let (app, _folder) = support::app().await;
    for (field, spoil) in cases {
        let mut form = draft("a.example");
        spoil(&mut form);
        let error = app.save_account(form).await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(field)));
    }
    assert!(app.accounts().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_pasting_adds_is_taken_away() {
    let (app, _folder) = support::app().await;
    let pasted = AccountDraft {
        name: " Research cloud ".into(),
        access_key_id: format!("\t{KEY_ID}\r\n"),
        project_id: Some(" ".into()),
        pinned_certificate: Some("7A:".repeat(31) + "7a"),
        ..draft(" a.example ")
    };
    let saved = app.save_account(pasted).await.unwrap();
    assert_eq!(
        (saved.name.as_str(), saved.access_key_id.as_str(), saved.project_id),
        ("Research cloud", KEY_ID, None)
    );
    assert_eq!(saved.pinned_certificate, Some("7a".repeat(32)));
}

#[tokio::test]
async fn amazon_needs_no_endpoint() {
    let (app, _folder) = support::app().await;
    let amazon = AccountDraft {
        kind: AccountKind::Amazon,
        tls: true,
        region: "eu-central-1".into(),
        ..draft("")
    };
    assert_eq!(
        app.save_account(amazon).await.unwrap().endpoint,
        "s3.eu-central-1.amazonaws.com"
    );
}

#[tokio::test]
async fn an_edit_keeps_the_secret_and_takes_effect_at_once() {
    let story = support::story().await;
    let app = &story.app;
    app.list_buckets(&story.account).await.unwrap();
    let edit = |endpoint: &str| AccountDraft {
        id: Some(story.account.clone()),
        secret_access_key: None,
        ..draft(endpoint)
    };

    app.save_account(edit("127.0.0.1:1")).await.unwrap();
    assert_eq!(
        app.list_buckets(&story.account).await.unwrap_err().kind(),
        ErrorKind::Network
    );
    let renamed = AccountDraft {
        name: "Renamed".into(),
        ..edit(&story.endpoint)
    };
    let saved = app.save_account(renamed).await.unwrap();
    assert_eq!(
        (&saved.id, saved.name.as_str(), saved.secret_saved),
        (&story.account, "Renamed", SecretSaved::Memory)
    );
    app.list_buckets(&story.account).await.unwrap();

    let wrong = AccountDraft {
        secret_access_key: Some(SecretString::from("wrong-secret")),
        ..edit(&story.endpoint)
    };
    app.save_account(wrong).await.unwrap();
    assert_eq!(
        app.list_buckets(&story.account).await.unwrap_err().kind(),
        ErrorKind::InvalidCredentials
    );
}

/// A form whose user has agreed to nothing.
fn without_consent(endpoint: &str) -> AccountDraft {
    AccountDraft {
        plain_http_consent: false,
        ..draft(endpoint)
    }
}

#[tokio::test]
async fn s21_plain_http_to_another_computer_needs_consent_and_asks_again() {
    let (app, folder) = support::app().await;
    let refused = |error: Error| {
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::InvalidInput, Some("plainHttpConsent")),
            "{error}"
        );
    };
    for elsewhere in [
        "objects.example.net",
        "10.0.0.5:8080",
        "http://[2001:db8::1]",
        "localhost.example.net",
    ] {
        refused(app.save_account(without_consent(elsewhere)).await.unwrap_err());
        refused(app.test_account(without_consent(elsewhere)).await.unwrap_err());
        assert!(app.parse_endpoint(elsewhere, None, false).unwrap().needs_consent);
    }
    assert!(app.accounts().await.unwrap().is_empty());
    for here in ["127.0.0.1:1", "localhost:1", "[::1]:1", "https://objects.example.net"] {
        let saved = app.save_account(without_consent(here)).await.unwrap();
        assert!(!saved.plain_http_consent, "{here}");
        assert!(!app.parse_endpoint(here, None, false).unwrap().needs_consent);
    }

    let saved = app.save_account(draft("objects.example.net")).await.unwrap();
    assert!(saved.plain_http_consent);
    let edit = |endpoint: &str| AccountDraft {
        id: Some(saved.id.clone()),
        secret_access_key: None,
        ..without_consent(endpoint)
    };
    let renamed = app.save_account(edit("objects.example.net:8080")).await.unwrap();
    assert!(renamed.plain_http_consent, "the same host was agreed to");
    refused(app.save_account(edit("elsewhere.example.net")).await.unwrap_err());
    let encrypted = app.save_account(edit("https://objects.example.net")).await.unwrap();
    assert!(encrypted.encrypted && !encrypted.plain_http_consent);
    refused(app.save_account(edit("objects.example.net")).await.unwrap_err());
    refused(app.test_account(edit("objects.example.net")).await.unwrap_err());
    assert_eq!(app.account(&saved.id).await.unwrap(), encrypted, "nothing was saved");

    // What an older version saved without asking is not used before it is agreed to.
    let old = app.save_account(draft("objects.example.net")).await.unwrap();
    let database = rusqlite::Connection::open(folder.path().join("data/dipper.sqlite")).unwrap();
    let changed = database
        .execute("UPDATE accounts SET plain_http_consent = 0", [])
        .unwrap();
    assert!(changed > 0);
    refused(app.list_buckets(&old.id).await.unwrap_err());
}

#[tokio::test]
async fn removing_needs_the_token_of_what_was_shown() {
    let story = support::story().await;
    let app = &story.app;
    for made_up in ["", "0", "00000000000000000000000000000000"] {
        let token = PlanToken::from(made_up.to_owned());
        assert_eq!(
            app.remove_account(&token).await.unwrap_err().kind(),
            ErrorKind::StalePlan
        );
    }
    let plan = app.plan_remove_account(&story.account).await.unwrap();
    assert!(plan.text.contains("Nothing on the server changes"), "{}", plan.text);
    app.remove_account(&plan.token).await.unwrap();
    assert_eq!(
        app.remove_account(&plan.token).await.unwrap_err().kind(),
        ErrorKind::StalePlan,
        "one use"
    );
    assert!(app.accounts().await.unwrap().is_empty());
    assert_eq!(
        app.list_buckets(&story.account).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn a_plan_is_refused_after_its_time_and_by_other_commands() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = support::in_memory(&folder);
    options.plan_lifetime = std::time::Duration::from_millis(50);
    let app = App::start(options).await.unwrap();
    let account = app.save_account(draft("a.example")).await.unwrap();

    let plan = app.plan_remove_account(&account.id).await.unwrap();
    assert_eq!(
        app.delete_bucket(&plan.token, None).await.unwrap_err().kind(),
        ErrorKind::StalePlan
    );
    assert_eq!(
        app.remove_account(&plan.token).await.unwrap_err().kind(),
        ErrorKind::StalePlan,
        "spent by the try"
    );

    let plan = app.plan_remove_account(&account.id).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(60)).await;
    assert_eq!(
        app.remove_account(&plan.token).await.unwrap_err().kind(),
        ErrorKind::StalePlan
    );
    assert_eq!(app.accounts().await.unwrap(), [account]);
}

#[tokio::test]
async fn a_ca_file_is_checked_kept_and_taken_out_again() {
    const CA: &[u8] = include_bytes!("fixtures/ca.pem");
    let (app, _folder) = support::app().await;
    let ca = app.register_ca(CA.to_vec(), "ca.pem").unwrap();
    assert_eq!(
        (ca.name.as_str(), ca.subject.as_str()),
        ("ca.pem", "CN=Example Storage Internal CA")
    );
    let with_ca = AccountDraft {
        ca_token: Some(ca.token),
        ..draft("a.example")
    };
    let saved = app.save_account(with_ca).await.unwrap();
    assert_eq!(saved.ca_certificate.as_deref(), Some("ca.pem"));

    let edit = AccountDraft {
        id: Some(saved.id),
        secret_access_key: None,
        ..draft("a.example")
    };
    assert_eq!(
        app.save_account(edit.clone()).await.unwrap().ca_certificate.as_deref(),
        Some("ca.pem"),
        "kept"
    );
    let without = app
        .save_account(AccountDraft {
            remove_ca: true,
            ..edit
        })
        .await
        .unwrap();
    assert_eq!(without.ca_certificate, None);

    let key = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".to_vec();
    let damaged = CA.to_vec().replace_middle();
    for (file, why) in [
        (key, "private key"),
        (b"hello".to_vec(), "no certificate"),
        (damaged, ""),
    ] {
        let error = app.register_ca(file, "x").unwrap_err();
        assert_eq!(error.field(), Some("caToken"));
        assert!(error.to_string().contains(why), "{error}");
    }
}

trait Damage {
    fn replace_middle(self) -> Self;
}

impl Damage for Vec<u8> {
    /// The text with a part of its base64 missing.
    fn replace_middle(mut self) -> Self {
        self.drain(100..140);
        self
    }
}

#[tokio::test]
async fn settings_and_layout_outlive_the_app() {
    let (app, folder) = support::app().await;
    let mut settings = app.settings().await.unwrap();
    assert_eq!(settings.theme, Theme::System);
    (settings.theme, settings.always_ask_before_upload) = (Theme::Dark, true);
    settings.transfers.up = Some(2_000_000);
    settings.transfers.at_once = 2;
    assert_eq!(app.save_settings(settings).await.unwrap(), settings);
    assert_eq!(app.transfer_limits(), settings.transfers, "they count at once");
    app.save_layout("{\"sidebar\":300}").await.unwrap();
    assert!(app.save_layout("not json").await.is_err());
    assert!(
        app.save_layout(&format!("\"{}\"", "x".repeat(300 * 1024)))
            .await
            .is_err()
    );
    drop(app);
    let app = App::start(support::in_memory(&folder)).await.unwrap();
    assert_eq!(app.transfer_limits(), settings.transfers, "and from the next start on");
    let started = app.started().await.unwrap();
    assert_eq!(
        (started.settings, started.layout.as_deref()),
        (settings, Some("{\"sidebar\":300}"))
    );
}

/// A server with one bucket, one object in it, and an account for it.
async fn with_object(text: &'static str) -> Story {
    let story = support::story().await;
    story.app.create_bucket(&story.account, "photos").await.unwrap();
    story.put("photos", "a.txt", text).await;
    story
}

/// Gives the account of `story` the address of another server, as its form does.
async fn move_account(story: &Story, endpoint: &str) {
    let edited = AccountDraft {
        id: Some(story.account.clone()),
        ..draft(endpoint)
    };
    story.app.save_account(edited).await.unwrap();
}

#[tokio::test]
async fn an_open_list_acts_on_the_server_it_lists_also_after_its_account_was_edited() {
    let (staging, production) = (with_object("staging").await, with_object("production").await);
    let view = staging.open("photos", "", Mode::Folders).await;
    let selection = staging.choose(&view, &["a.txt"]).await;
    move_account(&staging, &production.endpoint).await;
    let plan = staging
        .app
        .plan_delete_objects(&view, &selection.id, QUIET, "plan")
        .await;
    let job = staging.app.delete_objects(&plan.unwrap().token, None).await.unwrap();
    staging.ended(job).await;
    assert_eq!(production.keys("photos").await, ["a.txt"]);
    let account = staging.app.save_account(draft(&staging.endpoint)).await.unwrap().id;
    let app = staging.app.clone();
    assert!(Window { app, account }.keys("photos").await.is_empty());
}

#[tokio::test]
async fn what_was_shown_before_an_account_was_edited_is_not_done_after_it() {
    let (staging, production) = (with_object("staging").await, with_object("production").await);
    let plan = staging
        .app
        .plan_delete_bucket(&staging.account, "photos", QUIET, "plan")
        .await
        .unwrap();
    let target = UploadTarget {
        account_id: staging.account.clone(),
        bucket: "photos".to_owned(),
        prefix: String::new(),
    };
    let file = staging.folder.path().join("b.txt");
    std::fs::write(&file, "b").unwrap();
    let source = staging.app.register_upload_source(vec![file]).unwrap();
    let upload = staging.app.plan_upload(&source, target, QUIET, "upload").await.unwrap();
    move_account(&staging, &production.endpoint).await;
    let refused = staging
        .app
        .delete_bucket(&plan.token, Some("photos"))
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::StalePlan);
    let refused = staging.app.start_upload(&upload.token).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::StalePlan);
    let revised = staging
        .app
        .revise_upload(&upload.plan_id, UploadChange::default())
        .await;
    assert_eq!(
        revised.unwrap_err().kind(),
        ErrorKind::StalePlan,
        "its keys were looked up elsewhere"
    );
    assert_eq!(production.keys("photos").await, ["a.txt"]);
}

#[tokio::test]
async fn the_list_of_a_removed_account_acts_no_more() {
    let story = with_object("staging").await;
    let view = story.open("photos", "", Mode::Folders).await;
    let selection = story.choose(&view, &["a.txt"]).await;
    let plan = story.app.plan_remove_account(&story.account).await.unwrap();
    story.app.remove_account(&plan.token).await.unwrap();
    let gone = story.app.plan_delete_objects(&view, &selection.id, QUIET, "plan").await;
    assert_eq!(gone.unwrap_err().kind(), ErrorKind::NotFound);
}
