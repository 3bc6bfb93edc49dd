//! Uploads in parts.

use dipper_storage::{
    BucketName, ByteRange, CannedAcl, CompletedPart, ErrorKind, GetOptions, MIN_PART_SIZE, ObjectKey, ObjectRef,
    PartRef, PutOptions, UploadBody, UploadId,
};

use crate::server::{Server, key};

fn part(byte: u8, length: u64) -> UploadBody {
    UploadBody::bytes(vec![byte; usize::try_from(length).unwrap()])
}

pub(crate) async fn parts_become_an_object(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    let key = key("big file #1.bin");
    let options = PutOptions {
        content_type: Some("application/x-test".into()),
        metadata: vec![("name".into(), "é".into())],
        canned_acl: Some(CannedAcl::PublicRead),
        ..PutOptions::default()
    };
    let upload = client.create_multipart_upload(&bucket, &key, &options).await.unwrap();
    let last = client
        .upload_part(&bucket, &key, &upload, 7, part(b'z', 11))
        .await
        .unwrap();
    let first = client
        .upload_part(&bucket, &key, &upload, 1, part(b'a', MIN_PART_SIZE))
        .await
        .unwrap();
    check_listed(server, &bucket, &key, &upload, [&first.etag, &last.etag]).await;
    let parts = [
        CompletedPart {
            number: 1,
            etag: first.etag,
        },
        CompletedPart {
            number: 7,
            etag: last.etag,
        },
    ];
    let stored = client
        .complete_multipart_upload(&bucket, &key, &upload, &parts, &PutOptions::default())
        .await
        .unwrap();
    let info = client.head_object(&bucket, &key).await.unwrap();
    assert_eq!(info.size, MIN_PART_SIZE + 11);
    // Ceph RGW 16 does not tell it at the end.
    assert!(stored.etag.is_none() || stored.etag == info.etag);
    assert!(info.etag.unwrap().ends_with("-2"));
    assert_eq!(
        (info.content_type, info.metadata),
        (options.content_type, options.metadata)
    );
    let seam = GetOptions {
        range: Some(ByteRange::From(MIN_PART_SIZE - 2)),
        ..GetOptions::default()
    };
    let bytes = client
        .get_object(&bucket, &key, &seam)
        .await
        .unwrap()
        .collect(100)
        .await
        .unwrap();
    assert_eq!(bytes, "aazzzzzzzzzzz");
    assert!(client.list_multipart_uploads(&bucket).await.unwrap().is_empty());
}

/// The parts of [`parts_become_an_object`] as the server lists them before they are put together.
async fn check_listed(server: &Server, bucket: &BucketName, key: &ObjectKey, upload: &UploadId, etags: [&str; 2]) {
    let parts = server.client.list_parts(bucket, key, upload).await.unwrap();
    let listed: Vec<(u32, u64, &str)> = parts
        .iter()
        .map(|part| (part.number, part.size, part.etag.as_str()))
        .collect();
    assert_eq!(listed, [(1, MIN_PART_SIZE, etags[0]), (7, 11, etags[1])]);
}

pub(crate) async fn unfinished_ones_are_listed_and_aborted(server: &Server) {
    // The second list has a name that XML cannot hold.
    for names in [&["a b+c/é.bin", "100%", "z"][..], &["a b+c", "100%", "\u{1}"][..]] {
        check_unfinished(server, names).await;
    }
}

async fn check_unfinished(server: &Server, names: &[&str]) {
    let (client, bucket) = (&server.client, server.bucket().await);
    let mut uploads = Vec::new();
    for name in names {
        let upload = client
            .create_multipart_upload(&bucket, &key(name), &PutOptions::default())
            .await
            .unwrap();
        client
            .upload_part(&bucket, &key(name), &upload, 1, part(b'x', 10))
            .await
            .unwrap();
        uploads.push((name, upload));
    }
    let listed = client.list_multipart_uploads(&bucket).await.unwrap();
    assert_eq!(listed.len(), names.len());
    for (name, upload) in &uploads {
        let found = listed
            .iter()
            .find(|found| found.key.as_str() == **name)
            .expect("it is listed");
        assert_eq!(&found.upload_id, upload);
        assert!(found.initiated.is_some());
        client
            .abort_multipart_upload(&bucket, &key(name), upload)
            .await
            .unwrap();
        client
            .abort_multipart_upload(&bucket, &key(name), upload)
            .await
            .expect("gone is gone");
        let error = client.list_parts(&bucket, &key(name), upload).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
    assert!(client.list_multipart_uploads(&bucket).await.unwrap().is_empty());
}

pub(crate) async fn mistakes_are_refused(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    let key = key("k");
    let upload = client
        .create_multipart_upload(&bucket, &key, &PutOptions::default())
        .await
        .unwrap();
    let complete = async |parts: &[CompletedPart]| {
        client
            .complete_multipart_upload(&bucket, &key, &upload, parts, &PutOptions::default())
            .await
            .unwrap_err()
    };
    let wrong = |number| CompletedPart {
        number,
        etag: "0".repeat(32),
    };
    assert_eq!(complete(&[]).await.kind(), ErrorKind::InvalidInput);
    assert_eq!(complete(&[wrong(2), wrong(1)]).await.kind(), ErrorKind::InvalidInput);
    assert_eq!(complete(&[wrong(1)]).await.s3_code(), Some("InvalidPart"));
    for number in [0, 10_001] {
        let error = client
            .upload_part(&bucket, &key, &upload, number, part(b'x', 1))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
    client.abort_multipart_upload(&bucket, &key, &upload).await.unwrap();
    let gone = client
        .upload_part(&bucket, &key, &UploadId::new("2~nothing"), 1, part(b'x', 1))
        .await
        .unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);
}

/// Not on Ceph RGW 16, which does not read the condition: there a client has to look as well.
pub(crate) async fn a_completion_under_a_condition_replaces_nothing(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    let options = PutOptions {
        if_none_match: true,
        ..PutOptions::default()
    };
    let key = key("taken");
    let upload = client.create_multipart_upload(&bucket, &key, &options).await.unwrap();
    let sent = client
        .upload_part(&bucket, &key, &upload, 1, part(b'x', 10))
        .await
        .unwrap();
    let parts = [CompletedPart {
        number: 1,
        etag: sent.etag,
    }];
    server.put(&bucket, "taken", "somebody's").await;
    let outcome = client
        .complete_multipart_upload(&bucket, &key, &upload, &parts, &options)
        .await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::PreconditionFailed);
    assert_eq!(server.get(&bucket, &key).await, b"somebody's");
}

/// Only where the compatibility says so: a key with a `%` would stop Ceph RGW 16.
pub(crate) async fn parts_are_copied_where_that_is_safe(server: &Server) {
    let bucket = server.bucket().await;
    let (from, to) = (server.put(&bucket, "100% a+b.txt", "0123456789").await, key("copy"));
    let client = server.client_with(|config| config.compatibility.upload_part_copy = true);
    let upload = client
        .create_multipart_upload(&bucket, &to, &PutOptions::default())
        .await
        .unwrap();
    let source = ObjectRef {
        bucket: &bucket,
        key: &from,
    };
    let target = PartRef {
        object: ObjectRef {
            bucket: &bucket,
            key: &to,
        },
        upload: &upload,
        number: 1,
    };
    let error = server
        .client
        .upload_part_copy(source, target, None, None)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "the default is to be careful");
    let range = Some(ByteRange::Between { first: 2, last: 5 });
    let error = client
        .upload_part_copy(source, target, range, Some("00000000000000000000000000000000"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PreconditionFailed, "it is another one by now");
    let part = client.upload_part_copy(source, target, range, None).await.unwrap();
    let parts = [CompletedPart {
        number: 1,
        etag: part.etag,
    }];
    client
        .complete_multipart_upload(&bucket, &to, &upload, &parts, &PutOptions::default())
        .await
        .unwrap();
    assert_eq!(server.get(&bucket, &to).await, b"2345");
}
