//! A pipe by itself. Bounds are wide: a busy machine deals late.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use tokio::task::JoinSet;

use super::*;

const KIB: usize = 1024;
const PATIENCE: Duration = Duration::from_secs(20);

/// A pipe, and the tasks that deal and claim.
struct Scene {
    pipe: Arc<Pipe>,
    tasks: JoinSet<()>,
}

impl Scene {
    fn new(rate: u64) -> Self {
        let pipe = Arc::new(Pipe::default());
        pipe.set(Some(rate));
        let (dealt, mut tasks) = (pipe.clone(), JoinSet::new());
        tasks.spawn(async move { dealt.deal().await });
        Self { pipe, tasks }
    }

    fn lane(&self, job: u64) -> Lane {
        self.pipe.lane(JobId(job))
    }

    /// A connection that moves bytes as fast as it may, and what it has moved.
    fn connection(&mut self, lane: &Lane) -> Arc<AtomicU64> {
        let moved = Arc::new(AtomicU64::new(0));
        let (lane, counted) = (lane.clone(), moved.clone());
        self.tasks.spawn(async move {
            loop {
                counted.fetch_add(lane.claim(256 * KIB).await as u64, Relaxed);
            }
        });
        moved
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_than_the_limit_is_dealt() {
    let rate = 1024 * KIB as u64;
    let mut scene = Scene::new(rate);
    let begun = Instant::now();
    let moved = scene.connection(&scene.lane(1));
    for _ in 0..40 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let moved = moved.load(Relaxed);
        let allowed = u128::from(rate) * (begun.elapsed() + 2 * CATCH_UP).as_millis() / 1000;
        assert!(u128::from(moved) < allowed, "{moved} of {allowed}");
    }
    assert!(moved.load(Relaxed) > rate / 4, "and most of it is");
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_share_fairly_however_many_connections_each_has() {
    let mut scene = Scene::new(1024 * KIB as u64);
    let (one, other) = (scene.lane(1), scene.lane(2));
    let many: Vec<_> = (0..16).map(|_| scene.connection(&one)).collect();
    let few = scene.connection(&other);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let many: u64 = many.iter().map(|moved| moved.load(Relaxed)).sum();
    let few = few.load(Relaxed);
    assert!(few * 2 > many, "{few} beside {many}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_limit_counts_at_once_for_what_waits_already() {
    let scene = Scene::new(1);
    let lane = scene.lane(1);
    let spending = lane.spend(64 * KIB * KIB);
    tokio::pin!(spending);
    let soon = Duration::from_millis(100);
    assert!(tokio::time::timeout(soon, &mut spending).await.is_err());
    scene.pipe.set(None);
    tokio::time::timeout(PATIENCE, spending).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_wait_any_more_takes_nothing_from_the_others() {
    let scene = Scene::new(LEAST);
    let lane = scene.lane(1);
    lane.spend(8 * KIB).await;
    // They would take minutes.
    let given_up: Vec<_> = (0..5_000).map(|_| lane.claim(16 * KIB)).collect();
    drop(given_up);
    tokio::time::timeout(PATIENCE, lane.spend(4 * KIB)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_connection_stands_still_for_long_at_the_least_limit() {
    let mut scene = Scene::new(1);
    let lanes: Vec<_> = (1..=4).map(|job| scene.lane(job)).collect();
    let connections: Vec<_> = (0..16).map(|number| scene.connection(&lanes[number % 4])).collect();
    for _ in 0..3 {
        let before: Vec<_> = connections.iter().map(|moved| moved.load(Relaxed)).collect();
        let all_moved = async {
            while connections
                .iter()
                .zip(&before)
                .any(|(moved, before)| moved.load(Relaxed) == *before)
            {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let moved = tokio::time::timeout(Duration::from_secs(10), all_moved).await;
        assert!(moved.is_ok(), "a server would take it for dead");
    }
}

#[tokio::test]
async fn few_large_bodies_are_under_way_at_a_time_and_small_ones_always_may() {
    let scene = Scene::new(2 * FOR_A_BODY);
    let lane = scene.lane(1);
    let (first, _second) = (lane.body(u64::MAX).await, lane.body(u64::MAX).await);
    drop(lane.body(2 * FOR_A_BODY).await);
    let other = scene.lane(2);
    drop(other.body(u64::MAX).await);
    let soon = Duration::from_millis(1);
    assert!(tokio::time::timeout(soon, lane.body(u64::MAX)).await.is_err());
    drop(first);
    let _third = lane.body(u64::MAX).await;
    scene.pipe.set(Some(16 * FOR_A_BODY));
    drop(lane.body(u64::MAX).await);
}

#[tokio::test]
async fn without_a_limit_nothing_waits() {
    let lane = Arc::new(Pipe::default()).lane(JobId(1));
    assert!(lane.is_free());
    assert_eq!(lane.claim(KIB).await, KIB);
    lane.spend(usize::MAX).await;
    drop(lane.body(u64::MAX).await);
}
