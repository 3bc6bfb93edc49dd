//! Access control lists, and what strangers see of them.

use crate::client::{Answer, Fixture, OWNER, Sign, TENANT, delete, get, head, post, put};

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";

/// The grants of an answer as (grantee, permission).
fn grants(answer: &Answer) -> Vec<(String, String)> {
    let text = answer.text();
    let grants = text
        .split("</Grant>")
        .filter_map(|grant| grant.split("<Grant>").nth(1))
        .map(|grant| {
            let field = |name: &str| {
                let rest = grant.split(&format!("<{name}>")).nth(1)?;
                Some(rest.split('<').next()?.to_owned())
            };
            (
                field("ID").or_else(|| field("URI")).unwrap(),
                field("Permission").unwrap(),
            )
        });
    grants.collect()
}

fn pair(grantee: &str, permission: &str) -> (String, String) {
    (grantee.to_owned(), permission.to_owned())
}

#[tokio::test]
async fn an_object_is_made_public_and_private_again() {
    let fixture = Fixture::with_bucket().await;
    fixture.client.put("/bucket/a", "data").await.expect_status(200);
    let plain = "/bucket/a".to_owned();
    let with_tenant = [format!("/{TENANT}:bucket/a"), format!("/{TENANT}%3Abucket/a")];
    let paths = [&[plain], &with_tenant[..]].concat();
    for path in &paths {
        fixture.client.stranger(path).await.expect_error(403, "AccessDenied");
    }
    fixture
        .client
        .v4(put("/bucket/a?acl").header("x-amz-acl", "public-read"))
        .await
        .expect_status(200);
    let acl = fixture.client.get("/bucket/a?acl").await.expect_status(200);
    assert_eq!(grants(&acl), [pair(OWNER, "FULL_CONTROL"), pair(ALL_USERS, "READ")]);
    assert_eq!(acl.elements("ID")[0], OWNER);
    assert!(acl.text().contains("xsi:type=\"Group\""));
    for path in &paths {
        assert_eq!(fixture.client.stranger(path).await.expect_status(200).text(), "data");
        fixture.client.send(head(path), Sign::No).await.expect_status(200);
    }
    fixture
        .client
        .stranger("/other:bucket/a")
        .await
        .expect_error(404, "NoSuchBucket");
    fixture
        .client
        .stranger("/bucket/a?acl")
        .await
        .expect_error(403, "AccessDenied");
    fixture
        .client
        .v4(put("/bucket/a?acl").header("x-amz-acl", "private"))
        .await
        .expect_status(200);
    for path in &paths {
        fixture.client.stranger(path).await.expect_error(403, "AccessDenied");
    }
}

#[tokio::test]
async fn a_public_bucket_can_be_listed_and_no_more() {
    let fixture = Fixture::with_bucket().await;
    fixture.client.put("/bucket/a", "data").await.expect_status(200);
    fixture
        .client
        .stranger("/bucket")
        .await
        .expect_error(403, "AccessDenied");
    fixture
        .client
        .stranger("/bucket/missing")
        .await
        .expect_error(403, "AccessDenied");
    fixture
        .client
        .v4(put("/bucket?acl").header("x-amz-acl", "public-read-write"))
        .await
        .expect_status(200);
    assert_eq!(
        fixture
            .client
            .stranger("/bucket?list-type=2")
            .await
            .expect_status(200)
            .elements("Key"),
        ["a"]
    );
    fixture.client.send(head("/bucket"), Sign::No).await.expect_status(200);
    fixture
        .client
        .stranger("/bucket/a")
        .await
        .expect_error(403, "AccessDenied");
    fixture
        .client
        .stranger("/bucket/missing")
        .await
        .expect_error(404, "NoSuchKey");
    fixture
        .client
        .stranger("/missing")
        .await
        .expect_error(404, "NoSuchBucket");
}

#[tokio::test]
async fn strangers_never_change_anything_whatever_is_granted() {
    let fixture = Fixture::with_bucket().await;
    fixture.client.put("/bucket/a", "data").await.expect_status(200);
    let open = put("/bucket?acl").header("x-amz-acl", "public-read-write");
    fixture.client.v4(open).await.expect_status(200);
    for call in [
        put("/bucket/b").body("x"),
        delete("/bucket/a"),
        delete("/bucket"),
        put("/bucket?acl").header("x-amz-acl", "private"),
        put("/bucket/a?acl").header("x-amz-acl", "public-read"),
        put("/bucket/b").header("x-amz-copy-source", "/bucket/a"),
        post("/bucket?delete").body("<Delete><Object><Key>a</Key></Object></Delete>"),
        post("/bucket/b?uploads"),
        put("/new-bucket"),
        get("/"),
    ] {
        fixture
            .client
            .send(call, Sign::No)
            .await
            .expect_error(403, "AccessDenied");
    }
    fixture.client.get("/bucket/a").await.expect_status(200);
}

#[tokio::test]
async fn lists_are_written_by_document_and_by_headers() {
    let fixture = Fixture::with_bucket().await;
    fixture.client.put("/bucket/a", "data").await.expect_status(200);
    let document = format!(
        "<?xml version=\"1.0\"?><AccessControlPolicy xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Owner><ID>{OWNER}</ID></Owner>\
         <AccessControlList>\
         <Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"><ID>{OWNER}</ID></Grantee>\
         <Permission>FULL_CONTROL</Permission></Grant>\
         <Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"><ID>someone$else</ID></Grantee>\
         <Permission>WRITE_ACP</Permission></Grant>\
         <Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\"><URI>{ALL_USERS}</URI></Grantee>\
         <Permission>READ_ACP</Permission></Grant></AccessControlList></AccessControlPolicy>"
    );
    let expected = [
        pair(OWNER, "FULL_CONTROL"),
        pair("someone$else", "WRITE_ACP"),
        pair(ALL_USERS, "READ_ACP"),
    ];
    for target in ["/bucket/a?acl", "/bucket?acl"] {
        fixture.client.put(target, document.clone()).await.expect_status(200);
        assert_eq!(grants(&fixture.client.get(target).await), expected);
        assert_eq!(
            grants(&fixture.client.stranger(target).await.expect_status(200)),
            expected,
            "READ_ACP for all"
        );
    }
    let stolen = document.replace(&format!("<Owner><ID>{OWNER}"), "<Owner><ID>thief");
    fixture
        .client
        .put("/bucket/a?acl", stolen)
        .await
        .expect_error(403, "AccessDenied");
    let unknown = document.replace(ALL_USERS, "http://example.com/group");
    fixture
        .client
        .put("/bucket/a?acl", unknown)
        .await
        .expect_error(400, "InvalidArgument");
    fixture
        .client
        .put("/bucket/a?acl", "<nonsense/>")
        .await
        .expect_error(400, "MalformedXML");
    fixture
        .client
        .put("/bucket/a?acl", "")
        .await
        .expect_error(400, "MissingSecurityHeader");

    let call = put("/bucket/a?acl").header("x-amz-grant-read", &format!("uri=\"{ALL_USERS}\""));
    fixture
        .client
        .v4(call.header("x-amz-grant-full-control", &format!("id={OWNER}")))
        .await
        .expect_status(200);
    let expected = [pair(OWNER, "FULL_CONTROL"), pair(ALL_USERS, "READ")];
    assert_eq!(grants(&fixture.client.get("/bucket/a?acl").await), expected);
}

#[tokio::test]
async fn objects_and_buckets_can_be_born_public() {
    let fixture = Fixture::start().await;
    fixture
        .client
        .v4(put("/bucket").header("x-amz-acl", "public-read"))
        .await
        .expect_status(200);
    let call = put("/bucket/a").header("x-amz-acl", "public-read").body("data");
    fixture.client.v4(call).await.expect_status(200);
    fixture.client.stranger("/bucket").await.expect_status(200);
    fixture.client.stranger("/bucket/a").await.expect_status(200);
    fixture.client.put("/bucket/a", "replaced").await.expect_status(200);
    fixture
        .client
        .stranger("/bucket/a")
        .await
        .expect_error(403, "AccessDenied");
    let started = fixture
        .client
        .v4(post("/bucket/m?uploads").header("x-amz-acl", "public-read"))
        .await
        .expect_status(200);
    let id = started.element("UploadId");
    let part = fixture
        .client
        .put(&format!("/bucket/m?partNumber=1&uploadId={id}"), "part")
        .await
        .expect_status(200);
    let document = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{}</ETag></Part></CompleteMultipartUpload>",
        part.header("etag")
    );
    fixture
        .client
        .v4(post(&format!("/bucket/m?uploadId={id}")).body(document))
        .await
        .expect_status(200);
    assert_eq!(
        fixture.client.stranger("/bucket/m").await.expect_status(200).text(),
        "part"
    );
    fixture
        .client
        .v4(put("/bucket/a").header("x-amz-acl", "nonsense"))
        .await
        .expect_error(400, "InvalidArgument");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_private_object_is_never_served_for_the_public_one_before_it() {
    let fixture = Fixture::with_bucket().await;
    let client = &fixture.client;
    let writing = async {
        for _ in 0..150 {
            let open = put("/bucket/a").header("x-amz-acl", "public-read").body("open");
            client.v4(open).await.expect_status(200);
            client.put("/bucket/a", "secret").await.expect_status(200);
        }
    };
    let done = std::sync::atomic::AtomicBool::new(false);
    let reading = futures_util::future::join_all((0..8).map(|_| async {
        let mut seen = 0;
        while !done.load(std::sync::atomic::Ordering::Relaxed) {
            let answer = client.stranger("/bucket/a").await;
            assert_ne!(answer.text(), "secret");
            assert!(
                matches!(answer.status.as_u16(), 200 | 403 | 404 | 503),
                "{}",
                answer.text()
            );
            seen += usize::from(answer.status == 200);
        }
        seen
    }));
    let ending = async {
        writing.await;
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    };
    let (seen, ()) = tokio::join!(reading, ending);
    assert!(seen.into_iter().sum::<usize>() > 0, "strangers saw the public one");
}
