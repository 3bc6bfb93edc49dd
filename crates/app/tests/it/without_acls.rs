//! A server that keeps no ACLs: explained, with the policy as the other way, and never a raw error.

use std::sync::{Arc, Mutex};

use dipper_app::{ErrorKind, PublicLevel, PublicScope, SensitiveNames};

use crate::support::{self, Scripted, draft, s3_error};
use crate::window::{QUIET, Window};

const LIST: &str = "<ListBucketResult><Name>photos</Name><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated>\
                    <Contents><Key>a.txt</Key><Size>1</Size></Contents></ListBucketResult>";

fn answer(line: &str, policy: &Mutex<bool>) -> (&'static str, String) {
    let (method, target) = line.split_once(' ').unwrap_or_default();
    if target.contains("?acl") {
        return ("501 Not Implemented", s3_error("NotImplemented"));
    }
    let mut stored = policy.lock().unwrap();
    match (method, target.contains("?policy")) {
        ("PUT", true) => {
            *stored = true;
            ("204 No Content", String::new())
        }
        ("GET", true) => ("404 Not Found", s3_error("NoSuchBucketPolicy")),
        ("GET", false) if target.contains("list-type=2") => ("200 OK", LIST.to_owned()),
        ("GET", false) if target.contains("max-keys=1") && *stored => ("200 OK", LIST.to_owned()),
        _ => ("403 Forbidden", s3_error("AccessDenied")),
    }
}

#[tokio::test]
async fn a_server_without_acls_is_explained_and_opened_by_its_policy() {
    let policy = Arc::new(Mutex::new(false));
    let script = Arc::clone(&policy);
    let server = Scripted::start(move |line| answer(line, &script)).await;
    let (app, _folder) = support::app().await;
    let account = app.save_account(draft(&server.address.to_string())).await.unwrap().id;
    let window = Window { app, account };
    let bucket = window.bucket("photos");

    let read = window.app.load_permissions(&bucket).await.unwrap();
    let why = read.unsupported.unwrap();
    assert!(!read.supported && read.rows.is_empty() && why.kind() == ErrorKind::Unsupported);
    assert!(
        why.to_string().contains("keeps no permissions (ACLs)") && why.hint().unwrap().contains("policy"),
        "{why}"
    );

    let object = window.target("photos", "", &["a.txt"]).await;
    let scope = PublicScope::default();
    let error = window
        .app
        .plan_make_public(&object, scope, SensitiveNames::Open, QUIET, "plan")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(
        error.hint().unwrap().contains("Make the bucket public instead"),
        "{:?}",
        error.hint()
    );

    let scope = PublicScope {
        listing: true,
        ..PublicScope::default()
    };
    let plan = window
        .app
        .plan_make_public(&bucket, scope, SensitiveNames::Open, QUIET, "plan")
        .await
        .unwrap();
    assert!(plan.exact_policy.unwrap().contains("DipperPublicList") && plan.exact_acl == "No ACL changes.");
    assert!(!*policy.lock().unwrap());
    let done = window.app.apply_access_plan(&plan.token).await.unwrap();
    assert!(*policy.lock().unwrap());
    assert_ne!(done.verdict.unwrap().level, PublicLevel::Private);
}
