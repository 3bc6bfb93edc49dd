//! A gate before a server: TCP passed through as it is, as fast as allowed, or not at all.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;

/// Bytes moved at once.
const BUFFER: usize = 64 * 1024;

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Open,
    /// So many bytes a second from clients to the server, all connections together.
    Narrow(u32),
    /// Connections are cut, and new ones are cut as they come.
    Shut,
}

/// A proxy on a free port of loopback; it ends when dropped.
pub(crate) struct Gate {
    address: SocketAddr,
    way: watch::Sender<Way>,
    _tasks: JoinSet<()>,
}

impl Gate {
    pub(crate) async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (way, seen) = watch::channel(Way::Open);
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, server, seen));
        Self {
            address,
            way,
            _tasks: tasks,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn open(&self) {
        self.way.send_replace(Way::Open);
    }

    pub(crate) fn narrow(&self, bytes_per_second: u32) {
        self.way.send_replace(Way::Narrow(bytes_per_second));
    }

    pub(crate) fn shut(&self) {
        self.way.send_replace(Way::Shut);
    }
}

async fn accept(listener: TcpListener, server: SocketAddr, way: watch::Receiver<Way>) {
    let mut connections = JoinSet::new();
    let turn = Arc::new(Mutex::new(()));
    while let Ok((client, _)) = listener.accept().await {
        connections.spawn(pass(client, server, way.clone(), Arc::clone(&turn)));
        while connections.try_join_next().is_some() {}
    }
}

/// One connection, until either side ends it or the gate is shut.
async fn pass(client: TcpStream, server: SocketAddr, mut way: watch::Receiver<Way>, turn: Arc<Mutex<()>>) {
    if *way.borrow() == Way::Shut {
        return;
    }
    let Ok(upstream) = TcpStream::connect(server).await else {
        return;
    };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = upstream.into_split();
    let pace = Pace { way: way.clone(), turn };
    let both = async {
        tokio::join!(
            pump(from_client, to_server, Some(pace)),
            pump(from_server, to_client, None)
        )
    };
    tokio::select! {
        _ = both => {}
        _ = way.wait_for(|way| *way == Way::Shut) => {}
    }
}

/// What makes all connections together as slow as the gate is narrow.
struct Pace {
    way: watch::Receiver<Way>,
    turn: Arc<Mutex<()>>,
}

impl Pace {
    async fn wait(&self, bytes: usize) {
        let Way::Narrow(rate) = *self.way.borrow() else {
            return;
        };
        let _turn = self.turn.lock().await;
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let wait = Duration::from_secs_f64(f64::from(bytes) / f64::from(rate));
        let mut way = self.way.clone();
        // Whoever waits goes on at once when the gate is set otherwise.
        drop(tokio::time::timeout(wait, way.wait_for(|way| *way != Way::Narrow(rate))).await);
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, pace: Option<Pace>) {
    let mut buffer = vec![0; BUFFER];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        if let Some(pace) = &pace {
            pace.wait(count).await;
        }
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
    // The other side may be gone already, and then has no need to hear of the end.
    drop(to.shutdown().await);
}
