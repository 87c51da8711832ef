//! The Debian package named by `KEYWHEEL_DEB`: installed, started, clicked, removed.
//!
//! Needs root, because packages do; `--features desktop-package` asks for it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::harness::application::Application;
use crate::harness::desktop::Desktop;
use crate::harness::tray_host::TrayHost;

const NAME: &str = "keywheel";
const BINARY: &str = "/usr/bin/keywheel-desktop";
const FILES: [&str; 3] = [BINARY, "/usr/bin/keywheel", "/usr/share/applications/Keywheel.desktop"];
/// Loaded when the tray icon is made, so that no tool sees that it is needed.
const TRAY_LIBRARY: &str = "libayatana-appindicator3-1";

#[tokio::test]
async fn the_package_installs_runs_and_leaves_nothing_behind() {
    let file = package_file();
    assert!(!is_known(), "{NAME} is installed here already; this test would remove it");
    let added = paths_added_by(&file);
    for path in FILES {
        assert!(added.iter().any(|added| added == Path::new(path)), "{path} is not in {added:?}");
    }
    let depends = said(Command::new("dpkg-deb").arg("--field").arg(&file).arg("Depends"));
    assert!(depends.contains(TRAY_LIBRARY), "{TRAY_LIBRARY} is not in {depends}");

    let installed = InstalledPackage::install(&file);
    run_and_quit().await;
    drop(installed);

    let left: Vec<_> = added.iter().filter(|path| path.exists()).collect();
    assert!(left.is_empty(), "removing the package left {left:?}");
    assert!(!is_known(), "the package database still knows {NAME}");
}

async fn run_and_quit() {
    let desktop = Desktop::start();
    let mut host = TrayHost::start(&desktop).await;
    let mut application = Application::start_binary(&desktop, Path::new(BINARY), &["--hidden"]);
    let menu = host.item().await.menu().await;
    menu.status("keys").await;
    menu.click("Pause").await;
    menu.row("Resume").await;
    menu.click("Quit").await;
    assert_eq!(application.exit().await.code(), Some(0), "the installed application quits");
}

/// Removed again however the test ends.
struct InstalledPackage;

impl InstalledPackage {
    fn install(file: &Path) -> Self {
        said(apt().args(["install", "--yes", "--no-install-recommends"]).arg(file));
        Self
    }
}

impl Drop for InstalledPackage {
    fn drop(&mut self) {
        said(apt().args(["purge", "--yes", NAME]));
    }
}

/// Files and folders of the package that are not there yet.
fn paths_added_by(file: &Path) -> Vec<PathBuf> {
    let listing = said(Command::new("dpkg-deb").arg("--contents").arg(file));
    let paths = listing.lines().filter_map(|line| line.split_whitespace().last());
    let absolute = paths.map(|path| Path::new("/").join(path.trim_start_matches("./")));
    absolute.filter(|path| !path.exists()).collect()
}

fn is_known() -> bool {
    let known = output(Command::new("dpkg-query").args(["--show", NAME]));
    known.status.success()
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn package_file() -> PathBuf {
    let file = std::env::var_os("KEYWHEEL_DEB").map(PathBuf::from);
    let file = file.expect("KEYWHEEL_DEB has to name the package that is to be checked");
    let absolute = std::fs::canonicalize(&file);
    absolute.unwrap_or_else(|error| panic!("{} cannot be read: {error}", file.display()))
}

/// What a command prints when it succeeds.
fn said(command: &mut Command) -> String {
    let output = output(command);
    assert!(output.status.success(), "{command:?} failed: {output:?}");
    String::from_utf8(output.stdout).expect("the output is text")
}

fn output(command: &mut Command) -> Output {
    let output = command.output();
    output.unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"))
}
