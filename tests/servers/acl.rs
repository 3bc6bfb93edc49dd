//! Who may do what, written, read back, and proved by a stranger.

use dipper_storage::{CannedAcl, ErrorKind, Grant, Grantee, ProbeOutcome, Right};

use crate::server::Server;

fn open(outcome: &ProbeOutcome) -> bool {
    matches!(outcome, ProbeOutcome::Open)
}

fn refused(outcome: &ProbeOutcome) -> bool {
    matches!(outcome, ProbeOutcome::Refused)
}

pub(crate) async fn canned_ones_round_trip(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    let key = server.put(&bucket, "k", "v").await;
    let table = [
        (CannedAcl::PublicRead, Grantee::AllUsers, Right::Read),
        (CannedAcl::PublicReadWrite, Grantee::AllUsers, Right::Write),
        (CannedAcl::AuthenticatedRead, Grantee::AuthenticatedUsers, Right::Read),
    ];
    for (canned, grantee, right) in table {
        client.put_bucket_canned_acl(&bucket, canned).await.unwrap();
        assert!(
            client.bucket_acl(&bucket).await.unwrap().allows(&grantee, right),
            "{canned:?}"
        );
        client.put_object_canned_acl(&bucket, &key, canned).await.unwrap();
        assert!(
            client.object_acl(&bucket, &key).await.unwrap().allows(&grantee, right),
            "{canned:?}"
        );
    }
    client.put_bucket_canned_acl(&bucket, CannedAcl::Private).await.unwrap();
    client
        .put_object_canned_acl(&bucket, &key, CannedAcl::Private)
        .await
        .unwrap();
    for acl in [
        client.bucket_acl(&bucket).await.unwrap(),
        client.object_acl(&bucket, &key).await.unwrap(),
    ] {
        let owner = Grantee::User {
            id: acl.owner.id.clone(),
            display_name: None,
        };
        assert_eq!(acl.grants.len(), 1);
        assert!(acl.allows(&owner, Right::WriteAcp), "{acl:?}");
    }
}

pub(crate) async fn grants_round_trip(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    let key = server.put(&bucket, "k", "v").await;
    let mut wanted = client.object_acl(&bucket, &key).await.unwrap();
    wanted.grants.push(Grant {
        grantee: Grantee::AllUsers,
        right: Right::Read,
    });
    wanted.grants.push(Grant {
        grantee: Grantee::AuthenticatedUsers,
        right: Right::ReadAcp,
    });
    client.put_object_acl(&bucket, &key, &wanted).await.unwrap();
    client.put_bucket_acl(&bucket, &wanted).await.unwrap();
    for acl in [
        client.object_acl(&bucket, &key).await.unwrap(),
        client.bucket_acl(&bucket).await.unwrap(),
    ] {
        assert_eq!(acl.owner.id, wanted.owner.id);
        assert_eq!(acl.grants.len(), wanted.grants.len());
        assert!(
            wanted
                .grants
                .iter()
                .all(|grant| acl.allows(&grant.grantee, grant.right)),
            "{acl:?}"
        );
    }
    wanted.grants.truncate(1);
    client.put_object_acl(&bucket, &key, &wanted).await.unwrap();
    assert!(
        !client
            .object_acl(&bucket, &key)
            .await
            .unwrap()
            .allows(&Grantee::AllUsers, Right::Read)
    );
}

pub(crate) async fn a_public_object_is_open_and_then_not(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    for text in ["Hello World!", ""] {
        let key = server.put(&bucket, "private info.txt", text).await;
        let probe = client.probe_object(&bucket, &key).await;
        assert!(refused(&probe.outcome), "{probe:?}");
        client
            .put_object_canned_acl(&bucket, &key, CannedAcl::PublicRead)
            .await
            .unwrap();
        let probe = client.probe_object(&bucket, &key).await;
        assert!(open(&probe.outcome) && probe.status == Some(200), "{probe:?}");
        assert!(
            probe.url.contains(&format!("/{}:{bucket}/", server.tenant)),
            "{}",
            probe.url
        );
        client
            .put_object_canned_acl(&bucket, &key, CannedAcl::Private)
            .await
            .unwrap();
        let probe = client.probe_object(&bucket, &key).await;
        assert!(refused(&probe.outcome), "{probe:?}");
    }
}

pub(crate) async fn a_public_bucket_is_listed_and_not_read(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    let key = server.put(&bucket, "k", "v").await;
    assert!(refused(&client.probe_bucket_listing(&bucket).await.outcome));
    client
        .put_bucket_canned_acl(&bucket, CannedAcl::PublicRead)
        .await
        .unwrap();
    let listing = client.probe_bucket_listing(&bucket).await;
    assert!(open(&listing.outcome), "{listing:?}");
    assert!(
        refused(&client.probe_object(&bucket, &key).await.outcome),
        "listing is not reading"
    );
    client.put_bucket_canned_acl(&bucket, CannedAcl::Private).await.unwrap();
    assert!(refused(&client.probe_bucket_listing(&bucket).await.outcome));
}

pub(crate) async fn policies_round_trip(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    let key = server.put(&bucket, "k", "v").await;
    assert_eq!(client.bucket_policy(&bucket).await.unwrap(), None);
    let policy = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "DipperPublicRead", "Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": ["s3:GetObject"],
            "Resource": [format!("arn:aws:s3:::{bucket}/*")],
        }],
    });
    client.put_bucket_policy(&bucket, &policy.to_string()).await.unwrap();
    let read: serde_json::Value = serde_json::from_str(&client.bucket_policy(&bucket).await.unwrap().unwrap()).unwrap();
    assert_eq!(read, policy);
    let probe = client.probe_object(&bucket, &key).await;
    assert!(open(&probe.outcome), "{probe:?}");
    let error = client
        .put_bucket_policy(&bucket, "{\"Statement\": 7}")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    client.delete_bucket_policy(&bucket).await.unwrap();
    client.delete_bucket_policy(&bucket).await.expect("none is no error");
    assert_eq!(client.bucket_policy(&bucket).await.unwrap(), None);
    assert!(refused(&client.probe_object(&bucket, &key).await.outcome));
}
