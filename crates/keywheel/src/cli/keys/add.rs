use std::io::{self, Write};

use clap::Args;
use keywheel::secret_of;
use keywheel_config::{Catalogue, add_key, rewrite};
use keywheel_secrets::{Keychain, Secret, SecretError, SecretId, SecretStore};

use super::error::KeysError;
use super::{Setup, input};
use crate::cli::ConfigFile;

/// Ids begin short, for people to type, and get longer while those tried are taken.
const ID_DIGITS: std::ops::RangeInclusive<usize> = 4..=8;
/// A provider this much like what was typed is most likely meant.
const SIMILAR_ENOUGH: f64 = 0.75;
/// More suggestions than this are no help.
const MOST_SUGGESTIONS: usize = 3;

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The id of a known provider, such as groq, or of one in the configuration file.
    provider: String,
    /// Taken so that a key given here by mistake is not printed again in an error.
    #[arg(hide = true)]
    misplaced: Vec<String>,
    /// Your name for the key, such as work.
    #[arg(long)]
    label: Option<String>,
    #[command(flatten)]
    file: ConfigFile,
}

pub(super) async fn run(add: Add) -> Result<(), KeysError> {
    if !add.misplaced.is_empty() {
        return Err(KeysError::SecretInArguments);
    }
    let setup = Setup::load(add.file)?;
    let label = add.label.as_deref().map(checked_label).transpose()?;
    setup.check_takes_key(&add.provider)?;
    let keychain = setup.chosen_keychain().ok_or_else(|| KeysError::NoStore { path: setup.path.clone() })?;

    let secret = input::read_secret(setup.provider_name(&add.provider))?;
    setup.check_is_new(&add.provider, &secret, keychain).await?;
    let id = setup.free_id(keychain).await?;
    keychain.set(&id, &secret).await?;
    let saved = rewrite(&setup.path, |text| add_key(text, &add.provider, id.as_str(), label));
    if let Err(rewrite) = saved {
        return Err(match keychain.delete(&id).await {
            Ok(()) => rewrite.into(),
            Err(keychain) => KeysError::HalfDone { rewrite: Box::new(rewrite), id: id.to_string(), keychain },
        });
    }

    let (name, label) = (setup.provider_name(&add.provider), label.unwrap_or(id.as_str()));
    // It is added, whether or not anyone reads this.
    let _ = writeln!(
        io::stdout(),
        "Added '{label}' to {name}. Its id is {id}.\nA Keywheel that is running uses it from its next start on."
    );
    Ok(())
}

fn checked_label(label: &str) -> Result<&str, KeysError> {
    let label = label.trim();
    let is_good = !label.is_empty() && !label.chars().any(char::is_control);
    is_good.then_some(label).ok_or(KeysError::BadLabel)
}

impl Setup {
    fn check_takes_key(&self, provider: &str) -> Result<(), KeysError> {
        let (entry, known) = (self.provider(provider), self.catalogue.get(provider));
        if entry.is_none() && known.is_none() {
            return Err(KeysError::UnknownProvider {
                hint: hint(provider, &self.providers()),
                path: self.path.clone(),
            });
        }
        let keyless = entry.and_then(|entry| entry.keyless).or(known.map(|known| known.keyless));
        if keyless == Some(true) {
            let name = self.provider_name(provider).to_owned();
            return Err(KeysError::Keyless { name, path: self.path.clone() });
        }
        Ok(())
    }

    /// Id and name of every provider, in the order of their ids.
    fn providers(&self) -> Vec<(&str, &str)> {
        let configured = self.config.providers.iter().map(|entry| entry.id.as_str());
        let Catalogue { providers: known } = &self.catalogue;
        let mut ids: Vec<_> = known.iter().map(|known| known.id.as_str()).chain(configured).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().map(|id| (id, self.provider_name(id))).collect()
    }

    /// A key that can't be read now can't be compared, and is taken for another.
    async fn check_is_new(
        &self,
        provider: &str,
        secret: &Secret,
        keychain: &Keychain,
    ) -> Result<(), KeysError> {
        let planned = self.plan.fleet.providers.iter().filter(|planned| planned.id.as_str() == provider);
        for key in planned.flat_map(|planned| &planned.keys) {
            let Some(source) = self.plan.key_sources.get(&key.id) else { continue };
            let kept = secret_of(&key.id, source, Ok(keychain), &self.environment).await;
            if kept.is_ok_and(|kept| kept.as_ref() == Some(secret)) {
                return Err(KeysError::AlreadyThere { label: key.label.clone() });
            }
        }
        Ok(())
    }

    /// An id that neither this file uses nor the keychain, where keys of other files may be.
    async fn free_id(&self, keychain: &Keychain) -> Result<SecretId, KeysError> {
        for digits in ID_DIGITS {
            let id = format!("k_{}", random_hex(digits)?);
            let mut keys = self.config.providers.iter().flat_map(|entry| &entry.keys);
            if keys.any(|key| key.id.as_ref() == Some(&id)) {
                continue;
            }
            let id = SecretId::from(id);
            match keychain.get(&id).await {
                Err(SecretError::Missing { .. }) => return Ok(id),
                Err(error) => return Err(error.into()),
                Ok(_) => {}
            }
        }
        Err(KeysError::NoFreeId)
    }
}

fn random_hex(digits: usize) -> Result<String, KeysError> {
    let number = getrandom::u64().map_err(KeysError::Random)?;
    let mut hex = format!("{number:016x}");
    hex.truncate(digits);
    Ok(hex)
}

/// What may have been meant by `typed`, as a sentence; everything there is where nothing is near.
fn hint(typed: &str, providers: &[(&str, &str)]) -> String {
    let typed = typed.to_lowercase();
    let similarity = |&(id, name): &(&str, &str)| {
        strsim::jaro_winkler(&typed, id).max(strsim::jaro_winkler(&typed, &name.to_lowercase()))
    };
    let mut near: Vec<_> = providers.iter().map(|provider| (similarity(provider), provider.0)).collect();
    near.retain(|(similarity, _)| *similarity >= SIMILAR_ENOUGH);
    near.sort_by(|left, right| right.0.total_cmp(&left.0));
    near.truncate(MOST_SUGGESTIONS);
    let ids = |ids: Vec<&str>| ids.join(", ");
    if near.is_empty() {
        format!("Known are: {}.", ids(providers.iter().map(|provider| provider.0).collect()))
    } else {
        format!("Did you mean: {}?", ids(near.into_iter().map(|(_, id)| id).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROVIDERS: [(&str, &str); 4] = [
        ("cerebras", "Cerebras"),
        ("dashscope", "Qwen (DashScope)"),
        ("groq", "Groq"),
        ("mistral", "Mistral"),
    ];

    #[test]
    fn a_slip_of_the_finger_and_another_name_lead_to_the_id() {
        for (typed, expected) in [
            ("gorq", "Did you mean: groq?"),
            ("Groq", "Did you mean: groq?"),
            ("mistrl", "Did you mean: mistral?"),
            ("qwen", "Did you mean: dashscope?"),
            ("zzz", "Known are: cerebras, dashscope, groq, mistral."),
        ] {
            assert_eq!(hint(typed, &PROVIDERS), expected, "for {typed}");
        }
    }

    #[test]
    fn ids_have_the_digits_asked_for() {
        for digits in ID_DIGITS {
            let hex = random_hex(digits).expect("the system has random numbers");
            assert!(hex.len() == digits && hex.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hex}");
        }
    }
}
