//! What a sink promises to the clients that are measured on it.

#![expect(clippy::unwrap_used, reason = "tests")]

use bytes::Bytes;
use dipper_testkit::http::{Answer, Stranger};
use http::{HeaderMap, HeaderName, Method};
use tokio::runtime::Runtime;

use super::*;

/// A sink and somebody who asks it.
struct Talk {
    sink: Sink,
    stranger: Stranger,
    /// The sink has a runtime of its own, which cannot begin or end inside another one.
    asking: Runtime,
}

impl Talk {
    fn begin() -> Self {
        Self {
            sink: Sink::start(&SinkOptions::default()).unwrap(),
            stranger: Stranger::new(),
            asking: Runtime::new().unwrap(),
        }
    }

    fn ask(&self, method: Method, path: &str, headers: &[(&'static str, &str)], body: &[u8]) -> Answer {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        let headers: HeaderMap = headers.collect();
        let url = format!("{}{path}", self.sink.endpoint());
        let body = Bytes::copy_from_slice(body);
        let answer = self.stranger.send(method, &url, &headers, body);
        self.asking.block_on(answer).unwrap()
    }

    fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[], b"")
    }
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    Some(text.split_once(begin)?.1.split_once(end)?.0)
}

#[test]
fn a_made_up_prefix_lists_every_key_once_in_order() {
    let talk = Talk::begin();
    let set = Set { count: 2500, size: 10 };
    let (mut keys, mut token) = (Vec::new(), String::new());
    for page in 0..3 {
        let path = format!("/b?list-type=2&prefix={}{token}", set.prefix());
        let text = talk.get(&path).text();
        keys.extend(
            text.split("<Key>")
                .skip(1)
                .map(|behind| behind.split_once('<').unwrap().0.to_owned()),
        );
        let next = between(&text, "<NextContinuationToken>", "</");
        assert_eq!(next.is_none(), page == 2, "{page}");
        token = format!("&continuation-token={}", next.unwrap_or_default());
    }
    assert_eq!(keys, (0..2500).map(|index| set.key(index)).collect::<Vec<_>>());
    let part = talk.get("/b?list-type=2&prefix=2500x10/00024&delimiter=/").text();
    assert_eq!(part.matches("<Key>").count(), 100, "keys 2400 to 2499");
    let tail = talk
        .get("/b?prefix=2500x10/&marker=2500x10/0002497.dat&max-keys=1")
        .text();
    assert_eq!(between(&tail, "<Key>", "</"), Some("2500x10/0002498.dat"));
    assert_eq!(talk.get("/b?list-type=2").text().matches("<Key>").count(), 0);
    assert_eq!(talk.sink.take().of(Operation::ListObjectsV2), 5);
}

#[test]
fn ranges_of_a_made_up_object_fit_together_and_its_etag_is_its_md5() {
    let talk = Talk::begin();
    let path = "/b/1x300000/0000000.dat";
    let whole = talk.get(path);
    assert_eq!((whole.status.as_u16(), whole.body.len()), (200, 300_000));
    let digest = hex::encode(<md5::Md5 as md5::Digest>::digest(&whole.body));
    assert_eq!(whole.header("etag"), Some(format!("\"{digest}\"").as_str()));
    for (range, from, to) in [
        ("bytes=262140-262150", 262_140, 262_151),
        ("bytes=-7", 299_993, 300_000),
    ] {
        let part = talk.ask(Method::GET, path, &[("range", range)], b"");
        assert_eq!(part.status.as_u16(), 206);
        assert!(part.body == whole.body[from..to], "{range}");
    }
    let beyond = talk.ask(Method::GET, path, &[("range", "bytes=300000-")], b"");
    assert_eq!(beyond.status.as_u16(), 416);
    let other = talk.ask(Method::GET, path, &[("if-match", "\"another\"")], b"");
    assert_eq!(other.status.as_u16(), 412);
    let head = talk.ask(Method::HEAD, "/b/1x2147483648/0000000.dat", &[], b"");
    assert_eq!(head.header("content-length"), Some("2147483648"));
    assert_eq!(talk.get("/b/1x300000/0000001.dat").status.as_u16(), 404);
}

#[test]
fn what_is_stored_is_counted_and_known_by_its_size() {
    let talk = Talk::begin();
    let stored = talk.ask(Method::PUT, "/b/k%20ey", &[], b"hello");
    assert_eq!(stored.header("etag"), Some("\"5d41402abc4b2a76b9719d911017c592\""));
    let head = talk.ask(Method::HEAD, "/b/k%20ey", &[], b"");
    assert_eq!((head.status.as_u16(), head.header("content-length")), (200, Some("5")));

    let begun = talk.ask(Method::POST, "/b/large?uploads", &[], b"").text();
    let upload = between(&begun, "<UploadId>", "</").unwrap().to_owned();
    for number in 1..=2 {
        let path = format!("/b/large?partNumber={number}&uploadId={upload}");
        assert_eq!(talk.ask(Method::PUT, &path, &[], &[7; 1000]).status.as_u16(), 200);
    }
    let listed = talk.get(&format!("/b/large?uploadId={upload}")).text();
    assert_eq!(listed.matches("<Size>1000</Size>").count(), 2);
    let path = format!("/b/large?uploadId={upload}");
    assert_eq!(talk.ask(Method::POST, &path, &[], b"<x/>").status.as_u16(), 200);
    let head = talk.ask(Method::HEAD, "/b/large", &[], b"");
    assert_eq!(head.header("content-length"), Some("2000"));
    assert_eq!(talk.ask(Method::POST, &path, &[], b"<x/>").status.as_u16(), 404);

    let document = b"<Delete><Object><Key>a&amp;b</Key></Object><Object><Key>c</Key></Object></Delete>";
    let gone = talk.ask(Method::POST, "/b?delete", &[], document).text();
    assert!(
        gone.contains("<Deleted><Key>a&amp;b</Key></Deleted><Deleted><Key>c</Key></Deleted>"),
        "{gone}"
    );
    let tally = talk.sink.take();
    assert_eq!(
        (tally.bytes_in, tally.stored, tally.deleted, tally.unfinished),
        (2005, 2, 2, 0)
    );
    assert_eq!(
        (tally.of(Operation::UploadPart), tally.of(Operation::DeleteObjects)),
        (2, 1)
    );
    assert_eq!(
        talk.ask(Method::HEAD, "/b/k%20ey", &[], b"").status.as_u16(),
        404,
        "forgotten"
    );
}
