//! Everything a person configures: `config.toml`, the provider catalogue, and the plan made of both.
//!
//! This crate owns the file's schema and commented defaults ([`Config`]), loading it with a message that names
//! line and column ([`load_or_create`]), editing it so that everything else in it stays byte for byte ([`add_key`],
//! [`remove_key`], saved by [`rewrite`]), the [`Catalogue`] of known providers, and [`plan()`], which turns them
//! into the [`Fleet`](keywheel_rotation::Fleet) that rotation selects from and the upstream addresses.
//!
//! Secrets are never in the file: a key is an id there, and its value is in the keychain or a variable.
//!
//! It must not know the engine, the UI, or how secrets are stored.
//!
//! Start with [`Config`], then [`plan()`].

mod catalogue;
mod edit;
mod file;
mod location;
mod plan;
mod save;
mod schema;

pub use catalogue::{Catalogue, CatalogueError, KnownModel, KnownProvider};
pub use edit::{EditError, add_key, remove_key};
pub use file::{LoadError, Loaded, load, load_or_create, parse};
pub use location::{config_file, data_dir};
pub use plan::{DiscoveredKey, KeySource, Plan, Upstream, plan};
pub use save::{RewriteError, rewrite};
pub use schema::{
    Config, KeyEntry, LimitEntry, ModelEntry, ProviderEntry, Rotation, SecretStoreKind, Secrets, Server,
    TargetEntry, TieredTarget,
};
