//! macOS: a menu bar item drawn from a template image, and no Dock icon.

use tauri::{ActivationPolicy, App, AppHandle, RunEvent};

use crate::tray::icon::Palette;

/// 18 points at twice the resolution; the menu bar halves it where needed.
pub(crate) const TRAY_ICON_PIXELS: u32 = 36;

pub(crate) fn display_problem() -> Option<&'static str> {
    None
}

/// Template images are black with alpha; the menu bar colours them.
pub(crate) fn tray_palette() -> Palette {
    Palette::TEMPLATE
}

/// Keywheel lives in the menu bar, not in the Dock.
pub(crate) fn settle_into_tray(app: &mut App) {
    app.set_activation_policy(ActivationPolicy::Accessory);
}

/// Starting the application again re-opens its window; a notch may hide the menu bar item.
pub(crate) fn on_event(app: &AppHandle, event: &RunEvent) {
    if let RunEvent::Reopen { .. } = event {
        crate::window::open(app);
    }
}
