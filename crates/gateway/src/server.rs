//! Listening: our own accept loop, because a header timer and a connection limit are needed.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// A request's head must arrive within this.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Largest head of a request.
const MAX_HEADER_BYTES: usize = 16 << 10;
/// Connections at once; further ones wait in the system's queue.
const MAX_CONNECTIONS: usize = 1_024;
/// How long requests under way may still take once the server stops.
const DRAIN: Duration = Duration::from_secs(10);
/// A loop that can't accept (too many open files) tries again after this.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The address can't be listened on.
#[derive(Debug, Error)]
pub enum BindError {
    /// Another program listens there.
    #[error(
        "Port {port} on {host} is taken by another program. Stop it, or choose another port with --port."
    )]
    PortTaken {
        /// The address.
        host: IpAddr,
        /// The port.
        port: u16,
    },
    /// The name is no address of this machine.
    #[error(
        "'{0}' is no address to listen on. Use 127.0.0.1, ::1, localhost, 0.0.0.0 or an address of this machine."
    )]
    NoAddress(String),
    /// The system refuses.
    #[error("Can't listen on {address}: {source}. Choose another port with --port.")]
    Refused {
        /// Address and port.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
}

/// Open sockets, all on one port.
#[derive(Debug)]
pub struct Listeners {
    sockets: Vec<TcpListener>,
    /// The address that was asked for.
    pub address: IpAddr,
    /// The port, also where any free one was asked for.
    pub port: u16,
}

/// Listens on `host` and `port` (0 takes a free one). On loopback both families are taken or none, so that no other
/// program can answer for `localhost`.
///
/// # Errors
/// [`BindError`] says who or what is in the way.
pub async fn bind(host: &str, port: u16) -> Result<Listeners, BindError> {
    let address =
        if host.eq_ignore_ascii_case("localhost") { Ok(Ipv4Addr::LOCALHOST.into()) } else { host.parse() };
    let address: IpAddr = address.map_err(|_| BindError::NoAddress(host.to_owned()))?;
    let first = listen(address, port).await?;
    let port = first.local_addr().map_or(port, |address| address.port());
    let mut sockets = vec![first];
    if address.is_loopback() {
        let other: IpAddr =
            if address.is_ipv4() { Ipv6Addr::LOCALHOST.into() } else { Ipv4Addr::LOCALHOST.into() };
        match listen(other, port).await {
            Ok(socket) => sockets.push(socket),
            Err(BindError::PortTaken { host, port }) => return Err(BindError::PortTaken { host, port }),
            // A machine without the other family has nobody who could take it.
            Err(BindError::Refused { .. } | BindError::NoAddress(_)) => {}
        }
    }
    Ok(Listeners { sockets, address, port })
}

async fn listen(host: IpAddr, port: u16) -> Result<TcpListener, BindError> {
    let address = SocketAddr::new(host, port);
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => BindError::PortTaken { host, port },
        _ => BindError::Refused { address, source },
    })
}

/// Serves until `stop`, then lets requests under way finish for a while.
pub async fn serve(listeners: Listeners, router: Router, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut loops = JoinSet::new();
    for socket in listeners.sockets {
        loops.spawn(accept_loop(socket, router.clone(), places.clone(), stop.clone()));
    }
    while loops.join_next().await.is_some() {}
}

async fn accept_loop(socket: TcpListener, router: Router, places: Arc<Semaphore>, stop: CancellationToken) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&socket, &places) => accepted,
        };
        match accepted {
            Ok((stream, place)) => {
                let (router, stop) = (router.clone(), stop.clone());
                connections.spawn(async move {
                    serve_connection(stream, router, stop).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
    drop(socket);
    let drained = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(DRAIN, drained).await.is_err() {
        tracing::warn!(drain_s = DRAIN.as_secs(), "requests were cut off because Keywheel stops");
    }
}

async fn accept(
    socket: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.map_err(io::Error::other)?;
    let (stream, _) = socket.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, place))
}

async fn serve_connection(stream: TcpStream, router: Router, stop: CancellationToken) {
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(MAX_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a client connection broke");
    }
}
