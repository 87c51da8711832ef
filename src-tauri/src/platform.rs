//! Where the platforms differ, each in its own file with the same five items.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
pub(crate) use linux::{TRAY_ICON_PIXELS, display_problem, on_event, settle_into_tray, tray_palette};
#[cfg(target_os = "macos")]
pub(crate) use macos::{TRAY_ICON_PIXELS, display_problem, on_event, settle_into_tray, tray_palette};
#[cfg(unix)]
pub(crate) use unix::termination;
#[cfg(windows)]
pub(crate) use windows::{
    TRAY_ICON_PIXELS, display_problem, on_event, settle_into_tray, termination, tray_palette,
};
