//! Debian and its descendants: installs what is missing, after asking unless already root.

use std::io::IsTerminal;

use anyhow::{Context, Result, bail};

use super::{Consent, Purpose};
use crate::process::Process;
use crate::progress;
use crate::workspace::is_on_path;

/// A Debian package and why it is needed.
struct Package {
    name: &'static str,
    purpose: Purpose,
    /// Any of these programs makes the package unnecessary.
    replaced_by: &'static [&'static str],
}

const fn build(name: &'static str) -> Package {
    Package { name, purpose: Purpose::Build, replaced_by: &[] }
}

const fn test(name: &'static str) -> Package {
    Package { name, purpose: Purpose::Test, replaced_by: &[] }
}

/// One name that apt does not know aborts the whole installation: only names of Debian 12 and newer.
const PACKAGES: [Package; 13] = [
    build("libwebkit2gtk-4.1-dev"),
    build("libayatana-appindicator3-dev"),
    build("librsvg2-dev"),
    build("pkg-config"),
    // A display, a session bus and a keychain for the desktop tests.
    test("xvfb"),
    test("dbus"),
    test("gnome-keyring"),
    test("webkit2gtk-driver"),
    test("at-spi2-core"),
    test("libgl1-mesa-dri"),
    test("fonts-dejavu-core"),
    // The Python client in the system tests.
    test("python3-venv"),
    // Ubuntu has no such package; its images bring a browser of their own.
    Package {
        name: "chromium",
        purpose: Purpose::Test,
        replaced_by: &["chromium", "chromium-browser", "google-chrome"],
    },
];

pub(crate) fn is_this_system() -> bool {
    cfg!(target_os = "linux") && is_on_path("dpkg-query") && is_on_path("apt-get")
}

/// Installs the packages for `purposes` that this machine does not have.
pub(crate) fn install_missing(purposes: &[Purpose], consent: Consent) -> Result<()> {
    let missing = missing(purposes, &installed()?, is_on_path);
    if missing.is_empty() {
        return Ok(());
    }
    progress::step(&format!("Debian packages to install: {}", missing.join(" ")));
    let privilege = privilege(&missing, consent)?;
    apt(privilege, &["update", "-qq"]).run().or_else(|error| {
        progress::line(&format!("{error}; trying with the package lists that are here"));
        anyhow::Ok(())
    })?;
    apt(privilege, &["install", "-qq", "--yes", "--no-install-recommends"])
        .args(&missing)
        .run()
        .context("the packages could not be installed; install them by hand, then run this again")
}

/// How `apt-get` gets its rights.
#[derive(Clone, Copy)]
enum Privilege {
    Root,
    Sudo,
}

/// Root needs no question; anyone else is asked, and where nobody can be asked the command is named instead.
fn privilege(missing: &[&str], consent: Consent) -> Result<Privilege> {
    let user = Process::new("id").arg("-u").output()?;
    if user.trim() == "0" {
        return Ok(Privilege::Root);
    }
    let by_hand = format!(
        "install these packages, then run this again:\n  sudo apt-get install --no-install-recommends {}",
        missing.join(" ")
    );
    let agrees = match consent {
        Consent::Given => true,
        Consent::ToBeAsked => {
            std::io::stdin().is_terminal() && progress::confirm("Install them now with sudo?")?
        }
    };
    if !agrees || !is_on_path("sudo") {
        bail!("{by_hand}");
    }
    Ok(Privilege::Sudo)
}

fn apt(privilege: Privilege, arguments: &[&str]) -> Process {
    let process = match privilege {
        Privilege::Root => Process::new("env"),
        Privilege::Sudo => Process::new("sudo").arg("env"),
    };
    process.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "Dpkg::Use-Pty=0"]).args(arguments)
}

/// Names and states of all packages, one per line, tab between them.
fn installed() -> Result<String> {
    Process::new("dpkg-query").args(["--show", "--showformat=${Package}\\t${db:Status-Status}\\n"]).output()
}

fn missing(purposes: &[Purpose], dpkg_listing: &str, is_on_path: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let is_installed = |name: &str| {
        let wanted = format!("{name}\tinstalled");
        dpkg_listing.lines().any(|line| line == wanted)
    };
    PACKAGES
        .iter()
        .filter(|package| purposes.contains(&package.purpose))
        .filter(|package| !is_installed(package.name))
        .filter(|package| !package.replaced_by.iter().any(|program| is_on_path(program)))
        .map(|package| package.name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL_BUT_LIBRSVG: &str = "libwebkit2gtk-4.1-dev\tinstalled\nlibayatana-appindicator3-dev\tinstalled\n\
                                   librsvg2-dev\tconfig-files\nlibrsvg2-dev-extra\tinstalled\npkg-config\tinstalled\n";

    #[test]
    fn a_package_counts_only_when_it_is_installed_under_its_exact_name() {
        let missing = missing(&[Purpose::Build], ALL_BUT_LIBRSVG, |_| false);
        assert_eq!(missing, ["librsvg2-dev"], "removed packages leave config-files behind");
    }

    #[test]
    fn building_asks_for_no_test_package() {
        let missing = missing(&[Purpose::Build], "", |_| false);
        assert_eq!(missing.len(), 4, "{missing:?}");
        assert!(!missing.contains(&"xvfb"), "{missing:?}");
    }

    #[test]
    fn another_browser_replaces_chromium() {
        let with = |program: &'static str| {
            missing(&[Purpose::Test], "", move |name| name == program).contains(&"chromium")
        };
        assert!(with("Xvfb"), "chromium is missing when no browser is there");
        assert!(!with("google-chrome"), "any browser of the family will do");
    }

    #[test]
    fn no_package_is_named_twice() {
        let mut names: Vec<_> = PACKAGES.iter().map(|package| package.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), PACKAGES.len());
    }
}
