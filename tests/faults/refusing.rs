//! Servers that refuse, for a while or until something changes: N11, N12, N18 to N20, N25.

use std::time::{Duration, Instant};

use dipper_storage::{Credentials, ErrorKind, ListRequest};
use dipper_testkit::{Action, Rule};
use dipper_transfer::{JobState, LineState};
use tokio::net::TcpListener;

use crate::support::{ACCOUNT, FASTER, LARGE, MIDDLE, SMALL, World, key, on_local};

/// How many small files stand for ten thousand.
const QUEUE: usize = 100;

fn queue(world: &mut World, name: &str) -> Vec<std::path::PathBuf> {
    (0..QUEUE)
        .map(|number| world.source(&format!("{name}-{number}"), 2000))
        .collect()
}

async fn until(world: &World, state: LineState) {
    let mut changes = world.engine.line_changes(ACCOUNT);
    let reached = changes.wait_for(|status| status.state == state);
    tokio::time::timeout(Duration::from_secs(10), reached)
        .await
        .expect("the line changes")
        .unwrap();
}

#[test]
fn n11_a_storm_fails_nothing_and_is_not_made_worse() {
    on_local(async |world| {
        for (status, code) in [(503, Some("SlowDown")), (429, None), (500, Some("InternalError"))] {
            world.proxy.forget();
            let sources = queue(world, &format!("storm-{status}"));
            let refusal = Action::Status {
                status,
                code,
                retry_after: None,
            };
            let rule = world.proxy.rule(Rule::new(refusal));
            let id = world.start(world.upload(&sources)).await;
            until(world, LineState::Busy).await;
            let before = world.proxy.hits(rule);
            let storm = Duration::from_secs(if status == 503 { 60 } else { 20 }) / FASTER;
            tokio::time::sleep(storm).await;
            // Two a second, twenty times as fast, and what was on its way when it began.
            let asked = world.proxy.hits(rule) - before;
            let most = 2 * u64::from(FASTER) * u64::try_from(storm.as_millis()).unwrap() / 1000 + 16;
            assert!((1..=most).contains(&asked), "{asked} requests in the storm");
            assert_eq!(world.engine.line(ACCOUNT).state, LineState::Busy);
            assert!(world.engine.line(ACCOUNT).reason.is_some());
            world.proxy.clear();
            let over = Instant::now();
            until(world, LineState::Open).await;
            assert!(
                over.elapsed() < Duration::from_secs(15) / FASTER,
                "{:?}",
                over.elapsed()
            );
            let job = world.join(id).await;
            assert_eq!(job.items_failed, 0);
            world.all_done(&job).await;
        }
    });
}

#[test]
fn n11_the_time_that_a_server_names_is_kept() {
    on_local(async |world| {
        let source = world.source("small", SMALL);
        let refusal = Action::Status {
            status: 503,
            code: Some("SlowDown"),
            retry_after: Some(1),
        };
        world.proxy.rule(Rule::new(refusal).first(1));
        let begin = Instant::now();
        let job = world.run(world.upload(&[source])).await;
        world.all_done(&job).await;
        assert!(begin.elapsed() >= Duration::from_secs(1));
    });
}

#[test]
fn n12_without_a_network_everything_waits_and_goes_on_by_itself() {
    on_local(async |world| {
        for round in 0..3 {
            let mut sources = queue(world, &format!("round-{round}"));
            sources.push(world.source(&format!("round-{round}-large"), LARGE));
            world.proxy.rule(Rule::new(Action::Delay(Duration::from_millis(20))));
            let id = world.start(world.upload(&sources)).await;
            while world.proxy.count("PutObject") < 10 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            world.proxy.refuse().await;
            until(world, LineState::Down).await;
            // Longer than all tries of a request together.
            tokio::time::sleep(Duration::from_secs(3)).await;
            let waiting = world.engine.job(id).unwrap();
            assert_eq!((waiting.state, waiting.items_failed), (JobState::Running, 0));
            world.proxy.listen_again().await.unwrap();
            until(world, LineState::Open).await;
            let job = world.join(id).await;
            world.all_done(&job).await;
            world.proxy.forget();
        }
    });
}

#[test]
fn n12_what_waits_for_a_network_can_be_cancelled() {
    on_local(async |world| {
        let source = world.source("small", SMALL);
        world.proxy.refuse().await;
        let id = world.start(world.upload(&[source])).await;
        until(world, LineState::Down).await;
        let begin = Instant::now();
        world.engine.cancel(id);
        let job = world.join(id).await;
        assert_eq!(job.state, JobState::Cancelled);
        assert!(begin.elapsed() < Duration::from_secs(1));
    });
}

#[test]
fn n18_a_bucket_in_another_region_is_found_and_no_other_host_is_asked() {
    on_local(async |world| {
        let evil = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = evil.local_addr().unwrap().to_string();
        let rule = world.proxy.rule(Rule::new(Action::WrongRegion("eu-west-1")));
        let page = world
            .client
            .list_page(&ListRequest::new(world.bucket.clone()))
            .await
            .unwrap();
        assert_eq!(
            (page.objects.len(), world.proxy.hits(rule)),
            (1, 2),
            "asked in the short way and in the one that heals, and remembered"
        );
        let sources = [
            world.source("large", LARGE),
            world.source("middle", MIDDLE),
            world.source("small", SMALL),
        ];
        let job = world.run(world.upload(&sources)).await;
        world.all_done(&job).await;
        assert_eq!(world.proxy.hits(rule), 2);
        world.proxy.clear();

        let redirect = |status, region| Action::Redirect {
            status,
            location: address.clone(),
            region,
        };
        for (number, status) in [301, 307, 308].into_iter().enumerate() {
            let region = ["eu-north-1", "eu-south-1", "ap-east-1"][number];
            let rule = world.proxy.rule(Rule::new(redirect(status, Some(region))).first(1));
            world.client.head_object(&world.bucket, &key("small")).await.unwrap();
            assert_eq!(world.proxy.hits(rule), 1);
            world.proxy.clear();
            let rule = world.proxy.rule(Rule::new(redirect(status, None)));
            let error = world
                .client
                .head_object(&world.bucket, &key("small"))
                .await
                .unwrap_err();
            assert_eq!((error.status(), world.proxy.hits(rule)), (Some(status), 1));
            world.proxy.clear();
        }
        let waiting = tokio::time::timeout(Duration::from_millis(200), evil.accept()).await;
        assert!(waiting.is_err(), "somebody followed a redirect");
    });
}

#[test]
fn n19_a_wrong_clock_is_put_right() {
    on_local(async |world| {
        let year = 365 * 86_400;
        for (number, seconds) in [20 * 60, -20 * 60, year, -year].into_iter().enumerate() {
            let rule = world.proxy.rule(Rule::new(Action::Skew(seconds)));
            world
                .client
                .list_page(&ListRequest::new(world.bucket.clone()))
                .await
                .unwrap();
            assert!(world.proxy.hits(rule) >= 2, "refused once");
            let middle = world.source(&format!("middle-{number}"), MIDDLE);
            let job = world.run(world.upload(&[middle])).await;
            world.all_done(&job).await;
            world.proxy.clear();
        }
    });
}

#[test]
fn n19_the_first_request_may_be_a_body_that_cannot_be_sent_twice() {
    on_local(async |world| {
        world.proxy.rule(Rule::new(Action::Skew(3600)));
        let middle = world.source("middle", MIDDLE);
        let job = world.run(world.upload(&[middle])).await;
        world.all_done(&job).await;
    });
}

#[test]
fn n20_ended_credentials_hold_the_account_once_until_there_are_new_ones() {
    on_local(async |world| {
        for code in ["ExpiredToken", "InvalidAccessKeyId"] {
            let sources = queue(world, code);
            let refusal = Action::Status {
                status: 403,
                code: Some(code),
                retry_after: None,
            };
            let rule = world.proxy.rule(Rule::new(refusal).after(10));
            let (mut changes, mut held) = (world.engine.line_changes(ACCOUNT), 0);
            let id = world.start(world.upload(&sources)).await;
            changes
                .wait_for(|status| status.state == LineState::Held)
                .await
                .unwrap();
            let asked = world.proxy.hits(rule);
            while tokio::time::timeout(Duration::from_millis(500), changes.changed())
                .await
                .is_ok()
            {
                held += usize::from(changes.borrow_and_update().state == LineState::Held);
            }
            assert_eq!(held, 0, "one prompt is enough");
            assert!(world.proxy.hits(rule) <= asked + 16, "nothing goes out any more");
            world.proxy.clear();
            let credentials: Credentials = world.direct.config().credentials.clone().unwrap();
            world.client.replace_credentials(credentials);
            world.engine.release(ACCOUNT);
            let job = world.join(id).await;
            world.all_done(&job).await;
        }
    });
}

#[test]
fn n20_one_key_that_is_refused_stops_no_other() {
    on_local(async |world| {
        let sources = queue(world, "file");
        let refusal = Action::Status {
            status: 403,
            code: Some("AccessDenied"),
            retry_after: None,
        };
        world.proxy.rule(Rule::new(refusal).key("file-7"));
        let job = world.run(world.upload(&sources)).await;
        assert_eq!((job.items_done, job.items_failed), (QUEUE as u64 - 1, 1));
        assert_eq!(job.errors[0].kind, ErrorKind::AccessDenied);
        assert_eq!(world.judge(&job).await, Vec::<String>::new());
    });
}

#[test]
fn n25_without_acls_nothing_is_called_public() {
    on_local(async |world| {
        world.object("small", SMALL).await;
        let cases = [
            (501, "NotImplemented", ErrorKind::Unsupported),
            (400, "AccessControlListNotSupported", ErrorKind::Unsupported),
            (403, "AccessDenied", ErrorKind::AccessDenied),
        ];
        for (status, code, kind) in cases {
            let rule = world.proxy.rule(Rule::new(Action::NoAcl(status, code)));
            let error = world.client.object_acl(&world.bucket, &key("small")).await.unwrap_err();
            assert_eq!(error.kind(), kind);
            let job = world.run(world.publish(&["small"])).await;
            assert_eq!(
                (job.state, job.items_done, job.errors[0].kind),
                (JobState::Failed, 0, kind)
            );
            assert_eq!(world.proxy.hits(rule), 2, "asked once each");
            world.proxy.clear();
        }
    });
}
