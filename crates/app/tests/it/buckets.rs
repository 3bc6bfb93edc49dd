//! Buckets: made, listed, added by name, and deleted as planned.

use std::sync::Mutex;

use dipper_app::{CountProgress, ErrorKind, JobState, PlanToken, Versioning};

use crate::support::{self, Scripted, Story, draft, s3_error};

const QUIET: &(dyn Fn(CountProgress) + Send + Sync) = &|_| ();

async fn names(story: &Story) -> Vec<String> {
    let list = story.app.list_buckets(&story.account).await.unwrap();
    list.buckets.into_iter().map(|bucket| bucket.name).collect()
}

#[tokio::test]
async fn a_bucket_is_made_listed_and_deleted() {
    let story = support::story().await;
    let made = story
        .app
        .create_bucket(&story.account, "1-bucket-using-python")
        .await
        .unwrap();
    assert!(!made.already_yours);
    assert!(
        story
            .app
            .create_bucket(&story.account, "1-bucket-using-python")
            .await
            .unwrap()
            .already_yours
    );
    let list = story.app.list_buckets(&story.account).await.unwrap();
    assert_eq!(list.buckets.len(), 1);
    assert!(list.buckets[0].created.is_some() && !list.buckets[0].added);
    assert_eq!(list.suggested_project_id.as_deref(), Some(support::TENANT));

    let plan = story
        .app
        .plan_delete_bucket(&story.account, "1-bucket-using-python", QUIET, "plan")
        .await
        .unwrap();
    assert!(plan.empty && !plan.asks_for_name && plan.first.is_empty());
    assert_eq!(
        (plan.objects, plan.bytes, plan.unfinished_uploads, plan.versioning),
        (0, 0, 0, Versioning::Off)
    );
    assert_eq!(story.app.delete_bucket(&plan.token, None).await.unwrap(), None);
    assert!(names(&story).await.is_empty());
}

#[tokio::test]
async fn a_name_that_breaks_a_rule_is_refused_before_anything_is_sent() {
    let story = support::story().await;
    for name in ["", "ab", "Upper", "under_score", "-a-b", "a..b", "192.168.1.1"] {
        let rules = story.app.bucket_name_rules(&story.account, name).await.unwrap();
        assert!(rules.iter().any(|rule| !rule.ok), "{name}");
        let error = story.app.create_bucket(&story.account, name).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::InvalidInput, Some("name")),
            "{name}"
        );
    }
    let rules = story
        .app
        .bucket_name_rules(&story.account, "xn--is-free-here")
        .await
        .unwrap();
    assert!(
        rules.iter().all(|rule| rule.ok),
        "what Amazon reserves is free elsewhere"
    );
}

#[tokio::test]
async fn a_full_bucket_is_emptied_and_deleted_when_its_name_is_typed() {
    let story = support::story().await;
    story.app.create_bucket(&story.account, "backups").await.unwrap();
    for key in ["a.txt", "b/c.txt", "b/d//e"] {
        story.put("backups", key, "Hello World!").await;
    }
    let seen = Mutex::new(Vec::new());
    let progress = |progress| seen.lock().unwrap().push(progress);
    let plan = story
        .app
        .plan_delete_bucket(&story.account, "backups", &progress, "plan")
        .await
        .unwrap();
    assert_eq!(
        (plan.objects, plan.bytes, plan.empty, plan.asks_for_name),
        (3, 36, false, true)
    );
    assert_eq!(plan.first, ["a.txt", "b/c.txt", "b/d//e"]);
    assert_eq!(
        seen.into_inner().unwrap().last(),
        Some(&CountProgress {
            objects: 3,
            bytes: 36,
            done: true
        })
    );

    let job = story
        .app
        .delete_bucket(&plan.token, Some("backups"))
        .await
        .unwrap()
        .unwrap();
    let mut transfers = story.app.watch_transfers();
    let ended = loop {
        let batch = transfers.next().await;
        if let Some(ended) = batch
            .jobs
            .into_iter()
            .find(|known| known.id == job && known.finished_at.is_some())
        {
            break ended;
        }
    };
    assert_eq!(
        (ended.state, ended.items_failed, ended.errors),
        (JobState::Done, 0, vec![])
    );
    assert_eq!(ended.account_id, story.account);
    assert!(names(&story).await.is_empty());
}

#[tokio::test]
async fn a_full_bucket_stays_without_its_name() {
    let story = support::story().await;
    story.app.create_bucket(&story.account, "backups").await.unwrap();
    story.put("backups", "a.txt", "x").await;
    for typed in [None, Some(""), Some("backup"), Some("Backups"), Some("backups ")] {
        let plan = story
            .app
            .plan_delete_bucket(&story.account, "backups", QUIET, "plan")
            .await
            .unwrap();
        let error = story.app.delete_bucket(&plan.token, typed).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::InvalidInput, Some("typedName"))
        );
        let again = story.app.delete_bucket(&plan.token, Some("backups")).await.unwrap_err();
        assert_eq!(again.kind(), ErrorKind::StalePlan, "the try spent the token");
    }
    assert_eq!(names(&story).await, ["backups"]);
}

#[tokio::test]
async fn without_a_token_nothing_is_deleted() {
    let story = support::story().await;
    story.app.create_bucket(&story.account, "backups").await.unwrap();
    for n in 0..50 {
        let token = PlanToken::from(format!("{n:032x}"));
        let error = story.app.delete_bucket(&token, Some("backups")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StalePlan);
    }
    assert_eq!(names(&story).await, ["backups"]);
}

#[tokio::test]
async fn a_bucket_that_changed_since_it_was_counted_is_asked_for_again() {
    let story = support::story().await;
    for (bucket, full, swapped) in [
        ("was-empty", false, false),
        ("was-full", true, false),
        ("was-other", true, true),
    ] {
        story.app.create_bucket(&story.account, bucket).await.unwrap();
        if full {
            story.put(bucket, "a.txt", "x").await;
        }
        let plan = story
            .app
            .plan_delete_bucket(&story.account, bucket, QUIET, "plan")
            .await
            .unwrap();
        story.put(bucket, "b.txt", "x").await;
        if swapped {
            story.delete(bucket, "a.txt").await;
        }
        let error = story.app.delete_bucket(&plan.token, Some(bucket)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StalePlan, "{error}");
    }
    assert_eq!(names(&story).await, ["was-empty", "was-full", "was-other"]);
}

#[tokio::test]
async fn a_count_can_be_cancelled() {
    let story = support::story().await;
    story.app.create_bucket(&story.account, "backups").await.unwrap();
    story.put("backups", "a.txt", "x").await;
    let app = story.app.clone();
    let cancel = move |_| app.cancel_operation("plan 7");
    let error = story
        .app
        .plan_delete_bucket(&story.account, "backups", &cancel, "plan 7")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    story.app.cancel_operation("plan 7");
}

#[tokio::test]
async fn keys_that_may_not_list_show_the_buckets_added_by_name() {
    let (app, _folder) = support::app().await;
    let server = Scripted::start(|line| match line.split(' ').nth(1) {
        Some(path) if path.starts_with("/partner-drop") => ("200 OK", String::new()),
        Some("/" | "/?x-id=ListBuckets") => ("403 Forbidden", s3_error("AccessDenied")),
        _ => ("404 Not Found", s3_error("NoSuchBucket")),
    });
    let server = server.await;
    let account = app.save_account(draft(&server.address.to_string())).await.unwrap().id;

    let added = app.add_bucket_by_name(&account, " partner-drop ").await.unwrap();
    assert!(added.added && added.name == "partner-drop");
    let missing = app.add_bucket_by_name(&account, "no-such-bucket").await.unwrap_err();
    assert_eq!((missing.kind(), missing.field()), (ErrorKind::NotFound, Some("name")));

    let list = app.list_buckets(&account).await.unwrap();
    assert_eq!(list.buckets, [added]);
    assert_eq!(
        list.listing_denied.map(|error| error.kind()),
        Some(ErrorKind::AccessDenied)
    );

    app.forget_bucket(&account, "partner-drop").await.unwrap();
    assert!(app.list_buckets(&account).await.unwrap().buckets.is_empty());
    assert_eq!(
        app.forget_bucket(&account, "partner-drop").await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn a_bucket_that_cannot_be_named_is_told_beside_the_others() {
    let (app, _folder) = support::app().await;
    let answer = "<ListAllMyBucketsResult><Buckets><Bucket><Name>a/\u{202e}b</Name></Bucket>\
                  <Bucket><Name>photos</Name></Bucket></Buckets></ListAllMyBucketsResult>";
    let server = Scripted::start(move |_| ("200 OK", answer.to_owned())).await;
    let account = app.save_account(draft(&server.address.to_string())).await.unwrap().id;
    let list = app.list_buckets(&account).await.unwrap();
    assert_eq!(list.buckets.len(), 1);
    assert_eq!(list.unusable.len(), 1);
    assert!(!list.unusable[0].contains('\u{202e}'), "{:?}", list.unusable);
}

#[tokio::test]
async fn a_bucket_that_is_listed_is_not_shown_twice() {
    let story = support::story().await;
    story.app.create_bucket(&story.account, "photos").await.unwrap();
    story.app.add_bucket_by_name(&story.account, "photos").await.unwrap();
    let list = story.app.list_buckets(&story.account).await.unwrap();
    assert_eq!(list.buckets.len(), 1);
    assert!(!list.buckets[0].added);
}
