//! The application under test, as a process.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use super::child::OwnedChild;
use super::desktop::Desktop;
use super::log::Log;
use super::poll::eventually;

const BINARY_VARIABLE: &str = "KEYWHEEL_DESKTOP_BINARY";

/// The binary under test.
///
/// # Panics
/// When it was not named or is not there; the message says how to make it.
pub(crate) fn binary() -> PathBuf {
    let Some(path) = std::env::var_os(BINARY_VARIABLE) else {
        panic!(
            "{BINARY_VARIABLE} is not set. Build the application with \
             `cargo build -p keywheel-desktop --features tauri/custom-protocol` and name its binary there"
        );
    };
    let path = fs::canonicalize(path);
    path.unwrap_or_else(|error| panic!("{BINARY_VARIABLE} names no file: {error}"))
}

pub(crate) struct Application {
    process: OwnedChild,
    _log: Log,
}

impl Application {
    /// Starts the binary under test.
    pub(crate) fn start(desktop: &Desktop, arguments: &[&str]) -> Self {
        Self::start_binary(desktop, &binary(), arguments)
    }

    pub(crate) fn start_binary(desktop: &Desktop, binary: &Path, arguments: &[&str]) -> Self {
        let log = desktop.log("application");
        let mut command = desktop.command(binary);
        let process = OwnedChild::spawn(log.take_output_of(command.args(arguments)));
        Self { process, _log: log }
    }

    /// Waits for the process to end by itself.
    pub(crate) async fn exit(&mut self) -> ExitStatus {
        eventually("the application ends", async || self.process.finished()).await
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.process.finished().is_none()
    }

    /// Ends the session as a desktop does.
    pub(crate) fn terminate(&self) {
        self.process.terminate();
    }
}
