use std::io::{self, Write};

use clap::Args;
use keywheel_config::{Config, KeyEntry, KeySource, Plan, remove_key, rewrite};
use keywheel_secrets::{Secret, SecretError, SecretId, SecretStore};

use super::Setup;
use super::error::KeysError;
use crate::cli::ConfigFile;

#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// The key's label or id, as keywheel keys list shows it.
    #[arg(value_name = "LABEL_OR_ID")]
    name: String,
    #[command(flatten)]
    file: ConfigFile,
}

pub(super) async fn run(remove: Remove) -> Result<(), KeysError> {
    let setup = Setup::load(remove.file)?;
    let (provider, key) = the_key(&remove.name, &setup.config, &setup.plan)?;
    let id = kept_under(key);
    let secret = match &id {
        Some(id) => setup.take_secret(id).await?,
        None => None,
    };
    if let Err(rewrite) = rewrite(&setup.path, |text| remove_key(text, provider, key)) {
        let (Some(id), Some(secret)) = (&id, &secret) else { return Err(rewrite.into()) };
        return Err(match setup.keychain.set(id, secret).await {
            Ok(()) => rewrite.into(),
            Err(keychain) => KeysError::HalfDone { rewrite: Box::new(rewrite), id: id.to_string(), keychain },
        });
    }

    let variable = key
        .env
        .as_ref()
        .map(|variable| format!("The variable {variable} still holds it. Unset it where it is set.\n"));
    // It is removed, whether or not anyone reads this.
    let _ = writeln!(
        io::stdout(),
        "Removed '{}' from {}.\n{}A Keywheel that is running uses it until its next start.",
        label_of(key),
        setup.provider_name(provider),
        variable.unwrap_or_default()
    );
    Ok(())
}

impl Setup {
    /// Removes what is kept under `id` and returns it, to be put back should the rest fail.
    async fn take_secret(&self, id: &SecretId) -> Result<Option<Secret>, KeysError> {
        let secret = match self.keychain.get(id).await {
            Ok(secret) => secret,
            Err(SecretError::Missing { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        self.keychain.delete(id).await?;
        Ok(Some(secret))
    }
}

/// The one key of the file that `name` means: an id before a label.
fn the_key<'a>(name: &str, config: &'a Config, plan: &Plan) -> Result<(&'a str, &'a KeyEntry), KeysError> {
    let keys =
        config.providers.iter().flat_map(|entry| entry.keys.iter().map(|key| (entry.id.as_str(), key)));
    let all: Vec<_> = keys.collect();
    let named = |is_meant: &dyn Fn(&KeyEntry) -> bool| -> Vec<_> {
        all.iter().filter(|(_, key)| is_meant(key)).copied().collect()
    };
    let mut found = named(&|key| id_of(key).is_some_and(|id| id == name));
    if found.is_empty() {
        found = named(&|key| id_of(key).is_some() && label_of(key) == name);
    }
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(not_in_file(name, plan)),
        several => {
            let id = |(provider, key): &(&str, &KeyEntry)| {
                format!("{} ({provider})", id_of(key).unwrap_or_default())
            };
            Err(KeysError::Ambiguous { name: name.to_owned(), ids: several.iter().map(id).collect() })
        }
    }
}

fn not_in_file(name: &str, plan: &Plan) -> KeysError {
    let keys = plan.fleet.providers.iter().flat_map(|provider| &provider.keys);
    let found = keys.into_iter().find(|key| key.id.as_str() == name || key.label == name);
    match found.and_then(|key| plan.key_sources.get(&key.id)) {
        Some(KeySource::Variable(variable)) => KeysError::OnlyVariable { variable: variable.clone() },
        Some(KeySource::Store | KeySource::Keyless) | None => KeysError::NoSuchKey { name: name.to_owned() },
    }
}

/// The id that the list shows.
fn id_of(key: &KeyEntry) -> Option<String> {
    let variable = key.env.as_ref().map(|variable| format!("env:{variable}"));
    variable.or_else(|| key.id.clone())
}

/// The label that the list shows.
fn label_of(key: &KeyEntry) -> &str {
    [&key.label, &key.env, &key.id].into_iter().find_map(Option::as_deref).unwrap_or_default()
}

/// The keychain entry of the key, if its secret does not come from a variable.
fn kept_under(key: &KeyEntry) -> Option<SecretId> {
    if key.env.is_some() { None } else { key.id.as_deref().map(SecretId::from) }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use keywheel_config::{Catalogue, DiscoveredKey, parse, plan};

    use super::*;

    const FILE: &str = r#"
        [[providers]]
        id = "groq"
        keys = [
          { id = "k_1", label = "work" },
          { id = "k_2", label = "k_1" },
          { id = "k_3" },
          { env = "GROQ_API_KEY_2" },
        ]
        [[providers]]
        id = "mistral"
        keys = [{ id = "k_4", label = "work" }, { id = "k_5", label = "home" }]
    "#;

    #[track_caller]
    fn check(name: &str, expected: Result<&str, &str>) {
        let config = parse(Path::new("config.toml"), FILE).unwrap().config;
        let found = [DiscoveredKey { provider: "cohere".to_owned(), variable: "COHERE_API_KEY".to_owned() }];
        let plan = plan(&config, &Catalogue::built_in().unwrap(), &found);
        let outcome = the_key(name, &config, &plan).map(|(_, key)| id_of(key).unwrap());
        match (outcome, expected) {
            (Ok(id), Ok(expected)) => assert_eq!(id, expected, "for {name}"),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{name}: {error}"),
            (outcome, expected) => panic!("{name} must be {expected:?}, not {outcome:?}"),
        }
    }

    #[test]
    fn ids_and_labels_are_found_as_the_list_shows_them() {
        check("home", Ok("k_5"));
        check("k_1", Ok("k_1"));
        check("k_3", Ok("k_3"));
        check("GROQ_API_KEY_2", Ok("env:GROQ_API_KEY_2"));
        check("env:GROQ_API_KEY_2", Ok("env:GROQ_API_KEY_2"));
    }

    #[test]
    fn an_unclear_name_is_refused_with_what_to_do() {
        check("work", Err("k_1 (groq), k_4 (mistral)"));
        check("nothing", Err("keywheel keys list"));
        check("COHERE_API_KEY", Err("unset COHERE_API_KEY"));
    }
}
