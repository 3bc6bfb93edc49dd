//! The proxy by itself, in front of a server that answers every GET with the same bytes and every PUT with its body.

#![expect(clippy::unwrap_used, reason = "tests")]

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;

use super::*;
use crate::http::{Answer, Stranger};

const LENGTH: usize = 100_000;

fn content() -> Vec<u8> {
    (0..LENGTH).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

async fn echo(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, std::convert::Infallible> {
    let is_put = request.method() == Method::PUT;
    let host = request.headers().get("host").cloned();
    let target = request.uri().to_string();
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let mut answer = Response::new(Full::new(if is_put { body } else { content().into() }));
    answer.headers_mut().insert("x-target", target.parse().unwrap());
    answer.headers_mut().insert("etag", "\"one\"".parse().unwrap());
    answer
        .headers_mut()
        .extend(host.map(|host| ("x-host".parse::<http::HeaderName>().unwrap(), host)));
    Ok(answer)
}

struct World {
    proxy: FaultProxy,
    _origin: JoinSet<()>,
}

impl World {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let mut origin = JoinSet::new();
        origin.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let serving = hyper::server::conn::http1::Builder::new();
                connections.spawn(async move {
                    drop(serving.serve_connection(TokioIo::new(stream), service_fn(echo)).await);
                });
            }
        });
        Self {
            proxy: FaultProxy::start(&address, None).await.unwrap(),
            _origin: origin,
        }
    }

    async fn get(&self) -> Result<Answer, Error> {
        Stranger::new()
            .get(&format!("{}/b/key%20one?x=%2F", self.proxy.endpoint()))
            .await
    }

    async fn put(&self) -> Result<Answer, Error> {
        let url = format!("{}/b/key?partNumber=2&uploadId=u", self.proxy.endpoint());
        Stranger::new()
            .send(Method::PUT, &url, &HeaderMap::new(), content().into())
            .await
    }
}

#[tokio::test]
async fn without_rules_everything_passes_and_is_counted() {
    let world = World::new().await;
    let answer = world.get().await.unwrap();
    assert_eq!(answer.body, content());
    assert_eq!(answer.header("x-target"), Some("/b/key%20one?x=%2F"));
    assert_eq!(answer.header("x-host"), world.proxy.endpoint().strip_prefix("http://"));
    assert_eq!(world.put().await.unwrap().body, content());
    let passed = world.proxy.passed();
    assert_eq!(
        (passed[0].operation, passed[0].key.as_str(), passed[0].answered),
        ("GetObject", "key one", LENGTH as u64)
    );
    assert_eq!(
        (
            passed[1].operation,
            passed[1].part,
            passed[1].body,
            passed[1].is_acknowledged()
        ),
        ("UploadPart", Some(2), LENGTH as u64, true)
    );
}

#[tokio::test]
async fn connections_break_before_in_the_middle_and_after() {
    let world = World::new().await;
    for action in [
        Action::ResetBefore,
        Action::ResetMid(1000),
        Action::DropResponse,
        Action::Truncate(1000, Framing::KeepLength),
    ] {
        let rule = world.proxy.rule(Rule::new(action.clone()).nth(1));
        world.get().await.unwrap_err();
        assert_eq!(world.proxy.hits(rule), 1, "{action:?}");
        assert!(world.get().await.is_ok(), "only the first");
        world.proxy.clear();
    }
    world
        .proxy
        .rule(Rule::new(Action::ResetMid(1000)).on(&["UploadPart"]).part(2));
    world.put().await.unwrap_err();
    assert!(
        world
            .proxy
            .passed()
            .iter()
            .all(|passed| passed.operation != "UploadPart" || passed.body < LENGTH as u64)
    );
    assert!(!world.proxy.passed()[0].is_acknowledged());
}

#[tokio::test]
async fn cuts_can_look_complete() {
    let world = World::new().await;
    for framing in [Framing::FixLength, Framing::ChunkedClean, Framing::CloseDelimited] {
        world.proxy.rule(Rule::new(Action::Truncate(70_000, framing)));
        let answer = world.get().await.unwrap();
        assert!(answer.body == content()[..70_000], "{framing:?}");
        let length = answer.header("content-length");
        assert_eq!(length, (framing == Framing::FixLength).then_some("70000"));
        world.proxy.clear();
    }
}

#[tokio::test]
async fn one_byte_is_another_one() {
    let world = World::new().await;
    world.proxy.rule(Rule::new(Action::FlipAnswer(7)).on(&["GetObject"]));
    world.proxy.rule(Rule::new(Action::FlipRequest(7)).on(&["UploadPart"]));
    let differing = |bytes: &[u8]| bytes.iter().zip(content()).filter(|(a, b)| **a != *b).count();
    assert_eq!(differing(&world.get().await.unwrap().body), 1);
    assert_eq!(differing(&world.put().await.unwrap().body), 1);
}

#[tokio::test]
async fn answers_are_made_up_stalled_slowed_and_swollen() {
    let world = World::new().await;
    let (proxy, soon) = (&world.proxy, Duration::from_millis(300));
    proxy.rule(
        Rule::new(Action::Status {
            status: 503,
            code: Some("SlowDown"),
            retry_after: Some(7),
        })
        .first(1),
    );
    let busy = world.get().await.unwrap();
    assert_eq!(
        (busy.status, busy.header("retry-after")),
        (StatusCode::SERVICE_UNAVAILABLE, Some("7"))
    );
    assert!(busy.text().contains("<Code>SlowDown</Code>"));
    proxy.clear();
    for action in [Action::StallHeaders, Action::StallBody(10), Action::Trickle(1000.0)] {
        proxy.rule(Rule::new(action.clone()));
        assert!(tokio::time::timeout(soon, world.get()).await.is_err(), "{action:?}");
        proxy.clear();
    }
    proxy.rule(Rule::new(Action::HugeBody {
        status: 200,
        mebibytes: 3,
    }));
    assert!(world.get().await.unwrap().body.len() > 3 * 1024 * 1024);
    proxy.clear();
    proxy.rule(Rule::new(Action::EtagChange("two")));
    assert_eq!(world.get().await.unwrap().header("etag"), Some("\"two\""));
    proxy.clear();
    proxy.rule(Rule::new(Action::Ok200Cut));
    world.get().await.unwrap_err();
}

#[tokio::test]
async fn it_refuses_connections_and_listens_again() {
    let world = World::new().await;
    world.get().await.unwrap();
    world.proxy.refuse().await;
    world.get().await.unwrap_err();
    world.proxy.listen_again().await.unwrap();
    world.get().await.unwrap();
    assert_eq!(world.proxy.connections(), 2);
}
