//! Names that break programs: each goes up, is listed, linked to, read and deleted, byte for byte.

use std::collections::BTreeSet;
use std::time::Duration;

use dipper_storage::{LinkMethod, LinkOptions, ListRequest, ObjectKey, PresignOptions, SignatureVersion};
use time::OffsetDateTime;

use crate::server::{Server, key, now};

pub(crate) async fn odd_keys_survive_everything(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    let names = dipper_testkit::hostile::keys();
    assert!(names.len() >= 220);
    for name in &names {
        server.put(&bucket, name, name).await;
    }
    let mut listed = BTreeSet::new();
    let mut request = ListRequest {
        max_keys: 100,
        ..ListRequest::new(bucket.clone())
    };
    loop {
        let page = client.list_page(&request).await.unwrap();
        listed.extend(page.objects.into_iter().map(|object| object.key.as_str().to_owned()));
        let Some(next) = page.next else { break };
        request.continuation = Some(next);
    }
    let expected: BTreeSet<String> = names.iter().cloned().collect();
    let missing: Vec<_> = expected.difference(&listed).collect();
    let invented: Vec<_> = listed.difference(&expected).collect();
    assert!(
        missing.is_empty() && invented.is_empty(),
        "missing {missing:?}, invented {invented:?}"
    );
    for name in &names {
        let key = key(name);
        assert_eq!(server.get(&bucket, &key).await, name.as_bytes(), "{name:?}");
        assert_eq!(
            client.head_object(&bucket, &key).await.unwrap().size,
            name.len() as u64,
            "{name:?}"
        );
        for signature in [SignatureVersion::V4, SignatureVersion::V2] {
            let options = PresignOptions {
                link: LinkOptions::default(),
                signature,
                method: LinkMethod::Get,
                expires_in: Duration::from_mins(10),
                now: OffsetDateTime::now_utc(),
            };
            let url = client.presigned_url(&bucket, &key, &options).unwrap().url();
            let answer = server.stranger.get(&url).await.unwrap();
            assert_eq!(answer.status.as_u16(), 200, "{signature:?} {name:?}: {}", answer.text());
            assert_eq!(answer.body, name.as_bytes(), "{signature:?} {name:?}");
        }
    }
    let keys: Vec<ObjectKey> = names.iter().map(|name| key(name)).collect();
    let report = client.delete_objects(&bucket, &now(&keys)).await.unwrap();
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    assert_eq!(report.deleted, keys.len() as u64);
    client.delete_bucket(&bucket).await.expect("every one of them is gone");
}
