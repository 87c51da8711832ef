//! `npm start`: the desktop app where there is a display, the headless server elsewhere.

use std::process::ExitCode;

use anyhow::Result;

use crate::process::Process;
use crate::setup::{self, Purpose};
use crate::{node, progress};

/// Builds what is needed and becomes the program, so that Ctrl-C and its exit code are the program's own.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    let has_display = has_display(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    let purposes: &[Purpose] = if has_display { &[Purpose::Build] } else { &[] };
    setup::run(purposes)?;
    node::build_ui()?;
    program(has_display).args(arguments).replace()
}

fn program(has_display: bool) -> Process {
    if has_display {
        progress::step("Building and opening the desktop app (the first build takes some minutes)");
        // Without this feature the window would look for a development server instead of the embedded pages.
        let features = ["--features", "tauri/custom-protocol"];
        return Process::cargo().args(["run", "--package", "keywheel-desktop"]).args(features).arg("--");
    }
    progress::step(
        "No display here: building and starting the headless server (the first build takes some minutes)",
    );
    Process::cargo().args(["run", "--package", "keywheel", "--", "serve"])
}

fn has_display(is_set: impl Fn(&str) -> bool) -> bool {
    cfg!(any(target_os = "macos", windows)) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_display_variable_means_a_display() {
        assert!(has_display(|name| name == "DISPLAY"));
        assert!(has_display(|name| name == "WAYLAND_DISPLAY"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn linux_without_a_display_variable_is_headless() {
        assert!(!has_display(|_| false));
    }
}
