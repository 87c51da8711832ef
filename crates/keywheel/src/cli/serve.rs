//! `keywheel serve`

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use keywheel::{Host, HostHandle, HostOptions, start_logging};
use keywheel_secrets::{EnvironmentSecrets, Redactor, Secret};

use super::{ConfigFile, Failure};

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The address to listen on; anything but loopback needs an access key.
    #[arg(long)]
    host: Option<String>,
    /// The port; 0 takes a free one.
    #[arg(long)]
    port: Option<u16>,
    #[command(flatten)]
    file: ConfigFile,
    /// The folder of the database.
    #[arg(long, value_name = "DIR", env = "KEYWHEEL_DATA_DIR")]
    data_dir: Option<PathBuf>,
}

/// Serves until it is told to stop.
pub(crate) async fn run(serve: Serve) -> Result<(), Failure> {
    let environment = EnvironmentSecrets::new(std::env::vars_os());
    let redactor = Redactor::new();
    start_logging(std::env::var("KEYWHEEL_LOG").ok().as_deref(), redactor.clone());
    let (token, shown_token) = match environment.get("KEYWHEEL_ADMIN_TOKEN") {
        Some(token) => (token, None),
        None => {
            let token = new_token()?;
            (Secret::new(token.clone()), Some(token))
        }
    };
    let options = HostOptions {
        config_path: serve.file.config,
        data_dir: serve.data_dir,
        host: serve.host,
        port: serve.port,
        control_token: Some(token),
        environment,
        redactor,
    };
    let host = Host::start(options).await?;
    announce(&host, shown_token.as_deref())?;
    let stopped = until_stopped().await;
    host.shutdown().await;
    Ok(stopped?)
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
        let access = host.access_key_variable().map(|name| format!(" -H \"authorization: Bearer ${name}\""));
        let access = access.unwrap_or_default();
        let body =
            serde_json::json!({ "model": model, "messages": [{ "role": "user", "content": "Hello" }] });
        writeln!(
            out,
            "try it:    curl {}/chat/completions -H 'content-type: application/json'{access} -d '{body}'",
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
