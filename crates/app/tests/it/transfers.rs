//! Uploads from what was chosen to what is stored, and downloads back.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dipper_app::{
    ConflictPolicy, Decision, ErrorKind, ItemStanding, JobKind, JobState, KeyChange, Mode, Move, SourceId,
    TransferLimits, UploadAccess, UploadChange, UploadItem, UploadPlan, UploadResult, UploadTarget,
};
use dipper_testkit::http::Stranger;
use tempfile::TempDir;

use crate::support::{self, Scripted, Story};
use crate::window::{QUIET, Window};

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
    assert_eq!((planned.files, planned.undecided, planned.needs_sheet), (1, 0, false));
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
        (planned.undecided, planned.needs_sheet, planned.policy),
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
    assert_eq!(skip.undecided, 0);
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
    assert_eq!((planned.files, planned.undecided, planned.needs_sheet), (120, 1, true));
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

/// A plan for 70 files with nothing in common, on a server that answers as it is told.
struct Many {
    window: Window,
    plan: UploadPlan,
    requests: Arc<Mutex<Vec<String>>>,
    _server: Scripted,
    _folder: TempDir,
}

async fn many(answer: fn(&str, usize) -> (&'static str, String)) -> Many {
    let (app, folder) = support::app().await;
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&requests);
    let server = Scripted::start(move |line: &str| {
        let mut seen = seen.lock().unwrap();
        seen.push(line.to_owned());
        answer(line, seen.len())
    });
    let server = server.await;
    let form = support::draft(&server.address.to_string());
    let account = app.save_account(form).await.unwrap().id;
    let paths = (0..70).map(|number| {
        let path = folder.path().join(format!("{number:02}.txt"));
        fs::write(&path, "x").unwrap();
        path
    });
    let source = app.register_upload_source(paths.collect()).unwrap();
    let target = UploadTarget {
        account_id: account.clone(),
        bucket: BUCKET.to_owned(),
        prefix: String::new(),
    };
    let plan = app.plan_upload(&source, target, QUIET, "plan");
    let plan = tokio::time::timeout(Duration::from_mins(1), plan).await;
    Many {
        plan: plan.unwrap().unwrap(),
        window: Window { app, account },
        requests,
        _server: server,
        _folder: folder,
    }
}

#[tokio::test]
async fn many_files_do_not_list_a_bucket_that_has_no_end() {
    let many = many(|line, number| {
        if line.starts_with("HEAD") {
            let taken = line.contains("/69.txt");
            return (if taken { "200 OK" } else { "404 Not Found" }, String::new());
        }
        let page = format!(
            "<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>true</IsTruncated>\
             <NextContinuationToken>t{number}</NextContinuationToken>\
             <Contents><Key>00.txt-{number:09}</Key><Size>1</Size></Contents></ListBucketResult>"
        );
        ("200 OK", page)
    });
    let many = many.await;
    let Many { plan, requests, .. } = &many;
    let requests = requests.lock().unwrap();
    let pages: Vec<&String> = requests.iter().filter(|line| line.contains("list-type=2")).collect();
    assert!(pages.len() < 10, "{} pages", pages.len());
    assert!(pages[0].contains("start-after=00.txt"), "{}", pages[0]);
    let first = plan.items[0].file.as_str();
    assert_eq!((plan.files, plan.undecided, first), (70, 1, "69.txt"));
}

#[tokio::test]
async fn a_key_that_may_only_write_is_told_what_is_not_known_and_writes() {
    let many = many(|line, _| {
        if line.starts_with("PUT") {
            return ("200 OK", String::new());
        }
        ("403 Forbidden", support::s3_error("AccessDenied"))
    });
    let many = many.await;
    let Many { plan, window, .. } = &many;
    assert_eq!((plan.files, plan.to_send, plan.undecided), (70, 70, 0));
    let unknown = |item: &UploadItem| item.result == UploadResult::Unknown;
    assert!(plan.items.iter().all(unknown));
    let job = window.ended(window.app.start_upload(&plan.token).await.unwrap()).await;
    assert_eq!((job.state, job.items_done), (JobState::Done, 70), "{:?}", job.errors);
}

#[tokio::test]
async fn a_key_that_may_only_write_replaces_nothing_where_the_server_knows_no_conditions() {
    let many = many(|line, _| {
        if line.starts_with("PUT") {
            return ("501 Not Implemented", support::s3_error("NotImplemented"));
        }
        ("403 Forbidden", support::s3_error("AccessDenied"))
    });
    let many = many.await;
    let Many {
        plan, window, requests, ..
    } = &many;
    let job = window.ended(window.app.start_upload(&plan.token).await.unwrap()).await;
    assert_eq!((job.state, job.items_failed), (JobState::Failed, 70));
    let requests = requests.lock().unwrap();
    let puts = requests.iter().filter(|line| line.starts_with("PUT")).count();
    assert_eq!(puts, 70, "none was tried again without its condition");
}

#[tokio::test]
async fn what_will_be_sent_and_what_waits_is_counted_over_all_files_not_the_shown_ones() {
    let story = with_bucket().await;
    let names: Vec<String> = (0..250).map(|number| format!("f{number:03}")).collect();
    for name in &names {
        story.put(BUCKET, &format!("2026/{name}"), "old").await;
    }
    let names: Vec<&str> = names.iter().map(String::as_str).chain(["new.txt"]).collect();
    let planned = plan(&story, files(&story, &names)).await;
    assert_eq!(
        (planned.files, planned.to_send, planned.undecided, planned.items.len()),
        (251, 251, 250, 200)
    );
    let shown = planned.items.iter().map(|item| Decision {
        index: item.index,
        policy: ConflictPolicy::Replace,
    });
    let change = UploadChange {
        decisions: shown.collect(),
        ..UploadChange::default()
    };
    let decided = story.app.revise_upload(&planned.plan_id, change).await.unwrap();
    assert_eq!((decided.to_send, decided.undecided), (251, 50));
    assert_eq!(decided.items[0].decision, ConflictPolicy::Replace);
    let skip = story
        .app
        .revise_upload(&planned.plan_id, policy(ConflictPolicy::Skip))
        .await
        .unwrap();
    assert_eq!(
        (skip.to_send, skip.undecided),
        (1, 0),
        "a policy for all is one for all"
    );
    let job = story.ended(story.app.start_upload(&skip.token).await.unwrap()).await;
    assert_eq!((job.items_total, job.items_done), (1, 1));
}

#[tokio::test]
async fn a_failed_transfer_stays_until_it_is_taken_off_by_itself() {
    let story = with_bucket().await;
    let ids = ["gone.txt", "here.txt"].map(|name| (name, files(&story, &[name])));
    let mut jobs = Vec::new();
    for (name, paths) in ids {
        let planned = plan(&story, paths.clone()).await;
        if name == "gone.txt" {
            fs::remove_file(&paths[0]).unwrap();
        }
        jobs.push(story.ended(story.app.start_upload(&planned.token).await.unwrap()).await);
    }
    assert_eq!((jobs[0].state, jobs[1].state), (JobState::Failed, JobState::Done));
    story.app.clear_finished_transfers().await.unwrap();
    let batch = story.app.watch_transfers().next().await;
    assert_eq!(batch.jobs.iter().map(|job| job.id).collect::<Vec<_>>(), [jobs[0].id]);
    story.app.forget_transfer(jobs[0].id).await.unwrap();
    assert!(story.app.watch_transfers().next().await.jobs.is_empty());
    let again = story.app.forget_transfer(jobs[0].id).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_paused_transfer_rests_until_it_is_resumed_and_shows_its_objects() {
    let story = with_bucket().await;
    let names: Vec<_> = (0..40).map(|n| format!("f{n:02}.txt")).collect();
    let paths = files(&story, &names.iter().map(String::as_str).collect::<Vec<_>>());
    let planned = plan(&story, paths).await;
    let id = story.app.start_upload(&planned.token).await.unwrap();
    story.app.pause_all_transfers().await.unwrap();
    story.app.until_transfers_rest().await;
    assert_eq!(
        story.app.transfers_under_way(),
        0,
        "whoever quits now interrupts nothing"
    );
    let batch = story.app.watch_transfers().next().await;
    // On a quick machine it may have been done before it was told.
    let rested = batch.jobs[0].state;
    assert!(matches!(rested, JobState::Paused | JobState::Done), "{rested:?}");
    assert_eq!(batch.totals.paused, u64::from(rested == JobState::Paused));

    story.app.resume_transfer(id).await.unwrap();
    assert_eq!(story.ended(id).await.items_done, 40);
    let items = story.app.transfer_items(id, None, 0, 15).await.unwrap();
    let rest = story.app.transfer_items(id, None, items[14].number, 100).await.unwrap();
    assert_eq!((items.len(), rest.len()), (15, 25));
    assert_eq!(
        (items[0].name.as_str(), items[0].standing),
        ("2026/f00.txt", ItemStanding::Done)
    );
    let failed = story.app.transfer_items(id, Some(ItemStanding::Failed), 0, 100).await;
    assert!(failed.unwrap().is_empty());
    let unknown = story.app.transfer_items(4711, None, 0, 10).await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_transfer_that_waits_is_moved_and_one_that_is_gone_is_said_so() {
    let story = with_bucket().await;
    let slow = TransferLimits {
        up: Some(1),
        at_once: 1,
        ..TransferLimits::default()
    };
    story.app.limit_transfers(slow);
    let mut ids = Vec::new();
    for name in ["first.bin", "second.txt", "third.txt"] {
        let paths = files(&story, &[name]);
        if name == "first.bin" {
            fs::write(&paths[0], vec![7; 4 * 1024 * 1024]).unwrap();
        }
        let planned = plan(&story, paths).await;
        ids.push(story.app.start_upload(&planned.token).await.unwrap());
    }
    story.app.move_transfer(ids[2], Move::Top).await.unwrap();
    let batch = story.app.watch_transfers().next().await;
    let turn = |id| batch.jobs.iter().find(|job| job.id == id).unwrap().turn;
    assert!(turn(ids[2]) < turn(ids[1]));
    story.app.limit_transfers(TransferLimits { up: None, ..slow });
    let (third, second) = (story.ended(ids[2]).await, story.ended(ids[1]).await);
    assert!(third.finished_at < second.finished_at);
    let unknown = story.app.move_transfer(4711, Move::Up).await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
}
