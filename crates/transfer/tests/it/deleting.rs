//! Deleting, emptying a bucket, and ACLs over many keys.

use dipper_storage::{CannedAcl, Grantee, ObjectVersion, Prefix, PutOptions, Right};
use dipper_transfer::{AclSpec, DeleteSpec, EmptyBucketSpec, JobSpec, JobState};

use crate::support::{World, key};

/// The objects of these names as they are now.
fn now(names: &[&str]) -> Vec<ObjectVersion> {
    names.iter().map(|name| key(name).into()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_what_was_named_goes() {
    let world = World::new().await;
    let below: Vec<String> = (0..2100).map(|number| format!("folder/{number}")).collect();
    let mut names: Vec<&str> = below.iter().map(String::as_str).collect();
    names.extend(["one", "line\nbreak", "\u{1}"]);
    // What is not there is as gone as what was deleted, so a few of the many are enough to fill three requests.
    let there = names.iter().skip(2000).chain(&names[..50]);
    for name in there.chain(&["folder2", "folder", "folder/came later", "two"]) {
        world.put(name, b"").await;
    }
    names.push("never was");
    let spec = DeleteSpec {
        client: world.client.clone(),
        account: "Test".to_owned(),
        bucket: world.bucket.clone(),
        objects: now(&names),
    };
    let job = world.run_well(JobSpec::Delete(spec)).await;
    assert_eq!((job.items_done, job.items_total, job.bytes_total), (2104, 2104, None));
    assert_eq!(world.keys().await, ["folder", "folder/came later", "folder2", "two"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_is_emptied_of_objects_and_unfinished_uploads_and_goes() {
    let world = World::new().await;
    let names: Vec<String> = (0..30).map(|number| format!("{number}/x")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for name in &names {
        world.put(name, b"1").await;
    }
    world
        .client
        .create_multipart_upload(&world.bucket, &key("half"), &PutOptions::default())
        .await
        .unwrap();
    let spec = EmptyBucketSpec {
        client: world.client.clone(),
        account: "Test".to_owned(),
        bucket: world.bucket.clone(),
        objects: now(&names),
        uploads: world.client.list_multipart_uploads(&world.bucket).await.unwrap(),
    };
    let job = world.run_well(JobSpec::EmptyAndDeleteBucket(spec.clone())).await;
    assert_eq!((job.items_done, job.title.as_str()), (32, "bucket"));
    assert!(world.client.list_buckets().await.unwrap().buckets.is_empty());
    let again = world.run(JobSpec::EmptyAndDeleteBucket(spec)).await;
    assert_eq!(
        (again.state, again.errors[0].code.as_deref()),
        (JobState::Failed, Some("NoSuchBucket"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_after_the_count_keeps_its_bucket() {
    let world = World::new().await;
    for name in ["counted", "came later"] {
        world.put(name, b"1").await;
    }
    let spec = EmptyBucketSpec {
        client: world.client.clone(),
        account: "Test".to_owned(),
        bucket: world.bucket.clone(),
        objects: now(&["counted"]),
        uploads: Vec::new(),
    };
    let job = world.run(JobSpec::EmptyAndDeleteBucket(spec)).await;
    assert_eq!(
        (job.state, job.items_done, job.errors[0].code.as_deref()),
        (JobState::Failed, 1, Some("BucketNotEmpty"))
    );
    assert_eq!(world.keys().await, ["came later"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acl_reaches_every_object_below_a_prefix() {
    let world = World::new().await;
    for name in ["p/1", "p/2", "p/deep/3", "q", "named"] {
        world.put(name, b"").await;
    }
    let spec = |canned_acl| {
        JobSpec::SetAcl(AclSpec {
            client: world.client.clone(),
            account: "Test".to_owned(),
            bucket: world.bucket.clone(),
            keys: vec![key("named")],
            prefixes: vec![Prefix::new("p/")],
            canned_acl,
        })
    };
    let public = async |name: &str| {
        let acl = world.client.object_acl(&world.bucket, &key(name)).await.unwrap();
        acl.allows(&Grantee::AllUsers, Right::Read)
    };
    assert_eq!(world.run_well(spec(CannedAcl::PublicRead)).await.items_done, 4);
    for (name, expected) in [
        ("p/1", true),
        ("p/2", true),
        ("p/deep/3", true),
        ("named", true),
        ("q", false),
    ] {
        assert_eq!(public(name).await, expected, "{name}");
    }
    world.run_well(spec(CannedAcl::Private)).await;
    assert!(!public("p/deep/3").await);
}
