//! Linux: StatusNotifierItem panels of unknown colour, X11 or Wayland.

use std::env;
use std::ffi::OsStr;

use crate::tray::icon::Palette;

/// Panels draw 22 pixels; twice that stays sharp on dense screens and halves exactly on others.
pub(crate) const TRAY_ICON_PIXELS: u32 = 44;

/// Why nothing can be shown here, if so.
pub(crate) fn display_problem() -> Option<&'static str> {
    let found = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| env::var_os(name).is_some());
    (!found).then_some(
        "there is no display to show a tray icon on. Run `keywheel serve` to use Keywheel without one.",
    )
}

/// The icon's colours on this desktop's panel.
pub(crate) fn tray_palette() -> Palette {
    palette_for(env::var_os("XDG_CURRENT_DESKTOP").as_deref())
}

/// GNOME's panel is always dark. Other panels follow themes that a tray item is not told about.
fn palette_for(desktop: Option<&OsStr>) -> Palette {
    let is_gnome =
        desktop.and_then(OsStr::to_str).is_some_and(|names| names.split(':').any(|name| name == "GNOME"));
    if is_gnome { Palette::ON_DARK } else { Palette::ON_ANY }
}

pub(crate) fn settle_into_tray(_app: &mut tauri::App) {}

pub(crate) fn on_event(_app: &tauri::AppHandle, _event: &tauri::RunEvent) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_is_used_only_where_the_panel_is_known_to_be_dark() {
        let check = |desktop: Option<&str>| palette_for(desktop.map(OsStr::new));

        assert_eq!(check(Some("ubuntu:GNOME")), Palette::ON_DARK, "GNOME's panel is dark");
        assert_eq!(check(Some("KDE")), Palette::ON_ANY, "Plasma's panel follows the theme");
        assert_eq!(check(None), Palette::ON_ANY, "nothing is known");
    }
}
