//! The composition root: puts the parts together for the desktop shell and the headless binary.
//!
//! This crate owns starting and stopping ([`Host`]), finding each key's secret, the built-in simulated provider,
//! and serving the control plane and the window's files on TCP for a headless Keywheel.
//!
//! It must not know Tauri, and it holds no policy.
//!
//! Start with `host.rs`.

mod assemble;
mod control;
mod error;
mod host;
mod keys;
mod logging;
mod memory;
mod simulated;
mod window;

pub use control::ControlReply;
pub use error::StartError;
pub use host::{Host, HostHandle, HostOptions};
pub use keys::{NoSecret, discover, secret_of};
pub use logging::start_logging;

/// What [`HostOptions`] is made of.
pub use keywheel_secrets::{EnvironmentSecrets, Redactor};
