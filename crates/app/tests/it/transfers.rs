//! Uploads from what was chosen to what is stored, and downloads back.

use std::fs;
use std::path::PathBuf;

use dipper_app::{
    ConflictPolicy, Decision, ErrorKind, JobKind, JobState, KeyChange, Mode, SourceId, UploadAccess, UploadChange,
    UploadPlan, UploadResult, UploadTarget,
};
use dipper_testkit::http::Stranger;

use crate::support::{self, Story};
use crate::window::QUIET;

const BUCKET: &str = "field-photos";

async fn with_bucket() -> Story {
    let story = support::story().await;
    story.app.create_bucket(&story.account, BUCKET).await.unwrap();
    story
}

fn files(story: &Story, names: &[&str]) -> Vec<PathBuf> {
    let folder = story.folder.path().join("mine");
    fs::create_dir_all(&folder).unwrap();
    names
        .iter()
        .map(|name| {
            let path = folder.join(name);
            fs::write(&path, format!("content of {name}")).unwrap();
            path
        })
        .collect()
}

async fn plan(story: &Story, paths: Vec<PathBuf>) -> UploadPlan {
    let source = story.app.register_upload_source(paths).unwrap();
    let target = UploadTarget {
        account_id: story.account.clone(),
        bucket: BUCKET.to_owned(),
        prefix: "2026/".to_owned(),
    };
    story.app.plan_upload(&source, target, QUIET, "plan").await.unwrap()
}

fn policy(policy: ConflictPolicy) -> UploadChange {
    UploadChange {
        policy: Some(policy),
        ..UploadChange::default()
    }
}

async fn content(story: &Story, key: &str) -> String {
    let folder = story.folder.path().join(format!("down-{}", key.replace('/', "-")));
    let view = story.open(BUCKET, "", Mode::Flat).await;
    let selection = story.choose(&view, &[key]).await;
    let job = story.app.download(&view, &selection.id, folder.clone()).await.unwrap();
    let job = story.ended(job).await;
    assert_eq!(
        (job.kind, job.state),
        (JobKind::Download, JobState::Done),
        "{:?}",
        job.errors
    );
    fs::read_to_string(folder.join(key)).unwrap()
}

#[tokio::test]
async fn a_file_goes_up_under_another_name_and_comes_back() {
    let story = with_bucket().await;
    let planned = plan(&story, files(&story, &["private_data.txt"])).await;
    assert_eq!((planned.files, planned.conflicts, planned.needs_sheet), (1, 0, false));
    assert_eq!(planned.items[0].key_prefix, "2026/");
    let rename = KeyChange {
        index: 0,
        key_rest: "private_info.txt".to_owned(),
    };
    let change = UploadChange {
        keys: vec![rename],
        ..UploadChange::default()
    };
    let renamed = story.app.revise_upload(&planned.plan_id, change).await.unwrap();
    let stale = story.app.start_upload(&planned.token).await.unwrap_err();
    assert_eq!(stale.kind(), ErrorKind::StalePlan);
    let job = story.ended(story.app.start_upload(&renamed.token).await.unwrap()).await;
    assert_eq!(
        (job.kind, job.state, job.items_done),
        (JobKind::Upload, JobState::Done, 1),
        "{:?}",
        job.errors
    );
    assert_eq!(job.result.as_deref(), Some("1 object stored"));
    assert_eq!(story.keys(BUCKET).await, ["2026/private_info.txt"]);
    assert_eq!(
        content(&story, "2026/private_info.txt").await,
        "content of private_data.txt"
    );
    let used = story.app.start_upload(&renamed.token).await.unwrap_err();
    assert_eq!(used.kind(), ErrorKind::StalePlan);
}

#[tokio::test]
async fn nothing_is_sent_while_a_conflict_waits_for_a_decision() {
    let story = with_bucket().await;
    story.put(BUCKET, "2026/a.txt", "old").await;
    let planned = plan(&story, files(&story, &["a.txt", "b.txt"])).await;
    assert_eq!(
        (planned.conflicts, planned.needs_sheet, planned.policy),
        (1, true, ConflictPolicy::Ask)
    );
    assert_eq!(
        (planned.items[0].file.as_str(), planned.items[0].result),
        ("a.txt", UploadResult::Exists)
    );
    let refused = story.app.start_upload(&planned.token).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict);
    assert_eq!(story.keys(BUCKET).await, ["2026/a.txt"]);
    let skip = story
        .app
        .revise_upload(&planned.plan_id, policy(ConflictPolicy::Skip))
        .await
        .unwrap();
    assert_eq!(skip.conflicts, 0);
    story.ended(story.app.start_upload(&skip.token).await.unwrap()).await;
    assert_eq!(story.keys(BUCKET).await, ["2026/a.txt", "2026/b.txt"]);
    assert_eq!(content(&story, "2026/a.txt").await, "old");
}

#[tokio::test]
async fn each_file_is_done_with_as_was_decided_for_it() {
    let story = with_bucket().await;
    for key in ["2026/a.txt", "2026/b.txt", "2026/c.txt"] {
        story.put(BUCKET, key, "old").await;
    }
    let planned = plan(&story, files(&story, &["a.txt", "b.txt", "c.txt"])).await;
    let decisions = planned.items.iter().map(|item| {
        let policy = match item.file.as_str() {
            "a.txt" => ConflictPolicy::Replace,
            "b.txt" => ConflictPolicy::Skip,
            _ => ConflictPolicy::KeepBoth,
        };
        Decision {
            index: item.index,
            policy,
        }
    });
    let change = UploadChange {
        decisions: decisions.collect(),
        ..UploadChange::default()
    };
    let decided = story.app.revise_upload(&planned.plan_id, change).await.unwrap();
    let job = story.ended(story.app.start_upload(&decided.token).await.unwrap()).await;
    assert_eq!(job.state, JobState::Done, "{:?}", job.errors);
    assert_eq!(
        story.keys(BUCKET).await,
        ["2026/a.txt", "2026/b.txt", "2026/c (2).txt", "2026/c.txt"]
    );
    assert_eq!(content(&story, "2026/a.txt").await, "content of a.txt");
    assert_eq!(content(&story, "2026/b.txt").await, "old");
    assert_eq!(content(&story, "2026/c.txt").await, "old");
    assert_eq!(content(&story, "2026/c (2).txt").await, "content of c.txt");
}

#[tokio::test]
async fn folders_keep_their_paths_and_many_keys_are_looked_up_by_listing() {
    let story = with_bucket().await;
    story.put(BUCKET, "2026/trip/deep/f7", "old").await;
    let folder = story.folder.path().join("trip");
    fs::create_dir_all(folder.join("deep")).unwrap();
    for number in 0..120 {
        fs::write(folder.join(format!("deep/f{number}")), "x").unwrap();
    }
    let planned = plan(&story, vec![folder]).await;
    assert_eq!((planned.files, planned.conflicts, planned.needs_sheet), (120, 1, true));
    assert_eq!(planned.items[0].key_rest, "trip/deep/f7");
}

#[tokio::test]
async fn what_is_uploaded_as_public_is_public_and_sensitive_names_are_said_before() {
    let story = with_bucket().await;
    let planned = plan(&story, files(&story, &["private_info.txt"])).await;
    let public = UploadChange {
        access: Some(UploadAccess::Public),
        ..UploadChange::default()
    };
    let public = story.app.revise_upload(&planned.plan_id, public).await.unwrap();
    assert_eq!(public.sensitive, ["private_info.txt"]);
    story.ended(story.app.start_upload(&public.token).await.unwrap()).await;
    let url = format!(
        "http://{}/{}:{BUCKET}/2026/private_info.txt",
        story.endpoint,
        support::TENANT
    );
    assert_eq!(Stranger::new().get(&url).await.unwrap().status, 200);
}

#[tokio::test]
async fn unknown_sources_empty_choices_and_discarded_plans_are_refused() {
    let story = with_bucket().await;
    let target = UploadTarget {
        account_id: story.account.clone(),
        bucket: BUCKET.to_owned(),
        prefix: String::new(),
    };
    let unknown = SourceId::from("/etc/passwd".to_owned());
    let error = story
        .app
        .plan_upload(&unknown, target.clone(), QUIET, "plan")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StalePlan);
    let empty = story.folder.path().join("empty");
    fs::create_dir_all(&empty).unwrap();
    let source = story.app.register_upload_source(vec![empty]).unwrap();
    let error = story.app.plan_upload(&source, target, QUIET, "plan").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let planned = plan(&story, files(&story, &["a.txt"])).await;
    story.app.discard_upload(&planned.plan_id).await.unwrap();
    assert_eq!(
        story.app.start_upload(&planned.token).await.unwrap_err().kind(),
        ErrorKind::StalePlan
    );
    let revised = story
        .app
        .revise_upload(&planned.plan_id, UploadChange::default())
        .await
        .unwrap_err();
    assert_eq!(revised.kind(), ErrorKind::StalePlan);
}

#[tokio::test]
async fn a_download_overwrites_nothing_and_finished_jobs_leave_the_list() {
    let story = with_bucket().await;
    story.put(BUCKET, "hello.txt", "Hello World!").await;
    let folder = story.folder.path().join("down");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("hello.txt"), "mine").unwrap();
    let view = story.open(BUCKET, "", Mode::Folders).await;
    let selection = story.choose(&view, &["hello.txt"]).await;
    let id = story.app.download(&view, &selection.id, folder.clone()).await.unwrap();
    assert_eq!(story.ended(id).await.state, JobState::Done);
    assert_eq!(fs::read_to_string(folder.join("hello.txt")).unwrap(), "mine");
    assert_eq!(
        fs::read_to_string(folder.join("hello (2).txt")).unwrap(),
        "Hello World!"
    );
    story.app.clear_finished_transfers().await.unwrap();
    assert_eq!(
        story.app.cancel_transfer(id).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
}
