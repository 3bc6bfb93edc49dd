//! The event log and the diagnostics: every call, and nothing secret.

use crate::support::{self, KEY_ID, SECRET};

#[tokio::test]
async fn every_call_is_in_the_log_without_secrets() {
    let story = support::story().await;
    let mut events = story.app.watch_events();
    story.app.create_bucket(&story.account, "photos").await.unwrap();
    story.app.list_buckets(&story.account).await.unwrap();
    let mut seen = events.next().await.unwrap();
    while seen.last().unwrap().operation != "ListBuckets" {
        seen.extend(events.next().await.unwrap());
    }
    assert!(
        seen.iter()
            .any(|event| (event.operation.as_str(), event.status) == ("CreateBucket", Some(200)))
    );
    assert!(seen.iter().zip(1..).all(|(event, sequence)| event.sequence == sequence));
    assert!(seen.iter().all(|event| event.account == "Research cloud"));
    let text = format!("{seen:?}");
    assert!(!text.contains(SECRET) && !text.contains(KEY_ID), "{text}");

    story.app.clear_events();
    story.app.list_buckets(&story.account).await.unwrap();
    let next = events.next().await.unwrap();
    assert_eq!((next.len(), next[0].sequence), (1, seen.len() as u64 + 1));
}

#[tokio::test]
async fn diagnostics_help_and_tell_no_names() {
    let story = support::story().await;
    story.app.create_bucket(&story.account, "private-name").await.unwrap();
    story
        .app
        .add_bucket_by_name(&story.account, "missing-name")
        .await
        .unwrap_err();
    let text = story.app.diagnostics().await.unwrap();
    assert!(
        text.contains("1. S3-compatible, http, signature V4, path style, secret key in memory"),
        "{text}"
    );
    assert!(text.contains("HeadBucket: 404"), "{text}");
    let names = [
        SECRET,
        KEY_ID,
        "private-name",
        "missing-name",
        "Research cloud",
        story.endpoint.as_str(),
        support::TENANT,
    ];
    for name in names {
        assert!(!text.contains(name), "{name} in {text}");
    }
    let folder = story.folder.path().display().to_string();
    assert!(!text.contains(&folder), "{text}");
}
