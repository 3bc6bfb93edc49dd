//! Leaving in the middle, and what is cleaned up afterwards.

use std::time::{Duration, Instant};

use dipper_storage::{Client, PutOptions, UploadChecksum, UploadId};
use dipper_testkit::{Action, Rule};
use dipper_transfer::{Engine, EngineOptions, JobId, JobState, Limits};

use crate::support::{LARGE, SMALL, World, engine_options, key, on_local};

/// What a quit may take: three seconds for answers, and something for a busy computer.
const LONGEST: Duration = Duration::from_secs(5);

fn with_journal(world: &World) -> EngineOptions {
    EngineOptions {
        journal: Some(world.files.path().join("journal")),
        ..engine_options()
    }
}

/// Another engine in the place of the first, which keeps a journal.
fn engine(world: &mut World) {
    world.engine = Engine::new(with_journal(world)).unwrap();
}

async fn taken_up(world: &mut World) {
    engine(world);
    for account in world.engine.restore().await.unwrap() {
        world.engine.adopt(&account, world.client.clone()).await.unwrap();
    }
}

async fn quit(world: &World, what: &str) {
    let begin = Instant::now();
    world.engine.shut_down().await;
    assert!(begin.elapsed() < LONGEST, "{what}: {:?}", begin.elapsed());
}

/// L12: whatever it waits for, a quit is short, and the next start goes on.
#[test]
fn l12_a_quit_waits_for_nobody_and_the_next_start_goes_on() {
    on_local(async |world| {
        let operations = [
            "CreateMultipartUpload",
            "UploadPart",
            "CompleteMultipartUpload",
            "PutObject",
            "GetObject",
            "DeleteObjects",
        ];
        for (round, operation) in operations.into_iter().enumerate() {
            engine(world);
            let name = format!("object-{round}");
            let spec = match operation {
                "GetObject" => {
                    world.object(&name, LARGE).await;
                    world.download(&[(&name, LARGE)])
                }
                "DeleteObjects" => {
                    world.put_directly(&name, b"it goes").await;
                    world.delete([name.clone()])
                }
                "PutObject" => {
                    let source = world.source(&name, SMALL);
                    world.upload(&[source])
                }
                _ => {
                    let source = world.source(&name, LARGE);
                    world.upload(&[source])
                }
            };
            let rule = world.proxy.rule(Rule::new(Action::StallHeaders).on(&[operation]));
            let id = world.start(spec).await;
            while world.proxy.hits(rule) == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            quit(world, operation).await;
            world.proxy.clear();
            taken_up(world).await;
            let job = world.join(id).await;
            assert_eq!(job.state, JobState::Done, "{operation}: {:?}", job.errors);
            if operation == "UploadPart" || operation == "GetObject" {
                world.all_done(&job).await;
            }
            quit(world, "nothing").await;
        }
    });
}

/// How many uploads are ours and how many somebody else's.
const EACH: usize = 50;

/// All unfinished uploads there are: those of the test, ours, and the one that every world has.
async fn unfinished(world: &World) -> Vec<UploadId> {
    let found = world.direct.list_multipart_uploads(&world.bucket).await.unwrap();
    found.into_iter().map(|upload| upload.upload_id).collect()
}

/// Jobs of one large file each, begun on the server and not a part sent.
async fn begun(world: &mut World) -> Vec<JobId> {
    let mut config = world.client.config().clone();
    // Their bytes are never sent, so they need no checksum.
    config.compatibility.checksum = UploadChecksum::None;
    world.client = Client::new(config).unwrap();
    world.engine = Engine::new(EngineOptions {
        total_connections: 4 * EACH,
        limits: Limits {
            jobs: EACH,
            ..Limits::default()
        },
        ..with_journal(world)
    })
    .unwrap();
    world.proxy.rule(Rule::new(Action::StallHeaders).on(&["UploadPart"]));
    let mut ids = Vec::new();
    for number in 0..EACH {
        let path = world.files.path().join(format!("large-{number}"));
        std::fs::File::create(&path).unwrap().set_len(LARGE as u64).unwrap();
        ids.push(world.start(world.upload(&[path])).await);
    }
    while unfinished(world).await.len() < 2 * EACH + 1 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    ids
}

/// L13: what we left behind goes; what others have there stays, even under the same keys.
#[test]
fn l13_our_own_unfinished_uploads_go_and_those_of_others_stay() {
    on_local(async |world| {
        let mut theirs = Vec::new();
        for number in 0..EACH {
            let name = key(&format!("large-{number}"));
            let (bucket, options) = (&world.bucket, PutOptions::default());
            let begun = world.direct.create_multipart_upload(bucket, &name, &options).await;
            theirs.push(begun.unwrap());
        }
        let ids = begun(world).await;
        quit(world, "uploads").await;
        assert_eq!(
            unfinished(world).await.len(),
            2 * EACH + 1,
            "ours wait to be gone on with"
        );
        // As after a crash: another engine knows them from the journal alone.
        world.proxy.clear();
        world.proxy.rule(Rule::new(Action::StallHeaders).on(&["UploadPart"]));
        taken_up(world).await;
        world.engine.cancel_all();
        for id in ids {
            assert_eq!(world.join(id).await.state, JobState::Cancelled);
        }
        let left = unfinished(world).await;
        let of_others: Vec<_> = theirs.iter().filter(|upload| left.contains(upload)).collect();
        assert_eq!((of_others.len(), left.len()), (EACH, EACH + 1));
        world.engine.forget_finished().await.unwrap();
        assert_eq!(unfinished(world).await.len(), EACH + 1);
        assert!(!world.keys().await.iter().any(|name| name.starts_with("large-")));
    });
}
