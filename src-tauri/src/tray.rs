//! The tray icon and its menu: a view of [`TrayModel`], never a source of truth.
//!
//! Items are changed in place and only when they differ, because replacing a menu that is open
//! closes it or crashes.

mod action;
pub(crate) mod icon;

use keywheel_admin::{TrayIcon, TrayModel};
use serde_json::json;
use tauri::image::Image;
use tauri::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tauri::tray::{TrayIcon as TrayItem, TrayIconBuilder};
use tauri::{AppHandle, Manager, Wry};
use tauri_plugin_clipboard_manager::ClipboardExt;
use tokio::sync::watch;

use crate::service::Service;
use crate::{application, platform, window};
use action::Action;

/// Also names the icon's file on Linux, which other applications must not share.
const ID: &str = "keywheel";
const STARTING: &str = "Keywheel is starting";
const PAUSE: &str = "Pause";
const RESUME: &str = "Resume";

/// Puts the icon into the tray and keeps it up to date.
///
/// # Errors
/// When the platform refuses the icon or its menu.
pub(crate) fn install(app: &AppHandle) -> tauri::Result<()> {
    let mut tray = Tray::build(app)?;
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let models = app.state::<Service>().tray().await;
        app.manage(Newest(models.clone()));
        tray.follow(models).await;
    });
    Ok(())
}

/// What the clicks go by; absent until the host has started or failed to.
struct Newest(watch::Receiver<TrayModel>);

struct Tray {
    item: TrayItem<Wry>,
    status: MenuItem<Wry>,
    pause: MenuItem<Wry>,
    copy_base_url: MenuItem<Wry>,
    shown: Option<TrayModel>,
}

impl Tray {
    fn build(app: &AppHandle) -> tauri::Result<Self> {
        let status = MenuItem::new(app, STARTING, false, None::<&str>)?;
        let pause = action_item(app, Action::TogglePause, PAUSE, false)?;
        let copy_base_url = action_item(app, Action::CopyBaseUrl, "Copy base URL", false)?;
        let open = action_item(app, Action::OpenWindow, "Open Keywheel", true)?;
        let quit = action_item(app, Action::Quit, "Quit", true)?;
        let line = || PredefinedMenuItem::separator(app);
        let menu = Menu::with_items(
            app,
            &[&status, &line()?, &pause, &copy_base_url, &line()?, &open, &line()?, &quit],
        )?;
        let item = TrayIconBuilder::with_id(ID)
            .icon(draw(TrayIcon::Offline))
            .icon_as_template(platform::tray_palette() == icon::Palette::TEMPLATE)
            .tooltip(STARTING)
            .menu(&menu)
            .on_menu_event(|app, event| on_click(app, &event))
            .build(app)?;
        Ok(Self { item, status, pause, copy_base_url, shown: None })
    }

    async fn follow(&mut self, mut models: watch::Receiver<TrayModel>) {
        loop {
            let model = models.borrow_and_update().clone();
            if let Err(error) = self.show(model) {
                tracing::warn!(%error, "the tray could not be updated");
            }
            if models.changed().await.is_err() {
                return;
            }
        }
    }

    fn show(&mut self, model: TrayModel) -> tauri::Result<()> {
        let before = self.shown.as_ref();
        if before.is_none_or(|shown| shown.icon != model.icon) {
            self.item.set_icon_with_as_template(
                Some(draw(model.icon)),
                platform::tray_palette() == icon::Palette::TEMPLATE,
            )?;
        }
        if before.is_none_or(|shown| shown.status != model.status) {
            self.status.set_text(&model.status)?;
            self.item.set_tooltip(Some(&model.status))?;
        }
        if before.is_none_or(|shown| shown.paused != model.paused) {
            self.pause.set_text(if model.paused { RESUME } else { PAUSE })?;
        }
        if before.is_none_or(|shown| shown.base_url != model.base_url) {
            let serves = !model.base_url.is_empty();
            self.pause.set_enabled(serves)?;
            self.copy_base_url.set_enabled(serves)?;
        }
        self.shown = Some(model);
        Ok(())
    }
}

fn action_item(app: &AppHandle, action: Action, text: &str, enabled: bool) -> tauri::Result<MenuItem<Wry>> {
    MenuItem::with_id(app, action.id(), text, enabled, None::<&str>)
}

fn draw(state: TrayIcon) -> Image<'static> {
    let size_pixels = platform::TRAY_ICON_PIXELS;
    let rgba = icon::draw(state, size_pixels, platform::tray_palette());
    Image::new_owned(rgba, size_pixels, size_pixels)
}

fn on_click(app: &AppHandle, event: &MenuEvent) {
    let shown = app.try_state::<Newest>().map(|newest| newest.0.borrow().clone());
    match (Action::from_id(event.id().as_ref()), shown) {
        (Some(Action::TogglePause), Some(shown)) => toggle_pause(app, &shown),
        (Some(Action::CopyBaseUrl), Some(shown)) => copy_base_url(app, &shown),
        // Disabled until there is something to show.
        (Some(Action::TogglePause | Action::CopyBaseUrl), None) => {}
        (Some(Action::OpenWindow), _) => window::open(app),
        (Some(Action::Quit), _) => application::quit(app),
        (None, _) => tracing::warn!(id = event.id().as_ref(), "an unknown menu item was clicked"),
    }
}

fn toggle_pause(app: &AppHandle, shown: &TrayModel) {
    let (path, body) =
        if shown.paused { ("/api/resume", None) } else { ("/api/pause", Some(json!({ "minutes": null }))) };
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let reply = app.state::<Service>().call("POST", path, body).await;
        if reply.status >= 400 {
            tracing::warn!(path, status = reply.status, body = %reply.body, "the tray's request was refused");
        }
    });
}

fn copy_base_url(app: &AppHandle, shown: &TrayModel) {
    if let Err(error) = app.clipboard().write_text(&shown.base_url) {
        tracing::warn!(%error, "the base URL could not be copied");
    }
}
