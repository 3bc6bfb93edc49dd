//! Copy as code, as the window asks for it: nothing secret in it, whatever is clicked.

use dipper_app::{
    AccountDraft, AccountKind, CodeAction, CodeLanguage, CodeRequest, ConflictPolicy, LinkKind, LinkRequest, Scheme,
    SignatureVersion, Target, UploadAccess, UploadChange, UploadTarget,
};

use crate::support::{self, KEY_ID, SECRET, Story};
use crate::window::QUIET;

const BUCKET: &str = "field-photos";
const ACTIONS: [CodeAction; 11] = [
    CodeAction::Link,
    CodeAction::ListBuckets,
    CodeAction::CreateBucket,
    CodeAction::DeleteBucket,
    CodeAction::ListObjects,
    CodeAction::PutText,
    CodeAction::Upload,
    CodeAction::Download,
    CodeAction::DeleteObjects,
    CodeAction::MakePublic,
    CodeAction::MakePrivate,
];

fn link(target: &Target, kind: LinkKind) -> LinkRequest {
    LinkRequest {
        target: target.clone(),
        kind,
        expires_seconds: 3_600,
        style: SignatureVersion::V4,
        scheme: Scheme::Http,
        with_project_id: true,
    }
}

#[tokio::test]
async fn no_snippet_holds_a_key_or_a_signature() {
    let story = support::story().await;
    story.app.create_bucket(&story.account, BUCKET).await.unwrap();
    story.put(BUCKET, "it's $(id).txt", "x").await;
    let target = story.target(BUCKET, "", &["it's $(id).txt"]).await;
    let links = [
        None,
        Some(link(&target, LinkKind::Public)),
        Some(link(&target, LinkKind::Expiring)),
    ];
    for action in ACTIONS {
        for link in &links {
            let request = CodeRequest {
                action,
                link: link.clone(),
                target: Some(target.clone()),
                account_id: story.account.clone(),
                bucket: None,
                key: None,
                text: Some("Hello World!".to_owned()),
                content_type: Some("text/plain".to_owned()),
                access: UploadAccess::Public,
                upload_plan: None,
            };
            let snippets = story.app.code_snippets(&request).await.unwrap();
            let languages: Vec<CodeLanguage> = snippets.iter().map(|snippet| snippet.language).collect();
            assert_eq!(
                languages,
                [CodeLanguage::Boto3, CodeLanguage::AwsCli, CodeLanguage::Curl]
            );
            for snippet in snippets {
                for secret in [SECRET, KEY_ID, "Signature="] {
                    assert!(!snippet.code.contains(secret), "{action:?}: {}", snippet.code);
                }
            }
        }
    }
}

/// A form that acts on no target.
fn form(story: &Story, action: CodeAction) -> CodeRequest {
    CodeRequest {
        action,
        link: None,
        target: None,
        account_id: story.account.clone(),
        bucket: Some(BUCKET.to_owned()),
        key: None,
        text: None,
        content_type: None,
        access: UploadAccess::ServerDefault,
        upload_plan: None,
    }
}

async fn code(story: &Story, request: &CodeRequest) -> [String; 3] {
    let snippets = story.app.code_snippets(request).await.unwrap();
    [0, 1, 2].map(|at: usize| snippets[at].code.clone())
}

fn all_contain(snippets: &[String; 3], wanted: [&str; 3]) {
    for (snippet, wanted) in snippets.iter().zip(wanted) {
        assert!(snippet.contains(wanted), "{wanted} is not in\n{snippet}");
    }
}

#[tokio::test]
async fn a_form_without_a_target_is_written_down_as_typed() {
    let story = support::story().await;
    let request = CodeRequest {
        key: Some("hello.txt".to_owned()),
        text: Some("Hello World!".to_owned()),
        content_type: Some("text/markdown".to_owned()),
        access: UploadAccess::Public,
        ..form(&story, CodeAction::PutText)
    };
    let snippets = code(&story, &request).await;
    let url = format!("http://{}/{BUCKET}/hello.txt", story.endpoint);
    all_contain(
        &snippets,
        ["Body=\"Hello World!\".encode()", "printf %s 'Hello World!' | aws", &url],
    );
    all_contain(
        &snippets,
        [
            "ContentType=\"text/markdown\"",
            "--content-type text/markdown",
            "Content-Type: text/markdown",
        ],
    );
    all_contain(
        &snippets,
        ["ACL=\"public-read\"", "--acl public-read", "x-amz-acl: public-read"],
    );
}

#[tokio::test]
async fn an_upload_is_written_down_as_it_would_be_sent() {
    let story = support::story().await;
    story.app.create_bucket(&story.account, BUCKET).await.unwrap();
    story.put(BUCKET, "2026/taken.txt", "x").await;
    let paths = ["a photo.jpg", "taken.txt"].map(|name| {
        let path = story.folder.path().join(name);
        std::fs::write(&path, "x").unwrap();
        path
    });
    let source = story.app.register_upload_source(paths.to_vec()).unwrap();
    let target = UploadTarget {
        account_id: story.account.clone(),
        bucket: BUCKET.to_owned(),
        prefix: "2026/".to_owned(),
    };
    let plan = story.app.plan_upload(&source, target, QUIET, "plan").await.unwrap();
    let change = UploadChange {
        policy: Some(ConflictPolicy::Skip),
        access: Some(UploadAccess::Private),
        ..UploadChange::default()
    };
    story.app.revise_upload(&plan.plan_id, change).await.unwrap();
    let request = CodeRequest {
        upload_plan: Some(plan.plan_id),
        ..form(&story, CodeAction::Upload)
    };
    let snippets = code(&story, &request).await;
    all_contain(
        &snippets,
        [
            "s3.upload_file(\"a photo.jpg\", \"field-photos\", \"2026/a photo.jpg\", \
         ExtraArgs={\"ContentType\": \"image/jpeg\", \"ACL\": \"private\"})",
            "s3 cp 'a photo.jpg' 's3://field-photos/2026/a photo.jpg' --content-type image/jpeg --acl private",
            "-T 'a photo.jpg'",
        ],
    );
    for snippet in snippets {
        assert!(!snippet.contains("taken.txt"), "it is skipped:\n{snippet}");
    }
}

#[tokio::test]
async fn a_new_bucket_outside_us_east_1_names_its_region_as_we_do() {
    let story = support::story().await;
    let amazon = AccountDraft {
        kind: AccountKind::Amazon,
        region: "eu-central-1".to_owned(),
        ..support::draft("s3.eu-central-1.amazonaws.com")
    };
    let account_id = story.app.save_account(amazon).await.unwrap().id;
    let there = CodeRequest {
        account_id,
        ..form(&story, CodeAction::CreateBucket)
    };
    let here = form(&story, CodeAction::CreateBucket);
    let wanted = [
        "CreateBucketConfiguration={\"LocationConstraint\": \"eu-central-1\"}",
        "--create-bucket-configuration LocationConstraint=eu-central-1",
        "<LocationConstraint>eu-central-1</LocationConstraint>",
    ];
    all_contain(&code(&story, &there).await, wanted);
    for snippet in code(&story, &here).await {
        assert!(
            snippet.contains(BUCKET) && !snippet.contains("LocationConstraint"),
            "{snippet}"
        );
    }
}
