//! `keywheel keys`

mod add;
mod error;
mod input;
mod list;
mod remove;

use std::path::PathBuf;

use clap::Subcommand;
use keywheel::{StartError, discover};
use keywheel_config::{Catalogue, Config, Plan, ProviderEntry, SecretStoreKind, load, plan};
use keywheel_secrets::{EnvironmentSecrets, Keychain};

use self::error::KeysError;
use super::{ConfigFile, Failure};

#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Add a key: its secret goes into the keychain, an entry with its label into config.toml.
    #[command(
        after_help = "The secret is asked for without being shown, or is the first line of standard input:\n  \
                            keywheel keys add groq --label work < groq-key.txt\n\
                            It is never an argument, because other programs can read those. \
                            A Keywheel that is running uses the key from its next start on.\n\n\
                            Exit codes: 0 added, 2 bad usage or configuration, 1 anything else."
    )]
    Add(add::Add),
    /// List the keys, where each comes from, and whether it can be used. Never shows a secret.
    #[command(after_help = "Keys in variables such as GROQ_API_KEY or GROQ_API_KEY_2 are listed, too.\n\
                      ENDS IN shows the last four characters of a secret.")]
    List(list::List),
    /// Remove a key from config.toml and its secret from the keychain.
    #[command(after_help = "Exit codes: 0 removed, 2 bad usage or configuration, 1 anything else.")]
    Remove(remove::Remove),
}

/// Does what was asked for.
pub(crate) async fn run(keys: Keys) -> Result<(), Failure> {
    match keys {
        Keys::Add(add) => add::run(add).await?,
        Keys::List(list) => list::run(list).await?,
        Keys::Remove(remove) => remove::run(remove).await?,
    }
    Ok(())
}

/// What is configured now, and the places of secrets.
struct Setup {
    path: PathBuf,
    config: Config,
    catalogue: Catalogue,
    plan: Plan,
    environment: EnvironmentSecrets,
    keychain: Keychain,
}

impl Setup {
    /// Reads everything and writes nothing.
    fn load(file: ConfigFile) -> Result<Self, KeysError> {
        let path = file.config.or_else(keywheel_config::config_file).ok_or(StartError::NoHome)?;
        let config = load(&path).map_err(StartError::from)?.config;
        let catalogue = Catalogue::built_in().map_err(StartError::from)?;
        let environment = EnvironmentSecrets::new(std::env::vars_os());
        let plan = plan(&config, &catalogue, &discover(&catalogue, &environment));
        Ok(Self { path, config, catalogue, plan, environment, keychain: Keychain::new() })
    }

    fn provider(&self, id: &str) -> Option<&ProviderEntry> {
        self.config.providers.iter().find(|entry| entry.id == id)
    }

    fn provider_name<'a>(&'a self, id: &'a str) -> &'a str {
        let own = self.provider(id).and_then(|entry| entry.name.as_deref());
        own.or_else(|| Some(self.catalogue.get(id)?.name.as_str())).unwrap_or(id)
    }

    /// The keychain, if the settings say to keep keys there.
    fn chosen_keychain(&self) -> Option<&Keychain> {
        (self.config.secrets.store == SecretStoreKind::Keychain).then_some(&self.keychain)
    }
}
