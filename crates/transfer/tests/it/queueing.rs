//! The order in which jobs get their turn.

use std::path::Path;
use std::time::Duration;

use dipper_transfer::{ConflictPolicy, Engine, EngineOptions, JobId, JobSpec, JobState, Limits, Move};

use crate::support::{MIB, World, content};

/// One job at a time, and uploads so slow that the first one holds up all others.
const HELD_UP: Limits = Limits {
    up: Some(1),
    down: None,
    jobs: 1,
};
const FREE: Limits = Limits {
    up: None,
    down: None,
    jobs: 1,
};

fn engine_on(folder: &Path) -> Engine {
    let options = EngineOptions {
        journal: Some(folder.to_owned()),
        limits: HELD_UP,
        ..EngineOptions::default()
    };
    Engine::new(options).unwrap()
}

/// A large job that works, and four small ones that wait.
async fn five_jobs(world: &World, engine: &Engine) -> Vec<JobId> {
    let large = world.write("large", &content(32 * MIB, 1));
    let small = world.write("small", b"small");
    let mut jobs = Vec::new();
    for (path, name) in [
        (&large, "0"),
        (&small, "1"),
        (&small, "2"),
        (&small, "3"),
        (&small, "4"),
    ] {
        let spec = world.upload(&[(path, name)], ConflictPolicy::Skip);
        jobs.push(engine.start(JobSpec::Upload(spec)).await.unwrap());
    }
    works(engine, jobs[0]).await;
    jobs
}

async fn works(engine: &Engine, id: JobId) {
    while engine.job(id).unwrap().state != JobState::Running {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The jobs that wait, as they would begin.
fn waiting(engine: &Engine, jobs: &[JobId]) -> Vec<JobId> {
    let found = jobs.iter().map(|id| engine.job(*id).unwrap());
    let mut waiting: Vec<_> = found.filter(|job| job.state == JobState::Queued).collect();
    waiting.sort_by_key(|job| job.turn);
    waiting.into_iter().map(|job| job.id).collect()
}

/// Lets all of them end, and says in which order they began.
async fn order_of_beginning(engine: &Engine, jobs: &[JobId]) -> Vec<JobId> {
    engine.set_limits(FREE);
    let mut ended = Vec::new();
    for id in jobs {
        let job = engine.join(*id).await.unwrap();
        assert_eq!(job.state, JobState::Done, "{:?}", job.errors);
        ended.push(job);
    }
    ended.sort_by_key(|job| job.finished_at);
    ended.into_iter().map(|job| job.id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_wait_begin_in_the_order_they_were_moved_to() {
    let world = World::new().await;
    let engine = engine_on(&world.path("journal"));
    let jobs = five_jobs(&world, &engine).await;
    let mut changes = engine.watch();
    changes.next().await;
    engine.shift(jobs[4], Move::Top).await.unwrap();
    engine.shift(jobs[1], Move::Down).await.unwrap();
    engine.shift(jobs[0], Move::Bottom).await.unwrap();
    let order = [4, 2, 1, 3].map(|number: usize| jobs[number]);
    assert_eq!(waiting(&engine, &jobs), order);
    assert_eq!(
        engine.job(jobs[0]).unwrap().state,
        JobState::Running,
        "what works is not moved"
    );
    let mut told = Vec::new();
    while told.len() < 2 {
        told.extend(
            changes
                .next()
                .await
                .jobs
                .into_iter()
                .filter(|job| job.state == JobState::Queued),
        );
    }
    assert_eq!(
        order_of_beginning(&engine, &jobs).await,
        [0, 4, 2, 1, 3].map(|n: usize| jobs[n])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_order_of_the_queue_outlasts_a_restart() {
    let world = World::new().await;
    let journal = world.path("journal");
    let engine = engine_on(&journal);
    let jobs = five_jobs(&world, &engine).await;
    engine.shift(jobs[3], Move::Top).await.unwrap();
    engine.shift(jobs[1], Move::Bottom).await.unwrap();
    engine.pause(jobs[2]);
    engine.join(jobs[2]).await.unwrap();
    engine.shut_down().await;
    drop(engine);

    let engine = engine_on(&journal);
    engine.restore().await.unwrap();
    let taken = engine.adopt("Test", world.client.clone()).await.unwrap();
    assert_eq!((taken.resumed.len(), taken.paused.as_slice()), (4, &[jobs[2]][..]));
    works(&engine, jobs[0]).await;
    assert_eq!(waiting(&engine, &jobs), [3, 4, 1].map(|n: usize| jobs[n]));
    engine.resume(jobs[2]).await.unwrap();
    let order = [3, 2, 4, 1].map(|n: usize| jobs[n]);
    assert_eq!(waiting(&engine, &jobs), order, "it stands again where it stood");
    assert_eq!(
        order_of_beginning(&engine, &jobs).await,
        [0, 3, 2, 4, 1].map(|n: usize| jobs[n])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn more_jobs_at_once_begin_at_once() {
    let world = World::new().await;
    let engine = engine_on(&world.path("journal"));
    let jobs = five_jobs(&world, &engine).await;
    engine.set_limits(Limits { jobs: 2, ..HELD_UP });
    for id in &jobs[1..] {
        assert_eq!(engine.join(*id).await.unwrap().state, JobState::Done);
    }
    let first = engine.job(jobs[0]).unwrap();
    assert_eq!(
        first.state,
        JobState::Running,
        "small ones are not held up by a large one"
    );
    engine.cancel(jobs[0]);
    engine.join(jobs[0]).await.unwrap();
}
