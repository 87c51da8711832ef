//! The headless binary.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use keywheel::{Host, HostHandle, HostOptions, start_logging};
use keywheel_secrets::{EnvironmentSecrets, Redactor, Secret};

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
    Serve(Serve),
}

#[derive(Debug, Args)]
struct Serve {
    /// The address to listen on; anything but loopback needs an access key.
    #[arg(long)]
    host: Option<String>,
    /// The port; 0 takes a free one.
    #[arg(long)]
    port: Option<u16>,
    /// The configuration file; made with commented defaults if it is missing.
    #[arg(long, value_name = "FILE", env = "KEYWHEEL_CONFIG")]
    config: Option<PathBuf>,
    /// The folder of the database.
    #[arg(long, value_name = "DIR", env = "KEYWHEEL_DATA_DIR")]
    data_dir: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Command::Serve(serve) = Arguments::parse().command;
    match run(serve).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Start(error)) => {
            // Nothing can be done about a closed standard error.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::from(error.exit_code())
        }
        Err(Failure::System(error)) => {
            let _ = writeln!(io::stderr(), "Keywheel stops: {error}.");
            ExitCode::FAILURE
        }
    }
}

enum Failure {
    Start(keywheel::StartError),
    System(io::Error),
}

async fn run(serve: Serve) -> Result<(), Failure> {
    let environment = EnvironmentSecrets::new(std::env::vars_os());
    let redactor = Redactor::new();
    start_logging(std::env::var("KEYWHEEL_LOG").ok().as_deref(), redactor.clone());
    let (token, shown_token) = match environment.get("KEYWHEEL_ADMIN_TOKEN") {
        Some(token) => (token, None),
        None => {
            let token = new_token().map_err(Failure::System)?;
            (Secret::new(token.clone()), Some(token))
        }
    };
    let options = HostOptions {
        config_path: serve.config,
        data_dir: serve.data_dir,
        host: serve.host,
        port: serve.port,
        control_token: Some(token),
        environment,
        redactor,
    };
    let host = Host::start(options).await.map_err(Failure::Start)?;
    announce(&host, shown_token.as_deref()).map_err(Failure::System)?;
    let stopped = until_stopped().await;
    host.shutdown().await;
    stopped.map_err(Failure::System)
}

/// The lines a person needs. The first is for scripts, too.
fn announce(host: &HostHandle, shown_token: Option<&str>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let origin = host.origin();
    writeln!(out, "listening on {}", origin.replace("localhost", "127.0.0.1"))?;
    match shown_token {
        Some(token) => writeln!(out, "window:    {origin}/ui/#token={token}")?,
        None => writeln!(out, "window:    {origin}/ui/ (asks for the token in KEYWHEEL_ADMIN_TOKEN)")?,
    }
    writeln!(out, "base URL:  {}", host.base_url())?;
    if let Some(model) = host.active_model() {
        let body =
            serde_json::json!({ "model": model, "messages": [{ "role": "user", "content": "Hello" }] });
        writeln!(
            out,
            "try it:    curl {}/chat/completions -H 'content-type: application/json' -d '{body}'",
            host.base_url()
        )?;
    }
    out.flush()
}

/// 32 random bytes in hexadecimal.
fn new_token() -> io::Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Ctrl-C, or the system's request to stop.
async fn until_stopped() -> io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
