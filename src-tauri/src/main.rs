//! The desktop application: a tray icon and a window around `keywheel::Host`.
//!
//! It owns the tray, the window's life, the single instance and the way the process ends, and only
//! translates between the operating system and the host. It must not know policies, SQL or HTTP.
//! Start reading at [`application::run`]; `tray` and `window` are its two faces.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod application;
mod commands;
mod platform;
mod service;
mod tray;
mod window;

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    match application::run() {
        Ok(code) => code,
        Err(error) => {
            report(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Says `message` on the error stream, for whoever started the application from a terminal.
/// A closed stream is no reason to stop.
fn report(message: &str) {
    let _ = writeln!(std::io::stderr(), "keywheel-desktop: {message}");
}
