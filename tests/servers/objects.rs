//! Objects: every byte, header and refusal.

use std::sync::Arc;

use bytes::Bytes;
use dipper_storage::{
    BodySource, BoxBody, ByteRange, CannedAcl, Checksum, CopyOptions, ErrorKind, GetOptions, Grantee, ObjectRef,
    PutOptions, Right, UploadBody,
};
use futures_util::stream;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;

use crate::server::{Server, key, now};

pub(crate) async fn twelve_bytes_come_back(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    let key = key("hello.txt");
    let options = PutOptions {
        content_type: Some("text/plain".into()),
        ..PutOptions::default()
    };
    let stored = client
        .put_object(&bucket, &key, UploadBody::bytes("Hello World!"), &options)
        .await
        .unwrap();
    assert_eq!(stored.etag.as_deref(), Some("ed076287532e86365e841e92bfc50d8c"));
    let info = client.head_object(&bucket, &key).await.unwrap();
    assert_eq!((info.size, info.content_type.as_deref()), (12, Some("text/plain")));
    assert_eq!(info.etag, stored.etag);
    assert!(info.last_modified.is_some());
    assert_eq!(server.get(&bucket, &key).await, b"Hello World!");
    client.delete_object(&bucket, &key).await.unwrap();
    client
        .delete_object(&bucket, &key)
        .await
        .expect("nothing to delete is no error");
}

pub(crate) async fn empty_ones_are_kept(server: &Server) {
    let bucket = server.bucket().await;
    let key = server.put(&bucket, "folder/", "").await;
    assert_eq!(server.client.head_object(&bucket, &key).await.unwrap().size, 0);
    assert_eq!(server.get(&bucket, &key).await, b"");
}

pub(crate) async fn ranges_are_exact(server: &Server) {
    let bucket = server.bucket().await;
    let text: String = (0..1_000)
        .map(|n| char::from(b'a' + u8::try_from(n % 26).unwrap()))
        .collect();
    let key = server.put(&bucket, "k", &text).await;
    let ranges = [
        (ByteRange::Between { first: 0, last: 0 }, 0..1),
        (ByteRange::Between { first: 10, last: 19 }, 10..20),
        (
            ByteRange::Between {
                first: 990,
                last: 5_000,
            },
            990..1_000,
        ),
        (ByteRange::From(995), 995..1_000),
        (ByteRange::Last(7), 993..1_000),
        (ByteRange::Last(5_000), 0..1_000),
    ];
    for (range, expected) in ranges {
        let options = GetOptions {
            range: Some(range),
            ..GetOptions::default()
        };
        let stream = server.client.get_object(&bucket, &key, &options).await.unwrap();
        assert_eq!(stream.info.size, 1_000, "{range}");
        assert_eq!(
            stream.collect(1_000).await.unwrap(),
            &text.as_bytes()[expected],
            "{range}"
        );
    }
    let options = GetOptions {
        range: Some(ByteRange::From(1_000)),
        ..GetOptions::default()
    };
    let error = server.client.get_object(&bucket, &key, &options).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::PreconditionFailed, Some(416))
    );
}

pub(crate) async fn conditions_hold(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    let key = server.put(&bucket, "k", "first").await;
    let etag = client.head_object(&bucket, &key).await.unwrap().etag;
    let same = GetOptions {
        if_match: etag,
        ..GetOptions::default()
    };
    client.get_object(&bucket, &key, &same).await.unwrap();
    let other = GetOptions {
        if_match: Some("0".repeat(32)),
        ..GetOptions::default()
    };
    let error = client.get_object(&bucket, &key, &other).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PreconditionFailed);
    let new_only = PutOptions {
        if_none_match: true,
        ..PutOptions::default()
    };
    let error = client
        .put_object(&bucket, &key, UploadBody::bytes("second"), &new_only)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PreconditionFailed);
    assert_eq!(server.get(&bucket, &key).await, b"first");
}

pub(crate) async fn headers_and_metadata_come_back(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    let key = key("k");
    let hostile = [
        ("plain", "a value; with=signs"),
        ("unicode", "Grüße, 名前, 😀"),
        ("script", "<script>window.__pwned(1)</script>"),
        ("lines", "one\r\nx-amz-acl: public-read"),
        ("long", "é123456789é123456789é123456789é123456789é123456789é123456789"),
    ];
    let metadata: Vec<(String, String)> = hostile
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    let options = PutOptions {
        content_type: Some("text/html; charset=utf-8".into()),
        cache_control: Some("max-age=60".into()),
        content_disposition: Some("attachment; filename=\"a b.txt\"".into()),
        content_language: Some("de".into()),
        metadata: metadata.clone(),
        ..PutOptions::default()
    };
    client
        .put_object(&bucket, &key, UploadBody::bytes("x"), &options)
        .await
        .unwrap();
    let info = client.head_object(&bucket, &key).await.unwrap();
    assert_eq!(info.content_type, options.content_type);
    assert_eq!(info.cache_control, options.cache_control);
    assert_eq!(info.content_disposition, options.content_disposition);
    assert_eq!(info.content_language, options.content_language);
    let mut expected = metadata;
    expected.sort();
    assert_eq!(info.metadata, expected);
    let bad = PutOptions {
        metadata: vec![("a b".into(), "x".into())],
        ..PutOptions::default()
    };
    let error = client
        .put_object(&bucket, &key, UploadBody::bytes("x"), &bad)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

/// Amazon and Local storage decode such words as they arrive and so cannot tell; Ceph RGW keeps what it is given.
pub(crate) async fn metadata_is_kept_to_the_letter(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    let metadata: Vec<(String, String)> = [
        ("lookalike", "=?UTF-8?Q?not_a_word?="),
        ("spaces", "  kept at both ends  "),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    let options = PutOptions {
        metadata: metadata.clone(),
        ..PutOptions::default()
    };
    client
        .put_object(&bucket, &key("k"), UploadBody::bytes("x"), &options)
        .await
        .unwrap();
    assert_eq!(client.head_object(&bucket, &key("k")).await.unwrap().metadata, metadata);
}

pub(crate) async fn copies_are_whole_and_private(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    let (from, to) = (key("a b+c/%41é.txt"), key("copy of 100%/?.txt"));
    let options = PutOptions {
        canned_acl: Some(CannedAcl::PublicRead),
        metadata: vec![("kept".into(), "yes".into())],
        ..PutOptions::default()
    };
    client
        .put_object(&bucket, &from, UploadBody::bytes("bytes"), &options)
        .await
        .unwrap();
    let source = ObjectRef {
        bucket: &bucket,
        key: &from,
    };
    let target = ObjectRef {
        bucket: &bucket,
        key: &to,
    };
    let copied = client
        .copy_object(source, target, &CopyOptions::default())
        .await
        .unwrap();
    let info = client.head_object(&bucket, &to).await.unwrap();
    assert_eq!(copied.etag, info.etag);
    assert_eq!(info.metadata, options.metadata);
    assert_eq!(server.get(&bucket, &to).await, b"bytes");
    let acl = client.object_acl(&bucket, &to).await.unwrap();
    assert!(!acl.allows(&Grantee::AllUsers, Right::Read), "{acl:?}");
    let replace = PutOptions {
        metadata: vec![("new".into(), "1".into())],
        ..PutOptions::default()
    };
    let replacing = CopyOptions {
        replace: Some(replace.clone()),
        ..CopyOptions::default()
    };
    client.copy_object(source, target, &replacing).await.unwrap();
    assert_eq!(
        client.head_object(&bucket, &to).await.unwrap().metadata,
        replace.metadata
    );
}

pub(crate) async fn many_are_deleted(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    let names = [
        "a",
        "a/b",
        "x y",
        "<&>\"'",
        "名前",
        "tab\there",
        "line\nbreak",
        "\u{1}",
        " spaced ",
        "100%",
    ];
    let mut keys = Vec::new();
    for name in names {
        keys.push(server.put(&bucket, name, "x").await);
    }
    keys.push(key("never there"));
    let report = client.delete_objects(&bucket, &now(&keys)).await.unwrap();
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    assert_eq!(report.deleted, keys.len() as u64);
    client.delete_bucket(&bucket).await.expect("all of them are gone");
    let error = client.delete_objects(&bucket, &now(&keys[..2])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

pub(crate) async fn damaged_uploads_are_refused(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    let key = key("k");
    let damaged = UploadBody::bytes("Hello World!").with_checksum(Checksum::Md5([7; 16]));
    let error = client
        .put_object(&bucket, &key, damaged, &PutOptions::default())
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.s3_code()), (ErrorKind::Corrupt, Some("BadDigest")));
    let error = client.head_object(&bucket, &key).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "nothing was stored");
}

/// A source that yields its bytes in pieces, as a file would.
struct Pieces {
    count: usize,
    fails_at: Option<usize>,
}

const PIECE: usize = 128 * 1024;

impl BodySource for Pieces {
    fn open(&self) -> dipper_storage::Result<BoxBody> {
        let fails_at = self.fails_at;
        let pieces = (0..self.count).map(move |n| {
            if Some(n) == fails_at {
                return Err(std::io::Error::other("the disk is broken"));
            }
            Ok(Frame::data(Bytes::from(vec![u8::try_from(n % 251).unwrap(); PIECE])))
        });
        Ok(StreamBody::new(stream::iter(pieces)).boxed())
    }
}

pub(crate) async fn files_stream_through(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    let key = key("big");
    let length = (40 * PIECE) as u64;
    let body = UploadBody::source(
        Arc::new(Pieces {
            count: 40,
            fails_at: None,
        }),
        length,
    );
    client
        .put_object(&bucket, &key, body, &PutOptions::default())
        .await
        .unwrap();
    let bytes = server.get(&bucket, &key).await;
    assert_eq!(bytes.len() as u64, length);
    assert!(
        bytes
            .chunks(PIECE)
            .enumerate()
            .all(|(n, piece)| piece.iter().all(|byte| usize::from(*byte) == n % 251))
    );
    let broken = UploadBody::source(
        Arc::new(Pieces {
            count: 40,
            fails_at: Some(3),
        }),
        length,
    );
    let error = client
        .put_object(&bucket, &key, broken, &PutOptions::default())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LocalIo, "{error}");
    assert!(error.to_string().contains("the disk is broken"), "{error}");
    assert_eq!(
        server.client.head_object(&bucket, &key).await.unwrap().size,
        length,
        "the old object is still there"
    );
}

pub(crate) async fn missing_ones_are_not_found(server: &Server) {
    let (client, bucket) = (&server.client, server.bucket().await);
    let key = key("nothing");
    for error in [
        client.head_object(&bucket, &key).await.unwrap_err(),
        client
            .get_object(&bucket, &key, &GetOptions::default())
            .await
            .unwrap_err(),
        client.object_acl(&bucket, &key).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
        assert_eq!((error.bucket(), error.key()), (Some(&bucket), Some(&key)));
    }
}
