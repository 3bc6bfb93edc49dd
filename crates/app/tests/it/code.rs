//! Copy as code, as the window asks for it: nothing secret in it, whatever is clicked.

use dipper_app::{CodeAction, CodeLanguage, CodeRequest, LinkKind, LinkRequest, Scheme, SignatureVersion, Target};

use crate::support::{self, KEY_ID, SECRET};

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
                name: None,
                text: Some("Hello World!".to_owned()),
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

#[tokio::test]
async fn a_form_without_a_target_is_written_down_as_typed() {
    let story = support::story().await;
    let request = CodeRequest {
        action: CodeAction::PutText,
        link: None,
        target: None,
        account_id: story.account.clone(),
        bucket: Some(BUCKET.to_owned()),
        key: Some("hello.txt".to_owned()),
        name: None,
        text: Some("Hello World!".to_owned()),
    };
    let snippets = story.app.code_snippets(&request).await.unwrap();
    assert!(
        snippets[0].code.contains("Body=\"Hello World!\".encode()"),
        "{}",
        snippets[0].code
    );
    assert!(
        snippets[1].code.contains("printf %s 'Hello World!' | aws"),
        "{}",
        snippets[1].code
    );
    assert!(
        snippets[2]
            .code
            .contains(&format!("http://{}/{BUCKET}/hello.txt", story.endpoint)),
        "{}",
        snippets[2].code
    );
}
