//! The page's story on a real Ceph gateway with a tenant: text object, upload under another name, public and private,
//! links of both styles, delete. A stranger with a plain HTTP client sees what was promised.

use std::fs;

use dipper_app::{
    Access, AccessPlan, JobState, KeyChange, LinkKind, LinkRequest, NewTextObject, PublicLevel, PublicScope, Scheme,
    SensitiveNames, SignatureVersion, Target, UploadAccess, UploadChange, UploadTarget, Versioning,
};
use dipper_storage::{BucketName, Client, ObjectKey, PutOptions, UploadBody};
use dipper_testkit::Rgw;
use dipper_testkit::http::Stranger;

use crate::gateway::{form, gateway};
use crate::support;
use crate::window::{QUIET, Window};

/// A window on the tenant's account, with its Project ID, and a bucket of this test's own.
async fn window(rgw: &Rgw, test: &str) -> (Window, String, tempfile::TempDir) {
    let (app, folder) = support::app().await;
    let mut draft = form(rgw.endpoint(), &rgw.users().tenant);
    draft.project_id = Some(rgw.tenant().to_owned());
    let account = app.save_account(draft).await.unwrap().id;
    let bucket = format!("app-{test}-{}", std::process::id());
    app.create_bucket(&account, &bucket).await.unwrap();
    (Window { app, account }, bucket, folder)
}

async fn put_text(window: &Window, bucket: &str, key: &str, text: &str) {
    let token = window
        .app
        .check_new_key(&window.account, bucket, key, text, UploadAccess::ServerDefault)
        .await
        .unwrap()
        .token;
    let object = NewTextObject {
        account_id: window.account.clone(),
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        text: text.to_owned(),
        content_type: "text/plain".to_owned(),
        access: UploadAccess::ServerDefault,
        token,
    };
    window.app.create_text_object(object).await.unwrap();
}

async fn upload(window: &Window, bucket: &str, folder: &tempfile::TempDir, key: &str) {
    let path = folder.path().join("private_data.txt");
    fs::write(&path, "private data").unwrap();
    let source = window.app.register_upload_source(vec![path]).unwrap();
    let target = UploadTarget {
        account_id: window.account.clone(),
        bucket: bucket.to_owned(),
        prefix: String::new(),
    };
    let plan = window.app.plan_upload(&source, target, QUIET, "plan").await.unwrap();
    let rename = KeyChange {
        index: 0,
        key_rest: key.to_owned(),
    };
    let change = UploadChange {
        keys: vec![rename],
        ..UploadChange::default()
    };
    let plan = window.app.revise_upload(&plan.plan_id, change).await.unwrap();
    let job = window.ended(window.app.start_upload(&plan.token).await.unwrap()).await;
    assert_eq!(job.state, JobState::Done, "{:?}", job.errors);
}

async fn public_plan(window: &Window, target: &Target, scope: PublicScope) -> AccessPlan {
    window
        .app
        .plan_make_public(target, scope, SensitiveNames::Open, QUIET, "plan")
        .await
        .unwrap()
}

async fn link(window: &Window, target: &Target, kind: LinkKind, style: SignatureVersion) -> String {
    let request = LinkRequest {
        target: target.clone(),
        kind,
        expires_seconds: 3_600,
        style,
        scheme: Scheme::Http,
        with_project_id: true,
    };
    window.app.make_links(&request).await.unwrap().links[0].url.clone()
}

async fn status(url: &str) -> u16 {
    Stranger::new().get(url).await.unwrap().status.as_u16()
}

async fn delete_all(window: &Window, bucket: &str) {
    let plan = window
        .app
        .plan_delete_bucket(&window.account, bucket, QUIET, "plan")
        .await
        .unwrap();
    if let Some(job) = window.app.delete_bucket(&plan.token, Some(bucket)).await.unwrap() {
        assert_eq!(window.ended(job).await.state, JobState::Done);
    }
}

#[tokio::test]
async fn the_pages_story_is_played_on_rgw() {
    let Some(rgw) = gateway("the page's story on Ceph").await else {
        return;
    };
    let (window, bucket, folder) = window(rgw, "page").await;
    put_text(&window, &bucket, "hello.txt", "Hello World!").await;
    upload(&window, &bucket, &folder, "private_info.txt").await;
    assert_eq!(window.keys(&bucket).await, ["hello.txt", "private_info.txt"]);

    let hello = window.target(&bucket, "", &["hello.txt"]).await;
    let address = link(&window, &hello, LinkKind::Public, SignatureVersion::V4).await;
    assert!(
        address.contains(&format!("/{}:{bucket}/hello.txt", rgw.tenant())),
        "{address}"
    );
    assert_eq!(status(&address).await, 403);
    let plan = public_plan(&window, &hello, PublicScope::default()).await;
    let done = window.app.apply_access_plan(&plan.token).await.unwrap();
    let verdict = done.verdict.unwrap();
    assert_eq!(
        (verdict.access, verdict.proof.ok),
        (Access::Public, true),
        "{verdict:?}"
    );
    let seen = Stranger::new().get(&address).await.unwrap();
    assert_eq!((seen.status.as_u16(), seen.text()), (200, "Hello World!".to_owned()));

    let info = window.target(&bucket, "", &["private_info.txt"]).await;
    for style in [SignatureVersion::V4, SignatureVersion::V2] {
        assert_eq!(
            status(&link(&window, &info, LinkKind::Expiring, style).await).await,
            200,
            "{style:?}"
        );
    }
    assert_eq!(
        status(&link(&window, &info, LinkKind::Public, SignatureVersion::V4).await).await,
        403
    );

    let back = window.app.plan_make_private(&hello, true, QUIET, "plan").await.unwrap();
    let done = window.app.apply_access_plan(&back.token).await.unwrap();
    let verdict = done.verdict.unwrap();
    assert_eq!(
        (verdict.access, verdict.proof.ok),
        (Access::Private, true),
        "{verdict:?}"
    );
    assert_eq!(status(&address).await, 403);
    delete_all(&window, &bucket).await;
}

const NOTHING: PublicScope = PublicScope {
    listing: false,
    existing: false,
    future: false,
};

/// Opens one scope, waits for its job, and gives what a stranger was found to be able to do.
async fn open(window: &Window, target: &Target, scope: PublicScope) -> PublicLevel {
    let plan = public_plan(window, target, scope).await;
    let done = window.app.apply_access_plan(&plan.token).await.unwrap();
    if let Some(job) = done.job_id {
        assert_eq!(window.ended(job).await.state, JobState::Done);
    }
    let verdict = window.app.check_access(target).await.unwrap();
    assert!(verdict.proof.ok, "{verdict:?}");
    verdict.level
}

#[tokio::test]
async fn a_bucket_is_opened_in_three_scopes_and_closed_again_on_rgw() {
    let Some(rgw) = gateway("public buckets on Ceph").await else {
        return;
    };
    let (window, bucket, _folder) = window(rgw, "scopes").await;
    put_text(&window, &bucket, "now.txt", "now").await;
    let target = window.bucket(&bucket);
    let place = format!("{}/{}:{bucket}/", rgw.endpoint(), rgw.tenant());
    let (list, now, later) = (place.clone(), format!("{place}now.txt"), format!("{place}later.txt"));

    let listing = PublicScope {
        listing: true,
        ..NOTHING
    };
    assert_eq!(open(&window, &target, listing).await, PublicLevel::Listable);
    assert_eq!((status(&list).await, status(&now).await), (200, 403));

    open(
        &window,
        &target,
        PublicScope {
            existing: true,
            ..NOTHING
        },
    )
    .await;
    put_text(&window, &bucket, "later.txt", "later").await;
    assert_eq!((status(&now).await, status(&later).await), (200, 403));

    let future = PublicScope {
        future: true,
        ..NOTHING
    };
    assert_eq!(open(&window, &target, future).await, PublicLevel::Readable);
    assert_eq!(status(&later).await, 200);

    let back = window
        .app
        .plan_make_private(&target, true, QUIET, "plan")
        .await
        .unwrap();
    let done = window.app.apply_access_plan(&back.token).await.unwrap();
    assert_eq!(done.job_id, None);
    let verdict = window.app.check_access(&target).await.unwrap();
    assert_eq!(
        (verdict.access, verdict.proof.ok),
        (Access::Private, true),
        "{verdict:?}"
    );
    assert_eq!(
        [status(&list).await, status(&now).await, status(&later).await],
        [403, 403, 403]
    );
    delete_all(&window, &bucket).await;
}

/// Another program's client of the tenant, after it made the bucket keep versions and filled it: one object, three older
/// versions, a delete marker and an unfinished upload.
async fn with_versions(rgw: &Rgw, window: &Window, name: &str, half: &ObjectKey) -> Client {
    let keys = &rgw.users().tenant;
    let other = support::client(rgw.endpoint(), &keys.access_key_id, &keys.secret_access_key);
    let bucket = BucketName::parse(name).unwrap();
    other.put_bucket_versioning(&bucket, Versioning::Enabled).await.unwrap();
    for key in ["kept.txt", "hidden.txt"] {
        put_text(window, name, key, "first").await;
    }
    for key in ["kept.txt", "hidden.txt"] {
        let key = ObjectKey::parse(key).unwrap();
        other
            .put_object(&bucket, &key, UploadBody::bytes("Hello World!"), &PutOptions::default())
            .await
            .unwrap();
    }
    other
        .delete_object(&bucket, &ObjectKey::parse("hidden.txt").unwrap())
        .await
        .unwrap();
    other
        .create_multipart_upload(&bucket, half, &PutOptions::default())
        .await
        .unwrap();
    other
}

#[tokio::test]
async fn a_versioned_bucket_with_markers_and_an_unfinished_upload_is_counted_emptied_and_deleted_on_rgw() {
    let Some(rgw) = gateway("emptying a versioned bucket on Ceph").await else {
        return;
    };
    let (window, name, _folder) = window(rgw, "versions").await;
    let half = ObjectKey::parse("half").unwrap();
    let other = with_versions(rgw, &window, &name, &half).await;
    let bucket = BucketName::parse(&name).unwrap();

    let plan = async || {
        window
            .app
            .plan_delete_bucket(&window.account, &name, QUIET, "plan")
            .await
            .unwrap()
    };
    let shown = plan().await;
    assert_eq!(
        (
            shown.objects,
            shown.old_versions,
            shown.delete_markers,
            shown.unfinished_uploads,
            shown.bytes
        ),
        (1, 3, 1, 1, 34)
    );
    assert_eq!(
        (shown.versioning, shown.empty, shown.asks_for_name),
        (Versioning::Enabled, false, true)
    );
    assert_eq!(shown.first, ["hidden.txt", "kept.txt"]);

    // One version goes and another comes: the same figures, and not what was shown.
    other.delete_object(&bucket, &half).await.unwrap();
    let changed = window.app.delete_bucket(&shown.token, Some(&name)).await.unwrap_err();
    assert_eq!(changed.kind(), dipper_app::ErrorKind::StalePlan);

    let shown = plan().await;
    assert_eq!(shown.delete_markers, 2);
    let job = window
        .app
        .delete_bucket(&shown.token, Some(&name))
        .await
        .unwrap()
        .unwrap();
    let ended = window.ended(job).await;
    assert_eq!(
        (ended.state, ended.items_done, ended.errors),
        (JobState::Done, 8, vec![])
    );
    let list = window.app.list_buckets(&window.account).await.unwrap();
    assert!(list.buckets.iter().all(|listed| listed.name != name));
}

#[tokio::test]
async fn without_its_project_id_a_public_bucket_is_not_called_private_on_rgw() {
    let Some(rgw) = gateway("verdicts without a Project ID on Ceph").await else {
        return;
    };
    let (window, bucket, _folder) = window(rgw, "noproject").await;
    put_text(&window, &bucket, "hello.txt", "Hello World!").await;
    let target = window.bucket(&bucket);
    let listing = PublicScope {
        listing: true,
        ..NOTHING
    };
    assert_eq!(open(&window, &target, listing).await, PublicLevel::Listable);
    let hello = window.target(&bucket, "", &["hello.txt"]).await;
    let plan = public_plan(&window, &hello, PublicScope::default()).await;
    window.app.apply_access_plan(&plan.token).await.unwrap();

    let mut draft = form(rgw.endpoint(), &rgw.users().tenant);
    draft.name = "Without".to_owned();
    let account = window.app.save_account(draft).await.unwrap().id;
    let without = Window {
        app: window.app.clone(),
        account,
    };
    let hello = without.target(&bucket, "", &["hello.txt"]).await;
    for target in [without.bucket(&bucket), hello] {
        let verdict = without.app.check_access(&target).await.unwrap();
        assert_eq!(
            (verdict.access, verdict.proof.ok),
            (Access::Public, false),
            "{verdict:?}"
        );
        assert!(verdict.proof.text.contains("Project ID"), "{}", verdict.proof.text);
    }
    delete_all(&window, &bucket).await;
}
