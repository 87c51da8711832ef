//! The commands, one module each. A command says what it wants on the command line, does it through the libraries,
//! and ends with nothing or with a [`Failure`].

pub(crate) mod keys;
pub(crate) mod serve;

use std::io;
use std::path::PathBuf;

use clap::Args;
use keywheel::StartError;

/// Which `config.toml` a command works on.
#[derive(Debug, Args)]
pub(crate) struct ConfigFile {
    /// The configuration file; made with commented defaults if it is missing.
    #[arg(long, value_name = "FILE", env = "KEYWHEEL_CONFIG")]
    config: Option<PathBuf>,
}

/// Why a command ends without success.
#[derive(Debug)]
pub(crate) struct Failure {
    /// 2 for bad usage or configuration, 3 for a taken port, 1 otherwise.
    pub(crate) exit_code: u8,
    /// For the person, with what to do.
    pub(crate) message: String,
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self { exit_code: error.exit_code(), message: error.to_string() }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self { exit_code: 1, message: format!("Keywheel stops: {error}.") }
    }
}
