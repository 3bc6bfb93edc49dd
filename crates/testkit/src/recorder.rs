//! A wire tap: TCP in front of a server, keeping every byte the client sent.
//!
//! Bytes pass through untouched in both directions and requests are read out of them afterwards, so what a test sees is
//! what went over the wire, including a body's framing. Only for plain http; a server that insists on its own port in
//! the Host header will refuse, because the client names the recorder's.

mod parse;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

pub use self::parse::Recorded;
use crate::{Error, ErrorKind};

/// Bytes moved at once.
const BUFFER: usize = 64 * 1024;

/// What each connection's client has sent so far, in the order the connections came.
type Streams = Arc<Mutex<Vec<Vec<u8>>>>;

/// A recording proxy on a free port of loopback; it stops when dropped.
#[derive(Debug)]
pub struct Recorder {
    address: SocketAddr,
    streams: Streams,
    _tasks: JoinSet<()>,
}

impl Recorder {
    /// Listens, and connects every client to `server`, which is `host:port` or `http://host:port`.
    pub async fn start(server: &str) -> Result<Self, Error> {
        let server = server
            .strip_prefix("http://")
            .unwrap_or(server)
            .trim_end_matches('/')
            .to_owned();
        let operation = format!("record in front of {server}");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(Error::network(operation.clone()))?;
        let address = listener.local_addr().map_err(Error::network(operation))?;
        let streams = Streams::default();
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, server, Arc::clone(&streams)));
        Ok(Self {
            address,
            streams,
            _tasks: tasks,
        })
    }

    /// `http://127.0.0.1:PORT`, to be used in place of the server's.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All requests that have arrived whole, connection by connection.
    pub fn requests(&self) -> Result<Vec<Recorded>, Error> {
        let mut requests = Vec::new();
        for stream in lock(&self.streams).iter() {
            let parsed = parse::requests(stream)
                .map_err(|why| Error::new(ErrorKind::InvalidInput, "read the recorded requests").with_context(why))?;
            requests.extend(parsed);
        }
        Ok(requests)
    }

    /// Forgets what was recorded. Only between requests: a connection that goes on starts anew.
    pub fn clear(&self) {
        lock(&self.streams).iter_mut().for_each(Vec::clear);
    }
}

fn lock(streams: &Streams) -> MutexGuard<'_, Vec<Vec<u8>>> {
    streams.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes connections until the recorder is dropped, which drops their tasks with this one's `JoinSet`.
async fn accept(listener: TcpListener, server: String, streams: Streams) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let number = {
            let mut all = lock(&streams);
            all.push(Vec::new());
            all.len() - 1
        };
        connections.spawn(pass(client, server.clone(), Arc::clone(&streams), number));
        while connections.try_join_next().is_some() {}
    }
}

/// Connects one client; either side's end ends the connection, as it would without the recorder.
async fn pass(client: TcpStream, server: String, streams: Streams, number: usize) {
    let Ok(upstream) = TcpStream::connect(&server).await else {
        return;
    };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = upstream.into_split();
    let keep = |bytes: &[u8]| lock(&streams)[number].extend_from_slice(bytes);
    tokio::join!(pump(from_client, to_server, keep), pump(from_server, to_client, |_| {}));
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut keep: impl FnMut(&[u8])) {
    let mut buffer = vec![0; BUFFER];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        keep(&buffer[..count]);
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
    // The other side may be gone already, and then has no need to hear of the end.
    drop(to.shutdown().await);
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use bytes::Bytes;
    use http::{HeaderMap, Method, StatusCode};

    use super::*;
    use crate::http::Stranger;

    /// A server that answers one request per connection with 200 and the request's length.
    async fn server(listener: TcpListener) {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut request = vec![0; 1024];
            let count = client.read(&mut request).await.unwrap();
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Count: {count}\r\n\r\n");
            client.write_all(answer.as_bytes()).await.unwrap();
        }
    }

    #[tokio::test]
    async fn requests_are_recorded_byte_for_byte_and_answers_pass() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let recorder = Recorder::start(&listener.local_addr().unwrap().to_string())
            .await
            .unwrap();
        let mut tasks = JoinSet::new();
        tasks.spawn(server(listener));

        let url = format!("{}/tenant%3Abucket//a%2Fb/../c?x=%20&acl", recorder.endpoint());
        let headers = HeaderMap::from_iter([("x-amz-acl".parse().unwrap(), "public-read".parse().unwrap())]);
        let answer = Stranger::new()
            .send(Method::PUT, &url, &headers, Bytes::from_static(b"Hello World!"))
            .await
            .unwrap();
        assert_eq!(answer.status, StatusCode::OK);

        let requests = recorder.requests().unwrap();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].method, "PUT");
        assert_eq!(requests[0].target, "/tenant%3Abucket//a%2Fb/../c?x=%20&acl");
        assert_eq!(requests[0].header("X-Amz-ACL"), Some("public-read"));
        assert_eq!(requests[0].body, b"Hello World!");
        recorder.clear();
        assert!(recorder.requests().unwrap().is_empty());
    }
}
