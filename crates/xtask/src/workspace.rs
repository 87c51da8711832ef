//! Where things are, and what cargo knows about the members.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process::Process;

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap_or(own)
}

/// `cargo metadata` of the members alone, without their dependencies' metadata.
pub(crate) fn metadata() -> Result<Value> {
    let json = Process::cargo().args(["metadata", "--no-deps", "--format-version", "1"]).output()?;
    serde_json::from_str(&json).context("cargo metadata printed something that is not JSON")
}

/// Where cargo puts what it builds; not always `target`.
pub(crate) fn target_directory() -> Result<PathBuf> {
    let metadata = metadata()?;
    let directory = metadata.get("target_directory").and_then(Value::as_str);
    Ok(PathBuf::from(directory.context("cargo metadata names no target_directory")?))
}

/// A program built by `cargo build`, e.g. `target/debug/keywheel`.
pub(crate) fn debug_executable(name: &str) -> Result<PathBuf> {
    let file_name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    Ok(target_directory()?.join("debug").join(file_name))
}

/// The newest modification time in a file or folder, `skipped` folder names left out; `None` when nothing is there.
pub(crate) fn newest_change(path: &Path, skipped: &[&str]) -> Option<SystemTime> {
    let metadata = path.metadata().ok()?;
    if !metadata.is_dir() {
        return metadata.modified().ok();
    }
    let entries = path.read_dir().ok()?.flatten();
    let wanted = entries.filter(|entry| {
        let name = entry.file_name();
        !skipped.iter().any(|skip| name == **skip)
    });
    wanted.filter_map(|entry| newest_change(&entry.path(), skipped)).max()
}

/// Whether `name` can be started from the search path.
pub(crate) fn is_on_path(name: &str) -> bool {
    find_on_path(name).is_some()
}

/// The first executable of this name in the search path.
pub(crate) fn find_on_path(name: &str) -> Option<PathBuf> {
    let file_name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let search_path = std::env::var_os("PATH")?;
    std::env::split_paths(&search_path)
        .map(|folder| folder.join(&file_name))
        .find(|candidate| candidate.is_file())
}
