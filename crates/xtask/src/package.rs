//! The Debian package, built by the Tauri command line tool.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;

use crate::process::Process;
use crate::setup::{self, Purpose};
use crate::workspace::target_directory;
use crate::{node, progress};

#[derive(Args)]
pub(crate) struct Options {
    /// Build without optimisation: much faster, for trying the package itself
    #[arg(long)]
    debug: bool,
    /// Afterwards install the package, run it on a virtual display and remove it (needs root)
    #[arg(long)]
    check: bool,
}

/// Builds the package, and checks it if wanted.
pub(crate) fn run(options: &Options) -> Result<()> {
    let purposes: &[Purpose] =
        if options.check { &[Purpose::Build, Purpose::Test] } else { &[Purpose::Build] };
    setup::run(purposes)?;
    node::build_ui()?;
    let package = build(options.debug)?;
    progress::line(&format!("\n{}", package.display()));
    if options.check {
        return check(&package);
    }
    Ok(())
}

fn build(debug: bool) -> Result<PathBuf> {
    progress::step("Building the Debian package (an optimised build takes ten minutes or so)");
    let profile: &[&str] = if debug { &["--debug"] } else { &[] };
    node::tool("tauri").args(["build", "--bundles", "deb"]).args(profile).run()?;
    let built_in = target_directory()?.join(if debug { "debug" } else { "release" });
    newest_package(&built_in.join("bundle/deb"))
}

/// Older versions stay in the folder; the newest file is the one just built.
fn newest_package(folder: &Path) -> Result<PathBuf> {
    let entries = folder.read_dir().with_context(|| format!("{} could not be read", folder.display()))?;
    entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .max_by_key(|path| path.metadata().and_then(|metadata| metadata.modified()).ok())
        .with_context(|| format!("no package was left in {}", folder.display()))
}

/// The checks themselves belong to the desktop flows in `tests`.
fn check(package: &Path) -> Result<()> {
    progress::step("Checking the installed package");
    Process::cargo()
        .args(["nextest", "run", "--package", "system-tests", "--features", "desktop-package"])
        .args(["--filterset", "binary_id(system-tests::desktop) and test(/^package::/)"])
        .env("KEYWHEEL_DEB", package)
        .run()
}
