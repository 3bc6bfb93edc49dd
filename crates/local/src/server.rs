//! The server: opening the folder, listening, taking connections, and ending all of it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread::JoinHandle;
use std::time::Duration;

use async_trait::async_trait;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use s3s::auth::{S3Auth, SecretKey};
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::validation::NameValidation;
use s3s::{S3Error, S3ErrorCode, S3Result};
use secrecy::{ExposeSecret, SecretString};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::access::Access;
use crate::database::Database;
use crate::door::{Door, MAX_DOCUMENT};
use crate::error::{Error, ErrorKind};
use crate::files::Files;
use crate::folder::Folder;
use crate::names::Names;
use crate::service::Service;
use crate::service::tenant::TenantCopy;
use crate::store::Store;

const STARTING: &str = "start local storage in";

/// Connections at a time: a client that opens more waits. Enough for every transfer engine, and a bound on memory.
const MAX_CONNECTIONS: usize = 256;

/// How long a client may take to send the head of a request, also on a connection kept open: longer than clients
/// usually keep idle connections (90 s), so that it is they who close them.
const HEAD_TIMEOUT: Duration = Duration::from_mins(2);

/// How long requests under way may take to end when the server stops; then they are cut off.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);

/// A server of this very process that was dropped a moment ago may still hold the folder; it lets go within this.
const HANDOVER: Duration = Duration::from_secs(5);

/// What a server is started with.
#[derive(Debug)]
pub struct Options {
    /// Where everything is kept; created if missing.
    pub folder: PathBuf,
    /// The port to listen on. When it is taken, or none is given, the port last used in this folder; when that one is
    /// taken too, any free one. The port used is remembered in the folder, so that saved links go on working.
    pub port: Option<u16>,
    /// The owner's access key id.
    pub access_key_id: String,
    /// The owner's secret access key. It is kept in memory only.
    pub secret_access_key: SecretString,
    /// The name of the one tenant (Project ID): 1 to 64 of `a-z A-Z 0-9 _ -`. `/tenant:bucket/key` and `/bucket/key`
    /// mean the same object, and the owner's id is `tenant$local`.
    pub tenant: String,
}

/// A running server. It listens on 127.0.0.1 until it is stopped or dropped.
///
/// [`Server::stop`] waits until requests under way have ended and the folder is free. Dropping it stops listening at
/// once, cuts requests off, and lets the folder go as soon as the last write has settled, a moment later. Either way
/// everything that was acknowledged is on the disk.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stopping: CancellationToken,
    connections: JoinSet<()>,
    released: oneshot::Receiver<()>,
    writer: JoinHandle<()>,
}

impl Server {
    /// Opens the folder and starts to listen.
    ///
    /// Fails with [`ErrorKind::FolderLocked`] when another process serves the folder; its port is in the error. Must be
    /// called in a tokio runtime with timers and I/O. Dropping the future leaves nothing running.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let names = Names::new(&options.tenant);
        let names = names.ok_or_else(|| Error::new(ErrorKind::InvalidInput, STARTING, &options.folder))?;
        let Opened {
            store,
            released,
            writer,
            remembered_port,
        } = open(options.folder.clone()).await?;
        if store.files.folder().must_be_searched() {
            let failed = |source| Error::new(ErrorKind::Database, STARTING, &options.folder).with_source(source);
            let put_aside = store.sweep().await.map_err(failed)?;
            if put_aside > 0 {
                tracing::warn!(put_aside, "put files that no object is made of into the folder `lost`");
            }
        }
        let listener = listen([options.port, remembered_port]).await;
        let failed = |source| Error::new(ErrorKind::Listen, STARTING, &options.folder).with_source(source);
        let listener = listener.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let announcing = Arc::clone(&store.files);
        tokio::task::spawn_blocking(move || announcing.folder().announce(address.port()))
            .await
            .map_err(|error| Error::new(ErrorKind::Io, STARTING, &options.folder).with_source(error))??;
        let door = Door {
            service: s3_service(store, &names, &options),
            port: address.port(),
            owner_id: names.owner_id().to_owned(),
            requests: AtomicU64::new(1),
        };
        let stopping = CancellationToken::new();
        let mut connections = JoinSet::new();
        connections.spawn(accept(listener, Arc::new(door), stopping.clone()));
        tracing::info!(%address, "local storage listens");
        Ok(Self {
            address,
            stopping,
            connections,
            released,
            writer,
        })
    }

    /// Where it listens: 127.0.0.1 and the port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops listening, lets requests under way end for up to two seconds, and waits until the folder is free.
    pub async fn stop(self) {
        self.stopping.cancel();
        let mut connections = self.connections;
        // The accept loop ends by itself within STOP_TIMEOUT and takes its connections with it.
        while connections.join_next().await.is_some() {}
        drop(connections);
        // Fails when the sender is dropped, which is the signal.
        let _released = self.released.await;
        let joined = tokio::task::spawn_blocking(move || self.writer.join()).await;
        if !matches!(joined, Ok(Ok(()))) {
            tracing::error!("the writer thread of local storage ended by a panic");
        }
    }
}

struct Opened {
    store: Store,
    released: oneshot::Receiver<()>,
    writer: JoinHandle<()>,
    remembered_port: Option<u16>,
}

/// Opens the folder, waiting a little for a server of this process that is just letting go of it.
async fn open(root: PathBuf) -> Result<Opened, Error> {
    let deadline = tokio::time::Instant::now() + HANDOVER;
    loop {
        let path = root.clone();
        let opened = tokio::task::spawn_blocking(move || open_blocking(&path)).await;
        let opened = opened.map_err(|error| Error::new(ErrorKind::Io, STARTING, &root).with_source(error))?;
        let held_by_us = |error: &Error| matches!(error.kind(), ErrorKind::FolderLocked { by_pid: Some(pid), .. } if *pid == std::process::id());
        match opened {
            Err(error) if held_by_us(&error) && tokio::time::Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            other => return other,
        }
    }
}

fn open_blocking(root: &std::path::Path) -> Result<Opened, Error> {
    let (folder, released) = Folder::open(root)?;
    let remembered_port = folder.remembered_port();
    let files = Files::open(folder).map_err(|source| Error::io(STARTING, root, source))?;
    let (database, writer) = Database::open(&files)?;
    let store = Store {
        database: Arc::new(database),
        files,
    };
    Ok(Opened {
        store,
        released,
        writer,
        remembered_port,
    })
}

/// The first of the wanted ports that is free, or any free port.
async fn listen(wanted: [Option<u16>; 2]) -> std::io::Result<TcpListener> {
    for port in wanted.into_iter().flatten() {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) => tracing::info!(%error, port, "the wanted port is not free"),
        }
    }
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await
}

fn s3_service(store: Store, names: &Names, options: &Options) -> S3Service {
    let service = Service {
        store: store.clone(),
        names: names.clone(),
    };
    let mut inner = S3ServiceBuilder::new(service.clone());
    inner.set_validation(AnyName);
    let mut builder = S3ServiceBuilder::new(service);
    builder.set_route(TenantCopy {
        names: names.clone(),
        inner: inner.build(),
    });
    builder.set_auth(Owner {
        access_key_id: options.access_key_id.clone(),
        secret: SecretKey::from(options.secret_access_key.expose_secret()),
    });
    builder.set_access(Access {
        store,
        names: names.clone(),
    });
    builder.set_validation(AnyName);
    let mut config = S3Config::default();
    config.xml_max_body_size = MAX_DOCUMENT;
    // Uploads by HTML form are refused at the door; s3s would collect them before it asks who sends them.
    config.post_object_max_file_size = 0;
    config.form_max_fields_size = 0;
    builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
    builder.build()
}

/// The one pair of keys.
struct Owner {
    access_key_id: String,
    secret: SecretKey,
}

#[async_trait]
impl S3Auth for Owner {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        if access_key == self.access_key_id {
            return Ok(self.secret.clone());
        }
        let message = "The access key ID you provided does not exist here.";
        Err(S3Error::with_message(S3ErrorCode::InvalidAccessKeyId, message))
    }
}

/// Lets `tenant:bucket` through; what a bucket may be called is for `names` to say.
struct AnyName;

impl NameValidation for AnyName {
    fn validate_bucket_name(&self, name: &str) -> bool {
        !name.is_empty()
    }
}

/// Takes connections until told to stop, then lets them end.
async fn accept(listener: TcpListener, door: Arc<Door>, stopping: CancellationToken) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    while let Some((place, stream)) = next_connection(&listener, &places, &stopping).await {
        let door = Arc::clone(&door);
        let stopping = stopping.clone();
        connections.spawn(async move {
            serve(stream, door, stopping).await;
            drop(place);
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    let ending = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(STOP_TIMEOUT, ending).await.is_err() {
        tracing::info!("requests were still under way and are cut off");
        connections.shutdown().await;
    }
}

/// A connection and its place among those at a time.
type Taken = (OwnedSemaphorePermit, TcpStream);

async fn next_connection(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
    stopping: &CancellationToken,
) -> Option<Taken> {
    let place = stopping
        .run_until_cancelled(Arc::clone(places).acquire_owned())
        .await?
        .ok()?;
    loop {
        match stopping.run_until_cancelled(listener.accept()).await? {
            Ok((stream, _peer)) => return Some((place, stream)),
            Err(error) => {
                // Out of file descriptors, most likely: wait for some to be closed rather than spin.
                tracing::warn!(%error, "could not take a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, door: Arc<Door>, stopping: CancellationToken) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "could not switch off Nagle's algorithm");
    }
    let service = service_fn(move |request| {
        let door = Arc::clone(&door);
        async move { Ok::<_, std::convert::Infallible>(door.answer(request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
