//! The same stories on a real Ceph gateway: its tenants, its TLS, its refusals.

use dipper_app::{
    AccountDraft, App, ConnectionOutcome, ConnectionReport, CountProgress, ErrorKind, SecretString, Tone,
};
use dipper_testkit::{ErrorKind as KitKind, Rgw, User};

use crate::support::{self, draft};

const QUIET: &(dyn Fn(CountProgress) + Send + Sync) = &|_| ();

/// The gateway all tests share. Where Ceph is not installed the test says what it did not prove; in CI it fails.
#[expect(clippy::print_stderr, reason = "a test that proves nothing says so")]
pub(crate) async fn gateway(not_proved: &str) -> Option<&'static Rgw> {
    match tokio::task::spawn_blocking(Rgw::shared).await.unwrap() {
        Ok(gateway) => Some(gateway),
        Err(error) if error.kind() == KitKind::Missing && std::env::var_os("CI").is_none() => {
            eprintln!("not proved, Ceph RGW is not installed: {not_proved}");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

pub(crate) fn form(endpoint: &str, user: &User) -> AccountDraft {
    AccountDraft {
        access_key_id: user.access_key_id.clone(),
        secret_access_key: Some(SecretString::from(user.secret_access_key.as_str())),
        ..draft(endpoint)
    }
}

#[tokio::test]
async fn the_gateway_connects_suggests_the_project_and_tells_wrong_keys_apart() {
    let Some(gateway) = gateway("connecting to Ceph over http").await else {
        return;
    };
    let (app, _folder) = support::app().await;
    let right = form(gateway.endpoint(), &gateway.users().tenant);
    let report = app.test_account(right.clone()).await.unwrap();
    assert_eq!((report.outcome, report.tone), (ConnectionOutcome::Connected, Tone::Ok));
    assert_eq!(report.suggested_project_id.as_deref(), Some(gateway.tenant()));
    let wrong = AccountDraft {
        secret_access_key: Some(SecretString::from("not the secret")),
        ..right.clone()
    };
    assert_eq!(
        app.test_account(wrong).await.unwrap().outcome,
        ConnectionOutcome::WrongSecret
    );
    let wrong = AccountDraft {
        access_key_id: "NOBODY".into(),
        ..right
    };
    assert_eq!(
        app.test_account(wrong).await.unwrap().outcome,
        ConnectionOutcome::WrongAccessKey
    );
}

#[tokio::test]
async fn its_own_certificate_is_trusted_by_its_authority_or_by_its_fingerprint_only() {
    let Some(gateway) = gateway("TLS with a certificate authority of one's own").await else {
        return;
    };
    let endpoint = gateway.tls_endpoint().unwrap();
    let (app, _folder) = support::app().await;
    let plain = form(endpoint, &gateway.users().tenant);
    let test = async |draft: AccountDraft| -> ConnectionReport { app.test_account(draft).await.unwrap() };

    let report = test(plain.clone()).await;
    assert_eq!(
        (report.outcome, report.tone),
        (ConnectionOutcome::CertificateNotTrusted, Tone::Note)
    );
    let shown = report.certificate.unwrap();
    assert_eq!(shown.sha256.len(), 64);
    assert!(shown.not_before < shown.not_after);

    let pem = std::fs::read(gateway.ca_certificate_path().unwrap()).unwrap();
    let token = app.register_ca(pem, "ca.pem").unwrap().token;
    let with_ca = AccountDraft {
        ca_token: Some(token),
        ..plain.clone()
    };
    let report = test(with_ca.clone()).await;
    assert_eq!(report.outcome, ConnectionOutcome::Connected);
    assert!(
        report.text.starts_with("TLS 1.3 with a trusted certificate"),
        "{}",
        report.text
    );

    let pinned = AccountDraft {
        pinned_certificate: Some(shown.sha256),
        ..plain.clone()
    };
    let report = test(pinned).await;
    assert_eq!(report.outcome, ConnectionOutcome::Connected);
    assert!(
        report.text.contains("with the certificate you trust"),
        "{}",
        report.text
    );
    let other = AccountDraft {
        pinned_certificate: Some("7a".repeat(32)),
        ..plain.clone()
    };
    assert_eq!(test(other).await.outcome, ConnectionOutcome::CertificateNotTrusted);

    // Saved, the authority belongs to that account alone.
    let account = app.save_account(with_ca).await.unwrap();
    app.list_buckets(&account.id).await.unwrap();
    let without = app.save_account(plain).await.unwrap();
    assert_eq!(app.list_buckets(&without.id).await.unwrap_err().kind(), ErrorKind::Tls);

    let http_to_tls = AccountDraft {
        tls: false,
        ..form(endpoint.trim_start_matches("https://"), &gateway.users().tenant)
    };
    assert_eq!(test(http_to_tls).await.outcome, ConnectionOutcome::NeedsTls);
}

#[tokio::test]
async fn buckets_are_made_shared_by_name_and_deleted_on_the_gateway() {
    let Some(gateway) = gateway("buckets on Ceph").await else {
        return;
    };
    let (app, _folder) = support::app().await;
    let owner = app
        .save_account(form(gateway.endpoint(), &gateway.users().tenant))
        .await
        .unwrap()
        .id;
    let name = format!("app-story-{}", std::process::id());
    assert!(!app.create_bucket(&owner, &name).await.unwrap().already_yours);
    app.create_bucket(&owner, &name).await.unwrap();
    let list = app.list_buckets(&owner).await.unwrap();
    assert!(
        list.buckets
            .iter()
            .any(|bucket| bucket.name == name && bucket.created.is_some())
    );
    assert_eq!(list.suggested_project_id.as_deref(), Some(gateway.tenant()));

    let stranger = app
        .save_account(form(gateway.endpoint(), &gateway.users().second))
        .await
        .unwrap()
        .id;
    let denied = app.add_bucket_by_name(&stranger, &name).await.unwrap_err();
    assert_eq!((denied.kind(), denied.field()), (ErrorKind::AccessDenied, Some("name")));
    let taken = app.create_bucket(&stranger, &name).await.unwrap_err();
    assert_eq!((taken.kind(), taken.field()), (ErrorKind::Conflict, Some("name")));

    delete(&app, &owner, &name).await;
    let list = app.list_buckets(&owner).await.unwrap();
    assert!(list.buckets.iter().all(|bucket| bucket.name != name));
}

async fn delete(app: &App, owner: &dipper_app::AccountId, name: &str) {
    let plan = app.plan_delete_bucket(owner, name, QUIET, "plan").await.unwrap();
    assert!(plan.empty);
    assert_eq!(app.delete_bucket(&plan.token, None).await.unwrap(), None);
}
