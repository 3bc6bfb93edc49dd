//! The process is killed: at random moments in large jobs, and at every named place in small ones. Whatever the moment, the
//! next process finishes the job with nothing lost, nothing doubled, nothing half-written and nothing left behind.
//!
//! The process that is killed is this test program again, with one test to run: [`child`]. It does what
//! [`dipper_transfer::Engine`] is made for: takes up what is there, begins if nothing is, and waits for the end.
//! Where doubling could happen the policy is to keep both, so that whatever is sent twice shows as a second name.
//!
//! `DIPPER_KILLS` says how often (50), `FAULT_SEED` replays the moments of an earlier run.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use dipper_storage::{CannedAcl, Grantee, Prefix, PutOptions, Right};
use dipper_transfer::{
    AclSpec, CRASH_POINTS, ConflictPolicy, CopyAccess, CopyFolder, CopySpec, DeleteSpec, EmptyBucketSpec, Engine,
    EngineOptions, JobId, JobSpec, JobState, Place,
};

use crate::copying::put_in_parts;
use crate::support::{MIB, World, again, client_for, content, files_below, key};

/// Enough parts for every place to be reached more than once, with two connections.
const LARGE: usize = 17 * MIB;
const SIGKILL: i32 = 9;
const SIGABRT: i32 = 6;

/// What the child is told, as variables of its environment.
const ENDPOINT: &str = "DIPPER_CHILD_ENDPOINT";
const FOLDER: &str = "DIPPER_CHILD_FOLDER";
const ORDER: &str = "DIPPER_CHILD_ORDER";

/// What a child does, in the folder that it is given: `source` to the bucket, `p/` to `downloads`, and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Upload,
    Download,
    Delete,
    Empty,
    Acl,
    /// Begins an upload and cancels it.
    Cancel,
    /// Begins a download and cancels it.
    Discard,
    /// Uploads, fails with one file, and tries again when it is there.
    Retry,
    /// Uploads and takes the job off the list.
    Forget,
    /// Moves `p/` to `q/`.
    Move,
}

impl Order {
    const ALL: [Self; 10] = [
        Self::Upload,
        Self::Download,
        Self::Delete,
        Self::Empty,
        Self::Acl,
        Self::Cancel,
        Self::Discard,
        Self::Retry,
        Self::Forget,
        Self::Move,
    ];

    fn named(name: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|order| format!("{order:?}") == name)
            .unwrap()
    }
}

/// The process that is killed. Does nothing when it is run as a test.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it is the process that the other tests kill"]
async fn child() {
    let Ok(endpoint) = std::env::var(ENDPOINT) else { return };
    let told = Told {
        world: World::elsewhere(client_for(&endpoint)),
        folder: std::env::var_os(FOLDER).unwrap().into(),
        order: Order::named(&std::env::var(ORDER).unwrap()),
    };
    told.run().await;
}

/// What the child was told.
struct Told {
    world: World,
    folder: PathBuf,
    order: Order,
}

impl Told {
    async fn run(&self) {
        let options = EngineOptions {
            journal: Some(self.folder.join("journal")),
            // Few at a time, so that parts are whole and others missing.
            total_connections: 2,
            ..EngineOptions::default()
        };
        let engine = Engine::new(options).unwrap();
        engine.set_client("Test", self.world.client.clone());
        for account in engine.restore().await.unwrap() {
            engine.adopt(&account, self.world.client.clone()).await.unwrap();
        }
        let known = engine.watch().next().await.jobs;
        let begun_before = self.folder.join("forgotten");
        let id = match known.first() {
            Some(job) => job.id,
            None if begun_before.exists() => return,
            None => engine.start(self.spec().await).await.unwrap(),
        };
        let failed = known.first().is_some_and(|job| job.state == JobState::Failed);
        if failed && self.order == Order::Upload {
            // What a person does who finds it so.
            engine.retry(id).await.unwrap();
        }
        if matches!(self.order, Order::Cancel | Order::Discard) {
            begun(&engine, id).await;
            engine.cancel(id);
        }
        let mut job = engine.join(id).await.unwrap();
        if self.order == Order::Retry && job.state == JobState::Failed {
            std::fs::write(self.folder.join("source/missing"), "here").unwrap();
            engine.retry(id).await.unwrap();
            job = engine.join(id).await.unwrap();
        }
        assert!(matches!(job.state, JobState::Done | JobState::Cancelled), "{job:?}");
        if self.order == Order::Forget {
            std::fs::write(&begun_before, "").unwrap();
            engine.forget(id).await.unwrap();
        }
        engine.shut_down().await;
    }

    async fn spec(&self) -> JobSpec {
        let world = &self.world;
        let account = "Test".to_owned();
        let (client, bucket) = (world.client.clone(), world.bucket.clone());
        match self.order {
            Order::Upload | Order::Cancel | Order::Retry | Order::Forget => {
                let names = source_names(&self.folder, self.order);
                let paths: Vec<_> = names.iter().map(|name| self.folder.join("source").join(name)).collect();
                let items: Vec<_> = paths
                    .iter()
                    .zip(&names)
                    .map(|(path, name)| (path.as_path(), name.as_str()))
                    .collect();
                JobSpec::Upload(world.upload(&items, ConflictPolicy::KeepBoth))
            }
            Order::Download | Order::Discard => {
                let mut spec = world.download(&[], &["p/"]);
                spec.folder = self.folder.join("downloads");
                JobSpec::Download(spec)
            }
            Order::Delete => {
                let objects = (0..30).map(|n| key(&format!("d/{n}")).into()).collect();
                JobSpec::Delete(DeleteSpec {
                    client,
                    account,
                    bucket,
                    objects,
                })
            }
            Order::Empty => {
                let objects = world.keys().await.iter().map(|name| key(name).into()).collect();
                let uploads = client.list_multipart_uploads(&bucket).await.unwrap();
                JobSpec::EmptyAndDeleteBucket(EmptyBucketSpec {
                    client,
                    account,
                    bucket,
                    objects,
                    uploads,
                })
            }
            Order::Move => JobSpec::Copy(self.moves()),
            Order::Acl => JobSpec::SetAcl(AclSpec {
                client,
                account,
                bucket,
                keys: vec![],
                prefixes: vec![Prefix::new("p/")],
                canned_acl: CannedAcl::PublicRead,
            }),
        }
    }
}

impl Told {
    fn moves(&self) -> CopySpec {
        let place = Place {
            client: self.world.client.clone(),
            account: "Test".to_owned(),
            bucket: self.world.bucket.clone(),
        };
        CopySpec {
            from: place.clone(),
            to: place,
            objects: vec![],
            folders: vec![CopyFolder {
                from: Prefix::new("p/"),
                to: Prefix::new("q/"),
            }],
            conflict: ConflictPolicy::KeepBoth,
            access: CopyAccess::Keep,
            remove: true,
        }
    }
}

fn source_names(folder: &Path, order: Order) -> Vec<String> {
    let mut names = files_below(&folder.join("source"));
    if order == Order::Retry && !names.contains(&"missing".to_owned()) {
        names.push("missing".to_owned());
    }
    names
}

/// Waits until a job has moved something, or has ended.
async fn begun(engine: &Engine, id: JobId) {
    loop {
        let job = engine.job(id).unwrap();
        if job.state.is_finished() || job.bytes_done > 9 * MIB as u64 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// A folder for children, beside a server that goes on while they die.
pub(crate) struct Stage<'a> {
    world: &'a World,
    folder: tempfile::TempDir,
    order: Order,
    size: Size,
}

impl<'a> Stage<'a> {
    /// Prepares what the order needs.
    pub(crate) async fn set(world: &'a World, order: Order, size: Size) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let stage = Self {
            world,
            folder,
            order,
            size,
        };
        std::fs::create_dir_all(stage.path("source")).unwrap();
        match order {
            Order::Upload | Order::Cancel | Order::Retry | Order::Forget => {
                for (name, bytes) in things(size) {
                    std::fs::write(stage.path("source").join(name), bytes).unwrap();
                }
            }
            Order::Download | Order::Discard | Order::Acl | Order::Move => {
                for (name, bytes) in things(size) {
                    world.put(&format!("p/{name}"), &bytes).await;
                }
                world.put("p/folder/", b"").await;
            }
            Order::Delete | Order::Empty => {
                for number in 0..30 {
                    world.put(&format!("d/{number}"), b"x").await;
                }
                world.put("stays", b"x").await;
            }
        }
        if order == Order::Move {
            let (bucket, public) = (&world.bucket, CannedAcl::PublicRead);
            put_in_parts(world, "p/parts", &content(6 * MIB, 99)).await;
            for name in ["p/parts", "p/small00001"] {
                world
                    .client
                    .put_object_canned_acl(bucket, &key(name), public)
                    .await
                    .unwrap();
            }
        }
        if order == Order::Empty {
            for name in ["u/1", "u/2"] {
                let (bucket, options) = (&world.bucket, PutOptions::default());
                world
                    .client
                    .create_multipart_upload(bucket, &key(name), &options)
                    .await
                    .unwrap();
            }
        }
        stage
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn spawn(&self, crash_point: Option<&str>) -> Child {
        self.command(&[], crash_point).spawn().unwrap()
    }

    /// The child behind another program: `strace …`.
    fn command(&self, behind: &[&str], crash_point: Option<&str>) -> Command {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.path("log"))
            .unwrap();
        let mut command = again(behind, "killing::child");
        command
            .env(ENDPOINT, self.world.endpoint())
            .env(FOLDER, self.folder.path())
            .env(ORDER, format!("{:?}", self.order))
            .env_remove("DIPPER_CRASH_POINT")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        if let Some(point) = crash_point {
            command.env("DIPPER_CRASH_POINT", point);
        }
        command
    }

    pub(crate) fn run_behind(&self, behind: &[&str]) -> ExitStatus {
        self.command(behind, None).status().unwrap()
    }

    pub(crate) fn run(&self, crash_point: Option<&str>) -> ExitStatus {
        self.spawn(crash_point).wait().unwrap()
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// What is not as it should be after the end.
    pub(crate) async fn faults(&self) -> Vec<String> {
        let mut faults = match self.order {
            Order::Upload | Order::Forget | Order::Retry => self.faults_of_objects().await,
            Order::Download => self.faults_of_files(),
            Order::Acl => self.faults_of_acls().await,
            Order::Move => self.faults_of_moves().await,
            Order::Delete => {
                let keys = self.world.keys().await;
                unless(keys == ["stays"], || format!("the keys are {keys:?}"))
            }
            Order::Empty => {
                let there = self.world.client.list_buckets().await.unwrap().buckets;
                let gone = there.iter().all(|bucket| bucket.name != self.world.bucket);
                return unless(gone, || "the bucket is there".to_owned());
            }
            Order::Cancel | Order::Discard => Vec::new(),
        };
        let parts = files_below(&self.path("downloads"));
        let parts = parts.iter().filter(|name| name.contains("dipper-part")).count();
        faults.extend(unless(parts == 0, || format!("{parts} temporary files are left")));
        let uploads = self.world.unfinished_uploads().await;
        faults.extend(unless(uploads == 0, || {
            format!("{uploads} unfinished uploads are left")
        }));
        faults
    }

    async fn faults_of_objects(&self) -> Vec<String> {
        let mut expected: BTreeMap<_, _> = things(self.size).collect();
        if self.order == Order::Retry {
            expected.insert("missing".to_owned(), b"here".to_vec());
        }
        let keys = self.world.keys().await;
        let mut faults = unless(keys.iter().eq(expected.keys()), || format!("the keys are {keys:?}"));
        let same = self.same_objects(&expected).await;
        faults.extend(unless(same, || "an object differs from its file".to_owned()));
        faults
    }

    fn faults_of_files(&self) -> Vec<String> {
        let things = things(self.size).map(|(name, bytes)| (format!("p/{name}"), bytes));
        let expected: BTreeMap<String, Vec<u8>> = things.collect();
        let found = files_below(&self.path("downloads"));
        let mut faults = unless(found.iter().eq(expected.keys()), || format!("the files are {found:?}"));
        let same = |(name, bytes): (&String, &Vec<u8>)| {
            std::fs::read(self.path("downloads").join(name)).is_ok_and(|found| found == *bytes)
        };
        let same = expected.iter().all(same);
        faults.extend(unless(same, || "a file differs from its object".to_owned()));
        let folder = self.path("downloads/p/folder").is_dir();
        faults.extend(unless(folder, || "the empty folder is missing".to_owned()));
        faults
    }

    async fn faults_of_moves(&self) -> Vec<String> {
        let things = things(self.size).map(|(name, bytes)| (format!("q/{name}"), bytes));
        let mut expected: BTreeMap<String, Vec<u8>> = things.collect();
        expected.insert("q/folder/".to_owned(), Vec::new());
        expected.insert("q/parts".to_owned(), content(6 * MIB, 99));
        let keys = self.world.keys().await;
        let mut faults = unless(keys.iter().eq(expected.keys()), || format!("the keys are {keys:?}"));
        let same = self.same_objects(&expected).await;
        faults.extend(unless(same, || "a copy differs from what it was made of".to_owned()));
        for (name, meant) in [("q/parts", true), ("q/small00001", true), ("q/small00002", false)] {
            let acl = self.world.client.object_acl(&self.world.bucket, &key(name)).await;
            let public = acl.is_ok_and(|acl| acl.allows(&Grantee::AllUsers, Right::Read));
            faults.extend(unless(public == meant, || format!("{name} is public: {public}")));
        }
        faults
    }

    async fn faults_of_acls(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for name in self.world.keys().await.iter().filter(|name| name.starts_with("p/")) {
            let acl = self
                .world
                .client
                .object_acl(&self.world.bucket, &key(name))
                .await
                .unwrap();
            let public = acl.allows(&Grantee::AllUsers, Right::Read);
            faults.extend(unless(public, || format!("{name} is not public")));
        }
        faults
    }

    /// Large ones byte for byte; small ones by the `ETag` that the server made of the bytes it has.
    async fn same_objects(&self, expected: &BTreeMap<String, Vec<u8>>) -> bool {
        for (name, bytes) in expected {
            let found = self.world.client.head_object(&self.world.bucket, &key(name)).await;
            let Ok(info) = found else { return false };
            let same = if bytes.len() < MIB && expected.len() > 100 {
                let etag = hex::encode(<md5::Md5 as md5::Digest>::digest(bytes));
                info.etag == Some(etag) && info.size == bytes.len() as u64
            } else {
                self.world.get(name).await == *bytes
            };
            if !same {
                return false;
            }
        }
        true
    }
}

fn unless(is: bool, what: impl FnOnce() -> String) -> Vec<String> {
    if is { Vec::new() } else { vec![what()] }
}

/// How many things there are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) large: usize,
    pub(crate) small: usize,
}

/// Large things and small ones, each with bytes of its own.
fn things(Size { large, small }: Size) -> impl Iterator<Item = (String, Vec<u8>)> {
    let large = (0..large).map(|n| (format!("large{n}"), content(LARGE + n, n as u64 + 1)));
    large.chain((0..small).map(|n| (format!("small{n:05}"), content(100 + n % 900, n as u64 + 10))))
}

/// Where each place is met: the order, and what the process died of before, where it is met only after that.
fn stages_of(point: &str) -> (Order, Option<&'static str>) {
    match point.split_once('.').unwrap() {
        ("acl", _) => (Order::Acl, None),
        ("clean", "after_remove") => (Order::Discard, None),
        ("clean", _) => (Order::Cancel, None),
        ("copy" | "move", _) => (Order::Move, None),
        ("delete", _) => (Order::Delete, None),
        ("empty", _) => (Order::Empty, None),
        ("forget", _) => (Order::Forget, None),
        ("retry", _) => (Order::Retry, None),
        ("resume", "after_removing") => (Order::Move, Some("move.after_removing")),
        ("resume", "after_placed") => (Order::Download, Some("target.after_unlink")),
        ("resume", _) => (Order::Upload, Some("parts.after_note:2")),
        ("download" | "ranges" | "target", _) | ("feed", "before_expand" | "after_expand" | "after_list") => {
            (Order::Download, None)
        }
        _ => (Order::Upload, None),
    }
}

/// Crashes at every place that is met in these orders, and sees the next process finish.
async fn crashed_in(orders: &[Order]) {
    let size = Size {
        // A server that copies by itself copies a large one like a small one.
        large: usize::from(orders != [Order::Move]),
        small: 12,
    };
    let met = CRASH_POINTS.iter().map(|point| (point, stages_of(point)));
    for (point, (order, before)) in met.filter(|(_, (order, _))| orders.contains(order)) {
        let world = World::new().await;
        let stage = Stage::set(&world, order, size).await;
        if let Some(before) = before {
            let died = stage.run(Some(before));
            assert_eq!(died.signal(), Some(SIGABRT), "{before} before {point}: {}", stage.log());
        }
        let died = stage.run(Some(point));
        assert_eq!(died.signal(), Some(SIGABRT), "{point} was not reached: {}", stage.log());
        let ended = stage.run(None);
        assert!(ended.success(), "after {point}: {}", stage.log());
        assert_eq!(stage.faults().await, Vec::<String>::new(), "after {point}");
    }
}

/// L7: a crash at every named place.
#[tokio::test(flavor = "multi_thread")]
async fn l07_a_crash_anywhere_in_an_upload_loses_nothing() {
    crashed_in(&[Order::Upload]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l07_a_crash_anywhere_in_a_download_loses_nothing() {
    crashed_in(&[Order::Download]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l08_a_crash_anywhere_in_a_move_loses_nothing() {
    crashed_in(&[Order::Move]).await;
}

/// L8: what is half done is finished, or cleaned up, by the next process.
#[tokio::test(flavor = "multi_thread")]
async fn l08_a_crash_anywhere_in_other_work_loses_nothing() {
    let rest = |order: &Order| !matches!(order, Order::Upload | Order::Download | Order::Move);
    crashed_in(&Order::ALL.into_iter().filter(rest).collect::<Vec<_>>()).await;
}

/// The checks that the tests above and below trust find what they look for.
#[tokio::test(flavor = "multi_thread")]
async fn the_checks_of_killed_jobs_can_fail() {
    let world = World::new().await;
    let stage = Stage::set(&world, Order::Upload, Size { large: 1, small: 3 }).await;
    assert!(!stage.faults().await.is_empty(), "nothing was uploaded yet");
    assert!(stage.run(None).success());
    assert_eq!(stage.faults().await, Vec::<String>::new());
    world.put("small00001", b"other").await;
    world.put("small00001 (2)", b"twice").await;
    let (bucket, options) = (&world.bucket, PutOptions::default());
    world
        .client
        .create_multipart_upload(bucket, &key("x"), &options)
        .await
        .unwrap();
    std::fs::create_dir_all(stage.path("downloads")).unwrap();
    std::fs::write(stage.path("downloads/.x.dipper-part"), "").unwrap();
    assert_eq!(stage.faults().await.len(), 4, "{:?}", stage.faults().await);
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// Kills the children of an order at random moments until there were enough kills, and checks every job that ended.
async fn killed_at_random(order: Order, items: usize) {
    let kills = number("DIPPER_KILLS").unwrap_or(50);
    // A move is six small requests an object and nothing else: fewer kills meet all of it.
    let kills = if order == Order::Move { kills.div_ceil(5) } else { kills };
    let mut seed = number("FAULT_SEED").unwrap_or_else(|| u64::from(std::process::id()) | 1);
    let replay = format!("FAULT_SEED={seed} DIPPER_KILLS={kills}");
    let mut random = move |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    let large = if order == Order::Move { 0 } else { 3 };
    let size = Size {
        large,
        small: items - large,
    };
    let mut killed = 0;
    while killed < kills {
        let world = World::new().await;
        let stage = Stage::set(&world, order, size).await;
        loop {
            let mut process = stage.spawn(None);
            if killed < kills {
                tokio::time::sleep(Duration::from_millis(random(1500))).await;
                process.kill().unwrap();
            }
            let ended = process.wait().unwrap();
            if ended.signal() == Some(SIGKILL) {
                killed += 1;
                continue;
            }
            assert!(ended.success(), "{replay}: {}", stage.log());
            break;
        }
        assert_eq!(
            stage.faults().await,
            Vec::<String>::new(),
            "after {killed} kills, {replay}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn l05_an_upload_of_ten_thousand_files_survives_being_killed_at_any_time() {
    killed_at_random(Order::Upload, 10_000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l08_a_move_of_a_thousand_objects_survives_being_killed_at_any_time() {
    killed_at_random(Order::Move, 1_000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l06_a_download_of_ten_thousand_objects_survives_being_killed_at_any_time() {
    killed_at_random(Order::Download, 10_000).await;
}
