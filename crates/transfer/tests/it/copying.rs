//! Copies and moves: inside one server, through this computer to another, and what must not get lost on the way.

use dipper_storage::{
    BucketName, CannedAcl, CompletedPart, CreateBucketOptions, ErrorKind, Grantee, ObjectKey, Prefix, PutOptions,
    Right, UploadBody,
};
use dipper_transfer::{
    ConflictPolicy, CopyAccess, CopyFolder, CopyObject, CopySpec, Engine, EngineOptions, JobKind, JobSpec, JobState,
    Place,
};

use crate::support::{MIB, World, content, key};

type Pairs = &'static [(&'static str, &'static str)];

fn place(world: &World, account: &str) -> Place {
    Place {
        client: world.client.clone(),
        account: account.to_owned(),
        bucket: world.bucket.clone(),
    }
}

/// In one bucket, unless the test says otherwise.
fn spec(world: &World, objects: &[(&str, &str)], folders: &[(&str, &str)]) -> CopySpec {
    let object = |(from, to): &(&str, &str)| CopyObject {
        from: key(from),
        to: key(to),
        size: 0,
    };
    let folder = |(from, to): &(&str, &str)| CopyFolder {
        from: Prefix::new(*from),
        to: Prefix::new(*to),
    };
    CopySpec {
        from: place(world, "Test"),
        to: place(world, "Test"),
        objects: objects.iter().map(object).collect(),
        folders: folders.iter().map(folder).collect(),
        conflict: ConflictPolicy::Skip,
        access: CopyAccess::New,
        remove: false,
    }
}

async fn described(world: &World, name: &str, bytes: &[u8]) {
    let options = PutOptions {
        content_type: Some("text/x-test".to_owned()),
        cache_control: Some("max-age=60".to_owned()),
        metadata: vec![("made-by".to_owned(), "ein Tester, größer".to_owned())],
        ..PutOptions::default()
    };
    let body = UploadBody::bytes(bytes.to_vec());
    world
        .client
        .put_object(&world.bucket, &key(name), body, &options)
        .await
        .unwrap();
}

async fn assert_described(world: &World, name: &str) {
    let info = world.client.head_object(&world.bucket, &key(name)).await.unwrap();
    assert_eq!(info.content_type.as_deref(), Some("text/x-test"), "{name}");
    assert_eq!(info.cache_control.as_deref(), Some("max-age=60"), "{name}");
    assert_eq!(
        info.metadata,
        [("made-by".to_owned(), "ein Tester, größer".to_owned())],
        "{name}"
    );
}

/// An object that came in two parts: its `ETag` is no MD5, and its copy gets another.
pub(crate) async fn put_in_parts(world: &World, name: &str, bytes: &[u8]) {
    let (client, bucket, key) = (&world.client, &world.bucket, key(name));
    let options = PutOptions::default();
    let upload = client.create_multipart_upload(bucket, &key, &options).await.unwrap();
    let mut parts = Vec::new();
    for (number, part) in (1..).zip(bytes.chunks(5 * MIB)) {
        let body = UploadBody::bytes(part.to_vec());
        let stored = client.upload_part(bucket, &key, &upload, number, body).await.unwrap();
        parts.push(CompletedPart {
            number,
            etag: stored.etag,
        });
    }
    client
        .complete_multipart_upload(bucket, &key, &upload, &parts, &options)
        .await
        .unwrap();
}

async fn is_public(world: &World, name: &str) -> bool {
    let acl = world.client.object_acl(&world.bucket, &key(name)).await.unwrap();
    acl.allows(&Grantee::AllUsers, Right::Read)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_copies_by_itself_with_everything_that_describes_an_object() {
    let world = World::new().await;
    described(&world, "a/hello.txt", b"Hello World!").await;
    world.put("a/100% + ü.txt", b"odd").await;
    put_in_parts(&world, "a/large", &content(12 * MIB, 1)).await;
    let spec = spec(&world, &[("a/hello.txt", "b/goodbye.txt")], &[("a/", "c/d/")]);
    let job = world.run_well(JobSpec::Copy(spec)).await;
    assert_eq!((job.kind, job.items_done), (JobKind::Copy, 4));
    assert_eq!(
        world.keys().await,
        [
            "a/100% + ü.txt",
            "a/hello.txt",
            "a/large",
            "b/goodbye.txt",
            "c/d/100% + ü.txt",
            "c/d/hello.txt",
            "c/d/large"
        ]
    );
    assert_eq!(world.get("b/goodbye.txt").await, b"Hello World!");
    assert!(world.get("c/d/large").await == content(12 * MIB, 1));
    assert_described(&world, "b/goodbye.txt").await;
    assert_described(&world, "c/d/hello.txt").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_moved_is_gone_from_where_it_was_and_keeps_who_may_read_it() {
    let world = World::new().await;
    for number in 0..30 {
        world.put(&format!("old/{number:02}"), &[number]).await;
    }
    world.put("old/sub/", b"").await;
    world.put("older", b"stays").await;
    world
        .client
        .put_object_canned_acl(&world.bucket, &key("old/07"), CannedAcl::PublicRead)
        .await
        .unwrap();
    let mut spec = spec(&world, &[], &[("old/", "new/")]);
    (spec.remove, spec.access) = (true, CopyAccess::Keep);
    let job = world.run_well(JobSpec::Copy(spec)).await;
    assert_eq!((job.kind, job.items_done), (JobKind::Move, 31));
    assert_eq!(
        (job.title.as_str(), job.place.as_str()),
        ("old/", "from bucket/ to bucket/new/")
    );
    let keys = world.keys().await;
    assert_eq!(
        keys.iter().filter(|name| name.starts_with("old/")).count(),
        0,
        "{keys:?}"
    );
    assert_eq!(keys.len(), 32);
    assert_eq!(world.get("new/29").await, [29]);
    assert!(is_public(&world, "new/07").await && !is_public(&world, "new/08").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_private_unless_that_is_said() {
    let world = World::new().await;
    world.put("a", b"a").await;
    let (bucket, public) = (&world.bucket, CannedAcl::PublicRead);
    world
        .client
        .put_object_canned_acl(bucket, &key("a"), public)
        .await
        .unwrap();
    world.run_well(JobSpec::Copy(spec(&world, &[("a", "b")], &[]))).await;
    let mut canned = spec(&world, &[("a", "c")], &[]);
    canned.access = CopyAccess::Canned(public);
    world.run_well(JobSpec::Copy(canned)).await;
    assert!(!is_public(&world, "b").await && is_public(&world, "c").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_key_stays_or_goes_as_was_said_and_its_source_is_not_lost() {
    let world = World::new().await;
    let with = |conflict| {
        let mut spec = spec(&world, &[("from/a.txt", "to/a.txt")], &[]);
        (spec.conflict, spec.remove) = (conflict, true);
        JobSpec::Copy(spec)
    };
    world.put("to/a.txt", b"old").await;
    world.put("from/a.txt", b"new").await;
    let skipped = world.run_well(with(ConflictPolicy::Skip)).await;
    assert_eq!((skipped.items_skipped, skipped.items_done), (1, 0));
    assert_eq!(world.keys().await, ["from/a.txt", "to/a.txt"], "it stays where it is");
    world.run_well(with(ConflictPolicy::KeepBoth)).await;
    assert_eq!(world.keys().await, ["to/a (2).txt", "to/a.txt"]);
    assert_eq!(world.get("to/a.txt").await, b"old");
    world.put("from/a.txt", b"newer").await;
    world.run_well(with(ConflictPolicy::Overwrite)).await;
    assert_eq!(world.keys().await, ["to/a (2).txt", "to/a.txt"]);
    assert_eq!(world.get("to/a.txt").await, b"newer");
}

/// One item takes the numbered name that is another's own.
#[tokio::test(flavor = "multi_thread")]
async fn copies_that_want_the_same_key_do_not_replace_each_other() {
    let world = World::new().await;
    for round in 0..10 {
        world.put("t/a.txt", b"there").await;
        world.put("f/a.txt", b"one").await;
        world.put("f/a (2).txt", b"two").await;
        let mut spec = spec(&world, &[], &[("f/", "t/")]);
        (spec.conflict, spec.remove) = (ConflictPolicy::KeepBoth, true);
        world.run_well(JobSpec::Copy(spec)).await;
        let mut found = Vec::new();
        for name in world.keys().await {
            found.push(String::from_utf8(world.get(&name).await).unwrap());
            world.client.delete_object(&world.bucket, &key(&name)).await.unwrap();
        }
        found.sort();
        assert_eq!(found, ["one", "there", "two"], "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_go_from_one_account_to_another_byte_for_byte() {
    let (here, there) = (World::new().await, World::new().await);
    let sizes = [0, 1, 16 * MIB - 1, 17 * MIB + 7];
    for size in sizes {
        here.put(&format!("p/{size}"), &content(size, size as u64)).await;
    }
    described(&here, "p/described", &content(16 * MIB, 5)).await;
    described(&here, "p/small", b"small").await;
    put_in_parts(&here, "p/parts", &content(12 * MIB, 6)).await;
    there.put("q/1", b"taken").await;
    let mut spec = spec(&here, &[], &[("p/", "q/")]);
    spec.to = place(&there, "Other");
    (spec.remove, spec.conflict, spec.access) = (true, ConflictPolicy::KeepBoth, CopyAccess::Keep);
    let job = here.run_well(JobSpec::Copy(spec)).await;
    assert_eq!(
        (job.account.as_str(), job.from_account.as_deref()),
        ("Other", Some("Test"))
    );
    assert_eq!(here.keys().await, Vec::<String>::new());
    for size in sizes.into_iter().filter(|size| *size != 1) {
        assert!(
            there.get(&format!("q/{size}")).await == content(size, size as u64),
            "{size}"
        );
    }
    assert_eq!(there.get("q/1").await, b"taken");
    assert_eq!(there.get("q/1 (2)").await, content(1, 1));
    assert!(there.get("q/parts").await == content(12 * MIB, 6));
    assert_described(&there, "q/described").await;
    assert_described(&there, "q/small").await;
    assert_eq!(there.unfinished_uploads().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_object_is_copied_in_parts_where_the_server_is_known_to_do_that() {
    let world = World::new().await;
    let mut config = world.client.config().clone();
    config.compatibility.upload_part_copy = true;
    let client = dipper_storage::Client::new(config).unwrap();
    described(&world, "large", &content(23 * MIB + 5, 9)).await;
    world
        .client
        .create_bucket(&BucketName::parse("other").unwrap(), &CreateBucketOptions::default())
        .await
        .unwrap();
    let engine = Engine::new(EngineOptions {
        copy_in_parts_from: 16 * MIB as u64,
        ..EngineOptions::default()
    })
    .unwrap();
    let mut spec = spec(&world, &[("large", "copy")], &[]);
    (spec.from.client, spec.to.client) = (client.clone(), client.clone());
    spec.to.bucket = BucketName::parse("other").unwrap();
    let id = engine.start(JobSpec::Copy(spec)).await.unwrap();
    let job = engine.join(id).await.unwrap();
    assert_eq!(
        (job.state, job.bytes_done),
        (JobState::Done, 23 * MIB as u64 + 5),
        "{:?}",
        job.errors
    );
    let copy = BucketName::parse("other").unwrap();
    let info = world.client.head_object(&copy, &key("copy")).await.unwrap();
    assert!(
        info.etag.is_some_and(|etag| etag.ends_with("-5")),
        "five parts of 5 MiB"
    );
    assert_eq!(info.content_type.as_deref(), Some("text/x-test"));
    let mut world = world;
    world.bucket = copy;
    assert!(world.get("copy").await == content(23 * MIB + 5, 9));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_would_eat_its_sources_is_refused_before_it_begins() {
    let world = World::new().await;
    for name in ["a", "b", "p/x", "p/p/x"] {
        world.put(name, name.as_bytes()).await;
    }
    let refused: [(Pairs, Pairs, &str); 6] = [
        (&[("a", "a")], &[], "onto itself"),
        (&[("a", "b"), ("b", "c")], &[], "to be copied and to be replaced"),
        (&[("a", "t"), ("b", "t")], &[], "two of them would become"),
        (&[], &[("p/", "p/q/")], "into itself"),
        (&[], &[("p/", "t/"), ("q/", "t/u/")], "two of them would go to"),
        (&[("a", "t/a")], &[("p/", "t/")], "two of them may become"),
    ];
    for (objects, folders, why) in refused {
        let error = world
            .engine
            .start(JobSpec::Copy(spec(&world, objects, folders)))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains(why), "{error}");
    }
    assert!(world.engine.job(dipper_transfer::JobId::from_number(1)).is_none());
    // One level up, the one that would land among the others stays and says so.
    let mut up = spec(&world, &[], &[("p/", "")]);
    up.remove = true;
    let job = world.run(JobSpec::Copy(up)).await;
    assert_eq!((job.state, job.items_done, job.items_failed), (JobState::Failed, 1, 1));
    assert!(job.errors[0].message.contains("would lie among"), "{:?}", job.errors);
    assert_eq!(world.keys().await, ["a", "b", "p/p/x", "x"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_source_fails_by_name_and_the_others_go_on() {
    let world = World::new().await;
    world.put("here", b"here").await;
    let job = world
        .run(JobSpec::Copy(spec(
            &world,
            &[("gone", "to/gone"), ("here", "to/here")],
            &[],
        )))
        .await;
    assert_eq!((job.state, job.items_done, job.items_failed), (JobState::Failed, 1, 1));
    assert_eq!(
        (job.errors[0].name.as_str(), job.errors[0].kind),
        ("gone", ErrorKind::NotFound)
    );
    assert_eq!(world.keys().await, ["here", "to/here"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_between_accounts_waits_until_both_are_open() {
    let (here, there) = (World::new().await, World::new().await);
    let journal = here.path("journal");
    let options = || EngineOptions {
        journal: Some(journal.clone()),
        ..EngineOptions::default()
    };
    let names: Vec<String> = (0..20).map(|number| format!("f/{number}")).collect();
    for name in &names {
        here.put(name, name.as_bytes()).await;
    }
    let mut spec = spec(&here, &[], &[("f/", "g/")]);
    spec.to = place(&there, "Other");
    let engine = Engine::new(options()).unwrap();
    engine.hold("Test", "nothing is to be done yet");
    let id = engine.start(JobSpec::Copy(spec)).await.unwrap();
    engine.shut_down().await;
    drop(engine);

    let engine = Engine::new(options()).unwrap();
    assert_eq!(engine.restore().await.unwrap(), ["Other"]);
    let taken = engine.adopt("Other", there.client.clone()).await.unwrap();
    assert_eq!(
        (taken.resumed.as_slice(), taken.needed.as_slice()),
        (&[id][..], &["Test".to_owned()][..])
    );
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert_eq!(engine.job(id).unwrap().state, JobState::Queued);
    engine.set_client("Test", here.client.clone());
    let job = engine.join(id).await.unwrap();
    assert_eq!(
        (job.state, job.items_done, job.items_total),
        (JobState::Done, 20, 20),
        "{:?}",
        job.errors
    );
    assert_eq!(there.keys().await.len(), 20);
}

/// The same account at another server by now: nothing is read there, and nothing deleted.
#[tokio::test(flavor = "multi_thread")]
async fn a_move_goes_on_only_between_the_servers_it_was_made_for() {
    let (here, there) = (World::with_key("one-key").await, World::with_key("other-key").await);
    for world in [&here, &there] {
        world.put("a", b"a").await;
    }
    let mut spec = spec(&here, &[("a", "b")], &[]);
    spec.from.account = "From".to_owned();
    spec.remove = true;
    let options = || EngineOptions {
        journal: Some(here.path("journal")),
        ..EngineOptions::default()
    };
    let engine = Engine::new(options()).unwrap();
    engine.hold("From", "nothing is to be done yet");
    let id = engine.start(JobSpec::Copy(spec)).await.unwrap();
    engine.shut_down().await;
    drop(engine);
    let engine = Engine::new(options()).unwrap();
    engine.set_client("From", there.client.clone());
    engine.restore().await.unwrap();
    engine.adopt("Test", here.client.clone()).await.unwrap();
    let job = engine.join(id).await.unwrap();
    assert_eq!(
        (job.state, job.errors[0].kind),
        (JobState::Failed, ErrorKind::Conflict),
        "{job:?}"
    );
    assert_eq!(
        (here.keys().await, there.keys().await),
        (vec!["a".to_owned()], vec!["a".to_owned()])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_gets_too_long_fails_by_name() {
    let world = World::new().await;
    let name = "x".repeat(1000);
    let long = ObjectKey::parse(&format!("f/{name}")).unwrap();
    world.put(long.as_str(), b"x").await;
    let to = format!("{}/", "y".repeat(100));
    let mut spec = spec(&world, &[], &[("f/", to.as_str())]);
    spec.remove = true;
    let job = world.run(JobSpec::Copy(spec)).await;
    assert_eq!(
        (job.items_failed, job.errors[0].kind),
        (1, ErrorKind::InvalidInput),
        "{job:?}"
    );
    assert_eq!(world.keys().await, [long.as_str()]);
}
