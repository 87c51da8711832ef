//! Finding each key's secret.

use std::collections::HashMap;

use keywheel_config::{Catalogue, DiscoveredKey, KeySource, Plan, SecretStoreKind};
use keywheel_rotation::KeyId;
use keywheel_secrets::{EnvironmentSecrets, Keychain, Secret, SecretError, SecretId, SecretStore};

/// The keys that the environment holds for known providers. A value under several names counts once.
pub(crate) fn discover(catalogue: &Catalogue, environment: &EnvironmentSecrets) -> Vec<DiscoveredKey> {
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
    let keychain = (kind == SecretStoreKind::Keychain).then(Keychain::new);
    let mut resolved = HashMap::new();
    let mut unusable = HashMap::new();
    for (id, source) in &plan.key_sources {
        let secret = match source {
            KeySource::Keyless => continue,
            KeySource::Variable(name) => {
                environment.get(name).ok_or_else(|| format!("the variable {name} is not set"))
            }
            KeySource::Store => stored(keychain.as_ref(), id).await,
        };
        match secret {
            Ok(secret) => {
                resolved.insert(id.clone(), secret);
            }
            Err(why) => {
                unusable.insert(id.clone(), why);
            }
        }
    }
    take_out(plan, &unusable);
    for key in plan.fleet.providers.iter_mut().flat_map(|provider| &mut provider.keys) {
        key.hint = resolved.get(&key.id).and_then(Secret::hint);
    }
    resolved
}

async fn stored(keychain: Option<&Keychain>, id: &KeyId) -> Result<Secret, String> {
    let Some(keychain) = keychain else {
        return Err("[secrets] store does not keep keys between runs".to_owned());
    };
    keychain.get(&SecretId::from(id.as_str())).await.map_err(|error: SecretError| error.to_string())
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
