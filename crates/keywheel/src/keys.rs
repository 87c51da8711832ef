//! Finding each key's secret.

use std::collections::HashMap;
use std::sync::Arc;

use keywheel_config::{Catalogue, DiscoveredKey, KeySource, Plan, SecretStoreKind};
use keywheel_rotation::KeyId;
use keywheel_secrets::{EnvironmentSecrets, Keychain, Secret, SecretError, SecretId, SecretStore};
use thiserror::Error;

/// The keys that the environment holds for known providers. A value under several names counts once.
#[must_use]
pub fn discover(catalogue: &Catalogue, environment: &EnvironmentSecrets) -> Vec<DiscoveredKey> {
    let mut discovered = Vec::new();
    for provider in &catalogue.providers {
        let mut seen: Vec<Secret> = Vec::new();
        for (variable, secret) in provider.env.iter().flat_map(|prefix| environment.numbered(prefix)) {
            if !seen.contains(&secret) {
                seen.push(secret);
                discovered.push(DiscoveredKey { provider: provider.id.clone(), variable });
            }
        }
    }
    discovered
}

/// Fetches the secret of every key of `plan`. A key without one is taken out, and the plan says why.
pub(crate) async fn resolve(
    plan: &mut Plan,
    kind: SecretStoreKind,
    environment: &EnvironmentSecrets,
) -> HashMap<KeyId, Secret> {
    let mut keychain = (kind == SecretStoreKind::Keychain).then(Keychain::new).ok_or(NoSecret::NotKept);
    let mut resolved = HashMap::new();
    let mut unusable = HashMap::new();
    for (id, source) in &plan.key_sources {
        match secret_of(id, source, keychain.as_ref(), environment).await {
            Ok(secret) => resolved.extend(secret.map(|secret| (id.clone(), secret))),
            Err(why) => {
                // A keychain that does not answer is asked once, not once for every key.
                if why.concerns_every_key() {
                    keychain = Err(why.clone());
                }
                unusable.insert(id.clone(), why.to_string());
            }
        }
    }
    take_out(plan, &unusable);
    for key in plan.fleet.providers.iter_mut().flat_map(|provider| &mut provider.keys) {
        key.hint = resolved.get(&key.id).and_then(Secret::hint);
    }
    resolved
}

/// Why a key has no secret, as the end of a sentence about the key.
#[derive(Clone, Debug, Error)]
pub enum NoSecret {
    /// Its variable holds nothing.
    #[error("the variable {0} is not set")]
    NotSet(String),
    /// The settings say to keep no keys.
    #[error("[secrets] store does not keep keys between runs")]
    NotKept,
    /// The keychain has none, or does not answer.
    #[error("{0}")]
    Keychain(Arc<SecretError>),
}

impl NoSecret {
    /// Whether asking for another key would bring the same answer.
    fn concerns_every_key(&self) -> bool {
        matches!(self, Self::Keychain(error) if !matches!(**error, SecretError::Missing { .. }))
    }
}

/// The secret of the key `id`, from where `source` says; `None` where the provider asks for none.
///
/// # Errors
/// [`NoSecret`]; a `keychain` that can't be asked is its own reason.
pub async fn secret_of(
    id: &KeyId,
    source: &KeySource,
    keychain: Result<&Keychain, &NoSecret>,
    environment: &EnvironmentSecrets,
) -> Result<Option<Secret>, NoSecret> {
    match source {
        KeySource::Keyless => Ok(None),
        KeySource::Variable(name) => {
            environment.get(name).map(Some).ok_or_else(|| NoSecret::NotSet(name.clone()))
        }
        KeySource::Store => {
            let keychain = keychain.map_err(Clone::clone)?;
            let secret = keychain.get(&SecretId::from(id.as_str())).await;
            secret.map(Some).map_err(|error| NoSecret::Keychain(Arc::new(error)))
        }
    }
}

fn take_out(plan: &mut Plan, unusable: &HashMap<KeyId, String>) {
    for provider in &mut plan.fleet.providers {
        provider.keys.retain(|key| {
            let why = unusable.get(&key.id);
            if let Some(why) = why {
                plan.problems.push(format!("Key '{}' of {} can't be used: {why}.", key.label, provider.name));
            }
            why.is_none()
        });
    }
}
