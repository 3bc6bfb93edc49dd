//! Every long method can be awaited on any thread: the window's runtime asks for that, and it is easily lost.

use dipper_app::{
    AccountId, App, CodeAction, CodeRequest, CountProgress, LinkKind, LinkRequest, PlanToken, PublicScope, Scheme,
    SensitiveNames, SignatureVersion, SourceId, Target, UploadAccess, UploadChange, UploadTarget, ViewId,
};

fn on_any_thread<F: Future + Send>(_: F) {}

#[tokio::test]
async fn every_long_method_can_be_awaited_on_any_thread() {
    let (app, _folder): (App, _) = crate::support::app().await;
    let quiet: &(dyn Fn(CountProgress) + Send + Sync) = &|_| ();
    let (account, view, token) = (
        AccountId::from("a"),
        ViewId::from("v".to_owned()),
        PlanToken::from(String::new()),
    );
    let target = Target::Bucket {
        account_id: account.clone(),
        bucket: "b".to_owned(),
    };
    let upload = UploadTarget {
        account_id: account.clone(),
        bucket: "b".to_owned(),
        prefix: String::new(),
    };
    let link = LinkRequest {
        target: target.clone(),
        kind: LinkKind::Public,
        expires_seconds: 1,
        style: SignatureVersion::V4,
        scheme: Scheme::Http,
        with_project_id: true,
    };
    let code = CodeRequest {
        action: CodeAction::Link,
        link: Some(link.clone()),
        target: None,
        account_id: account.clone(),
        bucket: None,
        key: None,
        text: None,
        content_type: None,
        access: UploadAccess::ServerDefault,
        upload_plan: None,
    };
    on_any_thread(app.plan_delete_objects(&view, "1", quiet, "o"));
    on_any_thread(app.delete_objects(&token, None));
    on_any_thread(app.properties(&target));
    on_any_thread(app.plan_upload(&SourceId::from("s".to_owned()), upload, quiet, "o"));
    on_any_thread(app.revise_upload("p", UploadChange::default()));
    on_any_thread(app.start_upload(&token));
    on_any_thread(app.bucket_access(&account, "b"));
    on_any_thread(app.row_access(&view, &[]));
    on_any_thread(app.load_permissions(&target));
    on_any_thread(app.check_access(&target));
    on_any_thread(app.plan_permission_change(&target, "r", &[], &[]));
    on_any_thread(app.apply_permission_change(&token));
    on_any_thread(app.plan_make_public(&target, PublicScope::default(), SensitiveNames::Open, quiet, "o"));
    on_any_thread(app.plan_make_private(&target, true, quiet, "o"));
    on_any_thread(app.apply_access_plan(&token));
    on_any_thread(app.make_links(&link));
    on_any_thread(app.code_snippets(&code));
}
