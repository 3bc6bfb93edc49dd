//! C2: random sequences of what people and accidents do, beside a model of two maps: what the bucket holds, and what lies in
//! the download folder. After every deed both worlds must be the same.
//!
//! The model knows what each deed comes to when it is done. A job that was cancelled may have done any of its items or none;
//! everything else is certain, however often it was paused, however its engine ended. `FAULT_SEED` replays one sequence.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dipper_storage::{BucketName, CreateBucketOptions, ObjectVersion};
use dipper_transfer::{
    ConflictPolicy, DeleteSpec, DownloadConflict, Engine, EngineOptions, JobId, JobSnapshot, JobSpec, JobState,
};
use tokio::task::JoinSet;

use crate::support::{Dice, MIB, World, client_for, content, files_below, key};

const SEQUENCES: u64 = 1_000;
/// Sequences side by side: one waits for a disk while others go on.
const SIDE_BY_SIDE: u64 = 4;
const DEEDS: usize = 5;
/// The names that everything is about.
const NAMES: [&str; 4] = ["k0", "k1", "folder/k2", "folder/k3"];
const POLICIES: [ConflictPolicy; 3] = [
    ConflictPolicy::Overwrite,
    ConflictPolicy::Skip,
    ConflictPolicy::KeepBoth,
];

/// Names and what is under them.
type Things = BTreeMap<String, Vec<u8>>;
/// What may be under a name; `None` is nothing.
type Allowed = BTreeMap<String, Vec<Option<Vec<u8>>>>;

/// What happens to a job on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Accident {
    None,
    /// Paused and resumed.
    Pause,
    Cancel,
    /// The program is left, and started again.
    Quit,
    /// The engine is dropped where it is, and another one takes up what is left.
    Drop,
}

const ACCIDENTS: [Accident; 6] = [
    Accident::None,
    Accident::None,
    Accident::Pause,
    Accident::Cancel,
    Accident::Quit,
    Accident::Drop,
];

/// One sequence under way.
struct Sequence {
    world: World,
    /// The same bucket by connections of its own: those of an engine end with it.
    eyes: World,
    dice: Dice,
    objects: Things,
    downloads: Things,
    contents: u64,
    /// What was done, for whoever has to understand a failure.
    story: Vec<String>,
}

/// What a job should come to.
struct Expected {
    objects: Things,
    downloads: Things,
    /// Names that need not be there: an interrupted upload may have found its own bytes under the name before.
    optional: Vec<String>,
}

fn engine_on(folder: &Path) -> Engine {
    Engine::new(EngineOptions {
        journal: Some(folder.to_owned()),
        ..EngineOptions::default()
    })
    .unwrap()
}

/// In memory where the system has that: a thousand journals need not reach a disk.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

fn free_name(name: &str, taken: &Things) -> String {
    let numbered = (2..).map(|number| format!("{name} ({number})"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !taken.contains_key(name)).unwrap()
}

fn differences(what: &str, found: &Things, allowed: &Allowed) -> Vec<String> {
    let short =
        |bytes: Option<&Vec<u8>>| bytes.map(|bytes| String::from_utf8_lossy(&bytes[..bytes.len().min(9)]).into_owned());
    let mut differences = Vec::new();
    for (name, contents) in allowed {
        if !contents.contains(&found.get(name).cloned()) {
            let right: Vec<_> = contents.iter().map(|bytes| short(bytes.as_ref())).collect();
            differences.push(format!(
                "{what} `{name}` is {:?} and not of {right:?}",
                short(found.get(name))
            ));
        }
    }
    let invented = found.keys().filter(|name| !allowed.contains_key(*name));
    differences.extend(invented.map(|name| format!("{what} `{name}` is there and nobody made it")));
    differences
}

/// What may be found, for a job that was done or one that may have done any part.
fn allowed(before: &Things, after: &Things, done: bool) -> Allowed {
    let names = before.keys().chain(after.keys());
    let contents = |name: &String| {
        let mut contents = vec![after.get(name).cloned()];
        contents.extend((!done).then(|| before.get(name).cloned()));
        (name.clone(), contents)
    };
    names.map(contents).collect()
}

impl Sequence {
    async fn new(endpoint: &str, seed: u64) -> Self {
        let [mut world, mut eyes] = [(); 2].map(|()| World::elsewhere(client_for(endpoint)));
        world.bucket = BucketName::parse(&format!("model-{seed}")).unwrap();
        eyes.bucket = world.bucket.clone();
        world.files = folder();
        let options = CreateBucketOptions::default();
        eyes.client.create_bucket(&eyes.bucket, &options).await.unwrap();
        world.engine = engine_on(&world.path("journal"));
        let mut sequence = Self {
            world,
            eyes,
            dice: Dice::of(seed),
            objects: Things::new(),
            downloads: Things::new(),
            contents: 0,
            story: Vec::new(),
        };
        for name in NAMES {
            sequence.edit(name);
        }
        sequence
    }

    /// Bytes that were nowhere before; now and then so many that they go in parts.
    fn fresh(&mut self) -> Vec<u8> {
        self.contents += 1;
        let length = match self.dice.below(600) {
            0 => 17 * MIB,
            1..80 => 0,
            _ => usize::try_from(self.dice.below(3000)).unwrap(),
        };
        let mut bytes = format!("{:04}", self.contents).into_bytes();
        bytes.extend(content(length, self.contents));
        bytes
    }

    fn source(&self, name: &str) -> PathBuf {
        self.world.path("source").join(name)
    }

    fn edit(&mut self, name: &str) {
        let bytes = self.fresh();
        self.world.write(&format!("source/{name}"), &bytes);
    }

    /// Some of the names, at least one.
    fn some(&mut self, of: Vec<String>) -> Vec<String> {
        let sure = self.dice.below(of.len().max(1) as u64);
        let chosen = of
            .into_iter()
            .zip(0_u64..)
            .filter(|(_, at)| *at == sure || self.dice.below(2) == 0);
        chosen.map(|(name, _)| name).collect()
    }

    /// Does something, and says what is not as it should be.
    async fn deed(&mut self) -> Vec<String> {
        let name = NAMES[usize::try_from(self.dice.below(4)).unwrap()];
        match self.dice.below(10) {
            0 | 1 => {
                self.story.push(format!("edit {name}"));
                self.edit(name);
            }
            2 => {
                self.story.push(format!("somebody puts {name}"));
                let bytes = self.fresh();
                self.eyes.put(name, &bytes).await;
                self.objects.insert(name.to_owned(), bytes);
            }
            3 => {
                self.story.push(format!("somebody deletes {name}"));
                self.delete_directly(name).await;
                self.objects.remove(name);
            }
            4..7 => return self.upload().await,
            7 | 8 => return self.download().await,
            _ => return self.delete().await,
        }
        Vec::new()
    }

    async fn upload(&mut self) -> Vec<String> {
        let names = self.some(NAMES.map(str::to_owned).to_vec());
        let policy = POLICIES[usize::try_from(self.dice.below(3)).unwrap()];
        let mut expected = self.unchanged();
        let paths: Vec<PathBuf> = names.iter().map(|name| self.source(name)).collect();
        for (name, path) in names.iter().zip(&paths) {
            let bytes = std::fs::read(path).unwrap();
            match policy {
                ConflictPolicy::Skip if self.objects.contains_key(name) => {}
                ConflictPolicy::KeepBoth => {
                    let free = free_name(name, &self.objects);
                    if self.objects.values().any(|there| *there == bytes) {
                        expected.optional.push(free.clone());
                    }
                    expected.objects.insert(free, bytes);
                }
                _ => _ = expected.objects.insert(name.clone(), bytes),
            }
        }
        let items: Vec<_> = paths
            .iter()
            .map(PathBuf::as_path)
            .zip(names.iter().map(String::as_str))
            .collect();
        let spec = JobSpec::Upload(self.world.upload(&items, policy));
        self.job(format!("upload {names:?} {policy:?}"), spec, expected).await
    }

    async fn download(&mut self) -> Vec<String> {
        let there: Vec<String> = self.objects.keys().cloned().collect();
        if there.is_empty() {
            return Vec::new();
        }
        let names = self.some(there);
        let conflict =
            [DownloadConflict::KeepBoth, DownloadConflict::Skip][usize::try_from(self.dice.below(2)).unwrap()];
        let mut expected = self.unchanged();
        // In the order of names, as those that are numbered may want each other's.
        let mut objects = Vec::new();
        for name in &names {
            let bytes = self.objects[name].clone();
            objects.push((name.as_str(), bytes.len()));
            if conflict == DownloadConflict::KeepBoth || !self.downloads.contains_key(name) {
                let free = free_name(name, &expected.downloads);
                expected.downloads.insert(free, bytes);
            }
        }
        let mut spec = self.world.download(&objects, &[]);
        spec.conflict = conflict;
        self.job(
            format!("download {names:?} {conflict:?}"),
            JobSpec::Download(spec),
            expected,
        )
        .await
    }

    async fn delete(&mut self) -> Vec<String> {
        let there: Vec<String> = self.objects.keys().cloned().collect();
        let names = self.some(there);
        let mut expected = self.unchanged();
        expected.objects.retain(|name, _| !names.contains(name));
        let spec = JobSpec::Delete(DeleteSpec {
            client: self.world.client.clone(),
            account: "Test".to_owned(),
            bucket: self.world.bucket.clone(),
            objects: names.iter().map(|name| key(name).into()).collect(),
        });
        self.job(format!("delete {names:?}"), spec, expected).await
    }

    fn unchanged(&self) -> Expected {
        Expected {
            objects: self.objects.clone(),
            downloads: self.downloads.clone(),
            optional: Vec::new(),
        }
    }

    async fn job(&mut self, what: String, spec: JobSpec, expected: Expected) -> Vec<String> {
        let accident = ACCIDENTS[usize::try_from(self.dice.below(6)).unwrap()];
        self.story.push(format!("{what}, {accident:?}"));
        let job = self.run(spec, accident).await;
        let mut wrong = Vec::new();
        let cancelled = job.state == JobState::Cancelled && accident == Accident::Cancel;
        if !cancelled && job.state != JobState::Done {
            wrong.push(format!("{:?}: {:?}", job.state, job.errors));
        }
        if !cancelled && job.items_done + job.items_skipped != job.items_total {
            wrong.push(format!("{job:?}"));
        }
        let mut objects = allowed(&self.objects, &expected.objects, !cancelled);
        if accident != Accident::None {
            for name in expected.optional {
                objects.entry(name).or_default().push(None);
            }
        }
        let downloads = allowed(&self.downloads, &expected.downloads, !cancelled);
        wrong.extend(self.look(&objects, &downloads).await);
        wrong
    }

    /// Holds the world against what is allowed, and goes on with what is found.
    async fn look(&mut self, objects: &Allowed, downloads: &Allowed) -> Vec<String> {
        (self.objects, self.downloads) = self.found().await;
        let mut wrong = differences("the object", &self.objects, objects);
        wrong.extend(differences("the file", &self.downloads, downloads));
        let unfinished = self.eyes.unfinished_uploads().await;
        if unfinished > 0 {
            wrong.push(format!("{unfinished} unfinished uploads are left"));
        }
        wrong
    }

    /// Asserts that this is among what is wrong.
    async fn objects_to(&mut self, what: &str, right: &(Allowed, Allowed)) {
        let wrong = self.look(&right.0, &right.1).await.concat();
        assert!(wrong.contains(what), "{what}: {wrong}");
    }

    async fn delete_directly(&self, name: &str) {
        let object = ObjectVersion::from(key(name));
        let gone = self.eyes.client.delete_version(&self.eyes.bucket, &object).await;
        gone.unwrap();
    }

    async fn found(&self) -> (Things, Things) {
        let (mut objects, mut downloads) = (Things::new(), Things::new());
        for name in self.eyes.keys().await {
            let bytes = self.eyes.get(&name).await;
            objects.insert(name, bytes);
        }
        let folder = self.world.path("downloads");
        for name in files_below(&folder) {
            let bytes = std::fs::read(folder.join(&name)).unwrap();
            downloads.insert(name, bytes);
        }
        (objects, downloads)
    }

    /// Runs a job to its end, with an accident on the way.
    async fn run(&mut self, spec: JobSpec, accident: Accident) -> JobSnapshot {
        let id = self.world.engine.start(spec).await.unwrap();
        if accident != Accident::None {
            tokio::time::sleep(Duration::from_micros(self.dice.below(6000))).await;
        }
        match accident {
            Accident::None => {}
            Accident::Pause => {
                self.world.engine.pause(id);
                self.world.engine.join(id).await.unwrap();
                self.world.engine.resume(id).await.unwrap();
            }
            Accident::Cancel => {
                self.world.engine.cancel(id);
                self.world.engine.join(id).await.unwrap();
                // A server may still do what it was asked for just before.
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
            Accident::Quit => {
                self.world.engine.shut_down().await;
                self.start_again(id).await;
            }
            Accident::Drop => self.start_again(id).await,
        }
        self.world.engine.join(id).await.unwrap()
    }

    /// Another engine in the place of this one. It knows the job as soon as the old one has let go of it.
    async fn start_again(&mut self, id: JobId) {
        self.world.engine = engine_on(&self.world.path("journal"));
        let engine = &self.world.engine;
        while engine.job(id).is_none() {
            for account in engine.restore().await.unwrap() {
                engine.adopt(&account, self.world.client.clone()).await.unwrap();
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

/// One sequence; what went wrong in it, with what was done.
async fn sequence(endpoint: &str, seed: u64) -> Vec<String> {
    let mut sequence = Sequence::new(endpoint, seed).await;
    for _ in 0..DEEDS {
        let wrong = sequence.deed().await;
        if !wrong.is_empty() {
            return vec![format!("FAULT_SEED={seed}\n{:#?}\n{wrong:#?}", sequence.story)];
        }
    }
    sequence.world.engine.shut_down().await;
    Vec::new()
}

#[tokio::test(flavor = "multi_thread")]
async fn c02_whatever_is_done_the_world_is_like_the_model() {
    let world = World::new().await;
    let told = std::env::var("FAULT_SEED")
        .ok()
        .and_then(|seed| seed.parse::<u64>().ok());
    let first = told.unwrap_or_else(|| u64::from(std::process::id()) << 16);
    let count = if told.is_some() { 1 } else { SEQUENCES };
    println!("{count} sequences from FAULT_SEED={first}");
    let mut running = JoinSet::new();
    for lane in 0..SIDE_BY_SIDE {
        let endpoint = world.endpoint().to_owned();
        running.spawn(async move {
            let mut wrong = Vec::new();
            for seed in (first..first + count).filter(|seed| seed % SIDE_BY_SIDE == lane) {
                wrong.extend(sequence(&endpoint, seed).await);
            }
            wrong
        });
    }
    let wrong = running.join_all().await.concat();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A sequence whose two worlds hold the names already.
async fn peaceful(endpoint: &str) -> Sequence {
    let mut sequence = Sequence::new(endpoint, 1).await;
    for name in NAMES {
        sequence.eyes.put(name, name.as_bytes()).await;
        sequence.world.write(&format!("downloads/{name}"), name.as_bytes());
    }
    (sequence.objects, sequence.downloads) = sequence.found().await;
    sequence
}

/// The model is seen to object to everything that must not happen.
#[tokio::test(flavor = "multi_thread")]
async fn c02_the_model_finds_what_is_planted() {
    let world = World::new().await;
    let mut sequence = peaceful(world.endpoint()).await;
    let right = (
        allowed(&sequence.objects, &sequence.objects, true),
        allowed(&sequence.downloads, &sequence.downloads, true),
    );
    assert_eq!(sequence.look(&right.0, &right.1).await, Vec::<String>::new());

    sequence.eyes.put("k0", b"k1").await;
    sequence.objects_to("the object `k0` is", &right).await;
    sequence.eyes.put("k0", b"k0").await;
    sequence.eyes.put("k0 (2)", b"k0").await;
    sequence.objects_to("nobody made it", &right).await;
    for name in ["k0 (2)", "k1"] {
        sequence.delete_directly(name).await;
    }
    sequence.objects_to("the object `k1` is None", &right).await;
    sequence.eyes.put("k1", b"k1").await;
    sequence.world.write("downloads/k0", b"k");
    sequence.objects_to("the file `k0` is", &right).await;
    sequence.world.write("downloads/k0", b"k0");
    let part = sequence.world.write("downloads/.x.dipper-part", b"");
    sequence.objects_to("nobody made it", &right).await;
    std::fs::remove_file(part).unwrap();
    let (eyes, options) = (&sequence.eyes, dipper_storage::PutOptions::default());
    let begun = eyes
        .client
        .create_multipart_upload(&eyes.bucket, &key("k0"), &options)
        .await;
    begun.unwrap();
    sequence.objects_to("unfinished uploads", &right).await;
}
