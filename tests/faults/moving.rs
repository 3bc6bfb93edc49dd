//! Copies and moves under faults: what is moved is never in neither place.

use std::time::Duration;

use dipper_storage::{Client, ErrorKind, Prefix, UploadChecksum};
use dipper_testkit::{Action, Rule};
use dipper_transfer::{
    ConflictPolicy, CopyAccess, CopyFolder, CopySpec, JobKind, JobSnapshot, JobSpec, JobState, Place,
};

use crate::support::{ACCOUNT, SMALL, World, config, content, on_local, on_rgw};

/// `from/` becomes `to/`. With a second account's name it goes through this computer.
fn moved(world: &World, account: &str) -> JobSpec {
    let place = |account: &str| Place {
        client: world.client.clone(),
        account: account.to_owned(),
        bucket: world.bucket.clone(),
    };
    JobSpec::Copy(CopySpec {
        from: place(account),
        to: place(ACCOUNT),
        objects: vec![],
        folders: vec![CopyFolder {
            from: Prefix::new("from/"),
            to: Prefix::new("to/"),
        }],
        conflict: ConflictPolicy::Overwrite,
        access: CopyAccess::Keep,
        remove: true,
    })
}

/// Every object is whole in one place at least, and where its move is done only in the new one.
async fn judge(world: &World, job: &JobSnapshot, names: &[String]) {
    let there = world.keys().await;
    let mut done = 0;
    for name in names {
        let (from, to) = (format!("from/{name}"), format!("to/{name}"));
        let places: Vec<_> = [&from, &to].into_iter().filter(|key| there.contains(key)).collect();
        assert!(!places.is_empty(), "{name} is lost");
        for key in &places {
            assert!(
                world.get_directly(key).await == content(SMALL, name),
                "{key} is damaged"
            );
        }
        done += u64::from(places == [&to]);
    }
    assert_eq!(done, job.items_done, "{:?}", job.errors);
    assert!(world.direct.list_multipart_uploads(&world.bucket).await.unwrap().len() <= 1);
}

async fn put_all(world: &World, count: usize) -> Vec<String> {
    let names: Vec<String> = (0..count).map(|number| format!("object {number} %")).collect();
    for name in &names {
        world.put_directly(&format!("from/{name}"), &content(SMALL, name)).await;
    }
    names
}

async fn forget_all(world: &World) {
    for key in world.keys().await.iter().filter(|key| !key.starts_with("foreign")) {
        let key = crate::support::key(key);
        world.direct.delete_object(&world.bucket, &key).await.unwrap();
    }
}

/// Some copies say yes and mean no: they are made again. If none is ever made, nothing goes.
async fn copies_that_lie(world: &mut World) {
    for action in [
        Action::Ok200Error("InternalError"),
        Action::Ok200Body(String::new()),
        Action::Ok200Cut,
    ] {
        let names = put_all(world, 10).await;
        let lies = world
            .proxy
            .rule(Rule::new(action.clone()).on(&["CopyObject"]).key("to/object 1 %"));
        world.proxy.rule(Rule::new(action).on(&["CopyObject"]).first(5));
        let job = world.run(moved(world, ACCOUNT)).await;
        assert!(world.proxy.hits(lies) >= 1);
        assert_eq!(
            (job.kind, job.state, job.items_failed),
            (JobKind::Move, JobState::Failed, 1)
        );
        judge(world, &job, &names).await;
        world.proxy.clear();
        forget_all(world).await;
    }
}

#[test]
fn n14_a_move_whose_copy_says_yes_and_means_no_keeps_its_source() {
    on_local(copies_that_lie);
}

#[test]
fn n14_on_rgw_a_move_whose_copy_says_yes_and_means_no_keeps_its_source() {
    on_rgw(copies_that_lie);
}

/// The server does it, and we never hear.
async fn answers_are_lost(world: &mut World) {
    for account in [ACCOUNT, "Another"] {
        let names = put_all(world, 20).await;
        let lost = Rule::new(Action::DropResponse).on(&["CopyObject", "PutObject", "DeleteObject", "HeadObject"]);
        let rule = world.proxy.rule(lost.chance(0.2));
        let job = world.run(moved(world, account)).await;
        assert!(world.proxy.hits(rule) > 0);
        assert_eq!((job.state, job.items_done), (JobState::Done, 20), "{:?}", job.errors);
        judge(world, &job, &names).await;
        world.proxy.clear();
        forget_all(world).await;
    }
}

#[test]
fn n02_moves_whose_answers_are_lost_lose_nothing() {
    on_local(answers_are_lost);
}

#[test]
fn n02_on_rgw_moves_whose_answers_are_lost_lose_nothing() {
    on_rgw(answers_are_lost);
}

/// Between the copy and the deletion somebody writes: what they wrote is theirs and stays.
#[test]
fn what_is_written_while_it_is_moved_is_not_deleted() {
    on_local(async |world| {
        for (key, hint) in [
            ("from/object 0 %", "the newer one stays"),
            ("to/object 0 %", "source is still there"),
        ] {
            put_all(world, 1).await;
            let wait = Action::Delay(Duration::from_millis(500));
            let looks = world.proxy.rule(Rule::new(wait).on(&["HeadObject"]).key("to/*"));
            let id = world.start(moved(world, ACCOUNT)).await;
            while world.proxy.count("CopyObject") == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            world.put_directly(key, b"newer").await;
            let job = world.join(id).await;
            assert!(world.proxy.hits(looks) > 0);
            assert_eq!((job.state, job.errors[0].kind), (JobState::Failed, ErrorKind::Conflict));
            assert!(
                job.errors[0].hint.as_deref().is_some_and(|text| text.contains(hint)),
                "{:?}",
                job.errors
            );
            assert_eq!(world.get_directly(key).await, b"newer");
            assert!(world.keys().await.contains(&"from/object 0 %".to_owned()));
            world.proxy.clear();
            world.proxy.forget();
            forget_all(world).await;
        }
    });
}

/// One bucket, seen by two accounts that have nothing in common.
#[test]
fn an_object_that_two_accounts_see_is_not_moved_onto_itself() {
    on_local(async |world| {
        put_all(world, 2).await;
        // Whoever signs this, the proxy signs it anew.
        world.proxy.rule(Rule::new(Action::IgnoreParameters(vec!["nothing"])));
        let keys = ("SOMEBODYELSE00000000", "another secret of another account");
        let other = Client::new(config(&world.proxy.endpoint(), keys, UploadChecksum::None)).unwrap();
        let JobSpec::Copy(mut spec) = moved(world, "Another") else {
            return;
        };
        spec.from.client = other;
        spec.folders[0].to = Prefix::new("from/");
        let job = world.run(JobSpec::Copy(spec)).await;
        assert_eq!((job.state, job.items_failed), (JobState::Failed, 2), "{:?}", job.errors);
        assert!(job.errors[0].message.contains("the same object"), "{:?}", job.errors);
        assert_eq!(
            world.keys().await,
            ["foreign/object", "from/object 0 %", "from/object 1 %"]
        );
    });
}

/// What passes through this computer is held against what its server says.
#[test]
fn n09_a_byte_that_is_flipped_on_the_way_through_is_noticed() {
    on_local(async |world| {
        let names = put_all(world, 4).await;
        let once = world
            .proxy
            .rule(Rule::new(Action::FlipAnswer(100)).on(&["GetObject"]).nth(1));
        let job = world.run(moved(world, "Another")).await;
        assert_eq!(
            (world.proxy.hits(once), job.state),
            (1, JobState::Done),
            "{:?}",
            job.errors
        );
        judge(world, &job, &names).await;
        forget_all(world).await;
        let names = put_all(world, 4).await;
        world.proxy.rule(Rule::new(Action::FlipAnswer(100)).on(&["GetObject"]));
        let job = world.run(moved(world, "Another")).await;
        assert_eq!((job.items_failed, job.errors[0].kind), (4, ErrorKind::Corrupt));
        judge(world, &job, &names).await;
    });
}
