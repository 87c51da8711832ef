//! The Python environment of the system tests, with the packages of `tests/sdk/requirements.txt`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::process::Process;
use crate::progress;
use crate::workspace::{is_on_path, root, target_directory};

/// The environment's interpreter, after making the environment or bringing it up to date.
pub(crate) fn environment() -> Result<PathBuf> {
    let folder = target_directory()?.join("test-venv");
    let interpreter = interpreter_in(&folder);
    let wanted_file = root().join("tests/sdk/requirements.txt");
    let wanted = fs::read_to_string(&wanted_file)
        .with_context(|| format!("{} could not be read", wanted_file.display()))?;
    let installed_file = folder.join("installed-requirements.txt");
    let is_current = fs::read_to_string(&installed_file).is_ok_and(|installed| installed == wanted);
    if !is_current || !interpreter.is_file() {
        progress::step("Making the tests' Python environment");
        create(&folder, &interpreter, &wanted_file)?;
        fs::write(&installed_file, wanted)?;
    }
    Ok(interpreter)
}

fn create(folder: &Path, interpreter: &Path, requirements: &Path) -> Result<()> {
    let system_python = if is_on_path("python3") { "python3" } else { "python" };
    Process::new(system_python)
        .args(["-m", "venv", "--clear"])
        .arg(folder)
        .run()
        .context("Python 3 with its venv module is needed; on Debian: apt-get install python3-venv")?;
    Process::new(&interpreter.to_string_lossy())
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
        .arg(requirements)
        .run()
}

fn interpreter_in(folder: &Path) -> PathBuf {
    if cfg!(windows) { folder.join("Scripts").join("python.exe") } else { folder.join("bin").join("python") }
}
