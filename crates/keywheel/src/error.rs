//! Why Keywheel does not start.

use std::io;
use std::path::PathBuf;

use keywheel_config::{CatalogueError, LoadError};
use keywheel_engine::ClientError;
use keywheel_gateway::BindError;
use thiserror::Error;

/// Why Keywheel does not start. Each message says what to do.
#[derive(Debug, Error)]
pub enum StartError {
    /// The system names no home folder.
    #[error("The system names no home folder. Say where to keep files with --config and --data-dir.")]
    NoHome,
    /// `config.toml` can't be used.
    #[error(transparent)]
    Configuration(#[from] LoadError),
    /// The build is broken.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The data folder can't be made.
    #[error("The data folder {} can't be made: {source}. Choose another with --data-dir.", path.display())]
    DataFolder {
        /// The folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Others could use the keys.
    #[error(
        "Listening on {host} lets other machines use your keys. Set an access key in the variable {variable}, or listen on 127.0.0.1."
    )]
    NeedsAccessKey {
        /// The address asked for.
        host: String,
        /// The variable that would hold the key.
        variable: String,
    },
    /// The address can't be listened on.
    #[error(transparent)]
    Listen(#[from] BindError),
    /// The HTTP client can't be set up.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The history can't even be kept in memory.
    #[error("The history can't be kept: {0}.")]
    History(#[from] keywheel_store::OpenError),
    /// The simulated provider does not start.
    #[error("The simulated provider does not start: {0}.")]
    Simulator(#[from] keywheel_simulator::StartError),
}

impl StartError {
    /// The exit code of the headless binary: 2 for what the person configured, 3 for a taken port, 1 otherwise.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::NoHome
            | Self::Configuration(_)
            | Self::NeedsAccessKey { .. }
            | Self::Listen(BindError::NoAddress(_)) => 2,
            Self::Listen(BindError::PortTaken { .. }) => 3,
            Self::Listen(BindError::Refused { .. })
            | Self::Catalogue(_)
            | Self::DataFolder { .. }
            | Self::Client(_)
            | Self::History(_)
            | Self::Simulator(_) => 1,
        }
    }
}
