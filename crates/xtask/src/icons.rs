//! Application icons: every format the installers want, from the one drawing.

use std::fs;

use anyhow::{Context, Result};

use crate::workspace::{root, target_directory};
use crate::{node, progress};

/// The Tauri command makes many more, for telephones and app stores.
const WANTED: [&str; 6] = ["32x32.png", "128x128.png", "128x128@2x.png", "icon.png", "icon.ico", "icon.icns"];

pub(crate) fn run() -> Result<()> {
    node::install()?;
    let made = target_directory()?.join("icons");
    node::tool("tauri").args(["icon", "icons/app.svg", "--output"]).arg(&made).run()?;
    let wanted_folder = root().join("src-tauri/icons");
    fs::create_dir_all(&wanted_folder)?;
    for name in WANTED {
        fs::copy(made.join(name), wanted_folder.join(name))
            .with_context(|| format!("`tauri icon` made no {name}"))?;
    }
    progress::line(&format!("wrote src-tauri/icons/{{{}}}", WANTED.join(",")));
    Ok(())
}
