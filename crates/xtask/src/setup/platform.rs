//! Systems whose package manager is not driven from here: say what they need, in their own words.

use anyhow::{Result, bail};

use super::Purpose;
use crate::process::Process;
use crate::progress;

const FEDORA: &str =
    "sudo dnf install webkit2gtk4.1-devel libayatana-appindicator-gtk3-devel librsvg2-devel pkgconf gcc";
const ARCH: &str =
    "sudo pacman -S --needed webkit2gtk-4.1 libayatana-appindicator librsvg pkgconf base-devel";

/// Stops where something needed for building is known to be missing; names the rest.
pub(crate) fn check(purposes: &[Purpose]) -> Result<()> {
    if cfg!(target_os = "linux") {
        return linux(purposes);
    }
    if cfg!(target_os = "macos") {
        return macos();
    }
    progress::line(
        "Windows needs the Visual Studio Build Tools (workload \"Desktop development with C++\") and the WebView2 \
         runtime, which Windows 11 has: winget install Microsoft.VisualStudio.2022.BuildTools Microsoft.EdgeWebView2Runtime",
    );
    Ok(())
}

fn linux(purposes: &[Purpose]) -> Result<()> {
    let webview = Process::new("pkg-config").args(["--exists", "webkit2gtk-4.1", "librsvg-2.0"]);
    if purposes.contains(&Purpose::Build) && !webview.succeeds() {
        bail!(
            "the desktop app needs WebKitGTK 4.1, librsvg and the appindicator library. Install them, then run this \
             again:\n  Fedora: {FEDORA}\n  Arch:   {ARCH}"
        );
    }
    if purposes.contains(&Purpose::Test) {
        progress::line(
            "This is not a Debian system, so nothing is installed for the tests. They use Xvfb, dbus-daemon, \
             gnome-keyring-daemon, WebKitWebDriver, Chromium and Python 3 with venv.",
        );
    }
    Ok(())
}

fn macos() -> Result<()> {
    if !Process::new("xcode-select").arg("-p").succeeds() {
        bail!(
            "the Xcode command line tools are missing. Install them, then run this again:\n  xcode-select --install"
        );
    }
    Ok(())
}
