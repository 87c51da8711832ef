//! Secrets: the type that holds one, the places one is kept in, and the net that keeps one out of the logs.
//!
//! This crate owns [`Secret`], the [`SecretStore`] port with its stores ([`Keychain`] for the operating system's
//! keychain, [`MemoryStore`] for "this run only" and tests), [`EnvironmentSecrets`], and the [`Redactor`].
//! It must not know anything else of Keywheel: no providers, no settings, no HTTP, no SQL.
//!
//! Start with [`Secret`], then [`SecretStore`].

mod environment;
mod error;
mod keychain;
mod memory;
mod redact;
mod secret;
mod store;

pub use environment::EnvironmentSecrets;
pub use error::SecretError;
pub use keychain::Keychain;
pub use memory::MemoryStore;
pub use redact::{RedactingWriter, Redactor};
pub use secret::{Secret, SecretId};
pub use store::{SecretFuture, SecretStore};
