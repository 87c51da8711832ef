//! Developer commands: `cargo xtask <command>`.
//!
//! Owns setting up a machine, running the product from source, the steps of `npm test`, the checks on the repository
//! itself and the generated files. Depends on no product crate, so that it compiles in seconds.
//! Start reading at [`Command`]; each command is the module of its name.

mod bindings;
mod icons;
mod node;
mod package;
mod process;
mod progress;
mod python;
mod setup;
mod simulate;
mod start;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Keywheel's developer commands")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what building and testing need: system packages, node modules
    Setup(setup::Options),
    /// Build and run: the desktop app, or the headless server where there is no display
    Start {
        /// Passed on to the program
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Set up, then run every check a change must pass
    Test(test::Selection),
    /// Check the repository itself: dependency directions, file sizes, forbidden text, secrets
    Tidy,
    /// Write the control plane's OpenAPI description and the UI's types made from it
    Bindings {
        /// Change nothing; fail when the committed files are out of date
        #[arg(long)]
        check: bool,
    },
    /// Make the application icons from icons/app.svg
    Icons,
    /// Play the rotation policy, four others and an oracle over simulated providers; fails when a target is missed
    Simulate {
        /// Passed on to the simulation, for example --scenario NAME --trace, or --json
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Build the Debian package
    Package(package::Options),
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            progress::failure(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Start { arguments } => return start::run(&arguments),
        Command::Simulate { arguments } => return simulate::run(&arguments),
        Command::Setup(options) => setup::command(&options)?,
        Command::Test(selection) => test::run(&selection)?,
        Command::Tidy => tidy::run()?,
        Command::Bindings { check: false } => bindings::write()?,
        Command::Bindings { check: true } => bindings::check(bindings::Source::CargoRun)?,
        Command::Icons => icons::run()?,
        Command::Package(options) => package::run(&options)?,
    }
    Ok(ExitCode::SUCCESS)
}
