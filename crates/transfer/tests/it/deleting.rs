//! Deleting, emptying a bucket, and ACLs over many keys.

use dipper_storage::{CannedAcl, Grantee, Prefix, PutOptions, Right};
use dipper_transfer::{AclSpec, DeleteSpec, EmptyBucketSpec, JobSpec, JobState};

use crate::support::{World, key};

fn delete(world: &World, keys: &[&str], prefixes: &[&str]) -> JobSpec {
    JobSpec::Delete(DeleteSpec {
        client: world.client.clone(),
        account: "Test".to_owned(),
        bucket: world.bucket.clone(),
        keys: keys.iter().map(|name| key(name)).collect(),
        prefixes: prefixes.iter().map(|prefix| Prefix::new(*prefix)).collect(),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_prefixes_go_and_nothing_else_does() {
    let world = World::new().await;
    for number in 0..2100 {
        world.put(&format!("folder/{number}"), b"").await;
    }
    for name in ["folder2", "folder", "one", "two", "line\nbreak", "\u{1}"] {
        world.put(name, b"").await;
    }
    let job = world
        .run_well(delete(
            &world,
            &["one", "line\nbreak", "\u{1}", "never was"],
            &["folder/"],
        ))
        .await;
    assert_eq!((job.items_done, job.items_total, job.bytes_total), (2104, 2104, None));
    assert_eq!(world.keys().await, ["folder", "folder2", "two"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_is_emptied_of_objects_and_unfinished_uploads_and_goes() {
    let world = World::new().await;
    for number in 0..30 {
        world.put(&format!("{number}/x"), b"1").await;
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
    };
    let job = world.run_well(JobSpec::EmptyAndDeleteBucket(spec.clone())).await;
    assert_eq!((job.items_done, job.title.as_str()), (31, "bucket"));
    assert!(world.client.list_buckets().await.unwrap().buckets.is_empty());
    let again = world.run(JobSpec::EmptyAndDeleteBucket(spec)).await;
    assert_eq!(
        (again.state, again.errors[0].code.as_deref()),
        (JobState::Failed, Some("NoSuchBucket"))
    );
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
