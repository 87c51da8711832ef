//! Makes a machine ready: system packages where this system's package manager is known, node modules everywhere.

mod debian;
mod platform;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::node;

#[derive(Args)]
pub(crate) struct Options {
    /// What to set the machine up for; everything unless told otherwise
    purposes: Vec<Purpose>,
    /// Use sudo without asking
    #[arg(long)]
    yes: bool,
}

/// What the packages are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Purpose {
    /// Building the desktop app. The headless program needs none of it.
    Build,
    /// Running the tests.
    Test,
}

/// Whether the user agreed to `sudo` beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Consent {
    Given,
    ToBeAsked,
}

/// `cargo xtask setup`.
pub(crate) fn command(options: &Options) -> Result<()> {
    let consent = if options.yes { Consent::Given } else { Consent::ToBeAsked };
    let purposes: &[Purpose] = match options.purposes.as_slice() {
        [] => Purpose::value_variants(),
        chosen => chosen,
    };
    system_packages(purposes, consent)?;
    node::install()
}

/// Brings everything that `purposes` need, as the first part of another command.
pub(crate) fn run(purposes: &[Purpose]) -> Result<()> {
    system_packages(purposes, Consent::ToBeAsked)?;
    node::install()
}

fn system_packages(purposes: &[Purpose], consent: Consent) -> Result<()> {
    if debian::is_this_system() {
        debian::install_missing(purposes, consent)
    } else {
        platform::check(purposes)
    }
}
