//! Starting and stopping Keywheel.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use futures_util::{Stream, StreamExt};
use keywheel_admin::{Presenter, TrayModel, state_events};
use keywheel_config::{Server, load_or_create};
use keywheel_engine::{Clock, Engine, Snapshot};
use keywheel_gateway::{DataPlane, Guard, Listeners};
use keywheel_secrets::{EnvironmentSecrets, Redactor, Secret};
use keywheel_simulator::Simulator;
use keywheel_store::Store;
use serde_json::Value;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::assemble::assemble;
use crate::{ControlReply, StartError, control, memory, window};

/// How to start. Everything that is left out comes from `config.toml` or the platform.
#[derive(Debug, Default)]
pub struct HostOptions {
    /// The configuration file.
    pub config_path: Option<PathBuf>,
    /// The folder of the database.
    pub data_dir: Option<PathBuf>,
    /// The address to listen on.
    pub host: Option<String>,
    /// The port; 0 takes a free one.
    pub port: Option<u16>,
    /// Serves the control plane and the window on TCP, behind this token.
    pub control_token: Option<Secret>,
    /// The secrets in the environment.
    pub environment: EnvironmentSecrets,
    /// Learns every secret, for the log.
    pub redactor: Redactor,
}

/// Starts Keywheel.
#[derive(Debug)]
pub struct Host;

/// A running Keywheel. Not cloneable: whoever holds it stops it.
#[derive(Debug)]
pub struct HostHandle {
    presenter: Presenter,
    control_plane: Router,
    origin: String,
    base_url: String,
    stop: CancellationToken,
    tasks: TaskTracker,
    store: Store,
    simulator: Option<Simulator>,
    access_key_variable: Option<String>,
}

impl Host {
    /// Reads the configuration, finds the keys, opens the history and listens.
    ///
    /// # Errors
    /// [`StartError`] says what is in the way; nothing is left running.
    pub async fn start(options: HostOptions) -> Result<HostHandle, StartError> {
        let config_path =
            options.config_path.or_else(keywheel_config::config_file).ok_or(StartError::NoHome)?;
        let data_dir = options.data_dir.or_else(keywheel_config::data_dir).ok_or(StartError::NoHome)?;
        let mut loaded = load_or_create(&config_path)?;
        if let Some(host) = options.host {
            loaded.config.server.host = host;
        }
        if let Some(port) = options.port {
            loaded.config.server.port = port;
        }
        let server = &loaded.config.server;
        let access_key = options.environment.get(&server.access_key_env);
        access_key.iter().chain(&options.control_token).for_each(|secret| options.redactor.add(secret));
        let listeners = listen(server, access_key.is_some()).await?;
        let access_key_variable = access_key.is_some().then(|| server.access_key_env.clone());
        let guard = guard(server, &listeners, access_key);
        let mut assembly = assemble(&loaded, &config_path, &options.environment, &options.redactor).await?;
        let store = open_history(&data_dir, &mut assembly.snapshot).await?;
        let engine = Engine::new(assembly.snapshot, store.writer(), Clock::start())?;
        log_problems(&engine.snapshot());
        memory::restore(&engine, &store).await;
        let mut host = HostHandle::new(engine.clone(), origin(&listeners), store, assembly.simulator);
        host.access_key_variable = access_key_variable;
        let beside = options.control_token.map_or_else(Router::new, |token| host.control_on_tcp(token));
        let router = keywheel_gateway::router(DataPlane::new(engine, Arc::new(guard)), beside);
        host.tasks.spawn(keywheel_gateway::serve(listeners, router, host.stop.clone()));
        host.tasks.spawn(memory::keep(
            host.presenter.engine().clone(),
            host.store.app_state(),
            host.stop.clone(),
        ));
        Ok(host)
    }
}

impl HostHandle {
    fn new(engine: Arc<Engine>, origin: String, store: Store, simulator: Option<Simulator>) -> Self {
        let base_url = format!("{origin}/v1");
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let presenter = Presenter::new(engine, &base_url, stop.clone());
        let control_plane = keywheel_admin::router(presenter.clone());
        Self {
            presenter,
            control_plane,
            origin,
            base_url,
            stop,
            tasks,
            store,
            simulator,
            access_key_variable: None,
        }
    }

    /// The control plane behind `token`, and the window that uses it.
    fn control_on_tcp(&self, token: Secret) -> Router {
        window::router().merge(control::behind_token(self.control_plane.clone(), token))
    }

    /// Where clients point, for example `http://localhost:8000/v1`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The address without a path, for example `http://localhost:8000`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The variable that holds the access key, if clients need one.
    #[must_use]
    pub fn access_key_variable(&self) -> Option<&str> {
        self.access_key_variable.as_deref()
    }

    /// The virtual model that `default` means.
    #[must_use]
    pub fn active_model(&self) -> Option<String> {
        self.presenter.engine().snapshot().fleet.active_model.clone()
    }

    /// Calls the control plane in process; paths begin with `/api`.
    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> ControlReply {
        control::call(self.control_plane.clone(), method, path, body).await
    }

    /// Every state of the control plane from now on, as JSON.
    pub fn states(&self) -> impl Stream<Item = Arc<str>> + Send + use<> {
        state_events(self.presenter.clone())
            .filter_map(|state| async move { serde_json::to_string(&*state).ok().map(Arc::from) })
    }

    /// What the tray shows; it changes with the state and with each second of a countdown.
    #[must_use]
    pub fn tray(&self) -> watch::Receiver<TrayModel> {
        let (sender, receiver) = watch::channel(TrayModel::of(&self.presenter.state()));
        let mut states = state_events(self.presenter.clone());
        self.tasks.spawn(async move {
            while let Some(state) = states.next().await {
                let model = TrayModel::of(&state);
                sender.send_if_modified(|shown| {
                    let changed = *shown != model;
                    *shown = model;
                    changed
                });
                if sender.is_closed() {
                    break;
                }
            }
        });
        receiver
    }

    /// Stops listening, lets requests under way finish, and writes what is left of the history.
    pub async fn shutdown(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        if let Some(simulator) = self.simulator {
            simulator.shutdown().await;
        }
        self.store.close().await;
    }
}

async fn listen(server: &Server, has_access_key: bool) -> Result<Listeners, StartError> {
    let address = server.host.parse::<IpAddr>();
    if address.is_ok_and(|address| !address.is_loopback()) && !has_access_key {
        let variable = server.access_key_env.clone();
        return Err(StartError::NeedsAccessKey { host: server.host.clone(), variable });
    }
    Ok(keywheel_gateway::bind(&server.host, server.port).await?)
}

/// A history that can't be opened is left as it is; this run keeps its own in memory, and the person is told.
async fn open_history(data_dir: &Path, snapshot: &mut Snapshot) -> Result<Store, StartError> {
    std::fs::create_dir_all(data_dir)
        .map_err(|source| StartError::DataFolder { path: data_dir.to_owned(), source })?;
    match Store::open(&data_dir.join("keywheel.db")).await {
        Ok(store) => Ok(store),
        Err(error) => {
            snapshot.problems.push(format!("The history is kept in memory only for this run: {error}"));
            Ok(Store::in_memory().await?)
        }
    }
}

fn guard(server: &Server, listeners: &Listeners, access_key: Option<Secret>) -> Guard {
    Guard::new(listeners.address, listeners.port, &server.allowed_hosts, &server.allowed_origins, access_key)
}

fn origin(listeners: &Listeners) -> String {
    match listeners.address {
        address if address.is_loopback() || address.is_unspecified() => {
            format!("http://localhost:{}", listeners.port)
        }
        IpAddr::V6(address) => format!("http://[{address}]:{}", listeners.port),
        IpAddr::V4(address) => format!("http://{address}:{}", listeners.port),
    }
}

fn log_problems(snapshot: &Snapshot) {
    for problem in &snapshot.problems {
        tracing::warn!("{problem}");
    }
}
