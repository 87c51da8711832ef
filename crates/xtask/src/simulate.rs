//! `cargo xtask simulate`: the policy against four others and an oracle, in virtual time.

use std::process::ExitCode;

use anyhow::Result;

use crate::process::Process;

/// Builds the simulation in release, where its scenarios take about a minute, and becomes it.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    let simulation =
        ["run", "--quiet", "--release", "--package", "keywheel-rotation", "--example", "simulate", "--"];
    Process::cargo().args(simulation).args(arguments).replace()
}
