//! Bytes that are changed on the way, answers that say yes and mean no, servers that want no trailers: N9, N10, N13, N14, N21.

use dipper_storage::{CopyOptions, ErrorKind, ObjectRef};
use dipper_testkit::{Action, Rule};
use dipper_transfer::JobState;

use crate::support::{LARGE, MIDDLE, SMALL, World, key, on_local, on_rgw};

const CHECKSUM: &str = "x-amz-checksum-crc64nvme";

/// The damage is noticed where the server tells anything to hold the bytes against.
async fn damage_coming_down(world: &mut World, hidden: &'static [&'static str]) {
    world.object("once", 3 * SMALL).await;
    let rule = world.proxy.rule(
        Rule::new(Action::FlipAnswerWithout(70_001, hidden))
            .on(&["GetObject"])
            .nth(1),
    );
    let job = world.run(world.download(&[("once", 3 * SMALL)])).await;
    world.all_done(&job).await;
    assert_eq!(
        (world.proxy.hits(rule), world.proxy.count("GetObject")),
        (1, 2),
        "once more from the beginning"
    );
    world.object("always", 3 * SMALL).await;
    let rule = world
        .proxy
        .rule(Rule::new(Action::FlipAnswerWithout(70_001, hidden)).on(&["GetObject"]));
    let job = world.run(world.download(&[("always", 3 * SMALL)])).await;
    assert_eq!((job.state, job.errors[0].kind), (JobState::Failed, ErrorKind::Corrupt));
    assert_eq!(world.judge(&job).await, Vec::<String>::new());
    assert_eq!(world.proxy.hits(rule), 2);
}

#[test]
fn n09_a_flipped_byte_is_found_by_the_checksum() {
    on_local(async |world| damage_coming_down(world, &["etag"]).await);
}

#[test]
fn n09_a_flipped_byte_is_found_by_the_etag() {
    on_local(async |world| damage_coming_down(world, &[CHECKSUM]).await);
}

#[test]
fn n09_on_rgw_a_flipped_byte_is_found_by_the_etag() {
    on_rgw(async |world| damage_coming_down(world, &[]).await);
}

#[test]
fn n09_a_flipped_byte_in_a_range_is_found_by_the_whole_s_checksum() {
    on_local(async |world| {
        world.object("large", LARGE).await;
        let rule = world
            .proxy
            .rule(Rule::new(Action::FlipAnswer(70_001)).on(&["GetObject"]).nth(2));
        let job = world.run(world.download(&[("large", LARGE)])).await;
        world.all_done(&job).await;
        assert_eq!((world.proxy.hits(rule), world.proxy.count("GetObject")), (1, 4));
    });
}

/// Nothing to hold the bytes against: this is what "size only" means, and the oracle's own control.
#[test]
fn n09_without_anything_to_compare_only_the_size_is_known() {
    on_local(async |world| {
        world.object("unknown", 3 * SMALL).await;
        let action = Action::FlipAnswerWithout(70_001, &["etag", CHECKSUM]);
        world.proxy.rule(Rule::new(action).on(&["GetObject"]));
        let job = world.run(world.download(&[("unknown", 3 * SMALL)])).await;
        assert_eq!(job.state, JobState::Done);
        assert!(world.judge(&job).await.concat().contains("not like this"));
    });
}

/// What was damaged on the way up is refused, and sent again.
async fn damage_going_up(world: &mut World, names: &[(&str, usize)]) {
    let sources: Vec<_> = names.iter().map(|(name, size)| world.source(name, *size)).collect();
    let up = &["PutObject", "UploadPart"];
    let rule = world.proxy.rule(Rule::new(Action::FlipRequest(12_345)).on(up).first(2));
    let job = world.run(world.upload(&sources)).await;
    world.all_done(&job).await;
    assert_eq!(world.proxy.hits(rule), 2);
    let always = world.source("always", SMALL);
    world
        .proxy
        .rule(Rule::new(Action::FlipRequest(12_345)).on(up).key("always"));
    let job = world.run(world.upload(&[always])).await;
    assert_eq!((job.state, job.errors[0].kind), (JobState::Failed, ErrorKind::Corrupt));
    assert_eq!(
        world.judge(&job).await,
        Vec::<String>::new(),
        "nothing damaged is stored"
    );
}

#[test]
fn n10_a_flipped_byte_is_refused_and_sent_again() {
    on_local(async |world| damage_going_up(world, &[("large", LARGE), ("middle", MIDDLE), ("small", SMALL)]).await);
}

#[test]
fn n10_on_rgw_a_flipped_byte_is_refused_and_sent_again() {
    on_rgw(async |world| damage_going_up(world, &[("small", SMALL), ("smaller", 20_000)]).await);
}

#[test]
fn n13_a_yes_that_means_no_is_never_shown_as_done() {
    on_local(async |world| {
        let completions = &["CompleteMultipartUpload"];
        let passing = [
            Action::Ok200Error("InternalError"),
            Action::Ok200Error("SlowDown"),
            Action::Ok200Body(String::new()),
            Action::Ok200Cut,
        ];
        for (number, action) in passing.into_iter().enumerate() {
            let source = world.source(&format!("large-{number}"), LARGE);
            let rule = world.proxy.rule(Rule::new(action.clone()).on(completions).first(2));
            let job = world.run(world.upload(&[source])).await;
            world.all_done(&job).await;
            assert_eq!(world.proxy.hits(rule), 2, "{action:?}");
            world.proxy.clear();
        }
        for action in [Action::Ok200Error("AccessDenied"), Action::Ok200Body(String::new())] {
            let source = world.source("never", LARGE);
            world.proxy.rule(Rule::new(action).on(completions));
            let job = world.run(world.upload(&[source])).await;
            assert_eq!((job.state, job.items_done), (JobState::Failed, 0));
            world.proxy.clear();
            // Its parts wait for a retry as long as it is on the list.
            assert!(world.engine.forget(job.id).await.unwrap());
            assert_eq!(world.judge(&job).await, Vec::<String>::new());
        }
    });
}

#[test]
fn n14_a_copy_that_says_yes_and_means_no_is_an_error_and_leaves_its_source() {
    on_local(async |world| {
        world.object("source", SMALL).await;
        for action in [
            Action::Ok200Error("InternalError"),
            Action::Ok200Body(String::new()),
            Action::Ok200Body("<CopyObjectResult></CopyObjectResult>".to_owned()),
            Action::Ok200Cut,
        ] {
            let rule = world.proxy.rule(Rule::new(action.clone()).on(&["CopyObject"]));
            let (from, to) = (key("source"), key("copy"));
            let named = |key| ObjectRef {
                bucket: &world.bucket,
                key,
            };
            let options = CopyOptions::default();
            let copied = world.client.copy_object(named(&from), named(&to), &options).await;
            assert!(copied.is_err_and(|error| error.kind().is_retryable()), "{action:?}");
            assert_eq!(world.proxy.hits(rule), 1);
            world.proxy.clear();
        }
        assert_eq!(world.keys().await, ["foreign/object", "source"]);
    });
}

/// Everything works where trailers and chunked signing are refused.
async fn no_trailers(world: &mut World) {
    for status in [501, 400, 411] {
        world.proxy.clear();
        let rule = world.proxy.rule(Rule::new(Action::RejectTrailer(status)));
        let names = [("large", LARGE), ("middle", MIDDLE), ("small", SMALL), ("empty", 0)];
        let sources: Vec<_> = names.iter().map(|(name, size)| world.source(name, *size)).collect();
        let job = world.run(world.upload(&sources)).await;
        world.all_done(&job).await;
        let job = world.run(world.publish(&["small"])).await;
        world.all_done(&job).await;
        let job = world.run(world.delete(names.map(|(name, _)| name.to_owned()))).await;
        world.objects.clear();
        world.all_done(&job).await;
        assert_eq!(world.proxy.hits(rule), 0);
    }
}

#[test]
fn n21_nothing_needs_trailers() {
    on_local(no_trailers);
}

#[test]
fn n21_on_rgw_nothing_needs_trailers() {
    on_rgw(no_trailers);
}
