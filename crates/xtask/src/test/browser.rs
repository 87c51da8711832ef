//! The browser of the browser flows: one of the Chromium family that the machine already has.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::workspace::find_on_path;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// Where the installers of other systems put it, outside the search path. Windows always has Edge.
const PLACES: [&str; 4] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
];

pub(super) fn find() -> Result<PathBuf> {
    let in_place = || PLACES.iter().map(Path::new).find(|place| place.is_file());
    NAMES
        .iter()
        .find_map(|name| find_on_path(name))
        .or_else(|| in_place().map(Path::to_owned))
        .context("no Chromium, Chrome or Edge was found; install one of them, then run this again")
}
