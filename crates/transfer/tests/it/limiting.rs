//! Limits to the bytes of a second, as transfers over a real server keep them. Bounds are wide: a busy machine is slow.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dipper_storage::{CallObserver, CallRecord, Client, Config, Credentials, Endpoint, Scheme, Timeouts};
use dipper_transfer::{ConflictPolicy, Engine, EngineOptions, JobId, JobSpec, JobState, Limits};

use crate::support::{MIB, World, content};

/// As slow as can be: 64 MiB take more than an hour.
const CRAWL: Limits = Limits {
    up: Some(1),
    down: Some(1),
    jobs: 4,
};

fn both(rate: usize) -> Limits {
    Limits {
        up: Some(rate as u64),
        down: Some(rate as u64),
        ..Limits::default()
    }
}

/// Waits for a job's end, and holds what it has moved against the limit all the while.
async fn ends_within_the_limit(engine: &Engine, id: JobId, rate: usize) {
    let begun = Instant::now();
    loop {
        let job = engine.job(id).unwrap();
        let allowed = |more| (begun.elapsed().as_millis() + more) * rate as u128 / 1000;
        let moved = u128::from(job.bytes_done);
        assert!(moved < allowed(1000), "{moved} of {}", allowed(1000));
        if job.state.is_finished() {
            assert_eq!(job.state, JobState::Done, "{:?}", job.errors);
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn moves(engine: &Engine, id: JobId) {
    while engine.job(id).unwrap().bytes_done == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn ends_soon(engine: &Engine, id: JobId) {
    let job = tokio::time::timeout(Duration::from_mins(1), engine.join(id)).await;
    assert!(job.is_ok(), "it would take an hour under the limit");
    let job = job.unwrap().unwrap();
    assert_eq!(job.state, JobState::Done, "{:?}", job.errors);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_second_moves_more_than_the_limit() {
    let world = World::new().await;
    let engine = &world.engine;
    engine.set_limits(both(MIB));
    assert_eq!(engine.limits(), both(MIB));
    let (small, whole) = (content(256 * 1024, 1), content(3 * MIB, 2));
    let (one, other) = (world.write("one", &small), world.write("other", &whole));
    let spec = world.upload(&[(&one, "one"), (&other, "other")], ConflictPolicy::Skip);
    let id = engine.start(JobSpec::Upload(spec)).await.unwrap();
    ends_within_the_limit(engine, id, MIB).await;
    let spec = world.download(&[("one", small.len()), ("other", whole.len())], &[]);
    let id = engine.start(JobSpec::Download(spec)).await.unwrap();
    ends_within_the_limit(engine, id, MIB).await;
    assert!(std::fs::read(world.path("downloads/other")).unwrap() == whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_is_lifted_frees_what_is_under_way() {
    let world = World::new().await;
    let engine = &world.engine;
    let bytes = content(64 * MIB, 3);
    let path = world.write("large", &bytes);
    let upload = || JobSpec::Upload(world.upload(&[(&path, "large")], ConflictPolicy::Overwrite));
    engine.set_limits(CRAWL);
    let id = engine.start(upload()).await.unwrap();
    moves(engine, id).await;
    engine.set_limits(both(1024 * MIB));
    ends_soon(engine, id).await;
    engine.set_limits(CRAWL);
    let down = JobSpec::Download(world.download(&[("large", bytes.len())], &[]));
    let id = engine.start(down).await.unwrap();
    moves(engine, id).await;
    engine.set_limits(Limits::default());
    ends_soon(engine, id).await;
    assert!(std::fs::read(world.path("downloads/large")).unwrap() == bytes);
    let id = engine.start(upload()).await.unwrap();
    ends_soon(engine, id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_to_one_direction_leaves_the_other_alone() {
    let world = World::new().await;
    let engine = &world.engine;
    engine.set_limits(Limits { down: None, ..CRAWL });
    let path = world.write("up", &content(64 * MIB, 4));
    let slow: Vec<_> = ["a", "b"]
        .map(|name| JobSpec::Upload(world.upload(&[(&path, name)], ConflictPolicy::Skip)))
        .into();
    let mut jobs = Vec::new();
    for spec in slow {
        jobs.push(engine.start(spec).await.unwrap());
    }
    for id in &jobs {
        moves(engine, *id).await;
    }
    world.put("down", &content(20 * MIB, 5)).await;
    let down = JobSpec::Download(world.download(&[("down", 20 * MIB)], &[]));
    let id = engine.start(down).await.unwrap();
    ends_soon(engine, id).await;
    for id in jobs {
        assert_eq!(engine.job(id).unwrap().state, JobState::Running);
        engine.cancel(id);
        assert_eq!(engine.join(id).await.unwrap().state, JobState::Cancelled);
    }
    assert_eq!(world.unfinished_uploads().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_paused_goes_on_under_the_limit_where_it_was() {
    let world = World::new().await;
    let engine = &world.engine;
    engine.set_limits(CRAWL);
    let path = world.write("large", &content(20 * MIB, 6));
    let spec = world.upload(&[(&path, "large")], ConflictPolicy::Skip);
    let id = engine.start(JobSpec::Upload(spec)).await.unwrap();
    moves(engine, id).await;
    engine.pause(id);
    let paused = tokio::time::timeout(Duration::from_secs(10), engine.join(id)).await;
    assert_eq!(paused.unwrap().unwrap().state, JobState::Paused);
    engine.resume(id).await.unwrap();
    engine.set_limits(Limits::default());
    ends_soon(engine, id).await;
}

/// Every request as it ended.
#[derive(Debug, Default)]
struct Calls(Mutex<Vec<(String, Option<String>)>>);

impl CallObserver for Calls {
    fn call(&self, record: &CallRecord) {
        self.0
            .lock()
            .unwrap()
            .push((record.operation.clone(), record.error.clone()));
    }
}

/// A server that is held up by us is not one that hangs or crawls.
#[tokio::test(flavor = "multi_thread")]
async fn what_we_slow_down_ourselves_is_never_given_up_as_too_slow() {
    let mut world = World::new().await;
    let calls = Arc::new(Calls::default());
    let mut config = Config::new(Endpoint::parse(world.endpoint(), Scheme::Http).unwrap());
    config.credentials = Some(Credentials {
        access_key_id: "test-key".to_owned(),
        secret_access_key: "test-secret".into(),
        session_token: None,
    });
    config.observer = calls.clone();
    config.timeouts = Timeouts {
        first_byte: Duration::from_secs(3),
        idle: Duration::from_secs(2),
        crawl: Duration::from_secs(2),
        ..Timeouts::default()
    };
    world.client = Client::new(config).unwrap();
    let bytes = content(MIB + MIB / 2, 7);
    let path = world.write("slow", &bytes);
    let options = EngineOptions {
        limits: both(256 * 1024),
        ..EngineOptions::default()
    };
    world.engine = Engine::new(options).unwrap();
    world
        .run_well(JobSpec::Upload(world.upload(&[(&path, "slow")], ConflictPolicy::Skip)))
        .await;
    world
        .run_well(JobSpec::Download(world.download(&[("slow", bytes.len())], &[])))
        .await;
    let calls = calls.0.lock().unwrap();
    let count = |operation| calls.iter().filter(|(other, _)| other == operation).count();
    assert_eq!((count("PutObject"), count("GetObject")), (1, 1), "{calls:?}");
}
