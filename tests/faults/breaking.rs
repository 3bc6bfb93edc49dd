//! Connections that break, stall and crawl: N1 to N8, N17.

use std::time::{Duration, Instant};

use dipper_storage::{ErrorKind, GetOptions, PutOptions, UploadBody};
use dipper_testkit::{Action, Framing, Rule};

use crate::support::{FASTER, LARGE, MIB, MIDDLE, SMALL, World, key, on_local, on_rgw, timeouts};

/// Uploads and downloads while connections break now and then.
async fn broken_now_and_then(world: &mut World) {
    let large = world.source("large", LARGE);
    let mut sources = vec![large];
    sources.extend((0..4).map(|number| world.source(&format!("small-{number}"), SMALL)));
    for action in [Action::ResetBefore, Action::ResetMid(20_000), Action::ResetAfter] {
        let on_everything = &["UploadPart", "PutObject", "GetObject"];
        world.proxy.clear();
        world.proxy.forget();
        // Once for certain, then by chance.
        let once = world
            .proxy
            .rule(Rule::new(action.clone()).on(&["UploadPart"]).part(2).nth(1));
        let often = world
            .proxy
            .rule(Rule::new(action.clone()).on(on_everything).chance(0.2));
        let job = world.run(world.upload(&sources)).await;
        world.all_done(&job).await;
        assert_eq!(world.proxy.hits(once), 1);
        let payload = (LARGE + 4 * SMALL) as u64;
        let sent: u64 = world.proxy.passed().iter().map(|passed| passed.body).sum();
        let again = world.proxy.hits(once) + world.proxy.hits(often);
        assert!(sent <= payload + again * 8 * MIB as u64, "{sent} bytes for {payload}");
        no_part_was_sent_again(world);

        let names = ["large", "small-0", "small-1"];
        for name in names {
            world.downloads.insert(name.to_owned(), world.objects[name]);
        }
        let objects = [("large", LARGE), ("small-0", SMALL), ("small-1", SMALL)];
        let job = world.run(world.download(&objects)).await;
        world.all_done(&job).await;
        for name in names {
            std::fs::remove_file(world.down().join(name)).unwrap();
        }
    }
}

/// Once the server has acknowledged a part to us, it never goes out again.
fn no_part_was_sent_again(world: &World) {
    let passed = world.proxy.passed();
    let parts = passed.iter().filter(|passed| passed.operation == "UploadPart");
    for part in parts.clone().filter(|part| part.is_acknowledged()) {
        let same = parts
            .clone()
            .filter(|other| other.key == part.key && other.part == part.part);
        let later = same.filter(|other| other.at > part.at).count();
        assert_eq!(later, 0, "part {:?} of {} went out again", part.part, part.key);
    }
}

#[test]
fn n01_connections_that_break_cost_what_was_on_the_way_and_nothing_else() {
    on_local(broken_now_and_then);
}

#[test]
fn n01_on_rgw_connections_that_break_cost_what_was_on_the_way_and_nothing_else() {
    on_rgw(broken_now_and_then);
}

/// The server does it, and we never hear.
async fn answers_are_lost(world: &mut World) {
    let mut sources = vec![world.source("large", LARGE), world.source("middle", MIDDLE)];
    sources.extend((0..18).map(|number| world.source(&format!("small-{number}"), SMALL)));
    let lost = |operation| Rule::new(Action::DropResponse).on(&[operation]).first(1);
    let rules =
        ["UploadPart", "CompleteMultipartUpload", "PutObject"].map(|operation| world.proxy.rule(lost(operation)));
    world.proxy.rule(
        Rule::new(Action::DropResponse)
            .on(&["UploadPart", "CompleteMultipartUpload", "PutObject", "DeleteObjects"])
            .chance(0.2),
    );
    let job = world.run(world.upload(&sources)).await;
    world.all_done(&job).await;
    for rule in rules {
        assert_eq!(world.proxy.hits(rule), 1);
    }
    let names: Vec<String> = world.objects.keys().cloned().collect();
    let deleting = world.proxy.rule(lost("DeleteObjects"));
    let job = world.run(world.delete(names)).await;
    world.objects.clear();
    world.all_done(&job).await;
    assert_eq!((world.proxy.hits(deleting), job.items_done), (1, 20));
}

#[test]
fn n02_answers_that_are_lost_lose_and_double_nothing() {
    on_local(answers_are_lost);
}

#[test]
fn n02_on_rgw_answers_that_are_lost_lose_and_double_nothing() {
    on_rgw(answers_are_lost);
}

#[test]
fn n03_a_server_that_never_answers_is_left_in_time_and_asked_again() {
    on_local(async |world| {
        world.be_impatient();
        world.object("down", SMALL).await;
        let sources = [world.source("small", SMALL), world.source("middle", MIDDLE)];
        let rule = world
            .proxy
            .rule(Rule::new(Action::StallHeaders).on(&["GetObject", "PutObject"]));
        let longest = timeouts().first_byte + Duration::from_secs(5) / FASTER;
        for attempt in 0..3 {
            let begin = Instant::now();
            let (bucket, name) = (&world.bucket, key("down"));
            let error = if attempt == 0 {
                let (name, body) = (key("put"), UploadBody::bytes("text"));
                let options = PutOptions::default();
                world
                    .client
                    .put_object(bucket, &name, body, &options)
                    .await
                    .unwrap_err()
            } else {
                let options = GetOptions::default();
                world.client.get_object(bucket, &name, &options).await.unwrap_err()
            };
            assert_eq!(error.kind(), ErrorKind::Timeout);
            assert!(
                begin.elapsed() <= longest + Duration::from_millis(300),
                "{:?}",
                begin.elapsed()
            );
        }
        assert_eq!(world.proxy.hits(rule), 3);
        world.proxy.clear();
        world
            .proxy
            .rule(Rule::new(Action::StallHeaders).on(&["GetObject", "PutObject"]).first(2));
        let job = world.run(world.download(&[("down", SMALL)])).await;
        world.all_done(&job).await;
        world.proxy.clear();
        world
            .proxy
            .rule(Rule::new(Action::StallHeaders).on(&["PutObject"]).first(1));
        let job = world.run(world.upload(&sources)).await;
        world.all_done(&job).await;
    });
}

#[test]
fn n04_a_body_that_stalls_goes_on_at_the_byte_it_reached() {
    on_local(async |world| {
        world.be_impatient();
        for name in ["a", "b", "c"] {
            world.object(name, LARGE).await;
            world.proxy.forget();
            let rule = world
                .proxy
                .rule(Rule::new(Action::StallBody(5_000_000)).on(&["GetObject"]).nth(1));
            let job = world.run(world.download(&[(name, LARGE)])).await;
            world.all_done(&job).await;
            assert_eq!(world.proxy.hits(rule), 1);
            let read: u64 = world.proxy.passed().iter().map(|passed| passed.answered).sum();
            assert!(read <= (LARGE + 64 * 1024) as u64, "{read}");
        }
    });
}

#[test]
fn n05_a_crawl_is_left_once_and_a_slow_link_never() {
    on_local(async |world| {
        world.be_impatient();
        world.object("crawl", 4000).await;
        // Faster than silence, far below the floor; the second connection is as slow and is borne with.
        let rule = world.proxy.rule(Rule::new(Action::Trickle(600.0)).on(&["GetObject"]));
        let begin = Instant::now();
        let job = world.run(world.download(&[("crawl", 4000)])).await;
        world.all_done(&job).await;
        assert_eq!(world.proxy.hits(rule), 2, "one reconnect");
        assert!(begin.elapsed() < Duration::from_secs(12), "{:?}", begin.elapsed());
        world.proxy.clear();

        world.object("slow", 100_000).await;
        let rule = world
            .proxy
            .rule(Rule::new(Action::Trickle(20_000.0)).on(&["GetObject"]));
        let job = world.run(world.download(&[("slow", 100_000)])).await;
        world.all_done(&job).await;
        assert_eq!(world.proxy.hits(rule), 1, "a slow link is no fault");
    });
}

#[test]
fn n06_a_cut_that_shows_is_gone_on_from() {
    on_local(async |world| {
        for (number, at) in [0, 1, 70_000, 5 * MIB as u64].into_iter().enumerate() {
            let name = format!("object-{number}");
            let size = if number < 3 { 3 * SMALL } else { LARGE };
            world.object(&name, size).await;
            let action = Action::Truncate(at, Framing::KeepLength);
            let rule = world
                .proxy
                .rule(Rule::new(action).on(&["GetObject"]).key(&name).first(2));
            let job = world.run(world.download(&[(&name, size)])).await;
            world.all_done(&job).await;
            assert_eq!(world.proxy.hits(rule), 2);
        }
    });
}

#[test]
fn n07_a_cut_that_looks_complete_is_noticed() {
    on_local(async |world| {
        let framings = [Framing::FixLength, Framing::ChunkedClean, Framing::CloseDelimited];
        for (number, framing) in framings.into_iter().enumerate() {
            let large = (framing == Framing::ChunkedClean).then_some(LARGE);
            for size in [3 * SMALL].into_iter().chain(large) {
                let name = format!("object-{number}-{size}");
                world.object(&name, size).await;
                let action = Action::Truncate(70_000, framing);
                let rule = world
                    .proxy
                    .rule(Rule::new(action).on(&["GetObject"]).key(&name).first(2));
                let job = world.run(world.download(&[(&name, size)])).await;
                world.all_done(&job).await;
                assert_eq!(world.proxy.hits(rule), 2);
            }
        }
        world.object("always", 3 * SMALL).await;
        world
            .proxy
            .rule(Rule::new(Action::Truncate(10, Framing::FixLength)).key("always"));
        let job = world.run(world.download(&[("always", 3 * SMALL)])).await;
        assert_eq!((job.items_done, job.items_failed), (0, 1));
        assert_eq!(world.judge(&job).await, Vec::<String>::new(), "no short file");
    });
}

#[test]
fn n08_ranges_that_are_ignored_or_short_never_mix_bytes() {
    on_local(async |world| {
        world.object("ignored", LARGE).await;
        let rule = world.proxy.rule(Rule::new(Action::IgnoreRange).on(&["GetObject"]));
        let job = world.run(world.download(&[("ignored", LARGE)])).await;
        world.all_done(&job).await;
        assert!(world.proxy.hits(rule) > 0);
        world.proxy.clear();
        world.object("short", LARGE).await;
        let rule = world
            .proxy
            .rule(Rule::new(Action::ShortRange(1_000_000)).on(&["GetObject"]).first(3));
        let job = world.run(world.download(&[("short", LARGE)])).await;
        world.all_done(&job).await;
        assert_eq!(world.proxy.hits(rule), 3);
    });
}

#[test]
fn n17_an_object_replaced_under_way_is_wholly_the_old_or_wholly_the_new_one() {
    on_local(async |world| {
        for wait in [0, 100, 250] {
            let name = format!("object-{wait}");
            let old = world.object(&name, LARGE).await;
            let new = crate::support::content(LARGE, "another");
            let rule = world
                .proxy
                .rule(Rule::new(Action::Delay(Duration::from_millis(200))).on(&["GetObject"]));
            let id = world.start(world.download(&[(&name, LARGE)])).await;
            tokio::time::sleep(Duration::from_millis(wait)).await;
            world.put_directly(&name, &new).await;
            let job = world.join(id).await;
            assert!(world.proxy.hits(rule) > 0);
            assert_eq!(job.items_done, 1, "{:?}", job.errors);
            let arrived = std::fs::read(world.down().join(&name)).unwrap();
            assert!(arrived == old || arrived == new, "a mixture");
            std::fs::remove_file(world.down().join(&name)).unwrap();
            world.downloads.remove(&name);
            world.proxy.clear();
        }
        world.object("flapping", SMALL * 3).await;
        let cut = Action::Truncate(70_000, Framing::KeepLength);
        world.proxy.rule(Rule::new(cut).on(&["GetObject"]).nth(1));
        let rule = world
            .proxy
            .rule(Rule::new(Action::EtagChange("other")).on(&["GetObject"]).first(1));
        let job = world.run(world.download(&[("flapping", SMALL * 3)])).await;
        assert_eq!((job.items_done, world.proxy.hits(rule)), (1, 1), "{:?}", job.errors);
    });
}
