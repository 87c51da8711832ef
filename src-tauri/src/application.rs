//! The life of the process: one instance, a tray that stays, windows that come and go.

use std::env;
use std::ffi::OsStr;
use std::process::ExitCode;

use anyhow::{Context, bail};
use keywheel::{EnvironmentSecrets, HostOptions, Redactor, start_logging};
use tauri::{AppHandle, Manager, RunEvent, WindowEvent};

use crate::{commands, platform, service::Service, tray, window};

/// Starts in the tray only; what an autostart entry passes.
const HIDDEN_FLAG: &str = "--hidden";

/// Runs until the user quits or the session ends.
///
/// # Errors
/// When nothing can be shown: no display, or the tray cannot be made.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    if let Some(problem) = platform::display_problem() {
        bail!(problem);
    }
    let redactor = Redactor::new();
    start_logging(env::var("KEYWHEEL_LOG").ok().as_deref(), redactor.clone());
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _directory| {
            on_second_start(app, &arguments);
        }))
        .plugin(tauri_plugin_clipboard_manager::init())
        .invoke_handler(tauri::generate_handler![commands::api, commands::events])
        .setup(|app| Ok(set_up(app, redactor)?))
        .build(context())
        .context("the desktop application could not start")?;
    let code = app.run_return(on_event);
    Ok(u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from))
}

#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "written by the macro for builds without the window's files"
)]
fn context() -> tauri::Context {
    tauri::generate_context!()
}

fn set_up(app: &mut tauri::App, redactor: Redactor) -> anyhow::Result<()> {
    platform::settle_into_tray(app);
    app.manage(Service::start(host_options(redactor)));
    app.manage(commands::LiveState::default());
    app.manage(window::Current::default());
    tray::install(app.handle()).context("the tray icon could not be made")?;
    quit_on_termination(app.handle());
    if !wants_hidden(env::args_os().skip(1)) {
        window::open(app.handle());
    }
    Ok(())
}

fn host_options(redactor: Redactor) -> HostOptions {
    HostOptions {
        config_path: env::var_os("KEYWHEEL_CONFIG").map(Into::into),
        data_dir: env::var_os("KEYWHEEL_DATA_DIR").map(Into::into),
        environment: EnvironmentSecrets::new(env::vars_os()),
        redactor,
        ..HostOptions::default()
    }
}

/// A second start only asks this one to show itself. Its arguments come from any process of the
/// session, so nothing but the known flag is looked at.
fn on_second_start(app: &AppHandle, arguments: &[String]) {
    if !wants_hidden(arguments.iter().skip(1)) {
        window::open(app);
    }
}

fn wants_hidden(mut arguments: impl Iterator<Item = impl AsRef<OsStr>>) -> bool {
    arguments.any(|argument| argument.as_ref() == HIDDEN_FLAG)
}

fn on_event(app: &AppHandle, event: RunEvent) {
    match event {
        // The last window was closed; the tray goes on.
        RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
        RunEvent::WindowEvent { label, event: WindowEvent::CloseRequested { .. }, .. } => {
            app.state::<window::Current>().closes(&label);
        }
        RunEvent::WindowEvent { label, event: WindowEvent::Destroyed, .. } => {
            let current = app.state::<window::Current>();
            current.closes(&label);
            if current.is_closed() {
                app.state::<commands::LiveState>().stop();
            }
        }
        RunEvent::Exit => tauri::async_runtime::block_on(app.state::<Service>().stop()),
        event => platform::on_event(app, &event),
    }
}

/// Lets running requests finish, then ends the process.
pub(crate) fn quit(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        app.state::<Service>().stop().await;
        app.exit(0);
    });
}

fn quit_on_termination(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        platform::termination().await;
        quit(&app);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_flag_hides_the_window() {
        assert!(wants_hidden(["--hidden"].iter()), "the autostart entry passes it");
        assert!(wants_hidden(["x", "--hidden"].iter()), "its place does not matter");
        assert!(!wants_hidden(["--hidden=no", "hidden"].iter()), "look-alikes are not the flag");
        assert!(!wants_hidden(std::iter::empty::<&str>()), "a plain start shows the window");
    }
}
