//! What Linux and macOS share.

use tokio::signal::unix::{SignalKind, signal};

/// Resolves when the session or the user asks the process to end.
pub(crate) async fn termination() {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::warn!("signals cannot be received; ending the session will not wait for requests");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
