//! Links, opened by someone without credentials.

use std::time::Duration;

use dipper_storage::{
    BucketName, CannedAcl, Client, LinkMethod, LinkOptions, ObjectKey, PresignOptions, ProjectIdUse, SignatureVersion,
};
use http::{HeaderMap, Method};
use time::OffsetDateTime;

use crate::server::{Server, key};

const BOTH: [SignatureVersion; 2] = [SignatureVersion::V4, SignatureVersion::V2];

fn signed(signature: SignatureVersion, project_id: ProjectIdUse) -> PresignOptions {
    PresignOptions {
        link: LinkOptions {
            project_id,
            ..LinkOptions::default()
        },
        signature,
        method: LinkMethod::Get,
        expires_in: Duration::from_hours(1),
        now: OffsetDateTime::now_utc(),
    }
}

fn link(client: &Client, bucket: &BucketName, key: &ObjectKey, options: &PresignOptions) -> String {
    client.presigned_url(bucket, key, options).unwrap().url()
}

async fn status(server: &Server, url: &str) -> u16 {
    server.stranger.get(url).await.unwrap().status.as_u16()
}

pub(crate) async fn public_links_follow_the_acl(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    let key = server.put(&bucket, "hello world+1.txt", "Hello World!").await;
    let url = client.public_url(&bucket, Some(&key), &LinkOptions::default()).url();
    assert!(
        url.contains(&format!("/{}:{bucket}/hello%20world%2B1.txt", server.tenant)),
        "{url}"
    );
    assert_eq!(status(server, &url).await, 403);
    client
        .put_object_canned_acl(&bucket, &key, CannedAcl::PublicRead)
        .await
        .unwrap();
    let answer = server.stranger.get(&url).await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, "Hello World!"));
    client
        .put_object_canned_acl(&bucket, &key, CannedAcl::Private)
        .await
        .unwrap();
    assert_eq!(status(server, &url).await, 403);
}

pub(crate) async fn signed_links_work(server: &Server) {
    let bucket = server.bucket().await;
    let key = server.put(&bucket, "private_info.txt", "for your eyes").await;
    for signature in BOTH {
        for project_id in [ProjectIdUse::Account, ProjectIdUse::Omit] {
            let url = link(&server.client, &bucket, &key, &signed(signature, project_id));
            let answer = server.stranger.get(&url).await.unwrap();
            assert_eq!(
                answer.status.as_u16(),
                200,
                "{signature:?} {project_id:?}: {}",
                answer.text()
            );
            assert_eq!(answer.text(), "for your eyes");
            let head = PresignOptions {
                method: LinkMethod::Head,
                ..signed(signature, project_id)
            };
            let url = link(&server.client, &bucket, &key, &head);
            assert_eq!(server.stranger.head(&url).await.unwrap().status.as_u16(), 200);
        }
    }
}

pub(crate) async fn signed_links_end(server: &Server) {
    let bucket = server.bucket().await;
    let key = server.put(&bucket, "private_info.txt", "for your eyes").await;
    for signature in BOTH {
        let now = OffsetDateTime::now_utc() - Duration::from_mins(61);
        let past = PresignOptions {
            now,
            ..signed(signature, ProjectIdUse::Account)
        };
        assert_eq!(
            status(server, &link(&server.client, &bucket, &key, &past)).await,
            403,
            "{signature:?}"
        );
        let last_minute = PresignOptions {
            now: now + Duration::from_mins(2),
            ..past
        };
        assert_eq!(
            status(server, &link(&server.client, &bucket, &key, &last_minute)).await,
            200,
            "{signature:?}"
        );
    }
}

pub(crate) async fn pasted_prefixes_fail(server: &Server) {
    let bucket = server.bucket().await;
    let key = server.put(&bucket, "private_info.txt", "for your eyes").await;
    for signature in BOTH {
        let url = link(&server.client, &bucket, &key, &signed(signature, ProjectIdUse::Omit));
        assert_eq!(status(server, &url).await, 200);
        let pasted = url.replacen(&format!("/{bucket}/"), &format!("/{}:{bucket}/", server.tenant), 1);
        assert_ne!(pasted, url);
        assert_eq!(status(server, &pasted).await, 403, "{signature:?}");
    }
}

pub(crate) async fn links_for_uploading_work(server: &Server) {
    let (bucket, key) = (server.bucket().await, key("from a stranger.txt"));
    for signature in BOTH {
        let options = PresignOptions {
            method: LinkMethod::Put,
            ..signed(signature, ProjectIdUse::Account)
        };
        let url = link(&server.client, &bucket, &key, &options);
        let text = format!("{signature:?}");
        let answer = server
            .stranger
            .send(Method::PUT, &url, &HeaderMap::new(), text.clone().into())
            .await
            .unwrap();
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
        assert_eq!(server.get(&bucket, &key).await, text.as_bytes());
        assert_eq!(status(server, &url).await, 403, "it is for uploading only");
    }
}
