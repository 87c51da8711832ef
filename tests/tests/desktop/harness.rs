//! The stage the application is tested on, and the hands that touch it.

pub(crate) mod application;
pub(crate) mod child;
pub(crate) mod desktop;
pub(crate) mod log;
pub(crate) mod menu;
pub(crate) mod poll;
pub(crate) mod screen;
pub(crate) mod tray_host;
pub(crate) mod webdriver;
