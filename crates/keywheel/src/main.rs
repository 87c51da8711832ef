//! The headless binary.

mod cli;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use cli::{keys, serve};

/// Rotates over all your LLM API keys behind one local OpenAI-compatible endpoint.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the endpoint, and the window in a browser.
    Serve(serve::Serve),
    /// Add, list and remove API keys. Their secrets are kept in the system's keychain.
    #[command(subcommand)]
    Keys(keys::Keys),
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Serve(serve) => serve::run(serve).await,
        Command::Keys(keys) => keys::run(keys).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nothing can be done about a closed standard error.
            let _ = writeln!(io::stderr(), "{}", failure.message);
            ExitCode::from(failure.exit_code)
        }
    }
}
