//! Serves a scripted provider until it is interrupted.

use std::net::Ipv4Addr;
use std::path::PathBuf;

use anyhow::Context;
use clap::Parser;
use keywheel_simulator::{ControlRoutes, Script, Simulator};
use tokio::net::TcpListener;

/// A scripted OpenAI-compatible provider on the loopback interface.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Script file, TOML or (ending in .json) JSON; without one, the product's demo provider.
    #[arg(long)]
    script: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let script = match &arguments.script {
        Some(path) => Script::from_file(path)?,
        None => Script::demo(),
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port))
        .await
        .with_context(|| format!("cannot listen on port {}; choose another", arguments.port))?;
    let simulator = Simulator::serve(listener, script, ControlRoutes::Served)?;
    announce(&simulator);
    tokio::signal::ctrl_c().await?;
    simulator.shutdown().await;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "scripts read the address from this line")]
fn announce(simulator: &Simulator) {
    println!("listening on http://{}", simulator.address());
}
