//! Answers that no good server gives: N22 to N24, N26.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use dipper_storage::{ListRequest, ObjectVersion, Prefix};
use dipper_testkit::{Action, Rule};
use dipper_transfer::JobState;

use crate::support::{World, key, on_local, resident};

#[test]
fn n22_of_a_thousand_deletes_exactly_those_that_failed_are_told() {
    on_local(async |world| {
        let names: Vec<String> = (0..1000).map(|number| format!("key-{number:04}")).collect();
        let mut document = "<DeleteResult>".to_owned();
        for (number, name) in names.iter().enumerate() {
            if number % 27 == 0 && number < 27 * 37 {
                write!(document, "<Error><Key>{name}</Key><Code>AccessDenied</Code></Error>").unwrap();
            } else {
                write!(document, "<Deleted><Key>{name}</Key></Deleted>").unwrap();
            }
        }
        document.push_str("</DeleteResult>");
        for _ in 0..3 {
            let rule = world
                .proxy
                .rule(Rule::new(Action::Ok200Body(document.clone())).on(&["DeleteObjects"]));
            let job = world.run(world.delete(names.clone())).await;
            assert_eq!(
                (job.state, job.items_done, job.items_failed),
                (JobState::Failed, 963, 37)
            );
            assert_eq!(job.errors.len(), 37);
            assert!(job.errors.iter().all(|error| names.contains(&error.name)));
            assert_eq!(world.proxy.hits(rule), 1);
            world.proxy.clear();
        }
    });
}

/// All names of a listing in pages of `size`, folded; `between` happens after each page.
async fn listed(world: &World, request: ListRequest, between: impl AsyncFn(usize)) -> (Vec<String>, Vec<String>) {
    let (mut objects, mut folders, mut request) = (Vec::new(), Vec::new(), request);
    for page in 0..1000 {
        let listed = world.client.list_page(&request).await.unwrap();
        objects.extend(listed.objects.iter().map(|object| object.key.to_string()));
        folders.extend(listed.common_prefixes.iter().map(ToString::to_string));
        request.continuation = listed.next;
        if request.continuation.is_none() {
            return (objects, folders);
        }
        between(page).await;
    }
    panic!("a listing without an end");
}

#[test]
fn n23_a_bucket_that_changes_under_a_listing_shows_no_key_twice() {
    on_local(async |world| {
        for number in 0..30 {
            world.put_directly(&format!("key-{number:03}"), b"x").await;
        }
        for seed in 0..10_usize {
            let request = ListRequest {
                max_keys: 7,
                ..ListRequest::new(world.bucket.clone())
            };
            let world = &*world;
            let (objects, _) = listed(world, request, async |page| {
                let number = (seed * 7 + page * 5) % 30;
                let gone = ObjectVersion::from(key(&format!("key-{number:03}")));
                world.direct.delete_version(&world.bucket, &gone).await.unwrap();
                world.put_directly(&format!("key-{number:03}-{seed}"), b"x").await;
                world.put_directly(&format!("a-{number:03}-{seed}"), b"x").await;
            })
            .await;
            let different: BTreeSet<_> = objects.iter().collect();
            assert_eq!(different.len(), objects.len());
        }
    });
}

#[test]
fn n24_a_server_that_leaves_questions_unread_still_shows_the_right_tree() {
    on_local(async |world| {
        let names = ["a b", "p/1", "p/2+3", "p/x/1", "p/x/2", "p/x/3", "p/y%2F/1", "p/z", "q"];
        for name in names {
            world.put_directly(name, b"x").await;
        }
        let ignored = ["delimiter", "start-after", "max-keys", "encoding-type"];
        for bits in 0..16_usize {
            let left_unread: Vec<_> = (0..4)
                .filter(|bit| bits >> bit & 1 == 1)
                .map(|bit| ignored[bit])
                .collect();
            let rule = world
                .proxy
                .rule(Rule::new(Action::IgnoreParameters(left_unread.clone())).on(&["ListObjectsV2"]));
            let request = ListRequest {
                prefix: Prefix::new("p/"),
                delimiter: Some("/".to_owned()),
                max_keys: 2,
                start_after: Some(key("p/1")),
                ..ListRequest::new(world.bucket.clone())
            };
            let (objects, folders) = listed(world, request, async |_| {}).await;
            assert_eq!(objects, ["p/2+3", "p/z"], "{left_unread:?}");
            assert_eq!(folders, ["p/x/", "p/y%2F/"], "{left_unread:?}");
            assert!(world.proxy.hits(rule) > 0);
            world.proxy.clear();
        }
    });
}

#[test]
fn n26_an_answer_without_an_end_is_cut_off() {
    on_local(async |world| {
        let request = ListRequest::new(world.bucket.clone());
        for status in [200, 403, 500] {
            let rule = world.proxy.rule(Rule::new(Action::HugeBody { status, mebibytes: 200 }));
            let (before, begin) = (resident(), Instant::now());
            for _ in 0..3 {
                let error = world.client.list_page(&request).await.unwrap_err();
                assert!(!error.to_string().is_empty());
            }
            let grown = resident().saturating_sub(before);
            assert!(grown < 64 * 1024 * 1024, "{grown} bytes more");
            assert!(begin.elapsed() < Duration::from_secs(20));
            assert_eq!(world.proxy.hits(rule), 3);
            let read: u64 = world.proxy.passed().iter().map(|passed| passed.answered).max().unwrap();
            let most = if status == 200 { 16 } else { 1 };
            // And what the system's own buffers had already taken, which is much on loopback.
            assert!(read < (most + 48) * 1024 * 1024, "{read}");
            world.proxy.clear();
            world.proxy.forget();
        }
    });
}
