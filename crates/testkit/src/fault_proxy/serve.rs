//! Taking connections, passing requests on, and doing to them what the rules say.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use bytes::{Bytes, BytesMut};
use http::header::{CONNECTION, ETAG, HOST, LOCATION, RANGE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use time::OffsetDateTime;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::answer::{Break, End, Shaped};
use super::reply::{Reply, flipped};
use super::request::Asked;
use super::rule::{Action, Framing};
use super::sign::{Keys, signed_at};
use super::wire::{Fate, Wire};
use super::{Passed, Shared};

/// How far clocks may differ, as S3 has it.
const SKEW_LIMIT: i64 = 15 * 60;

/// The server behind the proxy.
pub(super) struct Origin {
    address: String,
    keys: Option<Keys>,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// A request whose body is here.
struct Arrived {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

/// What goes back: an answer in some shape, or nothing.
type Outcome = Result<Response<Shaped>, Break>;

impl Origin {
    pub(super) fn new(address: &str, keys: Option<Keys>) -> Self {
        let address = address.strip_prefix("http://").unwrap_or(address);
        Self {
            address: address.trim_end_matches('/').to_owned(),
            keys,
            client: Client::builder(TokioExecutor::new()).build_http(),
        }
    }

    /// Signs for the origin's own address, if there are keys.
    fn sign(&self, request: &mut Arrived) {
        if let (Some(keys), Ok(host)) = (&self.keys, HeaderValue::from_str(&self.address)) {
            request.headers.insert(HOST, host);
            keys.sign(
                &request.method,
                &request.uri,
                &mut request.headers,
                OffsetDateTime::now_utc(),
            );
        }
    }

    async fn ask(&self, mut request: Arrived) -> Result<Reply, Break> {
        self.sign(&mut request);
        let target = request.uri.path_and_query().map_or("/", |target| target.as_str());
        let uri: Uri = format!("http://{}{target}", self.address).parse().map_err(|_| Break)?;
        request.headers.remove(CONNECTION);
        let mut sent = Request::new(Full::new(request.body));
        *sent.method_mut() = request.method;
        *sent.uri_mut() = uri;
        *sent.headers_mut() = request.headers;
        let (head, body) = self.client.request(sent).await.map_err(|_| Break)?.into_parts();
        let body = body.collect().await.map_err(|_| Break)?.to_bytes();
        Ok(Reply {
            status: head.status,
            headers: head.headers,
            body,
        })
    }
}

/// Takes connections until it is dropped, which drops them too.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        shared.connections.fetch_add(1, Relaxed);
        connections.spawn(connection(client, shared.clone()));
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(client: TcpStream, shared: Arc<Shared>) {
    let fate = Fate::default();
    drop(client.set_nodelay(true));
    let wire = TokioIo::new(Wire::new(client, fate.clone()));
    let service = service_fn(|request| one(request, shared.clone(), fate.clone()));
    // How a connection ends is the client's business and the rules'.
    drop(
        hyper::server::conn::http1::Builder::new()
            .serve_connection(wire, service)
            .await,
    );
}

/// One request from its head to its answer.
async fn one(request: Request<Incoming>, shared: Arc<Shared>, fate: Fate) -> Outcome {
    let asked = Asked::of(request.method(), request.uri(), request.headers());
    let action = shared.decide(&asked);
    let answered = Arc::new(AtomicU64::new(0));
    let mut noted = Noted {
        passed: Passed {
            operation: asked.operation,
            key: asked.key,
            part: asked.part,
            status: None,
            body: 0,
            answered: 0,
            at: shared.begin.elapsed(),
        },
        answered: answered.clone(),
        shared: shared.clone(),
    };
    let outcome = act(request, action, &shared.origin, &mut noted, answered).await;
    let breaks = outcome.as_ref().map_or(true, |(_, breaks)| *breaks);
    if breaks {
        fate.reset();
    }
    match outcome {
        Ok((response, _)) => {
            noted.passed.status = Some(response.status().as_u16());
            Ok(response.map(|body| body.noting(noted)))
        }
        Err(stop) => Err(stop),
    }
}

/// Notes a request when its answer is over.
pub(super) struct Noted {
    passed: Passed,
    answered: Arc<AtomicU64>,
    shared: Arc<Shared>,
}

impl Noted {
    /// The answer came to nothing.
    pub(super) fn unanswered(&mut self) {
        self.passed.status = None;
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        self.passed.answered = self.answered.load(Relaxed);
        self.shared.note(self.passed.clone());
    }
}

/// Does it, and says whether the connection is to be reset.
async fn act(
    request: Request<Incoming>,
    action: Option<Action>,
    origin: &Origin,
    noted: &mut Noted,
    sent: Arc<AtomicU64>,
) -> Result<(Response<Shaped>, bool), Break> {
    let (head, mut body) = request.into_parts();
    let has_body = !hyper::body::Body::is_end_stream(&body);
    match action {
        Some(Action::ResetBefore) => return Err(Break),
        Some(Action::ResetMid(bytes)) if has_body => {
            noted.passed.body = read(&mut body, bytes).await.len() as u64;
            return Err(Break);
        }
        Some(Action::StallHeaders) => std::future::pending::<()>().await,
        _ => {}
    }
    let body = read(&mut body, u64::MAX).await;
    noted.passed.body = body.len() as u64;
    let mut arrived = Arrived {
        method: head.method,
        uri: head.uri,
        headers: head.headers,
        body,
    };
    let Some(action) = action else {
        let answer = origin.ask(arrived).await?;
        return Ok((answer.plain(sent), false));
    };
    if let Some(made) = made_up(&action, &arrived) {
        return Ok(match action {
            Action::HugeBody { mebibytes, .. } => (huge(made, mebibytes, sent), false),
            Action::Ok200Cut => {
                let cut = |body: Shaped| body.ending(End::Broken);
                (made.shaped(sent, cut, Some(Framing::ChunkedClean)), true)
            }
            _ => (made.plain(sent), false),
        });
    }
    if let Action::Delay(time) = action {
        tokio::time::sleep(time).await;
    }
    change(&action, &mut arrived);
    let answer = origin.ask(arrived).await?;
    shape(&action, answer, sent)
}

async fn read(body: &mut Incoming, limit: u64) -> Bytes {
    let mut all = BytesMut::new();
    while (all.len() as u64) < limit {
        match body.frame().await {
            Some(Ok(frame)) => all.extend_from_slice(frame.data_ref().unwrap_or(&Bytes::new())),
            _ => break,
        }
    }
    all.freeze()
}

/// The answer of a rule that asks nobody.
fn made_up(action: &Action, asked: &Arrived) -> Option<Reply> {
    Some(match action {
        Action::Status {
            status,
            code,
            retry_after,
        } => {
            let mut answer = Reply::refusal(*status, *code);
            if let Some(seconds) = retry_after {
                answer.set(RETRY_AFTER, &seconds.to_string());
            }
            answer
        }
        Action::Ok200Error(code) => Reply::refusal(200, Some(code)),
        Action::Ok200Body(text) => Reply::new(200, text),
        Action::Ok200Cut => Reply::new(200, "      "),
        Action::Redirect {
            status,
            location,
            region,
        } => {
            let mut answer = Reply::new(*status, "");
            let target = asked.uri.path_and_query().map_or("/", |target| target.as_str());
            answer.set(LOCATION, &format!("http://{location}{target}"));
            if let Some(region) = region {
                answer.set(HeaderName::from_static("x-amz-bucket-region"), region);
            }
            answer
        }
        Action::WrongRegion(region) => {
            let mut answer = Reply::refusal(400, Some("AuthorizationHeaderMalformed"));
            answer.set(HeaderName::from_static("x-amz-bucket-region"), region);
            answer
        }
        Action::RejectTrailer(status) => Reply::refusal(*status, Some("NotImplemented")),
        Action::NoAcl(status, code) => Reply::refusal(*status, Some(code)),
        Action::HugeBody { status, .. } => Reply::new(*status, ""),
        Action::Skew(seconds) => {
            let now = OffsetDateTime::now_utc() + time::Duration::seconds(*seconds);
            let differs = signed_at(&asked.headers).is_some_and(|at| (at - now).whole_seconds().abs() > SKEW_LIMIT);
            if !differs {
                return None;
            }
            let mut answer = Reply::refusal(403, Some("RequestTimeTooSkewed"));
            answer.date(now);
            answer
        }
        _ => return None,
    })
}

/// What the origin gets to see instead.
fn change(action: &Action, arrived: &mut Arrived) {
    match action {
        Action::FlipRequest(at) => arrived.body = flipped(&arrived.body, *at),
        Action::IgnoreRange => {
            arrived.headers.remove(RANGE);
        }
        Action::IgnoreParameters(names) => {
            let query = arrived.uri.query().unwrap_or_default();
            let kept: Vec<&str> = query
                .split('&')
                .filter(|pair| !names.contains(&pair.split('=').next().unwrap_or_default()))
                .collect();
            let target = format!("{}?{}", arrived.uri.path(), kept.join("&"));
            if let Ok(uri) = target.parse() {
                arrived.uri = uri;
            }
        }
        _ => {}
    }
}

/// The origin's answer as the rule wants it, and whether the connection is to be reset.
fn shape(action: &Action, mut answer: Reply, sent: Arc<AtomicU64>) -> Result<(Response<Shaped>, bool), Break> {
    let broken = |body: Shaped| body.ending(End::Broken);
    let shaped = match action {
        Action::DropResponse => return Err(Break),
        Action::ResetMid(bytes) => return Ok((answer.shaped(sent, |body| broken(body.cut(*bytes)), None), true)),
        Action::ResetAfter => return Ok((answer.shaped(sent, broken, None), true)),
        Action::StallBody(bytes) => answer.shaped(sent, |body| body.cut(*bytes).ending(End::Silence), None),
        Action::Trickle(rate) => answer.shaped(sent, |body| body.trickling(*rate), None),
        Action::Truncate(bytes, framing) => answer.shaped(sent, |body| body.cut(*bytes), Some(*framing)),
        Action::FlipAnswer(at) => answer.flipped(*at).plain(sent),
        Action::FlipAnswerWithout(at, names) => {
            for name in *names {
                answer.headers.remove(*name);
            }
            answer.flipped(*at).plain(sent)
        }
        Action::EtagChange(etag) => {
            answer.set(ETAG, &format!("\"{etag}\""));
            answer.plain(sent)
        }
        Action::Skew(seconds) => {
            answer.date(OffsetDateTime::now_utc() + time::Duration::seconds(*seconds));
            answer.plain(sent)
        }
        Action::ShortRange(bytes) => answer.shortened(*bytes).plain(sent),
        _ => answer.plain(sent),
    };
    Ok((shaped, false))
}

/// A document that never seems to end.
fn huge(made: Reply, mebibytes: u64, sent: Arc<AtomicU64>) -> Response<Shaped> {
    let row = b"<Contents><Key>a</Key><Size>1</Size></Contents>\n";
    let mebibyte: Bytes = row.iter().copied().cycle().take(1024 * 1024).collect();
    let begin: &[u8] = if made.status.is_success() {
        b"<ListBucketResult>"
    } else {
        b"<Error>"
    };
    let body = [begin, &mebibyte].concat().into();
    let body = Reply { body, ..made };
    body.shaped(sent, |body| body.repeated(mebibytes), Some(Framing::ChunkedClean))
}
