//! What the window may ask for: one call into the control plane and one live stream out of it.

use futures_util::StreamExt;
use parking_lot::Mutex;
use serde_json::Value;
use tauri::async_runtime::JoinHandle;
use tauri::ipc::{Channel, InvokeResponseBody, Response};
use tauri::{AppHandle, Manager};

use crate::service::{Reply, Service};

/// Answers a request of the window through the control plane's router, in process.
#[tauri::command]
pub(crate) async fn api(app: AppHandle, method: String, path: String, body: Option<Value>) -> Reply {
    app.state::<Service>().call(&method, &path, body).await
}

/// Sends each new state to the window until it closes, reloads or subscribes again.
///
/// # Errors
/// Why there is nothing to follow.
#[tauri::command]
pub(crate) async fn events(app: AppHandle, channel: Channel<Response>) -> Result<(), String> {
    let mut states = app.state::<Service>().states().await?;
    let forwarder = tauri::async_runtime::spawn(async move {
        while let Some(state) = states.next().await {
            let json = InvokeResponseBody::Json(state.to_string());
            if channel.send(Response::new(json)).is_err() {
                break;
            }
        }
    });
    app.state::<LiveState>().replace(forwarder);
    Ok(())
}

/// The task that feeds the open window; there is at most one.
#[derive(Default)]
pub(crate) struct LiveState(Mutex<Option<JoinHandle<()>>>);

impl LiveState {
    /// Ends the stream: its window is gone.
    pub(crate) fn stop(&self) {
        if let Some(forwarder) = self.0.lock().take() {
            forwarder.abort();
        }
    }

    fn replace(&self, forwarder: JoinHandle<()>) {
        self.stop();
        *self.0.lock() = Some(forwarder);
    }
}
