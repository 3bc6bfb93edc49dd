//! What programs without views do: accounts for one run, listings page by page, objects named one by one, streams.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use dipper_app::{
    ByteRange, ConflictPolicy, DownloadConflict, ErrorKind, JobState, ListDepth, Prefix, PutObject, SecretSaved,
    Target, UploadAccess, UploadChoices, UploadTarget,
};
use dipper_storage::{BucketName, Client};
use tokio::io::{AsyncRead, ReadBuf};

use crate::support::{self, KEY_ID, SECRET, Story, draft};
use crate::window::QUIET;

const BUCKET: &str = "field-photos";
const MIB: usize = 1024 * 1024;

async fn with_bucket() -> Story {
    let story = support::story().await;
    story.app.create_bucket(&story.account, BUCKET).await.unwrap();
    story
}

async fn keys(story: &Story, prefix: &str, depth: ListDepth) -> Vec<String> {
    let mut pages = story
        .app
        .list_objects(&story.account, BUCKET, prefix, depth)
        .await
        .unwrap();
    let mut keys = Vec::new();
    while let Some(page) = pages.next().await.unwrap() {
        keys.extend(page.folders.iter().map(ToString::to_string));
        keys.extend(page.objects.iter().map(|object| object.key.to_string()));
    }
    keys
}

fn to_put(story: &Story, key: &str) -> PutObject {
    PutObject {
        account_id: story.account.clone(),
        bucket: BUCKET.to_owned(),
        key: key.to_owned(),
        content_type: None,
        access: UploadAccess::ServerDefault,
        replace: false,
    }
}

async fn content(story: &Story, key: &str, range: Option<ByteRange>) -> Vec<u8> {
    let reader = story.app.read_object(&story.account, BUCKET, key, range).await;
    let mut reader = reader.unwrap();
    let mut content = Vec::new();
    while let Some(piece) = reader.next().await.unwrap() {
        content.extend_from_slice(&piece);
    }
    content
}

async fn unfinished(story: &Story) -> usize {
    let client: Client = support::client(&story.endpoint, KEY_ID, SECRET);
    let bucket = BucketName::parse(BUCKET).unwrap();
    client.list_multipart_uploads(&bucket).await.unwrap().len()
}

#[tokio::test]
async fn an_account_for_one_run_works_and_is_saved_nowhere() {
    let story = with_bucket().await;
    let used = story
        .app
        .use_account_for_this_run(draft(&story.endpoint), None)
        .await
        .unwrap();
    assert_eq!(used.secret_saved, SecretSaved::Memory);
    assert_eq!(story.app.list_buckets(&used.id).await.unwrap().buckets.len(), 1);
    let saved = story.app.accounts().await.unwrap();
    assert!(saved.iter().all(|account| account.id != used.id));
    let mut refused = draft("http://objects.example.net");
    refused.plain_http_consent = false;
    let refused = story.app.use_account_for_this_run(refused, None).await.unwrap_err();
    assert_eq!(refused.field(), Some("plainHttpConsent"));
}

#[tokio::test]
async fn a_bucket_is_listed_page_by_page_to_its_end() {
    let story = with_bucket().await;
    for key in ["2026/a", "2026/raw/b", "c"] {
        story.put(BUCKET, key, "x").await;
    }
    assert_eq!(keys(&story, "", ListDepth::OneLevel).await, ["2026/", "c"]);
    assert_eq!(
        keys(&story, "", ListDepth::Everything).await,
        ["2026/a", "2026/raw/b", "c"]
    );
    assert_eq!(
        keys(&story, "2026/", ListDepth::OneLevel).await,
        ["2026/raw/", "2026/a"]
    );
    let gone = story
        .app
        .list_objects(&story.account, "gone-altogether", "", ListDepth::OneLevel)
        .await;
    assert_eq!(gone.unwrap().next().await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn objects_that_were_named_are_fetched_and_deleted_and_no_others() {
    let story = with_bucket().await;
    for key in ["2026/a", "2026/b", "raw/c", "d"] {
        story.put(BUCKET, key, "x").await;
    }
    let mut pages = story
        .app
        .list_objects(&story.account, BUCKET, "2026/a", ListDepth::Everything)
        .await
        .unwrap();
    let named = |objects| Target::Objects {
        account_id: story.account.clone(),
        bucket: BUCKET.to_owned(),
        objects,
        folders: vec![Prefix::new("raw/")],
        base: Prefix::new("2026/"),
    };
    let target = named(pages.next().await.unwrap().unwrap().objects);
    let folder = story.folder.path().join("down");
    let job = story
        .app
        .download_target(&target, folder.clone(), DownloadConflict::Skip)
        .await
        .unwrap();
    let job = story.app.wait_for_transfer(job).await.unwrap();
    assert_eq!((job.state, job.items_done), (JobState::Done, 2), "{:?}", job.errors);
    assert!(folder.join("a").is_file() && folder.join("raw/c").is_file());
    let plan = story.app.plan_delete(&target, QUIET, "delete").await.unwrap();
    assert_eq!((plan.objects, plan.folders), (2, 1));
    let job = story.app.delete_objects(&plan.token, None).await.unwrap();
    story.app.wait_for_transfer(job).await.unwrap();
    assert_eq!(keys(&story, "", ListDepth::Everything).await, ["2026/b", "d"]);
    let nothing = Target::Objects {
        account_id: story.account.clone(),
        bucket: BUCKET.to_owned(),
        objects: Vec::new(),
        folders: Vec::new(),
        base: Prefix::default(),
    };
    let refused = story.app.plan_delete(&nothing, QUIET, "delete").await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn an_upload_that_is_decided_beforehand_starts_at_once_under_the_key_it_was_given() {
    let story = with_bucket().await;
    story.put(BUCKET, "2026/new.txt", "old").await;
    let file = story.folder.path().join("a.txt");
    std::fs::write(&file, "new").unwrap();
    let source = story.app.register_upload_source(vec![file]).unwrap();
    let target = UploadTarget {
        account_id: story.account.clone(),
        bucket: BUCKET.to_owned(),
        prefix: "2026/".to_owned(),
    };
    for (policy, to_send, then) in [(ConflictPolicy::Skip, 0, "old"), (ConflictPolicy::Replace, 1, "new")] {
        let choices = UploadChoices {
            policy,
            key_rest: Some("new.txt".to_owned()),
            ..UploadChoices::default()
        };
        let planned = story
            .app
            .plan_upload_as(&source, target.clone(), choices, QUIET, "plan");
        let plan = planned.await.unwrap();
        assert_eq!((plan.undecided, plan.to_send), (0, to_send), "{policy:?}");
        if to_send > 0 {
            let job = story.app.start_upload(&plan.token).await.unwrap();
            story.app.wait_for_transfer(job).await.unwrap();
        }
        assert_eq!(content(&story, "2026/new.txt", None).await, then.as_bytes());
    }
}

#[tokio::test]
async fn a_stream_becomes_an_object_and_replaces_none_unless_that_was_said() {
    let story = with_bucket().await;
    for (key, length) in [
        ("empty", 0),
        ("small", 1_000),
        ("parts", 16 * MIB),
        ("more-parts", 17 * MIB + 1),
    ] {
        let bytes: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let stored = story
            .app
            .put_object(&to_put(&story, key), bytes.as_slice())
            .await
            .unwrap();
        assert_eq!(stored, length as u64);
        assert!(content(&story, key, None).await == bytes, "{key}");
    }
    assert_eq!(content(&story, "small", Some(ByteRange::Last(2))).await, [245, 246]);
    let refused = story
        .app
        .put_object(&to_put(&story, "small"), &b"x"[..])
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict);
    let replacing = PutObject {
        replace: true,
        ..to_put(&story, "small")
    };
    story.app.put_object(&replacing, &b"x"[..]).await.unwrap();
    assert_eq!(content(&story, "small", None).await, b"x");
    assert_eq!(unfinished(&story).await, 0);
}

/// Gives zeros, and then either nothing for ever or an error.
struct Endless {
    left: usize,
    breaks: bool,
}

impl AsyncRead for Endless {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let some = self.left.min(into.remaining());
        if some == 0 {
            if self.breaks {
                return Poll::Ready(Err(std::io::Error::other("the pipe broke")));
            }
            return Poll::Pending;
        }
        into.put_slice(&vec![0; some]);
        self.left -= some;
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_stream_that_breaks_or_is_given_up_leaves_nothing_behind() {
    let story = with_bucket().await;
    let broken = Endless {
        left: 20 * MIB,
        breaks: true,
    };
    let error = story.app.put_object(&to_put(&story, "x"), broken).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LocalIo);
    let endless = Endless {
        left: 20 * MIB,
        breaks: false,
    };
    let object = to_put(&story, "x");
    let put = story.app.put_object(&object, endless);
    assert!(tokio::time::timeout(Duration::from_secs(2), put).await.is_err());
    story.app.shut_down().await;
    assert_eq!(unfinished(&story).await, 0);
    assert!(keys(&story, "", ListDepth::Everything).await.is_empty());
}
