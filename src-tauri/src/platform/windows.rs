//! Windows: a notification area icon on a taskbar of unknown colour.

use crate::tray::icon::Palette;

/// The size at 200 %; Windows scales it down where needed.
pub(crate) const TRAY_ICON_PIXELS: u32 = 32;

pub(crate) fn display_problem() -> Option<&'static str> {
    None
}

/// The taskbar is light or dark whatever the application theme is.
pub(crate) fn tray_palette() -> Palette {
    Palette::ON_ANY
}

pub(crate) fn settle_into_tray(_app: &mut tauri::App) {}

pub(crate) fn on_event(_app: &tauri::AppHandle, _event: &tauri::RunEvent) {}

/// The end of a session arrives through the event loop here.
pub(crate) async fn termination() {
    std::future::pending().await
}
