use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Deref;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::connection::{Connection, ResetSwitch};
use crate::provider::SimulatedProvider;
use crate::script::{Script, ScriptError};

/// Pause after a failed accept, which mostly means that file descriptors ran out.
const ACCEPT_RETRY: Duration = Duration::from_millis(10);

/// Whether a socket also takes orders (`/_simulator/…`): faults, counters, reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ControlRoutes {
    /// For a simulator in another process.
    Served,
    /// For one in this process, which takes orders by method calls.
    Absent,
}

/// A [`SimulatedProvider`] behind a socket; derefs to it. Dropping it closes every connection.
#[derive(Debug)]
pub struct Simulator {
    provider: SimulatedProvider,
    address: SocketAddr,
    base_url: String,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Simulator {
    /// Serves `script` on a free loopback port, without control routes.
    ///
    /// # Errors
    /// The script contradicts itself, or no port could be bound.
    pub async fn start(script: Script) -> Result<Self, StartError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        Self::serve(listener, script, ControlRoutes::Absent)
    }

    /// Serves `script` on a listener. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// The script contradicts itself, or the listener has no address.
    pub fn serve(listener: TcpListener, script: Script, control: ControlRoutes) -> Result<Self, StartError> {
        let address = listener.local_addr()?;
        let provider = SimulatedProvider::new(script)?;
        let router = match control {
            ControlRoutes::Served => provider.control_router().merge(provider.router()),
            ControlRoutes::Absent => provider.router(),
        };
        let simulator = Self {
            provider,
            address,
            base_url: format!("http://{address}/v1"),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        let (stop, tasks) = (simulator.stop.clone(), simulator.tasks.clone());
        simulator.tasks.spawn(async move {
            let accepting = accept(listener, router, &stop, &tasks);
            stop.run_until_cancelled(accepting).await;
        });
        Ok(simulator)
    }

    /// Where clients point: `http://127.0.0.1:PORT/v1`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The provider behind the socket.
    pub fn provider(&self) -> &SimulatedProvider {
        &self.provider
    }

    /// Closes the port and every connection, and waits until that is done.
    pub async fn shutdown(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Deref for Simulator {
    type Target = SimulatedProvider;

    fn deref(&self) -> &SimulatedProvider {
        &self.provider
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Why a simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The script cannot be played.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// The socket failed.
    #[error("the simulator cannot listen; choose another port: {0}")]
    Listen(#[from] io::Error),
}

async fn accept(listener: TcpListener, router: Router, stop: &CancellationToken, tasks: &TaskTracker) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            sleep(ACCEPT_RETRY).await;
            continue;
        };
        let connection = serve_connection(stream, router.clone());
        let stop = stop.clone();
        tasks.spawn(async move {
            stop.run_until_cancelled(connection).await;
        });
    }
}

async fn serve_connection(stream: TcpStream, router: Router) {
    // Every event shall leave at once; without the option it only leaves later.
    let _ = stream.set_nodelay(true);
    let reset = ResetSwitch::default();
    let connection = Connection::new(stream, reset.clone());
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        let (router, reset) = (router.clone(), reset.clone());
        async move {
            request.extensions_mut().insert(reset.clone());
            let Ok(response) = router.oneshot(request).await;
            if reset.is_thrown() {
                return Err(io::Error::from(io::ErrorKind::ConnectionReset));
            }
            Ok(response)
        }
    });
    // How a connection ended is counted with the reply it carried.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(connection), service).await;
}
