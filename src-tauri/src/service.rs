//! The one host of this process, from its start to its end.
//!
//! Starting may take a while (a locked keychain asks the user), so it happens beside the event loop.
//! Whoever needs the host meanwhile waits on the lock, which the start holds until it knows.

use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use keywheel::{Host, HostHandle, HostOptions};
use keywheel_admin::{TrayIcon, TrayModel};
use serde_json::{Value, json};
use tauri::async_runtime::JoinHandle;
use tokio::sync::{OwnedRwLockWriteGuard, RwLock, watch};

/// HTTP's "service unavailable", for questions that reach no host.
const UNAVAILABLE: u16 = 503;
const STOPPING: &str = "Keywheel is stopping";

/// The host, or why there is none.
pub(crate) struct Service {
    phase: Arc<RwLock<Phase>>,
    starting: JoinHandle<()>,
}

enum Phase {
    Running(Box<HostHandle>),
    Failed(String),
    Stopped,
}

/// An answer of the control plane.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Reply {
    /// HTTP status code.
    pub(crate) status: u16,
    /// JSON body, `null` where the control plane sends none.
    pub(crate) body: Value,
}

impl Service {
    /// Starts the host in the background.
    pub(crate) fn start(options: HostOptions) -> Self {
        let phase = Arc::new(RwLock::new(Phase::Stopped));
        let locked = Arc::clone(&phase).try_write_owned();
        let starting = tauri::async_runtime::spawn(async move {
            if let Ok(locked) = locked {
                start_host(options, locked).await;
            }
        });
        Self { phase, starting }
    }

    /// Asks the control plane as the window does over HTTP elsewhere.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        match &*self.phase.read().await {
            Phase::Running(host) => {
                let reply = host.call(method, path, body).await;
                Reply { status: reply.status, body: reply.body }
            }
            Phase::Failed(message) => unavailable(message),
            Phase::Stopped => unavailable(STOPPING),
        }
    }

    /// Every state from now on, as JSON.
    ///
    /// # Errors
    /// Why there is no host, and so nothing live.
    pub(crate) async fn states(&self) -> Result<BoxStream<'static, Arc<str>>, String> {
        match &*self.phase.read().await {
            Phase::Running(host) => Ok(host.states().boxed()),
            Phase::Failed(message) => Err(message.clone()),
            Phase::Stopped => Err(STOPPING.to_owned()),
        }
    }

    /// What the tray shows. Without a host it is the reason, and it never changes.
    pub(crate) async fn tray(&self) -> watch::Receiver<TrayModel> {
        match &*self.phase.read().await {
            Phase::Running(host) => host.tray(),
            Phase::Failed(message) => watch::channel(failed_tray(message)).1,
            Phase::Stopped => watch::channel(failed_tray(STOPPING)).1,
        }
    }

    /// Drains and stops the host, or gives up starting it; does nothing the second time.
    pub(crate) async fn stop(&self) {
        self.starting.abort();
        let phase = std::mem::replace(&mut *self.phase.write().await, Phase::Stopped);
        if let Phase::Running(host) = phase {
            host.shutdown().await;
        }
    }
}

async fn start_host(options: HostOptions, mut phase: OwnedRwLockWriteGuard<Phase>) {
    *phase = match Host::start(options).await {
        Ok(host) => Phase::Running(Box::new(host)),
        Err(error) => {
            let message = error.to_string();
            crate::report(&message);
            Phase::Failed(message)
        }
    };
}

fn unavailable(message: &str) -> Reply {
    Reply { status: UNAVAILABLE, body: json!({ "code": "internal", "message": message, "details": null }) }
}

fn failed_tray(message: &str) -> TrayModel {
    TrayModel {
        icon: TrayIcon::Error,
        // A menu row is one line; the window shows the rest.
        status: message.lines().next().unwrap_or_default().to_owned(),
        paused: false,
        base_url: String::new(),
        models: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_start_is_one_line_in_the_tray_and_whole_in_the_window() {
        let message = "Port 8000 is taken.\nClose the other program, or set another port.";

        let tray = failed_tray(message);
        let reply = unavailable(message);

        assert_eq!(tray.icon, TrayIcon::Error, "the icon tells before anything is read");
        assert_eq!(tray.status, "Port 8000 is taken.", "a menu row has no line breaks");
        assert_eq!(reply.status, UNAVAILABLE, "the window must not take it for an answer");
        assert_eq!(reply.body["message"], message, "the window has room for the remedy");
    }

    #[tokio::test]
    async fn quitting_does_not_wait_for_a_start_that_hangs() {
        let phase = Arc::new(RwLock::new(Phase::Stopped));
        let locked = Arc::clone(&phase).try_write_owned().expect("the lock is new");
        let starting = tauri::async_runtime::spawn(async move {
            let _locked = locked;
            std::future::pending::<()>().await;
        });

        Service { phase, starting }.stop().await;
    }

    #[tokio::test]
    async fn without_a_host_the_tray_and_the_live_state_still_answer() {
        let phase = Arc::new(RwLock::new(Phase::Failed("No.".to_owned())));
        let service = Service { phase, starting: tauri::async_runtime::spawn(async {}) };

        assert_eq!(service.tray().await.borrow().status, "No.", "the reason stands in the tray");
        let refusal = service.states().await.err();
        assert_eq!(refusal.as_deref(), Some("No."), "the window is told instead of waiting");
        service.stop().await;
        let reply = service.call("GET", "/api/state", None).await;
        assert_eq!(reply.status, UNAVAILABLE, "stopping a failed host is no crash");
    }
}
