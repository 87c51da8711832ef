//! The real desktop application on a display, a D-Bus session and a home folder of its own.
//!
//! `KEYWHEEL_DESKTOP_BINARY` names the binary under test, built with the window's files embedded.
//! With `KEYWHEEL_SCREENSHOTS=FOLDER` the tests leave pictures of the screen there.
//! Needed programs: Xvfb, dbus-daemon, WebKitWebDriver; ImageMagick's `import` for pictures.

// Without `cfg(test)` clippy takes the modules of a test for shipping code.
#[cfg(test)]
mod harness;
#[cfg(test)]
#[cfg(feature = "desktop-package")]
mod package;
#[cfg(test)]
mod second_start;
#[cfg(test)]
mod tray;
#[cfg(test)]
mod trouble;
#[cfg(test)]
mod window;
